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
    time::Duration,
};

use hyper::{server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::mpsc,
    task::AbortHandle,
    time::timeout,
};

use super::{
    gate::CALLBACK,
    handler::{self, READ_TIMEOUT},
    state::{Arrival, Busy, Shared},
};
use crate::vtexid::Site;

const MAX_HEADER_BYTES: usize = 16 * 1024;
/// Below the number of descriptors that any system allows a process.
const MAX_CONNECTIONS: usize = 64;
/// Callbacks that wait for the login to look at them.
const MAX_WAITING_ARRIVALS: usize = 16;
/// Includes the exchange with VTEX ID and the keyring.
const CONNECTION_TIMEOUT: Duration = Duration::from_secs(120);
/// How long a browser may take to fetch the last page.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(2);
/// The pause after a connection that could not be accepted.
const ACCEPT_PAUSE: Duration = Duration::from_millis(20);

/// The socket, and the tasks that serve it.
pub struct Listener {
    address: SocketAddr,
    arrivals: mpsc::Receiver<Arrival>,
    shared: Arc<Shared>,
    server: AbortHandle,
}

impl Listener {
    /// Listens on 127.0.0.1 alone; port 0 is any free port.
    ///
    /// # Errors
    /// When the port is taken or not allowed.
    pub fn bind(port: u16, site: Site) -> io::Result<Self> {
        let socket = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, port))?;
        socket.set_nonblocking(true)?;
        let address = socket.local_addr()?;
        let socket = TcpListener::from_std(socket)?;
        let (sender, arrivals) = mpsc::channel(MAX_WAITING_ARRIVALS);
        let shared = Arc::new(Shared::new(site, address.port(), sender));
        let server = tokio::spawn(accept(socket, shared.clone())).abort_handle();
        Ok(Self {
            address,
            arrivals,
            shared,
            server,
        })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The address VTEX ID is to send the browser to.
    pub fn url(&self) -> String {
        format!("http://{}{CALLBACK}", self.address)
    }

    /// The next callback that is worth acting on.
    pub async fn arrival(&mut self) -> Arrival {
        match self.arrivals.recv().await {
            Some(arrival) => arrival,
            // Cannot happen while `shared` holds a sender; the login's own
            // timeout bounds the wait.
            None => std::future::pending().await,
        }
    }

    /// Stops listening once the browser has its answer, or after two seconds.
    pub async fn close(mut self) {
        // Callbacks that came too late get their answer from the state.
        self.arrivals.close();
        while self.arrivals.try_recv().is_ok() {}
        let answered = async {
            loop {
                let changed = self.shared.changed.notified();
                {
                    let state = self.shared.state();
                    if state.busy == 0 && (state.outcome.is_none() || state.outcome_shown) {
                        break;
                    }
                }
                changed.await;
            }
        };
        // A browser that never fetches the page has gone away: no loss.
        let _ = timeout(CLOSE_TIMEOUT, answered).await;
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.server.abort();
    }
}

/// Serves each connection on a task of its own, so that a silent one delays
/// nobody. At the limit it drops the oldest that has brought no token.
async fn accept(socket: TcpListener, shared: Arc<Shared>) {
    let mut open: VecDeque<Connection> = VecDeque::new();
    loop {
        let accepted = socket.accept().await;
        open.retain(|connection| !connection.task.is_finished());
        if accepted.is_err() || open.len() >= MAX_CONNECTIONS {
            let idle = open.iter().position(Connection::is_idle);
            if let Some(oldest) = idle.and_then(|idle| open.remove(idle)) {
                oldest.task.abort();
            } else if accepted.is_ok() {
                continue;
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
        .max_buf_size(MAX_HEADER_BYTES)
        .serve_connection(TokioIo::new(stream), service);
    // A visitor that breaks the protocol or is too slow is of no interest.
    let _ = timeout(CONNECTION_TIMEOUT, connection).await;
}
