//! What a person's browser sees: the login pages, the way back to the tool, and the sign-out.

use super::http::{Request, Response};
use super::{Callback, LoginPage, Shared, tokens};

const ADMIN_LOGIN: &str = "/_v/segment/admin-login/v1/login";
const AUTH_SERVER: &str = "/_v/private/auth-server/v1/login";
const CALLBACK: &str = "/api/vtexid/toolbelt/callback";
/// Holds the e-mail of who is signed in. Anyone may set it: there is nothing here to protect.
const COOKIE: &str = "sandbox_user";

impl Shared {
    /// The answer, if the request is one of these.
    pub(super) fn browser(&self, account: &str, request: &Request) -> Option<Response> {
        let admin = self.options.page == LoginPage::AdminLogin;
        match (request.method.as_str(), request.path.as_str()) {
            ("GET", ADMIN_LOGIN) if admin => {
                let template = include_str!("pages/admin-login.html");
                Some(login_page(template, account, request))
            }
            ("POST", ADMIN_LOGIN) if admin => {
                Some(sign_in(request, &request.form("email").unwrap_or_default()))
            }
            ("GET", AUTH_SERVER) => {
                let template = include_str!("pages/auth-server.html");
                Some(login_page(template, account, request))
            }
            ("POST", AUTH_SERVER) => Some(sign_in(request, "dev@example.com")),
            ("GET", CALLBACK) => Some(self.callback(account, request)),
            ("GET", "/api/vtexid/pub/single-sign-out") => {
                let page = fill(
                    include_str!("pages/signed-out.html"),
                    &[("account", account)],
                );
                let cookie = format!("{COOKIE}=; Path=/; Max-Age=0");
                Some(Response::html(200, page).with("Set-Cookie", cookie))
            }
            _ => None,
        }
    }

    /// Takes a signed-in browser back to the tool, with a one-time token for its login state.
    fn callback(&self, account: &str, request: &Request) -> Response {
        let name = request.query("state").unwrap_or_default();
        let mut state = self.state();
        let Some(login) = state
            .logins
            .get_mut(&name)
            .filter(|login| login.account == account)
        else {
            return problem("this login is over, or never began");
        };
        let Some(email) = request.cookie(COOKIE).filter(|email| is_email(email)) else {
            let page = match self.options.page {
                LoginPage::AdminLogin => ADMIN_LOGIN,
                LoginPage::AuthServer => AUTH_SERVER,
            };
            let back = encode(&format!("{CALLBACK}?state={}", encode(&name)));
            return Response::redirect(format!("{page}?returnUrl={back}"));
        };
        let ott = tokens::opaque();
        login.arrived = Some((ott.clone(), email));
        let url = login.loopback.as_str();
        let values = [("loopback", url), ("ott", ott.as_str())];
        match self.options.callback {
            Callback::Get => Response::redirect(format!("{url}?ott={}", encode(&ott))),
            Callback::Form => {
                Response::html(200, fill(include_str!("pages/callback-form.html"), &values))
            }
            Callback::Json => {
                Response::html(200, fill(include_str!("pages/callback-json.html"), &values))
            }
        }
    }
}

fn login_page(template: &str, account: &str, request: &Request) -> Response {
    let return_url = request.query("returnUrl").unwrap_or_default();
    let values = [("account", account), ("return_url", &return_url)];
    Response::html(200, fill(template, &values))
}

fn sign_in(request: &Request, email: &str) -> Response {
    let return_url = request.form("returnUrl").unwrap_or_default();
    if !is_email(email) {
        return problem("this is not an e-mail address");
    }
    if !is_local(&return_url) {
        return problem("returnUrl is not a path of this site");
    }
    let cookie = format!("{COOKIE}={}; Path=/; HttpOnly; SameSite=Lax", encode(email));
    Response::redirect(return_url).with("Set-Cookie", cookie)
}

fn is_email(text: &str) -> bool {
    let sides = text.split_once('@');
    sides.is_some_and(|(name, domain)| !name.is_empty() && !domain.is_empty())
        && !text.contains(|c: char| c.is_control() || c.is_whitespace())
}

/// A path of this site: `//host` and `/\host` are other sites, and a line break would end the header.
fn is_local(url: &str) -> bool {
    url.starts_with('/')
        && !url[1..].starts_with(['/', '\\'])
        && url.bytes().all(|byte| byte.is_ascii_graphic())
}

fn problem(what: &str) -> Response {
    Response::html(
        400,
        fill(include_str!("pages/problem.html"), &[("problem", what)]),
    )
}

/// The page with each `{{name}}` replaced by its value, escaped.
fn fill(template: &str, values: &[(&str, &str)]) -> String {
    values
        .iter()
        .fold(template.to_owned(), |page, (name, value)| {
            page.replace(&format!("{{{{{name}}}}}"), &escape(value))
        })
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
        .replace('\'', "&#39;")
}

fn encode(text: &str) -> String {
    form_urlencoded::byte_serialize(text.as_bytes()).collect()
}
