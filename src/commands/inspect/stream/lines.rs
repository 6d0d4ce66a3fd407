//! Reads the lines of a stream in batches. `explain` parses the lines.

use std::{
    io::{self, BufRead, BufReader, Cursor, Read},
    mem,
    ops::Range,
    str,
};

use zeroize::Zeroizing;

use super::super::input::{MAX_TOKEN_BYTES, unreadable, utf8};
use crate::error::Failure;

/// A batch ends with the line that makes it longer than this, in bytes.
const BATCH_BYTES: usize = 1 << 16;

/// A line is rarely longer than this, in bytes.
const LINE_BYTES: usize = 1 << 12;

/// The lines of a stream, read on demand.
pub struct Lines {
    /// Already read, to detect a stream.
    begun: Cursor<Zeroizing<Vec<u8>>>,
    rest: BufReader<Box<dyn Read + Send>>,
    /// The error that ended the last batch.
    failed: Option<io::Error>,
}

/// Some lines of a stream.
pub struct Batch {
    text: Zeroizing<Vec<u8>>,
    lines: Vec<Line>,
}

enum Line {
    /// Its range in the batch's text.
    Text(Range<usize>),
    TooLong,
}

impl Lines {
    /// The lines of `begun` and then of `rest`.
    pub fn new(begun: Zeroizing<Vec<u8>>, rest: BufReader<Box<dyn Read + Send>>) -> Self {
        Self {
            begun: Cursor::new(begun),
            rest,
            failed: None,
        }
    }

    /// The next batch: the lines that are available without waiting.
    ///
    /// # Errors
    /// When standard input cannot be read.
    pub fn next(&mut self) -> Result<Option<Batch>, Failure> {
        // No more than is there: all of it is zeroed in the end.
        let mut batch = Batch {
            text: Zeroizing::new(Vec::with_capacity(self.buffered() + LINE_BYTES)),
            lines: Vec::new(),
        };
        while self.failed.is_none() && batch.text.len() < BATCH_BYTES {
            match self.line(&mut batch.text) {
                Ok(None) => break,
                Ok(Some(line)) => batch.lines.push(line),
                Err(e) => self.failed = Some(e),
            }
            if self.may_wait() {
                break;
            }
        }
        if !batch.lines.is_empty() {
            return Ok(Some(batch));
        }
        match self.failed.take() {
            Some(e) => Err(unreadable(&e.to_string())),
            None => Ok(None),
        }
    }

    /// Reads a line, and skips the rest of a line that is too long.
    fn line(&mut self, text: &mut Vec<u8>) -> io::Result<Option<Line>> {
        let mut reader = (&mut self.begun).chain(&mut self.rest);
        let start = text.len();
        let read = (&mut reader)
            .take(MAX_TOKEN_BYTES as u64 + 1)
            .read_until(b'\n', text)?;
        if read == 0 {
            return Ok(None);
        }
        if read <= MAX_TOKEN_BYTES {
            return Ok(Some(Line::Text(start..text.len())));
        }
        text.truncate(start);
        skip_line(&mut reader)?;
        Ok(Some(Line::TooLong))
    }

    /// How many bytes can be read without waiting, up to a batch.
    fn buffered(&mut self) -> usize {
        let begun = self.begun.fill_buf().map_or(0, <[u8]>::len);
        (begun + self.rest.buffer().len()).min(BATCH_BYTES)
    }

    /// Whether reading the next line may have to wait.
    fn may_wait(&mut self) -> bool {
        let begun = self.begun.fill_buf().is_ok_and(|left| !left.is_empty());
        !begun && !self.rest.buffer().contains(&b'\n')
    }
}

impl Batch {
    /// Its size in memory, in bytes.
    pub fn bytes(&self) -> usize {
        self.text.len() + self.lines.len() * mem::size_of::<Line>()
    }

    /// The lines that are not blank, or why a line could not be read.
    pub fn lines(&self) -> impl Iterator<Item = Result<&str, String>> {
        let lines = self.lines.iter().map(|line| match line {
            Line::Text(place) => utf8(&self.text[place.clone()]).map(str::trim),
            Line::TooLong => Err("it is longer than 1 MiB, too long for a token".to_owned()),
        });
        lines.filter(|line| !matches!(line, Ok("")))
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
