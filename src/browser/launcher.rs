//! Parses `BROWSER`: a program, a list of programs, or a program with
//! arguments; only trying shows which.
//!
//! Not for starting them. No shell reads any of it.

use std::{
    env,
    ffi::{OsStr, OsString},
    path::Path,
    process::Command,
};

use reqwest::Url;

use crate::process;

/// One way to open a page.
#[derive(Debug, PartialEq, Eq)]
pub struct Launcher {
    program: OsString,
    /// `%s` is replaced with the page (otherwise it is the last argument), and
    /// `%%` with `%`.
    arguments: Vec<String>,
}

impl Launcher {
    /// Every meaning of a value of `BROWSER`, in the order to try: the whole
    /// value as a program, each part between colons as a program or as words,
    /// and the whole value as words.
    pub fn all(value: &OsStr) -> Vec<Self> {
        let mut all = vec![Self::program_alone(value)];
        let Some(text) = value.to_str() else {
            return all;
        };
        for part in text.split(':').map(str::trim).filter(|p| !p.is_empty()) {
            let alone = Self::program_alone(OsStr::new(part));
            for launcher in [alone].into_iter().chain(Self::words(part)) {
                if !all.contains(&launcher) {
                    all.push(launcher);
                }
            }
        }
        // In a list the first part's words may already be there.
        all.extend(Self::words(text).filter(|l| all.iter().all(|a| a.program != l.program)));
        all
    }

    fn program_alone(program: &OsStr) -> Self {
        Self {
            program: program.to_owned(),
            arguments: Vec::new(),
        }
    }

    /// Splits words like a shell, but only quotes are special, because Windows
    /// paths contain backslashes. `None` if a quote is not closed.
    fn words(text: &str) -> Option<Self> {
        let mut words = Vec::new();
        let mut word: Option<String> = None;
        let mut quote = None;
        for c in text.chars() {
            match quote {
                Some(end) if c == end => quote = None,
                None if c == '"' || c == '\'' => {
                    quote = Some(c);
                    word.get_or_insert_default();
                }
                None if c.is_whitespace() => words.extend(word.take()),
                _ => word.get_or_insert_default().push(c),
            }
        }
        words.extend(word);
        let mut words = words.into_iter();
        let program = words.next().filter(|_| quote.is_none())?;
        Some(Self {
            program: program.into(),
            arguments: words.collect(),
        })
    }

    /// The program's name or path.
    pub fn program(&self) -> &OsStr {
        &self.program
    }

    /// Whether there is such a program; `search` is a `PATH`.
    pub fn exists(&self, search: &OsStr) -> bool {
        let program = Path::new(&self.program);
        if program.components().count() > 1 {
            return is_program(program);
        }
        env::split_paths(search).any(|dir| is_program(&dir.join(program)))
    }

    /// The command that opens the page.
    pub fn command(&self, page: &Url) -> Command {
        let mut command = process::command(&self.program);
        let mut placed = false;
        for argument in &self.arguments {
            // Splits at `%%`, so that `%%s` is not read as `%s`.
            let parts = argument.split("%%").map(|part| {
                placed |= part.contains("%s");
                part.replace("%s", page.as_str())
            });
            command.arg(parts.collect::<Vec<_>>().join("%"));
        }
        if !placed {
            command.arg(page.as_str());
        }
        command
    }
}

#[cfg(unix)]
fn is_program(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    path.metadata()
        .is_ok_and(|meta| meta.is_file() && meta.permissions().mode() & 0o111 != 0)
}

#[cfg(not(unix))]
fn is_program(path: &Path) -> bool {
    path.is_file() || path.with_extension("exe").is_file()
}
