//! Copying on a real Wayland compositor that has data-control.

use std::os::unix::net::UnixListener;

use crate::desk::{Desk, assert_printed_with_a_warning, test_promises};
use crate::display::{Display, MuteX, Xvfb};
use crate::parts;
use crate::sway::Sway;

test_promises! { Sway }

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
