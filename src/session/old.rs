//! Version 1 of the index, and its entries in the stores: one token an
//! account, its refresh token and an app token each in an entry of its own.
//!
//! Read as they are, and moved when an account is next written to.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{Entry, Line, Session, SessionError, item::Item};
use crate::{
    account::Account,
    clock::Measured,
    slot::{Email, Slot},
    store::{SecretKind, StoreKind},
    token::{Kind, Token},
};

/// The index of version 1.
#[derive(Deserialize)]
pub(super) struct Index {
    #[serde(default)]
    current: Option<Account>,
    #[serde(default)]
    previous: Option<Account>,
    #[serde(default)]
    clock: Option<Measured>,
    accounts: BTreeMap<Account, OldLine>,
}

#[derive(Deserialize)]
struct OldLine {
    #[serde(default)]
    login: Option<String>,
    kind: Kind,
    #[serde(default)]
    token_account: Option<String>,
    #[serde(default)]
    expires_on: Option<i64>,
    store: StoreKind,
    #[serde(default)]
    app_key: Option<String>,
}

impl From<Index> for super::index::Index {
    fn from(index: Index) -> Self {
        let accounts = index.accounts.into_iter();
        let mut new = Self::default();
        new.current = index.current;
        new.previous = index.previous;
        new.clock = index.clock;
        new.accounts = accounts.map(|(a, line)| (a, line.into())).collect();
        new
    }
}

impl From<OldLine> for Line {
    fn from(old: OldLine) -> Self {
        let mut line = Self::default();
        let mut entry = Entry {
            login: old.login,
            kind: old.kind,
            token_account: old.token_account,
            expires_on: old.expires_on,
            store: old.store,
            app_key: None,
            refresh_since: None,
            old: true,
        };
        let pair_alone = old.app_key.as_ref().map(|key| Entry {
            login: Some(key.clone()),
            kind: Kind::AppKey,
            token_account: None,
            expires_on: None,
            app_key: old.app_key.clone(),
            ..entry
        });
        match old.kind {
            Kind::AppKey => {
                entry.app_key = old.app_key;
                line.key = Some(entry);
            }
            Kind::Shopper | Kind::B2bBuyer => {
                let email = Email::of_login(entry.login.as_deref());
                line.shoppers.insert(email, entry);
                line.key = pair_alone;
            }
            _ => {
                line.user = Some(entry);
                line.key = pair_alone;
            }
        }
        line
    }
}

impl Session {
    /// What version 1 stored for a credential.
    pub(super) fn old_item(
        &self,
        account: &Account,
        slot: &Slot,
        entry: &Entry,
    ) -> Result<Option<Item>, SessionError> {
        let store = self.store(entry.store);
        let get = |kind| store.get(account, kind);
        let token = get(SecretKind::OldToken)?;
        let mut item = Item::default();
        if *slot == Slot::Key {
            // The token may be a person's, which the key does not make.
            let made = |text: &crate::secret::Secret| {
                let token = Token::parse(text.clone());
                token.is_ok_and(|token| Slot::of(token.claims()) == Slot::Key)
            };
            item.token = token.filter(made);
            if let Some(key) = &entry.app_key {
                let app_token = get(SecretKind::OldAppToken)?;
                item.pair = app_token.map(|token| (key.clone(), token));
            }
        } else {
            item.token = token;
            item.refresh = get(SecretKind::OldRefresh)?;
        }
        let nothing = item.token.is_none() && item.refresh.is_none() && item.pair.is_none();
        Ok((!nothing).then_some(item))
    }
}

/// The entries of version 1 that belong to a credential: the token is the
/// user's or the shopper's where there was one, else the app key's.
pub(super) fn old_kinds(line: &Line, slot: &Slot) -> Vec<SecretKind> {
    let is_old = line.get(slot).is_some_and(|entry| entry.old);
    let others = line
        .entries()
        .any(|(other, entry)| entry.old && other != *slot && (other != Slot::Key || !is_old));
    let mut kinds = Vec::new();
    if !others {
        kinds.push(SecretKind::OldToken);
        kinds.push(SecretKind::OldRefresh);
    }
    if *slot == Slot::Key {
        kinds.push(SecretKind::OldAppToken);
    }
    kinds
}
