//! Version 1 of the index and of the stores. An account had one token, one
//! refresh token and one app token, in three entries of the store.
//!
//! They are only read here; `save` moves them when it next writes the account.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{AccountEntry, Entry, Session, SessionError, item::Item};
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
    accounts: BTreeMap<Account, OldEntry>,
}

#[derive(Deserialize)]
struct OldEntry {
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
        new.accounts = accounts.map(|(a, old)| (a, old.into())).collect();
        new
    }
}

impl From<OldEntry> for AccountEntry {
    fn from(old: OldEntry) -> Self {
        let mut account_entry = Self::default();
        let mut entry = Entry {
            login: old.login,
            kind: old.kind,
            token_account: old.token_account,
            expires_on: old.expires_on,
            store: old.store,
            app_key: None,
            refresh_since: None,
            is_version_1: true,
        };
        let pair_entry = old.app_key.as_ref().map(|key| Entry {
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
                account_entry.key = Some(entry);
            }
            Kind::Shopper | Kind::B2bBuyer => {
                let email = Email::of_login(entry.login.as_deref());
                account_entry.shoppers.insert(email, entry);
                account_entry.key = pair_entry;
            }
            _ => {
                account_entry.user = Some(entry);
                account_entry.key = pair_entry;
            }
        }
        account_entry
    }
}

impl Session {
    /// A credential's secrets in the entries of version 1.
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
            // The token may belong to a user instead.
            let is_of_app_key = |text: &crate::secret::Secret| {
                let token = Token::parse(text.clone());
                token.is_ok_and(|token| Slot::of(token.claims()) == Slot::Key)
            };
            item.token = token.filter(is_of_app_key);
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

/// The entries of version 1 that belong to a credential. The token belongs to
/// the user or the shopper if there was one, and to the app key otherwise.
pub(super) fn old_kinds(account_entry: &AccountEntry, slot: &Slot) -> Vec<SecretKind> {
    let is_old = account_entry
        .get(slot)
        .is_some_and(|entry| entry.is_version_1);
    let others = account_entry.entries().any(|(other, entry)| {
        entry.is_version_1 && other != *slot && (other != Slot::Key || !is_old)
    });
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
