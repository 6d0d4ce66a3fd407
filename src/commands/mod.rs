//! The commands, one file each.

mod api;
mod apptoken;
mod completions;
mod doctor;
mod exec;
mod generate;
mod inspect;
mod local;
mod login;
mod logout;
mod status;
mod switch;
mod toolbelt;

use crate::{
    account::Typed,
    accounts,
    cli::{Command, Local, Toolbelt},
    context::Context,
    error::{Code, Failure},
};

pub use completions::answer;

/// Runs the command; `flag` is `--account`.
///
/// # Errors
/// The one failure it ends with.
pub fn run(mut context: Context, flag: Option<Typed>, command: Command) -> Result<(), Failure> {
    let ended = dispatch(&mut context, flag, command);
    // Saves VTEX ID's clock for later commands.
    context.save_clock();
    ended
}

fn dispatch(context: &mut Context, flag: Option<Typed>, command: Command) -> Result<(), Failure> {
    act_on(context, flag);
    match command {
        Command::Login(args) => login::run(context, &args),
        Command::Logout(args) => {
            name(context, args.name.as_ref())?;
            logout::run(context, &args)
        }
        Command::Switch { to } => switch::run(context, to.as_ref()),
        Command::Status(args) => status::run(context, &args),
        Command::Local(Local::Token(args)) => local::token(context, &args),
        Command::Api(args) => api::run(context, &args),
        Command::Exec(args) => exec::run(context, &args),
        Command::Apptoken(args) => apptoken::run(context, &args),
        Command::Toolbelt(Toolbelt::Import(args)) => toolbelt::import(context, &args),
        Command::Toolbelt(Toolbelt::Export(args)) => toolbelt::export(context, &args),
        Command::Inspect(args) => inspect::run(context, &args),
        Command::Doctor => doctor::run(context),
        Command::Completions { shell } => completions::script(shell),
        Command::Complete(asked) => completions::answer(Some(context), &asked),
        Command::Generate { dir } => generate::all(&dir),
    }
}

/// Makes the command act on the typed account.
fn act_on(context: &mut Context, typed: Option<Typed>) {
    if let Some(typed) = typed {
        let account = accounts::typed_account(context, &typed);
        accounts::say_typed(context, &typed, &account);
        context.account = Some(account);
    }
}

/// Merges ACCOUNT and `--account`.
fn name(context: &mut Context, argument: Option<&Typed>) -> Result<(), Failure> {
    let Some(argument) = argument else {
        return Ok(());
    };
    let account = accounts::typed_account(context, argument);
    match &context.account {
        Some(flag) if *flag != account => Err(Failure::new(
            Code::Usage,
            format_args!("conflicting accounts: {account}, and {flag} with --account"),
        )),
        Some(_) => Ok(()),
        None => {
            act_on(context, Some(argument.clone()));
            Ok(())
        }
    }
}
