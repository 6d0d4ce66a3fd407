//! The session bus's socket, and waiting for it and for time-outs on the
//! caller's thread.
//!
//! `zbus` uses two threads for this, which take a third of the time of reading
//! a token, and panics if it gets none. Not for the messages.

use std::{
    future::{self, Future},
    io::{self, Read as _, Write as _},
    os::{
        fd::{AsFd as _, BorrowedFd, OwnedFd},
        unix::net::{SocketAddr, UnixStream},
    },
    pin::pin,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll, Wake, Waker},
    time::Instant,
};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use zbus::{
    Address,
    address::{Transport, transport::UnixSocket},
    connection::{
        Socket,
        socket::{ReadHalf, Split, WriteHalf},
    },
    export::async_trait::async_trait,
};

/// The connected socket.
#[derive(Debug)]
pub struct BusSocket {
    stream: UnixStream,
    waiting: Mutex<Waiting>,
}

/// What the caller waits for.
#[derive(Debug, Default)]
struct Waiting {
    reader: Option<Waker>,
    writer: Option<Waker>,
    until: Option<Instant>,
}

/// One end of it, as `zbus` wants it.
#[derive(Debug)]
pub struct Half(Arc<BusSocket>);

/// Whether there is something to do before waiting.
struct Woken(AtomicBool);

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::Release);
    }
}

impl BusSocket {
    /// Connects to the session bus. `None` if its address is not a plain Unix
    /// socket; then `zbus` connects.
    ///
    /// # Errors
    /// When the address is invalid, or nobody listens there.
    pub fn connect() -> zbus::Result<Option<Arc<Self>>> {
        let address = Address::session()?;
        let Transport::Unix(unix) = address.transport() else {
            return Ok(None);
        };
        let at = match unix.path() {
            UnixSocket::File(path) => SocketAddr::from_pathname(path)?,
            #[cfg(target_os = "linux")]
            UnixSocket::Abstract(name) => {
                use std::os::linux::net::SocketAddrExt as _;
                SocketAddr::from_abstract_name(name.as_encoded_bytes())?
            }
            _ => return Ok(None),
        };
        let stream = UnixStream::connect_addr(&at)?;
        stream.set_nonblocking(true)?;
        Ok(Some(Arc::new(Self {
            stream,
            waiting: Mutex::default(),
        })))
    }

    /// For `zbus`.
    pub fn half(self: &Arc<Self>) -> Half {
        Half(self.clone())
    }

    /// Runs this to its end, and waits for the socket and the time in between.
    pub fn block_on<T>(&self, work: impl Future<Output = T>) -> T {
        let woken = Arc::new(Woken(AtomicBool::new(false)));
        let waker = Waker::from(woken.clone());
        let mut context = Context::from_waker(&waker);
        let mut work = pin!(work);
        loop {
            woken.0.store(false, Ordering::Release);
            if let Poll::Ready(done) = work.as_mut().poll(&mut context) {
                return done;
            }
            if !woken.0.load(Ordering::Acquire) {
                self.wait();
            }
        }
    }

    /// Waits until that time.
    pub async fn sleep_until(&self, then: Instant) {
        future::poll_fn(|_| {
            if Instant::now() >= then {
                return Poll::Ready(());
            }
            // Polled again after each wait, which ends at that time at the
            // latest.
            self.with(|waiting| {
                waiting.until = Some(waiting.until.map_or(then, |until| until.min(then)));
            });
            Poll::Pending
        })
        .await;
    }

    fn wait(&self) {
        let (until, reads, writes) = self.with(|waiting| {
            let (reads, writes) = (waiting.reader.is_some(), waiting.writer.is_some());
            (waiting.until.take(), reads, writes)
        });
        let mut events = PollFlags::empty();
        events.set(PollFlags::IN, reads);
        events.set(PollFlags::OUT, writes);
        let left = until.map(|until| until.saturating_duration_since(Instant::now()));
        let left = left.and_then(|left| Timespec::try_from(left).ok());
        let mut polled = [PollFd::from_borrowed_fd(self.stream.as_fd(), events)];
        // An error here repeats when reading, which reports it.
        let _ = poll(&mut polled, left.as_ref());
        if !polled[0].revents().is_empty() {
            let woken = self.with(|waiting| [waiting.reader.take(), waiting.writer.take()]);
            woken.into_iter().flatten().for_each(Waker::wake);
        }
    }

    fn with<T>(&self, change: impl FnOnce(&mut Waiting) -> T) -> T {
        change(&mut self.waiting.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Tries until it would block, then registers the waker with `wait`.
fn attempt<T>(
    mut action: impl FnMut() -> io::Result<T>,
    wait: impl FnOnce(),
) -> Poll<io::Result<T>> {
    loop {
        match action() {
            Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
            Err(e) if e.kind() == io::ErrorKind::WouldBlock => {
                wait();
                return Poll::Pending;
            }
            done => return Poll::Ready(done),
        }
    }
}

impl Socket for Half {
    type ReadHalf = Self;
    type WriteHalf = Self;

    fn split(self) -> Split<Self, Self> {
        Split::new(Self(self.0.clone()), self)
    }
}

#[async_trait]
impl ReadHalf for Half {
    async fn recvmsg(&mut self, buffer: &mut [u8]) -> io::Result<(usize, Vec<OwnedFd>)> {
        future::poll_fn(|context| {
            attempt(
                || (&self.0.stream).read(buffer),
                || (self.0).with(|waiting| waiting.reader = Some(context.waker().clone())),
            )
        })
        .await
        .map(|length| (length, Vec::new()))
    }
}

#[async_trait]
impl WriteHalf for Half {
    async fn sendmsg(&mut self, buffer: &[u8], _: &[BorrowedFd<'_>]) -> io::Result<usize> {
        future::poll_fn(|context| {
            attempt(
                || (&self.0.stream).write(buffer),
                || (self.0).with(|waiting| waiting.writer = Some(context.waker().clone())),
            )
        })
        .await
    }

    async fn close(&mut self) -> io::Result<()> {
        self.0.stream.shutdown(std::net::Shutdown::Both)
    }
}
