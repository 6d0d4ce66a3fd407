//! What a token is and says: its parts, its claims, its kind, how long it is good.
//!
//! Not for judging signatures (nothing here verifies) and not a clock: the
//! current time is always an argument. Facts come from VTEX's published
//! shapes; where nothing public says, everything is kept and nothing assumed.

use base64::{Engine as _, alphabet, engine};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::secret::Secret;

/// The cookie and header that admin, app key and VTEX IO tokens travel in.
pub const COOKIE: &str = "VtexIdclientAutCookie";

/// base64url without padding, RFC 7515 section 2; loose trailing bits are
/// let through, because looking at a token is not verifying it.
const BASE64URL: engine::GeneralPurpose = engine::GeneralPurpose::new(
    &alphabet::URL_SAFE,
    engine::GeneralPurposeConfig::new()
        .with_encode_padding(false)
        .with_decode_padding_mode(engine::DecodePaddingMode::RequireNone)
        .with_decode_allow_trailing_bits(true),
);

/// A JSON Web Token that could be read: it cannot exist without its claims.
#[derive(Clone, Debug)]
pub struct Token {
    text: Secret,
    header: Map<String, Value>,
    claims: Claims,
}

/// What VTEX ID hands out: a token, and maybe the refresh token that renews it.
#[derive(Debug)]
pub struct Grant {
    /// The access token.
    pub token: Token,
    /// Renews the access token once; VTEX ID gives a new one with each use.
    pub refresh: Option<Secret>,
}

/// Which part of a token is broken, and how. Holds nothing of the token's
/// text but what a reader may see: the header, when that could be read.
#[derive(Debug, thiserror::Error)]
#[error("{problem}")]
pub struct TokenError {
    problem: String,
    /// The header, if it was readable and a later part is broken.
    pub header: Option<Map<String, Value>>,
}

impl Token {
    /// Reads the compact form (RFC 7515 section 3.1) of any algorithm.
    ///
    /// # Errors
    /// Names the part that is broken and how.
    pub fn parse(text: Secret) -> Result<Self, TokenError> {
        let broken = |problem: String| TokenError {
            problem,
            header: None,
        };
        let parts: Vec<&str> = text.expose().split('.').collect();
        if text.expose().is_empty() {
            return Err(broken("there is no token, only empty text".to_owned()));
        }
        if parts.len() == 5 {
            return Err(broken(
                "it has five parts: an encrypted token (JWE), whose claims cannot be read"
                    .to_owned(),
            ));
        }
        let [head, payload, signature] = parts[..] else {
            return Err(broken(format!(
                "a token has three parts joined by dots, this has {}",
                parts.len()
            )));
        };
        let header = read_part("header", head).map_err(broken)?;
        let later = |problem: String| TokenError {
            problem,
            header: Some(header.clone()),
        };
        let claims = Claims(read_part("payload", payload).map_err(later)?);
        // Printed into headers and shells later on: nothing but base64url may pass.
        check_alphabet("signature", signature).map_err(later)?;
        Ok(Self {
            text,
            header,
            claims,
        })
    }

    /// The whole token, for printing, sending or storing it.
    pub fn secret(&self) -> &Secret {
        &self.text
    }

    /// The header's fields.
    pub fn header(&self) -> &Map<String, Value> {
        &self.header
    }

    /// Everything the token says.
    pub fn claims(&self) -> &Claims {
        &self.claims
    }

    /// Whether the third part is empty, as in tokens that had it cut off.
    pub fn unsigned(&self) -> bool {
        self.text.expose().ends_with('.')
    }

    /// The header or cookie name this token is sent under; a shopper's bears
    /// the account's name. `None` for what is no credential.
    pub fn carrier(&self) -> Option<String> {
        match self.claims.kind() {
            Kind::SessionCookie => None,
            Kind::Shopper | Kind::B2bBuyer => self
                .claims
                .account()
                .filter(|a| {
                    a.chars()
                        .all(|c| c.is_ascii_alphanumeric() || "-_".contains(c))
                })
                .map(|account| format!("{COOKIE}_{account}")),
            _ => Some(COOKIE.to_owned()),
        }
    }
}

/// The token in what people paste: quotes, `Bearer`, a header line, a cookie.
pub fn pasted(text: &str) -> &str {
    let unquote = |s: &'_ str| -> usize { usize::from(s.starts_with(['"', '\''])) };
    let mut text = text.trim();
    if text.len() > 1 && unquote(text) == 1 && text.ends_with(['"', '\'']) {
        text = text[1..text.len() - 1].trim();
    }
    if text
        .get(..7)
        .is_some_and(|p| p.eq_ignore_ascii_case("bearer "))
    {
        return text[7..].trim();
    }
    // `{COOKIE}: …`, `{COOKIE}=…`, `{COOKIE}_mystore=…; path=/`
    let cookie = text
        .get(..COOKIE.len())
        .filter(|p| p.eq_ignore_ascii_case(COOKIE))
        .and_then(|_| text.split_once([':', '=']));
    match cookie {
        Some((_, value)) => value.split(';').next().unwrap_or(value).trim(),
        None => text,
    }
}

