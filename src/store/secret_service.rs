//! The Secret Service of Linux desktops: GNOME Keyring, `KWallet`, `KeePassXC`.
//!
//! Uses one D-Bus connection for the whole process, because `KeePassXC` grants
//! access per connection. The connection has no thread; the caller that waits
//! drives it (`socket`).
//!
//! Reading uses a plain session: an encrypted one takes three times as long,
//! and anybody who could listen could ask for the secret too. Writing, which is
//! rare, encrypts if the keyring can. Not for time limits: `keyring` has them.

mod bus;
mod socket;

use std::collections::HashMap;

use futures_lite::future;
use secret_service::{EncryptionType, SecretService};
use zbus::zvariant::{OwnedObjectPath, OwnedValue, Value};

pub use self::bus::SharedBus;
use self::bus::{Service, failed};
use super::{StoreError, keyring::Entry};

/// The keyring's own object, under its interface.
const SERVICE: (&str, &str) = ("/org/freedesktop/secrets", "org.freedesktop.Secret.Service");
const COLLECTION: &str = "org.freedesktop.Secret.Collection";
const ITEM: &str = "org.freedesktop.Secret.Item";
/// The protocol's value for a missing object.
const NO_OBJECT: &str = "/";
/// The name of a new default collection, the same as browsers use.
const NEW_COLLECTION: &str = "Default keyring";
const CONTENT_TYPE: &str = "application/octet-stream";

/// The secret, or `None` when there is none in an unlocked keyring.
///
/// # Errors
/// When the keyring could not be asked.
pub fn get(entry: &Entry) -> Result<Option<Vec<u8>>, StoreError> {
    bus::run(&entry.bus, entry.timeout, async |service| {
        // Sends both requests before it reads an answer.
        let (session, found) = future::zip(service.plain_session(), service.search(entry)).await;
        let found = service.search_unlocked(entry, found?, false).await?;
        let item = match &found[..] {
            [] => return Ok(None),
            [item] => item,
            _ => return Err(twice(entry)),
        };
        if let Ok(session) = session {
            let secret: Secret = service.call((item, ITEM), "GetSecret", &session).await?;
            return Ok(Some(secret.2));
        }
        let encrypted = service.secrets(EncryptionType::Dh).await?;
        let item = encrypted.get_item_by_path(item.clone()).await;
        let secret = item.map_err(failed)?.get_secret().await;
        secret.map(Some).map_err(failed)
    })
}

/// Writes the secret, and replaces a previous one.
///
/// # Errors
/// When it could not be written.
pub fn set(entry: &Entry, secret: &[u8]) -> Result<(), StoreError> {
    bus::run(&entry.bus, entry.timeout, async |service| {
        let found = service.search(entry).await?;
        let found = service.search_unlocked(entry, found, entry.person).await?;
        let writer = match service.secrets(EncryptionType::Dh).await {
            Ok(writer) => writer,
            // The keyring may not support encryption; any other error repeats
            // below.
            Err(error) => {
                let plain = service.secrets(EncryptionType::Plain).await;
                plain.map_err(|_| error)?
            }
        };
        if let [item] = &found[..] {
            let item = writer.get_item_by_path(item.clone()).await;
            let set = item.map_err(failed)?;
            return set.set_secret(secret, CONTENT_TYPE).await.map_err(failed);
        }
        // With two entries it is unclear which one is right.
        for item in &found {
            service.delete(item).await?;
        }
        let collection = service.default_collection().await?.ok_or_else(none)?;
        let collection = writer.get_collection_by_path(collection).await;
        let collection = collection.map_err(failed)?;
        let names = HashMap::from(names(entry));
        let created = collection.create_item(&entry.label, names, secret, true, CONTENT_TYPE);
        created.await.map(drop).map_err(failed)
    })
}

/// Deletes every entry with these names. Returns whether there was one.
///
/// # Errors
/// When it could not be deleted.
pub fn delete(entry: &Entry) -> Result<bool, StoreError> {
    bus::run(&entry.bus, entry.timeout, async |service| {
        let found = service.search(entry).await?;
        let found = service.search_unlocked(entry, found, false).await?;
        for item in &found {
            service.delete(item).await?;
        }
        Ok(!found.is_empty())
    })
}

/// Whether a test entry would stay: `KeePassXC` moves deleted entries to its
/// recycle bin, and asks before each read. If so, its database is unlocked.
///
/// # Errors
/// When it is not there or stays locked.
pub fn keeps_deleted(entry: &Entry) -> Result<bool, StoreError> {
    bus::run(&entry.bus, entry.timeout, async |service| {
        if !service.is_keepassxc().await? {
            return Ok(false);
        }
        service.default_collection().await?.ok_or_else(none)?;
        Ok(true)
    })
}

