//! The least that explaining tokens takes, for `benches/inspect`: decodes the
//! first two parts of each line of standard input, reads their JSON, and
//! prints it again.

#![allow(
    clippy::disallowed_methods,
    reason = "the rule is about vtexid's own output"
)]

use std::io::{self, BufRead as _, BufWriter, Write as _};

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use serde_json::Value;

fn main() -> anyhow::Result<()> {
    let mut stdin = io::stdin().lock();
    let mut stdout = BufWriter::with_capacity(1 << 16, io::stdout().lock());
    let mut line = String::new();
    while stdin.read_line(&mut line)? > 0 {
        for part in line.trim_end().split('.').take(2) {
            let json = BASE64_URL_SAFE_NO_PAD.decode(part)?;
            serde_json::to_writer(&mut stdout, &serde_json::from_slice::<Value>(&json)?)?;
            stdout.write_all(b"\n")?;
        }
        line.clear();
    }
    stdout.flush()?;
    Ok(())
}
