//! The final URL as a line on stdin.

use super::*;

/// The address the browser ends on.
fn final_url(page: &str) -> String {
    let ticket = Browser::default().sign_in(page, EMAIL);
    let query = form_urlencoded::Serializer::new(String::new())
        .append_pair("ott", &ticket.ott)
        .finish();
    format!("{}?{query}", ticket.loopback)
}

#[test]
fn a_line_on_stdin_is_as_good_as_a_paste() {
    use std::io::Read as _;
    let env = TestEnv::new();
    let (mut reader, mut writer) = std::io::pipe().unwrap();
    let login = env
        .login_tool("mystore", &[])
        .stdin_from(reader.try_clone().unwrap())
        .start();
    login.wait_for("send the final URL to stdin as one line");
    writer.write_all(b"what now\n").unwrap();
    login.wait_for("this is not the final URL, which begins with http://127.0.0.1");
    let url = final_url(&login.page());
    writer
        .write_all(format!("{url}\nthe rest").as_bytes())
        .unwrap();
    login.finish().success().stdout("");
    drop(writer);
    // What follows may be meant for the next program.
    let mut rest = String::new();
    reader.read_to_string(&mut rest).unwrap();
    assert_eq!(rest, "the rest");
}

#[test]
fn the_last_line_on_stdin_needs_no_line_end() {
    let env = TestEnv::new();
    let (reader, mut writer) = std::io::pipe().unwrap();
    let login = env.login_tool("mystore", &[]).stdin_from(reader).start();
    let url = final_url(&login.page());
    writer.write_all(url.as_bytes()).unwrap();
    drop(writer);
    login.finish().success();
}

#[test]
fn an_empty_pipe_a_file_and_a_pipe_without_no_browser_are_left_alone() {
    use std::io::Read as _;
    let env = TestEnv::new();
    let login = env.login_tool("mystore", &[]).stdin("").start();
    sign_in(login, EMAIL).1.success();

    let list = env.root().join("list");
    std::fs::write(&list, "http://127.0.0.1/?ott=somethingElse\n").unwrap();
    let file = std::fs::File::open(list).unwrap();
    let fresh = env.login_tool("mystore", &["--fresh"]);
    let (_, done) = sign_in(fresh.stdin_from(file).start(), EMAIL);
    let words = stderr(&done.success());
    assert!(!words.contains("stdin"), "{words}");
    assert!(!words.contains("rejected"), "{words}");

    let (mut reader, mut writer) = std::io::pipe().unwrap();
    writer.write_all(b"mine").unwrap();
    drop(writer);
    let login = env
        .vtexid(["login", "mystore", "--fresh"])
        .env("BROWSER", "none")
        .stdin_from(reader.try_clone().unwrap());
    sign_in(login.start(), EMAIL).1.success();
    let mut rest = String::new();
    reader.read_to_string(&mut rest).unwrap();
    assert_eq!(rest, "mine");
}
