//! What people type: one file a command.

mod api;
mod apptoken;
mod doctor;
mod generate;
mod inspect;
mod local;
mod login;
mod logout;
mod status;
mod switch;
mod toolbelt;

use crate::{
    account::Account,
    cli::{Command, Local, Toolbelt},
    context::Context,
    error::{Code, Failure},
};

/// Runs the command.
///
/// # Errors
/// The one failure it ends with.
pub fn run(mut context: Context, command: Command) -> Result<(), Failure> {
    let ended = dispatch(&mut context, command);
    // Whichever command asked VTEX ID, later ones profit.
    context.save_clock();
    ended
}

fn dispatch(context: &mut Context, command: Command) -> Result<(), Failure> {
    match command {
        Command::Login(args) => {
            context.account = one_account(context.account.take(), args.name.clone())?;
            login::run(context, &args)
        }
        Command::Logout(args) => {
            context.account = one_account(context.account.take(), args.name.clone())?;
            logout::run(context, &args)
        }
        Command::Switch { to } => switch::run(context, &to),
        Command::Status => status::run(context),
        Command::Local(Local::Token(args)) => local::token(context, &args),
        Command::Api(args) => api::run(context, &args),
        Command::Apptoken(args) => apptoken::run(context, &args),
        Command::Toolbelt(Toolbelt::Import(args)) => toolbelt::import(context, &args),
        Command::Toolbelt(Toolbelt::Export(args)) => toolbelt::export(context, &args),
        Command::Inspect(args) => inspect::run(context, &args),
        Command::Doctor => doctor::run(context),
        Command::Completions { shell } => generate::completions(shell),
        Command::Known => generate::known(context),
        Command::Generate { dir } => generate::all(&dir),
    }
}

/// ACCOUNT and `--account` are two ways to say the same.
fn one_account(
    flag: Option<Account>,
    argument: Option<Account>,
) -> Result<Option<Account>, Failure> {
    match (flag, argument) {
        (Some(flag), Some(argument)) if flag != argument => Err(Failure::new(
            Code::Usage,
            format_args!("two accounts are named: {argument} and, with --account, {flag}"),
        )),
        (flag, argument) => Ok(argument.or(flag)),
    }
}
