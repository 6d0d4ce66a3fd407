//! What `inspect` is given on standard input: one token, in whatever way it
//! was pasted, or a stream with a token on each line.

use std::{
    io::{self, BufRead, BufReader, Cursor, IsTerminal as _, Read},
    str,
};

use zeroize::Zeroizing;

use crate::{
    context::Context,
    error::{Code, Failure},
    prompt,
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
    /// Read already, to see that this is a stream.
    begun: Cursor<Zeroizing<Vec<u8>>>,
    rest: BufReader<Box<dyn Read>>,
}

/// A line, or why it could not be read.
pub type Line = Result<Secret, String>;

/// Reads standard input. With `--json` it is a stream if more than one line
/// has the dots of a token; lines without dots go on with the one
/// before, as terminals and mails wrap it.
///
/// # Errors
/// When it cannot be read, or holds nothing, or more than any token.
pub fn read(context: &Context) -> Result<Input, Failure> {
    let streams = context.output.json;
    let (begun, rest): (_, Box<dyn Read>) = if io::stdin().is_terminal() {
        context.output.note("paste the token, and end with Ctrl-D");
        let text = prompt::text(context)?;
        (Vec::from(text.as_bytes()), Box::new(io::empty()))
    } else {
        (Vec::new(), Box::new(io::stdin().lock()))
    };
    let mut rest = BufReader::with_capacity(1 << 16, rest);
    let mut text = Zeroizing::new(begun);
    let failed = |e: io::Error| unreadable(&e.to_string());
    let room = |text: &[u8]| (LIMIT + 1).saturating_sub(text.len()) as u64;
    // What waits for a first answer should not have to end for it.
    let mut lines = if streams { 2 } else { 0 };
    while lines > 0 {
        let start = text.len();
        let mut line = (&mut rest).take(room(&text));
        if line.read_until(b'\n', &mut text).map_err(failed)? == 0 {
            break;
        }
        lines -= usize::from(!text[start..].trim_ascii().is_empty());
    }
    if !streams || whole_lines(&text) < 2 {
        (&mut rest)
            .take(room(&text))
            .read_to_end(&mut text)
            .map_err(failed)?;
    }
    let several = whole_lines(&text);
    if several > 1 {
        if streams {
            let begun = Cursor::new(text);
            return Ok(Input::Lines(Lines { begun, rest }));
        }
        return Err(Failure::new(
            Code::Usage,
            "standard input brought several lines that could each be a token",
        )
        .hint("vtexid inspect --json gives an answer a line"));
    }
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
    Ok(Input::One(Secret::new(text.to_owned())))
}

impl Lines {
    /// The next line that is not empty; of one that is too long, the rest is
    /// passed over.
    ///
    /// # Errors
    /// When standard input cannot be read.
    pub fn next(&mut self) -> Result<Option<Line>, Failure> {
        let failed = |e: io::Error| unreadable(&e.to_string());
        let mut reader = (&mut self.begun).chain(&mut self.rest);
        loop {
            let mut line = Zeroizing::new(Vec::new());
            let read = (&mut reader)
                .take(LIMIT as u64 + 1)
                .read_until(b'\n', &mut line)
                .map_err(failed)?;
            if read == 0 {
                return Ok(None);
            }
            if line.len() > LIMIT {
                skip_line(&mut reader).map_err(failed)?;
                return Ok(Some(Err(
                    "it is longer than 1 MiB: no token is that long".to_owned()
                )));
            }
            match utf8(&line) {
                Ok(text) if text.trim().is_empty() => {}
                Ok(text) => return Ok(Some(Ok(Secret::new(text.trim().to_owned())))),
                Err(problem) => return Ok(Some(Err(problem))),
            }
        }
    }

    /// Whether the next line may have to be waited for.
    pub fn may_wait(&mut self) -> bool {
        let begun = self.begun.fill_buf().is_ok_and(|left| !left.is_empty());
        !begun && !self.rest.buffer().contains(&b'\n')
    }
}

/// How many lines have the dots of a token.
fn whole_lines(text: &[u8]) -> usize {
    text.split(|byte| *byte == b'\n')
        .filter(|line| line.split(|byte| *byte == b'.').nth(2).is_some())
        .count()
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
/// `/dev/null` or `NUL`, which services are given, brings nothing at all.
pub fn stdin_has_input() -> bool {
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
    #[cfg(windows)]
    {
        use crate::windows::{FileType, type_of};
        matches!(type_of(&stdin), FileType::Disk | FileType::Pipe)
    }
}
