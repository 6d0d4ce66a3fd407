//! Scenes: `toolbelt`.

use super::*;

/// The tool as it is with VTEX itself, which it cannot reach.
const ELSEWHERE: &str = "env -u VTEXID_URL HTTPS_PROXY=http://127.0.0.1:1";

scenes! {
    toolbelt
    toolbelt_import
    toolbelt_files_that_are_damaged
    toolbelt_export
}

fn toolbelt(scene: &mut Scene) {
    scene.know_token("[TOKEN]", &admin("mystore", LEFT));
    scene.run("env -u VTEXID_URL vtexid toolbelt import --store file");
    scene.run("env -u VTEXID_URL vtexid toolbelt export");
    scene.run(
        "env -u VTEXID_URL HTTPS_PROXY=http://127.0.0.1:1 vtexid login mystore --with-token --store file <[TOKEN]",
    );
    scene.run("env -u VTEXID_URL vtexid toolbelt export");
    scene.run("env -u VTEXID_URL vtexid toolbelt import --store file");
    scene.run("env -u VTEXID_URL VTEXID_DIR=elsewhere vtexid toolbelt import --store file");
    scene.run("vtexid toolbelt import");
}

fn toolbelt_import(scene: &mut Scene) {
    scene.know_token("[TOKEN]", &admin("mystore", LEFT));
    scene.know_token("[EXPIRED-TOKEN]", &admin("oldstore", -DAY));
    let session =
        json!({"account": "mystore", "login": "ana@example.com", "token": admin("mystore", LEFT)});
    toolbelt_file(scene, "session.json", &session.to_string());
    let tokens =
        json!({"oldstore": admin("oldstore", -DAY), "otherstore": admin("otherstore", LEFT)});
    toolbelt_file(scene, "tokens.json", &tokens.to_string());
    scene.run(&format!("{ELSEWHERE} vtexid toolbelt import --store file"));
    scene.run(&format!("{ELSEWHERE} vtexid status"));
    scene.run(&format!(
        "{ELSEWHERE} vtexid toolbelt import --store file -a thirdstore"
    ));
    scene.run(&format!(
        "{ELSEWHERE} vtexid toolbelt import --store file --json"
    ));
}

fn toolbelt_files_that_are_damaged(scene: &mut Scene) {
    toolbelt_file(scene, "session.json", "{");
    scene.run(&format!("{ELSEWHERE} vtexid toolbelt import --store file"));
    toolbelt_file(scene, "session.json", "[]");
    scene.run(&format!("{ELSEWHERE} vtexid toolbelt import --store file"));
    toolbelt_file(
        scene,
        "session.json",
        r#"{"account":"mystore","token":"hello"}"#,
    );
    scene.run(&format!("{ELSEWHERE} vtexid toolbelt import --store file"));
}

fn toolbelt_export(scene: &mut Scene) {
    scene.run(&format!("{ELSEWHERE} vtexid toolbelt export"));
    scene.know_token("[TOKEN]", &admin("mystore", LEFT));
    scene.run(&format!(
        "{ELSEWHERE} VTEX_TOKEN=[TOKEN] vtexid toolbelt export --workspace dev"
    ));
    scene.run(&format!(
        "{ELSEWHERE} VTEX_TOKEN=[TOKEN] vtexid toolbelt export --json"
    ));
    scene.run(&format!(
        "{ELSEWHERE} VTEX_TOKEN=[TOKEN] vtexid toolbelt export --workspace A_b"
    ));
    scene.run(&format!(
        "{ELSEWHERE} VTEX_TOKEN=[TOKEN] vtexid toolbelt export -a otherstore"
    ));
    scene.know_token("[EXPIRED-TOKEN]", &admin("mystore", -DAY));
    scene.run(&format!(
        "{ELSEWHERE} VTEX_TOKEN=[EXPIRED-TOKEN] vtexid toolbelt export"
    ));
    scene.run("vtexid toolbelt export");
    scene.run("vtexid toolbelt");
    scene.run("vtexid toolbelt exprot");
}

fn toolbelt_file(scene: &Scene, name: &str, content: &str) {
    use std::os::unix::fs::{DirBuilderExt as _, PermissionsExt as _};
    let dir = scene.env.home().join(".vtex").join("session");
    fs::DirBuilder::new()
        .mode(0o700)
        .recursive(true)
        .create(&dir)
        .unwrap();
    fs::write(dir.join(name), content).unwrap();
    fs::set_permissions(dir.join(name), fs::Permissions::from_mode(0o600)).unwrap();
}
