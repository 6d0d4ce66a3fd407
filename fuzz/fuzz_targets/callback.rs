//! Whatever bytes come over a connection to the listener, it answers or hangs
//! up, reveals nothing, and stays able to take the next one.
//!
//! `HOST` in the input stands for the listener's own host and port, which the
//! fuzzer could not guess.
#![no_main]

use std::{sync::OnceLock, time::Duration};

use libfuzzer_sys::fuzz_target;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    runtime::Runtime,
    time::timeout,
};
use vtexid_fuzz::{
    login::{Arrival, Verdict, listener::Listener, origins::Origins, ott::MAX_OTT_BYTES},
    vtexid::Site,
};

/// What the listener and hyper may answer to somebody who is not logged in.
const STATUSES: [&str; 13] = [
    "200", "204", "303", "400", "403", "404", "405", "408", "413", "414", "421", "431", "503",
];

fn runtime() -> &'static Runtime {
    static RUNTIME: OnceLock<Runtime> = OnceLock::new();
    RUNTIME.get_or_init(|| {
        tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap()
    })
}

fuzz_target!(|data: &[u8]| {
    runtime().block_on(async {
        let listener = Listener::bind(0, origins(), &[0; 32]).unwrap();
        let address = listener.address();
        let request = with_host(data, &address.to_string());
        let visit = async {
            let mut stream = TcpStream::connect(address).await.unwrap();
            // It may hang up before everything is sent.
            let _ = stream.write_all(&request).await;
            let _ = stream.shutdown().await;
            let mut answer = Vec::new();
            let _ = stream.read_to_end(&mut answer).await;
            answer
        };
        let mut visit = std::pin::pin!(timeout(Duration::from_secs(30), visit));
        let answer = loop {
            tokio::select! {
                answer = &mut visit => break answer.expect("it neither answers nor hangs up"),
                arrival = listener.arrival() => match arrival {
                    Arrival::Ott(ott) => {
                        let text = ott.expose();
                        assert!(!text.is_empty() && text.len() <= MAX_OTT_BYTES);
                        assert!(text.bytes().all(|b| b.is_ascii_graphic()));
                        listener.set_verdict(&ott, Verdict::Refused);
                    }
                    Arrival::Stray(problem) => assert!(!problem.is_empty()),
                    Arrival::Rejected(why) => assert!(!why.is_empty()),
                },
            }
        };
        if !answer.is_empty() {
            let text = String::from_utf8_lossy(&answer);
            let rest = ["HTTP/1.1 ", "HTTP/1.0 "]
                .into_iter()
                .find_map(|version| text.strip_prefix(version));
            let status = rest.and_then(|rest| rest.get(..3));
            assert!(status.is_some_and(|s| STATUSES.contains(&s)), "{text}");
            let head = text.split("\r\n\r\n").next().unwrap().to_lowercase();
            // Never to a page that is not the login's own.
            if let Some((_, allowed)) = head.split_once("access-control-allow-origin: ") {
                let origin = allowed.lines().next().unwrap();
                assert!(origins().has(origin), "{origin}");
            }
        }
    });
});

fn origins() -> Origins {
    Origins::of(&Site::Vtex, &"mystore".parse().unwrap())
}

fn with_host(data: &[u8], host: &str) -> Vec<u8> {
    let mut request = Vec::with_capacity(data.len() + 64);
    let mut rest = data;
    while let Some(at) = rest.windows(4).position(|window| window == b"HOST") {
        request.extend_from_slice(&rest[..at]);
        request.extend_from_slice(host.as_bytes());
        rest = &rest[at + 4..];
    }
    request.extend_from_slice(rest);
    request
}
