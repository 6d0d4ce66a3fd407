//! The content of one entry of a store: a whole credential as JSON, so that it
//! is written in one step.
//!
//! Not for where it is stored (`store`), and not for what is known without
//! opening a store (`index`).

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::{
    secret::Secret,
    token::{Token, TokenError, TokenPair},
};

/// A credential's secrets.
#[derive(Clone, Debug, Default)]
pub struct Item {
    /// The token; `None` if only an app key pair is saved.
    pub token: Option<Secret>,
    /// The refresh token that renews it.
    pub refresh: Option<Secret>,
    /// The app key and app token that make new tokens.
    pub pair: Option<(String, Secret)>,
    /// The second cookie of a shopper's session, which a renewal needs
    /// (`VtexIdclientAutCookie_{account id}`): its name and value.
    pub cookie: Option<(String, Secret)>,
}

/// The JSON as written. It borrows, so that no copy of a secret stays in memory.
#[derive(Serialize, Deserialize)]
struct Written<'a> {
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    token: Option<Cow<'a, str>>,
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    refresh_token: Option<Cow<'a, str>>,
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    app_key: Option<Cow<'a, str>>,
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    app_token: Option<Cow<'a, str>>,
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    cookie_name: Option<Cow<'a, str>>,
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    cookie_value: Option<Cow<'a, str>>,
}

/// The result of a login, of a renewal, or of an app key.
pub struct NewTokens {
    /// The parsed token.
    pub token: Token,
    /// The secrets to store: the same token, and what renews it.
    pub item: Item,
}

impl From<TokenPair> for NewTokens {
    fn from(pair: TokenPair) -> Self {
        let item = Item {
            token: Some(pair.token.secret().clone()),
            refresh: pair.refresh,
            cookie: pair.cookie,
            pair: None,
        };
        let token = pair.token;
        Self { token, item }
    }
}

impl NewTokens {
    /// A token and the app key pair that made it.
    pub fn of_app_key(token: Token, app_key: &str, app_token: &Secret) -> Self {
        let item = Item {
            token: Some(token.secret().clone()),
            pair: Some((app_key.to_owned(), app_token.clone())),
            ..Item::default()
        };
        Self { token, item }
    }
}

impl Item {
    /// Parses the text that [`Item::encode`] wrote; `None` if it is damaged.
    pub fn decode(text: &Secret) -> Option<Self> {
        // serde would accept a list of the values as well.
        let json = text.expose();
        let written: Written<'_> = json
            .starts_with('{')
            .then(|| serde_json::from_str(json).ok())??;
        let secret = |text: Cow<'_, str>| Secret::new(text.into_owned());
        let both = |name: Option<Cow<'_, str>>, value: Option<Cow<'_, str>>| {
            Some((name?.into_owned(), secret(value?)))
        };
        Some(Self {
            token: written.token.map(secret),
            refresh: written.refresh_token.map(secret),
            pair: both(written.app_key, written.app_token),
            cookie: both(written.cookie_name, written.cookie_value),
        })
    }

    /// The text to store.
    pub fn encode(&self) -> Secret {
        fn text(secret: Option<&Secret>) -> Option<Cow<'_, str>> {
            secret.map(|secret| Cow::Borrowed(secret.expose()))
        }
        fn name(pair: Option<&(String, Secret)>) -> Option<Cow<'_, str>> {
            pair.map(|(name, _)| Cow::Borrowed(&**name))
        }
        let written = Written {
            token: text(self.token.as_ref()),
            refresh_token: text(self.refresh.as_ref()),
            app_key: name(self.pair.as_ref()),
            app_token: text(self.pair.as_ref().map(|(_, value)| value)),
            cookie_name: name(self.cookie.as_ref()),
            cookie_value: text(self.cookie.as_ref().map(|(_, value)| value)),
        };
        // A buffer that grows would leave copies of secrets in memory.
        let mut json = Vec::with_capacity(2 * self.bytes() + 256);
        // Cannot fail: every value is text.
        let _ = serde_json::to_writer(&mut json, &written);
        Secret::new(String::from_utf8(json).unwrap_or_default())
    }

    /// Parses the token.
    ///
    /// # Errors
    /// When the token is damaged.
    pub fn token(&self) -> Result<Option<Token>, TokenError> {
        self.token.clone().map(Token::parse).transpose()
    }

    fn bytes(&self) -> usize {
        let pair = |pair: &(String, Secret)| pair.0.len() + pair.1.expose().len();
        let secret = |secret: &Secret| secret.expose().len();
        self.token.as_ref().map_or(0, secret)
            + self.refresh.as_ref().map_or(0, secret)
            + self.pair.as_ref().map_or(0, pair)
            + self.cookie.as_ref().map_or(0, pair)
    }
}

#[cfg(test)]
mod tests {
    use super::Item;
    use crate::secret::Secret;

    #[test]
    fn what_is_written_is_read_back() {
        let secret = |text: &str| Secret::new(text.to_owned());
        let item = Item {
            token: Some(secret("e.e.e")),
            refresh: Some(secret("a\"b\\c\u{7f}é")),
            pair: Some(("vtexappkey-a-B".to_owned(), secret("ABC"))),
            cookie: Some(("VtexIdclientAutCookie_id".to_owned(), secret("x"))),
        };
        let read = Item::decode(&item.encode()).unwrap();
        assert_eq!(read.token, item.token);
        assert_eq!(read.refresh, item.refresh);
        assert_eq!(read.pair, item.pair);
        assert_eq!(read.cookie, item.cookie);
        assert_eq!(Item::default().encode().expose(), "{}");
        for damaged in ["", "e.e.e", "{\"token\":", "[]", "{\"token\":1}"] {
            assert!(Item::decode(&secret(damaged)).is_none(), "{damaged}");
        }
    }
}
