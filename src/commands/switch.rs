//! `vtexid switch`: makes another account the current one.

use serde::Serialize;

use crate::{
    account::Account,
    app::App,
    cli::Target,
    error::{Code, Failure},
    output::{Answer, Output},
};

/// What `--json` prints. People get a note.
#[derive(Serialize)]
struct Switched {
    account: Account,
    previous: Option<Account>,
}

impl Answer for Switched {
    fn lines(&self) -> Vec<String> {
        vec![self.account.to_string()]
    }
}

/// Runs the command.
///
/// # Errors
/// 4 when nobody is logged in to that account, or there is none before.
pub fn run(app: &App, target: &Target) -> Result<(), Failure> {
    let mut session = app.session()?;
    let account = match target {
        Target::Account(account) => account.clone(),
        Target::Previous => session.previous().cloned().ok_or_else(|| {
            Failure::new(Code::LoggedOut, "there is no account before this one")
                .hint("name one; vtexid status lists them")
        })?,
    };
    App::entry(&session, &account)?;
    session.switch(&account)?;
    if app.output.json {
        app.output.answer(&Switched {
            account: account.clone(),
            previous: session.previous().cloned(),
        })?;
    }
    app.output
        .note(format_args!("{account} is the current account now"));
    if let Some(other) = &app.config.account {
        Output::warn(format_args!(
            "VTEX_ACCOUNT is set to {other}, which goes before the current account"
        ));
    }
    if app.config.token.is_some() {
        Output::warn("VTEX_TOKEN is set, which goes before the token of any account");
    }
    Ok(())
}
