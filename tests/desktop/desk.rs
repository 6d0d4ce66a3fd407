//! A person's desk: a home with a display, and in its environment a token to copy. What is promised of a copy on any
//! display is here too; `clipboard.rs` and `wayland.rs` test it on theirs.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use serde_json::json;

use crate::display::Display;
use crate::home::Home;
use crate::parts;
use crate::process::{Running, eventually, run_within};
use crate::sandbox::{Options, Sandbox};

/// Well below the 2 minutes that a helper lives: what waits for one takes longer.
pub const AT_ONCE: Duration = Duration::from_secs(30);
pub const COPY: &[&str] = &["local", "token", "--copy"];
const ELSE: &str = "something else";

pub struct Desk<D> {
    pub home: Home,
    pub display: D,
    pub token: String,
    helpers: Helpers,
}

impl<D: Display> Desk<D> {
    pub fn new() -> Option<Self> {
        if !parts::present(D::PARTS) {
            return None;
        }
        let mut home = Home::new();
        let display = D::start(&mut home);
        let token = mint();
        home.set("VTEX_TOKEN", &token);
        Some(Self {
            helpers: Helpers::of(&home),
            home,
            display,
            token,
        })
    }

    pub fn copy(&self) {
        let printed = run_within(AT_ONCE, self.home.vtexid(COPY)).success();
        assert_eq!(printed, format!("{}\n", self.token));
    }

    /// Copies, and says for how long; gives what the tool said.
    fn copy_for(&self, time: &str) -> String {
        let mut command = self.home.vtexid(COPY);
        command.args(["--clear-after", time]);
        let outcome = run_within(AT_ONCE, command);
        let said = outcome.stderr.clone();
        outcome.success();
        said
    }

    pub fn paste(&self) -> Option<String> {
        D::paste(&self.home)
    }

    #[track_caller]
    pub fn assert_copied(&self) {
        assert_eq!(self.paste().as_ref(), Some(&self.token));
    }

    /// Copies something else with another program, which has it until it is dropped.
    fn copy_else(&self) -> Running {
        let copier = Running::start(D::copier(&self.home, ELSE));
        eventually("the other copy", || (self.paste()? == ELSE).then_some(()));
        copier
    }

    #[track_caller]
    fn assert_else(&self) {
        assert_eq!(self.paste().as_deref(), Some(ELSE));
    }

    /// Where the one helper is in `/proc`.
    pub fn helper(&self) -> PathBuf {
        let helpers = self.helpers();
        assert_eq!(helpers.len(), 1, "{helpers:?}");
        helpers[0].clone()
    }

    /// The `/proc` folders of the tool's helpers in this home.
    pub fn helpers(&self) -> Vec<PathBuf> {
        self.helpers.find()
    }

    /// Waits until there are just so many helpers.
    pub fn await_helpers(&self, count: usize) {
        let what = format!("{count} helpers for the display");
        eventually(&what, || (self.helpers().len() == count).then_some(()));
    }
}

/// The clipboard's helpers of one home, which end with the test.
pub struct Helpers {
    /// How they are told from others: each test has a home of its own.
    mark: String,
}

impl Helpers {
    pub fn of(home: &Home) -> Self {
        Self {
            mark: format!("HOME={}", home.path().display()),
        }
    }

    pub fn find(&self) -> Vec<PathBuf> {
        let tool = PathBuf::from(env!("CARGO_BIN_EXE_vtexid"));
        let ours = |process: &PathBuf| {
            let environment = fs::read(process.join("environ")).unwrap_or_default();
            fs::read_link(process.join("exe")).is_ok_and(|exe| exe == tool)
                && environment
                    .split(|byte| *byte == 0)
                    .any(|variable| variable == self.mark.as_bytes())
        };
        let processes = fs::read_dir("/proc").unwrap();
        let processes = processes.map(|entry| entry.unwrap().path());
        processes.filter(ours).collect()
    }
}

impl Drop for Helpers {
    fn drop(&mut self) {
        // What a failed test leaves must not outlive it.
        for helper in self.find() {
            let pid = helper
                .file_name()
                .and_then(|name| name.to_str()?.parse().ok());
            if let Some(pid) = pid.and_then(Pid::from_raw) {
                let _ = kill_process(pid, Signal::KILL);
            }
        }
    }
}

