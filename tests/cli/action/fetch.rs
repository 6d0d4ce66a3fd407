//! Fetching vtexid: which release, and what is refused.

use super::*;

/// The target of the machine in these tests.
const TARGET: &str = "x86_64-unknown-linux-musl";

/// GitHub's `gh`, which writes down its arguments and has one release, whose vtexid says `fetched`. It attests what
/// `built` lists, whatever was changed since.
fn gh(env: &TestEnv, target: &str) -> PathBuf {
    release(env, "github.com/owner/vtexid", target, "echo fetched");
    let script = format!(
        r#"#!/bin/sh
echo "$@" >>'{root}/asked'
case $1 in
  attestation) file=$PWD/$3 ;;
esac
repository=$GH_REPO
while [ $# -gt 0 ]; do
  case $1 in
    --repo) repository=$2 ;;
    --dir) dir=$2 ;;
    --pattern) patterns="$patterns $2" ;;
  esac
  shift
done
case $repository in
  */*/*) ;;
  *) repository=${{GH_HOST:-github.com}}/$repository ;;
esac
cd "{root}/releases/$repository" 2>/dev/null || {{
  echo 'release not found' >&2
  exit 1
}}
if [ -n "$file" ]; then
  sum=$(sha256sum "$file" || shasum -a 256 "$file")
  ! awk -v sum="${{sum%% *}}" '$1 == sum {{ found = 1 }} END {{ exit !found }}' built || exit 0
  echo 'no attestations found' >&2
  exit 1
fi
found=1
for pattern in $patterns; do
  [ ! -e "$pattern" ] || {{ cp "$pattern" "$dir" && found=0; }}
done
[ $found = 0 ] || echo 'no assets match the file pattern' >&2
exit $found
"#,
        root = env.root().display()
    );
    program(env, "gh", &script)
}

/// The variables with which a job could name another place to fetch from.
fn misled(mut tool: Tool) -> Tool {
    for name in ["GH_REPO", "ACTION_REPOSITORY", "GITHUB_ACTION_REPOSITORY"] {
        tool = tool.env(name, "customer/shop");
    }
    tool.env("GH_HOST", "git.customer.example")
}

/// Puts releases into the customer's repository whose vtexid writes down that it ran, and what it was given.
fn evil_releases(env: &TestEnv) {
    for repository in [
        "github.com/customer/shop",
        "git.customer.example/customer/shop",
        "git.customer.example/owner/vtexid",
    ] {
        let stolen = told(env, "stolen");
        let script = format!("export -p >'{}'", stolen.display());
        release(env, repository, TARGET, &script);
    }
}

/// The step that failed, with its words in one line that GitHub shows above the log.
fn assert_refused(env: &TestEnv, failed: Assert, words: &str) {
    let failed = failed.code(1).stderr("");
    let failed = failed.stdout(starts_with("::error title=vtexid::").and(contains(words)));
    // Each line could be a command to the runner, and `##[` begins one anywhere in a line.
    assert_eq!(stdout(&failed).lines().count(), 1);
    assert!(!stdout(&failed).contains("##["));
    assert_eq!(read(env, "GITHUB_PATH"), "");
    assert_eq!(read(env, "stolen"), "");
}

#[test]
fn an_installed_vtexid_is_used() {
    let env = TestEnv::new();
    let dir = gh(&env, TARGET);
    program(&env, "vtexid", "#!/bin/sh\necho vtexid 9.9\n");
    let done = step(&env, "install", &[&dir]).run().success();
    assert_eq!(stdout(&done), "vtexid is installed: vtexid 9.9\n");
    assert_eq!(read(&env, "GITHUB_PATH"), "");
    assert_eq!(read(&env, "asked"), "");
}

#[test]
fn the_release_the_action_is_part_of_is_fetched() {
    for (os, arch, target) in [
        ("Linux", "X64", "x86_64-unknown-linux-musl"),
        ("Linux", "ARM64", "aarch64-unknown-linux-musl"),
        ("macOS", "X64", "x86_64-apple-darwin"),
        ("macOS", "ARM64", "aarch64-apple-darwin"),
    ] {
        let env = TestEnv::new();
        let dir = gh(&env, target);
        let step = step(&env, "install", &[&dir]).env("RUNNER_OS", os);
        step.env("RUNNER_ARCH", arch).run().success();
        let release = concat!("v", env!("CARGO_PKG_VERSION"));
        let asked = format!("release download {release} --repo github.com/owner/vtexid ");
        assert!(read(&env, "asked").starts_with(&asked));

        let path = read(&env, "GITHUB_PATH");
        let fetched = Path::new(path.trim_end()).join("vtexid");
        let run = env.program(fetched.to_str().unwrap(), [""; 0]).run();
        run.success().stdout("fetched\n");
    }
}

#[test]
fn the_job_cannot_lead_the_action_to_another_release() {
    let env = TestEnv::new();
    let dir = gh(&env, TARGET);
    evil_releases(&env);
    misled(step(&env, "install", &[&dir])).run().success();
    let asked = read(&env, "asked");
    let [download, verify] = asked.lines().collect::<Vec<_>>()[..] else {
        panic!("{asked}")
    };
    assert!(download.contains(" --repo github.com/owner/vtexid "));
    assert!(verify.contains(" --repo owner/vtexid "));

    let path = read(&env, "GITHUB_PATH");
    let token = step(&env, "token", &[Path::new(path.trim_end())])
        .env("VTEX_APP_KEY", app_key("mystore"))
        .env("VTEX_APP_TOKEN", app_token());
    misled(token).run().success();
    assert_eq!(output(&env), "fetched");
    assert_eq!(read(&env, "stolen"), "");
}

#[test]
fn an_action_that_does_not_know_its_repository_fetches_nothing() {
    for lines in [
        "",
        // Not the package's own.
        "[package.metadata.other]\nrepository = \"https://github.com/customer/shop\"",
    ] {
        let env = TestEnv::new();
        let dir = gh(&env, TARGET);
        evil_releases(&env);
        let action = check_out(&env, lines);
        let failed = misled(step_in(&action, &env, "install", &[&dir])).run();
        assert_refused(&env, failed, "Cargo.toml does not set `repository`");
        assert_eq!(read(&env, "asked"), "");

        let failed = step_in(&action, &env, "install", &[&dir]).run();
        let hint = "%0Ahint: install vtexid in an earlier step, as docs/ci.md shows";
        assert_refused(&env, failed, hint);
        assert_eq!(read(&env, "asked"), "");
    }
}

#[test]
fn the_repository_is_an_address_at_github() {
    for repository in [
        "https://github.com/owner/vtexid",
        "https://github.com/owner/vtexid/",
        "https://github.com/owner/vtexid.git",
    ] {
        let env = TestEnv::new();
        let dir = gh(&env, TARGET);
        step_in(
            &check_out(&env, &line(repository)),
            &env,
            "install",
            &[&dir],
        )
        .run()
        .success();
        assert!(read(&env, "asked").contains(" --repo github.com/owner/vtexid "));
    }

    let env = TestEnv::new();
    let dir = gh(&env, TARGET);
    for repository in [
        "",
        "owner/vtexid",
        "http://github.com/owner/vtexid",
        "git@github.com:owner/vtexid.git",
        "https://github.com",
        "https://github.com/owner",
        "https://github.com/owner/",
        "https://github.com//vtexid",
        "https://github.com/owner/vtexid/tree/main",
        "https://github.com/owner/vtexid//",
        "https://github.com/owner/vtexid?x=1",
        "https://github.com/owner/vtexid#x",
        "https://github.com/owner/..",
        "https://github.com/owner/.git",
        "https://github.com/owner/vtexid.git.git",
        "https://github.com/-owner/vtexid",
        "https://github.com/ownér/vtexid",
        "https://github.com/owner/vtexid --repo customer/shop",
        "https://github.com/owner/$(id)",
        "https://github.com/owner/vtexid##[add-path]x",
        "https://github.com.customer.example/owner/vtexid",
        "https://github.com@customer.example/owner/vtexid",
        "https://customer.example/https://github.com/owner/vtexid",
        "https://GitHub.com/owner/vtexid",
    ] {
        let action = check_out(&env, &line(repository));
        let failed = step_in(&action, &env, "install", &[&dir]).run();
        let words = "`repository` in Cargo.toml is not https://github.com/OWNER/NAME";
        assert_refused(&env, failed, words);
    }
    for lines in [
        format!("{}\n{}", line(UPSTREAM), line(UPSTREAM)),
        format!("{} # ours", line(UPSTREAM)),
        "repository.workspace = true".to_owned(),
        "repository = 'https://github.com/owner/vtexid'".to_owned(),
    ] {
        let action = check_out(&env, &lines);
        let failed = step_in(&action, &env, "install", &[&dir]).run();
        assert_refused(&env, failed, "Cargo.toml");
    }
    assert_eq!(read(&env, "asked"), "");
}

#[test]
fn what_gh_says_is_shown_when_it_fails() {
    let env = TestEnv::new();
    let dir = gh(&env, TARGET);
    fs::remove_dir_all(env.root().join("releases")).unwrap();
    let failed = step(&env, "install", &[&dir]).run();
    assert_refused(&env, failed, "from owner/vtexid: release not found");

    // No line of it is a command to the runner, and the token is not in it.
    let script = "#!/bin/sh
        echo '::add-path::/evil'
        echo 'HTTP 401: Bad credentials ##[add-path]/evil' >&2
        printf '  ::add-path::/evil\\r\\n100%%0A' >&2
        echo \"Authorization: token $GH_TOKEN\" >&2
        [ -z \"$GH_DEBUG$DEBUG\" ] || echo debugged >&2
        exit 4";
    program(&env, "gh", script);
    let step = step(&env, "install", &[&dir]);
    let failed = step.env("GH_DEBUG", "api").env("DEBUG", "api").run();
    let said = stdout(&failed);
    assert_refused(&env, failed, "HTTP 401: Bad credentials ");
    assert!(
        said.contains("%0A  ::add-path::/evil%0D%0A100%250A"),
        "{said}"
    );
    assert!(said.contains("Authorization: token ***"), "{said}");
    assert!(!said.contains(GITHUB_TOKEN), "{said}");
    assert!(!said.contains("debugged"), "{said}");
}

#[test]
fn other_output_of_gh_is_not_shown() {
    let env = TestEnv::new();
    let dir = gh(&env, TARGET);
    let real = fs::read_to_string(dir.join("gh")).unwrap();
    let chatty = "#!/bin/sh\necho ::add-path::/evil\necho ::add-path::/evil >&2\n";
    program(&env, "gh", &real.replace("#!/bin/sh\n", chatty));
    let done = step(&env, "install", &[&dir]).run().success();
    let done = done.stderr("");
    assert!(!stdout(&done).contains("::"), "{}", stdout(&done));
}

#[test]
fn a_release_that_is_damaged_or_missing_is_not_used() {
    let archive = format!("vtexid-{}-{TARGET}.tar.gz", env!("CARGO_PKG_VERSION"));
    let env = TestEnv::new();
    let dir = gh(&env, TARGET);
    let install = || step(&env, "install", &[&dir]).run();
    let refused = |words: &str| {
        let failed = install().code(1);
        failed.stdout(contains("::error title=vtexid::").and(contains(words)));
        assert_eq!(read(&env, "GITHUB_PATH"), "");
    };

    let release = env.root().join("releases/github.com/owner/vtexid");
    let path = release.join(&archive);
    let mut bytes = fs::read(&path).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    fs::write(&path, bytes).unwrap();
    refused("does not match SHA256SUMS of release");

    let sums = release.join("SHA256SUMS");
    let text = fs::read_to_string(&sums).unwrap();
    fs::write(&sums, text.trim_end().to_owned() + " ##[add-path]x\n").unwrap();
    refused("does not match SHA256SUMS of release");
    let failed = install();
    assert!(!(stdout(&failed) + &stderr(&failed)).contains("##["));

    fs::write(&sums, "").unwrap();
    refused("does not match SHA256SUMS of release");

    // gh is content when only one of the two files is there.
    fs::remove_file(&path).unwrap();
    let words = format!("of owner/vtexid does not have {archive}");
    assert_refused(&env, install(), &words);

    fs::remove_file(&sums).unwrap();
    assert_refused(&env, install(), "no assets match the file pattern");
}

#[test]
fn a_release_that_its_workflow_did_not_build_is_not_used() {
    let env = TestEnv::new();
    let dir = gh(&env, TARGET);
    // With changed sums too: everybody who may edit a release can change both.
    let release = env.root().join("releases/github.com/owner/vtexid");
    let built = fs::read(release.join("built")).unwrap();
    let script = format!("export -p >'{}'", told(&env, "stolen").display());
    self::release(&env, "github.com/owner/vtexid", TARGET, &script);
    fs::write(release.join("built"), built).unwrap();
    let failed = step(&env, "install", &[&dir]).run();
    let words = format!(
        "could not verify that owner/vtexid built vtexid-{}-{TARGET}.tar.gz: no attestations found%0Ahint: ",
        env!("CARGO_PKG_VERSION")
    );
    assert_refused(&env, failed, &words);

    // The tag, the workflow and the machines that it may come from.
    let asked = read(&env, "asked");
    for flag in [
        concat!(" --source-ref refs/tags/v", env!("CARGO_PKG_VERSION"), " "),
        " --signer-workflow owner/vtexid/.github/workflows/release.yml ",
        " --deny-self-hosted-runners",
    ] {
        assert!(asked.lines().last().unwrap().contains(flag), "{asked}");
    }
}

#[test]
fn on_an_enterprise_server_the_hint_says_to_install_vtexid() {
    let env = TestEnv::new();
    let dir = gh(&env, TARGET);
    let server = "https://git.customer.example";
    let failed = step(&env, "install", &[&dir])
        .env("GITHUB_SERVER_URL", server)
        .run();
    let words = "from a GitHub Enterprise Server%0Ahint: install vtexid in an earlier step";
    assert_refused(&env, failed, words);
    assert_eq!(read(&env, "asked"), "");

    program(&env, "vtexid", "#!/bin/sh\necho vtexid 9.9\n");
    let step = step(&env, "install", &[&dir]).env("GITHUB_SERVER_URL", server);
    step.run().success();
}

#[test]
fn a_runner_without_a_release_gets_an_error() {
    let env = TestEnv::new();
    let dir = gh(&env, TARGET);
    for (arch, shown) in [("RISCV", "RISCV"), ("50%\r\n::x::", "50%25%0D%0A::x::")] {
        let step = step(&env, "install", &[&dir]).env("RUNNER_ARCH", arch);
        let words = "install vtexid in an earlier step";
        let words = format!("there is no release for Linux-{shown}: {words}\n");
        step.run().code(1).stdout(contains(words));
    }
    assert_eq!(read(&env, "asked"), "");
}
