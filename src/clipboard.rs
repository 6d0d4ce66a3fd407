//! Copies a secret so that it can be pasted after vtexid has ended.
//!
//! On X11 and Wayland the program that copied must keep running to provide the
//! text, so a small detached helper (this program again) gets the secret on a
//! pipe and owns the clipboard. Elsewhere the system keeps the text and the
//! helper only clears it. Not for deciding whether to copy.

use std::{
    env,
    io::{self, Read, Write},
    process::Stdio,
    sync::mpsc,
    time::Duration,
};

use arboard::Clipboard;

use crate::{config, output::Output, process, secret::Secret, threads};

/// The first argument that turns this program into the helper.
pub const HELPER: &str = "__hold-clipboard";
/// How long the clipboard may take to accept the text.
const READY_LIMIT: Duration = Duration::from_secs(2);
/// Asks again for the clipboard's text after this long.
#[cfg(all(unix, not(target_os = "macos")))]
const LOOK_LIMIT: Duration = Duration::from_millis(100);
/// Replaces a secret that a clipboard manager put back.
#[cfg(all(unix, not(target_os = "macos")))]
const REPLACEMENT: &str = "cleared by vtexid";
/// After this long, a clipboard manager has put a cleared text back, if it does
/// that.
#[cfg(not(target_os = "macos"))]
const LOOK_AGAIN: Duration = Duration::from_secs(1);
/// Whether a copied text is gone with the program that copied it.
const ENDS_WITH_OWNER: bool = cfg!(all(unix, not(target_os = "macos")));
/// What the helper writes once the text can be pasted.
const READY: u8 = b'+';
/// More than any token.
const LIMIT: u64 = 1 << 20;

/// Copies `secret` and returns once it can be pasted. It is cleared after
/// `clear_after`, or with `None` stays until something else is copied.
///
/// # Errors
/// A message without the secret.
pub fn copy(secret: &Secret, clear_after: Option<Duration>) -> Result<(), String> {
    threads::check().map_err(|e| e.to_string())?;
    let program = helper_program().map_err(|e| format!("could not find this program: {e}"))?;
    let mut command = process::command(program);
    command
        .arg(HELPER)
        .arg(clear_after.map_or(0, |d| d.as_secs()).to_string())
        .env_clear()
        .envs(config::for_clipboard())
        .current_dir(if cfg!(windows) { "." } else { "/" })
        .stdin(Stdio::piped())
        .stdout(Stdio::piped());
    #[cfg(unix)]
    std::os::unix::process::CommandExt::arg0(&mut command, "vtexid");
    #[cfg(windows)]
    {
        const DETACHED_PROCESS: u32 = 0x8;
        std::os::windows::process::CommandExt::creation_flags(&mut command, DETACHED_PROCESS);
    }
    let mut helper = process::start(&mut command)
        .map_err(|e| format!("could not start the clipboard helper: {e}"))?;
    let (Some(mut stdin), Some(mut stdout)) = (helper.stdin.take(), helper.stdout.take()) else {
        return Err("could not write to the clipboard helper".to_owned());
    };
    // The pipe's buffer holds a whole token, so writing does not wait for the
    // helper.
    let written = stdin.write_all(secret.expose().as_bytes());
    drop(stdin);
    let (sender, receiver) = mpsc::channel();
    let listening = threads::start(move || {
        let mut answer = Vec::new();
        let read = stdout.by_ref().take(1).read_to_end(&mut answer);
        let rest = || {
            let mut words = String::new();
            let _ = stdout.take(500).read_to_string(&mut words);
            words
        };
        let outcome = match (read, answer.first()) {
            (Ok(_), Some(&READY)) => Ok(()),
            (Ok(_), Some(_)) => Err(rest()),
            _ => Err("the clipboard helper ended early".to_owned()),
        };
        let _ = sender.send(outcome);
    });
    if let Err(error) = listening {
        let _ = helper.kill();
        let _ = helper.wait();
        return Err(error.to_string());
    }
    if let Ok(outcome) = receiver.recv_timeout(READY_LIMIT) {
        return outcome.and(written.map_err(|e| e.to_string()));
    }
    // Otherwise it could take over the clipboard minutes later.
    let _ = helper.kill();
    let _ = helper.wait();
    Err(format!(
        "the clipboard did not respond within {}s",
        READY_LIMIT.as_secs()
    ))
}