/// A token of a good day.
pub fn mint() -> String {
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

/// Checks that a token is printed all the same, with a warning and in bounded time, when it cannot be copied where
/// `prepare` leads, and that nothing stays that could copy it later.
pub fn assert_printed_with_a_warning(prepare: impl FnOnce(&mut Home)) {
    let mut home = Home::new();
    let helpers = Helpers::of(&home);
    let token = mint();
    home.set("VTEX_TOKEN", &token);
    prepare(&mut home);
    let outcome = run_within(AT_ONCE, home.vtexid(COPY));
    let warning = "warning: could not copy to the clipboard: ";
    assert!(outcome.stderr.contains(warning), "{outcome:?}");
    assert!(!outcome.stderr.contains("eyJ"), "{outcome:?}");
    assert_eq!(outcome.success(), format!("{token}\n"));
    assert_eq!(helpers.find(), Vec::<PathBuf>::new());
}

/// A test of each promise, on one kind of display.
macro_rules! test_promises {
    ($display:ty) => {
        $crate::desk::test_promises! { $display:
            what_is_copied_can_be_pasted_after_the_tool_ended
            clipboard_managers_are_told_that_it_is_a_secret
            a_script_that_captures_the_token_is_not_kept_waiting
            the_helper_shows_and_holds_nothing_it_should_not
            copying_something_else_ends_the_helper
            copying_again_replaces_the_helper
            a_program_that_hangs_with_its_copy_is_not_in_the_way
            the_helper_ends_with_the_display
            the_clipboard_is_cleared_when_time_is_up
            what_was_copied_since_is_not_cleared
            without_a_time_it_stays_until_something_else_is_copied
        }
    };
    ($display:ty: $($promise:ident)*) => {
        $(
            #[test]
            fn $promise() {
                if let Some(mut desk) = $crate::desk::Desk::<$display>::new() {
                    $crate::desk::$promise(&mut desk);
                }
            }
        )*
    };
}
pub(crate) use test_promises;

pub fn what_is_copied_can_be_pasted_after_the_tool_ended(desk: &mut Desk<impl Display>) {
    assert_eq!(desk.paste(), None);
    desk.copy();
    desk.assert_copied();
    // More than once, in full.
    desk.assert_copied();
}

pub fn clipboard_managers_are_told_that_it_is_a_secret<D: Display>(desk: &mut Desk<D>) {
    desk.copy();
    let shapes = D::shapes(&desk.home);
    let hint = "x-kde-passwordManagerHint";
    assert!(shapes.lines().any(|line| line == hint), "{shapes}");
    let value = D::shape(&desk.home, hint);
    assert_eq!(value.as_deref(), Some("secret"));
}

pub fn a_script_that_captures_the_token_is_not_kept_waiting(desk: &mut Desk<impl Display>) {
    for script in [
        r#"out=$("$VTEXID" local token --copy); printf '%s\n' "$out""#,
        r#""$VTEXID" local token --copy | cat"#,
        r#"exec 3>&1; "$VTEXID" local token --copy 2>&1 >&3 3>&- | cat >&2"#,
    ] {
        let outcome = run_within(AT_ONCE, desk.home.shell(script));
        assert_eq!(outcome.success(), format!("{}\n", desk.token), "{script}");
        // Nothing waited for the helper, which is there.
        desk.await_helpers(1);
        desk.assert_copied();
    }
}

pub fn the_helper_shows_and_holds_nothing_it_should_not(desk: &mut Desk<impl Display>) {
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
        assert!(
            !path.starts_with(desk.home.path()),
            "holds {}",
            path.display()
        );
        held += 1;
    }
    assert!(held > 0, "its descriptors could not be seen");
}

pub fn copying_something_else_ends_the_helper(desk: &mut Desk<impl Display>) {
    desk.copy();
    desk.helper();
    let _other = desk.copy_else();
    desk.await_helpers(0);
    desk.assert_else();
}

pub fn copying_again_replaces_the_helper(desk: &mut Desk<impl Display>) {
    desk.copy();
    let first = desk.helper();
    desk.token = mint();
    desk.home.set("VTEX_TOKEN", &desk.token);
    desk.copy();
    desk.await_helpers(1);
    assert_ne!(desk.helper(), first);
    desk.assert_copied();
}

pub fn a_program_that_hangs_with_its_copy_is_not_in_the_way(desk: &mut Desk<impl Display>) {
    // More than once: it is a matter of who is first.
    for _ in 0..5 {
        let other = desk.copy_else();
        other.signal(Signal::STOP);
        desk.copy();
        desk.assert_copied();
    }
}

pub fn the_helper_ends_with_the_display(desk: &mut Desk<impl Display>) {
    desk.copy();
    desk.helper();
    desk.display.stop();
    desk.await_helpers(0);
}

pub fn the_clipboard_is_cleared_when_time_is_up(desk: &mut Desk<impl Display>) {
    let said = desk.copy_for("3s");
    assert!(said.contains("cleared in 3"), "{said}");
    desk.assert_copied();
    eventually("a cleared clipboard", || {
        let pasted = desk.paste();
        pasted.is_none_or(|text| text.is_empty()).then_some(())
    });
    desk.await_helpers(0);
}

pub fn what_was_copied_since_is_not_cleared(desk: &mut Desk<impl Display>) {
    desk.copy_for("1s");
    let _other = desk.copy_else();
    // Whoever could clear it is gone then.
    desk.await_helpers(0);
    desk.assert_else();
}

pub fn without_a_time_it_stays_until_something_else_is_copied(desk: &mut Desk<impl Display>) {
    let said = desk.copy_for("never");
    assert!(!said.contains("cleared"), "{said}");
    desk.assert_copied();
    desk.helper();
    let _other = desk.copy_else();
    desk.await_helpers(0);
    desk.assert_else();
}
