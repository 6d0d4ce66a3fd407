//! Scenes: `status`, `switch` and `logout`.

use super::*;

scenes! {
    status
    switch
    logout
    status_json
    status_short
    status_expired
    status_of_variables
    switch_without_an_account
    logout_by_name
    logout_of_all
    logout_while_vtex_id_fails
    logout_of_an_expired_token
    logout_of_what_cannot_be_read
    logout_beside_variables
}

fn status(scene: &mut Scene) {
    scene.run("vtexid status");
    for account in ["mystore", "otherstore", "thirdstore"] {
        scene.env.login(account);
    }
    scene.run("vtexid status");
    scene.run("VTEX_ACCOUNT=mystore vtexid status");
    scene.know_token("[TOKEN]", &admin("mystore", LEFT));
    scene.run("VTEX_TOKEN=[TOKEN] vtexid status");
    scene.run("vtexid status -a fourthstore");
}

fn switch(scene: &mut Scene) {
    scene.env.login("mystore");
    scene.run("vtexid switch -");
    scene.run("vtexid switch otherstore");
    scene.env.login("otherstore");
    scene.run("vtexid switch mystore");
    scene.run("vtexid switch -");
    scene.run("VTEX_ACCOUNT=otherstore vtexid switch mystore");
}

fn logout(scene: &mut Scene) {
    scene.run("vtexid logout");
    scene.run("vtexid logout --all");
    scene.env.login("mystore");
    scene.run("vtexid logout");
    // Logged in still, but to no current account.
    scene.env.login("mystore");
    scene.env.login("otherstore");
    scene.run("vtexid logout");
    scene.run("vtexid local token");
}

fn status_json(scene: &mut Scene) {
    scene.run("vtexid status --json");
    scene.env.login("mystore");
    scene.know_stored_token("[TOKEN]", "login");
    scene.run("vtexid status --json");
}

fn status_short(scene: &mut Scene) {
    scene.run("vtexid status --short");
    scene.env.login("mystore");
    scene.run("vtexid status --short");
    scene.run("vtexid status --short -q");
    scene.run("VTEX_ACCOUNT=otherstore vtexid status --short");
    scene.know_token("[TOKEN]", &admin("mystore", LEFT));
    scene.run("VTEX_TOKEN=[TOKEN] vtexid status --short -q");
}

fn status_expired(scene: &mut Scene) {
    scene.env.login("mystore");
    scene.expire_in_index();
    scene.run("vtexid status");
    scene.run("vtexid status --short");
    scene.run("vtexid status --json");
}

fn status_of_variables(scene: &mut Scene) {
    scene.know_secret("[APP-TOKEN]", &app_token());
    scene.know_token("[EXPIRED-TOKEN]", &admin("mystore", -DAY));
    scene.run("VTEX_TOKEN=[EXPIRED-TOKEN] vtexid status");
    scene.run("VTEX_TOKEN=hello vtexid status");
    scene.run("VTEX_APP_KEY=vtexappkey-mystore-SANDBX VTEX_APP_TOKEN=[APP-TOKEN] vtexid status");
    scene.run("VTEX_APP_KEY=vtexappkey-mystore-SANDBX vtexid status");
    scene.env.login("mystore");
    scene.run("VTEX_ACCOUNT=otherstore vtexid status");
}

fn switch_without_an_account(scene: &mut Scene) {
    scene.run("vtexid switch");
    for account in ["mystore", "otherstore"] {
        scene.env.login(account);
    }
    scene.run("vtexid switch");
    scene.run("vtexid switch mystor");
    scene.run("vtexid switch mystore otherstore");
    scene.run("vtexid switch mystore --json");
    scene.run("vtexid switch mystore");
}

fn logout_by_name(scene: &mut Scene) {
    for account in ["mystore", "otherstore"] {
        scene.env.login(account);
    }
    scene.run("vtexid logout mystor");
    scene.run("vtexid logout mystore --as key");
    scene.run("vtexid logout mystore --as ana@example.com");
    scene.run("vtexid logout mystore --json");
    scene.run("vtexid logout mystore");
    scene.run("vtexid logout otherstore -a mystore");
}

fn logout_of_all(scene: &mut Scene) {
    for account in ["mystore", "otherstore"] {
        scene.env.login(account);
    }
    scene.run("vtexid logout --all");
    scene.env.login("mystore");
    scene.run("vtexid logout --all --json");
}

fn logout_while_vtex_id_fails(scene: &mut Scene) {
    scene.env.login("mystore");
    scene.env.fail("/api/vtexid/pub/logout=500");
    scene.run("vtexid logout");
    scene.run("vtexid status");
}

fn logout_of_an_expired_token(scene: &mut Scene) {
    scene.env.login("mystore");
    scene.expire();
    scene.run("vtexid logout");
}

fn logout_of_what_cannot_be_read(scene: &mut Scene) {
    scene.env.login("mystore");
    fs::write(scene.env.entry("mystore", "login"), "{").unwrap();
    scene.run("vtexid logout");
    scene.run("vtexid logout --force");
    scene.run("vtexid logout --force");
}

fn logout_beside_variables(scene: &mut Scene) {
    scene.know_token("[TOKEN]", &admin("mystore", LEFT));
    scene.run("VTEX_TOKEN=[TOKEN] vtexid logout");
    scene.env.login("mystore");
    scene.run("VTEX_TOKEN=[TOKEN] vtexid logout");
}
