//! `vtexid api`: the credential, the body, the answer, and what is sent twice

use std::fs;

use serde_json::{Value, json};

use crate::{
    env::{TestEnv, Tool, claims, now, stderr, stdout},
    receiver::{self, Receiver},
    sandbox::{self, Failure, How},
};

const BRANDS: &str = "/api/catalog_system/pvt/brand/list";
const TOKEN: &str = "VtexIdclientAutCookie";

fn api(env: &TestEnv, arguments: &[&str]) -> Tool {
    env.vtexid(["api"].iter().chain(arguments))
}

fn pair(tool: Tool) -> Tool {
    tool.env("VTEX_APP_KEY", sandbox::app_key("mystore"))
        .env("VTEX_APP_TOKEN", sandbox::app_token())
}

/// Makes the stored token one that was issued an hour ago.
fn age(env: &TestEnv) -> String {
    let path = env.file("mystore.login");
    let mut item: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    let mut old = claims(item["token"].as_str().unwrap());
    old["iat"] = json!(now() - 3600);
    let token = env.sandbox.mint(&old);
    item["token"] = json!(token);
    fs::write(path, item.to_string()).unwrap();
    token
}

#[test]
fn an_answer_is_printed_as_it_came() {
    let env = TestEnv::new();
    env.login("mystore");
    let done = api(&env, &[BRANDS]).run().success();
    assert!(stdout(&done).starts_with("[{\"id\":2000000,\"name\":\"Acme\""));
    assert!(!stderr(&done).contains("eyJ"));
    let request = env.requests_to(BRANDS).pop().unwrap();
    assert_eq!(request.header(TOKEN), Some(&*env.token("mystore")));
    assert_eq!(
        request.header("Accept"),
        Some("application/json, */*;q=0.5")
    );
    assert_eq!(request.header("Content-Type"), None);
    assert!(request.header("User-Agent").unwrap().starts_with("vtexid/"));
}

#[test]
fn an_app_key_is_sent_itself_or_as_a_token_where_only_that_is_taken() {
    let env = TestEnv::new();
    pair(api(&env, &[BRANDS])).run().success();
    let request = env.requests_to(BRANDS).pop().unwrap();
    assert_eq!(
        request.header("X-VTEX-API-AppToken"),
        Some(&*sandbox::app_token())
    );
    assert_eq!(request.header(TOKEN), None);
    assert_eq!(env.sandbox.requests().len(), 1);
    pair(api(&env, &["/api/budgets"])).run().success();
    assert_eq!(env.requests_to("/api/vtexid/apptoken/login").len(), 1);
    // A user goes before it, unless the key is asked for.
    env.login("mystore");
    for (credential, is_token) in [(None, true), (Some("user"), true), (Some("key"), false)] {
        let mut line = vec![BRANDS];
        line.extend(credential.iter().flat_map(|name| ["--as", name]));
        pair(api(&env, &line)).run().success();
        let request = env.requests_to(BRANDS).pop().unwrap();
        assert_eq!(request.header(TOKEN).is_some(), is_token, "{credential:?}");
        assert_eq!(request.header("X-VTEX-API-AppKey").is_some(), !is_token);
    }
}

#[test]
fn a_saved_app_key_is_sent_itself() {
    let env = TestEnv::new();
    let save = ["apptoken", "--save", "--store", "file", "-q"];
    pair(env.vtexid(save)).run().success();
    api(&env, &[BRANDS]).run().success();
    let request = env.requests_to(BRANDS).pop().unwrap();
    let key = sandbox::app_key("mystore");
    assert_eq!(request.header("X-VTEX-API-AppKey"), Some(&*key));
}

