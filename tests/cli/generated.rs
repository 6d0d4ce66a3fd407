//! The committed man pages

use std::{
    collections::BTreeMap,
    fs,
    io::Write as _,
    net::TcpListener,
    path::{Path, PathBuf},
};

use crate::{
    env::{EMAIL, TestEnv, files, sign_in},
    sandbox,
};

#[test]
fn the_committed_man_pages_are_up_to_date() {
    let env = TestEnv::new();
    let made = env.home().join("generated");
    env.vtexid(["generate", made.to_str().unwrap()])
        .run()
        .success()
        .stdout("");
    let repository = Path::new(env!("CARGO_MANIFEST_DIR"));
    let made = contents(&made.join("man"));
    let committed = contents(&repository.join("man"));
    assert!(!made.is_empty());
    assert_eq!(
        made.keys().collect::<Vec<_>>(),
        committed.keys().collect::<Vec<_>>(),
        "man/ is stale: run vtexid generate ."
    );
    for (name, text) in &made {
        assert!(committed[name] == *text, "man/{} is stale", name.display());
    }
}

/// The examples of all man pages.
fn examples() -> Vec<String> {
    let mut examples = Vec::new();
    let man = Path::new(env!("CARGO_MANIFEST_DIR")).join("man");
    for page in contents(&man).into_values() {
        let page = String::from_utf8(page).unwrap();
        let Some((_, section)) = page.split_once("\n.SH EXAMPLES\n") else {
            continue;
        };
        let section = section.split("\n.SH ").next().unwrap();
        let lines = section.lines().filter_map(|line| line.strip_prefix("\\fB"));
        let lines = lines.filter_map(|line| line.strip_suffix("\\fR"));
        examples.extend(lines.map(|line| line.replace("\\-", "-").replace("\\*(Aq", "'")));
    }
    examples
}

#[test]
fn every_example_of_the_man_pages_works() {
    let env = TestEnv::new();
    env.login("other");
    env.login("mystore");
    let secret = env.root().join("secret");
    fs::write(&secret, sandbox::app_token()).unwrap();
    let token = env.token("mystore");
    // What the toolbelt leaves.
    let theirs = env.home().join(".vtex").join("session");
    fs::create_dir_all(&theirs).unwrap();
    fs::write(
        theirs.join("tokens.json"),
        serde_json::json!({ "mystore": token }).to_string(),
    )
    .unwrap();
    let mut examples = examples();
    assert!(examples.len() > 15, "{examples:?}");
    // Nothing is left to do for the others after these.
    examples.sort_by_key(|example| example.contains("vtexid logout"));
    for example in examples {
        if example.contains("vtexid logout") {
            env.login("mystore");
            env.vtexid(["apptoken", "--save"])
                .env("VTEX_APP_KEY", sandbox::app_key("mystore"))
                .env("VTEX_APP_TOKEN", sandbox::app_token())
                .run()
                .success();
        }
        // What the shell does is left to it: pipes, redirections, substitutions.
        let parts = example.split(['|', '<', '>', '(', ')']);
        let commands: Vec<_> = parts
            .filter_map(|part| part.trim().split_once("vtexid "))
            .collect();
        assert!(!commands.is_empty(), "{example}");
        for (_, arguments) in commands {
            // What `exec` runs stands for any program.
            let (arguments, program) = match arguments.split_once(" -- ") {
                Some((arguments, _)) if cfg!(windows) => (arguments, " -- cmd /c set"),
                Some((arguments, _)) => (arguments, " -- env"),
                None => (arguments, ""),
            };
            let arguments = format!("{arguments}{program}")
                .replace('\'', "")
                .replace("@price.json", "{}")
                .replace(" KEY", &format!(" {}", sandbox::app_key("mystore")))
                .replace("39873", &free_port())
                .replace("NAME", sandbox::PROVIDER)
                .replace("/run/secrets/vtex", secret.to_str().unwrap());
            let tool = env
                .vtexid(arguments.split(' '))
                .env("PATH", std::env::var_os("PATH").unwrap())
                .env("VTEX_APP_KEY", sandbox::app_key("mystore"))
                .env("VTEX_APP_TOKEN", sandbox::app_token());
            let done = if arguments.starts_with("toolbelt ") {
                // Refuses a VTEX ID that is not VTEX's own; sends no request.
                tool.without("VTEXID_URL")
                    .env("VTEXID_STORE", "file")
                    .env("VTEX_TOKEN", &token)
                    .run()
            } else if arguments.contains("--shopper") {
                let (reader, mut writer) = std::io::pipe().unwrap();
                let login = tool.stdin_from(reader).start();
                login.wait_for("waiting for the code");
                writeln!(writer, "{}", env.sandbox.mails()[0].code).unwrap();
                login.finish()
            } else if arguments.contains("--oauth-provider") {
                let token = format!("{}{EMAIL}", sandbox::PROVIDER_TOKEN);
                tool.stdin(token).run()
            } else if arguments.starts_with("login ") && !example.contains('<') {
                sign_in(tool.arg("--fresh").arg("--no-browser").start(), EMAIL).1
            } else {
                tool.stdin(token.clone()).run()
            };
            done.success();
        }
    }
}

/// A port that nothing listened on a moment ago.
fn free_port() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port().to_string()
}

/// The files of a folder, by their names in it.
fn contents(dir: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    if !dir.exists() {
        return BTreeMap::new();
    }
    let read = |path: PathBuf| {
        let name = path.strip_prefix(dir).unwrap().to_owned();
        (name, fs::read(path).unwrap())
    };
    files(dir).into_iter().map(read).collect()
}
