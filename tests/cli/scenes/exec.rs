//! Scenes: `exec`.

use super::*;

const PATH: &str = "PATH=/usr/bin:/bin";

scenes! {
    exec
    exec_errors
    exec_with_a_token_that_cannot_be_renewed
}

fn exec(scene: &mut Scene) {
    scene.env.login("mystore");
    scene.know_stored_token("[TOKEN]", "login");
    scene.run(&format!(
        "{PATH} vtexid exec -- printenv VTEX_ACCOUNT VTEX_TOKEN"
    ));
    scene.run(&format!(
        "{PATH} vtexid exec --set STORE=account -- printenv STORE"
    ));
    scene.run(&format!("{PATH} vtexid exec -- false"));
    scene.run(&format!("{PATH} vtexid exec -q -- printenv VTEX_APP_KEY"));
}

fn exec_errors(scene: &mut Scene) {
    scene.run(&format!("{PATH} vtexid exec -- true"));
    scene.env.login("mystore");
    for arguments in [
        "-- no-such-program",
        "-- /etc/passwd",
        "-- /tmp",
        "--as key -- true",
        "--set STORE -- true",
        "--set STORE=nothing -- true",
        "--set 1=token -- true",
        "--set STORE=app-token -- true",
        "--min-validity 48h -- true",
        "true --as",
        "--nosuch -- true",
        "--json -- true",
    ] {
        scene.run(&format!("{PATH} vtexid exec {arguments}"));
    }
    scene.run("vtexid exec");
}

fn exec_with_a_token_that_cannot_be_renewed(scene: &mut Scene) {
    scene.env.login("mystore");
    scene.expire();
    scene.env.fail(&format!("{REFRESH}=500"));
    scene.run(&format!("{PATH} vtexid exec -- true"));
}
