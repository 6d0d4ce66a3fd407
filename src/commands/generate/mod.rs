//! Completion scripts and man pages, made from the command line itself so
//! that they cannot tell another story.

mod man;
mod shells;

use std::{fs, path::Path};

use anyhow::Context as _;
use clap::{Args as _, Command, CommandFactory as _, ValueEnum as _};
use clap_complete::{Generator as _, Shell};

use crate::{
    cli::{Cli, Global},
    context::Context,
    error::Failure,
    output::Output,
};

/// The command line without its hidden commands, which some of the generators
/// would list.
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

/// `vtexid completions SHELL`
///
/// # Errors
/// When stdout cannot take it.
pub fn completions(shell: Shell) -> Result<(), Failure> {
    Output::raw(&shells::script(shell, public())?)
}

/// The hidden `vtexid __known`: what the completion scripts ask at each Tab.
/// Says nothing, changes nothing and never waits.
///
/// # Errors
/// When stdout cannot take it.
pub fn known(context: &Context) -> Result<(), Failure> {
    let session = context.peek();
    let accounts = session.iter().flat_map(|session| session.accounts().keys());
    let lines: Vec<String> = accounts.map(|name| format!("{name}\n")).collect();
    Output::raw(&lines.concat())
}

/// The hidden `vtexid generate DIR`: what is committed in `completions/` and
/// `man/`.
///
/// # Errors
/// When a file cannot be written.
pub fn all(dir: &Path) -> Result<(), Failure> {
    let (completions, man) = (dir.join("completions"), dir.join("man"));
    let write = || -> anyhow::Result<()> {
        fs::create_dir_all(&completions)?;
        fs::create_dir_all(&man)?;
        for shell in Shell::value_variants() {
            let script = shells::script(*shell, public())?;
            fs::write(completions.join(shell.file_name("vtexid")), script)?;
        }
        for (name, page) in man::pages(public()) {
            fs::write(man.join(name), page)?;
        }
        Ok(())
    };
    Ok(write().with_context(|| format!("could not write to {}", dir.display()))?)
}
