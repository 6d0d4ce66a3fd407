//! Text that must not leak: tokens, refresh tokens, app tokens, login secrets.
//!
//! There is no `Display` and no `Serialize`, and `Debug` prints `[secret]`: the
//! text is available only with [`Secret::expose`].

use zeroize::Zeroizing;

/// Text that is zeroed when dropped and never shows itself.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// Takes over `text`; no copy is left behind.
    pub fn new(text: String) -> Self {
        Self(Zeroizing::new(text))
    }

    /// The text itself: for printing it on request, sending or storing it.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("[secret]")
    }
}
