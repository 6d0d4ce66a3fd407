//! What `inspect` is given on standard input: one token, in whatever way it
//! was pasted, or a stream with a token on each line.

use std::{
    io::{self, BufRead, BufReader, IsTerminal as _, Read as _, StdinLock},
    str,
};

use zeroize::Zeroizing;

use crate::{
    error::{Code, Failure},
    secret::Secret,
};

/// No token is larger; reading on would only fill memory.
const LIMIT: usize = 1 << 20;

/// What came on standard input.
pub enum Input {
    /// Everything there was.
    One(Secret),
    /// One token a line.
    Lines(Lines),
}

/// The lines of a stream, read as they are asked for.
pub struct Lines {
    reader: BufReader<StdinLock<'static>>,
    /// Read already, to see that this is a stream; the last one first.
    ahead: Vec<Line>,
}

/// A line, or why it could not be read.
pub type Line = Result<Secret, String>;

/// Reads standard input. It is a stream where `streams` are wanted and the
/// first two lines both have the dots of a token: what has none goes on with
/// the line before, as terminals and mails wrap it.
///
/// # Errors
/// When it cannot be read, or holds nothing, or more than any token.
pub fn read(streams: bool) -> Result<Input, Failure> {
    let mut reader = BufReader::with_capacity(1 << 16, io::stdin().lock());
    let mut text = Zeroizing::new(Vec::new());
    if streams {
        let first = next_line(&mut reader)?;
        if let Some(Ok(first)) = &first
            && looks_whole(first.expose())
        {
            match next_line(&mut reader)? {
                Some(second)
                    if !second
                        .as_ref()
                        .is_ok_and(|line| !line.expose().contains('.')) =>
                {
                    let ahead = vec![second, Ok(first.clone())];
                    return Ok(Input::Lines(Lines { reader, ahead }));
                }
                rest => {
                    text.extend_from_slice(first.expose().as_bytes());
                    if let Some(Ok(rest)) = rest {
                        text.extend_from_slice(rest.expose().as_bytes());
                    }
                }
            }
        } else if let Some(first) = first {
            let first = first.map_err(|problem| unreadable(&problem))?;
            text.extend_from_slice(first.expose().as_bytes());
            text.push(b'\n');
        }
    }
    let room = (LIMIT + 1).saturating_sub(text.len()) as u64;
    reader
        .take(room)
        .read_to_end(&mut text)
        .map_err(|e| unreadable(&e.to_string()))?;
    if text.len() > LIMIT {
        return Err(Failure::new(
            Code::General,
            "standard input brought more than 1 MiB: no token is that long",
        ));
    }
    let text = utf8(&text).map_err(|problem| unreadable(&problem))?;
    if text.trim().is_empty() {
        return Err(
            Failure::new(Code::General, "no token came on standard input")
                .hint("check the command that should print it"),
        );
    }
    let tokens = text.lines().filter(|line| looks_whole(line)).count();
    if tokens > 1 {
        return Err(Failure::new(
            Code::Usage,
            format_args!("standard input brought {tokens} lines that could each be a token"),
        )
        .hint("vtexid inspect --json gives an answer a line"));
    }
    Ok(Input::One(Secret::new(text.to_owned())))
}

impl Lines {
    /// The next line that is not empty.
    ///
    /// # Errors
    /// When standard input cannot be read.
    pub fn next(&mut self) -> Result<Option<Line>, Failure> {
        match self.ahead.pop() {
            Some(line) => Ok(Some(line)),
            None => next_line(&mut self.reader),
        }
    }

    /// Whether the next line may have to be waited for.
    pub fn may_wait(&self) -> bool {
        self.ahead.is_empty() && !self.reader.buffer().contains(&b'\n')
    }
}

fn looks_whole(line: &str) -> bool {
    line.matches('.').count() >= 2
}

/// The next line with something on it; of one that is too long, the rest is
/// passed over.
fn next_line(reader: &mut impl BufRead) -> Result<Option<Line>, Failure> {
    loop {
        let mut line = Zeroizing::new(Vec::new());
        let failed = |e: io::Error| unreadable(&e.to_string());
        let read = (&mut *reader)
            .take(LIMIT as u64 + 1)
            .read_until(b'\n', &mut line)
            .map_err(failed)?;
        if read == 0 {
            return Ok(None);
        }
        if line.len() > LIMIT {
            skip_line(reader).map_err(failed)?;
            return Ok(Some(Err(
                "the line is longer than 1 MiB: no token is that long".to_owned(),
            )));
        }
        match utf8(&line) {
            Ok(text) if text.trim().is_empty() => {}
            Ok(text) => return Ok(Some(Ok(Secret::new(text.trim().to_owned())))),
            Err(problem) => return Ok(Some(Err(problem))),
        }
    }
}

fn skip_line(reader: &mut impl BufRead) -> io::Result<()> {
    loop {
        let buffer = reader.fill_buf()?;
        let (length, done) = match buffer.iter().position(|byte| *byte == b'\n') {
            Some(at) => (at + 1, true),
            None => (buffer.len(), buffer.is_empty()),
        };
        reader.consume(length);
        if done {
            return Ok(());
        }
    }
}

fn utf8(bytes: &[u8]) -> Result<&str, String> {
    str::from_utf8(bytes).map_err(|e| format!("byte {} is not UTF-8", e.valid_up_to() + 1))
}

fn unreadable(problem: &str) -> Failure {
    Failure::new(
        Code::General,
        format_args!("could not read a token from standard input: {problem}"),
    )
}

/// Whether something was piped in. A terminal brings nothing by itself and
/// `/dev/null`, which cron and systemd give, brings nothing at all.
pub fn is_there() -> bool {
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
