//! Where an answer goes: standard output, or the file that `-o` names.

use std::{
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
};

use reqwest::{
    Response,
    header::{CONTENT_TYPE, SET_COOKIE},
};
use serde_json::value::RawValue;

use crate::{
    api,
    context::Context,
    disk::Replacement,
    error::{Code, Failure},
    output::{Body, JsonLines, path_visible},
    signals::{Event, Guard},
    token,
};

/// Where an answer goes.
pub struct Sink {
    to: To,
}

enum To {
    Stdout(Option<Body>),
    File {
        file: Replacement,
        path: PathBuf,
        /// Removes the incomplete file if a signal ends the process.
        _guard: Option<Guard>,
    },
    Done,
}

impl Sink {
    /// Opens it; nothing is written to stdout.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn open(context: &Context, path: Option<&Path>) -> Result<Self, Failure> {
        let to = match path.filter(|path| *path != Path::new("-")) {
            None => To::Stdout(None),
            Some(path) => {
                let file = Replacement::begin(path).map_err(|e| unwritable(path, &e))?;
                let guard = file.leftover().map(|leftover| {
                    context.signals.on_event(move |event| {
                        if event == Event::End {
                            let _ = fs::remove_file(&leftover);
                        }
                    })
                });
                To::File {
                    file,
                    path: path.to_owned(),
                    _guard: guard,
                }
            }
        };
        Ok(Self { to })
    }

    /// Begins an answer, with its status and headers if they are wanted.
    ///
    /// # Errors
    /// As [`Self::write`].
    pub fn begin(&mut self, head: &Head, include: bool) -> Result<(), Failure> {
        if include {
            self.start(false);
            self.write(head.text.as_bytes())?;
            self.end()?;
        }
        self.start(head.is_json);
        Ok(())
    }

    fn start(&mut self, is_json: bool) {
        if let To::Stdout(body) = &mut self.to {
            *body = Some(Body::new(is_json));
        }
    }

    /// Writes a piece. Returns whether the output is still open.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write(&mut self, piece: &[u8]) -> Result<bool, Failure> {
        match &mut self.to {
            To::Stdout(Some(body)) => body.write(piece),
            To::File { file, path, .. } => match file.write(piece) {
                Ok(()) => Ok(true),
                Err(e) => Err(unwritable(path, &e)),
            },
            To::Stdout(None) | To::Done => Ok(true),
        }
    }

    /// Ends an answer.
    ///
    /// # Errors
    /// As [`Self::write`].
    pub fn end(&mut self) -> Result<(), Failure> {
        match &mut self.to {
            To::Stdout(Some(body)) => body.end().map(drop),
            _ => Ok(()),
        }
    }

    /// Writes items, one per line. Returns whether the output is still open.
    ///
    /// # Errors
    /// As [`Self::write`].
    pub fn lines<'a>(
        &mut self,
        items: impl IntoIterator<Item = &'a RawValue>,
    ) -> Result<bool, Failure> {
        let mut lines = matches!(self.to, To::Stdout(_)).then(JsonLines::new);
        for item in items {
            let mut line = api::compact(item.get());
            let heard = if let Some(lines) = &mut lines {
                lines.line(&line)?
            } else {
                line.push('\n');
                self.write(line.as_bytes())?
            };
            if !heard {
                return Ok(false);
            }
        }
        lines.map_or(Ok(true), |mut lines| lines.flush())
    }

    /// Puts the file in its place.
    ///
    /// # Errors
    /// As [`Self::write`].
    pub fn finish(&mut self) -> Result<(), Failure> {
        match std::mem::replace(&mut self.to, To::Done) {
            To::File { file, path, .. } => file.finish().map_err(|e| unwritable(&path, &e)),
            _ => Ok(()),
        }
    }
}

fn unwritable(path: &Path, error: &std::io::Error) -> Failure {
    Failure::new(
        Code::General,
        format_args!("could not write to {}: {error}", path_visible(path)),
    )
}

/// What comes before a body.
pub struct Head {
    /// The status and the headers, as curl prints them, without tokens.
    pub text: String,
    is_json: bool,
}

impl Head {
    /// Of an answer.
    pub fn of(answer: &Response) -> Self {
        let kind = answer.headers().get(CONTENT_TYPE);
        let kind = kind
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default();
        Self {
            text: head_text(answer),
            is_json: kind.to_ascii_lowercase().contains("json"),
        }
    }
}

fn head_text(head: &Response) -> String {
    let mut text = format!("{:?} {}\n", head.version(), head.status());
    for (name, value) in head.headers() {
        let value = String::from_utf8_lossy(value.as_bytes());
        let cookie = value.split('=').next().unwrap_or_default();
        let is_token = cookie.starts_with(token::COOKIE) || cookie == "vid_rt";
        // Writing to a string does not fail.
        let _ = if value.contains("eyJ") || (*name == SET_COOKIE && is_token) {
            writeln!(text, "{name}: {cookie}=(not shown)")
        } else {
            writeln!(text, "{name}: {value}")
        };
    }
    text.push('\n');
    text
}
