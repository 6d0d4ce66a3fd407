//! Copying on a real X server: what can be pasted, by whom it is held, and for how long.

use std::fs;
use std::time::Instant;

use x11rb::connection::Connection as _;
use x11rb::protocol::xproto::{ConnectionExt as _, CreateWindowAux, WindowClass};

use crate::desk::{AT_ONCE, COPY, Desk, assert_printed_with_a_warning, mint, test_promises};
use crate::display::{Display as _, MuteX, Xvfb};
use crate::process::{Running, eventually, run, run_within};

test_promises! { Xvfb }

#[test]
fn closing_the_terminal_leaves_the_copy() {
    let Some(desk) = Desk::<Xvfb>::new() else {
        return;
    };
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
fn a_clipboard_manager_that_takes_over_at_once_keeps_it() {
    let Some(desk) = Desk::<Xvfb>::new() else {
        return;
    };
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
            desk.helpers().is_empty().then_some(())
        });
        assert_eq!(owner(), window, "it was taken back");
    }
}

/// Parcellite and Diodon do so.
#[test]
fn what_a_clipboard_manager_puts_back_is_replaced() {
    let Some(desk) = Desk::<Xvfb>::new() else {
        return;
    };
    let mut copy = desk.home.vtexid(COPY);
    copy.args(["--clear-after", "1s"]);
    run_within(AT_ONCE, copy).success();
    desk.assert_copied();
    eventually("a cleared clipboard", || {
        desk.paste().is_none().then_some(())
    });
    let manager = Running::start(Xvfb::copier(&desk.home, &desk.token));
    eventually("the token that was put back", || {
        (desk.paste().as_ref() == Some(&desk.token)).then_some(())
    });
    eventually("a clipboard without it", || {
        (desk.paste().as_ref() != Some(&desk.token)).then_some(())
    });
    desk.await_helpers(0);
    drop(manager);
}

#[test]
fn the_helper_is_called_vtexid() {
    let Some(desk) = Desk::<Xvfb>::new() else {
        return;
    };
    run_within(AT_ONCE, desk.home.vtexid(COPY)).success();
    let helper = desk.helper();
    let name = fs::read_to_string(helper.join("comm")).unwrap();
    assert_eq!(name, "vtexid\n");
    let arguments = fs::read_to_string(helper.join("cmdline")).unwrap();
    assert!(arguments.starts_with("vtexid\0"), "{arguments:?}");
}

#[test]
fn at_a_terminal_without_a_display_a_note_says_that_nothing_was_copied() {
    let Some(mut desk) = Desk::<Xvfb>::new() else {
        return;
    };
    desk.home.set("DISPLAY", "");
    let script = r#""$VTEXID" local token"#;
    let shown = run_within(AT_ONCE, desk.home.terminal(script)).success();
    assert!(shown.contains(&desk.token), "{shown}");
    assert!(shown.contains("not copied: no clipboard found"), "{shown}");
    let quiet = r#""$VTEXID" local token -q"#;
    let shown = run_within(AT_ONCE, desk.home.terminal(quiet)).success();
    assert!(!shown.contains("cop"), "{shown}");
    // A display that is named and not there is worth a word, but not with -q.
    desk.home.set("DISPLAY", ":9876");
    let shown = run_within(AT_ONCE, desk.home.terminal(script)).success();
    assert!(
        shown.contains("could not reach the X display :9876"),
        "{shown}"
    );
    let script = r#""$VTEXID" local token -q"#;
    let shown = run_within(AT_ONCE, desk.home.terminal(script)).success();
    assert!(!shown.contains("warning: could not copy"), "{shown}");
}

#[test]
fn at_a_terminal_and_in_the_format_for_people_it_copies_by_itself() {
    let Some(desk) = Desk::<Xvfb>::new() else {
        return;
    };
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
        assert_eq!(desk.paste(), None, "{arguments}");
    }
    let script = r#""$VTEXID" local token"#;
    let shown = run_within(AT_ONCE, desk.home.terminal(script)).success();
    assert!(shown.contains(&desk.token), "{shown}");
    assert!(shown.contains("copied to the clipboard"), "{shown}");
    desk.assert_copied();
}

#[test]
fn piped_it_copies_only_when_told_to() {
    let Some(desk) = Desk::<Xvfb>::new() else {
        return;
    };
    run(desk.home.vtexid(&["local", "token"])).success();
    assert_eq!(desk.paste(), None);
    let script = r#""$VTEXID" local token --copy | cat"#;
    run_within(AT_ONCE, desk.home.shell(script)).success();
    desk.assert_copied();
    desk.await_helpers(1);
}

#[test]
fn with_every_format_what_is_printed_is_copied() {
    let Some(mut desk) = Desk::<Xvfb>::new() else {
        return;
    };
    for more in [&["-f", "header"][..], &["-f", "dotenv"], &["--json"]] {
        desk.token = mint();
        desk.home.set("VTEX_TOKEN", &desk.token);
        let mut command = desk.home.vtexid(COPY);
        command.args(more);
        let printed = run_within(AT_ONCE, command).success();
        assert!(printed.len() > desk.token.len() + 1, "{printed}");
        assert_eq!(desk.paste().as_deref(), Some(printed.trim_end()));
    }
}

#[test]
fn without_a_display_there_is_a_warning_and_the_token() {
    assert_printed_with_a_warning(|_| ());
}

#[test]
fn a_display_that_is_not_there_is_a_warning_and_the_token() {
    assert_printed_with_a_warning(|home| home.set("DISPLAY", ":9876"));
}

#[test]
fn a_display_that_stays_mute_is_given_up_on() {
    let mute = MuteX::start();
    assert_printed_with_a_warning(|home| home.set("DISPLAY", mute.name));
}

#[test]
fn a_person_who_presses_ctrl_c_after_a_copy_keeps_it() {
    let Some(desk) = Desk::<Xvfb>::new() else {
        return;
    };
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

#[test]
fn vtexid_copy_never_copies_only_when_asked() {
    let Some(mut desk) = Desk::<Xvfb>::new() else {
        return;
    };
    desk.home.set("VTEXID_COPY", "never");
    let printed = run_within(AT_ONCE, desk.home.terminal(r#""$VTEXID" local token"#)).success();
    assert!(!printed.contains("copied"), "{printed}");
    let (x, _) = x11rb::connect(Some(&desk.display.name)).unwrap();
    let atom = x.intern_atom(false, b"CLIPBOARD").unwrap();
    let atom = atom.reply().unwrap().atom;
    let owner = x.get_selection_owner(atom).unwrap().reply().unwrap().owner;
    assert_eq!(owner, x11rb::NONE);
    run(desk.home.vtexid(COPY)).success();
    desk.assert_copied();
    desk.home.set("VTEXID_COPY", "always");
    let words = run(desk.home.vtexid(&["local", "token"])).failure(2);
    assert!(words.contains("invalid VTEXID_COPY"), "{words}");
}
