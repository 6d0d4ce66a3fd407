//! What docs/architecture.md and CONTRIBUTING.md say of the source files is
//! true of them.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The Rust files below a folder.
fn sources(dir: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|end| end == "rs") {
            found.push(path);
        }
    }
    found
}

/// Each module's row in the table, the first row first.
fn rows() -> BTreeMap<String, usize> {
    let page = fs::read_to_string(root().join("docs/architecture.md")).unwrap();
    let table = page.lines().skip_while(|line| *line != "| row | modules |");
    let mut rows = BTreeMap::new();
    for (row, line) in table.skip(2).enumerate() {
        if !line.starts_with('|') {
            break;
        }
        let modules = line.split('`').skip(1).step_by(2);
        rows.extend(modules.map(|module| (module.to_owned(), row)));
    }
    rows
}

/// The modules that a file names after `crate::`, but for its tests.
fn used(file: &str) -> BTreeSet<&str> {
    fn name(text: &str) -> &str {
        let end = text.find(|c: char| !c.is_ascii_lowercase() && c != '_');
        &text[..end.unwrap_or(text.len())]
    }
    let code = file.split("#[cfg(test)]\nmod ").next().unwrap();
    let mut used = BTreeSet::new();
    for (at, _) in code.match_indices("crate::") {
        let line = code[..at].rsplit('\n').next().unwrap();
        if line.trim_start().starts_with("//") {
            continue;
        }
        let after = &code[at + "crate::".len()..];
        let Some(list) = after.strip_prefix('{') else {
            used.insert(name(after));
            continue;
        };
        // The list's own items, and not those of the lists in it.
        let (mut depth, mut begins) = (0, true);
        for (at, c) in list.char_indices() {
            match c {
                '{' => depth += 1,
                '}' if depth == 0 => break,
                '}' => depth -= 1,
                ',' if depth == 0 => begins = true,
                c if begins && c.is_ascii_lowercase() => {
                    used.insert(name(&list[at..]));
                    begins = false;
                }
                _ => {}
            }
        }
    }
    used
}

#[test]
fn modules_use_only_modules_in_the_rows_below_theirs() {
    let rows = rows();
    let src = root().join("src");
    let (mut wrong, mut seen) = (Vec::new(), BTreeSet::new());
    for path in sources(&src) {
        let inside = path.strip_prefix(&src).unwrap();
        let first = inside.components().next().unwrap();
        let module = Path::new(first.as_os_str()).file_stem().unwrap();
        let module = module.to_str().unwrap();
        let is_test = path.ends_with("tests.rs") || path.ends_with("vectors.rs");
        if is_test || module == "interfaces" {
            continue;
        }
        let row = rows.get(module).expect(module);
        seen.insert(module.to_owned());
        let file = fs::read_to_string(&path).unwrap().replace("\r\n", "\n");
        for other in used(&file).into_iter().filter(|other| *other != module) {
            if rows.get(other).expect(other) <= row {
                wrong.push(format!("{} uses {other}", inside.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "see docs/architecture.md: {wrong:#?}");
    assert_eq!(seen, rows.into_keys().collect(), "docs/architecture.md");
}

#[test]
fn each_file_says_what_it_is_and_has_400_lines_at_most() {
    for path in sources(&root().join("src")) {
        let file = fs::read_to_string(&path).unwrap();
        assert!(file.starts_with("//! "), "{}", path.display());
        assert!(file.lines().count() <= 400, "{}", path.display());
    }
}

/// What these build waits as long as the messages and documents say.
#[test]
fn no_release_is_built_with_the_short_waits_of_the_tests() {
    let mut files = vec![root().join("action.yml")];
    for folder in [".github/workflows", "scripts", "packaging"] {
        let entries = fs::read_dir(root().join(folder)).unwrap();
        files.extend(entries.map(|entry| entry.unwrap().path()));
    }
    let (mut with, mut read) = (BTreeSet::new(), 0);
    for path in files.into_iter().filter(|path| path.is_file()) {
        let text = fs::read_to_string(&path).unwrap();
        read += 1;
        if text.contains("short-waits") || text.contains("all-features") {
            with.insert(path.file_name().unwrap().to_str().unwrap().to_owned());
        }
    }
    assert!(read > 10, "{read}");
    assert_eq!(with, ["check", "test"].map(str::to_owned).into());
    let manifest = fs::read_to_string(root().join("Cargo.toml")).unwrap();
    let features = manifest.split("[features]").nth(1).unwrap();
    let features = features.split("\n[").next().unwrap();
    assert!(!features.contains("default"), "{features}");
    // Even with the feature, the compiler refuses: a release has no debug assertions.
    let waits = fs::read_to_string(root().join("src/waits.rs")).unwrap();
    let guard = r#"#[cfg(all(feature = "short-waits", not(debug_assertions)))]"#;
    assert!(waits.contains(&format!("{guard}\ncompile_error!(")));
}

/// A name that no test has any more would end `scripts/test-windows`.
#[test]
fn tests_that_are_left_out_on_windows_exist() {
    let script = fs::read_to_string(root().join("scripts/test-windows")).unwrap();
    let (_, list) = script.split_once("left_out='\n").unwrap();
    let (list, _) = list.split_once("\n'").unwrap();
    let tests = sources(&root().join("tests/cli"));
    let tests: String = tests
        .iter()
        .map(|path| fs::read_to_string(path).unwrap())
        .collect();
    for line in list.lines() {
        let (path, reason) = line.split_once(' ').unwrap();
        let (_, name) = path.rsplit_once("::").unwrap();
        assert!(tests.contains(&format!("fn {name}()")), "{path}");
        assert!(!reason.trim().is_empty(), "{path}");
    }
}
