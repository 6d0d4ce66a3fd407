//! Scenes: `doctor`.

use super::*;

scenes! {
    doctor_without_a_keyring
    doctor_json
    doctor_with_an_expired_token
    doctor_with_a_wrong_clock
    doctor_with_wrong_settings
    doctor_with_damaged_files
}

/// On a server: no keyring, no display, no clipboard. Over SSH, so that it
/// does not matter whether this machine is a container.
fn doctor_without_a_keyring(scene: &mut Scene) {
    scene.know_ssh();
    scene.run("SSH_CONNECTION=[SSH-CONNECTION] vtexid doctor");
    scene.run("SSH_CONNECTION=[SSH-CONNECTION] vtexid login mystore");
    scene.env.login("mystore");
    scene.run("SSH_CONNECTION=[SSH-CONNECTION] vtexid doctor");
}

fn doctor_json(scene: &mut Scene) {
    scene.know_ssh();
    scene.run("SSH_CONNECTION=[SSH-CONNECTION] vtexid doctor --json");
}

fn doctor_with_an_expired_token(scene: &mut Scene) {
    scene.know_ssh();
    scene.env.login("mystore");
    scene.expire();
    scene.run("SSH_CONNECTION=[SSH-CONNECTION] vtexid doctor");
    scene.run("SSH_CONNECTION=[SSH-CONNECTION] vtexid doctor -a otherstore");
}

fn doctor_with_a_wrong_clock(scene: &mut Scene) {
    *scene = Scene::with(Options {
        clock: -7_230,
        ..Scene::options()
    });
    scene.know_ssh();
    scene.run("SSH_CONNECTION=[SSH-CONNECTION] vtexid doctor -a mystore");
}

fn doctor_with_wrong_settings(scene: &mut Scene) {
    scene.know_ssh();
    scene.env.login("mystore");
    let ssh = "SSH_CONNECTION=[SSH-CONNECTION]";
    scene.run(&format!("{ssh} VTEX_TOKEN=hello vtexid doctor"));
    scene.run(&format!("{ssh} VTEX_ACCOUNT=my/store vtexid doctor"));
    scene.run(&format!(
        "env -u VTEXID_URL {ssh} HTTPS_PROXY=htp://x vtexid doctor"
    ));
    scene.run(&format!(
        "env -u VTEXID_URL {ssh} HTTPS_PROXY=http://127.0.0.1:1 vtexid doctor"
    ));
    scene.run(&format!("{ssh} SSL_CERT_FILE=missing vtexid doctor"));
    scene.run(&format!("{ssh} BROWSER=none vtexid doctor"));
}

fn doctor_with_damaged_files(scene: &mut Scene) {
    scene.know_ssh();
    scene.env.login("mystore");
    let entry = scene.env.entry("mystore", "login");
    fs::write(&entry, "{").unwrap();
    scene.run("SSH_CONNECTION=[SSH-CONNECTION] vtexid doctor");
    fs::write(scene.env.file("index.json"), "{").unwrap();
    scene.run("SSH_CONNECTION=[SSH-CONNECTION] vtexid doctor");
    fs::remove_file(entry).unwrap();
}
