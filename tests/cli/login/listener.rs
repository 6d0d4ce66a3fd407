//! The listener: floods, silence, sizes and ports.

use super::*;

#[test]
fn rejected_one_time_tokens_never_end_a_login() {
    let env = TestEnv::new();
    let login = env.start_login("mystore");
    let url = loopback(&env, &login);
    for n in 0..7 {
        let refused = visit(&format!("{url}?ott=wrong{n}"));
        assert_eq!(refused.status, 400, "{n}");
        assert!(refused.body.contains("VTEX ID rejected this login"));
        assert!(refused.body.contains("The terminal is still waiting"));
        // The address bar holds no one-time token.
        assert_eq!(refused.url.query(), None);
    }
    // The same value is answered from memory.
    assert_eq!(visit(&format!("{url}?ott=wrong0")).status, 400);
    assert_eq!(env.requests_to(VALIDATE).len(), 7);
    let words = stderr(&sign_in(login, EMAIL).1.success());
    assert_eq!(words.matches("VTEX ID rejected").count(), 5, "{words}");
    assert_eq!(words.matches("are not shown").count(), 1, "{words}");
}

#[test]
fn the_real_visit_comes_through_a_flood_of_made_up_ones() {
    let env = TestEnv::new();
    let login = env.start_login("mystore");
    let url = loopback(&env, &login);
    let mut browser = Browser::default();
    let ticket = browser.sign_in(&login.page(), EMAIL);
    let document = [
        ("Sec-Fetch-Mode", "navigate"),
        ("Sec-Fetch-Dest", "document"),
    ];
    let junk = |n: usize| {
        // A program that sends what it likes, and a page that leads the
        // browser here again and again.
        let headers = if n.is_multiple_of(2) {
            &document[..]
        } else {
            &[]
        };
        let answer = send("GET", &format!("{url}?ott=madeUp{n}"), headers, "");
        assert_eq!(answer.status, 303);
    };
    (0..300).for_each(junk);
    let brought = browser.hand_over(&ticket);
    (300..600).for_each(junk);
    let shown = browser.stay(brought);
    assert_eq!(shown.status, 200);
    assert!(shown.body.contains("You are logged in"));
    login.finish().success();
    let tried = env.requests_to(VALIDATE).len();
    assert!(tried < 100, "{tried} requests to VTEX ID");
}

#[test]
fn a_visit_that_waits_says_so_at_an_address_without_its_one_time_token() {
    let env = TestEnv::new();
    env.fail(&format!("{VALIDATE}=delay:3s*1"));
    let login = env.start_login("mystore");
    let mut browser = Browser::default();
    let ticket = browser.sign_in(&login.page(), EMAIL);
    let answer = browser.hand_over(&ticket);
    assert_eq!(answer.status, 303, "{answer:?}");
    let place = answer.url.join(answer.header("Location")).unwrap();
    assert!(!place.as_str().contains(&ticket.ott), "{place}");
    let page = get(place.as_str());
    assert_eq!(page.status, 202);
    assert!(page.body.contains("Finishing"), "{}", page.body);
    let policy = page.header("Content-Security-Policy");
    assert!(policy.starts_with("default-src 'none';"), "{policy}");
    let shown = browser.stay(page);
    assert_eq!(shown.url, place);
    assert!(shown.body.contains("You are logged in"), "{}", shown.body);
    login.finish().success();
}

#[test]
fn a_forward_from_another_port_works_and_so_does_port_80() {
    for host in ["127.0.0.1", "localhost", "localhost:8080"] {
        let env = TestEnv::new();
        let login = env.start_login("mystore");
        let ticket = Browser::default().sign_in(&login.page(), EMAIL);
        let query = form_urlencoded::byte_serialize(ticket.ott.as_bytes()).collect::<String>();
        let url = format!("{}?ott={query}", ticket.loopback);
        let answer = send("GET", &url, &[("Host", host)], "");
        assert_eq!(Browser::default().stay(answer).status, 200, "{host}");
        login.finish().success();
    }
}

#[test]
fn a_hundred_cookies_of_other_programs_do_no_harm() {
    let env = TestEnv::new();
    let login = env.start_login("mystore");
    let ticket = Browser::default().sign_in(&login.page(), EMAIL);
    let query = form_urlencoded::byte_serialize(ticket.ott.as_bytes()).collect::<String>();
    let url = format!("{}?ott={query}", ticket.loopback);
    // A browser sends what any port of this host has set.
    let cookies = vec![format!("session={}", "x".repeat(2000)); 100].join("; ");
    let answer = send("GET", &url, &[("Cookie", &cookies)], "");
    assert_eq!(Browser::default().stay(answer).status, 200);
    login.finish().success();
}