/// What a search finds: the unlocked items and the locked ones.
type Found = (Vec<OwnedObjectPath>, Vec<OwnedObjectPath>);
/// As sent: the session, its parameters, the secret, and its type.
type Secret = (OwnedObjectPath, Vec<u8>, Vec<u8>, String);

impl Service {
    async fn search(&self, entry: &Entry) -> Result<Found, StoreError> {
        let names = HashMap::from(names(entry));
        self.call(SERVICE, "SearchItems", &names).await
    }

    /// The found entries, unlocked. If there are none, the default collection
    /// may be locked and hide them, as in `KeePassXC`: it is unlocked and
    /// searched again. If there is no collection, `create` makes one.
    async fn search_unlocked(
        &self,
        entry: &Entry,
        mut found: Found,
        create: bool,
    ) -> Result<Vec<OwnedObjectPath>, StoreError> {
        if found.0.is_empty() && found.1.is_empty() {
            match self.find_default().await? {
                Some(collection) if self.is_locked(&collection).await? => {
                    self.unlock(&collection).await?;
                    found = self.search(entry).await?;
                }
                None if create => self.create_default().await?,
                // Without a collection the answer is unknown.
                None if self.collections().await?.is_empty() => return Err(none()),
                Some(_) | None => {}
            }
        }
        let (mut items, locked) = found;
        for item in locked {
            self.unlock(&item).await?;
            items.push(item);
        }
        Ok(items)
    }

    /// The collection that new entries go into, unlocked.
    async fn default_collection(&self) -> Result<Option<OwnedObjectPath>, StoreError> {
        let found = self.find_default().await?;
        if let Some(path) = &found
            && self.is_locked(path).await?
        {
            self.unlock(path).await?;
        }
        Ok(found)
    }

    async fn find_default(&self) -> Result<Option<OwnedObjectPath>, StoreError> {
        let path: OwnedObjectPath = self.call(SERVICE, "ReadAlias", &"default").await?;
        Ok((path.as_str() != NO_OBJECT).then_some(path))
    }

    async fn collections(&self) -> Result<Vec<OwnedObjectPath>, StoreError> {
        self.property(SERVICE, "Collections").await
    }

    async fn is_locked(&self, collection: &OwnedObjectPath) -> Result<bool, StoreError> {
        self.property((collection, COLLECTION), "Locked").await
    }

    /// Creates a default collection; a dialog asks for its password.
    async fn create_default(&self) -> Result<(), StoreError> {
        let label = Value::from(NEW_COLLECTION);
        let properties = HashMap::from([("org.freedesktop.Secret.Collection.Label", label)]);
        let (path, prompt): (OwnedObjectPath, OwnedObjectPath) = self
            .call(SERVICE, "CreateCollection", &(properties, "default"))
            .await?;
        if path.as_str() != NO_OBJECT {
            return Ok(());
        }
        self.prompt(&prompt).await
    }

    async fn unlock(&self, object: &OwnedObjectPath) -> Result<(), StoreError> {
        let (unlocked, prompt): (Vec<OwnedObjectPath>, OwnedObjectPath) =
            self.call(SERVICE, "Unlock", &vec![object]).await?;
        if prompt.as_str() != NO_OBJECT {
            self.prompt(&prompt).await
        } else if unlocked.is_empty() {
            Err(StoreError::Locked("it cannot be unlocked".to_owned()))
        } else {
            Ok(())
        }
    }

    async fn delete(&self, item: &OwnedObjectPath) -> Result<(), StoreError> {
        let prompt: OwnedObjectPath = self.call((item, ITEM), "Delete", &()).await?;
        if prompt.as_str() == NO_OBJECT {
            return Ok(());
        }
        self.prompt(&prompt).await
    }

    /// A session for reading.
    async fn plain_session(&self) -> Result<OwnedObjectPath, StoreError> {
        let (_, session): (OwnedValue, OwnedObjectPath) = self
            .call(SERVICE, "OpenSession", &("plain", Value::from("")))
            .await?;
        Ok(session)
    }

    /// A session for writing.
    async fn secrets(
        &self,
        encryption: EncryptionType,
    ) -> Result<SecretService<'static>, StoreError> {
        let opened = SecretService::connect_with_existing(encryption, self.bus().clone()).await;
        opened.map_err(failed)
    }
}

/// The attributes of an entry, the same as those of the `keyring` crate and
/// `secret-tool`.
fn names(entry: &Entry) -> [(&str, &str); 2] {
    [("service", &entry.service), ("username", &entry.user)]
}

fn none() -> StoreError {
    StoreError::NoCollection
}

fn twice(entry: &Entry) -> StoreError {
    StoreError::Corrupt(
        entry.account.clone(),
        format!(
            "the keyring holds more than one entry of that name under the service `{}`",
            entry.service
        ),
    )
}
