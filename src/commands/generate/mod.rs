//! Man pages, generated from the command line, so that they cannot differ from
//! it.

mod man;

use std::{fs, path::Path};

use anyhow::Context as _;
use clap::{Args as _, Command, CommandFactory as _};

use crate::{
    cli::{Cli, Global},
    error::Failure,
};

/// The command line without its hidden commands.
fn public() -> Command {
    let full = Cli::command();
    let mut public = Global::augment_args(Command::new("vtexid"))
        .version(env!("CARGO_PKG_VERSION"))
        .arg_required_else_help(true)
        .subcommands(full.get_subcommands().filter(|c| !c.is_hide_set()).cloned());
    if let (Some(about), Some(long)) = (full.get_about(), full.get_long_about()) {
        public = public.about(about.clone()).long_about(long.clone());
    }
    if let (Some(after), Some(long)) = (full.get_after_help(), full.get_after_long_help()) {
        public = public
            .after_help(after.clone())
            .after_long_help(long.clone());
    }
    public
}

/// The hidden `vtexid generate DIR`: what is committed in `man/`.
///
/// # Errors
/// When a file cannot be written.
pub fn all(dir: &Path) -> Result<(), Failure> {
    let man = dir.join("man");
    let write = || -> anyhow::Result<()> {
        fs::create_dir_all(&man)?;
        for (name, page) in man::pages(public()) {
            fs::write(man.join(name), page)?;
        }
        Ok(())
    };
    Ok(write().with_context(|| format!("could not write to {}", dir.display()))?)
}
