//! The D-Bus side of the Secret Service: one connection, calls, dialogs, and
//! what a failure means. Not for knowing what entries are.

use std::{
    cell::Cell,
    io,
    sync::{Arc, OnceLock},
    time::{Duration, Instant},
};

use futures_lite::{StreamExt as _, future};
use serde::{Serialize, de::DeserializeOwned};
use zbus::{
    Connection, MatchRule, MessageStream, connection, message,
    zvariant::{OwnedObjectPath, OwnedValue, Type, Value},
};

use super::socket::BusSocket;
use crate::{config, store::StoreError, threads};

const NAME: &str = "org.freedesktop.secrets";
const PROMPT: &str = "org.freedesktop.Secret.Prompt";
const PROPERTIES: &str = "org.freedesktop.DBus.Properties";
const DBUS: &str = "org.freedesktop.DBus";
/// Owned by `KeePassXC` beside the keyring's name.
const KEEPASSXC: &str = "org.keepassxc.KeePassXC.MainWindow";
/// Starts to watch whether the keyring ends after this long; most answers come
/// sooner.
const WATCH_AFTER: Duration = Duration::from_millis(300);

/// Time reserved for closing an unanswered dialog.
const CLOSE_WITHIN: Duration = Duration::from_millis(300);

/// The connection that every store of a command shares, once one has made it:
/// `KeePassXC` grants access to a connection.
#[derive(Clone, Default)]
pub struct SharedBus(Arc<OnceLock<Bus>>);

/// The session bus.
#[derive(Clone)]
struct Bus {
    connection: Connection,
    /// Its socket; `None` where only `zbus` can connect to it.
    socket: Option<Arc<BusSocket>>,
}

/// The keyring on the session bus.
pub struct Service {
    bus: Bus,
    timeout: Duration,
    until: Instant,
}

/// Runs `work` and drives the connection. Gives up when the keyring ends.
pub fn run<T>(
    shared: &SharedBus,
    timeout: Duration,
    work: impl AsyncFnOnce(&Service) -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    let until = Instant::now() + timeout.saturating_sub(CLOSE_WITHIN);
    let socket = match shared.0.get() {
        Some(bus) => bus.socket.clone(),
        None => BusSocket::connect().map_err(|error| no_bus(&error))?,
    };
    let all = async {
        let service = Service {
            bus: connect(shared, socket.clone()).await?,
            timeout,
            until,
        };
        let driver = async {
            loop {
                service.bus.connection.executor().tick().await;
            }
        };
        let end = async { Err(service.end().await) };
        future::or(work(&service), future::or(end, driver)).await
    };
    if let Some(socket) = &socket {
        socket.block_on(all)
    } else {
        // zbus starts threads, and panics if it gets none.
        threads::check()?;
        async_io::block_on(all)
    }
}

async fn connect(shared: &SharedBus, socket: Option<Arc<BusSocket>>) -> Result<Bus, StoreError> {
    if let Some(bus) = shared.0.get() {
        return Ok(bus.clone());
    }
    let builder = match &socket {
        Some(socket) => connection::Builder::socket(socket.half()),
        None => connection::Builder::session().map_err(|error| no_bus(&error))?,
    };
    // No internal executor: the waiting caller drives the connection.
    let connection = builder.internal_executor(false).build().await;
    let connection = connection.map_err(|error| no_bus(&error))?;
    let bus = shared.0.get_or_init(|| Bus { connection, socket });
    Ok(bus.clone())
}

fn no_bus(error: &zbus::Error) -> StoreError {
    match config::check_bus() {
        Err(invalid) => invalid.into(),
        Ok(()) if is_not_there(error) => StoreError::NoBus,
        Ok(()) => StoreError::Missing(format!("no D-Bus session bus: {}", root(error))),
    }
}

/// Whether the bus's socket does not exist, or nobody listens on it.
fn is_not_there(error: &zbus::Error) -> bool {
    match error {
        zbus::Error::InputOutput(error) => matches!(
            error.kind(),
            io::ErrorKind::NotFound | io::ErrorKind::ConnectionRefused
        ),
        _ => false,
    }
}

impl Service {
    pub fn bus(&self) -> &Connection {
        &self.bus.connection
    }

    /// Waits until that time.
    async fn sleep_until(&self, then: Instant) {
        match &self.bus.socket {
            Some(socket) => socket.sleep_until(then).await,
            None => drop(async_io::Timer::at(then).await),
        }
    }

    /// Calls a method of an object of the keyring.
    pub async fn call<B, R>(
        &self,
        (path, interface): (&str, &str),
        method: &str,
        body: &B,
    ) -> Result<R, StoreError>
    where
        B: Serialize + Type,
        R: DeserializeOwned + Type,
    {
        let sent = self
            .bus()
            .call_method(Some(NAME), path, Some(interface), method, body);
        let answer = sent.await.map_err(answered)?;
        answer.body().deserialize().map_err(answered)
    }

    /// Reads a property.
    pub async fn property<T>(
        &self,
        (path, interface): (&str, &str),
        name: &str,
    ) -> Result<T, StoreError>
    where
        T: TryFrom<OwnedValue>,
        T::Error: Into<zbus::Error>,
    {
        let value: OwnedValue = self
            .call((path, PROPERTIES), "Get", &(interface, name))
            .await?;
        T::try_from(value).map_err(|e| answered(e.into()))
    }