fn check_alphabet(name: &str, part: &str) -> Result<(), String> {
    let wrong = part
        .char_indices()
        .find(|(_, c)| !c.is_ascii_alphanumeric() && !"-_".contains(*c));
    match wrong {
        Some((at, '=')) => Err(format!(
            "the {name} is padded: `=` at position {} does not belong in a token",
            at + 1
        )),
        Some((at, c)) => Err(format!(
            "the {name} is not base64url: `{}` at position {}",
            c.escape_default(),
            at + 1
        )),
        None => Ok(()),
    }
}

fn read_part(name: &str, part: &str) -> Result<Map<String, Value>, String> {
    if part.is_empty() {
        return Err(format!("the {name} is empty"));
    }
    check_alphabet(name, part)?;
    if part.len() % 4 == 1 {
        return Err(format!(
            "the {name} is cut: {} characters is a length no base64url has",
            part.len()
        ));
    }
    let bytes = BASE64URL
        .decode(part)
        .map_err(|_| format!("the {name} is not base64url"))?;
    let text = std::str::from_utf8(&bytes).map_err(|e| {
        format!(
            "the {name} is not text: byte {} is not UTF-8",
            e.valid_up_to() + 1
        )
    })?;
    match serde_json::from_str(text) {
        Ok(Value::Object(map)) => Ok(map),
        Ok(_) => Err(format!("the {name} is JSON, but not an object")),
        // serde_json's own text may quote a key or value: the place is enough.
        Err(e) => Err(format!(
            "the {name} is not JSON: {} at byte {} of {}",
            match e.classify() {
                serde_json::error::Category::Eof => "it ends too early",
                _ => "it breaks",
            },
            e.column(),
            text.len()
        )),
    }
}

/// What a token says, known claims and unknown.
#[derive(Clone, Debug)]
pub struct Claims(Map<String, Value>);

impl Claims {
    /// Every claim, in the token's order.
    pub fn all(&self) -> &Map<String, Value> {
        &self.0
    }

    /// A claim that is text.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name).and_then(Value::as_str)
    }

    /// A claim that is a time, in whole epoch seconds (RFC 7519 allows
    /// fractions; they are cut).
    #[expect(
        clippy::cast_possible_truncation,
        reason = "`as` saturates, which is meant"
    )]
    pub fn seconds(&self, name: &str) -> Option<i64> {
        let value = self.0.get(name)?;
        value.as_i64().or_else(|| value.as_f64().map(|f| f as i64))
    }

    /// Who the token speaks for: an e-mail, an app key, an app.
    pub fn login(&self) -> Option<&str> {
        match self.kind() {
            Kind::IoApp => self.text("userLogin").or_else(|| self.text("sub")),
            _ => self.text("sub"),
        }
    }

    /// The account it names; old admin tokens name it in their scope.
    pub fn account(&self) -> Option<&str> {
        match self.kind() {
            Kind::OldAdmin => self.text("scope")?.strip_suffix(":admin"),
            Kind::SessionCookie => None,
            _ => self.text("account"),
        }
    }

    /// What sort of token this is, judged by `iss`, then `type`, then the
    /// `sub` prefix, then `audience`, then `scope`.
    pub fn kind(&self) -> Kind {
        let is = |name, value| self.text(name) == Some(value);
        let subject = self.text("sub").unwrap_or_default();
        let buyer = self.0.get("isRepresentative") == Some(&Value::Bool(true))
            || self.0.contains_key("unitId");
        if is("iss", "vtexio/router") {
            Kind::IoApp
        } else if is("type", "appkey") || subject.starts_with("vtexappkey-") {
            Kind::AppKey
        } else if is("audience", "admin") {
            Kind::Admin
        } else if is("audience", "webstore") {
            if buyer { Kind::B2bBuyer } else { Kind::Shopper }
        } else if self.text("scope").is_some_and(|s| s.ends_with(":admin")) {
            Kind::OldAdmin
        } else if subject == "session" && is("account", "session") {
            Kind::SessionCookie
        } else {
            Kind::Unknown
        }
    }

    /// Whether the token is good at `now`, in epoch seconds.
    pub fn validity(&self, now: i64) -> Validity {
        match self.seconds("exp") {
            Some(exp) if exp > now => Validity::Until(exp),
            Some(exp) => Validity::ExpiredAt(exp),
            None => Validity::Unstated,
        }
    }
}

/// How long a token is good, in epoch seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Validity {
    /// Good until then.
    Until(i64),
    /// Not good since then.
    ExpiredAt(i64),
    /// The token does not say.
    Unstated,
}

/// The kinds of token VTEX gives out, by the shapes seen in its own sources.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// A person logged in to the Admin.
    Admin,
    /// A person logged in to a store.
    Shopper,
    /// A shopper who buys for a company.
    B2bBuyer,
    /// Made from an app key and app token.
    AppKey,
    /// A VTEX IO app's own.
    IoApp,
    /// An admin's, as made in 2019 and 2020.
    OldAdmin,
    /// The `vtex_session` cookie.
    SessionCookie,
    /// Anything else.
    Unknown,
}

