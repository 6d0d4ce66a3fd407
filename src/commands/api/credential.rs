//! Which account's credential a request is sent with: the one place of this
//! command that asks for it.

use crate::{
    account::Account,
    accounts,
    api::{self, Takes},
    commands::apptoken::{check_app_token, check_key},
    context::Context,
    credential::{self, Credential, Origin},
    error::{Code, Failure},
    output::typed_visible,
    runtime,
    secret::Secret,
    token::{self, Token},
};

/// A token that is younger is not renewed after a 401, which often means "not
/// allowed".
const MIN_AGE: i64 = 600;

/// `--as`
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum As {
    /// A user's token.
    User,
    /// The app key pair.
    Key,
    /// Nothing.
    None,
    /// One user's token.
    Email(String),
}

/// Whose a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A person's.
    User,
    /// An app key's.
    Key,
}

/// What a request is sent with.
pub enum Chosen {
    /// A token, its account, whose it is, and whether it is stored.
    Token(Token, Account, Kind, bool),
    /// An app key pair, for this account.
    Pair(Account, String, Secret),
    /// Nothing.
    None,
}

impl As {
    /// Reads the flag.
    ///
    /// # Errors
    /// Exit code 2 for anything else.
    pub fn read(text: &str) -> Result<Self, Failure> {
        Ok(match text {
            "user" => Self::User,
            "key" => Self::Key,
            "none" => Self::None,
            _ if text.contains('@') => Self::Email(text.to_owned()),
            _ => {
                return Err(
                    Failure::new(Code::Usage, "invalid --as: it is user, key or none")
                        .hint("an app token or a token is no argument: every user of the machine could see it"),
                );
            }
        })
    }
}

impl Chosen {
    /// What is added to the request, and for which account.
    pub fn sent(&self) -> Option<(Account, api::Credential)> {
        match self {
            Self::Token(token, account, ..) => {
                Some((account.clone(), api::Credential::Token(token.clone())))
            }
            Self::Pair(account, app_key, app_token) => {
                let pair = api::Credential::Pair {
                    app_key: app_key.clone(),
                    app_token: app_token.clone(),
                };
                Some((account.clone(), pair))
            }
            Self::None => None,
        }
    }

    /// The text that must not be shown.
    pub fn secret(&self) -> Option<&Secret> {
        match self {
            Self::Token(token, ..) => Some(token.secret()),
            Self::Pair(_, _, app_token) => Some(app_token),
            Self::None => None,
        }
    }

    /// Whether another token may help after a 401.
    fn can_be_renewed(&self, context: &Context) -> bool {
        match self {
            Self::Token(token, _, _, true) => {
                let issued = token.claims().seconds("iat");
                issued.is_none_or(|issued| context.now().saturating_sub(issued) > MIN_AGE)
            }
            _ => false,
        }
    }
}

/// The account a request is for. Reads no secret.
///
/// # Errors
/// Exit code 4 when nothing names one.
pub fn account(context: &Context, wanted: Option<&As>) -> Result<Account, Failure> {
    if let Some((account, _)) = accounts::named(context)? {
        return Ok(account);
    }
    if let Some(token) = given(context, wanted, None)? {
        let named = token.claims().account().map(str::parse);
        return named.transpose()?.ok_or_else(|| {
            Failure::new(Code::Usage, "the token in VTEX_TOKEN names no account")
                .hint("name it with --account")
        });
    }
    let current = context
        .peek()
        .and_then(|session| session.current().cloned());
    if let Some(current) = current {
        return Ok(current);
    }
    let key = context.config.app_key.as_ref();
    match key.and_then(|key| account_of(key)) {
        Some(account) => Ok(account),
        None if matches!(context.config.dir, Ok(None)) || key.is_some() => Err(nameless()),
        None => accounts::choose(context, &context.session()?).map(|(account, _)| account),
    }
}

fn nameless() -> Failure {
    Failure::new(Code::Usage, "no account is named")
        .hint("set VTEX_ACCOUNT, or pass --account ACCOUNT")
}

/// The account in an app key's own name.
fn account_of(key: &str) -> Option<Account> {
    let (account, _) = key.strip_prefix("vtexappkey-")?.rsplit_once('-')?;
    account.parse().ok()
}

/// The credential for a request to this account: `VTEX_TOKEN` where it fits,
/// else the stored user, else the stored app key, else the pair in the
/// environment. What exists decides, not what is valid.
///
/// # Errors
/// Exit code 2 for a pair that is incomplete, 3 and 4 as `local token`, 5 for
/// the store, 6 when a token had to be made and VTEX ID was not reached.
pub fn choose(
    context: &Context,
    wanted: Option<&As>,
    account: &Account,
    takes: Takes,
) -> Result<Chosen, Failure> {
    if wanted == Some(&As::None) {
        return Ok(Chosen::None);
    }
    if let Some(As::Email(email)) = wanted {
        return Err(Failure::new(
            Code::LoggedOut,
            format_args!("{} is not stored for {account}", typed_visible(email)),
        )
        .hint("use `--as user`, or leave out --as"));
    }
    if let Some(token) = given(context, wanted, Some(account))? {
        let origin = Origin::Environment;
        return token_of(context, Credential { token, origin }, account);
    }
    if let Some(chosen) = stored(context, wanted, account)? {
        return for_family(context, chosen, takes);
    }
    if wanted != Some(&As::User)
        && let Some(pair) = pair_given(context, account)?
    {
        return for_family(context, pair, takes);
    }
    Err(nothing(context, wanted, account))
}

