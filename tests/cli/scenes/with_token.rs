//! Scenes: logging in with a token that is there already.

use super::*;

scenes! {
    login_with_vtex_token
    login_with_an_expired_token
    login_with_a_token
    login_with_a_token_that_is_refused
    login_with_a_token_that_is_not_checked
    login_with_what_is_no_token
    login_with_an_app_keys_token
}

fn login_with_vtex_token(scene: &mut Scene) {
    scene.know_token("[TOKEN]", &admin("mystore", LEFT));
    scene.run("VTEX_TOKEN=[TOKEN] vtexid login mystore");
}

fn login_with_an_expired_token(scene: &mut Scene) {
    scene.know_token("[EXPIRED-TOKEN]", &admin("mystore", -DAY));
    scene.run("vtexid login mystore --with-token --store file <[EXPIRED-TOKEN]");
}

fn login_with_a_token(scene: &mut Scene) {
    scene.know_minted_token("[TOKEN]", LEFT);
    scene.run("vtexid login --with-token --store file <[TOKEN]");
    scene.run("vtexid login mystore --with-token --store file --json <[TOKEN]");
    scene.run("vtexid status");
    scene.run("vtexid login otherstore --with-token --store file <[TOKEN]");
}

fn login_with_a_token_that_is_refused(scene: &mut Scene) {
    scene.know_token("[FORGED-TOKEN]", &admin("mystore", LEFT));
    scene.run("vtexid login mystore --with-token --store file <[FORGED-TOKEN]");
    scene.run("vtexid status");
}

fn login_with_a_token_that_is_not_checked(scene: &mut Scene) {
    scene.know_minted_token("[TOKEN]", LEFT);
    scene.env.fail("/api/vtexid/credential/validate=500");
    scene.run("vtexid login mystore --with-token --store file <[TOKEN]");
}

fn login_with_what_is_no_token(scene: &mut Scene) {
    for input in ["hello", "Bearer", "a.b.c"] {
        scene.run(&format!(
            "vtexid login mystore --with-token --store file <{input}"
        ));
    }
    scene.run("vtexid login mystore --with-token --store file");
    scene.run("vtexid login mystore --with-token --no-browser");
}

fn login_with_an_app_keys_token(scene: &mut Scene) {
    let claims = json!({
        "sub": "vtexappkey-mystore-SANDBX", "account": "mystore", "audience": "admin",
        "type": "appkey", "exp": now() + LEFT, "iat": now()
    });
    scene.know_token("[TOKEN]", &scene.env.sandbox.mint(&claims));
    scene.run("vtexid login mystore --with-token --store file <[TOKEN]");
    scene.run("vtexid status");
}