#[test]
fn where_nobody_is_logged_in_nothing_is_sent() {
    let env = TestEnv::new();
    for (line, code) in [
        (&[BRANDS][..], 4),
        (&[BRANDS, "-a", "mystore"], 4),
        (&[BRANDS, "-a", "mystore", "--as", "key"], 4),
        (&[BRANDS, "-a", "mystore", "--as", "dev@example.com"], 4),
        (&[BRANDS, "-a", "mystore", "--as", "nobody"], 2),
        (&["-X", "POST", BRANDS, "-a", "mystore", "-d", "{}"], 4),
    ] {
        api(&env, line).run().code(code).stdout("");
    }
    assert_eq!(env.sandbox.requests().len(), 0);
    let done = api(&env, &[BRANDS, "-a", "mystore", "--as", "none"])
        .run()
        .code(3);
    assert!(stderr(&done).contains("leave out `--as none`"));
}

#[test]
fn a_body_is_a_text_a_file_or_stdin() {
    let env = TestEnv::new();
    fs::write(env.root().join("body"), "from a file\n").unwrap();
    let graphql = "/_v/private/graphql/v1";
    for (data, input, sent) in [
        ("{\"query\": \"x\"}", "", "{\"query\": \"x\"}"),
        ("-1", "", "-1"),
        ("", "", ""),
        ("@body", "", "from a file\n"),
        ("@-", "from stdin\n", "from stdin\n"),
    ] {
        let tool = pair(api(&env, &[graphql, "-d", data])).stdin(input);
        tool.run().success();
        let request = env.requests_to(graphql).pop().unwrap();
        assert_eq!((&*request.method, &*request.body), ("POST", sent), "{data}");
        assert_eq!(request.header("Content-Type"), Some("application/json"));
        let length = sent.len().to_string();
        assert_eq!(request.header("Content-Length"), Some(&*length), "{data}");
    }
    let line = [
        "/pricing/prices/1",
        "-X",
        "put",
        "-d",
        "a",
        "-H",
        "content-type: text/csv",
    ];
    pair(api(&env, &line)).run().success();
    let request = env.sandbox.requests().pop().unwrap();
    assert_eq!(request.method, "PUT");
    assert_eq!(request.header("Content-Type"), Some("text/csv"));
    let kinds = request
        .headers
        .iter()
        .filter(|(name, _)| name.eq_ignore_ascii_case("content-type"));
    assert_eq!(kinds.count(), 1);
}

#[test]
fn invalid_requests_fail_before_they_are_sent() {
    let env = TestEnv::new();
    fs::create_dir(env.root().join("folder")).unwrap();
    for (line, code) in [
        (&[BRANDS, "-d", "@missing"][..], 1),
        (&[BRANDS, "-d", "@folder"], 1),
        (&[BRANDS, "-o", "missing/x"], 1),
        (&[BRANDS, "-o", "folder"], 1),
        (&[BRANDS, "-d", "@"], 2),
        (&[BRANDS, "-X", "TRACE"], 2),
        (&[BRANDS, "-X", "G T"], 2),
        (&[BRANDS, "--get", "-d", "x"], 2),
        (&[BRANDS, "--get", "-X", "GET"], 2),
        (&[BRANDS, "--get", "--print-curl"], 2),
        (&[BRANDS, "--get", "-o", "file"], 2),
        (&[BRANDS, "--get", "--as", "none"], 2),
        (&["https://example.com/", "--get", "--as", "none"], 2),
        (
            &[BRANDS, "--get", "-H", "X-HTTP-Method-Override: DELETE"],
            2,
        ),
        (&[BRANDS, "--get", "-H", "x_http_method_override: PUT"], 2),
        (&[BRANDS, "--get", "-H", "X-Method: DELETE"], 2),
        (&[BRANDS, "--paginate", "-d", "x"], 2),
        (&[BRANDS, "--paginate", "-X", "POST"], 2),
        (&[BRANDS, "--json"], 2),
        (&[], 2),
    ] {
        let done = pair(api(&env, line)).run();
        assert!(stderr(&done).contains("error: "), "{line:?}");
        done.code(code).stdout("");
    }
    assert_eq!(env.sandbox.requests().len(), 0);
    assert!(
        !env.files()
            .iter()
            .any(|path| path.to_string_lossy().contains(".vtexid-"))
    );
}

