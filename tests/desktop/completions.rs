//! What bash, zsh and fish offer at a Tab, asked of the shells themselves.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};

use crate::home::{EMAIL, Home};
use crate::markdown;
use crate::parts;
use crate::process::{LIMIT, Running, eventually, run, run_with};
use crate::sandbox::{Options, Sandbox};

/// Ways of loading the completions: the shell, and what its start-up file says.
const WAYS: [(&str, &str); 5] = [
    ("bash", "source <(vtexid completions bash)"),
    ("bash", "source completions/vtexid.bash"),
    (
        "zsh",
        "autoload -Uz compinit && compinit -u\nsource <(vtexid completions zsh)",
    ),
    (
        "zsh",
        "fpath=($HOME/completions $fpath)\nautoload -Uz compinit && compinit -u",
    ),
    ("fish", "vtexid completions fish | source"),
];

/// Has bash insert all that it offers, and then tell the line.
const BASH: &str = r#"
PS1='ready> '
bind 'set enable-bracketed-paste off'
bind '"\C-xa": insert-completions'
bind -x '"\C-xd": printf "%s\n" "$READLINE_LINE" >>../offered'
"#;

/// The same for zsh.
const ZSH: &str = r#"
PS1='ready> '
unsetopt zle_bracketed_paste
zle -C all-matches complete-word _generic
zstyle ':completion:all-matches::::' completer _all_matches _complete
zstyle ':completion:all-matches:*' insert yes
bindkey '^Xa' all-matches
tell() { print -r -- "$BUFFER" >>../offered }
zle -N tell
bindkey '^Xd' tell
"#;

/// A person at a shell in a folder with two files, logged in to two accounts.
struct Prompt {
    home: Home,
    _sandbox: Sandbox,
    shell: &'static str,
    /// The start-up file's lines.
    setup: String,
}

