//! A shopper's side of VTEX ID: the login by a code in an e-mail, its renewal, and the exchange of another provider's
//! access token. Nothing is mailed: a code is shown where the sandbox runs, and at `/mail`.

use std::collections::HashMap;

use serde_json::{Value, json};

use super::http::{Request, Response};
use super::{Shared, tokens};

const START: &str = "/api/vtexid/pub/authentication/start";
const SEND: &str = "/api/vtexid/pub/authentication/accesskey/send";
const VALIDATE: &str = "/api/vtexid/pub/authentication/accesskey/validate";
const REFRESH: &str = "/api/vtexid/refreshtoken/webstore";
const EXCHANGE: &str = "/api/vtexid/audience/webstore/provider/oauth/exchange";
const ORDERS: &str = "/api/oms/user/orders";

/// The OAuth provider that every store here has.
pub const PROVIDER: &str = "sandbox-sso";
/// What this provider's access tokens begin with; the shopper's e-mail follows.
pub const PROVIDER_TOKEN: &str = "sso-";
/// How long a login that was begun can be finished, in seconds.
const START_LIFE: i64 = 600;
/// After so many codes for one e-mail, `send` goes on answering, and mails nothing.
const MAX_CODES: usize = 5;

/// How a store treats its shoppers.
#[derive(Debug, Clone)]
#[allow(clippy::struct_excessive_bools)]
pub struct ShopperOptions {
    /// Whether it offers a login by a code in an e-mail.
    pub access_key: bool,
    /// Whether sessions can be renewed, which VTEX Support switches on.
    pub refresh: bool,
    /// Whether it answers a good code with a demand for a second factor.
    pub mfa: bool,
    /// Whether a code is mailed; if not, `send` answers as if it were.
    pub mails: bool,
    /// After so many wrong codes for an e-mail it is blocked.
    pub attempts: usize,
    /// Seconds that a login which was begun has taken already.
    pub age: i64,
    /// Told of each code.
    pub on_mail: fn(&Mail),
}

impl Default for ShopperOptions {
    fn default() -> Self {
        Self {
            access_key: true,
            refresh: false,
            mfa: false,
            mails: true,
            attempts: 5,
            age: 0,
            on_mail: |_| (),
        }
    }
}

/// An e-mail with a code in it.
#[derive(Debug, Clone)]
pub struct Mail {
    pub email: String,
    pub code: String,
}

/// What the stores remember of their shoppers.
#[derive(Default)]
pub(super) struct Shoppers {
    /// Logins that were begun, by their `_vss`.
    starts: HashMap<String, Start>,
    mails: Vec<Mail>,
    /// Wrong codes since the last good one, by e-mail.
    wrong: HashMap<String, usize>,
    /// By refresh token.
    sessions: HashMap<String, Session>,
}

struct Start {
    account: String,
    since: i64,
    /// The e-mail and code that were sent for it; each works once.
    sent: Option<(String, String)>,
}

struct Session {
    account: String,
    email: String,
    cookies: [String; 2],
}

impl Shared {
    /// The answer, if the request is one of these.
    pub(super) fn shopper(&self, account: &str, request: &Request) -> Option<Response> {
        match (request.method.as_str(), request.path.as_str()) {
            ("GET", START) => Some(self.start_shopper(account)),
            ("POST", SEND) => Some(self.send_code(request)),
            ("POST", VALIDATE) => Some(self.validate_code(account, request)),
            ("POST", REFRESH) => Some(self.refresh_shopper(account, request)),
            ("POST", EXCHANGE) => Some(self.exchange(account, request)),
            ("GET", ORDERS) => Some(self.orders(account, request)),
            _ => None,
        }
    }

    /// The mails as JSON, the last one first.
    pub(super) fn mail(&self) -> Response {
        let mails = self.mails();
        let shown = |mail: &Mail| json!({"to": mail.email, "code": mail.code});
        Response::json(200, &mails.iter().rev().map(shown).collect())
    }

    pub(super) fn mails(&self) -> Vec<Mail> {
        self.state().shoppers.mails.clone()
    }

