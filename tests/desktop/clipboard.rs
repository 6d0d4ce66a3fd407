//! Copying on a real X server: what can be pasted, by whom it is held, and for how long.

use std::fs;
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde_json::json;
use x11rb::connection::Connection as _;
use x11rb::protocol::xproto::{ConnectionExt as _, CreateWindowAux, WindowClass};

use crate::display::{self, Display};
use crate::home::Home;
use crate::parts;
use crate::process::{Running, eventually, run, run_within};
use crate::sandbox::{Options, Sandbox};

/// Well below the 2 minutes that a helper lives: what waits for one takes longer.
const AT_ONCE: Duration = Duration::from_secs(30);
const COPY: &[&str] = &["local", "token", "--copy"];

/// A home with a display, and in its environment a token.
struct Desk {
    home: Home,
    display: Display,
    token: String,
}

impl Desk {
    fn new() -> Option<Self> {
        if !parts::present(&display::PARTS) {
            return None;
        }
        let mut home = Home::new();
        let display = Display::start(&mut home);
        let token = mint();
        home.set("VTEX_TOKEN", &token);
        Some(Self {
            home,
            display,
            token,
        })
    }

    fn copy(&self) {
        let printed = run_within(AT_ONCE, self.home.vtexid(COPY)).success();
        assert_eq!(printed, format!("{}\n", self.token));
    }

    #[track_caller]
    fn assert_copied(&self) {
        assert_eq!(Display::paste(&self.home).as_ref(), Some(&self.token));
    }

    /// Where the one helper is in `/proc`.
    fn helper(&self) -> PathBuf {
        let helpers = self.display.helpers();
        assert_eq!(helpers.len(), 1, "{helpers:?}");
        helpers[0].clone()
    }
}

/// A token of a good day.
fn mint() -> String {
    let sandbox = Sandbox::start(Options::default()).unwrap();
    let now = jiff::Timestamp::now().as_second();
    sandbox.mint(&json!({
        "sub": "ana@example.com",
        "account": "mystore",
        "audience": "admin",
        "type": "user",
        "iat": now,
        "exp": now + 86_400,
    }))
}

#[test]
fn what_is_copied_can_be_pasted_after_the_tool_ended() {
    let Some(desk) = Desk::new() else { return };
    assert_eq!(Display::paste(&desk.home), None);
    desk.copy();
    desk.assert_copied();
    // More than once, in full.
    desk.assert_copied();
}

#[test]
fn clipboard_managers_are_told_that_it_is_a_secret() {
    let Some(desk) = Desk::new() else { return };
    desk.copy();
    let targets = Display::target(&desk.home, "TARGETS").unwrap();
    let hint = "x-kde-passwordManagerHint";
    assert!(targets.lines().any(|line| line == hint), "{targets}");
    let value = Display::target(&desk.home, hint);
    assert_eq!(value.as_deref(), Some("secret"));
}

#[test]
fn a_script_that_captures_the_token_is_not_kept_waiting() {
    let Some(desk) = Desk::new() else { return };
    for script in [
        r#"out=$("$VTEXID" local token --copy); printf '%s\n' "$out""#,
        r#""$VTEXID" local token --copy | cat"#,
        r#"exec 3>&1; "$VTEXID" local token --copy 2>&1 >&3 3>&- | cat >&2"#,
    ] {
        let outcome = run_within(AT_ONCE, desk.home.shell(script));
        assert_eq!(outcome.success(), format!("{}\n", desk.token), "{script}");
        // Nothing waited for the helper, which is there.
        desk.display.await_helpers(1);
        desk.assert_copied();
    }
}

#[test]
fn the_helper_shows_and_holds_nothing_it_should_not() {
    let Some(mut desk) = Desk::new() else { return };
    desk.home.set("CANARY", "tweet");
    let script =
        r#"exec 7>"$HOME/lock" 9<"$HOME/run"; "$VTEXID" local token --copy >out 2>err <run/in"#;
    fs::write(desk.home.path().join("run/in"), "").unwrap();
    run_within(AT_ONCE, desk.home.shell(script)).success();
    desk.assert_copied();
    let helper = desk.helper();

    let environment = fs::read_to_string(helper.join("environ")).unwrap();
    let allowed = [
        "DISPLAY",
        "XAUTHORITY",
        "HOME",
        "WAYLAND_DISPLAY",
        "XDG_RUNTIME_DIR",
    ];
    for variable in environment.split_terminator('\0') {
        let (name, _) = variable.split_once('=').unwrap();
        assert!(allowed.contains(&name), "{variable}");
    }
    let arguments = fs::read_to_string(helper.join("cmdline")).unwrap();
    assert!(!arguments.contains("eyJ"), "{arguments}");
    assert_eq!(fs::read_link(helper.join("cwd")).unwrap(), Path::new("/"));

    let mut held = 0;
    for descriptor in fs::read_dir(helper.join("fd")).unwrap() {
        let path = fs::read_link(descriptor.unwrap().path()).unwrap();
        assert!(!path.starts_with(desk.home.path()), "holds {path:?}");
        held += 1;
    }
    assert!(held > 0, "its descriptors could not be seen");
}