impl Prompt {
    fn at((shell, setup): (&'static str, impl Into<String>)) -> Option<Self> {
        if !parts::present(&[shell, "script"]) {
            return None;
        }
        let sandbox = Sandbox::start(Options::default()).unwrap();
        let mut home = Home::new();
        home.set("VTEXID_URL", sandbox.url());
        let mut path = home.path().join("bin").into_os_string();
        fs::create_dir(&path).unwrap();
        path.push(":");
        path.push(parts::path());
        home.set("PATH", path);
        symlink(env!("CARGO_BIN_EXE_vtexid"), home.path().join("bin/vtexid")).unwrap();
        let committed = concat!(env!("CARGO_MANIFEST_DIR"), "/completions");
        symlink(committed, home.path().join("completions")).unwrap();
        for account in ["mystore", "other-store"] {
            let claims = serde_json::json!({
                "sub": EMAIL, "account": account, "audience": "admin",
                "exp": jiff::Timestamp::now().as_second() + 3600,
            });
            let login = home.vtexid(&["login", account, "--with-token", "--store", "file"]);
            run_with(LIMIT, login, &sandbox.mint(&claims)).success();
        }
        fs::create_dir(home.path().join("here")).unwrap();
        for name in ["key.pem", "two words"] {
            fs::write(home.path().join("here").join(name), "").unwrap();
        }
        Some(Self {
            home,
            _sandbox: sandbox,
            shell,
            setup: setup.into(),
        })
    }

    /// The words that are offered in the place of the last one of each line.
    fn offers<const N: usize>(&self, lines: [&str; N]) -> [BTreeSet<String>; N] {
        let said = match self.shell {
            "fish" => lines.map(|line| self.fish(line)).to_vec(),
            _ => self.typed(&lines),
        };
        said.try_into().unwrap()
    }

    fn fish(&self, line: &str) -> BTreeSet<String> {
        let script = format!("{}\ncd here\ncomplete -C {line:?}", self.setup);
        let done = run(self.home.command("fish", &["-c", &script]));
        assert_eq!(done.stderr, "", "{line}");
        let lines = done.stdout.lines();
        lines
            .map(|line| line.split('\t').next().unwrap().to_owned())
            .collect()
    }

    /// Types at a terminal.
    fn typed(&self, lines: &[&str]) -> Vec<BTreeSet<String>> {
        let (name, keys, command) = match self.shell {
            "bash" => ("rc", BASH, "bash --noprofile --rcfile rc -i"),
            _ => (".zshrc", ZSH, "zsh -d -i"),
        };
        let rc = format!("{}\n{keys}\ncd here\n", self.setup);
        fs::write(self.home.path().join(name), rc).unwrap();
        let offered = self.home.path().join("offered");
        let _ = fs::remove_file(&offered);
        let mut terminal = Running::start(self.home.terminal(command));
        eventually("a prompt", || {
            terminal.stdout().contains("ready> ").then_some(())
        });
        let mut offers = Vec::new();
        for (n, line) in lines.iter().enumerate() {
            // At the end all is erased.
            terminal.type_in(&format!("{line}\x18a\x18d\x15"));
            let told = eventually(line, || {
                let told = fs::read_to_string(&offered).unwrap_or_default();
                let told = told.split_inclusive('\n').nth(n)?;
                told.ends_with('\n').then(|| told.trim_end().to_owned())
            });
            let before = &line[..=line.rfind(' ').unwrap()];
            let words = told.strip_prefix(before.trim_end());
            let words = words.unwrap_or_else(|| panic!("{line}: {told}"));
            // A space inside a word comes with a backslash.
            let words = words.replace("\\ ", "\0");
            let words = words.split(' ').filter(|word| !word.is_empty());
            offers.push(words.map(|word| word.replace('\0', " ")).collect());
        }
        terminal.type_in("exit\n");
        let screen = terminal.wait(LIMIT).stdout;
        for complaint in [
            "bash: ",
            "zsh: ",
            "error",
            "not found",
            "warning",
            "_vtexid",
        ] {
            assert!(!screen.contains(complaint), "{complaint}: {screen}");
        }
        offers
    }
}

/// What is offered everywhere.
const OFFERS: [(&str, &[&str]); 37] = [
    (
        "vtexid ",
        &[
            "api",
            "apptoken",
            "completions",
            "doctor",
            "exec",
            "help",
            "inspect",
            "local",
            "login",
            "logout",
            "status",
            "switch",
            "toolbelt",
        ],
    ),
    ("vtexid who", &["whoami"]),
    ("vtexid -q help st", &["status"]),
    ("vtexid help toolbelt ", &["export", "import"]),
    // An account may be called as a command is.
    ("vtexid -a login st", &["status"]),
    ("vtexid --account login local ", &["help", "token"]),
    ("vtexid local token --as ", &["key", "user"]),
    ("vtexid exec -- vtex", &["vtexid"]),
    ("vtexid lo", &["local", "login", "logout"]),
    ("vtexid toolbelt e", &["export"]),
    (
        "vtexid login --",
        &[
            "--account",
            "--color",
            "--duration",
            "--fresh",
            "--help",
            "--json",
            "--no-browser",
            "--oauth-provider",
            "--port",
            "--quiet",
            "--shopper",
            "--store",
            "--timeout",
            "--verbose",
            "--with-token",
        ],
    ),
    ("vtexid logout --al", &["--all"]),
    ("vtexid login --store ", &["file", "kernel", "keyring"]),
    ("vtexid login --store=k", &["kernel", "keyring"]),
    (
        "vtexid local token -f ",
        &[
            "cookie",
            "curl",
            "env",
            "fish",
            "header",
            "json",
            "powershell",
            "raw",
            "browser",
            "dotenv",
            "storage-state",
        ],
    ),
    ("vtexid apptoken --format k", &["key-headers"]),
    (
        "vtexid completions ",
        &["bash", "elvish", "fish", "powershell", "zsh"],
    ),
    ("vtexid -a ", ACCOUNTS),
    ("vtexid --account ", ACCOUNTS),
    ("vtexid --account=", ACCOUNTS),
    ("vtexid status -a o", &["other-store"]),
    ("vtexid local token --account=my", &["mystore"]),
    ("vtexid apptoken -a ", ACCOUNTS),
    ("vtexid toolbelt export -a ", ACCOUNTS),
    ("vtexid login ", ACCOUNTS),
    ("vtexid logout ", ACCOUNTS),
    ("vtexid -q logout o", &["other-store"]),
    ("vtexid switch ", &["-", "mystore", "other-store"]),
    ("vtexid switch m", &["mystore"]),
    (
        "vtexid apptoken --app-token-file ",
        &["key.pem", "two words"],
    ),
    (
        "vtexid api /api/catalog",
        &[
            "/api/catalog/pvt/",
            "/api/catalog_system/pub/",
            "/api/catalog_system/pvt/",
        ],
    ),
    ("vtexid api --as ", &["key", "none", "user"]),
    ("vtexid api -o ", &["key.pem", "two words"]),
    // Neither files nor anything else.
    ("vtexid api --workspace ", &[]),
    ("vtexid login --timeout ", &[]),
    ("vtexid inspect ", &[]),
    ("vtexid inspect --claim ", &[]),
];

const ACCOUNTS: &[&str] = &["mystore", "other-store"];

fn offers(way: usize) {
    let Some(prompt) = Prompt::at(WAYS[way]) else {
        return;
    };
    let lines = OFFERS.map(|(line, _)| line);
    for ((line, expected), offered) in OFFERS.iter().zip(prompt.offers(lines)) {
        // bash offers what comes after a `=`, the others the whole word.
        let offered: BTreeSet<&str> = offered
            .iter()
            .map(|word| word.split_once('=').map_or(&**word, |(_, value)| value))
            .collect();
        let expected = expected.iter().copied().collect();
        assert_eq!(offered, expected, "{line:?} in {}", prompt.shell);
    }
}

#[test]
fn bash_offers_what_can_be_typed_once_the_script_is_sourced() {
    offers(0);
}

#[test]
fn bash_offers_what_can_be_typed_once_the_committed_file_is_sourced() {
    offers(1);
}

#[test]
fn zsh_offers_what_can_be_typed_once_the_script_is_sourced() {
    offers(2);
}

#[test]
fn zsh_offers_what_can_be_typed_with_the_committed_file_on_its_path() {
    offers(3);
}

#[test]
fn fish_offers_what_can_be_typed_once_the_script_is_sourced() {
    offers(4);
}

#[test]
fn nothing_is_offered_where_the_index_is_damaged_and_it_stays_as_it_is() {
    for way in [0, 2, 4] {
        let Some(prompt) = Prompt::at(WAYS[way]) else {
            return;
        };
        let indexes = prompt.home.files_with("other-store");
        for index in &indexes {
            let whole = fs::read_to_string(index).unwrap();
            let damaged = whole.replace("other-store", "$(touch pwned)");
            assert_ne!(whole, damaged);
            fs::write(index, damaged).unwrap();
        }
        for offered in prompt.offers(["vtexid -a ", "vtexid logout ", "vtexid login o"]) {
            assert!(offered.is_subset(&["o".to_owned()].into()), "{offered:?}");
        }
        assert_eq!(prompt.home.files_with("$(touch pwned)"), indexes);
    }
}

/// A shell that takes this for part of a script has a file more.
const NASTY: &str = r#"#!/bin/sh
cat <<'END'
$(touch pwned)
`touch pwned`
x;touch pwned
x"; touch pwned; "
x'; touch pwned; '
-J
*
END
"#;

#[test]
fn whatever_is_said_to_be_an_account_no_shell_runs_it() {
    for way in [0, 2, 4] {
        let Some(prompt) = Prompt::at(WAYS[way]) else {
            return;
        };
        let program = prompt.home.path().join("bin/vtexid");
        let path = program.display();
        let script = NASTY.replace(
            "cat",
            &format!("[ $1 = __complete ] || exec '{path}.real' \"$@\"\n>>'{path}.asked'\ncat"),
        );
        fs::rename(&program, format!("{path}.real")).unwrap();
        fs::write(&program, script).unwrap();
        fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
        prompt.offers(["vtexid -a ", "vtexid login ", "vtexid switch x"]);
        assert!(fs::exists(format!("{path}.asked")).unwrap());
        for folder in ["", "here"] {
            let pwned = prompt.home.path().join(folder).join("pwned");
            assert!(!fs::exists(pwned).unwrap(), "{}", prompt.shell);
        }
    }
}

/// Starts a shell as docs/shells.md has it, and has it tell its prompt and its token.
fn as_documented(shell: &'static str, tell: &str) {
    let (start, token) = markdown::shell(shell);
    // Whose the folders of a test machine are is its own affair.
    let start = start.replace("&& compinit", "&& compinit -u");
    let Some(prompt) = Prompt::at((shell, start)) else {
        return;
    };
    let offered = prompt.offers(["vtexid -a "]);
    assert_eq!(offered[0], ACCOUNTS.iter().map(|&a| a.to_owned()).collect());
    let script = format!("{}\n{token}\n{tell}", prompt.setup);
    let told = run(prompt.home.command(shell, &["-c", &script]));
    let token = run(prompt.home.vtexid(&["local", "token"])).success();
    let warning = "warning: using the sandbox at ";
    assert!(
        told.stderr.lines().all(|line| line.starts_with(warning)),
        "{told:?}"
    );
    assert_eq!(told.success(), format!("other-store user\n{token}"));
}

#[test]
fn bash_is_set_up_as_documented() {
    as_documented(
        "bash",
        r#"prompt=${PS1@P}; prompt=${prompt#[}; echo "${prompt%%]*}"; sh -c 'echo "$VTEX_TOKEN"'"#,
    );
}

#[test]
fn zsh_is_set_up_as_documented() {
    as_documented("zsh", r#"print -P "$RPROMPT"; sh -c 'echo "$VTEX_TOKEN"'"#);
}

#[test]
fn fish_is_set_up_as_documented() {
    as_documented("fish", r#"fish_right_prompt; sh -c 'echo "$VTEX_TOKEN"'"#);
}
