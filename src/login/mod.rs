//! The browser login: `start → page → finish`.
//!
//! Not for opening the browser, printing messages or saving the token: the
//! caller does that. The protocol is the one VTEX's own CLI uses.

mod gate;
mod handler;
pub mod listener;
pub mod origins;
pub mod ott;
pub mod page;
pub mod paste;
mod sign;
mod state;
mod tries;
mod words;

use std::{io, net::SocketAddr};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use reqwest::Url;
use ring::{
    digest,
    rand::{SecureRandom, SystemRandom},
};

use self::{listener::Listener, origins::Origins};
pub use self::{state::Arrival, tries::Verdict};
use crate::{
    account::Account,
    secret::Secret,
    token::TokenPair,
    vtexid::{ApiError, VtexId},
};

/// A login in progress: announced to VTEX ID and listening for the browser.
pub struct LoginFlow<'a> {
    api: &'a VtexId,
    account: Account,
    secret: Secret,
    state: Secret,
    page: Url,
    listener: Listener,
}

/// Why a login could not begin.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The port is taken or not allowed.
    #[error("could not listen on 127.0.0.1:{port}: {cause}")]
    Listen {
        /// The port asked for; 0 is any.
        port: u16,
        /// What happened.
        cause: io::Error,
    },
    /// The operating system gave no random numbers.
    #[error("could not create a secret for the login: no random numbers")]
    Random,
    /// VTEX ID did not begin it.
    #[error(transparent)]
    Api(#[from] ApiError),
}

impl<'a> LoginFlow<'a> {
    /// Binds the listener before it announces the login, so that the announced
    /// address is always ours.
    ///
    /// # Errors
    /// When the port, the random source or VTEX ID fails.
    pub async fn start(
        api: &'a VtexId,
        account: &Account,
        port: u16,
    ) -> Result<LoginFlow<'a>, StartError> {
        let mut key = [0; 32];
        let random = SystemRandom::new().fill(&mut key);
        random.map_err(|_| StartError::Random)?;
        let listener = Listener::bind(port, Origins::of(api.site(), account), &key)
            .map_err(|cause| StartError::Listen { port, cause })?;
        let secret = login_secret()?;
        let hash = digest::digest(&digest::SHA256, secret.expose().as_bytes());
        let state = api
            .start(account, &STANDARD.encode(hash), &listener.url())
            .await?;
        let page = api.login_page(account, &state).await?;
        Ok(Self {
            api,
            account: account.clone(),
            secret,
            state,
            page,
            listener,
        })
    }

    /// The page to open in the browser.
    pub fn page(&self) -> &Url {
        &self.page
    }

    /// Where the browser is awaited.
    pub fn address(&self) -> SocketAddr {
        self.listener.address()
    }

    /// The next visit that is worth acting on. Can be dropped half-way
    /// without losing anything.
    pub async fn arrival(&self) -> Arrival {
        self.listener.arrival().await
    }

    /// Sends the verdict to the browser that delivered this one-time token.
    pub fn set_verdict(&self, ott: &Secret, verdict: Verdict) {
        self.listener.set_verdict(ott, verdict);
    }

    /// Exchanges a one-time token. Each works once.
    ///
    /// # Errors
    /// As VTEX ID answers; after a refusal the login continues.
    pub async fn finish(&self, ott: &Secret) -> Result<TokenPair, ApiError> {
        self.api
            .validate(&self.account, &self.state, &self.secret, ott)
            .await
    }

    /// Lets the browser fetch the page with the result, then stops listening.
    /// Takes at most two seconds.
    pub async fn close(self) {
        self.listener.close().await;
    }
}

/// 128 random characters that need no encoding in a form (there are 66), like
/// those of VTEX's CLI.
fn login_secret() -> Result<Secret, StartError> {
    const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
    const LENGTH: usize = 128;
    // The largest multiple of 66 in a byte; larger values would make some
    // characters likelier.
    const FAIR: usize = 256 / ALPHABET.len() * ALPHABET.len();
    let random = SystemRandom::new();
    let mut text = String::with_capacity(LENGTH);
    while text.len() < LENGTH {
        let mut bytes = [0; LENGTH];
        random.fill(&mut bytes).map_err(|_| StartError::Random)?;
        let fair = bytes.into_iter().map(usize::from).filter(|b| *b < FAIR);
        text.extend(
            fair.take(LENGTH - text.len())
                .map(|b| char::from(ALPHABET[b % ALPHABET.len()])),
        );
    }
    Ok(Secret::new(text))
}
