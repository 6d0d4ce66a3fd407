//! What the tool calls: sign-in, refresh, app keys, checks and logout, and one API that wants a token.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use jiff::Timestamp;
use ring::digest::{SHA256, digest};
use serde_json::{Value, json};

use super::apis::Sent;
use super::http::{Request, Response};
use super::tokens::{self, app_key, app_token};
use super::{Login, Session, Shared, State};

/// The cookie, or header, that a token travels in.
const TOKEN: &str = "VtexIdclientAutCookie";
const REFRESH_TOKEN: &str = "vid_rt";

impl Shared {
    /// The answer, if the request is one of these.
    pub(super) fn api(&self, account: &str, request: &Request) -> Option<Response> {
        match (request.method.as_str(), request.path.as_str()) {
            ("POST", "/api/vtexid/toolbelt/start") => Some(self.start(account, request)),
            ("POST", "/api/vtexid/toolbelt/validate") => Some(self.validate(account, request)),
            ("POST", "/api/vtexid/refreshtoken/admin") => Some(self.refresh(account, request)),
            ("POST", "/api/vtexid/apptoken/login") => Some(self.app_login(account, request)),
            ("POST", "/api/vtexid/credential/validate") => Some(self.credential(request)),
            ("GET", "/api/vtexid/pub/logout") => Some(self.logout(request)),
            ("GET", "/api/catalog_system/pvt/brand/list") => Some(self.brands(account, request)),
            ("GET", path) => {
                let user = path.strip_prefix("/api/license-manager/users/")?;
                Some(self.roles(account, user.strip_suffix("/roles")?, request))
            }
            _ => None,
        }
    }

    fn start(&self, account: &str, request: &Request) -> Response {
        let hash = request
            .form("secretHash")
            .and_then(|hash| BASE64_STANDARD.decode(hash).ok())
            .filter(|hash| hash.len() == 32);
        let Some(secret_hash) = hash else {
            return refusal("secretHash is not a SHA-256 in padded base64");
        };
        let Some(loopback) = request.form("loopbackUrl").filter(|url| is_loopback(url)) else {
            return refusal("loopbackUrl is not http://127.0.0.1:{port}/login_callback");
        };
        let state = tokens::opaque();
        let login = Login {
            account: account.to_owned(),
            secret_hash,
            loopback,
            arrived: None,
        };
        self.state().logins.insert(state.clone(), login);
        Response::json(200, &Value::String(state))
    }

    fn validate(&self, account: &str, request: &Request) -> Response {
        let [Some(name), Some(secret), Some(ott)] =
            ["state", "secret", "ott"].map(|name| request.form(name))
        else {
            return refusal("state, secret or ott is missing");
        };
        let mut state = self.state();
        let Some(login) = state
            .logins
            .get(&name)
            .filter(|login| login.account == account)
        else {
            return refusal("no such login state");
        };
        if digest(&SHA256, secret.as_bytes()).as_ref() != login.secret_hash {
            return refusal("secret does not match secretHash");
        }
        let Some((_, email)) = login.arrived.clone().filter(|(given, _)| *given == ott) else {
            return refusal("ott is not the one of this login state");
        };
        state.logins.remove(&name);
        let (token, refresh) = self.sign_in(&mut state, account, &email);
        let mut answer = json!({ "token": token });
        if let Some(refresh) = refresh {
            answer["refresh_token"] = refresh.into();
        }
        Response::json(200, &answer)
    }

    /// A token and, where they are handed out, a refresh token.
    fn sign_in(&self, state: &mut State, account: &str, email: &str) -> (String, Option<String>) {
        let token = self
            .keys
            .sign(&tokens::user_claims(&self.options, account, email));
        let refresh = self.options.refresh.then(tokens::opaque);
        if let Some(refresh) = &refresh {
            let session = Session {
                account: account.to_owned(),
                email: email.to_owned(),
                token: token.clone(),
                since: tokens::now(),
            };
            state.sessions.insert(refresh.clone(), session);
        }
        (token, refresh)
    }