#[test]
fn git_bashs_rewritten_path_is_explained() {
    let env = TestEnv::new();
    for path in ["C:/Program Files/Git/api/oms", "c:\\git\\api\\oms"] {
        let done = pair(api(&env, &[path])).run().code(2);
        assert!(stderr(&done).contains("Git Bash"), "{}", stderr(&done));
    }
}

#[test]
fn an_error_leaves_stdout_empty_and_its_body_on_stderr() {
    let env = TestEnv::new();
    for (status, code) in [
        (400, 1),
        (401, 3),
        (403, 1),
        (404, 1),
        (409, 1),
        (304, 1),
        (500, 6),
        (502, 6),
    ] {
        env.sandbox.clear_failures();
        let body = "{\n  \"Message\": \"no \\u0001\u{202e}\" }".to_owned();
        env.sandbox.fail(Failure {
            path: BRANDS.to_owned(),
            how: How::Body(status, body.clone()),
            times: u32::MAX,
        });
        let before = env.sandbox.requests().len();
        let done = pair(api(&env, &[BRANDS])).run().code(code).stdout("");
        assert_eq!(env.sandbox.requests().len(), before + 1, "{status}");
        let words = stderr(&done);
        assert!(
            words.contains(&format!("GET {BRANDS}: mystore.localhost:")),
            "{words}"
        );
        assert!(words.contains(&format!("answered {status}")), "{words}");
        if status == 304 {
            continue;
        }
        assert!(words.contains("Message\":\"no"), "{words}");
        assert!(!words.contains('\u{202e}'), "{words}");
        let done = pair(api(&env, &[BRANDS, "--fail-body"])).run().code(code);
        assert_eq!(stdout(&done), body);
        assert!(!stderr(&done).contains("Message"), "{}", stderr(&done));
    }
}

#[test]
fn a_long_error_is_cut_and_shows_no_credential() {
    let env = TestEnv::new();
    let body = format!("{} {}", sandbox::app_token(), "x".repeat(50_000));
    env.sandbox.fail(Failure {
        path: BRANDS.to_owned(),
        how: How::Body(404, body.clone()),
        times: u32::MAX,
    });
    let done = pair(api(&env, &[BRANDS])).run().code(1).stdout("");
    assert!(stderr(&done).len() < 6000);
    assert!(!stderr(&done).contains(&sandbox::app_token()));
    let done = pair(api(&env, &[BRANDS, "--fail-body", "-o", "error"]))
        .run()
        .code(1);
    assert_eq!(stdout(&done), "");
    assert_eq!(fs::read_to_string(env.root().join("error")).unwrap(), body);
}

#[test]
fn a_refusal_names_the_credential_that_is_documented() {
    let env = TestEnv::new();
    env.login("mystore");
    let done = api(&env, &["/api/sent-offers/feeds"]).run().code(1);
    assert!(stderr(&done).contains("--as key"), "{}", stderr(&done));
    env.fail("/api/budgets=403");
    let done = pair(api(&env, &["/api/budgets", "--as", "key"]))
        .run()
        .code(1);
    assert!(stderr(&done).contains("--as user"), "{}", stderr(&done));
}

#[test]
fn after_a_401_an_old_token_is_renewed_once() {
    let env = TestEnv::new();
    env.login("mystore");
    let old = age(&env);
    env.fail(&format!("{BRANDS}=401*1"));
    let done = api(&env, &[BRANDS]).run().success();
    assert!(stdout(&done).contains("Acme"));
    let sent: Vec<_> = env.requests_to(BRANDS);
    assert_eq!(sent.len(), 2);
    assert_eq!(sent[0].header(TOKEN), Some(&*old));
    assert_eq!(sent[1].header(TOKEN), Some(&*env.token("mystore")));
    // The new one is young: it is not renewed for another 401.
    env.fail(&format!("{BRANDS}=401"));
    let done = api(&env, &[BRANDS]).run().code(3).stdout("");
    assert!(stderr(&done).contains("401"));
    assert_eq!(env.requests_to(BRANDS).len(), 3);
    assert_eq!(env.requests_to("/api/vtexid/refreshtoken/admin").len(), 1);
}

