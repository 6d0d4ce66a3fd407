//! Explains the lines of a batch. Several threads do this at the same time.

use serde::Serialize;
use serde_json::{Map, Value};

use super::{
    super::{key::KeyFile, parse, report::Report},
    Counts,
    lines::Batch,
};
use crate::{
    clock,
    error::Failure,
    judge::{Expectations, Finding, Level, judge},
    output,
    signature::VerifyError,
    token::{Token, TokenError},
};

/// The answer to a line without a token.
#[derive(Serialize)]
struct Broken<'a> {
    error: String,
    jose_header: Option<&'a Map<String, Value>>,
}

/// What to check and print about each token.
pub struct Explainer {
    /// The key to check signatures with.
    pub key: Option<KeyFile>,
    /// What is expected of each token. `now` is set for each batch.
    pub expected: Expectations,
    /// By how many seconds VTEX ID's clock is ahead of this machine's.
    pub clock_offset: i64,
    /// Print only this claim.
    pub claim: Option<String>,
    /// Whether a CI runner reads the answers.
    pub for_runner: bool,
    /// Whether a problem makes a token invalid.
    pub check: bool,
}

/// The answers to a batch.
#[derive(Default)]
pub struct Answers {
    /// One line of JSON per line of the batch.
    pub json: Vec<u8>,
    pub counts: Counts,
}

impl Explainer {
    /// Answers each line, including lines that cannot be read.
    ///
    /// # Errors
    /// When an answer cannot be written as JSON.
    pub fn explain(&self, batch: &Batch) -> Result<Answers, Failure> {
        let mut answers = Answers {
            json: Vec::with_capacity(3 * batch.bytes()),
            ..Answers::default()
        };
        let now = clock::machine_now().saturating_add(self.clock_offset);
        let expected = Expectations {
            now,
            ..self.expected.clone()
        };
        for line in batch.lines() {
            answers.counts.all += 1;
            match line.map_err(TokenError::new).and_then(parse) {
                Ok((token, finding)) => self.token(&token, finding, &expected, &mut answers)?,
                Err(TokenError {
                    encrypted: true,
                    header: Some(ref header),
                    ..
                }) => {
                    answers.counts.bad += u64::from(self.check);
                    answers.counts.unchecked += u64::from(self.key.is_some());
                    self.answer(&mut answers, &Report::encrypted(header))?;
                }
                Err(error) => {
                    answers.counts.broken += 1;
                    let answer = Broken {
                        error: error.to_string(),
                        jose_header: error.header.as_deref(),
                    };
                    self.answer(&mut answers, &answer)?;
                }
            }
        }
        Ok(answers)
    }

    fn token(
        &self,
        token: &Token,
        finding: Option<Finding>,
        expected: &Expectations,
        answers: &mut Answers,
    ) -> Result<(), Failure> {
        let mut report = Report::new(token, judge(token, expected), expected.now);
        if let Some(finding) = finding {
            report.add(finding);
        }
        let mut is_bad = false;
        match self.key.as_ref().map(|key| key.check(token)) {
            Some(Ok(good)) => report.signed(&good),
            Some(Err(error)) => {
                let (code, level) = match error {
                    VerifyError::Invalid(_) => {
                        is_bad = true;
                        ("bad-signature", Level::Problem)
                    }
                    VerifyError::Unsupported(_) => {
                        answers.counts.unchecked += 1;
                        ("unchecked-signature", Level::Warning)
                    }
                };
                report.add(Finding {
                    code,
                    level,
                    message: error.to_string(),
                });
            }
            None => {}
        }
        is_bad |= self.check && report.problem().is_some();
        answers.counts.bad += u64::from(is_bad);
        match &self.claim {
            None => self.answer(answers, &report),
            Some(name) => self.answer(answers, &token.claims().exact().get(name)),
        }
    }

    fn answer(&self, answers: &mut Answers, answer: &impl Serialize) -> Result<(), Failure> {
        output::add_json_line(&mut answers.json, answer, self.for_runner)
    }
}