/// On Linux the running file itself, even if it was replaced on disk.
fn helper_program() -> io::Result<std::path::PathBuf> {
    if cfg!(target_os = "linux") {
        Ok("/proc/self/exe".into())
    } else {
        env::current_exe()
    }
}

/// The helper: takes the secret from stdin, offers it, answers on stdout, and
/// ends when something else is copied, the display goes away, or time is up.
pub fn hold(clear_after: Option<Duration>) {
    // Otherwise `ps` would show the name of the link it was started with.
    #[cfg(target_os = "linux")]
    let _ = std::fs::write("/proc/self/comm", "vtexid");
    // Leaves the terminal's session, so that closing the terminal does not end
    // it.
    #[cfg(unix)]
    let _ = rustix::process::setsid();
    let mut text = String::new();
    let read = io::stdin().take(LIMIT).read_to_string(&mut text);
    let secret = Secret::new(text);
    let offered = match read {
        Ok(length) if length > 0 => offer(&secret),
        _ => Err("received no text".to_owned()),
    };
    match offered {
        Ok(events) => {
            Output::to_program(&[READY]);
            #[cfg(target_os = "macos")]
            let copied = change_count();
            let gone = match clear_after {
                Some(limit) => events.recv_timeout(limit).is_ok(),
                None => !ENDS_WITH_OWNER || events.recv().is_ok(),
            };
            if gone {
                return;
            }
            // On macOS, reading another program's copy may show a dialog.
            #[cfg(target_os = "macos")]
            if change_count() == copied
                && let Ok(mut clipboard) = open()
            {
                let _ = clipboard.clear();
            }
            #[cfg(not(target_os = "macos"))]
            {
                clear_if_unchanged(&secret);
                std::thread::sleep(LOOK_AGAIN);
                replace_if_back(&secret);
            }
        }
        Err(problem) => {
            Output::to_program(format!("-{problem}").as_bytes());
        }
    }
}

/// Puts the text on the clipboard, marked as secret for clipboard managers. The
/// receiver gets a message when there is nothing left to hold.
#[cfg(all(unix, not(target_os = "macos")))]
fn offer(secret: &Secret) -> Result<mpsc::Receiver<()>, String> {
    use std::thread;

    use arboard::SetExtLinux as _;
    let mut clipboard = open()?;
    let (sender, receiver) = mpsc::channel();
    // `wait` below ends when something else is copied, but not when an X server
    // dies. On Wayland it does; connecting to an X server there could start
    // one, or end the copy with it.
    if !is_wayland(&mut clipboard)
        && let Ok((connection, _)) = x11rb::connect(None)
    {
        let gone = sender.clone();
        thread::spawn(move || {
            use x11rb::connection::Connection as _;
            // Requests no events, so this returns when the server is gone.
            while connection.wait_for_event().is_ok() {}
            let _ = gone.send(());
        });
    }
    // Set once, by the thread that waits: setting it twice would undo a copy
    // made in between.
    let text = secret.clone();
    let waiting = thread::spawn(move || {
        let set = clipboard.set().exclude_from_history().wait();
        let outcome = set.text(text.expose()).map_err(|e| e.to_string());
        let _ = sender.send(());
        outcome
    });
    let (saw, seen) = mpsc::channel();
    loop {
        // The first check may reach the previous owner of the clipboard. If
        // that one hangs, it never answers: check again.
        look(secret, saw.clone());
        match seen.recv_timeout(LOOK_LIMIT) {
            Ok(true) => return Ok(receiver),
            // The program that started this ends it after two seconds.
            Ok(false) => thread::sleep(Duration::from_millis(1)),
            Err(_) => {}
        }
        if waiting.is_finished() {
            // Refused, or already replaced by another copy.
            return match waiting.join() {
                Ok(outcome) => outcome.map(|()| receiver),
                Err(_) => Err("the clipboard failed".to_owned()),
            };
        }
    }
}

/// Sends to `saw` whether a paste returns the secret, once there is an answer.
#[cfg(all(unix, not(target_os = "macos")))]
fn look(secret: &Secret, saw: mpsc::Sender<bool>) {
    let secret = secret.clone();
    std::thread::spawn(move || {
        let pasted = open().map(|mut clipboard| clipboard.get_text());
        let ours = matches!(pasted, Ok(Ok(text)) if text == secret.expose());
        let _ = saw.send(ours);
    });
}

