//! Which way a request goes, seen where it cannot go anywhere: on a machine without a network.

use std::process::Command;

use crate::home::Home;
use crate::parts;
use crate::process::run;
use crate::sandbox;

/// The tool on a machine that has not even a loopback: asking for VTEX's name fails there, and so does a proxy, each in
/// words of its own.
fn unreachable(home: &mut Home, no_proxy: &str) -> String {
    home.set("HTTPS_PROXY", "http://127.0.0.1:9");
    home.set("NO_PROXY", no_proxy);
    home.set("VTEX_APP_KEY", sandbox::app_key("mystore"));
    home.set("VTEX_APP_TOKEN", sandbox::app_token());
    let command: Command = home.command(
        "unshare",
        &["-r", "-n", env!("CARGO_BIN_EXE_vtexid"), "apptoken"],
    );
    run(command).failure(6)
}

#[test]
fn no_proxy_leads_past_the_proxy() {
    if !parts::can_unshare(&["-r", "-n"]) {
        return;
    }
    let mut home = Home::new();
    let by_proxy = unreachable(&mut home, "example.com");
    assert!(by_proxy.contains("Network is unreachable"), "{by_proxy}");
    for direct in [".vtexcommercestable.com.br", "*"] {
        let words = unreachable(&mut home, direct);
        assert!(words.contains("failed to lookup address"), "{words}");
        assert!(
            words.contains("mystore.vtexcommercestable.com.br"),
            "{words}"
        );
    }
}
