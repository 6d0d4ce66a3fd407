//! `--with-token`: a token that the user already has.
//!
//! Not for saving it.

use std::io::{self, IsTerminal as _};

use crate::{
    account::Account,
    context::Context,
    error::{Code, Failure},
    output::Output,
    prompt, runtime, time,
    token::{self, Kind, Token, Validity},
    vtexid::ApiError,
    waits::CHECK_TIMEOUT,
};

/// No token is larger.
const MAX_TOKEN_BYTES: u64 = 64 * 1024;
const ATTEMPT: &str = "could not log in with the token on standard input";

/// The token from stdin, checked. A terminal asks for it, hidden.
pub(super) fn read(context: &Context) -> Result<Token, Failure> {
    let wrong = |problem: String| Failure::new(Code::General, problem).context(ATTEMPT);
    let text = if io::stdin().is_terminal() {
        prompt::secret(context, "token: ")?
    } else {
        prompt::piped_secret(MAX_TOKEN_BYTES).map_err(|problem| match problem {
            prompt::StdinProblem::TooLarge => wrong("it is too large for a token".to_owned()),
            prompt::StdinProblem::Unreadable(problem) => wrong(problem),
        })?
    };
    let token = token::only_token(text.expose()).map_err(|e| Failure::from(e).context(ATTEMPT))?;
    let invalid = |problem: String| Failure::new(Code::BadToken, problem).context(ATTEMPT);
    if token.claims().kind() == Kind::SessionCookie {
        return Err(invalid(
            "it is a vtex_session cookie, which is not a credential".to_owned(),
        ));
    }
    if let Validity::ExpiredAt(exp) = token.claims().validity(context.now()) {
        return Err(invalid(format!("it expired on {}", time::utc_words(exp))));
    }
    Ok(token)
}

/// Asks VTEX ID once whether it accepts the token, because an invented token
/// looks the same.
///
/// # Errors
/// 3 when VTEX ID does not accept a token of a kind that it is known to accept.
pub(super) fn check(context: &Context, account: &Account, token: &Token) -> Result<(), Failure> {
    let claims = token.claims();
    // The account that issued it, which may differ from the account it is saved
    // for.
    let named = claims.account().and_then(|name| name.parse().ok());
    let account = named.as_ref().unwrap_or(account);
    let asked = context.vtexid().and_then(|api| {
        runtime::run(async { Ok(api.check_once(account, token, CHECK_TIMEOUT).await) })
    });
    match asked {
        Ok(Ok(_)) => {}
        Ok(Err(error @ ApiError::Refused { .. })) => {
            if matches!(claims.kind(), Kind::Admin | Kind::AppKey) {
                return Err(Failure::from(error)
                    .hint("get a new token: this one was revoked, or VTEX ID never made it")
                    .context(ATTEMPT));
            }
            // VTEX does not publish whether this request knows tokens of other
            // kinds.
            Output::warn(format_args!(
                "the token may be invalid: {error}; VTEX ID may not know tokens of this kind"
            ));
        }
        Ok(Err(error)) => not_checked(&error),
        Err(failure) => not_checked(&format!("{:#}", failure.error)),
    }
    Ok(())
}

fn not_checked(why: &dyn std::fmt::Display) {
    Output::warn(format_args!("the token was not checked: {why}"));
}
