//! A request to an API, and the only place where a credential is added to it.
//!
//! Not for sending it (`http`), nor for choosing a credential.

use reqwest::{
    Method, Request, Url,
    header::{COOKIE, HeaderMap, HeaderName, HeaderValue},
};

use super::{
    body::Content,
    check::{TargetError, check, wrong},
    typed::{APP_KEY, APP_TOKEN},
};
use crate::{
    account::Account,
    secret::Secret,
    token::{self, Token},
    vtexid::Site,
};

/// What a request is sent with.
#[derive(Clone, Debug)]
pub enum Credential {
    /// A token.
    Token(Token),
    /// An app key and its app token.
    Pair {
        /// The app key.
        app_key: String,
        /// The app token.
        app_token: Secret,
    },
}

/// A request, which may be sent more than once.
pub struct Call {
    /// Its method.
    pub method: Method,
    /// Where it goes.
    pub url: Url,
    /// Its headers, but for the credential's.
    pub headers: HeaderMap,
    /// Its body, if it has one.
    pub body: Option<Content>,
    /// The credential to send, and its account.
    pub credential: Option<(Account, Credential)>,
}

impl Call {
    /// Whether it may be repeated if it may already have arrived.
    pub fn is_safe(&self) -> bool {
        self.body.is_none() && matches!(self.method, Method::GET | Method::HEAD)
    }

    /// Whether its body can be sent a second time.
    pub fn can_repeat(&self) -> bool {
        self.body.as_ref().is_none_or(Content::can_repeat)
    }
}

/// Adds an account's credential to a request, if its URL may be given it: the
/// only place where that happens.
///
/// # Errors
/// When the URL is any other, or the credential cannot be sent.
pub fn authorize(
    request: &mut Request,
    account: &Account,
    credential: &Credential,
    site: &Site,
) -> Result<(), TargetError> {
    check(request.url(), account, site)?;
    let headers = request.headers_mut();
    match credential {
        Credential::Token(token) => {
            let name = token
                .header_name()
                .ok_or_else(|| wrong("this token is not a credential", ""))?;
            let token = token.secret().expose();
            if name == token::COOKIE {
                headers.insert(header(&name)?, secret(token)?);
            } else {
                // VTEX reads a shopper's token only as a cookie.
                let own = format!("{name}={token}");
                let others = headers.get_all(COOKIE).iter();
                let mut cookies: Vec<&str> = others.filter_map(|c| c.to_str().ok()).collect();
                cookies.push(&own);
                let cookies = cookies.join("; ");
                headers.insert(COOKIE, secret(&cookies)?);
            }
        }
        Credential::Pair { app_key, app_token } => {
            headers.insert(header(APP_KEY)?, secret(app_key)?);
            headers.insert(header(APP_TOKEN)?, secret(app_token.expose())?);
        }
    }
    Ok(())
}

fn header(name: &str) -> Result<HeaderName, TargetError> {
    HeaderName::try_from(name).map_err(|_| wrong("the credential does not fit in a header", ""))
}

/// A header's value that is never shown.
fn secret(text: &str) -> Result<HeaderValue, TargetError> {
    let mut value = HeaderValue::try_from(text)
        .map_err(|_| wrong("the credential does not fit in a header", ""))?;
    value.set_sensitive(true);
    Ok(value)
}

#[cfg(test)]
mod tests {
    use reqwest::{Method, Request, Url};
    use serde_json::json;

    use super::{Credential, Secret, Site, authorize};
    use crate::token::Token;

    fn credentials() -> [Credential; 2] {
        use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD as BASE64};
        let part = |value: &serde_json::Value| BASE64.encode(value.to_string());
        let claims = json!({"sub": "dev@example.com", "account": "mystore", "audience": "admin"});
        let text = format!("{}.{}.c2ln", part(&json!({"alg": "ES256"})), part(&claims));
        [
            Credential::Token(Token::parse(Secret::new(text)).unwrap()),
            Credential::Pair {
                app_key: "vtexappkey-mystore-ABCDEF".to_owned(),
                app_token: Secret::new("SECRET".to_owned()),
            },
        ]
    }

    #[test]
    fn no_header_is_added_where_the_url_is_refused() {
        let account = "mystore".parse().unwrap();
        for (url, expected) in [
            ("https://mystore.vtexcommercestable.com.br/api/x", true),
            ("https://api.vtex.com/mystore/pricing", true),
            ("http://mystore.vtexcommercestable.com.br/api/x", false),
            ("https://mystore.vtexcommercestable.com.br:444/api/x", false),
            ("https://a@mystore.vtexcommercestable.com.br/api/x", false),
            ("https://other.vtexcommercestable.com.br/api/x", false),
            ("https://api.vtex.com/other/pricing", false),
            ("https://api.vtex.com/mystore/..%2fother/pricing", false),
            ("https://mystore.myvtex.com/_v/x?an=other", false),
            ("https://evil.example/mystore/pricing", false),
        ] {
            for credential in credentials() {
                let mut request = Request::new(Method::GET, Url::parse(url).unwrap());
                let added = authorize(&mut request, &account, &credential, &Site::Vtex);
                assert_eq!(added.is_ok(), expected, "{url}");
                assert_eq!(request.headers().is_empty(), !expected, "{url}");
                for value in request.headers().values() {
                    assert!(value.is_sensitive());
                }
            }
        }
    }
}
