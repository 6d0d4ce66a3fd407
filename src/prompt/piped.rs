//! Lines from a pipe on stdin, as an agent or a script sends them while vtexid
//! waits for something else.
//!
//! Not for files: a script's own list of accounts, say, is not an answer.

use std::{io, sync::mpsc::Receiver};

use tokio::sync::mpsc::Sender;
use zeroize::Zeroizing;

/// Larger than anything that is pasted here.
const MAX_LINE_BYTES: usize = 64 * 1024;

/// Whether stdin is a pipe or a socket.
#[cfg(windows)]
pub fn is_pipe() -> bool {
    use crate::windows::{FileType, type_of};
    type_of(io::stdin()) == FileType::Pipe
}

/// Whether stdin is a pipe or a socket.
#[cfg(unix)]
pub fn is_pipe() -> bool {
    use rustix::{
        fs::{FileType, fstat},
        stdio::stdin,
    };
    fstat(stdin()).is_ok_and(|stat| {
        matches!(
            FileType::from_raw_mode(stat.st_mode),
            FileType::Fifo | FileType::Socket
        )
    })
}

/// Sends a line for each request, until the end of input. Reads no byte beyond
/// it, because the rest may be for another program.
pub fn send_lines(wanted: &Receiver<()>, to: &Sender<Zeroizing<String>>) {
    while wanted.recv().is_ok() {
        let Some(line) = line() else { return };
        if to.blocking_send(line).is_err() {
            return;
        }
    }
}

/// The next line; `None` at the end of input.
pub fn line() -> Option<Zeroizing<String>> {
    let mut line = Zeroizing::new(Vec::new());
    let mut byte = [0];
    while line.len() < MAX_LINE_BYTES {
        match read(&mut byte) {
            Ok(0) if line.is_empty() => return None,
            Ok(0) => break,
            Ok(_) if byte == *b"\n" => break,
            Ok(_) => line.push(byte[0]),
            Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
            Err(_) => return None,
        }
    }
    Some(Zeroizing::new(String::from_utf8_lossy(&line).into_owned()))
}

/// Reads past the buffer of `io::stdin`, which would take more than a line.
#[cfg(unix)]
fn read(byte: &mut [u8; 1]) -> io::Result<usize> {
    Ok(rustix::io::read(rustix::stdio::stdin(), byte)?)
}

/// Reads past the buffer of `io::stdin`, which would take more than a line.
#[cfg(windows)]
fn read(byte: &mut [u8; 1]) -> io::Result<usize> {
    use std::{fs::File, io::Read as _, os::windows::io::AsHandle as _};
    let stdin = io::stdin().as_handle().try_clone_to_owned()?;
    File::from(stdin).read(byte)
}
