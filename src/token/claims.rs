//! A token's claims, its kind, and how long it is valid.
//!
//! The facts come from VTEX's public documents. Where those say nothing, all
//! claims are kept and nothing is assumed. Not for findings about the claims
//! (`judge`).

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, value::RawValue};

use super::exact::ExactFields;
use crate::account::Account;

/// All claims of a token, known and unknown.
#[derive(Clone, Debug)]
pub struct Claims {
    fields: Map<String, Value>,
    /// The JSON text, if the parsed fields lose something of it.
    written: Option<Box<RawValue>>,
    kind: Kind,
}

impl Claims {
    /// `written` is the JSON text, if the parsed fields lose something of it.
    pub(super) fn new(fields: Map<String, Value>, written: Option<String>) -> Self {
        let mut claims = Self {
            fields,
            written: written.and_then(|text| RawValue::from_string(text).ok()),
            kind: Kind::Unknown,
        };
        claims.kind = claims.detect_kind();
        claims
    }

    /// Every claim, in the token's order.
    pub fn all(&self) -> &Map<String, Value> {
        &self.fields
    }

    /// Every claim with its exact digits, for printing.
    pub fn exact(&self) -> ExactFields<'_> {
        match &self.written {
            None => ExactFields::Read(&self.fields),
            Some(raw) => ExactFields::Written(raw),
        }
    }

    /// The claim of that name.
    pub fn get(&self, name: &str) -> Option<&Value> {
        /// Up to this many fields, comparing names is faster than hashing.
        const FEW: usize = 16;
        if self.fields.len() > FEW {
            return self.fields.get(name);
        }
        let mut fields = self.fields.iter();
        fields.find(|(known, _)| *known == name).map(|(_, v)| v)
    }

    /// The claim of that name, if it is text.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.get(name).and_then(Value::as_str)
    }

    /// A time, in whole epoch seconds. RFC 7519 allows fractions; they are
    /// dropped.
    #[expect(
        clippy::cast_possible_truncation,
        reason = "`as` saturates, which is meant"
    )]
    pub fn seconds(&self, name: &str) -> Option<i64> {
        let value = self.get(name)?;
        value.as_i64().or_else(|| value.as_f64().map(|f| f as i64))
    }

    /// The login: an e-mail address, an app key or an app.
    pub fn login(&self) -> Option<&str> {
        match self.kind() {
            Kind::IoApp => self.text("userLogin").or_else(|| self.text("sub")),
            _ => self.text("sub"),
        }
    }

    /// The account in the token; old admin tokens have it in their scope.
    pub fn account(&self) -> Option<&str> {
        match self.kind() {
            Kind::OldAdmin => self.text("scope")?.strip_suffix(":admin"),
            Kind::SessionCookie => None,
            _ => self.text("account"),
        }
    }

    /// The account in the token, if it differs from `wanted`.
    pub fn other_account(&self, wanted: &Account) -> Option<&str> {
        self.account()
            .filter(|named| !named.eq_ignore_ascii_case(wanted.as_str()))
    }

    /// The kind of token.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// Detects the kind from `iss`, then `type`, then the `sub` prefix, then
    /// `audience`, then `scope`.
    fn detect_kind(&self) -> Kind {
        let is = |name, value| self.text(name) == Some(value);
        let subject = self.text("sub").unwrap_or_default();
        let is_buyer = self.get("isRepresentative") == Some(&Value::Bool(true))
            || self.get("unitId").is_some();
        if is("iss", "vtexio/router") {
            Kind::IoApp
        } else if is("type", "appkey") || subject.starts_with("vtexappkey-") {
            Kind::AppKey
        } else if is("audience", "admin") {
            Kind::Admin
        } else if is("audience", "webstore") {
            if is_buyer {
                Kind::B2bBuyer
            } else {
                Kind::Shopper
            }
        } else if self.text("scope").is_some_and(|s| s.ends_with(":admin"))
            && self
                .get("account")
                .is_none_or(|name| name == "__vtex_admin")
        {
            Kind::OldAdmin
        } else if subject == "session" && is("account", "session") {
            Kind::SessionCookie
        } else {
            Kind::Unknown
        }
    }

    /// Whether the token is still valid at `now`, in epoch seconds.
    pub fn validity(&self, now: i64) -> Validity {
        match self.seconds("exp") {
            Some(exp) if exp > now => Validity::Until(exp),
            Some(exp) => Validity::ExpiredAt(exp),
            None => Validity::Unstated,
        }
    }
}

/// Until when a token is valid, in epoch seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Validity {
    /// Valid until then.
    Until(i64),
    /// Expired then.
    ExpiredAt(i64),
    /// The token has no expiry time.
    Unstated,
}

/// The kinds of token that VTEX issues (`docs/vtex-id.md`, Kinds of token).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// A user logged in to the Admin.
    Admin,
    /// A shopper logged in to a store.
    Shopper,
    /// A shopper who buys for a company.
    B2bBuyer,
    /// Created from an app key and its app token.
    AppKey,
    /// The token of a VTEX IO app.
    IoApp,
    /// An admin user, in the form of 2019 and 2020.
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

    /// Whether it is for a store and not for the Admin. Such a token is sent only
    /// as a cookie: VTEX answers 401 if it is sent as a header too.
    pub fn is_shopper(self) -> bool {
        matches!(self, Self::Shopper | Self::B2bBuyer)
    }

    /// The usual lifetime in seconds, if known.
    pub fn life(self) -> Option<i64> {
        const HOUR: i64 = 3600;
        match self {
            Self::Admin | Self::Shopper | Self::IoApp => Some(24 * HOUR),
            Self::AppKey => Some(6 * HOUR),
            Self::SessionCookie => Some(8 * 24 * HOUR),
            Self::B2bBuyer | Self::OldAdmin | Self::Unknown => None,
        }
    }

    /// The algorithm that VTEX signs such tokens with, if known.
    pub fn algorithm(self) -> Option<&'static str> {
        match self {
            Self::Admin | Self::Shopper | Self::B2bBuyer | Self::AppKey => Some("ES256"),
            Self::IoApp => Some("RS256"),
            Self::OldAdmin | Self::SessionCookie | Self::Unknown => None,
        }
    }

    /// What such a token may do, in VTEX's words.
    pub fn scope(self) -> &'static str {
        match self {
            Self::Admin | Self::OldAdmin => "what the user's License Manager roles allow",
            Self::Shopper | Self::B2bBuyer => {
                "view active products, place orders, see orders of the same profile; Admin APIs reject it"
            }
            Self::AppKey => "what the key's License Manager roles allow",
            Self::IoApp => "what the app's policies allow; License Manager does not limit it",
            Self::SessionCookie => "nothing: session data, not a credential",
            Self::Unknown => "unknown: not a known kind of VTEX token",
        }
    }

    /// Its name in the `ctx` of a VTEX IO app, and the `authMethod` that requests it.
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
mod tests;