#[test]
fn after_a_401_a_body_is_sent_again_only_where_it_can_be_read_again() {
    let env = TestEnv::new();
    env.login("mystore");
    fs::write(env.root().join("body"), "{}").unwrap();
    let path = "/api/dataentities/CL/documents";
    for (data, times) in [("{}", 2), ("@body", 2), ("@-", 1)] {
        age(&env);
        env.sandbox.clear_failures();
        env.fail(&format!("{path}=401*1"));
        let before = env.requests_to(path).len();
        let done = api(&env, &[path, "-d", data]).stdin("{}").run();
        let code = if times == 2 { 0 } else { 3 };
        done.code(code);
        let sent = env.requests_to(path).split_off(before);
        assert_eq!(sent.len(), times, "{data}");
        assert!(sent.iter().all(|request| request.body == "{}"));
    }
}

#[test]
fn a_401_is_reported_if_the_renewal_is_refused() {
    let env = TestEnv::new();
    env.login("mystore");
    age(&env);
    env.fail(&format!("{BRANDS}=401"));
    env.sandbox.fail(Failure {
        path: "/api/vtexid/refreshtoken/admin".to_owned(),
        how: How::Body(200, json!({"status": "InvalidSession"}).to_string()),
        times: u32::MAX,
    });
    let done = api(&env, &[BRANDS, "--fail-body"]).run().code(3).stdout("");
    assert!(stderr(&done).contains("answered 401"), "{}", stderr(&done));
    assert_eq!(env.requests_to(BRANDS).len(), 1);
}

#[test]
fn only_get_and_head_are_repeated() {
    let env = TestEnv::new();
    for failure in ["busy:1*2", "503*2", "drop*2"] {
        env.sandbox.clear_failures();
        env.fail(&format!("{BRANDS}={failure}"));
        let before = env.requests_to(BRANDS).len();
        let done = pair(api(&env, &[BRANDS])).run().success();
        assert_eq!(env.requests_to(BRANDS).len(), before + 3, "{failure}");
        assert!(
            stderr(&done).contains("trying again in "),
            "{}",
            stderr(&done)
        );
        let quiet = pair(api(&env, &[BRANDS, "-q"])).run().success();
        assert!(!stderr(&quiet).contains("again"));
    }
    env.sandbox.clear_failures();
    let path = "/pricing/prices/1";
    let sent = || env.sandbox.requests().len();
    for failure in ["busy:1", "503", "drop"] {
        env.sandbox.clear_failures();
        env.fail(&format!("/mystore{path}={failure}"));
        for line in [
            &[path, "-X", "PUT"][..],
            &[path, "-d", "x"],
            &[path, "-X", "GET", "-d", "x"],
        ] {
            let before = sent();
            pair(api(&env, line)).run().code(6).stdout("");
            assert_eq!(sent(), before + 1, "{failure} {line:?}");
        }
    }
}

#[test]
fn a_server_that_stays_busy_is_given_up() {
    let env = TestEnv::new();
    env.fail(&format!("{BRANDS}=busy:0"));
    pair(api(&env, &[BRANDS])).run().code(6).stdout("");
    assert_eq!(env.requests_to(BRANDS).len(), 4);
    // A long wait is not begun.
    env.sandbox.clear_failures();
    env.fail(&format!("{BRANDS}=busy:3600"));
    let done = pair(api(&env, &[BRANDS])).run().code(6).stdout("");
    assert!(
        stderr(&done).contains("try again in 1h"),
        "{}",
        stderr(&done)
    );
    assert_eq!(env.requests_to(BRANDS).len(), 5);
}

