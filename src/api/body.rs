//! A request's body, read while it is sent, in constant memory.
//!
//! Not for reading what was typed (`typed`), nor for sending it.

use std::{
    fs::File,
    io::{self, Read},
    path::{Path, PathBuf},
    pin::Pin,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    task::{Context, Poll},
    time::{Duration, Instant},
};

use hyper::body::{Body, Bytes, Frame, SizeHint};
use tokio::sync::mpsc;

use super::typed::Data;
use crate::threads;

/// The size of one read.
const CHUNK_BYTES: usize = 64 * 1024;
/// How many chunks wait to be sent.
const CHUNKS: usize = 2;

/// An opened body.
pub struct Content {
    kind: Kind,
    /// Why it could not be read to its end.
    failure: Arc<Mutex<Option<String>>>,
}

enum Kind {
    Text(Bytes),
    File(PathBuf),
    /// Read once.
    Pipe(Option<Pipe>),
}

/// A body that can be read once.
struct Pipe {
    begin: Bytes,
    /// None if the beginning is everything.
    rest: Option<Box<dyn Read + Send>>,
    /// Known for a file on stdin.
    length: Option<u64>,
}

impl Content {
    /// Opens it. Reads one chunk of a pipe, so that a short body is sent with
    /// its length.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn open(data: &Data) -> io::Result<Self> {
        let kind = match data {
            Data::Text(text) => Kind::Text(Bytes::copy_from_slice(text.as_bytes())),
            Data::Stdin => {
                let length = stdin_length();
                Self::pipe(io::stdin(), length)?
            }
            Data::File(path) => {
                let file = File::open(path)?;
                match file.metadata().map(|meta| meta.file_type()) {
                    Ok(kind) if kind.is_dir() => {
                        return Err(io::Error::other("it is a folder"));
                    }
                    Ok(kind) if kind.is_file() => Kind::File(path.clone()),
                    // On Windows, `NUL` and pipes have no length.
                    Err(e) if cfg!(unix) => return Err(e),
                    _ => Self::pipe(file, None)?,
                }
            }
        };
        Ok(Self {
            kind,
            failure: Arc::default(),
        })
    }

    fn pipe(mut from: impl Read + Send + 'static, length: Option<u64>) -> io::Result<Kind> {
        let mut begin = Vec::new();
        let read = (&mut from)
            .take(CHUNK_BYTES as u64 + 1)
            .read_to_end(&mut begin)?;
        let rest: Option<Box<dyn Read + Send>> = if read > CHUNK_BYTES {
            Some(Box::new(from))
        } else {
            None
        };
        Ok(Kind::Pipe(Some(Pipe {
            begin: begin.into(),
            rest,
            length,
        })))
    }

    /// Whether it can be sent a second time.
    pub fn can_repeat(&self) -> bool {
        !matches!(self.kind, Kind::Pipe(_))
    }

    /// Why it could not be read completely, after sending failed.
    pub fn failure(&self) -> Option<String> {
        let failure = self.failure.lock();
        failure.unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The body to send, which reports each piece to `progress`.
    ///
    /// # Errors
    /// When it cannot be read, again.
    pub fn body(&mut self, progress: &Progress) -> io::Result<reqwest::Body> {
        let (begin, rest, length): (Bytes, Box<dyn Read + Send>, Option<u64>) = match &mut self.kind
        {
            Kind::Text(text) => return Ok(text.clone().into()),
            Kind::File(path) => {
                let (file, length) = open_file(path)?;
                (Bytes::new(), Box::new(file.take(length)), Some(length))
            }
            Kind::Pipe(once) => match once.take() {
                None => return Err(io::Error::other("it was already read")),
                Some(Pipe {
                    begin, rest: None, ..
                }) => return Ok(begin.into()),
                Some(Pipe {
                    begin,
                    rest: Some(rest),
                    length,
                }) => (begin, rest, length),
            },
        };
        let failure = Arc::clone(&self.failure);
        let (sender, pieces) = mpsc::channel(CHUNKS);
        threads::start(move || read_all(begin, rest, length, &sender, &failure))?;
        Ok(reqwest::Body::wrap(Streamed {
            pieces,
            left: length,
            progress: progress.clone(),
        }))
    }
}

