//! What `inspect` reads from standard input: one token, however it was pasted,
//! or a stream with a token on each line.

use std::{
    io::{self, BufRead as _, BufReader, IsTerminal as _, Read},
    str,
};

use zeroize::Zeroizing;

use super::{silence, stream::Lines};
use crate::{
    context::Context,
    error::{Code, Failure},
    prompt, provided,
    secret::Secret,
    token,
};

/// Larger than any token; limits the memory.
pub const MAX_TOKEN_BYTES: usize = 1 << 20;

/// What came on standard input.
pub enum Input {
    /// Nothing, and `-` was not typed: the stored token is meant.
    Nothing,
    /// One text.
    One(Text),
    /// One token a line.
    Lines(Lines),
}

/// A text, and a warning if bytes of it were replaced.
pub struct Text {
    /// With `U+FFFD` in place of bytes that are not UTF-8.
    pub text: Secret,
    /// Which bytes were replaced.
    pub problem: Option<String>,
}

/// Reads standard input. If every line is a token, it is a stream: answered line
/// by line with `--json`, and refused without. `wanted`: the user typed `-`.
///
/// # Errors
/// When it cannot be read, is empty, or is longer than any token.
pub fn read(context: &Context, wanted: bool) -> Result<Input, Failure> {
    let streams = context.output.json;
    let (begun, rest): (_, Box<dyn Read + Send>) = if io::stdin().is_terminal() {
        context.output.note("paste the token, then press Ctrl-D");
        let text = prompt::text(context)?;
        (Vec::from(text.as_bytes()), Box::new(io::empty()))
    } else {
        silence::wait(context, wanted)?;
        (Vec::new(), Box::new(io::stdin()))
    };
    let mut rest = BufReader::with_capacity(1 << 16, rest);
    let mut text = Zeroizing::new(begun);
    let failed = |e: io::Error| unreadable(&e.to_string());
    let room = |text: &[u8]| (MAX_TOKEN_BYTES + 1).saturating_sub(text.len()) as u64;
    // Two lines are enough to detect a stream, so a program that keeps its pipe
    // open gets its first answer.
    let mut lines = if streams { 2 } else { 0 };
    while lines > 0 {
        let start = text.len();
        let mut line = (&mut rest).take(room(&text));
        if line.read_until(b'\n', &mut text).map_err(failed)? == 0 {
            break;
        }
        lines -= usize::from(!text[start..].trim_ascii().is_empty());
    }
    let begins_stream = streams && lines == 0 && Shape::of(&text).all_tokens();
    if !begins_stream {
        (&mut rest)
            .take(room(&text))
            .read_to_end(&mut text)
            .map_err(failed)?;
        // As PowerShell's `>` writes it.
        if text.starts_with(&[0xff, 0xfe]) || text.starts_with(&[0xfe, 0xff]) {
            let decoded = provided::decode(&text).map_err(|problem| unreadable(&problem))?;
            text = Zeroizing::new(decoded.as_bytes().to_vec());
        }
    }
    let is_whole = text.len() <= MAX_TOKEN_BYTES;
    if begins_stream || Shape::of(&text).is_stream(is_whole) {
        if streams {
            return Ok(Input::Lines(Lines::new(text, rest)));
        }
        return Err(Failure::new(
            Code::Usage,
            "several lines on standard input could be a token",
        )
        .hint("run `vtexid inspect --json` to get an answer for each line"));
    }
    if !is_whole {
        return Err(Failure::new(
            Code::General,
            "standard input is larger than 1 MiB, too long for a token",
        ));
    }
    if text.trim_ascii().is_empty() {
        return Err(Failure::new(Code::General, "standard input is empty")
            .hint("check the command that should print the token"));
    }
    let problem = utf8(&text).err();
    Ok(Input::One(Text {
        text: Secret::new(String::from_utf8_lossy(&text).into_owned()),
        problem,
    }))
}

/// What the lines of a text are.
#[derive(Default)]
struct Shape {
    /// Lines that are a token and nothing else.
    tokens: usize,
    /// Lines that are another word, as a damaged token is.
    words: usize,
    /// All other lines that are not blank.
    texts: usize,
}

impl Shape {
    fn of(text: &[u8]) -> Self {
        let mut shape = Self::default();
        for line in text.split(|byte| *byte == b'\n') {
            let line = String::from_utf8_lossy(line.trim_ascii());
            let bare = provided::clean(&line);
            let is_word = |c: char| !c.is_whitespace() && !"\"'`{}[]()<>;:,|".contains(c);
            if bare.is_empty() {
            } else if token::is_token(bare) {
                shape.tokens += 1;
            } else if bare.chars().all(is_word) && !bare.contains("=ey") {
                shape.words += 1;
            } else {
                shape.texts += 1;
                break;
            }
        }
        shape
    }

    /// Whether there is nothing but tokens.
    fn all_tokens(&self) -> bool {
        self.tokens > 1 && self.words == 0 && self.texts == 0
    }

    /// Whether these are the lines of a stream, in which some may be damaged.
    /// Of a text that `is_whole`, one token and words are a wrapped token.
    fn is_stream(&self, is_whole: bool) -> bool {
        let wanted = if is_whole { 2 } else { 1 };
        self.texts == 0 && self.tokens >= wanted && self.tokens + self.words > 1
    }
}

/// The text that bytes are, or where they are none.
pub fn utf8(bytes: &[u8]) -> Result<&str, String> {
    str::from_utf8(bytes).map_err(|e| format!("byte {} is not UTF-8", e.valid_up_to() + 1))
}

/// Says that nothing could be read.
pub fn unreadable(problem: &str) -> Failure {
    Failure::new(
        Code::General,
        format_args!("could not read a token from standard input: {problem}"),
    )
}

/// Whether something was piped in. A terminal brings nothing by itself and
/// `/dev/null` or `NUL`, which cron, systemd and services give, brings nothing at
/// all; a stdin that was closed is `/dev/null` too, for Rust opens that in its
/// place.
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