#[test]
fn the_head_is_printed_without_tokens() {
    let env = TestEnv::new();
    env.sandbox.fail(Failure {
        path: BRANDS.to_owned(),
        how: How::Cookie("VtexIdclientAutCookie=SECRET; Path=/".to_owned()),
        times: u32::MAX,
    });
    let done = pair(api(&env, &[BRANDS, "-i"])).run().success();
    let text = stdout(&done);
    assert!(text.starts_with("HTTP/1.1 200 OK\n"), "{text}");
    assert!(
        text.contains("\nset-cookie: VtexIdclientAutCookie=(not shown)\n"),
        "{text}"
    );
    assert!(text.ends_with("\n\n{\"status\":\"Success\"}"), "{text}");
    assert!(!text.contains("SECRET"));
    let head = pair(api(&env, &[BRANDS, "-X", "HEAD", "-i"]))
        .run()
        .success();
    assert!(stdout(&head).ends_with("\n\n"));
}

#[test]
fn a_file_is_replaced_only_by_a_whole_answer() {
    let env = TestEnv::new();
    let path = env.root().join("brands.json");
    fs::write(&path, "old").unwrap();
    let line = [BRANDS, "-o", "brands.json"];
    env.fail(&format!("{BRANDS}=404*1"));
    pair(api(&env, &line)).run().code(1).stdout("");
    assert_eq!(fs::read_to_string(&path).unwrap(), "old");
    let server = Receiver::start(|_, _, stream| {
        use std::io::Write as _;
        stream
            .write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")
            .unwrap();
    });
    let done = pair(api(&env, &line))
        .env("VTEXID_URL", server.url())
        .run()
        .code(6);
    assert!(
        stderr(&done).contains("incomplete answer"),
        "{}",
        stderr(&done)
    );
    assert_eq!(fs::read_to_string(&path).unwrap(), "old");
    pair(api(&env, &line)).run().success().stdout("");
    assert!(fs::read_to_string(&path).unwrap().contains("Acme"));
    assert!(
        !env.files()
            .iter()
            .any(|path| path.to_string_lossy().contains(".vtexid-"))
    );
}

#[cfg(unix)]
#[test]
fn a_file_keeps_its_mode_and_a_link_stays_a_link() {
    use std::os::unix::fs::{PermissionsExt as _, symlink};
    let env = TestEnv::new();
    let real = env.root().join("real.json");
    fs::write(&real, "").unwrap();
    fs::set_permissions(&real, fs::Permissions::from_mode(0o640)).unwrap();
    symlink("real.json", env.root().join("link.json")).unwrap();
    pair(api(&env, &[BRANDS, "-o", "link.json"]))
        .run()
        .success();
    assert!(
        fs::symlink_metadata(env.root().join("link.json"))
            .unwrap()
            .is_symlink()
    );
    assert!(fs::read_to_string(&real).unwrap().contains("Acme"));
    assert_eq!(
        fs::metadata(&real).unwrap().permissions().mode() & 0o777,
        0o640
    );
    pair(api(&env, &[BRANDS, "-o", "/dev/null"]))
        .run()
        .success();
    let put = ["/pricing/prices/1", "-X", "PUT", "-d", "@/dev/null"];
    pair(api(&env, &put)).run().success();
    let request = env.sandbox.requests().pop().unwrap();
    assert_eq!(request.header("Content-Length"), Some("0"));
    pair(api(&env, &[BRANDS, "-o", "new.json"])).run().success();
    let mode = fs::metadata(env.root().join("new.json"))
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(mode & 0o600, 0o600);
}

#[test]
fn curl_is_given_everything_but_the_credential() {
    let env = TestEnv::new();
    env.login("mystore");
    let token = env.token("mystore");
    let line = [
        "-X",
        "PUT",
        "/pricing/prices/1",
        "-d",
        "@p.json",
        "-H",
        "X-A: it's",
        "--print-curl",
    ];
    let done = pair(api(&env, &line))
        .env("VTEX_TOKEN", &token)
        .run()
        .success();
    let port = env.sandbox.port();
    let expected = format!(
        "curl -X PUT http://mystore.localhost:{port}/mystore/pricing/prices/1 \\
  -H 'X-A: it'\\''s' \\
  -H 'Accept: application/json, */*;q=0.5' \\
  -H 'Content-Type: application/json' \\
  --data-binary @p.json
# add the credential: vtexid local token -a mystore --format curl | curl -K - ...
"
    );
    assert_eq!(stdout(&done), expected);
    for data in [
        token.clone(),
        sandbox::app_token(),
        "{\"password\": \"hunter2\"}".to_owned(),
    ] {
        let done = pair(api(&env, &["/api/x", "-d", &data, "--print-curl"]))
            .run()
            .success();
        assert!(!stdout(&done).contains(&data), "{}", stdout(&done));
    }
    assert_eq!(env.requests_to("/mystore/pricing/prices/1").len(), 0);
}

