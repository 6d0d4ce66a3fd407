//! Scenes: logging in with the browser.

use super::*;

scenes! {
    login
    login_renewed
    login_times_out
    login_over_ssh
    login_in_a_container
    login_with_wrong_callbacks
    login_in_ci
    login_to_an_unknown_account
    login_as_another_user
    login_to_several
    login_quiet
    login_json
    login_with_a_port_in_use
    login_refused
    login_while_vtex_id_fails
    login_interrupted
    login_whose_exchange_fails_once
    login_that_brings_another_account
    login_with_nothing_to_renew_it
    login_typed_as_an_address
    login_that_cannot_be_saved
}

fn login(scene: &mut Scene) {
    scene.login("DISPLAY=:0 vtexid login mystore --no-browser --store file");
    scene.run("vtexid status");
}

fn login_renewed(scene: &mut Scene) {
    scene.env.login("mystore");
    scene.run("vtexid login mystore");
}

fn login_times_out(scene: &mut Scene) {
    let line = "DISPLAY=:0 vtexid login mystore --no-browser --store file --timeout 1s";
    let running = scene.start(line);
    scene.know_page(&running);
    scene.record(line, &running.finish());
}

fn login_over_ssh(scene: &mut Scene) {
    scene.know_ssh();
    scene.login("SSH_CONNECTION=[SSH-CONNECTION] vtexid login mystore --store file");
}

fn login_in_a_container(scene: &mut Scene) {
    scene.login("container=docker vtexid login mystore --store file");
}

fn login_with_wrong_callbacks(scene: &mut Scene) {
    let line = "DISPLAY=:0 vtexid login mystore --no-browser --store file";
    let running = scene.start(line);
    let callback = scene.know_page(&running);
    // One after the other, so that their lines come in this order.
    for (query, words) in [
        ("", "has no one-time token"),
        ("?error=access_denied", "access_denied"),
        ("?ott=a&ott=b", "two different"),
        ("?ott=wrong", "rejected"),
    ] {
        get(&format!("{callback}{query}"));
        running.wait_for(words);
    }
    let (_, done) = sign_in(running, EMAIL);
    scene.record(line, &done);
}

fn login_in_ci(scene: &mut Scene) {
    scene.run("CI=true vtexid login mystore");
}

fn login_to_an_unknown_account(scene: &mut Scene) {
    scene.run("vtexid login unknown-store --no-browser --store file");
    scene.run("vtexid login mystore.example.com");
    scene.run("vtexid login vtexappkey-mystore-ABCDEF");
}

fn login_as_another_user(scene: &mut Scene) {
    scene.env.login("mystore");
    scene.login_as(
        "DISPLAY=:0 vtexid login mystore --no-browser --fresh",
        "ana@example.com",
    );
    scene.run("vtexid status");
}

fn login_to_several(scene: &mut Scene) {
    let line = "DISPLAY=:0 vtexid login mystore otherstore --no-browser --store file";
    let running = scene.start(line);
    for account in ["mystore", "otherstore"] {
        let page = running.page_of(account);
        scene.know_state(&page);
        Browser::default().log_in(&page, EMAIL);
    }
    let done = running.finish();
    scene.record(line, &done);
    scene.run("vtexid status");
}

fn login_quiet(scene: &mut Scene) {
    scene.login("DISPLAY=:0 vtexid login mystore --no-browser --store file -q");
}

fn login_json(scene: &mut Scene) {
    let line = "DISPLAY=:0 vtexid login mystore --no-browser --store file --json";
    let running = scene.start(line);
    scene.know_page(&running);
    let (_, done) = sign_in(running, EMAIL);
    scene.know_stored_token("[TOKEN]", "login");
    scene.record(line, &done);
}

fn login_with_a_port_in_use(scene: &mut Scene) {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap();
    scene.know("[TAKEN-PORT]", &address.port().to_string());
    // The text of this error differs between systems, even between glibc and musl.
    let in_use = TcpListener::bind(address).unwrap_err();
    scene.know("[IN USE]", &in_use.to_string());
    scene.run("vtexid login mystore --no-browser --store file --port [TAKEN-PORT]");
    scene.run("vtexid login mystore --port 0");
    scene.run("vtexid login mystore --port 99999");
}

fn login_refused(scene: &mut Scene) {
    for how in ["400", "403", "404", "302", "garbage"] {
        scene.env.sandbox.clear_failures();
        scene.env.fail(&format!("{START}={how}"));
        scene.run("vtexid login mystore --no-browser --store file");
    }
}

fn login_while_vtex_id_fails(scene: &mut Scene) {
    for how in ["500", "busy:120"] {
        scene.env.sandbox.clear_failures();
        scene.env.fail(&format!("{START}={how}"));
        scene.run("vtexid login mystore --no-browser --store file");
    }
}

fn login_interrupted(scene: &mut Scene) {
    let line = "DISPLAY=:0 vtexid login mystore --no-browser --store file";
    let running = scene.start(line);
    scene.know_page(&running);
    running.wait_for("choose Allow");
    running.interrupt();
    let done = running.finish();
    scene.record(line, &done);
}

fn login_whose_exchange_fails_once(scene: &mut Scene) {
    scene.env.fail(&format!("{VALIDATE}=500*1"));
    let line = "DISPLAY=:0 vtexid login mystore --no-browser --store file";
    let running = scene.start(line);
    let page = running.page();
    scene.know_page(&running);
    Browser::default().log_in(&page, EMAIL);
    running.wait_for("sign in again");
    let (_, done) = sign_in(running, EMAIL);
    scene.record(line, &done);
}

fn login_that_brings_another_account(scene: &mut Scene) {
    *scene = Scene::with(Options {
        token_account: Some("otherstore".to_owned()),
        ..Scene::options()
    });
    scene.login("DISPLAY=:0 vtexid login mystore --no-browser --store file");
    scene.run("vtexid status");
}

fn login_with_nothing_to_renew_it(scene: &mut Scene) {
    *scene = Scene::with(Options {
        refresh: false,
        ..Scene::options()
    });
    scene.login("DISPLAY=:0 vtexid login mystore --no-browser --store file");
    scene.expire_in_index();
    scene.run("vtexid local token");
    scene.run("vtexid status");
}

fn login_typed_as_an_address(scene: &mut Scene) {
    scene.login(
        "DISPLAY=:0 vtexid login https://dev--mystore.myvtex.com/admin --no-browser --store file",
    );
    for account in [
        "My-Store",
        "my_store",
        "a@example.com",
        "https://www.example/admin",
        "-",
    ] {
        scene.run(&format!("vtexid login {account}"));
    }
    scene.run("vtexid login");
    scene.run("vtexid login mystore -a otherstore");
    scene.run("vtexid login mystore mystore --no-browser --with-token");
}

fn login_that_cannot_be_saved(scene: &mut Scene) {
    fs::write(scene.env.root().join("taken"), "").unwrap();
    scene.run("VTEXID_DIR=[DIR]/taken vtexid login mystore --store file");
    scene.run("VTEXID_DIR=relative vtexid login mystore --store kernel --store file");
}
