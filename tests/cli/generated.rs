//! The committed completion scripts and man pages

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use predicates::prelude::*;

use crate::env::{TestEnv, files};

#[test]
fn what_is_committed_is_what_the_command_line_makes() {
    let env = TestEnv::new();
    let made = env.home().join("generated");
    env.vtexid(["generate", made.to_str().unwrap()])
        .run()
        .success()
        .stdout("");
    let repository = Path::new(env!("CARGO_MANIFEST_DIR"));
    for folder in ["completions", "man"] {
        let made = contents(&made.join(folder));
        let committed = contents(&repository.join(folder));
        assert!(!made.is_empty());
        assert_eq!(
            made.keys().collect::<Vec<_>>(),
            committed.keys().collect::<Vec<_>>(),
            "{folder}/ is stale: run vtexid generate ."
        );
        for (name, text) in &made {
            assert!(
                committed[name] == *text,
                "{folder}/{} is stale",
                name.display()
            );
        }
    }
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

#[test]
fn the_known_accounts_are_listed_without_a_word_or_a_change() {
    let env = TestEnv::new();
    env.login("other-store");
    env.login("mystore");
    let known = || env.vtexid(["__known"]).run().stderr("");
    known().success().stdout("mystore\nother-store\n");
    let index = env.file("index.json");
    let text = fs::read_to_string(&index).unwrap();
    for damaged in [
        text.replace("other-store", "$(id)"),
        text.replace("other-store", "-other"),
        text.replace("other-store", "other\\nstore"),
        text.replace(": {", "; {"),
        String::new(),
    ] {
        fs::write(&index, &damaged).unwrap();
        let before = env.files();
        known().success().stdout("");
        assert_eq!(fs::read_to_string(&index).unwrap(), damaged);
        assert_eq!(env.files(), before);
    }
}

#[test]
fn where_nobody_has_logged_in_no_account_is_listed_and_no_folder_made() {
    let env = TestEnv::new();
    env.vtexid(["__known"])
        .run()
        .success()
        .stdout("")
        .stderr("");
    assert!(!env.dir().exists());
    env.vtexid(["--help"])
        .run()
        .success()
        .stdout(predicates::str::contains("__known").not());
}