    fn refresh(&self, account: &str, request: &Request) -> Response {
        let refused = |status| Response::json(200, &json!({ "status": status }));
        let given = request.cookie(REFRESH_TOKEN).unwrap_or_default();
        let mut state = self.state();
        let Some(session) = state
            .sessions
            .get(&given)
            .filter(|session| session.account == account)
        else {
            return refused("InvalidToken");
        };
        if tokens::now() < session.since + self.options.refresh_after {
            return refused("InvalidSession");
        }
        let email = session.email.clone();
        state.sessions.remove(&given);
        let (token, refresh) = self.sign_in(&mut state, account, &email);
        let after = Timestamp::from_second(tokens::now() + self.options.refresh_after)
            .unwrap_or(Timestamp::MAX)
            .strftime("%Y-%m-%dT%H:%M:%S+00:00")
            .to_string();
        let answer = json!({
            "status": "Success",
            "userId": tokens::user_id(&email),
            "refreshAfter": after,
        });
        Response::json(200, &answer)
            .with("Set-Cookie", set_cookie(TOKEN, &token))
            .with(
                "Set-Cookie",
                set_cookie(REFRESH_TOKEN, &refresh.unwrap_or_default()),
            )
    }

    fn app_login(&self, account: &str, request: &Request) -> Response {
        let pair: Value = serde_json::from_str(&request.body).unwrap_or_default();
        if pair["appkey"] != app_key(account) || pair["apptoken"] != app_token() {
            return wrong_credentials();
        }
        let claims = tokens::app_claims(&self.options, account);
        let answer = json!({
            "authStatus": "Success",
            "token": self.keys.sign(&claims),
            "expires": claims["exp"],
        });
        Response::json(200, &answer)
    }

    fn credential(&self, request: &Request) -> Response {
        let body: Value = serde_json::from_str(&request.body).unwrap_or_default();
        let Some(claims) = body["token"].as_str().and_then(|token| self.accept(token)) else {
            return wrong_credentials();
        };
        let answer = json!({
            "authStatus": "Success",
            "id": claims["userId"],
            "user": claims["sub"],
            "account": claims["account"],
            "audience": claims["audience"],
            "tokenType": claims["type"],
        });
        Response::json(200, &answer)
    }

    /// Ends the token and what could refresh it. The answer does not tell whether there was one; without `scope` it
    /// is a redirect, made for a browser.
    fn logout(&self, request: &Request) -> Response {
        if let Some(token) = request.cookie(TOKEN) {
            let mut state = self.state();
            state.sessions.retain(|_, session| session.token != token);
            state.revoked.insert(token);
        }
        match request.query("scope") {
            Some(_) => Response::text(200, ""),
            None => Response::redirect("/"),
        }
    }

    fn brands(&self, account: &str, request: &Request) -> Response {
        match self.sent(account, request) {
            Sent::Token | Sent::Pair => {
                let brands = json!([
                    {"id": 2_000_000, "name": "Acme", "isActive": true, "title": "Acme"},
                    {"id": 2_000_001, "name": "Globex", "isActive": true, "title": "Globex"},
                ]);
                Response::json(200, &brands)
            }
            Sent::Nothing => {
                Response::json(401, &json!({"error": "no valid token for this account"}))
            }
        }
    }

    /// License Manager's roles of the token's own user; the user `no-roles`
    /// has none.
    fn roles(&self, account: &str, user: &str, request: &Request) -> Response {
        let claims = request.header(TOKEN).and_then(|token| self.accept(token));
        match claims {
            Some(claims) if claims["account"] == account && claims["userId"] == user => {
                let roles = json!([
                    {"id": 1, "name": "Owner (Admin Super)"},
                    {"id": 957, "name": "Call center operator"},
                ]);
                let none = json!([]);
                Response::json(200, if user == "no-roles" { &none } else { &roles })
            }
            Some(_) => Response::text(404, ""),
            None => Response::text(401, ""),
        }
    }

    /// The claims of a token that is signed, in time and not revoked.
    pub(super) fn accept(&self, token: &str) -> Option<Value> {
        let claims = self.keys.verify(token)?;
        (!self.state().revoked.contains(token)).then_some(claims)
    }
}

fn refusal(why: &str) -> Response {
    Response::json(400, &json!({ "error": why }))
}

fn wrong_credentials() -> Response {
    Response::json(401, &json!({"authStatus": "WrongCredentials"}))
}

fn is_loopback(url: &str) -> bool {
    url.strip_prefix("http://127.0.0.1:")
        .and_then(|rest| rest.strip_suffix("/login_callback"))
        .is_some_and(|port| port.parse::<u16>().is_ok_and(|port| port > 0))
}

fn set_cookie(name: &str, value: &str) -> String {
    let value: String = form_urlencoded::byte_serialize(value.as_bytes()).collect();
    format!("{name}={value}; Path=/; Secure; HttpOnly; SameSite=Lax")
}