#[test]
fn what_is_too_large_is_refused() {
    let env = TestEnv::new();
    let login = env.start_login("mystore");
    let url = loopback(&env, &login);
    let filler = "x".repeat(64 * 1024);
    let refused = |status| (400..500).contains(&status) || status == 0;

    // Each would be tried if it were let in.
    let header = send(
        "GET",
        &format!("{url}?ott=stray"),
        &[("X-Filler", &filler.repeat(5))],
        "",
    );
    assert!(refused(header.status), "{header:?}");
    let form = send("POST", &url, &[], &format!("ott=stray&filler={filler}"));
    assert!(refused(form.status), "{form:?}");
    let json = format!("{{\"ott\":\"stray\",\"filler\":\"{filler}\"}}");
    let json = send("POST", &url, &[], &json);
    assert!(refused(json.status), "{json:?}");
    let chunked = [("Transfer-Encoding", "chunked"), ("Connection", "close")];
    let mut stream = connect(&url.parse().unwrap());
    let request = head("POST", &url.parse().unwrap(), &chunked);
    let _ = write!(
        stream,
        "{request}\r\n9\r\nott=stray\r\n1000b\r\n&filler={filler}...\r\n0\r\n\r\n"
    );
    let answer = rest(&mut stream);
    assert!(
        answer.is_empty() || answer.starts_with("HTTP/1.1 4"),
        "{answer}"
    );
    let long = send("GET", &format!("{url}?ott={}", &filler[..5000]), &[], "");
    assert!(refused(long.status), "{long:?}");

    assert!(env.requests_to(VALIDATE).is_empty());
    sign_in(login, EMAIL).1.success();
}

#[test]
fn silent_connections_do_not_block_the_login() {
    let env = TestEnv::new();
    let login = env.start_login("mystore");
    let url: reqwest::Url = loopback(&env, &login).parse().unwrap();
    let mut silent: Vec<TcpStream> = (0..300).map(|_| connect(&url)).collect();
    for (n, stream) in silent.iter_mut().enumerate() {
        let text = match n % 3 {
            0 => String::new(),
            1 => head("GET", &url, &[]),
            _ => head("POST", &url, &[("Content-Length", "20")]) + "\r\nott=stra",
        };
        // The oldest may have been hung up on to make room.
        let _ = stream.write_all(text.as_bytes());
    }
    let (shown, done) = sign_in(login, EMAIL);
    assert_eq!(shown.status, 200);
    done.success();
    assert_eq!(env.requests_to(VALIDATE).len(), 1);
}

#[test]
fn silent_connections_are_closed() {
    let env = TestEnv::new();
    let login = env.start_login("mystore");
    let url: reqwest::Url = loopback(&env, &login).parse().unwrap();
    let mut silent = connect(&url);
    let mut half = connect(&url);
    half.write_all(head("GET", &url, &[]).as_bytes()).unwrap();
    let mut bodiless = connect(&url);
    let announced = head("POST", &url, &[("Content-Length", "9")]) + "\r\nott=stra";
    bodiless.write_all(announced.as_bytes()).unwrap();
    // Each of these ends only because the tool ends the connection.
    for stream in [&mut silent, &mut half, &mut bodiless] {
        let answer = rest(stream);
        assert!(
            answer.is_empty() || answer.starts_with("HTTP/1.1 4"),
            "{answer}"
        );
    }
    assert!(env.requests_to(VALIDATE).is_empty());
    sign_in(login, EMAIL).1.success();
}

#[test]
fn the_port_asked_for_is_the_one_used() {
    let env = TestEnv::new();
    let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let port = free.local_addr().unwrap().port();
    drop(free);
    let login = env
        .login_tool("mystore", &["--port", &port.to_string()])
        .start();
    let expected = format!("http://127.0.0.1:{port}/login_callback");
    assert_eq!(loopback(&env, &login), expected);
    sign_in(login, EMAIL).1.success();
}

#[test]
fn a_port_that_is_taken_is_named() {
    let env = TestEnv::new();
    let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    env.login_tool("mystore", &["--port", &port])
        .run()
        .code(1)
        .stdout("")
        .stderr(contains(format!("127.0.0.1:{port}")).and(contains("--port")));
    assert!(env.sandbox.requests().is_empty());
    env.assert_nothing_kept();
}

#[test]
fn only_this_machine_can_reach_the_listener_and_only_for_a_while() {
    let env = TestEnv::new();
    let login = env.start_login("mystore");
    let url: reqwest::Url = loopback(&env, &login).parse().unwrap();
    assert_eq!(url.host_str(), Some("127.0.0.1"));
    let port = url.port().unwrap();
    assert!(TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_ok());
    // A listener on every address would take these as well.
    #[cfg(target_os = "linux")]
    assert!(TcpStream::connect((Ipv4Addr::new(127, 0, 0, 2), port)).is_err());
    assert!(TcpStream::connect((std::net::Ipv6Addr::LOCALHOST, port)).is_err());
    sign_in(login, EMAIL).1.success();
    assert!(TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err());
}
