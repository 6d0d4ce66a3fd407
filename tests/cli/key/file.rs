//! The file that a key comes from.

use super::*;

#[test]
fn a_private_key_is_refused() {
    let env = TestEnv::new();
    for signer in signers() {
        let token = signer.token(&json!({"alg": signer.algorithms[0]}), &admin());
        let pem = signer.private_pem();
        let jwk = jwk(&signer, &json!({"d": "c3dvcmRmaXNo"}));
        for (key, hint) in [
            (pem.clone(), "openssl pkey"),
            (signer.pem() + &pem, "openssl pkey"),
            (pem.replace("PRIVATE", "RSA PRIVATE"), "openssl pkey"),
            (pem.replace("PRIVATE", "ENCRYPTED PRIVATE"), "openssl pkey"),
            (jwk.to_string(), "remove d"),
            (json!({"keys": [signer.jwk(), jwk]}).to_string(), "remove d"),
        ] {
            let words = no_key(&env, key, &token);
            assert!(words.contains("private key"), "{words}");
            assert!(words.contains(hint), "{words}");
            assert!(!words.contains("c3dvcmRmaXNo"), "{words}");
        }
    }
}

#[test]
fn the_file_is_named_and_bounded() {
    let env = TestEnv::new();
    let token = hmac_token(b"swordfish", &json!({"alg": "HS256"}), &admin());
    for (flag, what) in [("--key", "key"), ("--secret", "secret")] {
        let file = |path: &str| env.vtexid(["inspect", flag, path, &token]).run();
        for path in ["no-such-file", "home"] {
            let says = format!("could not read the {what} in");
            file(path)
                .code(1)
                .stdout("")
                .stderr(contains(says).and(contains(path)));
        }
        fs::write(env.home().join("large"), vec![b'x'; (1 << 20) + 1]).unwrap();
        file("home/large")
            .code(1)
            .stdout("")
            .stderr(contains("home/large"));
        env.vtexid(["inspect", flag]).run().code(2).stdout("");
    }
    fs::write(env.home().join("full"), vec![b'x'; 1 << 20]).unwrap();
    let full = env.vtexid(["inspect", "--secret", "home/full", &token]);
    full.run().code(3);
    let both = ["inspect", "--secret", "home/full", "--key", "home/full"];
    env.vtexid(both).run().code(2).stdout("");
}

#[cfg(unix)]
#[test]
fn a_pipe_is_read_and_a_device_is_not() {
    let env = TestEnv::new();
    let token = hmac_token(b"swordfish", &json!({"alg": "HS256"}), &admin());
    let arguments = |path: &str| env.vtexid(["inspect", "--secret", path, &token]);
    let piped = arguments("/dev/stdin").stdin("swordfish\n").run();
    piped.success().stdout(contains("valid, HS256"));
    let large = arguments("/dev/stdin").stdin(vec![b'x'; 2 << 20]).run();
    large.code(1).stdout("");
    for device in ["/dev/zero", "/dev/null"] {
        let words = stderr(&arguments(device).run().code(1).stdout(""));
        let says = format!("in {device}: it is neither a file nor a pipe");
        assert!(words.contains(&says), "{words}");
    }
}

#[cfg(unix)]
#[test]
fn a_pipe_has_a_time_limit() {
    use std::io::Write as _;
    let env = TestEnv::new();
    let signer = es256();
    let token = signer.token(&json!({"alg": "ES256"}), &admin());
    let fifo = |name: &str| {
        let path = env.home().join(name);
        let made = std::process::Command::new("mkfifo").arg(&path).status();
        assert!(made.unwrap().success());
        path
    };
    // Whoever opens it is kept until there is a reader, and the other way round.
    let path = fifo("written");
    let tool = env.vtexid(["inspect", "--key", "home/written", &token]);
    let tool = tool.start();
    let mut writer = fs::OpenOptions::new().write(true).open(path).unwrap();
    for piece in signer.pem().as_bytes().chunks(50) {
        writer.write_all(piece).unwrap();
    }
    drop(writer);
    tool.finish().success().stdout(contains("valid, ES256"));

    fifo("silent");
    let open = fifo("open");
    let started = [
        ("--key", "silent"),
        ("--secret", "silent"),
        ("--key", "open"),
    ]
    .map(|(flag, name)| {
        let path = format!("home/{name}");
        env.vtexid(["inspect", flag, &path, &token]).start()
    });
    let _writer = fs::OpenOptions::new().write(true).open(open).unwrap();
    for tool in started {
        tool.finish().code(1).stdout("").stderr(contains(format!(
            "timed out after {}",
            crate::env::limit("10s", "3s")
        )));
    }
}