    fn start_shopper(&self, account: &str) -> Response {
        let vss = tokens::hex(&[tokens::random_bytes(), tokens::random_bytes()].concat());
        let start = Start {
            account: account.to_owned(),
            since: tokens::now() - self.options.shopper.age,
            sent: None,
        };
        self.state().shoppers.starts.insert(vss.clone(), start);
        let answer = json!({
            "authenticationToken": vss,
            "showClassicAuthentication": true,
            "showAccessKeyAuthentication": self.options.shopper.access_key,
            "showPasskeyAuthentication": false,
            "oauthProviders": [{"providerName": PROVIDER, "className": PROVIDER}],
            "samlProviders": [],
        });
        Response::json(200, &answer)
    }

    fn send_code(&self, request: &Request) -> Response {
        let options = &self.options.shopper;
        let refused = |status| Response::json(400, &json!({ "authStatus": status }));
        let email = request.query("email").unwrap_or_default();
        let vss = request.cookie("_vss").unwrap_or_default();
        let mut state = self.state();
        let shoppers = &mut state.shoppers;
        if shoppers.is_blocked(&email, options) {
            return blocked();
        }
        let Some(start) = shoppers
            .starts
            .get_mut(&vss)
            .filter(|start| start.is_young())
        else {
            return refused("InvalidToken");
        };
        if !email.contains('@') {
            return refused("InvalidEmail");
        }
        let so_far = shoppers.mails.iter().filter(|mail| mail.email == email);
        if options.mails && so_far.count() < MAX_CODES {
            let bytes = tokens::random_bytes();
            let number = u32::from_be_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]);
            let code = format!("{:06}", number % 1_000_000);
            start.sent = Some((email.clone(), code.clone()));
            let mail = Mail { email, code };
            (options.on_mail)(&mail);
            shoppers.mails.push(mail);
        }
        Response::text(200, "")
    }

    fn validate_code(&self, account: &str, request: &Request) -> Response {
        let options = &self.options.shopper;
        let vss = request.cookie("_vss").unwrap_or_default();
        let [email, code] = ["login", "accesskey"].map(|name| request.form(name));
        let (email, code) = (email.unwrap_or_default(), code.unwrap_or_default());
        let mut state = self.state();
        let shoppers = &mut state.shoppers;
        if shoppers.is_blocked(&email, options) {
            return blocked();
        }
        let start = shoppers.starts.get_mut(&vss);
        let start = start.filter(|start| start.is_young() && start.account == account);
        let sent = start.and_then(|start| {
            let good = start.sent.as_ref() == Some(&(email.clone(), code));
            start.sent.take_if(|_| good)
        });
        if sent.is_none() {
            let wrong = shoppers.wrong.entry(email).or_default();
            *wrong += 1;
            let last = *wrong + 1 == options.attempts;
            return Response::json(400, &answer("WrongCredentials", false, last));
        }
        shoppers.wrong.remove(&email);
        if options.mfa {
            return Response::json(200, &answer("Success", true, false));
        }
        let (cookies, refresh) = self.shopper_session(shoppers, account, &email);
        let names = cookie_names(account);
        let mut answer = answer("Success", false, false);
        let cookie = |n: usize| json!({"Name": names[n], "Value": cookies[n]});
        answer["authCookie"] = cookie(0);
        answer["accountAuthCookie"] = cookie(1);
        answer["expiresIn"] = 86_399.into();
        answer["userId"] = tokens::user_id(&email).into();
        with_cookies(Response::json(200, &answer), account, &cookies, refresh)
    }

    fn refresh_shopper(&self, account: &str, request: &Request) -> Response {
        let refused = |status| Response::json(200, &json!({ "status": status }));
        let given = request.cookie("vid_rt").unwrap_or_default();
        let names = cookie_names(account);
        let cookies = [0, 1].map(|n| request.cookie(&names[n]).unwrap_or_default());
        let mut state = self.state();
        let shoppers = &mut state.shoppers;
        if !self.options.shopper.refresh {
            return refused("InvalidSession");
        }
        let session = shoppers.sessions.get(&given);
        let session = session.filter(|s| s.account == account && s.cookies == cookies);
        let Some(email) = session.map(|session| session.email.clone()) else {
            return refused("InvalidToken");
        };
        shoppers.sessions.remove(&given);
        let (cookies, refresh) = self.shopper_session(shoppers, account, &email);
        let answer = json!({
            "status": "Success",
            "userId": tokens::user_id(&email),
            "refreshAfter": "2026-01-01T00:00:00+00:00",
        });
        with_cookies(Response::json(200, &answer), account, &cookies, refresh)
    }

    /// The values of the two cookies and, where they are handed out, a refresh token.
    fn shopper_session(
        &self,
        shoppers: &mut Shoppers,
        account: &str,
        email: &str,
    ) -> ([String; 2], Option<String>) {
        let life = self.options.token_life - 1;
        let cookies = [0, 1].map(|_| self.shopper_token(account, email, life));
        let refresh = self.options.shopper.refresh.then(tokens::opaque);
        if let Some(refresh) = &refresh {
            let session = Session {
                account: account.to_owned(),
                email: email.to_owned(),
                cookies: cookies.clone(),
            };
            shoppers.sessions.insert(refresh.clone(), session);
        }
        (cookies, refresh)
    }

    fn shopper_token(&self, account: &str, email: &str, life: i64) -> String {
        let mut claims = tokens::user_claims(&self.options, account, email);
        claims["audience"] = "webstore".into();
        claims["exp"] = (tokens::now() + life).into();
        self.keys.sign(&claims)
    }

    fn exchange(&self, account: &str, request: &Request) -> Response {
        let body: Value = serde_json::from_str(&request.body).unwrap_or_default();
        let minutes = body["duration"].as_i64().unwrap_or(60);
        if body["providerId"] != PROVIDER {
            return Response::json(404, &json!({"message": "provider not found"}));
        }
        let token = body["accessToken"].as_str();
        let email = token.and_then(|token| token.strip_prefix(PROVIDER_TOKEN));
        match email.filter(|email| email.contains('@')) {
            _ if !(1..=120).contains(&minutes) => {
                Response::json(400, &json!({"message": "duration is 1 to 120"}))
            }
            Some(email) => {
                let token = self.shopper_token(account, email, minutes * 60);
                Response::json(200, &json!({ "authToken": token }))
            }
            None => Response::json(401, &json!({"message": "invalid access token"})),
        }
    }

    /// The shopper's own orders, for the cookie alone.
    fn orders(&self, account: &str, request: &Request) -> Response {
        let name = &cookie_names(account)[0];
        let claims = request.cookie(name).and_then(|token| self.accept(&token));
        match claims {
            Some(claims)
                if claims["audience"] == "webstore"
                    && request.header(name).is_none()
                    && claims["account"] == account =>
            {
                let orders = json!({"list": [], "paging": {"total": 0, "pages": 0}});
                Response::json(200, &orders)
            }
            _ => Response::text(401, "Unauthorized"),
        }
    }
}

