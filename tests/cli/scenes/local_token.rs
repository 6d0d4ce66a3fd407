//! Scenes: `local token`.

use super::*;

scenes! {
    local_token
    local_token_logged_out
    local_token_renewed
    local_token_renewal_refused
    local_token_formats
    local_token_formats_of_a_shopper
    local_token_format_usage
    local_token_copied_without_a_display
    local_token_times
    local_token_refreshed
    local_token_of_an_app_key
    local_token_from_the_variable
    local_token_whose_file_is_damaged
    local_token_that_others_can_read
}

fn local_token(scene: &mut Scene) {
    scene.env.login("mystore");
    scene.know_stored_token("[TOKEN]", "login");
    scene.run("vtexid local token");
    scene.run("vtexid local token --format header");
    scene.run("vtexid local token --json");
    scene.run("vtexid local token --min-validity 48h");
    scene.know_token("[OTHER-TOKEN]", &admin("otherstore", LEFT));
    let line = "VTEX_TOKEN=[OTHER-TOKEN] vtexid local token -a mystore";
    let done = scene.start(line).finish();
    scene.know_stored_token("[RENEWED-TOKEN]", "login");
    scene.record(line, &done);
    scene.run("VTEX_TOKEN=[OTHER-TOKEN] VTEX_ACCOUNT=mystore vtexid local token");
}

fn local_token_logged_out(scene: &mut Scene) {
    scene.run("vtexid local token");
    scene.env.login("mystore");
    scene.run("vtexid local token -a otherstore");
}

fn local_token_renewed(scene: &mut Scene) {
    scene.env.login("mystore");
    scene.expire();
    let line = "vtexid local token";
    let done = scene.start(line).finish();
    scene.know_stored_token("[RENEWED-TOKEN]", "login");
    scene.record(line, &done);
}

fn local_token_renewal_refused(scene: &mut Scene) {
    scene.env.login("mystore");
    scene.expire();
    scene.env.sandbox.fail(Failure {
        path: REFRESH.to_owned(),
        how: How::Body(200, r#"{"status":"InvalidToken"}"#.to_owned()),
        times: 1,
    });
    scene.run("vtexid local token");
    scene.run("vtexid local token");
}

fn local_token_formats(scene: &mut Scene) {
    scene.env.login("mystore");
    scene.know_stored_token("[TOKEN]", "login");
    for format in [
        "raw",
        "header",
        "cookie",
        "curl",
        "env",
        "fish",
        "powershell",
        "dotenv",
        "browser",
        "storage-state",
        "json",
    ] {
        scene.run(&format!("vtexid local token -q --format {format}"));
    }
}

fn local_token_formats_of_a_shopper(scene: &mut Scene) {
    scene.know_token("[TOKEN]", &token_of(&shopper_claims(LEFT)));
    for format in ["header", "cookie", "curl", "browser", "storage-state"] {
        scene.run(&format!(
            "VTEX_TOKEN=[TOKEN] vtexid local token -q --format {format}"
        ));
    }
}

fn local_token_format_usage(scene: &mut Scene) {
    scene.env.login("mystore");
    scene.know_stored_token("[TOKEN]", "login");
    scene.run("vtexid local token --format env --name STORE_TOKEN");
    scene.run("vtexid local token --format env --name store-token");
    scene.run("vtexid local token --name STORE_TOKEN");
    scene.run("vtexid local token --format storage-state --domain mystore.localhost");
    scene.run("vtexid local token --format storage-state --domain https://localhost/");
    scene.run("vtexid local token --domain localhost");
    scene.run("vtexid local token --format hedaer");
    scene.run("vtexid local token --json --format env");
    scene.run("vtexid local token --format key-headers");
}

fn local_token_copied_without_a_display(scene: &mut Scene) {
    scene.env.login("mystore");
    scene.know_stored_token("[TOKEN]", "login");
    scene.run("vtexid local token --copy");
    scene.run("vtexid local token --copy --no-copy");
    scene.run("vtexid local token --clear-after 1s");
}

fn local_token_times(scene: &mut Scene) {
    scene.env.login("mystore");
    scene.run("vtexid local token --min-validity 5");
    scene.run("vtexid local token --min-validity 90d");
    scene.run("vtexid local token --min-validity soon");
    scene.run("vtexid local token --min-validity 0s");
}

fn local_token_refreshed(scene: &mut Scene) {
    scene.env.login("mystore");
    scene.run_renewing("vtexid local token --refresh");
    scene.env.fail(&format!("{REFRESH}=500"));
    scene.run("vtexid local token --refresh");
    scene.expire();
    scene.run("vtexid local token");
}

fn local_token_of_an_app_key(scene: &mut Scene) {
    scene.know_secret("[APP-TOKEN]", &app_token());
    scene.env.login("mystore");
    scene.run("vtexid local token --as key");
    scene.run("vtexid local token --as ana@example.com");
    scene.run("vtexid local token --as nobody");
    scene.run("VTEX_APP_KEY=vtexappkey-mystore-SANDBX vtexid local token --as key");
    scene.run(
        "VTEX_APP_KEY=vtexappkey-mystore-SANDBX VTEX_APP_TOKEN=wrong vtexid local token --as key",
    );
    scene.run(
        "VTEX_APP_KEY=vtexappkey-otherstore-SANDBX VTEX_APP_TOKEN=[APP-TOKEN] \
         vtexid local token --as key",
    );
}

fn local_token_from_the_variable(scene: &mut Scene) {
    scene.know_token("[TOKEN]", &admin("mystore", LEFT));
    scene.know_token("[EXPIRED-TOKEN]", &admin("mystore", -DAY));
    scene.run("VTEX_TOKEN=[TOKEN] vtexid local token");
    scene.run("VTEX_TOKEN=[TOKEN] vtexid local token --refresh");
    scene.run("VTEX_TOKEN=[TOKEN] vtexid local token --min-validity 48h");
    scene.run("VTEX_TOKEN=[TOKEN] vtexid local token -a otherstore");
    scene.run("VTEX_TOKEN=[TOKEN] vtexid local token --as key");
    scene.run("VTEX_TOKEN=[EXPIRED-TOKEN] vtexid local token");
    scene.run("VTEX_TOKEN=hello vtexid local token");
}

fn local_token_whose_file_is_damaged(scene: &mut Scene) {
    scene.env.login("mystore");
    let path = scene.env.entry("mystore", "login");
    fs::write(&path, "{").unwrap();
    scene.run("vtexid local token");
    fs::remove_file(&path).unwrap();
    scene.run("vtexid local token");
    scene.run("vtexid status");
    fs::write(scene.env.file("index.json"), "{").unwrap();
    scene.run("vtexid local token");
    scene.run("vtexid status");
}

fn local_token_that_others_can_read(scene: &mut Scene) {
    use std::os::unix::fs::PermissionsExt as _;
    scene.env.login("mystore");
    let dir = scene.env.file("index.json").parent().unwrap().to_owned();
    fs::set_permissions(&dir, fs::Permissions::from_mode(0o777)).unwrap();
    scene.run("vtexid status");
    fs::set_permissions(&dir, fs::Permissions::from_mode(0o700)).unwrap();
    let path = scene.env.entry("mystore", "login");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
    scene.know_stored_token("[TOKEN]", "login");
    scene.run("vtexid local token");
}