impl Kind {
    /// The kind in words.
    pub fn words(self) -> &'static str {
        match self {
            Self::Admin => "admin user",
            Self::Shopper => "shopper",
            Self::B2bBuyer => "B2B buyer",
            Self::AppKey => "app key",
            Self::IoApp => "VTEX IO app",
            Self::OldAdmin => "admin user (2019-20 form)",
            Self::SessionCookie => "vtex_session cookie",
            Self::Unknown => "unknown",
        }
    }

    /// What such a token may do, in VTEX's words.
    pub fn scope(self) -> &'static str {
        match self {
            Self::Admin | Self::OldAdmin => "what the user's License Manager roles allow",
            Self::Shopper | Self::B2bBuyer => {
                "views active products, places orders, sees orders of the same profile; no Admin, no settings"
            }
            Self::AppKey => "what the key's License Manager roles allow",
            Self::IoApp => "what the app's policies declare; License Manager does not limit it",
            Self::SessionCookie => "nothing: session data, not a credential",
            Self::Unknown => "unknown: not a shape VTEX is known to make",
        }
    }

    /// Its name inside a VTEX IO app's `ctx`, and the `authMethod` that asks for it.
    pub fn io_name(self) -> Option<&'static str> {
        match self {
            Self::Admin | Self::OldAdmin | Self::AppKey => {
                Some("ctx.adminUserAuthToken (authMethod: ADMIN_TOKEN)")
            }
            Self::Shopper | Self::B2bBuyer => {
                Some("ctx.storeUserAuthToken (authMethod: STORE_TOKEN)")
            }
            Self::IoApp => Some("ctx.authToken (authMethod: AUTH_TOKEN)"),
            Self::SessionCookie | Self::Unknown => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{BASE64URL, Kind, Token, pasted};
    use crate::secret::Secret;
    use base64::Engine as _;

    fn token(payload: &str) -> Token {
        let text = format!(
            "{}.{}.c2ln",
            BASE64URL.encode(r#"{"alg":"none"}"#),
            BASE64URL.encode(payload)
        );
        Token::parse(Secret::new(text)).unwrap()
    }

    #[test]
    fn every_published_shape_is_told_apart() {
        let app = r#"{"iss":"vtexio/router","aud":"vtexio","type":"link","userLogin":"u"}"#;
        let old = r#"{"account":"__vtex_admin","scope":"mystore:admin","sub":"a@b"}"#;
        for (payload, kind, account) in [
            (
                r#"{"audience":"admin","type":"user","account":"s"}"#,
                Kind::Admin,
                Some("s"),
            ),
            (
                r#"{"audience":"admin","account":"s"}"#,
                Kind::Admin,
                Some("s"),
            ),
            (
                r#"{"audience":"admin","sub":"vtexappkey-s-X"}"#,
                Kind::AppKey,
                None,
            ),
            (
                r#"{"audience":"admin","type":"appkey"}"#,
                Kind::AppKey,
                None,
            ),
            (
                r#"{"audience":"webstore","account":"s"}"#,
                Kind::Shopper,
                Some("s"),
            ),
            (
                r#"{"audience":"webstore","isRepresentative":true}"#,
                Kind::B2bBuyer,
                None,
            ),
            (app, Kind::IoApp, None),
            (old, Kind::OldAdmin, Some("mystore")),
            (
                r#"{"sub":"session","account":"session"}"#,
                Kind::SessionCookie,
                None,
            ),
            ("{}", Kind::Unknown, None),
        ] {
            let token = token(payload);
            assert_eq!(token.claims().kind(), kind, "{payload}");
            assert_eq!(token.claims().account(), account, "{payload}");
        }
    }

    #[test]
    fn a_shoppers_header_bears_the_account_and_nothing_that_breaks_a_header() {
        let carrier = |account: &str| {
            let claims = serde_json::json!({"audience": "webstore", "account": account});
            token(&claims.to_string()).carrier()
        };
        assert_eq!(
            carrier("My-store").unwrap(),
            "VtexIdclientAutCookie_My-store"
        );
        assert_eq!(carrier("a\r\nX: y"), None);
    }

    #[test]
    fn the_token_is_found_in_what_people_paste() {
        for form in [
            "a.b.c",
            " a.b.c\n",
            "\"a.b.c\"",
            "'a.b.c'",
            "Bearer a.b.c",
            "bearer  a.b.c",
            "VtexIdclientAutCookie: a.b.c",
            "vtexidclientautcookie=a.b.c; Path=/",
            "VtexIdclientAutCookie_mystore=a.b.c",
        ] {
            assert_eq!(pasted(form), "a.b.c", "{form}");
        }
        assert_eq!(pasted("\""), "\"");
        assert_eq!(pasted("é"), "é");
    }
}
