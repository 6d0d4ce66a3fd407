//! What people type: one file a command.

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
    app::App,
    cli::{Command, Local, Toolbelt},
    error::{Code, Failure},
};

/// Runs the command.
///
/// # Errors
/// The one failure it ends with.
pub fn run(mut app: App, command: Command) -> Result<(), Failure> {
    match command {
        Command::Login(args) => {
            app.account = one_account(app.account, args.name.clone())?;
            login::run(&app, &args)
        }
        Command::Logout(args) => {
            app.account = one_account(app.account, args.name)?;
            logout::run(&app, args.all)
        }
        Command::Switch { to } => switch::run(&app, &to),
        Command::Status => status::run(&app),
        Command::Local(Local::Token(args)) => local::token(&app, &args),
        Command::Apptoken(args) => apptoken::run(&app, &args),
        Command::Toolbelt(Toolbelt::Import(args)) => toolbelt::import(&app, &args),
        Command::Toolbelt(Toolbelt::Export(args)) => toolbelt::export(&app, &args),
        Command::Inspect(args) => inspect::run(&app, &args),
        Command::Doctor => doctor::run(&app),
        Command::Completions { shell } => generate::completions(shell),
        Command::Known => generate::known(&app),
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
