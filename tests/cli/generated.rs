//! The committed completion scripts and man pages

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

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