#[test]
fn closing_the_terminal_leaves_the_copy() {
    let Some(desk) = Desk::new() else { return };
    // The terminal hangs up on what is left of its session when the shell ends.
    let script = r#""$VTEXID" local token"#;
    run_within(AT_ONCE, desk.home.terminal(script)).success();
    let status = fs::read_to_string(desk.helper().join("stat")).unwrap();
    let (_, fields) = status.rsplit_once(") ").unwrap();
    let terminal = fields.split(' ').nth(4);
    assert_eq!(terminal, Some("0"), "the helper has a terminal: {status}");
    desk.assert_copied();
}

#[test]
fn copying_something_else_ends_the_helper() {
    let Some(desk) = Desk::new() else { return };
    desk.copy();
    desk.helper();
    Display::copy(&desk.home, "something else");
    desk.display.await_helpers(0);
    let pasted = Display::paste(&desk.home);
    assert_eq!(pasted.as_deref(), Some("something else"));
}

#[test]
fn a_clipboard_manager_that_takes_over_at_once_keeps_it() {
    let Some(desk) = Desk::new() else { return };
    let (x, screen) = x11rb::connect(Some(&desk.display.name)).unwrap();
    let window = x.generate_id().unwrap();
    let root = x.setup().roots[screen].root;
    let values = CreateWindowAux::default();
    let kind = WindowClass::INPUT_ONLY;
    x.create_window(0, window, root, 0, 0, 1, 1, 0, kind, 0, &values)
        .unwrap();
    let atom = x.intern_atom(false, b"CLIPBOARD").unwrap();
    let atom = atom.reply().unwrap().atom;
    let owner = || x.get_selection_owner(atom).unwrap().reply().unwrap().owner;

    let own = |window| {
        x.set_selection_owner(window, atom, x11rb::CURRENT_TIME)
            .unwrap();
    };

    // More than once: it is a matter of who is first.
    for _ in 0..10 {
        own(x11rb::NONE);
        assert_eq!(owner(), x11rb::NONE);
        let mut copy = Running::start(desk.home.vtexid(COPY));
        copy.close_stdin();
        let start = Instant::now();
        while owner() == x11rb::NONE {
            assert!(start.elapsed() < AT_ONCE, "nothing was copied");
        }
        own(window);
        assert_eq!(owner(), window);
        copy.wait(AT_ONCE).success();
        eventually("the helper's end", || {
            assert_eq!(owner(), window, "it was taken back");
            desk.display.helpers().is_empty().then_some(())
        });
        assert_eq!(owner(), window, "it was taken back");
    }
}

#[test]
fn copying_again_replaces_the_helper() {
    let Some(mut desk) = Desk::new() else { return };
    desk.copy();
    let first = desk.helper();
    desk.token = mint();
    desk.home.set("VTEX_TOKEN", &desk.token);
    desk.copy();
    desk.display.await_helpers(1);
    assert_ne!(desk.helper(), first);
    desk.assert_copied();
}

#[test]
fn the_helper_ends_with_the_display() {
    let Some(mut desk) = Desk::new() else { return };
    desk.copy();
    desk.helper();
    desk.display.stop();
    desk.display.await_helpers(0);
}

#[test]
fn the_clipboard_is_cleared_when_time_is_up() {
    let Some(desk) = Desk::new() else { return };
    let mut command = desk.home.vtexid(COPY);
    command.args(["--clear-after", "3s"]);
    let outcome = run_within(AT_ONCE, command);
    assert!(outcome.stderr.contains("cleared in 3"), "{outcome:?}");
    outcome.success();
    desk.assert_copied();
    eventually("a cleared clipboard", || {
        let pasted = Display::paste(&desk.home);
        pasted.is_none_or(|text| text.is_empty()).then_some(())
    });
    desk.display.await_helpers(0);
}

#[test]
fn what_was_copied_since_is_not_cleared() {
    let Some(desk) = Desk::new() else { return };
    let mut command = desk.home.vtexid(COPY);
    command.args(["--clear-after", "1s"]);
    run_within(AT_ONCE, command).success();
    Display::copy(&desk.home, "something else");
    // Whoever could clear it is gone then.
    desk.display.await_helpers(0);
    let pasted = Display::paste(&desk.home);
    assert_eq!(pasted.as_deref(), Some("something else"));
}

