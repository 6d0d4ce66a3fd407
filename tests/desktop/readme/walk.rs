//! The commands that a person types, page by page.

use super::*;

/// The user of the examples.
const EMAIL: &str = "dev@example.com";

/// Where container engines put secrets.
const SECRETS: &str = "/run/secrets/";

/// Every other command, in order, with a part of what it shows.
const WALK: [(&str, &str); 53] = [
    // README.md
    (
        "vtexid login mystore",
        "logged in to mystore as dev@example.com",
    ),
    ("vtexid api /api/catalog_system/pvt/brand/list", "Globex"),
    // Log in and out
    ("vtexid login mystore", "logged in to mystore"),
    ("vtexid login other", "logged in to other"),
    ("vtexid switch mystore", "mystore"),
    ("vtexid status", "other"),
    ("vtexid logout other", "other"),
    // Use the token
    ("vtexid local token", "eyJ"),
    ("vtexid local token --min-validity 10m", "eyJ"),
    (r#"eval "$(vtexid local token --format env)""#, ""),
    // Call an API
    ("vtexid api /api/catalog_system/pvt/brand/list", "Acme"),
    (
        "vtexid api --get /api/catalog_system/pvt/brand/list",
        "Acme",
    ),
    (
        "vtexid api '/api/oms/pvt/orders?per_page=100' --paginate | jq -r .orderId",
        "v45-01",
    ),
    ("vtexid api -X PUT /pricing/prices/1 -d @price.json", ""),
    (
        "vtexid api /pricing/prices/1 --print-curl",
        "curl https://api.vtex.com/mystore/pricing/prices/1",
    ),
    (
        "vtexid local token --format header | curl -H @- https://mystore.vtexcommercestable.com.br/api/catalog_system/pvt/brand/list",
        "Acme",
    ),
    // Tokens for CI
    (
        "export VTEX_APP_KEY=vtexappkey-mystore-ABCDEF VTEX_APP_TOKEN=…",
        "",
    ),
    ("vtexid api /api/catalog_system/pvt/brand/list", "Acme"),
    // Explain a token
    ("vtexid inspect", "dev@example.com"),
    ("vtexid inspect --check=10m", "dev@example.com"),
    // docs/login.md
    ("vtexid login mystore", "logged in to mystore"),
    ("vtexid login a b c", "logged in to c"),
    ("vtexid logout mystore", "mystore"),
    ("vtexid logout --all", "c"),
    // The browser is on another machine
    ("vtexid login mystore", "logged in to mystore"),
    (
        "vtexid login mystore --with-token < token.txt",
        "logged in to mystore",
    ),
    // Shoppers
    (
        "vtexid login mystore --shopper ana@example.com",
        "as the shopper ana@example.com",
    ),
    (
        "vtexid login mystore --oauth-provider NAME --duration 30m < access-token",
        "as the shopper ana@example.com",
    ),
    // docs/token.md
    ("vtexid status", "commands use: mystore user"),
    ("vtexid local token --as key", "eyJ"),
    ("vtexid local token", "eyJ"),
    (
        "vtexid local token --format header | curl -H @- URL",
        "Acme",
    ),
    ("vtexid local token --min-validity 10m", "eyJ"),
    ("vtexid local token --json", "\"expires_on\""),
    // docs/apis.md
    (
        "vtexid api /api/dataentities/CL/scroll --paginate -o customers.ndjson",
        "",
    ),
    (
        "vtexid api /api/license-manager/site/pvt/logins/list/paged --paginate",
        "item 12",
    ),
    (
        r#"vtexid api /api/dataentities/CL/documents -d '{"email": "ana@example.com"}'"#,
        "DocumentId",
    ),
    (
        r#"vtexid api /_v/private/graphql/v1 --workspace dev -d '{"query": "…"}'"#,
        "dev--mystore.myvtex.com",
    ),
    ("vtexid api /pricing/prices/1 -i", "HTTP/1.1 200 OK"),
    (
        "vtexid api '/api/catalog_system/pub/products/search?_from=0' --as none",
        "product 10",
    ),
    // docs/ci.md
    (
        "export VTEX_APP_KEY=vtexappkey-mystore-ABCDEF VTEX_APP_TOKEN=…",
        "",
    ),
    ("vtexid apptoken", "eyJ"),
    (
        "vtexid apptoken --app-key KEY --app-token-file /run/secrets/vtex",
        "eyJ",
    ),
    // docs/toolbelt.md
    (
        "vtexid toolbelt import",
        "third (dev@example.com, keyring): imported",
    ),
    (
        "vtexid toolbelt export",
        "logged in to mystore as dev@example.com",
    ),
    (
        "vtexid toolbelt export --workspace master",
        "logged in to mystore as ",
    ),
    // docs/inspect.md
    ("vtexid inspect", "dev@example.com"),
    ("vtexid inspect --stored -a mystore", "dev@example.com"),
    ("vtexid inspect --claim exp", "17"),
    ("vtexid inspect --check=10m", "dev@example.com"),
    ("vtexid inspect --online", "yes, says VTEX ID"),
    ("vtexid inspect --key key.json", "valid, ES256 with the key"),
    (
        "vtexid inspect --json < tokens.txt",
        "\"login\":\"dev@example.com\"",
    ),
];

/// A line with its placeholders filled in.
fn filled(line: &str) -> String {
    let key = sandbox::app_key("mystore");
    let url = "https://mystore.vtexcommercestable.com.br/api/catalog_system/pvt/brand/list";
    line.replace("vtexappkey-mystore-ABCDEF", &key)
        .replace("--app-key KEY", &format!("--app-key {key}"))
        .replace(
            "--oauth-provider NAME",
            &format!("--oauth-provider {}", sandbox::PROVIDER),
        )
        .replace(
            "VTEX_APP_TOKEN=…",
            &format!("VTEX_APP_TOKEN={}", sandbox::app_token()),
        )
        .replace("-H @- URL", &format!("-H @- {url}"))
}

/// A person at a terminal who types the commands of the pages.
struct Person {
    machine: Machine,
    /// What was exported so far.
    exports: String,
}

impl Person {
    /// What a terminal shows of a command, with what the person does in the browser meanwhile.
    fn types(&mut self, line: &str, section: &str) -> String {
        let line = filled(line);
        if line.starts_with("export ") {
            self.exports += &(line.clone() + "\n");
        }
        let home = &self.machine.home;
        let typed = |script: &str| fs::write(self.machine.path("typed.sh"), script).unwrap();
        if line.contains(SECRETS) {
            // Instead of what was exported.
            typed(&line);
            let app_token = sandbox::app_token();
            return with_secret(home, "vtex", &app_token, &["bash", "typed.sh"]).success();
        }
        typed(&format!("{}{line}\n", self.exports));
        if bare(&line).ends_with(" -") {
            let token = run(home.vtexid(&["local", "token"])).success();
            return run_with(LIMIT, home.command("bash", &["typed.sh"]), &token).success();
        }
        let mut command = home.terminal("bash typed.sh");
        let over_ssh =
            section == "The browser is on another machine" && !line.contains("--with-token");
        if over_ssh {
            command.env("SSH_CONNECTION", "192.0.2.7 50000 192.0.2.9 22");
            command.env_remove("BROWSER");
        }
        let mut terminal = Running::start(command);
        if over_ssh {
            let page = eventually("the invitation to paste", || {
                let said = terminal.stdout();
                let page = said.lines().find(|line| line.starts_with("  https://"));
                said.contains("paste the final URL")
                    .then(|| page.unwrap().trim().to_owned())
            });
            let way_back = http::way_back(&self.reachable(&page), EMAIL);
            terminal.type_in(&(way_back + "\n"));
        }
        if line.contains("--shopper") {
            eventually("the question for the code", || {
                terminal
                    .stdout()
                    .contains("code from the e-mail")
                    .then_some(())
            });
            let mails = self.machine.sandbox.mails();
            terminal.type_in(&format!("{}\n", mails.last().unwrap().code));
        }
        let opened = self.machine.path("opened");
        eventually("the end of the command", || {
            if let Ok(page) = fs::read_to_string(&opened) {
                fs::remove_file(&opened).unwrap();
                let answer = http::sign_in(&self.reachable(&page), EMAIL);
                assert_eq!(answer.status, 200, "{}", answer.body);
            }
            terminal.ended()
        });
        as_shown(&terminal.wait(LIMIT).success())
    }

    /// The sandbox's address of a page of VTEX's.
    fn reachable(&self, page: &str) -> String {
        let port = self.machine.sandbox.port();
        page.replace("https://", "http://")
            .replace(".myvtex.com/", &format!(".localhost:{port}/"))
    }

    /// What a command needs: a file, or what is shown to be stored.
    fn prepare(&self, line: &str, section: &str) {
        if section == "Which credential a command uses" && line.contains("status") {
            self.save_key_and_shopper();
        }
        if line.contains("@price.json") {
            fs::write(self.machine.path("price.json"), "{\"basePrice\": 20}").unwrap();
        }
        if line.contains("< token.txt") {
            let token = run(self.machine.home.vtexid(&["local", "token"])).success();
            fs::write(self.machine.path("token.txt"), token).unwrap();
        }
        if line.contains("< access-token") {
            let token = format!("{}ana@example.com", sandbox::PROVIDER_TOKEN);
            fs::write(self.machine.path("access-token"), token).unwrap();
        }
        if line.contains("--key key.json") {
            let key = self.machine.sandbox.jwk().to_string();
            fs::write(self.machine.path("key.json"), key).unwrap();
        }
        if line.contains("< tokens.txt") {
            let token = run(self.machine.home.vtexid(&["local", "token"])).success();
            fs::write(self.machine.path("tokens.txt"), token.repeat(2)).unwrap();
        }
        if line.contains("toolbelt import") {
            let claims = serde_json::json!({
                "sub": EMAIL, "account": "third", "audience": "admin",
                "exp": jiff::Timestamp::now().as_second() + 3600,
            });
            let tokens = serde_json::json!({ "third": self.machine.sandbox.mint(&claims) });
            fs::create_dir_all(self.machine.path(".vtex/session")).unwrap();
            let path = self.machine.path(".vtex/session/tokens.json");
            fs::write(path, tokens.to_string()).unwrap();
        }
    }
}

impl Person {
    /// An app key, whose token has expired by the index, and a shopper.
    fn save_key_and_shopper(&self) {
        let home = &self.machine.home;
        let key = sandbox::app_key("mystore");
        let mut save = home.vtexid(&["apptoken", "--save"]);
        save.env("VTEX_APP_KEY", &key);
        save.env("VTEX_APP_TOKEN", sandbox::app_token());
        run(save).success();
        let now = jiff::Timestamp::now().as_second();
        let claims = serde_json::json!({
            "sub": "ana@example.com", "account": "mystore", "audience": "webstore",
            "exp": now + 3 * 3600 + 150,
        });
        let token = self.machine.sandbox.mint(&claims);
        let login = home.vtexid(&["login", "mystore", "--with-token"]);
        run_with(LIMIT, login, &token).success();
        let index = home.files_with("\"shoppers\"");
        assert!(!index.is_empty());
        for path in index {
            let text = fs::read_to_string(&path).unwrap();
            let mut index: Value = serde_json::from_str(&text).unwrap();
            let entry = &mut index["accounts"]["mystore"]["key"];
            entry["expires_on"] = (now - 60).into();
            for field in ["login", "app_key"] {
                entry[field] = "vtexappkey-mystore-ABCDEF".into();
                // In its first second the user's token has a whole day left.
                eventually("a token that is older than a second", || {
                    let status = run(home.vtexid(&["status"])).success();
                    status.contains("23h").then_some(())
                });
            }
            fs::write(&path, index.to_string()).unwrap();
        }
    }
}

/// What is left on the screen.
fn as_shown(output: &str) -> String {
    // The terminal is asked to mark what is pasted, which shows nothing.
    let output = output
        .replace("\u{1b}[?2004h", "")
        .replace("\u{1b}[?2004l", "");
    let lines = output.split("\r\n");
    let lines = lines.map(|line| line.rsplit("\r\x1b[K").next().unwrap());
    lines.collect::<Vec<_>>().join("\n")
}

/// A line without what differs from one day to the next: numbers, and so durations.
fn timeless(line: &str) -> String {
    // What the prompt asks of the terminal, which draws nothing.
    let line = line.replace("\x1b[?2004h", "").replace("\x1b[?2004l", "");
    let mut text = String::new();
    for c in line.chars() {
        if !c.is_ascii_digit() {
            text.push(c);
        } else if !text.ends_with('0') {
            text.push('0');
        }
    }
    for span in ["0h 0m", "0d 0h", "0m", "0d"] {
        text = text.replace(span, "0h");
    }
    text
}

/// Checks that a block shows this output: `…` stands for the rest of a line, or on a line of its own for the rest of
/// all lines.
fn assert_shows(expected: &[&str], output: &str) {
    let mut lines = output.trim_end().lines();
    let end = expected.iter().rposition(|line| !line.is_empty());
    for expected in &expected[..end.map_or(0, |end| end + 1)] {
        if *expected == "…" {
            return;
        }
        let line = lines
            .next()
            .unwrap_or_else(|| panic!("no {expected:?} in:\n{output}"));
        let (line, wanted) = (timeless(line), timeless(expected));
        let same = match wanted.split_once('…') {
            Some((start, "")) => line.starts_with(start.trim_end()),
            Some(_) => panic!("{expected:?} goes on after `…`"),
            None => line == wanted,
        };
        assert!(
            same,
            "{expected:?} in the documentation is\n{line:?} in:\n{output}"
        );
    }
    assert_eq!(
        lines.next(),
        None,
        "the documentation shows less than:\n{output}"
    );
}

#[test]
fn every_command_does_what_is_shown() {
    let programs = [
        &bus::PARTS[..],
        Xvfb::PARTS,
        &["bash", "curl", "jq", "unshare", "mount"],
    ]
    .concat();
    let Some(mut machine) = Machine::new(&programs) else {
        return;
    };
    let mounts = parts::can_unshare(&["-r", "-m"]);
    let _bus = Bus::start(&mut machine.home);
    let _keyring = Keyring::start(&machine.home);
    let _display = Xvfb::start(&mut machine.home);
    let opened = machine.path("opened");
    let browser = machine.install(
        "browser",
        &format!("printf %s \"$1\" >'{opened}.new' && mv '{opened}.new' '{opened}'"),
    );
    machine.home.set("BROWSER", browser);
    // Shows the mark before a success, as most terminals do.
    machine.home.set("LC_ALL", "C.UTF-8");
    let mut person = Person {
        machine,
        exports: String::new(),
    };
    let mut walk = WALK.into_iter();
    for block in blocks() {
        for (line, expected) in block.commands() {
            if is_elsewhere(line) {
                continue;
            }
            let (known, part) = walk.next().unwrap_or((line, ""));
            assert_eq!(bare(line), known, "what WALK has next");
            if line.contains(SECRETS) && !mounts {
                continue;
            }
            person.prepare(line, block.section);
            let output = person.types(line, block.section);
            assert!(output.contains(part), "{line}: no {part:?} in:\n{output}");
            if block.language == "console" {
                assert_shows(&expected, &output);
            }
        }
    }
    assert_eq!(walk.next(), None, "in no page any more");
}

#[test]
fn every_block_and_every_exception_is_known() {
    let mut lines: Vec<String> = Vec::new();
    for block in blocks() {
        match block.language {
            "sh" | "console" => {
                let commands = block.commands();
                lines.extend(commands.iter().map(|(line, _)| bare(line).to_owned()));
            }
            // A part of a workflow: it names the action in this version.
            "yaml" => {
                let step = format!("- uses: {}", owned(ACTION));
                assert!(block.lines.contains(&&*step), "{block:?}");
            }
            _ => panic!("what is run of {block:?}?"),
        }
    }
    for step in [&GITHUB, &GITHUB_ACTION].into_iter().flat_map(steps) {
        lines.extend(step.uses);
        let script = step.run.unwrap_or_default();
        lines.extend(script.lines().map(|line| bare(line).to_owned()));
    }
    for job in pipeline_jobs() {
        assert!(is_elsewhere(&job.image), "{}", job.image);
        lines.push(job.image);
    }
    for instruction in DOCKERFILE.instructions() {
        lines.extend(instruction.strip_prefix("RUN ").map(str::to_owned));
        lines.push(instruction);
    }
    for (text, why) in ELSEWHERE {
        assert!(
            lines.contains(&owned(text)),
            "{text} ({why}) is in no example any more"
        );
    }
}
