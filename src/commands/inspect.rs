//! `vtexid inspect`: what a token says. Verifies nothing and says so; needs
//! no network, and opens no keyring when a token is given.

use std::{
    fmt,
    io::{self, IsTerminal as _, Read as _},
};

use serde::Serialize;
use serde_json::{Map, Value};

use crate::{
    app::App,
    error::{Code, Failure},
    output::visible,
    secret::Secret,
    time,
    token::{self, Kind, Token, TokenError, Validity},
};

/// No token is larger; reading on would only fill memory.
const LIMIT: u64 = 1 << 20;

/// Claims that have a line of their own.
const TOLD: [&str; 6] = ["sub", "account", "iat", "nbf", "exp", "userLogin"];

#[derive(Serialize)]
struct Report<'a> {
    kind: Kind,
    login: Option<&'a str>,
    account: Option<&'a str>,
    scope: &'static str,
    header: Option<String>,
    io_context: Option<&'static str>,
    issued_at: Option<String>,
    not_before: Option<String>,
    expires_at: Option<String>,
    expired: Option<bool>,
    seconds_left: Option<i64>,
    signature_checked: bool,
    jose_header: &'a Map<String, Value>,
    claims: &'a Map<String, Value>,
    #[serde(skip)]
    token: &'a Token,
    #[serde(skip)]
    now: i64,
}

/// Runs the command.
///
/// # Errors
/// 1 for a broken token, naming the broken part.
pub fn run(app: &App, argument: Option<String>) -> Result<(), Failure> {
    let token = match argument {
        Some(text) if text != "-" => parse(app, &Secret::new(text))?,
        Some(_) => parse(app, &from_stdin()?)?,
        None if stdin_brings_text() => parse(app, &from_stdin()?)?,
        None => app.token()?.token,
    };
    let claims = token.claims();
    let now = App::now();
    let stamp = |name| claims.seconds(name).and_then(time::rfc3339);
    let exp = claims.seconds("exp");
    app.output.answer(&Report {
        kind: claims.kind(),
        login: claims.login(),
        account: claims.account(),
        scope: claims.kind().scope(),
        header: token.carrier(),
        io_context: claims.kind().io_name(),
        issued_at: stamp("iat"),
        not_before: stamp("nbf"),
        expires_at: stamp("exp"),
        expired: exp.map(|exp| exp <= now),
        seconds_left: exp.map(|exp| exp.saturating_sub(now).max(0)),
        signature_checked: false,
        jose_header: token.header(),
        claims: claims.all(),
        token: &token,
        now,
    })
}

fn parse(app: &App, text: &Secret) -> Result<Token, Failure> {
    let token = token::pasted(text.expose());
    // Terminals and mails break long lines.
    let token: String = token.split_whitespace().collect();
    Token::parse(Secret::new(token)).map_err(|error| explain(app, error))
}

/// Says what could be read of a broken token before the failure names the
/// part that could not.
fn explain(app: &App, error: TokenError) -> Failure {
    if let Some(header) = &error.header {
        let fields: Vec<String> = header
            .iter()
            .map(|(name, value)| format!("{} {}", visible(name, false), shown(value)))
            .collect();
        app.output.note(format_args!(
            "its header could be read: {}",
            fields.join(", ")
        ));
    }
    Failure::from(error)
        .context("could not read the token")
        .hint("copy the whole token again: it is three parts of letters, digits, `-` and `_`, joined by dots")
}

fn from_stdin() -> Result<Secret, Failure> {
    let mut text = zeroize::Zeroizing::new(Vec::new());
    io::stdin()
        .lock()
        .take(LIMIT + 1)
        .read_to_end(&mut text)
        .map_err(|e| {
            Failure::new(
                Code::General,
                format_args!("could not read a token from standard input: {e}"),
            )
        })?;
    if text.len() as u64 > LIMIT {
        return Err(Failure::new(
            Code::General,
            "standard input brought more than 1 MiB: no token is that long",
        ));
    }
    let text = std::str::from_utf8(&text).map_err(|e| {
        Failure::new(
            Code::General,
            format_args!(
                "could not read a token from standard input: byte {} is not UTF-8",
                e.valid_up_to() + 1
            ),
        )
    })?;
    if text.trim().is_empty() {
        return Err(
            Failure::new(Code::General, "no token came on standard input")
                .hint("check the command that should print it"),
        );
    }
    Ok(Secret::new(text.to_owned()))
}

/// Whether something was piped in. A terminal brings nothing by itself and
/// `/dev/null`, which cron and systemd give, brings nothing at all.
fn stdin_brings_text() -> bool {
    let stdin = io::stdin();
    if stdin.is_terminal() {
        return false;
    }
    #[cfg(unix)]
    {
        use rustix::fs::FileType;
        rustix::fs::fstat(&stdin).is_ok_and(|stat| {
            !matches!(
                FileType::from_raw_mode(stat.st_mode),
                FileType::CharacterDevice
            )
        })
    }
    #[cfg(not(unix))]
    true
}

/// A claim's value on one line: text as it is, everything else as JSON.
fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => visible(text, false),
        other => visible(&other.to_string(), false),
    }
}

impl Report<'_> {
    fn expiry(&self) -> String {
        let ago = |exp: i64| time::span_words(self.now.saturating_sub(exp));
        match self.token.claims().validity(self.now) {
            Validity::Until(exp) => format!("in {}, {}", ago(exp), time::utc_words(exp)),
            Validity::ExpiredAt(exp) => {
                format!("EXPIRED {} ago, {}", ago(exp), time::utc_words(exp))
            }
            Validity::Unstated => "not stated".to_owned(),
        }
    }
}

impl fmt::Display for Report<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut rows: Vec<(String, String)> = Vec::new();
        let mut row = |name: &str, value: String| rows.push((visible(name, false), value));
        let or_none =
            |text: Option<&str>| text.map_or("not stated".to_owned(), |t| visible(t, false));
        row("kind", self.kind.words().to_owned());
        row("login", or_none(self.login));
        row("account", or_none(self.account));
        row("may do", self.scope.to_owned());
        row(
            "sent as",
            match &self.header {
                Some(header) => format!("header or cookie {header}"),
                None => "not sent: no credential".to_owned(),
            },
        );
        if let Some(name) = self.io_context {
            row("in VTEX IO", name.to_owned());
        }
        for (name, claim) in [("issued", "iat"), ("not before", "nbf")] {
            if let Some(time) = self.token.claims().seconds(claim) {
                row(name, time::utc_words(time));
            }
        }
        row("expires", self.expiry());
        row(
            "verified",
            match (self.token.unsigned(), self.jose_header.get("alg")) {
                (true, _) => "no, the token is not signed".to_owned(),
                (false, Some(alg)) => format!("no, signature not checked ({})", shown(alg)),
                (false, None) => "no, signature not checked (no algorithm named)".to_owned(),
            },
        );
        let known: Vec<&str> = TOLD.to_vec();
        for (name, value) in self.claims {
            // A known name with a value of another type is told like any other.
            let told = known.contains(&name.as_str()) && (value.is_string() || value.is_number());
            if !told {
                row(&format!("claim {name}"), shown(value));
            }
        }
        for (name, value) in self.jose_header {
            if name != "alg" {
                row(&format!("header {name}"), shown(value));
            }
        }
        let width = rows
            .iter()
            .map(|(name, _)| name.chars().count())
            .max()
            .unwrap_or(0);
        let width = width.min(24);
        let lines: Vec<String> = rows
            .iter()
            .map(|(name, value)| format!("{name:width$}  {value}"))
            .collect();
        f.write_str(&lines.join("\n"))
    }
}