impl Start {
    fn is_young(&self) -> bool {
        tokens::now() - self.since < START_LIFE
    }
}

impl Shoppers {
    fn is_blocked(&self, email: &str, options: &ShopperOptions) -> bool {
        self.wrong.get(email).copied().unwrap_or_default() >= options.attempts
    }
}

/// No JSON, as people report it.
fn blocked() -> Response {
    Response::text(401, "Unauthorized")
}

fn answer(status: &str, mfa: bool, last: bool) -> Value {
    json!({
        "authStatus": status,
        "promptMFA": mfa,
        "lastAttemptAvailable": last,
        "authCookie": null,
        "accountAuthCookie": null,
        "expiresIn": 0,
        "userId": null,
    })
}

/// The names of the cookies that bear the account's name and its id.
fn cookie_names(account: &str) -> [String; 2] {
    let id = tokens::user_id(account);
    [account, id.as_str()].map(|name| format!("VtexIdclientAutCookie_{name}"))
}

fn with_cookies(
    response: Response,
    account: &str,
    cookies: &[String; 2],
    refresh: Option<String>,
) -> Response {
    let mut response = response;
    for (name, value) in cookie_names(account).iter().zip(cookies) {
        let cookie = format!("{name}={value}; path=/; secure; HttpOnly");
        response = response.with("Set-Cookie", cookie);
    }
    if let Some(refresh) = refresh {
        let value: String = form_urlencoded::byte_serialize(refresh.as_bytes()).collect();
        let cookie = format!("vid_rt={value}; path={REFRESH}; secure; HttpOnly");
        response = response.with("Set-Cookie", cookie);
    }
    response
}
