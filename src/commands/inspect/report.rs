//! What `inspect` answers: the same facts as rows for people and as JSON.

use std::fmt::Write as _;

use serde::Serialize;
use serde_json::{Map, Value};

use super::key::Verified;
use crate::{
    judge::{Finding, Level},
    output::{Row, Tone, visible},
    time,
    token::{Exact, ExactFields, Kind, Token, Validity},
    vtexid::{Credential, Role},
};

/// Claims that have a row of their own.
const TOLD: [&str; 6] = ["sub", "account", "iat", "nbf", "exp", "userLogin"];

/// The answer. The JSON's fields are documented in docs/inspect.md. All of them
/// are always there; a field is null if the token does not have it, or if it was
/// not asked for.
#[derive(Default, Serialize)]
pub struct Report<'a> {
    kind: Sort,
    login: Option<&'a str>,
    account: Option<&'a str>,
    scope: Option<&'static str>,
    header: Option<String>,
    io_context: Option<&'static str>,
    usual_life: Option<i64>,
    issued_at: Option<String>,
    not_before: Option<String>,
    expires_at: Option<String>,
    expired: Option<bool>,
    seconds_left: Option<i64>,
    pub signature_checked: bool,
    pub online: Option<Online>,
    pub roles: Option<Vec<Role>>,
    findings: Vec<Finding>,
    jose_header: Option<&'a Map<String, Value>>,
    claims: Option<ExactFields<'a>>,
    #[serde(skip)]
    token: Option<&'a Token>,
    /// The key that the signature was verified with.
    #[serde(skip)]
    key: Option<String>,
    #[serde(skip)]
    now: i64,
}

/// A token's kind, which an encrypted token does not show.
#[derive(Serialize)]
#[serde(untagged)]
enum Sort {
    Readable(Kind),
    Encrypted(&'static str),
}

impl Default for Sort {
    fn default() -> Self {
        Self::Readable(Kind::Unknown)
    }
}

/// What VTEX ID says about the token.
#[derive(Serialize)]
pub struct Online {
    /// The host that was asked.
    pub host: String,
    /// Its answer.
    #[serde(flatten)]
    pub credential: Credential,
}

impl<'a> Report<'a> {
    /// What the token says at `now`, in epoch seconds.
    pub fn new(token: &'a Token, findings: Vec<Finding>, now: i64) -> Self {
        let claims = token.claims();
        let kind = claims.kind();
        let stamp = |name| claims.seconds(name).and_then(time::rfc3339);
        let exp = claims.seconds("exp");
        Self {
            kind: Sort::Readable(kind),
            login: claims.login(),
            account: claims.account(),
            scope: Some(kind.scope()),
            header: token.header_name(),
            io_context: kind.io_name(),
            usual_life: kind.life(),
            issued_at: stamp("iat"),
            not_before: stamp("nbf"),
            expires_at: stamp("exp"),
            expired: exp.map(|exp| exp <= now),
            seconds_left: exp.map(|exp| exp.saturating_sub(now).max(0)),
            findings,
            jose_header: Some(token.header()),
            claims: Some(claims.exact()),
            token: Some(token),
            now,
            ..Self::default()
        }
    }

    /// The report on an encrypted token (RFC 7516): only its header can be read.
    pub fn encrypted(header: &'a Map<String, Value>) -> Self {
        Self {
            kind: Sort::Encrypted("encrypted"),
            findings: vec![Finding {
                code: "encrypted",
                level: Level::Problem,
                message: "it is encrypted (JWE): its claims cannot be read".to_owned(),
            }],
            jose_header: Some(header),
            ..Self::default()
        }
    }

    /// Adds a finding, and keeps the worst ones first.
    pub fn add(&mut self, finding: Finding) {
        self.findings.insert(0, finding);
        self.findings
            .sort_by_key(|finding| finding.level == Level::Warning);
    }

    /// Its signature is valid.
    pub fn signed(&mut self, by: &Verified<'_>) {
        self.signature_checked = true;
        self.key = Some(by.to_string());
        if let Some(message) = by.warning() {
            self.add(Finding {
                code: "weak-key",
                level: Level::Warning,
                message: message.to_owned(),
            });
        }
    }

    /// The first finding that makes the token invalid.
    pub fn problem(&self) -> Option<&str> {
        let first = self.findings.first()?;
        (first.level == Level::Problem).then_some(&*first.message)
    }

    /// The findings, the worst first.
    pub fn messages(&self) -> impl Iterator<Item = &str> {
        self.findings.iter().map(|finding| &*finding.message)
    }

    /// Whether the worst problem is that the token has expired, or will too soon.
    pub fn needs_time(&self) -> bool {
        self.findings
            .first()
            .is_some_and(|first| matches!(first.code, "expired" | "too-little-time"))
    }

    /// The answer to `--check` for a valid token: one line.
    pub fn summary(&self) -> String {
        let mut words = "no problems found".to_owned();
        if let (Some(token), Sort::Readable(kind)) = (self.token, &self.kind) {
            let _ = write!(words, ": {}", kind.words());
            for (before, name) in [(" ", self.login), (" of ", self.account)] {
                if let Some(name) = name {
                    let _ = write!(words, "{before}{}", visible(name, false));
                }
            }
            if let Validity::Until(exp) = token.claims().validity(self.now) {
                let left = time::span_words(exp.saturating_sub(self.now));
                let _ = write!(words, ", {left} left");
            }
            words += match (&self.key, &self.online) {
                (None, None) => "; signature not checked",
                (Some(_), None) => "; signature checked",
                (None, Some(_)) => "; VTEX ID accepts it",
                (Some(_), Some(_)) => "; signature checked, VTEX ID accepts it",
            };
        }
        for finding in &self.findings {
            let _ = write!(words, "; warning: {}", finding.message);
        }
        words
    }