#[test]
fn requests_are_shown_without_query_or_secret() {
    let env = TestEnv::new();
    let line = ["/api/oms/pvt/orders?q=SECRET", "-v"];
    let done = pair(api(&env, &line)).run().success();
    let words = stderr(&done);
    assert!(words.contains("GET mystore.localhost:") && words.contains("/api/oms/pvt/orders: 200"));
    assert!(
        !words.contains("SECRET") && !words.contains("SANDBOX"),
        "{words}"
    );
}

#[cfg(unix)]
#[test]
fn closing_the_pipe_after_one_line_ends_it_quietly() {
    let env = TestEnv::new();
    let vtexid = env!("CARGO_BIN_EXE_vtexid");
    let script = format!(
        "set -o pipefail; {vtexid} api '{}' --paginate | head -1",
        "/api/catalog_system/pvt/sku/stockkeepingunitids?page=1&pagesize=100"
    );
    let done = pair(env.program("bash", ["-c", &script])).run().success();
    assert_eq!(stdout(&done), "1\n");
    let pages = env.sandbox.requests().len();
    assert!(pages < 20, "{pages}");
}

#[test]
fn an_answer_that_is_no_answer_is_a_network_failure() {
    let env = TestEnv::new();
    let server = Receiver::start(|_, number, stream| {
        if number > 1 {
            receiver::answer(stream, "200 OK", b"{}");
        }
    });
    let tool = || pair(api(&env, &["/api/oms/x", "-d", "{}"])).env("VTEXID_URL", server.url());
    tool().run().code(6).stdout("");
    tool().run().success().stdout("{}");
}

#[test]
fn a_shoppers_token_travels_as_a_cookie_beside_others() {
    let env = TestEnv::new();
    let token = env.sandbox.mint(&json!({
        "sub": "ana@example.com", "account": "mystore", "audience": "webstore", "type": "user",
        "userId": "2", "exp": now() + 3600, "iat": now(),
    }));
    api(&env, &[BRANDS, "-H", "Cookie: a=b", "-H", "Cookie: c=d"])
        .env("VTEX_TOKEN", &token)
        .run();
    let request = env.requests_to(BRANDS).pop().unwrap();
    let cookies = format!("a=b; c=d; {TOKEN}_mystore={token}");
    assert_eq!(request.header("Cookie"), Some(&*cookies));
    assert_eq!(request.header(TOKEN), None);
}

#[test]
fn only_the_answer_that_counts_has_its_head_printed() {
    let env = TestEnv::new();
    env.login("mystore");
    age(&env);
    env.fail(&format!("{BRANDS}=401*1"));
    let done = api(&env, &[BRANDS, "-i", "--fail-body"]).run().success();
    assert_eq!(stdout(&done).matches("HTTP/1.1").count(), 1);
    assert!(stdout(&done).starts_with("HTTP/1.1 200 OK\n"));
    let done = api(&env, &["/api/nothing", "-i"]).run().code(1).stdout("");
    assert!(stderr(&done).contains("\nHTTP/1.1 404 Not Found\n"));
    let done = api(&env, &["/api/nothing", "-i", "--fail-body"])
        .run()
        .code(1);
    assert!(stdout(&done).starts_with("HTTP/1.1 404 Not Found\n"));
    assert!(stdout(&done).ends_with("\n\nno such page\n"));
}
