//! Checks a token's claims and header without verifying its signature.
//!
//! Not for parsing (`token`) and not for verification (`signature`): anyone
//! could have written what is checked here.

use std::time::Duration;

use serde::Serialize;
use serde_json::Value;

use crate::{
    account::Account,
    time::{duration_words, span_words, utc_words},
    token::{Kind, Token},
};

/// How far two clocks may differ, in seconds, before it is reported.
const MAX_SKEW: i64 = 60;

/// Numbers from here on are taken as milliseconds. As milliseconds this is in
/// 2001, as seconds in the year 33658. It is above .NET's latest time, the end
/// of the year 9999, in seconds.
const MIN_MILLISECONDS: i64 = 1_000_000_000_000;

/// Numbers from here on are too large even for milliseconds.
const MAX_MILLISECONDS: i64 = 1_000 * MIN_MILLISECONDS;

/// One problem or warning about a token.
#[derive(Clone, Debug, Serialize)]
pub struct Finding {
    /// A stable name for programs.
    pub code: &'static str,
    /// How bad it is.
    pub level: Level,
    /// The message for people.
    pub message: String,
}

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// The token is invalid or cannot be used.
    Problem,
    /// The token may work, but something about it is unusual.
    Warning,
}

/// What the caller expects of a token.
#[derive(Clone, Debug, Default)]
pub struct Expectations {
    /// Now, in epoch seconds.
    pub now: i64,
    /// The token must be valid for at least this long.
    pub min_validity: Option<Duration>,
    /// The account it should be for.
    pub account: Option<ExpectedAccount>,
}

/// The account that a token should be for.
#[derive(Clone, Debug)]
pub enum ExpectedAccount {
    /// The account named on the command line.
    Named(Account),
    /// The current account, which nobody named.
    Current(Account),
}

impl ExpectedAccount {
    fn name(&self) -> &Account {
        match self {
            Self::Named(account) | Self::Current(account) => account,
        }
    }

    const fn is_named(&self) -> bool {
        matches!(self, Self::Named(_))
    }
}

/// Checks a token and returns the findings, problems first.
pub fn judge(token: &Token, expected: &Expectations) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut found = |level, code, message: String| {
        findings.push(Finding {
            code,
            level,
            message,
        });
    };
    times(token, expected, &mut found);
    signature(token, &mut found);
    let oddities = token.oddities();
    for name in &oddities.repeated {
        let message = format!("duplicate name `{name}`: parsers disagree on which value to use");
        found(Level::Problem, "duplicate-name", message);
    }
    if let Some(number) = &oddities.rounded {
        let message =
            format!("the number {number} does not fit in 53 bits: JavaScript and others round it");
        found(Level::Warning, "rounded-number", message);
    }
    let claims = token.claims();
    if claims.kind() == Kind::SessionCookie {
        let message = "it is session data, not a credential".to_owned();
        found(Level::Problem, "no-credential", message);
    }
    if let (Some(ExpectedAccount::Named(wanted)), None) = (&expected.account, claims.account()) {
        let message = format!("it does not name the account {wanted}");
        found(Level::Problem, "other-account", message);
    }
    if let Some(account) = &expected.account
        && let wanted = account.name()
        && let Some(named) = claims.other_account(wanted)
    {
        let (level, message) = if account.is_named() && claims.kind() == Kind::Admin {
            // According to VTEX's guide to cross-account access.
            (
                Level::Warning,
                format!(
                    "it is for the account {named}, not {wanted}: it works there only if its user has access to {wanted}"
                ),
            )
        } else if account.is_named() {
            (
                Level::Problem,
                format!("it is for the account {named}, not {wanted}"),
            )
        } else {
            (
                Level::Warning,
                format!("it is for the account {named}, but you are logged in to {wanted}"),
            )
        };
        found(level, "other-account", message);
    }
    findings.sort_by_key(|finding| finding.level == Level::Warning);
    findings
}

