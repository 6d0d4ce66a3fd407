//! Scenes: logging in as a shopper.

use super::*;

const SHOPPER: &str = "ana@example.com";

scenes! {
    login_of_a_shopper
    login_of_a_shopper_with_a_wrong_code
    login_of_a_shopper_who_gets_no_mail
    login_of_a_shopper_where_codes_are_off
    login_of_a_shopper_with_sso
}

fn login_of_a_shopper(scene: &mut Scene) {
    scene.shopper_login(
        "vtexid login mystore --shopper ana@example.com --store file",
        None,
    );
    scene.run("vtexid status");
    scene.run("vtexid logout --as ana@example.com");
}

fn login_of_a_shopper_with_a_wrong_code(scene: &mut Scene) {
    let line = "vtexid login mystore --shopper ana@example.com --store file";
    scene.shopper_login(line, Some("000000"));
    scene.shopper_login(line, Some("hello"));
    scene.shopper_login(line, Some(""));
}

fn login_of_a_shopper_who_gets_no_mail(scene: &mut Scene) {
    scene.run("vtexid login mystore --shopper ana --store file");
    scene.run("vtexid login --shopper ana@example.com --store file");
    scene
        .env
        .fail("/api/vtexid/pub/authentication/accesskey/send=403");
    scene.run("vtexid login mystore --shopper ana@example.com --store file");
}

fn login_of_a_shopper_where_codes_are_off(scene: &mut Scene) {
    *scene = Scene::with(Options {
        shopper: ShopperOptions {
            access_key: false,
            ..ShopperOptions::default()
        },
        ..Scene::options()
    });
    scene.run("vtexid login mystore --shopper ana@example.com --store file");
}

fn login_of_a_shopper_with_sso(scene: &mut Scene) {
    let good = format!("{PROVIDER_TOKEN}{SHOPPER}");
    scene.know("[PROVIDER-TOKEN]", &good);
    let line = "vtexid login mystore --oauth-provider sandbox-sso --store file <[PROVIDER-TOKEN]";
    scene.run(line);
    scene.run("vtexid login mystore --oauth-provider other --store file <[PROVIDER-TOKEN]");
    scene.run("vtexid login mystore --oauth-provider sandbox-sso --store file <wrong");
    scene.run("vtexid login mystore --oauth-provider sandbox-sso --store file");
    scene.run("vtexid login mystore --oauth-provider sandbox-sso --duration 3h <x");
    scene.run("vtexid login mystore --duration 30m");
}
