//! Copying on a real Wayland compositor that has data-control.

use std::os::unix::net::UnixListener;

use crate::desk::{Desk, assert_printed_with_a_warning, test_promises};
use crate::display::{Display, MuteX, Xvfb};
use crate::parts;
use crate::sway::Sway;

test_promises! { Sway:
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

#[test]
fn an_x_server_beside_it_is_left_alone() {
    let Some(mut desk) = Desk::<Sway>::new() else {
        return;
    };
    // With XWayland, whoever asks starts it, and it may end while the compositor does not.
    let x = MuteX::start();
    desk.home.set("DISPLAY", &x.name);
    desk.copy();
    desk.assert_copied();
    assert!(!x.was_asked());
}

#[test]
fn a_compositor_that_is_gone_leaves_the_x_server() {
    let Some(mut desk) = Desk::<Xvfb>::new() else {
        return;
    };
    let nothing = desk.home.path().join("run/wayland-0");
    desk.home.set("WAYLAND_DISPLAY", nothing);
    desk.copy();
    desk.assert_copied();
    desk.display.stop();
    desk.await_helpers(0);
}

#[test]
fn a_compositor_that_ended_is_a_warning_and_the_token() {
    if !parts::present(Sway::PARTS) {
        return;
    }
    // Its socket is still there.
    let mut ended = None;
    assert_printed_with_a_warning(|home| ended.insert(Sway::start(home)).stop());
}

#[test]
fn a_compositor_that_stays_mute_is_given_up_on() {
    let mut mute = None;
    assert_printed_with_a_warning(|home| {
        let socket = home.path().join("run/wayland-0");
        // Connections are taken here and never answered.
        mute = Some(UnixListener::bind(&socket).unwrap());
        home.set("WAYLAND_DISPLAY", socket);
    });
    // Kept open until here.
    drop(mute);
}