fn times(
    token: &Token,
    expected: &Expectations,
    found: &mut impl FnMut(Level, &'static str, String),
) {
    let claims = token.claims();
    let now = expected.now;
    for name in ["exp", "nbf", "iat"] {
        let Some(value) = claims.get(name) else {
            continue;
        };
        match claims.seconds(name) {
            None => found(
                Level::Problem,
                "not-a-time",
                format!("`{name}` is {}, not a time", json_type(value)),
            ),
            Some(seconds) if seconds.saturating_abs() >= MAX_MILLISECONDS => {
                let digits = claims.exact().get(name).map(|exact| exact.json());
                let digits = digits.unwrap_or_default();
                let message = format!("`{name}` is {digits}, not a time");
                found(Level::Problem, "not-a-time", message);
            }
            Some(seconds) if seconds.saturating_abs() >= MIN_MILLISECONDS => found(
                Level::Problem,
                "milliseconds",
                format!(
                    "`{name}` looks like milliseconds instead of seconds: that would be {}",
                    utc_words(seconds / 1000)
                ),
            ),
            Some(_) => {}
        }
    }
    let (issued, expires) = (claims.seconds("iat"), claims.seconds("exp"));
    match expires {
        Some(exp) if exp <= now => found(
            Level::Problem,
            "expired",
            format!(
                "it expired {} ago, on {}",
                span_words(now.saturating_sub(exp)),
                utc_words(exp)
            ),
        ),
        Some(exp) => {
            let remaining = exp.saturating_sub(now);
            if let Some(wanted) = expected.min_validity
                && remaining.unsigned_abs() < wanted.as_secs()
            {
                found(
                    Level::Problem,
                    "too-little-time",
                    format!(
                        "it is valid for only {} more, not for {}",
                        span_words(remaining),
                        duration_words(wanted)
                    ),
                );
            }
        }
        None if claims.get("exp").is_some() => {}
        None => found(
            match expected.min_validity {
                Some(_) => Level::Problem,
                None => Level::Warning,
            },
            "no-expiry",
            "it has no expiry time".to_owned(),
        ),
    }
    if let Some(nbf) = claims.seconds("nbf").filter(|nbf| *nbf > now) {
        let message = format!(
            "it is not valid until {} (in {})",
            utc_words(nbf),
            span_words(nbf.saturating_sub(now))
        );
        found(Level::Problem, "not-yet-valid", message);
    }
    if let Some(iat) = issued.filter(|iat| *iat > now.saturating_add(MAX_SKEW)) {
        let message = format!(
            "it was issued {} in the future: this machine's clock or the issuer's is wrong",
            span_words(iat.saturating_sub(now))
        );
        found(Level::Warning, "issued-in-the-future", message);
    }
    if let Some(exp) = expires {
        let kind = claims.kind();
        let life = exp.saturating_sub(issued.unwrap_or(now));
        if issued.is_some() && life <= 0 {
            let message = "it expires before it was issued".to_owned();
            found(Level::Problem, "no-life", message);
        } else if let Some(usual) = kind.life()
            && life > usual + MAX_SKEW
            && exp < MIN_MILLISECONDS
        {
            let message = format!(
                "its lifetime is {}, but tokens of this kind ({}) last {}",
                span_words(life),
                kind.words(),
                span_words(usual)
            );
            found(Level::Warning, "long-life", message);
        }
    }
}

fn signature(token: &Token, found: &mut impl FnMut(Level, &'static str, String)) {
    let algorithm = token.header().get("alg").and_then(Value::as_str);
    let length = token.signature_len();
    match (algorithm, length) {
        (Some(alg), _) if alg.trim().eq_ignore_ascii_case("none") => {
            let message = format!("it is not signed (`alg: {alg}`): anyone could have made it");
            found(Level::Problem, "not-signed", message);
        }
        (_, Some(0)) => found(
            Level::Problem,
            "empty-signature",
            "its signature is empty".to_owned(),
        ),
        (_, None) => found(
            Level::Problem,
            "signature-length",
            "its signature is cut off: invalid base64url length".to_owned(),
        ),
        (Some(alg), Some(length)) if !signature_length_matches(alg, length) => found(
            Level::Problem,
            "signature-length",
            format!("its signature has {length} bytes, which is wrong for {alg}"),
        ),
        (Some(alg), Some(_)) if !KNOWN.contains(&alg) => found(
            Level::Problem,
            "unknown-algorithm",
            format!("its algorithm {alg} is unknown"),
        ),
        (None, Some(_)) => found(
            Level::Problem,
            "no-algorithm",
            "its header does not name an algorithm".to_owned(),
        ),
        _ => {}
    }
    let kind = token.claims().kind();
    if let (Some(alg), Some(usual)) = (algorithm, kind.algorithm())
        && alg != usual
        && !alg.eq_ignore_ascii_case("none")
    {
        let message = format!(
            "it is signed with {alg}, but VTEX signs this kind ({}) with {usual}",
            kind.words()
        );
        found(Level::Warning, "unusual-algorithm", message);
    }
    if token.header().get("b64") == Some(&Value::Bool(false))
        && token.header().get("crit").is_none()
    {
        // RFC 7797 section 6: parsers that ignore `b64` verify another text.
        let message = "its header has `b64: false`, but does not name it in `crit`";
        found(Level::Problem, "unencoded-payload", message.to_owned());
    }
    if token.header().contains_key("crit") {
        let message =
            "its header requires extensions (`crit`) that every parser must know".to_owned();
        found(Level::Warning, "critical-extensions", message);
    }
}

/// The signature algorithms that are registered for JWS.
const KNOWN: [&str; 16] = [
    "HS256", "HS384", "HS512", "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256",
    "ES384", "ES512", "ES256K", "EdDSA", "Ed25519", "Ed448",
];

/// Whether an algorithm (RFC 7518 section 3.1, RFC 8037, RFC 8812) produces
/// signatures of this many bytes. Always true for an unknown algorithm.
fn signature_length_matches(algorithm: &str, length: usize) -> bool {
    match algorithm {
        "HS256" => length == 32,
        "HS384" => length == 48,
        "HS512" | "ES256" | "ES256K" | "Ed25519" => length == 64,
        "Ed448" => length == 114,
        "ES384" => length == 96,
        "ES512" => length == 132,
        // `EdDSA` means Ed25519 or Ed448.
        "EdDSA" => matches!(length, 64 | 114),
        // As long as the key, which has at least 1024 bits.
        "RS256" | "RS384" | "RS512" | "PS256" | "PS384" | "PS512" => length >= 128,
        _ => true,
    }
}

fn json_type(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number out of range",
        Value::String(_) => "text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

#[cfg(test)]
mod tests;
