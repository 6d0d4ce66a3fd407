//! Ctrl-C on Windows, which each of these programs gets on a console of its own.

use std::{path::Path, process::Command};

use crate::{
    browser::Browser,
    env::{EMAIL, Running, TestEnv, Tool, eventually},
};

const REFRESH: &str = "/api/vtexid/refreshtoken/admin";
/// What Windows ends a program with at Ctrl-C; shells look for it.
const BY_CTRL_C: i32 = 0xC000_013A_u32.cast_signed();
/// Names the process to the program that presses.
const PROCESS: &str = "PRESS_CTRL_C_FOR";

/// Started by [`press`], because a process can have only one console.
#[test]
#[ignore = "the other tests run it, as a program"]
#[allow(unsafe_code, reason = "no crate here wraps these functions of Windows")]
fn press_ctrl_c() {
    use windows_sys::Win32::System::Console::{
        AttachConsole, CTRL_C_EVENT, FreeConsole, GenerateConsoleCtrlEvent, SetConsoleCtrlHandler,
    };
    let process = std::env::var(PROCESS).unwrap().parse().unwrap();
    // SAFETY: none of them is given a pointer.
    let pressed = unsafe {
        FreeConsole();
        // Everything on that console gets it, this program as well.
        AttachConsole(process) != 0
            && SetConsoleCtrlHandler(None, 1) != 0
            && GenerateConsoleCtrlEvent(CTRL_C_EVENT, 0) != 0
    };
    assert!(pressed, "{}", std::io::Error::last_os_error());
}

fn press(running: &Running) {
    let pressed = Command::new(std::env::current_exe().unwrap())
        .args(["ctrl_c::press_ctrl_c", "--exact", "--ignored"])
        .env(PROCESS, running.id().to_string())
        .output()
        .unwrap();
    assert!(pressed.status.success(), "{pressed:?}");
}

/// Starts it, and waits until it asks for `path`.
fn start(env: &TestEnv, tool: Tool, path: &str) -> Running {
    let running = tool.on_own_console().start();
    eventually("it asks", || !env.requests_to(path).is_empty());
    running
}

#[test]
fn a_renewal_is_finished_and_saved_before_it_ends() {
    let env = TestEnv::new();
    env.login("mystore");
    let old = env.refresh_token("mystore");
    env.fail(&format!("{REFRESH}=hold*1"));
    let running = start(&env, env.vtexid(["local", "token", "--refresh"]), REFRESH);
    press(&running);
    running.wait_for("finishing the renewal; Ctrl-C again gives up and may lose the session");
    env.sandbox.release();
    running.finish().code(BY_CTRL_C).stdout("");
    let new = env.refresh_token("mystore");
    assert_ne!(new, old);
    assert!(env.sandbox.can_refresh(&new));
}

#[test]
fn a_second_one_gives_up() {
    let env = TestEnv::new();
    env.login("mystore");
    env.fail(&format!("{REFRESH}=hold"));
    let running = start(&env, env.vtexid(["local", "token", "--refresh"]), REFRESH);
    press(&running);
    running.wait_for("finishing the renewal");
    press(&running);
    running.finish().code(BY_CTRL_C).stdout("");
}

/// Otherwise a revoked token would stay here as a valid one.
#[test]
fn a_logout_is_finished_before_it_ends() {
    const REVOKE: &str = "/api/vtexid/pub/logout";
    let env = TestEnv::new();
    env.login("mystore");
    env.fail(&format!("{REVOKE}=hold*1"));
    let running = start(&env, env.vtexid(["logout"]), REVOKE);
    press(&running);
    running.wait_for("finishing the logout");
    env.sandbox.release();
    running.finish().code(BY_CTRL_C).stdout("");
    env.assert_nothing_kept();
}

#[test]
fn a_half_written_file_and_a_login_leave_nothing() {
    const ORDERS: &str = "/api/oms/pvt/orders";
    let env = TestEnv::new();
    env.login("mystore");
    let before = env.files();
    env.fail(&format!("{ORDERS}=hold"));
    let tool = env.vtexid(["api", ORDERS, "-o", "orders.json"]);
    let running = start(&env, tool, ORDERS);
    press(&running);
    running.finish().code(BY_CTRL_C).stdout("");
    assert_eq!(env.files(), before);

    let login = env.login_tool("other", &[]).on_own_console().start();
    login.wait_for("waiting for the browser");
    press(&login);
    login.finish().code(BY_CTRL_C).stdout("");
    let left = |file: &Path| file.extension().is_some_and(|end| end == "pid");
    assert!(!env.files().iter().any(|file| left(file)));
    // Nothing keeps the next one.
    let login = env.start_login("other");
    let page = login.page();
    Browser::default().log_in(&page, EMAIL);
    login.finish().success();
}
