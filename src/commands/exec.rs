//! `vtexid exec`: runs a program with the credential in its environment.
//!
//! Not for how a program is run: that is `process`'s.

use crate::{
    account::Account,
    cli::{Exec, Setting, What},
    context::Context,
    credential::{AppPair, Choice, Source, known_account},
    error::{Code, Failure},
    process::{self, Variable},
    secret::Secret,
    slot::Slot,
    token::Token,
};

/// Runs the program, in place of vtexid if the system allows it.
///
/// # Errors
/// As `local token`; 126 when the program cannot be run, 127 when it is not
/// there.
pub fn run(context: &Context, args: &Exec) -> Result<(), Failure> {
    check_names(&args.set)?;
    let settings = settings(args);
    let needs = |wanted: &[What]| settings.iter().any(|s| wanted.contains(&s.what));
    // `--set X=key` means the app key's credential.
    let of_key = needs(&[What::Key, What::AppToken]).then_some(&Slot::Key);
    let asked = args.credential.slot.as_ref().or(of_key);
    let choice = Choice::choose(context, asked)?;
    let account = choice.account.clone();
    // Made only if needed: a token costs a request.
    let pair = if needs(&[What::Key, What::AppToken]) {
        Some(pair(&choice, account.as_ref())?)
    } else {
        None
    };
    let key_is_enough = !needs(&[What::Token, What::Cookie]) && pair.is_some();
    let token = if key_is_enough {
        None
    } else {
        let min = args.min_validity.unwrap_or_default();
        let credential = choice.load(context)?;
        Some(credential.ensure_valid_for(context, min, false)?.token)
    };
    let found = Found {
        account: account.as_ref(),
        pair: pair.as_ref(),
        token: token.as_ref(),
    };
    let mut variables = Vec::new();
    for setting in settings {
        variables.push(Variable {
            value: found.value(setting.what)?,
            name: setting.name,
        });
    }
    let (program, arguments) = args
        .command
        .split_first()
        .ok_or_else(|| Failure::new(Code::Usage, "missing program"))?;
    #[cfg(windows)]
    context.signals.leave_to_program();
    Err(process::become_program(
        program,
        arguments,
        variables,
        context.core_limit,
    ))
}

/// What is to be set.
fn settings(args: &Exec) -> Vec<Setting> {
    let setting = |(name, what): (&str, What)| Setting {
        name: name.to_owned(),
        what,
    };
    if !args.set.is_empty() {
        args.set.clone()
    } else if args.credential.slot == Some(Slot::Key) {
        [
            ("VTEX_APP_KEY", What::Key),
            ("VTEX_APP_TOKEN", What::AppToken),
            ("VTEX_ACCOUNT", What::Account),
        ]
        .map(setting)
        .to_vec()
    } else {
        [("VTEX_ACCOUNT", What::Account), ("VTEX_TOKEN", What::Token)]
            .map(setting)
            .to_vec()
    }
}

fn check_names(settings: &[Setting]) -> Result<(), Failure> {
    // Windows ignores case in variables' names.
    let same = |a: &str, b: &str| {
        if cfg!(windows) {
            a.eq_ignore_ascii_case(b)
        } else {
            a == b
        }
    };
    for (n, setting) in settings.iter().enumerate() {
        if settings[..n].iter().any(|s| same(&s.name, &setting.name)) {
            return Err(Failure::new(
                Code::Usage,
                format_args!("--set names {} twice", setting.name),
            ));
        }
    }
    Ok(())
}

fn pair(choice: &Choice, account: Option<&Account>) -> Result<AppPair, Failure> {
    choice.pair()?.ok_or_else(|| {
        let whose = account.map_or_else(String::new, |account| format!(" for {account}"));
        let hint = match (&choice.source, account) {
            (Source::Token(_), _) => {
                "VTEX_TOKEN is a token, not an app key pair: unset it, and set VTEX_APP_KEY and VTEX_APP_TOKEN"
                    .to_owned()
            }
            (Source::Stored(stored), Some(account)) if stored.slot != Slot::Key => format!(
                "pass `--as key`; `vtexid apptoken -a {account} --save --app-key KEY` saves an app key"
            ),
            (_, Some(account)) => {
                format!("run `vtexid apptoken -a {account} --save --app-key KEY`")
            }
            (_, None) => "set VTEX_APP_KEY and VTEX_APP_TOKEN".to_owned(),
        };
        Failure::new(
            Code::LoggedOut,
            format_args!("missing app key pair{whose}"),
        )
        .hint(hint)
    })
}

/// The values that can be set.
struct Found<'a> {
    account: Option<&'a Account>,
    pair: Option<&'a AppPair>,
    token: Option<&'a Token>,
}

impl Found<'_> {
    fn value(&self, what: What) -> Result<Secret, Failure> {
        let plain = |text: &str| Secret::new(text.to_owned());
        let value = match what {
            What::Token => self.token.map(|token| token.secret().clone()),
            What::Cookie => self.token.and_then(|token| {
                let name = token.header_name()?;
                Some(plain(&format!("{name}={}", token.secret().expose())))
            }),
            What::Key => self.pair.map(|pair| plain(&pair.app_key)),
            What::AppToken => self.pair.map(|pair| pair.app_token.clone()),
            What::Account => Some(plain(known_account(self.account)?.as_str())),
            What::Login => match (self.token, self.pair) {
                (Some(token), _) => token.claims().login().map(plain),
                (None, pair) => pair.map(|pair| plain(&pair.app_key)),
            },
        };
        value.ok_or_else(|| {
            let words = match what {
                What::Cookie => "this token is not sent as a cookie",
                What::Login => "the token does not name a user",
                _ => "the credential does not have what --set asks for",
            };
            Failure::new(Code::BadToken, words)
        })
    }
}