/// Another token after a 401, where there can be one.
///
/// # Errors
/// As [`choose`].
pub fn renewed(context: &Context, chosen: &Chosen) -> Result<Option<Chosen>, Failure> {
    let Chosen::Token(old, account, ..) = chosen else {
        return Ok(None);
    };
    if !chosen.can_be_renewed(context) {
        return Ok(None);
    }
    let credential = Credential::stored(context)?;
    // Another process may have renewed it.
    let force = credential.token.secret() == old.secret();
    let credential = credential.ensure_valid_for(context, std::time::Duration::ZERO, force)?;
    if credential.token.secret() == old.secret() {
        return Ok(None);
    }
    token_of(context, credential, account).map(Some)
}

/// Whether a renewal may be tried.
pub fn is_renewable(context: &Context, chosen: &Chosen) -> bool {
    chosen.can_be_renewed(context)
}

/// The token in `VTEX_TOKEN`, where it is of the kind and the account that are
/// wanted.
fn given(
    context: &Context,
    wanted: Option<&As>,
    account: Option<&Account>,
) -> Result<Option<Token>, Failure> {
    if wanted == Some(&As::None) {
        return Ok(None);
    }
    let token = credential::from_environment(context)?;
    Ok(token.filter(|token| {
        let fits = match wanted {
            Some(As::Key) => kind(token) == Kind::Key,
            Some(As::User | As::Email(_)) => kind(token) == Kind::User,
            _ => true,
        };
        let other = account.is_some_and(|account| token.claims().other_account(account).is_some());
        fits && !other
    }))
}

fn kind(token: &Token) -> Kind {
    match token.claims().kind() {
        token::Kind::AppKey => Kind::Key,
        _ => Kind::User,
    }
}

/// What is stored for the account.
fn stored(
    context: &Context,
    wanted: Option<&As>,
    account: &Account,
) -> Result<Option<Chosen>, Failure> {
    // A machine without a home has nothing stored.
    if matches!(context.config.dir, Ok(None)) {
        return Ok(None);
    }
    let session = context.session()?;
    let Some(entry) = session.accounts().get(account) else {
        return Ok(None);
    };
    let is_key = entry.kind == token::Kind::AppKey;
    let wants_key = wanted == Some(&As::Key);
    if (is_key || wants_key)
        && wanted != Some(&As::User)
        && let Some((key, app_token)) = session.pair(account)?
    {
        return Ok(Some(Chosen::Pair(account.clone(), key, app_token)));
    }
    let fits = wanted.is_none() || wants_key == is_key;
    if !fits {
        return Ok(None);
    }
    token_of(context, Credential::stored(context)?, account).map(Some)
}

fn token_of(
    context: &Context,
    credential: Credential,
    account: &Account,
) -> Result<Chosen, Failure> {
    let stored = matches!(credential.origin, Origin::Store(_));
    let credential = credential.ensure_valid_for(context, std::time::Duration::ZERO, false)?;
    let kind = kind(&credential.token);
    Ok(Chosen::Token(
        credential.token,
        account.clone(),
        kind,
        stored,
    ))
}

/// The pair in the environment.
fn pair_given(context: &Context, account: &Account) -> Result<Option<Chosen>, Failure> {
    let Some(key) = &context.config.app_key else {
        return Ok(None);
    };
    check_key(key)?;
    let app_token = context.config.app_token.clone().ok_or_else(|| {
        Failure::new(
            Code::Usage,
            format_args!("missing app token for the app key {key}"),
        )
        .hint("set VTEX_APP_TOKEN beside VTEX_APP_KEY")
    })?;
    check_app_token(&app_token)?;
    Ok(Some(Chosen::Pair(account.clone(), key.clone(), app_token)))
}

/// A token made from the pair, where a family takes tokens alone.
fn for_family(context: &Context, chosen: Chosen, takes: Takes) -> Result<Chosen, Failure> {
    match (chosen, takes) {
        (Chosen::Pair(account, key, app_token), Takes::Token) => {
            let api = context.vtexid()?;
            let made = runtime::run(async { Ok(api.app_token(&account, &key, &app_token).await) })?;
            let token = made.map_err(|e| {
                Failure::from(e).context(format!(
                    "could not make a token for {account} with the app key {key}"
                ))
            })?;
            Ok(Chosen::Token(token, account, Kind::Key, false))
        }
        (chosen, _) => Ok(chosen),
    }
}

fn nothing(context: &Context, wanted: Option<&As>, account: &Account) -> Failure {
    let key_ways =
        "set VTEX_APP_KEY and VTEX_APP_TOKEN, or save a pair with `vtexid apptoken --save`";
    let failure = match wanted {
        Some(As::Key) => Failure::new(
            Code::LoggedOut,
            format_args!("no app key is stored for {account}"),
        )
        .hint(key_ways),
        _ => Failure::new(
            Code::LoggedOut,
            format_args!("nobody is logged in to {account}"),
        )
        .hint(format!(
            "run `vtexid login {account}`, or send the request without a credential with `--as none`"
        )),
    };
    // It was there, and did not fit.
    match context.config.token {
        Some(_) => failure.context("VTEX_TOKEN is another account's, or of another kind"),
        None => failure,
    }
}
