//! Scenes: `inspect`.

use super::*;

/// Seconds left of an app key's token, which lives for 6 hours.
const HOURS_LEFT: i64 = 5 * 3_600 + 30 * 60 + 59;

scenes! {
    inspect
    inspect_expired
    inspect_broken
    inspect_kinds
    inspect_findings
    inspect_headers
    inspect_with_a_key
    inspect_with_a_secret
    inspect_online
    inspect_json
    inspect_claims
    inspect_what_people_paste
    inspect_stored
    inspect_roles
}

fn inspect(scene: &mut Scene) {
    scene.know_minted_token("[TOKEN]", LEFT);
    scene.run("vtexid inspect <[TOKEN]");
    scene.run("vtexid inspect --check=48h <[TOKEN]");
    scene.run("vtexid inspect --check 48h <[TOKEN]");
    scene.run("vtexid inspect --claim nothing <[TOKEN]");
}

fn inspect_expired(scene: &mut Scene) {
    scene.know_minted_token("[EXPIRED-TOKEN]", -DAY);
    scene.run("vtexid inspect <[EXPIRED-TOKEN]");
    scene.run("vtexid inspect --check <[EXPIRED-TOKEN]");
}

fn inspect_broken(scene: &mut Scene) {
    let token = admin("mystore", LEFT);
    let (unsigned, _) = token.rsplit_once('.').unwrap();
    scene.know_secret("[TOKEN-WITHOUT-SIGNATURE]", unsigned);
    scene.know_secret("[CUT-TOKEN]", &format!("{}.sig", &unsigned[..150]));
    scene.know_token("[TOKEN-WITH-A-SHORT-SIGNATURE]", &token);
    scene.run("vtexid inspect <[TOKEN-WITH-A-SHORT-SIGNATURE]");
    scene.run("vtexid inspect <[TOKEN-WITHOUT-SIGNATURE]");
    scene.run("vtexid inspect <[CUT-TOKEN]");
    scene.run("vtexid inspect hello");
    scene.run("vtexid inspect");
}

fn inspect_kinds(scene: &mut Scene) {
    let app_key = json!({
        "sub": "vtexappkey-mystore-SANDBX", "account": "mystore", "audience": "admin",
        "type": "appkey", "iss": "token-emitter", "exp": now() + HOURS_LEFT, "iat": now() + HOURS_LEFT - 21_600
    });
    let unknown = json!({"sub": "someone", "exp": now() + LEFT, "iat": now() - 60});
    for (mark, claims) in [
        ("[APP-KEY-TOKEN]", app_key),
        ("[SHOPPER-TOKEN]", shopper_claims(LEFT)),
        ("[TOKEN-OF-ANOTHER-ISSUER]", unknown),
    ] {
        scene.know_key();
        scene.know_token(mark, &scene.env.sandbox.mint(&claims));
        scene.run(&format!("vtexid inspect <{mark}"));
    }
}

fn inspect_findings(scene: &mut Scene) {
    let with = |name: &str, value: Value| {
        let mut claims = admin_claims("mystore", LEFT);
        claims[name] = value;
        claims
    };
    let mut endless = admin_claims("mystore", LEFT);
    endless.as_object_mut().unwrap().remove("exp");
    let exp = now() + LEFT;
    for (mark, claims) in [
        ("[TOKEN-WITHOUT-EXPIRY]", endless),
        ("[TOKEN-NOT-YET-VALID]", with("nbf", json!(exp - 60))),
        ("[TOKEN-FROM-THE-FUTURE]", with("iat", json!(exp - 60))),
        (
            "[TOKEN-WITH-TEXT-FOR-EXPIRY]",
            with("exp", json!("tomorrow")),
        ),
        ("[TOKEN-WITHOUT-ACCOUNT]", with("account", Value::Null)),
    ] {
        scene.know_token(mark, &token_of(&claims));
        // The time before which it is not valid is one that the test knows as well.
        scene.know_time("[LATER]", exp - 60);
        scene.run(&format!("vtexid inspect <{mark}"));
        scene.run(&format!("vtexid inspect --check <{mark}"));
    }
    // How long that would be is another number each day.
    let claims = with("exp", json!(4_102_444_800_000_i64));
    scene.know_token("[TOKEN-IN-MILLISECONDS]", &token_of(&claims));
    scene.run("vtexid inspect --check <[TOKEN-IN-MILLISECONDS]");
}

