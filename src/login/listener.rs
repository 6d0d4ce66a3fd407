//! The socket on 127.0.0.1 that the browser comes back to.
//!
//! Anything on this machine can connect, so connections are limited in number,
//! size and time. Not for what a request means (`gate`, `handler`). Served by
//! hyper, not `tiny_http`: that one limits neither the size nor the time of a
//! header, and blocks on a body that is announced but never sent.

use std::{
    collections::VecDeque,
    convert::Infallible,
    io,
    net::{Ipv4Addr, SocketAddr},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    time::{Duration, Instant},
};

use hyper::{server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::{
    net::{TcpListener, TcpStream},
    task::AbortHandle,
    time::timeout,
};

use super::{
    gate::{CALLBACK, MAX_HEAD_BYTES},
    handler::{self, READ_TIMEOUT},
    origins::Origins,
    state::{Arrival, Busy, Shared},
    tries::{Stage, Verdict},
};
use crate::secret::Secret;

/// Fewer than any system's limit of open files. hyper reads up to twice the
/// limit of each head: 32 MiB for all connections.
const MAX_CONNECTIONS: usize = 64;
/// Includes the exchange with VTEX ID and the keyring.
const CONNECTION_TIMEOUT: Duration = Duration::from_secs(120);
/// How long a browser may take to fetch the last page.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(2);
/// The pause after a connection that could not be accepted.
const ACCEPT_PAUSE: Duration = Duration::from_millis(20);

/// The socket, and the tasks that serve it.
pub struct Listener {
    address: SocketAddr,
    shared: Arc<Shared>,
    server: AbortHandle,
}

impl Listener {
    /// Listens on 127.0.0.1 alone; port 0 is any free port. `key` makes the
    /// addresses of its pages impossible to guess.
    ///
    /// # Errors
    /// When the port is taken or not allowed.
    pub fn bind(port: u16, origins: Origins, key: &[u8]) -> io::Result<Self> {
        let socket = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, port))?;
        socket.set_nonblocking(true)?;
        let address = socket.local_addr()?;
        let socket = TcpListener::from_std(socket)?;
        let shared = Arc::new(Shared::new(origins, key));
        let server = tokio::spawn(accept(socket, shared.clone())).abort_handle();
        Ok(Self {
            address,
            shared,
            server,
        })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The address where VTEX ID sends the browser.
    pub fn url(&self) -> String {
        format!("http://{}{CALLBACK}", self.address)
    }

    /// The next callback that is worth acting on. Can be dropped half-way
    /// without losing anything.
    pub async fn arrival(&self) -> Arrival {
        self.shared.arrival().await
    }

    /// Sends the verdict to the browser that delivered this one-time token.
    pub fn set_verdict(&self, ott: &Secret, verdict: Verdict) {
        self.shared.set_verdict(ott, verdict);
    }

    /// Stops listening once every open page shows the result, or after two
    /// seconds.
    pub async fn close(self) {
        self.shared.state().tries.finish(&Stage::Failed);
        self.shared.changed.notify_waiters();
        let answered = async {
            loop {
                let changed = self.shared.changed.notified();
                {
                    let state = self.shared.state();
                    if state.busy == 0 && state.tries.all_shown(Instant::now()) {
                        break;
                    }
                }
                changed.await;
            }
        };
        // A browser that never fetches the page has gone away.
        let _ = timeout(CLOSE_TIMEOUT, answered).await;
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.server.abort();
    }
}

/// Serves each connection on its own task, so that a silent one does not block
/// the others. At the limit it drops the oldest, preferring connections without
/// a token.
async fn accept(socket: TcpListener, shared: Arc<Shared>) {
    let mut open: VecDeque<Connection> = VecDeque::new();
    loop {
        let accepted = socket.accept().await;
        open.retain(|connection| !connection.task.is_finished());
        if accepted.is_err() || open.len() >= MAX_CONNECTIONS {
            let idle = open.iter().position(Connection::is_idle);
            if let Some(oldest) = open.remove(idle.unwrap_or(0)) {
                oldest.task.abort();
            }
        }
        let Ok((stream, _)) = accepted else {
            // Out of descriptors, or the visitor is gone already.
            tokio::time::sleep(ACCEPT_PAUSE).await;
            continue;
        };
        let brought_token = Arc::new(AtomicBool::new(false));
        let serving = serve(stream, shared.clone(), brought_token.clone());
        let task = tokio::spawn(serving).abort_handle();
        open.push_back(Connection {
            task,
            brought_token,
        });
    }
}

struct Connection {
    task: AbortHandle,
    brought_token: Arc<AtomicBool>,
}

impl Connection {
    /// Whether it may be dropped for another.
    fn is_idle(&self) -> bool {
        !self.brought_token.load(Relaxed)
    }
}

async fn serve(stream: TcpStream, shared: Arc<Shared>, brought_token: Arc<AtomicBool>) {
    // Counted until the connection ends: `close` waits until the answer is
    // sent, not only made.
    let busy = Mutex::new(None);
    let service = service_fn(|request| {
        *busy.lock().unwrap_or_else(PoisonError::into_inner) = Some(Busy::new(shared.clone()));
        let (shared, brought_token) = (shared.clone(), brought_token.clone());
        async move { Ok::<_, Infallible>(handler::answer(&shared, &brought_token, request).await) }
    });
    let connection = http1::Builder::new()
        .keep_alive(false)
        .timer(TokioTimer::new())
        .header_read_timeout(READ_TIMEOUT)
        .max_buf_size(MAX_HEAD_BYTES)
        .serve_connection(TokioIo::new(stream), service);
    // Ignores visitors that break the protocol or are too slow.
    let _ = timeout(CONNECTION_TIMEOUT, connection).await;
}
