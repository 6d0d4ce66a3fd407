//! Opening a page in the person's browser.
//!
//! Not for deciding whether to: the caller does, and has printed the address
//! before, because that a browser started cannot be known.

use reqwest::Url;

/// Asks the desktop to open `page`. Waits a quarter of a second at most to
/// see the launcher fail.
///
/// # Errors
/// In words, without the address: it holds the login's state.
pub fn open(page: &Url) -> Result<(), String> {
    close_inherited();
    // `open` runs the platform's launcher with the address as one argument,
    // detached, its output going nowhere; no shell is involved.
    open::that_detached(page.as_str()).map_err(|e| match e.kind() {
        std::io::ErrorKind::NotFound => "there is no program here to open one with".to_owned(),
        _ => "the program that opens one failed".to_owned(),
    })
}

/// Keeps programs started from here on from inheriting what this one was
/// started with, such as a caller's lock or pipe: they would hold it open.
pub fn close_inherited() {
    #[cfg(unix)]
    close_fds::set_fds_cloexec(3, &[]);
}