#[test]
fn at_a_terminal_and_in_the_format_for_people_it_copies_by_itself() {
    let Some(desk) = Desk::new() else { return };
    for arguments in [
        "local token --no-copy",
        "local token --json",
        "local token --format json",
        "local token --format header",
        "local token | cat",
    ] {
        let script = format!(r#""$VTEXID" {arguments}"#);
        let shown = run_within(AT_ONCE, desk.home.terminal(&script)).success();
        assert!(shown.contains(&desk.token), "{arguments}: {shown}");
        assert!(!shown.contains("copied"), "{arguments}: {shown}");
        assert_eq!(Display::paste(&desk.home), None, "{arguments}");
    }
    let script = r#""$VTEXID" local token"#;
    let shown = run_within(AT_ONCE, desk.home.terminal(script)).success();
    assert!(shown.contains(&desk.token), "{shown}");
    assert!(shown.contains("copied to the clipboard"), "{shown}");
    desk.assert_copied();
}

#[test]
fn piped_it_copies_only_when_told_to() {
    let Some(desk) = Desk::new() else { return };
    run(desk.home.vtexid(&["local", "token"])).success();
    assert_eq!(Display::paste(&desk.home), None);
    let script = r#""$VTEXID" local token --copy | cat"#;
    run_within(AT_ONCE, desk.home.shell(script)).success();
    desk.assert_copied();
    desk.display.await_helpers(1);
}

#[test]
fn with_every_format_it_is_the_token_that_is_copied() {
    let Some(mut desk) = Desk::new() else { return };
    for format in ["header", "json"] {
        desk.token = mint();
        desk.home.set("VTEX_TOKEN", &desk.token);
        let mut command = desk.home.vtexid(COPY);
        command.args(["--format", format]);
        run_within(AT_ONCE, command).success();
        desk.assert_copied();
    }
}

/// Checks that the token is printed all the same, in bounded time.
fn assert_printed_with_a_warning(home: &Home, token: &str) {
    let outcome = run_within(AT_ONCE, home.vtexid(COPY));
    let warning = "warning: could not copy to the clipboard: ";
    assert!(outcome.stderr.contains(warning), "{outcome:?}");
    assert!(!outcome.stderr.contains("eyJ"), "{outcome:?}");
    assert_eq!(outcome.success(), format!("{token}\n"));
}

#[test]
fn without_a_display_there_is_a_warning_and_the_token() {
    let mut home = Home::new();
    let token = mint();
    home.set("VTEX_TOKEN", &token);
    assert_printed_with_a_warning(&home, &token);
}

#[test]
fn a_display_that_is_not_there_is_a_warning_and_the_token() {
    let mut home = Home::new();
    let token = mint();
    home.set("VTEX_TOKEN", &token);
    home.set("DISPLAY", ":9876");
    assert_printed_with_a_warning(&home, &token);
}

#[test]
fn a_display_that_stays_mute_is_given_up_on() {
    let mut home = Home::new();
    let token = mint();
    home.set("VTEX_TOKEN", &token);
    // Displays are TCP ports from 6000 on; connections are taken here and never answered.
    let (number, _mute) = (200..400)
        .find_map(|number| {
            let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 6000 + number)).ok()?;
            Some((number, listener))
        })
        .unwrap();
    home.set("DISPLAY", format!("127.0.0.1:{number}"));
    assert_printed_with_a_warning(&home, &token);
    // Nothing is left that could take the clipboard later.
    let name = format!("DISPLAY=127.0.0.1:{number}");
    let left = fs::read_dir("/proc").unwrap().filter(|entry| {
        let process = entry.as_ref().unwrap().path();
        fs::read_to_string(process.join("environ")).is_ok_and(|text| text.contains(&name))
    });
    assert_eq!(left.count(), 0);
}

#[test]
fn a_person_who_presses_ctrl_c_after_a_copy_keeps_it() {
    let Some(desk) = Desk::new() else { return };
    let script = r#"trap : INT; "$VTEXID" local token; echo ready; read -r line; echo over"#;
    let mut terminal = Running::start(desk.home.terminal(script));
    eventually("the copy", || {
        terminal.stdout().contains("ready").then_some(())
    });
    terminal.type_in("\x03");
    terminal.type_in("\n");
    eventually("the shell's end", || {
        terminal.stdout().contains("over").then_some(())
    });
    desk.assert_copied();
}
