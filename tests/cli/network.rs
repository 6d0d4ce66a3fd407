//! The way to VTEX's real addresses: through a proxy, past certificates of
//! one's own. A proxy on this machine plays all of the internet, so nothing
//! leaves it.

use std::{
    io::{Read as _, Write as _},
    net::{Ipv4Addr, Shutdown, TcpListener, TcpStream},
    path::PathBuf,
    sync::{Arc, Mutex},
    thread,
};

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use rustls::{
    ServerConfig, ServerConnection, StreamOwned,
    pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer},
};

use crate::{
    browser::Browser,
    env::{EMAIL, LIMIT, TestEnv, Tool, stderr, stdout},
    sandbox,
};

/// A proxy that takes CONNECT for any host, ends its TLS with a certificate
/// of a private authority, and hands the requests to the sandbox.
struct Proxy {
    port: u16,
    authority: PathBuf,
    heads: Arc<Mutex<Vec<String>>>,
}

impl Proxy {
    fn start(env: &TestEnv) -> Self {
        let authority_key = KeyPair::generate().unwrap();
        let mut authority = CertificateParams::new([]).unwrap();
        authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let authority_pem = authority.self_signed(&authority_key).unwrap().pem();
        let issuer = Issuer::new(authority, authority_key);
        let key = KeyPair::generate().unwrap();
        let names = ["*.myvtex.com", "*.vtexcommercestable.com.br"];
        let certificate = CertificateParams::new(names.map(str::to_owned))
            .unwrap()
            .signed_by(&key, &issuer)
            .unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], key)
            .unwrap();
        let path = env.root().join("authority.pem");
        std::fs::write(&path, authority_pem).unwrap();

        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let proxy = Self {
            port: listener.local_addr().unwrap().port(),
            authority: path,
            heads: Arc::default(),
        };
        let (heads, config, to) = (proxy.heads.clone(), Arc::new(config), env.sandbox.port());
        thread::spawn(move || {
            for stream in listener.incoming() {
                let (heads, config) = (heads.clone(), config.clone());
                thread::spawn(move || serve(stream.unwrap(), &heads, config, to));
            }
        });
        proxy
    }

    /// The tool, set up as on a machine behind this proxy.
    fn tool(&self, env: &TestEnv, arguments: &[&str]) -> Tool {
        env.vtexid(arguments)
            .without("VTEXID_URL")
            .env(
                "HTTPS_PROXY",
                format!("http://user:pass@127.0.0.1:{}", self.port),
            )
            .env("SSL_CERT_FILE", &self.authority)
    }

    fn heads(&self) -> Vec<String> {
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

fn pair(tool: Tool) -> Tool {
    tool.env("VTEX_APP_KEY", sandbox::app_key("mystore"))
        .env("VTEX_APP_TOKEN", sandbox::app_token())
}

#[test]
fn a_token_is_made_through_a_proxy_and_a_private_authority() {
    let env = TestEnv::new();
    let proxy = Proxy::start(&env);
    let done = pair(proxy.tool(&env, &["apptoken"])).run().success();
    assert!(stdout(&done).starts_with("eyJ"));
    let heads = proxy.heads();
    assert!(
        heads[0].starts_with("CONNECT mystore.vtexcommercestable.com.br:443 HTTP/1.1\r\n"),
        "{heads:?}"
    );
    // user:pass
    assert!(
        heads[0]
            .to_lowercase()
            .contains("proxy-authorization: basic dxnlcjpwyxnz"),
        "{heads:?}"
    );
}

#[test]
fn a_login_goes_through_the_proxy_but_its_listener_does_not() {
    let env = TestEnv::new();
    let proxy = Proxy::start(&env);
    let login = proxy
        .tool(
            &env,
            &["login", "mystore", "--no-browser", "--store", "file"],
        )
        .start();
    let page = login.page();
    let rest = page
        .strip_prefix("https://mystore.myvtex.com/")
        .expect("a page of the real site");
    let here = format!("http://mystore.localhost:{}/{rest}", env.sandbox.port());
    let answer = Browser::default().log_in(&here, EMAIL);
    assert_eq!(answer.status, 200, "{answer:?}");
    let done = login.finish().success();
    assert!(stderr(&done).contains("logged in to mystore as dev@example.com"));
    assert!(
        proxy
            .heads()
            .iter()
            .all(|head| head.starts_with("CONNECT mystore.myvtex.com:443 ")),
        "{:?}",
        proxy.heads()
    );
}

#[test]
fn an_authority_that_is_not_trusted_is_named_as_the_reason() {
    let env = TestEnv::new();
    let proxy = Proxy::start(&env);
    let other = TestEnv::new();
    let stranger = Proxy::start(&other);
    let done = pair(proxy.tool(&env, &["apptoken"]))
        .env("SSL_CERT_FILE", &stranger.authority)
        .run()
        .code(6)
        .stdout("");
    let words = stderr(&done);
    assert!(
        words.contains("mystore.vtexcommercestable.com.br"),
        "{words}"
    );
    assert!(words.contains("certificate"), "{words}");
    assert!(words.contains("SSL_CERT_FILE"), "{words}");
    assert_eq!(env.sandbox.requests().len(), 0);
}

#[test]
fn a_proxy_that_is_not_there_is_a_network_failure() {
    let env = TestEnv::new();
    let proxy = Proxy::start(&env);
    let done = pair(proxy.tool(&env, &["apptoken"]))
        .env("HTTPS_PROXY", "http://user:hunter2@127.0.0.1:1")
        .run()
        .code(6)
        .stdout("");
    let words = stderr(&done);
    assert!(words.contains("HTTPS_PROXY"), "{words}");
    assert!(!words.contains("hunter2"), "{words}");
}

#[test]
fn a_missing_certificate_file_is_named() {
    let env = TestEnv::new();
    let proxy = Proxy::start(&env);
    let done = pair(proxy.tool(&env, &["apptoken"]))
        .env("SSL_CERT_FILE", env.root().join("nowhere.pem"))
        .run()
        .code(1)
        .stdout("");
    assert!(stderr(&done).contains("SSL_CERT_FILE"));
}

#[test]
fn a_proxy_is_never_asked_about_this_machine() {
    let env = TestEnv::new();
    let proxy = Proxy::start(&env);
    let url = format!("http://127.0.0.1:{}", proxy.port);
    pair(env.vtexid(["apptoken"]))
        .env("HTTP_PROXY", &url)
        .env("http_proxy", &url)
        .env("ALL_PROXY", &url)
        .run()
        .success();
    assert_eq!(proxy.heads().len(), 0);
}
