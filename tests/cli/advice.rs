//! What an API's refusal leads to: advice about the credential that was sent

use serde_json::json;

use crate::{
    env::{TestEnv, stderr},
    sandbox::{Failure, How, app_key, app_token},
};

const BRANDS: &str = "/api/catalog_system/pvt/brand/list";
const ANA: &str = "ana@example.com";

fn save_shopper(env: &TestEnv, account: &str) {
    let claims = json!({"sub": ANA, "account": account, "audience": "webstore", "exp": crate::env::now() + 3600});
    env.vtexid(["login", account, "--with-token", "--store", "file"])
        .stdin(env.sandbox.mint(&claims))
        .run()
        .success();
}

#[test]
fn a_shopper_is_sent_to_an_admin_users_credential() {
    let env = TestEnv::new();
    save_shopper(&env, "mystore");
    for status in ["401", "403"] {
        env.sandbox.clear_failures();
        env.fail(&format!("{BRANDS}={status}*9"));
        let done = env.vtexid(["api", BRANDS, "-a", "mystore", "--as", ANA]);
        let words = stderr(&done.run());
        let hint = format!(
            "hint: this API needs an admin user or an app key, and {ANA} is a shopper: run it with `--as user` or `--as key`"
        );
        assert!(words.contains(&hint), "{words}");
    }
    // A public path may take a shopper's token.
    let public = "/api/sessions/pub/x";
    env.fail(&format!("{public}=401*9"));
    let done = env.vtexid([
        "api",
        public,
        "--host",
        "mystore.vtexcommercestable.com.br",
        "-a",
        "mystore",
        "--as",
        ANA,
    ]);
    let words = stderr(&done.run());
    assert!(!words.contains("is a shopper"), "{words}");
}

#[test]
fn the_hint_after_a_401_repeats_the_account_and_the_credential() {
    let env = TestEnv::new();
    env.login("mystore");
    env.login("third");
    env.fail(&format!("{BRANDS}=401*9"));
    for (flags, repeated) in [
        (&[][..], ""),
        (&["-a", "mystore"], " -a mystore"),
        (&["--as", "user", "-a", "third"], " -a third --as user"),
    ] {
        let words = stderr(
            &env.vtexid(["api", BRANDS].iter().chain(flags))
                .run()
                .code(3),
        );
        let hint = format!("`vtexid inspect --online --roles{repeated}` shows which");
        assert!(words.contains(&hint), "{words}");
    }
}

#[test]
fn a_rejected_app_key_is_not_sent_to_the_login_of_a_user() {
    let env = TestEnv::new();
    env.vtexid(["apptoken", "--save", "--store", "file", "-q"])
        .env("VTEX_APP_KEY", app_key("mystore"))
        .env("VTEX_APP_TOKEN", app_token())
        .run()
        .success();
    env.sandbox.fail(Failure {
        path: "/api/vtexid/credential/validate".to_owned(),
        how: How::Body(401, json!({"authStatus": "WrongCredentials"}).to_string()),
        times: u32::MAX,
    });
    let done = env
        .vtexid(["inspect", "--online", "--as", "key"])
        .run()
        .code(3);
    let words = stderr(&done);
    assert!(
        words.contains("hint: run `vtexid local token -a mystore --as key --refresh`"),
        "{words}"
    );
}
