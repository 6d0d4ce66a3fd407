//! What a release must agree on before it is made.

use super::*;

#[test]
fn a_release_has_man_pages_of_its_own_day() {
    let env = TestEnv::new();
    let action = check_out(&env, &line(UPSTREAM));
    let changes = concat!("## ", env!("CARGO_PKG_VERSION"), " (2026-12-01)\n\n- new\n");
    fs::write(action.join("CHANGELOG.md"), changes).unwrap();
    fs::create_dir_all(action.join("man")).unwrap();
    let script = action.join("scripts/release-notes");
    let notes = |day: &str| {
        let page = format!(".TH vtexid 1 {day} \"vtexid 0.1.0\" vtexid\n");
        fs::write(action.join("man/vtexid.1"), page).unwrap();
        let tag = concat!("v", env!("CARGO_PKG_VERSION"));
        let tool = env.program("bash", [script.to_str().unwrap(), tag]);
        tool.env("PATH", tools(&env)).run()
    };
    notes("2026-12-01").success().stdout(contains("- new"));
    let words = "the release date is 2026-12-01, but the man pages have another date";
    notes("2026-11-30")
        .code(1)
        .stdout("")
        .stderr(contains(words));
}

#[test]
fn a_release_is_made_only_in_the_repository_that_the_action_fetches_it_from() {
    let env = TestEnv::new();
    let notes = |repository: &str| {
        let action = check_out(&env, repository);
        let changes = concat!("## ", env!("CARGO_PKG_VERSION"), "\n\n- what is new\n");
        fs::write(action.join("CHANGELOG.md"), changes).unwrap();
        let script = action.join("scripts/release-notes");
        let tag = concat!("v", env!("CARGO_PKG_VERSION"));
        let tool = env.program("bash", [script.to_str().unwrap(), tag]);
        tool.env("PATH", tools(&env))
    };
    let here = |tool: Tool, server: &str, repository: &str| {
        let tool = tool.env("GITHUB_SERVER_URL", server);
        tool.env("GITHUB_REPOSITORY", repository).run()
    };
    let upstream = line(UPSTREAM);
    let github = "https://github.com";
    let printed = contains("- what is new");
    let done = here(notes(&upstream), github, "owner/vtexid");
    done.success().stdout(printed.clone());
    // On a person's own machine.
    notes(&upstream).run().success().stdout(printed);

    for (repository, server, name, words) in [
        ("", github, "owner/vtexid", "does not set `repository`"),
        (
            "repository = \"owner/vtexid\"",
            github,
            "owner/vtexid",
            "is not https://github.com/OWNER/NAME",
        ),
        (
            &*upstream,
            github,
            "fork/vtexid",
            "not https://github.com/fork/vtexid",
        ),
        (
            &*upstream,
            "https://git.customer.example",
            "owner/vtexid",
            "not https://git.customer.example/owner/vtexid",
        ),
    ] {
        let failed = here(notes(repository), server, name).code(1).stdout("");
        failed.stderr(starts_with("error: ").and(contains(words)));
    }
    notes("").run().code(1).stdout("");
}

#[test]
fn a_release_is_not_made_before_the_examples_are_its_own() {
    let version = env!("CARGO_PKG_VERSION");
    let own = format!("npm install --global vtexid@{version}\nvtexid_{version}-1_amd64.deb\n");
    for (file, line, words) in [
        (
            "README.md",
            "brew install OWNER/tap/vtexid",
            "README.md has OWNER instead",
        ),
        (
            "docs/ci.md",
            "- uses: OWNER/vtexid",
            "docs/ci.md has OWNER instead",
        ),
        (
            "examples/ci/github.yml",
            "uses: owner/vtexid@v0.0.9",
            "github.yml names the version 0.0.9, not ",
        ),
        (
            "README.md",
            "vtexid-0.0.9-x86_64-apple-darwin",
            "README.md names the version 0.0.9, not ",
        ),
    ] {
        let env = TestEnv::new();
        let action = check_out(&env, &self::line(UPSTREAM));
        let changes = format!("## {version}\n\n- what is new\n");
        fs::write(action.join("CHANGELOG.md"), changes).unwrap();
        let path = action.join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        let script = action.join("scripts/release-notes");
        let notes = || {
            let tag = format!("v{version}");
            let tool = env.program("bash", [script.to_str().unwrap(), &tag]);
            tool.env("PATH", "/usr/bin:/bin").run()
        };
        fs::write(&path, &own).unwrap();
        notes().success().stdout(contains("- what is new"));
        fs::write(&path, own.clone() + line + "\n").unwrap();
        notes().code(1).stdout("").stderr(contains(words));
    }
}
