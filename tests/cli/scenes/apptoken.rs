//! Scenes: `apptoken`.

use super::*;

scenes! {
    apptoken
    apptoken_save
    apptoken_formats
    apptoken_from_a_file
    apptoken_while_vtex_id_fails
    apptoken_of_another_account
    apptoken_saved
}

fn apptoken(scene: &mut Scene) {
    scene.know_secret("[APP-TOKEN]", &app_token());
    scene.run("vtexid apptoken");
    scene.run("vtexid apptoken -a mystore");
    scene.run("VTEX_APP_KEY=vtexappkey-mystore-SANDBX vtexid apptoken");
    scene.run("VTEX_APP_TOKEN=[APP-TOKEN] vtexid apptoken");
    scene.run("VTEX_APP_KEY=[APP-TOKEN] vtexid apptoken");
    scene.run("VTEX_APP_KEY=vtexappkey-mystore-SANDBX VTEX_APP_TOKEN=wrong vtexid apptoken");
    scene.run("vtexid apptoken --save --format key-headers");
}

fn apptoken_save(scene: &mut Scene) {
    scene.know_secret("[APP-TOKEN]", &app_token());
    let line = "VTEX_APP_KEY=vtexappkey-mystore-SANDBX VTEX_APP_TOKEN=[APP-TOKEN] \
                vtexid apptoken --save --store file";
    let done = scene.start(line).finish();
    scene.know_stored_token("[TOKEN]", "key");
    scene.record(line, &done);
    scene.run("vtexid status");
    scene.run("vtexid logout");
}

fn apptoken_formats(scene: &mut Scene) {
    scene.know_secret("[APP-TOKEN]", &app_token());
    let pair = "VTEX_APP_KEY=vtexappkey-mystore-SANDBX VTEX_APP_TOKEN=[APP-TOKEN]";
    scene.run(&format!("{pair} vtexid apptoken --format key-headers"));
    for format in [
        "--name TOKEN",
        "--format yaml",
        "--format key-headers --json",
    ] {
        scene.run(&format!("{pair} vtexid apptoken {format}"));
    }
}

fn apptoken_from_a_file(scene: &mut Scene) {
    scene.know_secret("[APP-TOKEN]", &app_token());
    fs::write(scene.env.root().join("empty"), "").unwrap();
    for (arguments, input) in [
        (
            "--app-key vtexappkey-mystore-SANDBX --app-token-file missing",
            "",
        ),
        (
            "--app-key vtexappkey-mystore-SANDBX --app-token-file empty",
            "",
        ),
        (
            "--app-key vtexappkey-mystore-SANDBX --app-token-file -",
            "wrong",
        ),
        ("--app-key vtexappkey-mystore-SANDBX", ""),
        ("--app-token-file empty", ""),
        ("--app-key mystore", ""),
        ("--app-key [APP-TOKEN]", ""),
    ] {
        let input = if input.is_empty() {
            String::new()
        } else {
            format!(" <{input}")
        };
        scene.run(&format!("vtexid apptoken {arguments}{input}"));
    }
}

fn apptoken_while_vtex_id_fails(scene: &mut Scene) {
    scene.know_secret("[APP-TOKEN]", &app_token());
    for how in ["500", "busy:120", "garbage", "403"] {
        scene.env.sandbox.clear_failures();
        scene.env.fail(&format!("/api/vtexid/apptoken/login={how}"));
        scene.run(
            "VTEX_APP_KEY=vtexappkey-mystore-SANDBX VTEX_APP_TOKEN=[APP-TOKEN] vtexid apptoken",
        );
    }
}

fn apptoken_of_another_account(scene: &mut Scene) {
    scene.know_secret("[APP-TOKEN]", &app_token());
    let pair = "VTEX_APP_KEY=vtexappkey-mystore-SANDBX VTEX_APP_TOKEN=[APP-TOKEN]";
    scene.run(&format!(
        "{pair} vtexid apptoken -a otherstore --format key-headers"
    ));
    scene.run(&format!(
        "{pair} VTEX_ACCOUNT=otherstore vtexid apptoken --format key-headers"
    ));
    scene.run("vtexid apptoken -a otherstore");
    scene.run("vtexid apptoken --store file");
}

fn apptoken_saved(scene: &mut Scene) {
    scene.know_secret("[APP-TOKEN]", &app_token());
    let line = "VTEX_APP_KEY=vtexappkey-mystore-SANDBX VTEX_APP_TOKEN=[APP-TOKEN] \
                vtexid apptoken --save --store file --json";
    let done = scene.start(line).finish();
    scene.know_stored_token("[TOKEN]", "key");
    scene.record(line, &done);
    scene.run("vtexid apptoken --format key-headers");
    scene.run("vtexid status --json");
    scene.run("vtexid local token");
    scene.env.fail("/api/vtexid/apptoken/login=401");
    scene.run("vtexid apptoken");
    scene.run("vtexid logout --as key");
}