/// Whether this is a Wayland compositor's clipboard, which refuses the
/// secondary selection because it has none.
#[cfg(all(unix, not(target_os = "macos")))]
fn is_wayland(clipboard: &mut Clipboard) -> bool {
    use arboard::{Error, GetExtLinux as _, LinuxClipboardKind::Secondary};
    let secondary = clipboard.get().clipboard(Secondary).text();
    matches!(secondary, Err(Error::ClipboardNotSupported))
}

/// The system keeps the text, so this only waits for the time.
#[cfg(not(all(unix, not(target_os = "macos"))))]
fn offer(secret: &Secret) -> Result<mpsc::Receiver<()>, String> {
    #[cfg(target_os = "macos")]
    use arboard::SetExtApple as _;
    #[cfg(windows)]
    use arboard::SetExtWindows as _;
    let mut clipboard = open()?;
    let set = clipboard.set();
    #[cfg(windows)]
    let set = set
        .exclude_from_history()
        .exclude_from_cloud()
        .exclude_from_monitoring();
    #[cfg(target_os = "macos")]
    let set = set.exclude_from_history();
    set.text(secret.expose()).map_err(|e| e.to_string())?;
    let (sender, receiver) = mpsc::channel();
    // Keeps the channel open: a closed one would mean that the clipboard is
    // gone.
    std::mem::forget(sender);
    Ok(receiver)
}

/// Whether there is a clipboard here. May take long if a display hangs.
///
/// # Errors
/// In words.
pub fn reach() -> Result<(), String> {
    open().map(drop)
}

fn open() -> Result<Clipboard, String> {
    // arboard's own message wrongly mentions a time-out.
    Clipboard::new().map_err(|_| why_none())
}

/// Checks the displays in the environment.
#[cfg(all(unix, not(target_os = "macos")))]
fn why_none() -> String {
    let environment = config::for_clipboard();
    let value = |wanted| {
        let found = environment.iter().find(|(name, _)| *name == wanted);
        found.map(|(_, value)| std::path::Path::new(value))
    };
    match (value("WAYLAND_DISPLAY"), value("DISPLAY")) {
        (Some(wayland), _) => {
            let socket = value("XDG_RUNTIME_DIR").unwrap_or(wayland).join(wayland);
            if std::os::unix::net::UnixStream::connect(socket).is_ok() {
                "this Wayland compositor does not let background programs copy (no data-control)"
                    .to_owned()
            } else {
                format!("could not reach the Wayland display {}", wayland.display())
            }
        }
        (None, Some(x)) => format!("could not reach the X display {}", x.display()),
        (None, None) => "no display found".to_owned(),
    }
}

#[cfg(not(all(unix, not(target_os = "macos"))))]
fn why_none() -> String {
    "no clipboard found".to_owned()
}

/// Changes with every copy.
#[cfg(target_os = "macos")]
fn change_count() -> isize {
    objc2_app_kit::NSPasteboard::generalPasteboard().changeCount()
}

/// Whether the clipboard, which is returned as well, holds the secret.
#[cfg(not(target_os = "macos"))]
fn holding(secret: &Secret) -> Option<Clipboard> {
    let mut clipboard = open().ok()?;
    let text = clipboard.get_text().ok()?;
    (text == secret.expose()).then_some(clipboard)
}

/// Clears the clipboard, unless something else was copied since.
#[cfg(not(target_os = "macos"))]
fn clear_if_unchanged(secret: &Secret) {
    if let Some(mut clipboard) = holding(secret) {
        let _ = clipboard.clear();
    }
}

/// A clipboard manager may put the secret back every time it is cleared. So
/// another text replaces it, held until the manager has seen it.
#[cfg(all(unix, not(target_os = "macos")))]
fn replace_if_back(secret: &Secret) {
    use arboard::SetExtLinux as _;
    if let Some(mut clipboard) = holding(secret) {
        let until = std::time::Instant::now() + LOOK_AGAIN;
        let _ = clipboard.set().wait_until(until).text(REPLACEMENT);
    }
}

#[cfg(windows)]
fn replace_if_back(secret: &Secret) {
    clear_if_unchanged(secret);
}
