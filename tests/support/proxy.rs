//! A proxy on this machine that plays all of the internet.

use std::{
    io::{Read as _, Write as _},
    net::{Ipv4Addr, Shutdown, TcpListener, TcpStream},
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
    thread,
    time::Duration,
};

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};
use rustls::{
    ServerConfig, ServerConnection, StreamOwned,
    pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer},
};

/// A client that is silent for so long has gone.
const LIMIT: Duration = Duration::from_secs(60);

/// A proxy that takes CONNECT for any host, ends its TLS with a certificate
/// of a private authority, and hands the requests to the sandbox.
pub struct Proxy {
    pub port: u16,
    /// The `SSL_CERT_FILE` of a machine that trusts it.
    pub authority: PathBuf,
    heads: Arc<Mutex<Vec<String>>>,
}

impl Proxy {
    /// One that leads to the sandbox on this port, and leaves its authority's
    /// certificate in `dir`.
    pub fn start(dir: &Path, sandbox: u16) -> Self {
        Self::with_dates(dir, sandbox, None)
    }

    /// The same, with a certificate that is valid from one year to another.
    pub fn with_dates(dir: &Path, sandbox: u16, years: Option<(i32, i32)>) -> Self {
        let authority_key = KeyPair::generate().unwrap();
        let mut authority = CertificateParams::new([]).unwrap();
        authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        // Not the name that the certificate has: OpenSSL would take that for its own issuer.
        let name = &mut authority.distinguished_name;
        name.push(DnType::CommonName, "an authority of one's own");
        let authority_pem = authority.self_signed(&authority_key).unwrap().pem();
        let issuer = Issuer::new(authority, authority_key);
        let key = KeyPair::generate().unwrap();
        let names = [
            "*.myvtex.com",
            "*.vtexcommercestable.com.br",
            "*.vtexpayments.com.br",
            "api.vtex.com",
            "www.example",
        ];
        let mut certificate = CertificateParams::new(names.map(str::to_owned)).unwrap();
        if let Some((from, to)) = years {
            certificate.not_before = rcgen::date_time_ymd(from, 1, 1);
            certificate.not_after = rcgen::date_time_ymd(to, 1, 1);
        }
        let certificate = certificate.signed_by(&key, &issuer).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], key)
            .unwrap();
        let path = dir.join("authority.pem");
        std::fs::write(&path, authority_pem).unwrap();

        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let proxy = Self {
            port: listener.local_addr().unwrap().port(),
            authority: path,
            heads: Arc::default(),
        };
        let (heads, config, to) = (proxy.heads.clone(), Arc::new(config), sandbox);
        thread::spawn(move || {
            for stream in listener.incoming() {
                let (heads, config) = (heads.clone(), config.clone());
                thread::spawn(move || serve(stream.unwrap(), &heads, config, to));
            }
        });
        proxy
    }

    /// The `HTTPS_PROXY` of a machine behind it.
    pub fn url(&self) -> String {
        format!("http://user:pass@127.0.0.1:{}", self.port)
    }

    /// What it was asked for, in order.
    pub fn heads(&self) -> Vec<String> {
        self.heads.lock().unwrap().clone()
    }
}

fn serve(mut stream: TcpStream, heads: &Mutex<Vec<String>>, config: Arc<ServerConfig>, to: u16) {
    stream.set_read_timeout(Some(LIMIT)).unwrap();
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        if stream.read(&mut byte).unwrap_or(0) == 0 {
            return;
        }
        head.push(byte[0]);
    }
    heads.lock().unwrap().push(String::from_utf8(head).unwrap());
    stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").unwrap();
    let mut tls = StreamOwned::new(ServerConnection::new(config).unwrap(), stream);
    let mut inner = TcpStream::connect((Ipv4Addr::LOCALHOST, to)).unwrap();
    // One request, which the tool sends whole before it waits; the sandbox
    // ends the connection after its answer.
    let mut request = Vec::new();
    let mut buffer = [0; 16 * 1024];
    while !whole(&request) {
        match tls.read(&mut buffer) {
            Ok(length @ 1..) => request.extend_from_slice(&buffer[..length]),
            // A client that does not trust the certificate goes away.
            _ => return,
        }
    }
    inner.write_all(&request).unwrap();
    let mut answer = Vec::new();
    inner.read_to_end(&mut answer).unwrap();
    tls.write_all(&answer).unwrap();
    tls.conn.send_close_notify();
    tls.flush().unwrap();
    let _ = tls.sock.shutdown(Shutdown::Write);
}

/// Whether this is a request with all of its body.
fn whole(request: &[u8]) -> bool {
    let text = String::from_utf8_lossy(request).to_lowercase();
    let Some((head, body)) = text.split_once("\r\n\r\n") else {
        return false;
    };
    let length = head
        .lines()
        .find_map(|line| line.strip_prefix("content-length: "));
    body.len() >= length.map_or(0, |length| length.parse().unwrap())
}