    /// Shows one of the keyring's dialogs, and waits until it is answered. An
    /// unanswered dialog is closed, because it would block the next one.
    pub async fn prompt(&self, prompt: &OwnedObjectPath) -> Result<(), StoreError> {
        let rule = signal(PROMPT, "Completed").and_then(|rule| rule.path(prompt));
        let mut answers = self.listen(rule).await?;
        let () = self.call((prompt, PROMPT), "Prompt", &"").await?;
        let closed = Cell::new(false);
        let close = async {
            self.sleep_until(self.until).await;
            closed.set(true);
            let closing = self.call::<_, ()>((prompt, PROMPT), "Dismiss", &());
            closing.await.map(|()| None)
        };
        let answer = future::or(async { Ok(answers.next().await) }, close).await;
        if closed.get() {
            let seconds = self.timeout.as_secs();
            let words = format!("timed out after {seconds}s waiting for its dialog");
            return Err(StoreError::Locked(words));
        }
        let Some(answer) = answer? else {
            return Err(StoreError::Missing(
                "the D-Bus session bus ended".to_owned(),
            ));
        };
        let answer = answer.map_err(answered)?;
        let body = answer.body();
        let (dismissed, _): (bool, Value<'_>) = body.deserialize().map_err(answered)?;
        if dismissed {
            return Err(StoreError::Locked("the dialog was dismissed".to_owned()));
        }
        Ok(())
    }

    /// Whether the keyring is `KeePassXC`.
    pub async fn is_keepassxc(&self) -> Result<bool, StoreError> {
        let owner = async |name: &str| {
            let asked = self.bus().call_method(
                Some(DBUS),
                "/org/freedesktop/DBus",
                Some(DBUS),
                "GetNameOwner",
                &name,
            );
            asked.await.ok()?.body().deserialize::<String>().ok()
        };
        let keepassxc = owner(KEEPASSXC).await;
        Ok(keepassxc.is_some() && owner(NAME).await == keepassxc)
    }

    /// Waits until the keyring ends, because its dialog is never answered then.
    async fn end(&self) -> StoreError {
        self.sleep_until(Instant::now() + WATCH_AFTER).await;
        let rule = signal(DBUS, "NameOwnerChanged").and_then(|rule| rule.arg(0, NAME));
        let mut changes = match self.listen(rule).await {
            Ok(changes) => changes,
            // The waiting call reports this error.
            Err(_) => future::pending().await,
        };
        while let Some(Ok(change)) = changes.next().await {
            let body = change.body();
            let names: Result<(&str, &str, &str), _> = body.deserialize();
            if names.is_ok_and(|(_, _, new)| new.is_empty()) {
                return StoreError::Missing("it ended before it answered".to_owned());
            }
        }
        StoreError::Missing("the D-Bus session bus ended".to_owned())
    }

    async fn listen(
        &self,
        rule: zbus::Result<zbus::match_rule::Builder<'_>>,
    ) -> Result<MessageStream, StoreError> {
        let rule = rule.map_err(answered)?.build();
        let stream = MessageStream::for_match_rule(rule, self.bus(), None).await;
        stream.map_err(answered)
    }
}

fn signal<'a>(interface: &'a str, member: &'a str) -> zbus::Result<zbus::match_rule::Builder<'a>> {
    MatchRule::builder()
        .msg_type(message::Type::Signal)
        .interface(interface)?
        .member(member)
}

/// Maps the errors of `secret-service`.
pub fn failed(error: secret_service::Error) -> StoreError {
    use secret_service::Error;
    match error {
        Error::Locked | Error::Prompt => StoreError::Locked(error.to_string()),
        Error::Zbus(error) | Error::ZbusFdo(zbus::fdo::Error::ZBus(error)) => answered(error),
        other => StoreError::Other(format!("the keyring failed: {}", root(&other))),
    }
}

/// Maps the keyring's or the bus's error to the cases with different hints.
#[expect(
    clippy::needless_pass_by_value,
    reason = "so that it can be given to map_err"
)]
fn answered(error: zbus::Error) -> StoreError {
    let zbus::Error::MethodError(name, words, _) = &error else {
        return StoreError::Other(format!("the keyring failed: {}", root(&error)));
    };
    let words = words.as_deref().unwrap_or_default();
    let said = match words.trim() {
        "" => name.to_string(),
        words => format!("{words} ({name})"),
    };
    let short = name.rsplit('.').next().unwrap_or_default();
    match short {
        "ServiceUnknown" | "NameHasNoOwner" | "ServiceNotFound" | "NoReply" | "Disconnected"
        | "ChildExited" | "ChildSignaled" | "ExecFailed" | "ForkFailed" => {
            StoreError::Missing(said)
        }
        "IsLocked" | "AccessDenied" => StoreError::Locked(said),
        _ => StoreError::Other(format!("the keyring answered with an error: {said}")),
    }
}

/// The innermost cause, the only informative one.
fn root(error: &dyn std::error::Error) -> String {
    let mut cause = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    cause.to_string()
}
