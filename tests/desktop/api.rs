//! What `vtexid api` shows at a real terminal.

use crate::home::Home;
use crate::parts;
use crate::process::{LIMIT, Running};
use crate::sandbox::{self, Failure, How, Options, Sandbox};

const BRANDS: &str = "/api/catalog_system/pvt/brand/list";

/// What a terminal shows of an answer with this body.
fn shown(body: Option<&str>, colour: bool) -> Option<String> {
    if !parts::present(&["script"]) {
        return None;
    }
    let sandbox = Sandbox::start(Options::default()).unwrap();
    if let Some(body) = body {
        sandbox.fail(Failure {
            path: BRANDS.to_owned(),
            how: How::Body(200, body.to_owned()),
            times: u32::MAX,
        });
    }
    let mut home = Home::new();
    home.set("VTEXID_URL", sandbox.url());
    home.set("VTEX_APP_KEY", sandbox::app_key("mystore"));
    home.set("VTEX_APP_TOKEN", sandbox::app_token());
    home.set("TERM", "xterm");
    if !colour {
        home.set("NO_COLOR", "1");
    }
    let script = format!("\"$VTEXID\" -q api {BRANDS}; echo ended with $?");
    let terminal = Running::start(home.terminal(&script));
    let shown = terminal.wait(LIMIT).success().replace("\r\n", "\n");
    let (_, shown) = shown.split_once("(VTEXID_URL), not VTEX\n").unwrap();
    Some(shown.to_owned())
}

#[test]
fn json_is_indented_and_in_colour() {
    let Some(text) = shown(None, false) else {
        return;
    };
    let begin = "[\n  {\n    \"id\": 2000000,\n    \"name\": \"Acme\",\n";
    assert!(text.starts_with(begin), "{text}");
    assert!(text.ends_with("\n]\nended with 0\n"), "{text}");
    let coloured = shown(None, true).unwrap();
    assert!(coloured.contains("\u{1b}[1m\"name\"\u{1b}[0m: \u{1b}[32m\"Acme\"\u{1b}[0m"));
}

#[test]
fn escapes_are_shown_and_what_is_no_text_is_not() {
    let Some(text) = shown(Some("a\u{1b}]0;title\u{7}\u{202e}b\nc"), true) else {
        return;
    };
    assert_eq!(text, "a\\u{1b}]0;title\\u{7}\\u{202e}b\nc\nended with 0\n");
    let text = shown(Some("PNG\0\u{1}"), false).unwrap();
    assert!(
        text.starts_with("error: the answer is binary data"),
        "{text}"
    );
    assert!(text.ends_with("ended with 1\n"), "{text}");
}