    /// The answer as a table of names and values.
    pub fn rows(&self) -> Vec<Row> {
        let mut rows = Vec::new();
        if let (Some(token), Sort::Readable(kind)) = (self.token, &self.kind) {
            self.told(&mut rows, token, *kind);
        } else {
            rows.push(Row::new("kind", "encrypted token (JWE)"));
        }
        for finding in &self.findings {
            // The row above says it already.
            if finding.code != "expired" {
                let (name, tone) = match finding.level {
                    Level::Problem => ("problem", Tone::Bad),
                    Level::Warning => ("warning", Tone::Doubtful),
                };
                rows.push(Row::new(name, &*finding.message).tone(tone));
            }
        }
        if let Some(token) = self.token {
            rows.extend(self.verified(token));
        }
        if let Some(roles) = &self.roles {
            let names: Vec<&str> = roles.iter().map(|role| &*role.name).collect();
            let words = if names.is_empty() {
                "no role: every Admin API will answer 403".to_owned()
            } else {
                names.join(", ")
            };
            rows.push(Row::new("roles", words));
        }
        for (name, value) in self.claims.iter().flat_map(ExactFields::entries) {
            if !self.is_told(&name) {
                rows.push(Row::new(format!("claim {name}"), exact(value)));
            }
        }
        for (name, value) in self.jose_header.into_iter().flatten() {
            if name != "alg" || self.token.is_none() {
                rows.push(Row::new(format!("header {name}"), shown(value)));
            }
        }
        rows
    }

    /// Whether a claim has its own row. If its value has an unexpected type, or is
    /// not a date, it is listed with the other claims.
    fn is_told(&self, name: &str) -> bool {
        const MAX_SECONDS: u64 = 1_000_000_000_000;
        let Some(claims) = self.token.map(Token::claims) else {
            return false;
        };
        TOLD.contains(&name)
            && match claims.all().get(name) {
                Some(Value::String(_)) => true,
                Some(Value::Number(_)) => claims
                    .seconds(name)
                    .is_some_and(|seconds| seconds.unsigned_abs() < MAX_SECONDS),
                _ => false,
            }
    }

    /// The rows that explain in VTEX's words.
    fn told(&self, rows: &mut Vec<Row>, token: &Token, kind: Kind) {
        let claims = token.claims();
        rows.push(Row::new("kind", kind.words()));
        rows.push(Row::new("login", self.login.unwrap_or("not stated")));
        rows.push(Row::new("account", self.account.unwrap_or("not stated")));
        rows.push(Row::new("permissions", self.permissions(kind)));
        rows.push(Row::new(
            "send as",
            match &self.header {
                Some(cookie) if kind.is_shopper() => format!("cookie {cookie}"),
                Some(header) => format!("header or cookie {header}"),
                None => "not sent: no credential".to_owned(),
            },
        ));
        if let Some(name) = self.io_context {
            rows.push(Row::new("in VTEX IO", name));
        }
        if let Some(life) = self.usual_life {
            rows.push(Row::new("usual lifetime", time::span_words(life)));
        }
        for (name, claim) in [("issued", "iat"), ("not before", "nbf")] {
            if let Some(time) = claims.seconds(claim) {
                rows.push(Row::new(name, time::utc_words(time)));
            }
        }
        let span = |exp: i64| time::span_words(self.now.saturating_sub(exp));
        rows.push(match claims.validity(self.now) {
            Validity::Until(exp) => {
                let words = format!("in {}, {}", span(exp), time::utc_words(exp));
                Row::new("expires", words).tone(Tone::Good)
            }
            Validity::ExpiredAt(exp) => {
                let words = format!("EXPIRED {} ago, {}", span(exp), time::utc_words(exp));
                Row::new("expires", words).tone(Tone::Bad)
            }
            Validity::Unstated => Row::new("expires", "not stated"),
        });
    }

    /// What a token of this kind may do, for people.
    fn permissions(&self, kind: Kind) -> String {
        let whose = match kind {
            Kind::Admin | Kind::OldAdmin => "user",
            Kind::AppKey => "app key",
            other => return other.scope().to_owned(),
        };
        let more = if self.roles.is_some() {
            ""
        } else {
            " (see --roles)"
        };
        format!("depends on the {whose}'s roles{more}")
    }

    fn verified(&self, token: &Token) -> Vec<Row> {
        let asked = self.online.as_ref().map(|online| {
            let said = &online.credential;
            format!(
                "yes, says VTEX ID ({}): {} of {}",
                online.host,
                said.user.as_deref().unwrap_or("an unnamed user"),
                said.account.as_deref().unwrap_or("an unnamed account")
            )
        });
        let key = self.key.as_ref().map(|key| Row::new("signature", &**key));
        let asked = asked.map(|asked| Row::new("valid", asked));
        let verified: Vec<Row> = key.into_iter().chain(asked).collect();
        if !verified.is_empty() {
            return verified
                .into_iter()
                .map(|row| row.tone(Tone::Good))
                .collect();
        }
        let unsigned = token.signature_len() == Some(0);
        let words = match (
            unsigned,
            self.jose_header.and_then(|header| header.get("alg")),
        ) {
            (true, _) => "none: the token is not signed".to_owned(),
            (false, Some(alg)) => format!("not checked ({})", shown(alg)),
            (false, None) => "not checked (no algorithm)".to_owned(),
        };
        vec![Row::new("signature", words)]
    }
}

/// A claim's value on one line, with its own digits.
pub fn exact(value: Exact<'_>) -> String {
    visible(&value.text(), false)
}

/// A header's value on one line: text as it is, everything else as JSON.
pub fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => visible(text, false),
        other => visible(&other.to_string(), false),
    }
}