/// The length of stdin, if it is a file.
fn stdin_length() -> Option<u64> {
    use std::io::Seek as _;
    #[cfg(unix)]
    let stdin = std::os::fd::AsFd::as_fd(&io::stdin()).try_clone_to_owned();
    #[cfg(windows)]
    let stdin = std::os::windows::io::AsHandle::as_handle(&io::stdin()).try_clone_to_owned();
    let mut file = File::from(stdin.ok()?);
    let meta = file.metadata().ok().filter(std::fs::Metadata::is_file)?;
    Some(meta.len().saturating_sub(file.stream_position().ok()?))
}

fn open_file(path: &Path) -> io::Result<(File, u64)> {
    let file = File::open(path)?;
    let length = file.metadata()?.len();
    Ok((file, length))
}

type Piece = io::Result<Bytes>;

/// Passes on everything, until the receiver is gone.
fn read_all(
    begin: Bytes,
    mut rest: impl Read,
    length: Option<u64>,
    to: &mpsc::Sender<Piece>,
    failure: &Mutex<Option<String>>,
) {
    let mut total = begin.len() as u64;
    if !begin.is_empty() && to.blocking_send(Ok(begin)).is_err() {
        return;
    }
    let problem = loop {
        let mut piece = vec![0; CHUNK_BYTES];
        match rest.read(&mut piece) {
            Ok(0) if length.is_some_and(|length| total < length) => {
                break io::Error::other("the file became shorter while it was sent");
            }
            Ok(0) => return,
            Ok(read) => {
                total += read as u64;
                piece.truncate(read);
                if to.blocking_send(Ok(piece.into())).is_err() {
                    return;
                }
            }
            Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
            Err(e) => break e,
        }
    };
    *failure.lock().unwrap_or_else(PoisonError::into_inner) = Some(problem.to_string());
    let _ = to.blocking_send(Err(problem));
}

/// The pieces that come from the thread that reads.
struct Streamed {
    pieces: mpsc::Receiver<Piece>,
    left: Option<u64>,
    progress: Progress,
}

impl Body for Streamed {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        let piece = self.pieces.poll_recv(cx);
        match &piece {
            Poll::Ready(Some(Ok(bytes))) => {
                if let Some(left) = &mut self.left {
                    *left = left.saturating_sub(bytes.len() as u64);
                }
                self.progress.made();
            }
            Poll::Ready(_) => self.progress.made(),
            Poll::Pending => self.progress.waits_for_input(),
        }
        piece.map(|piece| piece.map(|piece| piece.map(Frame::data)))
    }

    fn is_end_stream(&self) -> bool {
        self.left == Some(0)
    }

    fn size_hint(&self) -> SizeHint {
        self.left
            .map_or_else(SizeHint::default, SizeHint::with_exact)
    }
}

/// When the last byte passed, in either direction. Clones share the value.
#[derive(Clone, Debug)]
pub struct Progress(Arc<(Instant, AtomicU64)>);

/// A special value: waiting for the body's own source.
const WAITING: u64 = u64::MAX;

impl Default for Progress {
    fn default() -> Self {
        Self(Arc::new((Instant::now(), AtomicU64::new(0))))
    }
}

impl Progress {
    fn now(&self) -> u64 {
        u64::try_from(self.0.0.elapsed().as_millis()).unwrap_or(WAITING - 1)
    }

    /// A byte passed.
    pub fn made(&self) {
        self.0.1.store(self.now(), Relaxed);
    }

    fn waits_for_input(&self) {
        self.0.1.store(WAITING, Relaxed);
    }

    /// For how long the network has been silent.
    pub fn silence(&self) -> Duration {
        match self.0.1.load(Relaxed) {
            WAITING => Duration::ZERO,
            last => Duration::from_millis(self.now().saturating_sub(last)),
        }
    }
}