fn inspect_headers(scene: &mut Scene) {
    let claims = admin_claims("mystore", LEFT).to_string();
    for (mark, header) in [
        ("[UNSIGNED-TOKEN]", r#"{"alg":"none"}"#),
        ("[HMAC-TOKEN]", r#"{"alg":"HS256"}"#),
        ("[TOKEN-OF-AN-UNKNOWN-ALGORITHM]", r#"{"alg":"XX999"}"#),
        (
            "[TOKEN-WITH-A-NAME-TWICE]",
            r#"{"alg":"ES256","alg":"none"}"#,
        ),
        ("[TOKEN-WITHOUT-ALGORITHM]", "{}"),
    ] {
        scene.know_token(mark, &compact(header, &claims));
        scene.run(&format!("vtexid inspect <{mark}"));
    }
}

fn inspect_with_a_key(scene: &mut Scene) {
    scene.know_minted_token("[TOKEN]", LEFT);
    let root = scene.env.root().to_owned();
    let key = scene.env.sandbox.jwk().to_string();
    for (name, content) in [
        ("key.json", key),
        ("other.pem", es256().pem()),
        ("private.pem", es256().private_pem()),
        ("nothing", String::new()),
        ("hello", "hello".to_owned()),
    ] {
        fs::write(root.join(name), content).unwrap();
        scene.run(&format!("vtexid inspect --key {name} <[TOKEN]"));
    }
    scene.run("vtexid inspect --key missing <[TOKEN]");
    scene.run("vtexid inspect --secret hello <[TOKEN]");
    scene.run("vtexid inspect --key key.json --secret hello <[TOKEN]");
    scene.run("vtexid inspect --check --key key.json <[TOKEN]");
    scene.run("vtexid inspect --check --key other.pem <[TOKEN]");
}

fn inspect_with_a_secret(scene: &mut Scene) {
    let header = json!({"alg": "HS256", "typ": "JWT"});
    let token = hmac_token(
        b"a-secret-of-this-test",
        &header,
        &admin_claims("mystore", LEFT),
    );
    scene.know_token("[TOKEN]", &token);
    fs::write(scene.env.root().join("secret"), "a-secret-of-this-test").unwrap();
    fs::write(scene.env.root().join("newline"), "a-secret-of-this-test\n").unwrap();
    for name in ["secret", "newline", "missing"] {
        scene.run(&format!("vtexid inspect --secret {name} <[TOKEN]"));
    }
}

fn inspect_online(scene: &mut Scene) {
    scene.know_minted_token("[TOKEN]", LEFT);
    scene.run("vtexid inspect --online <[TOKEN]");
    scene.run("vtexid inspect --check --online <[TOKEN]");
    scene.know_token("[FORGED-TOKEN]", &admin("mystore", LEFT));
    scene.run("vtexid inspect --online <[FORGED-TOKEN]");
    scene.env.fail("/api/vtexid=500");
    scene.run("vtexid inspect --online <[TOKEN]");
}

fn inspect_json(scene: &mut Scene) {
    scene.know_minted_token("[TOKEN]", LEFT);
    scene.know_token("[EXPIRED-TOKEN]", &admin("mystore", -DAY));
    scene.run("vtexid inspect --json <[TOKEN]");
    scene.run("vtexid inspect --json <[EXPIRED-TOKEN]");
    scene.run("vtexid inspect --json <hello");
}

fn inspect_claims(scene: &mut Scene) {
    scene.know_minted_token("[TOKEN]", LEFT);
    for name in ["sub", "account", "exp", "userid", "acount"] {
        scene.run(&format!("vtexid inspect --claim {name} <[TOKEN]"));
    }
    scene.run("vtexid inspect --claim sub --json <[TOKEN]");
    scene.run("vtexid inspect --claim sub --check <[TOKEN]");
}

fn inspect_what_people_paste(scene: &mut Scene) {
    scene.know_minted_token("[TOKEN]", LEFT);
    scene.know_token("[OTHER-TOKEN]", &admin("otherstore", LEFT));
    for input in [
        "Authorization: Bearer [TOKEN]",
        "VtexIdclientAutCookie=[TOKEN]; other=1",
        r#"{"token":"[TOKEN]"}"#,
        "[TOKEN] [OTHER-TOKEN]",
        "vtexappkey-mystore-SANDBX",
        "https://mystore.myvtex.com/admin",
    ] {
        scene.run(&format!("vtexid inspect --claim account <{input}"));
    }
}

fn inspect_stored(scene: &mut Scene) {
    scene.run("vtexid inspect --stored");
    scene.run("vtexid inspect --as key");
    scene.env.login("mystore");
    scene.know_stored_token("[TOKEN]", "login");
    scene.know_key();
    let user = claims(
        scene.env.stored("mystore", "login")["token"]
            .as_str()
            .unwrap(),
    );
    for (name, value) in user.as_object().unwrap() {
        if let Some(text) = value.as_str().filter(|text| text.len() > 30) {
            scene.know(&format!("[{}]", name.to_uppercase()), text);
        }
    }
    scene.run("vtexid inspect --stored");
    scene.run("vtexid inspect --stored --check=48h");
    scene.run("vtexid inspect --stored hello");
}

fn inspect_roles(scene: &mut Scene) {
    scene.know_minted_token("[TOKEN]", LEFT);
    scene.run("vtexid inspect --roles <[TOKEN]");
    scene.env.fail("/api/license-manager=403");
    scene.run("vtexid inspect --roles <[TOKEN]");
}
