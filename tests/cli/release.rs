//! The files for package managers: a release's archives with names, addresses and sums.
//!
//! The files a release would have are in `release/`. After a change of scripts/manifests run
//! `SNAPSHOTS=overwrite cargo test --test cli release`, and read `git diff tests/cli/release`.

use std::{
    collections::BTreeSet,
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
};

use predicates::str::contains;
use serde_json::Value;
use snapbox::Data;

use crate::{
    action::{UPSTREAM, check_out, line},
    env::{TestEnv, Tool},
    support::parts,
};

const VERSION: &str = env!("CARGO_PKG_VERSION");

fn repository(file: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(file)).unwrap()
}

/// The targets that the release is built for.
fn targets() -> BTreeSet<String> {
    let workflow = repository(".github/workflows/release.yml");
    let workflow: Value = serde_saphyr::from_str(&workflow).unwrap();
    let builds = workflow["jobs"]["build"]["strategy"]["matrix"]["include"].as_array();
    let builds = builds.unwrap().iter();
    builds
        .map(|build| build["target"].as_str().unwrap().to_owned())
        .collect()
}

/// An archive as scripts/package names it.
fn archive(target: &str) -> String {
    let suffix = if target.contains("windows") {
        "zip"
    } else {
        "tar.gz"
    };
    format!("vtexid-{VERSION}-{target}.{suffix}")
}

/// Sums of these targets' archives, each another.
fn sums<'a>(targets: impl IntoIterator<Item = &'a String>) -> String {
    let mut text = String::new();
    for (n, target) in targets.into_iter().enumerate() {
        writeln!(text, "{n:064x}  {}", archive(target)).unwrap();
    }
    text
}

/// scripts/manifests, in a checkout that knows its repository, with these sums.
fn manifests(env: &TestEnv, sums: &str) -> (Tool, PathBuf) {
    let checkout = check_out(env, &line(UPSTREAM));
    let file = env.root().join("SHA256SUMS");
    fs::write(&file, sums).unwrap();
    let to = env.root().join("made");
    let script = checkout.join("scripts/manifests");
    let tool = env.program("bash", [&script, &file, &to]);
    (tool.env("PATH", "/usr/bin:/bin"), to)
}

#[test]
fn the_formula_and_the_manifest_name_the_release() {
    let env = TestEnv::new();
    let (tool, made) = manifests(&env, &sums(&targets()));
    tool.run().success().stdout("");
    for name in ["vtexid.rb", "vtexid.json"] {
        let text = fs::read_to_string(made.join(name)).unwrap();
        // The files in `release/` stay as they are when the version changes.
        let text = text.replace(VERSION, "[VERSION]");
        let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cli/release");
        snapbox::Assert::new()
            .action_env("SNAPSHOTS")
            .eq(text, Data::read_from(&golden.join(name), None));
    }
    let manifest = fs::read_to_string(made.join("vtexid.json")).unwrap();
    let manifest: Value = serde_json::from_str(&manifest).unwrap();
    for name in ["64bit", "arm64"] {
        let now = &manifest["architecture"][name];
        let later = &manifest["autoupdate"]["architecture"][name];
        for field in ["url", "extract_dir"] {
            let later = later[field].as_str().unwrap().replace("$version", VERSION);
            assert_eq!(now[field].as_str().unwrap(), later);
        }
    }
    let formula = made.join("vtexid.rb");
    if parts::present(&["ruby"]) {
        let ruby = env.program("ruby", ["-c", formula.to_str().unwrap()]);
        let ruby = ruby.env("PATH", parts::path());
        ruby.run().success().stdout("Syntax OK\n");
    }
}

#[test]
fn a_release_without_an_archive_gets_no_formula() {
    let targets = targets();
    for left_out in [
        "aarch64-apple-darwin",
        "x86_64-unknown-linux-musl",
        "aarch64-pc-windows-msvc",
    ] {
        let env = TestEnv::new();
        let others = targets.iter().filter(|target| *target != left_out);
        let (tool, made) = manifests(&env, &sums(others));
        let words = format!("SHA256SUMS has no sum of {}", archive(left_out));
        tool.run().code(1).stderr(contains(words));
        assert!(!made.join("vtexid.json").exists());
    }
}

#[test]
fn cargo_binstall_finds_the_archive_of_every_target() {
    let manifest = repository("Cargo.toml");
    let (_, metadata) = manifest
        .split_once("\n[package.metadata.binstall]\n")
        .unwrap();
    let value = |section: &str, name: &str| {
        let heading = format!("\n[package.metadata.binstall.overrides.{section}]\n");
        let section = if section.is_empty() {
            Some(metadata)
        } else {
            metadata.split_once(&heading).map(|(_, rest)| rest)
        };
        let mut lines = section?.lines().take_while(|line| !line.starts_with('['));
        let start = format!("{name} = \"");
        let value = lines.find_map(|line| line.strip_prefix(&*start));
        value.map(|value| value.trim_end_matches('"').to_owned())
    };
    let targets = targets();
    assert!(targets.len() >= 6);
    for target in &targets {
        let format = value(target, "pkg-fmt").or_else(|| value("", "pkg-fmt"));
        let suffix = match format.as_deref() {
            Some("tgz") => ".tar.gz",
            Some("zip") => ".zip",
            other => panic!("{other:?}"),
        };
        let filled = |template: String| {
            let program = if target.contains("windows") {
                ".exe"
            } else {
                ""
            };
            template
                .replace("{ repo }", UPSTREAM)
                .replace("{ name }", "vtexid")
                .replace("{ bin }", "vtexid")
                .replace("{ version }", VERSION)
                .replace("{ target }", target)
                .replace("{ archive-suffix }", suffix)
                .replace("{ binary-ext }", program)
        };
        let archive = archive(target);
        assert_eq!(
            filled(value("", "pkg-url").unwrap()),
            format!("{UPSTREAM}/releases/download/v{VERSION}/{archive}")
        );
        let folder = archive.strip_suffix(suffix).unwrap();
        let inside = filled(value("", "bin-dir").unwrap());
        assert_eq!(inside.split_once('/').unwrap().0, folder);
    }
}

#[test]
fn every_list_of_targets_is_that_of_the_release() {
    let targets = targets();
    let deny = repository("deny.toml");
    for target in &targets {
        let line = format!("    \"{target}\",\n");
        assert!(deny.contains(&line), "{target} is not in deny.toml");
    }
    for file in ["scripts/package-npm", "scripts/action", "scripts/manifests"] {
        let text = repository(file);
        let words = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_' && c != '-');
        let named =
            words.filter(|word| word.starts_with("x86_64-") || word.starts_with("aarch64-"));
        let mut count = 0;
        for target in named {
            assert!(targets.contains(target), "{file}: {target}");
            count += 1;
        }
        assert!(count >= 6, "{file}");
    }
}
