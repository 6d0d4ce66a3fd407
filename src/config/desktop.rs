//! The user's desktop, for hints about its keyring.
//!
//! Not for what opens a browser: that is `browser`'s.

use super::{has_display, set};

/// Where the user would unlock the keyring.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Desktop {
    /// Not here: an SSH session, or a machine without a display.
    #[default]
    Absent,
    /// A desktop whose keyring is GNOME Keyring.
    Gnome,
    /// KDE Plasma, whose keyring is `KWallet`.
    Kde,
    /// Another desktop, or not Linux.
    Other,
}

impl Desktop {
    /// Detects it from `XDG_CURRENT_DESKTOP`, a list such as `ubuntu:GNOME`.
    pub(super) fn find(ssh: bool) -> Self {
        if ssh || !has_display() {
            return Self::Absent;
        }
        let named = set("XDG_CURRENT_DESKTOP").unwrap_or_default();
        let named = named.to_string_lossy().to_uppercase();
        let is = |names: &[&str]| named.split(':').any(|name| names.contains(&name));
        if cfg!(any(windows, target_os = "macos")) {
            Self::Other
        } else if is(&["KDE"]) {
            Self::Kde
        } else if is(&[
            "GNOME",
            "GNOME-CLASSIC",
            "UNITY",
            "X-CINNAMON",
            "MATE",
            "XFCE",
            "BUDGIE",
            "PANTHEON",
        ]) {
            Self::Gnome
        } else {
            Self::Other
        }
    }
}
