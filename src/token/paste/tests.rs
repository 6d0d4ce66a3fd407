//! Finding tokens in other text. `tests/cli/paste.rs` tests the output of each
//! form.

use base64::Engine as _;

use super::{only_token, pasted};
use crate::token::part::BASE64URL;

/// A token whose signature is as long as ES256's.
fn token(subject: &str) -> String {
    made("ES256", subject, 86)
}

fn made(algorithm: &str, subject: &str, signature: usize) -> String {
    format!(
        "{}.{}.{}",
        BASE64URL.encode(format!(
            r#"{{"alg":"{algorithm}","kid":"5F3A0C9D2E1B4A77"}}"#
        )),
        BASE64URL.encode(format!(r#"{{"sub":"{subject}","account":"mystore"}}"#)),
        "A".repeat(signature)
    )
}

fn found(text: &str) -> String {
    let pasted = pasted(text);
    let token = pasted.token.unwrap_or_else(|e| panic!("{text}: {e}"));
    token.secret().expose().to_owned()
}

fn refused(text: &str) -> String {
    pasted(text).token.expect_err(text).to_string()
}

/// Wraps the text into lines of this many characters.
fn wrapped(text: &str, width: usize, between: &str) -> String {
    let lines: Vec<&str> = (0..text.len())
        .step_by(width)
        .map(|at| &text[at..text.len().min(at + width)])
        .collect();
    lines.join(between)
}

#[test]
fn words_around_a_token_never_become_part_of_it() {
    for token in [
        token("a"),
        made("RS256", "a", 342),
        made("HS256", "a", 43),
        made("none", "a", 0),
        made("XY", "a", 20),
        // Cut.
        made("ES256", "a", 80),
        made("RS256", "a", 100),
    ] {
        for text in [
            format!("API_TOKEN={token} npm start"),
            format!("API_TOKEN={token}\nnpm\n"),
            format!("API_TOKEN={token}\nnpm start\n"),
            format!("{token}\u{a0}thank you"),
            format!("thanks\n{token}\n\nregards\nMaria"),
            format!("Here it is:\n{token}\nCookie\n"),
        ] {
            assert_eq!(found(&text), token, "{text}");
        }
    }
    let token = token("a");
    for text in [
        format!("It is {token}."),
        format!("({token})"),
        format!("__{token}__"),
        format!("**{token}**"),
        format!("- {token}"),
        format!("-{token}"),
        format!("{token}..."),
        format!("1.2.3 {token} 4.5.6"),
        format!("https://x.y.z/a.b.c/{token}/d.e.f"),
    ] {
        assert_eq!(found(&text), token, "{text}");
    }
}

#[test]
fn a_wrapped_token_is_put_together() {
    for token in [token("a"), made("RS256", "a", 683), made("HS256", "a", 43)] {
        for width in [7, 40, 64, 76, 80] {
            for between in ["\n", "\r\n", "\n    ", " \n", "\u{202f}", "\u{2028}"] {
                let text = wrapped(&token, width, between);
                assert_eq!(found(&text), token, "{width} {between:?}");
                assert_eq!(found(&format!("token: >-\n  {text}\n\nbye")), token);
            }
            // In texts where nothing else is found.
            for between in ["\n> ", "\n\n", "=\n", " \\\n", "\" +\n  \"", "\n| "] {
                let text = wrapped(&token, width, between);
                let start = match between {
                    "\n> " => "> ",
                    "\n| " => "| ",
                    "\" +\n  \"" => "t = \"",
                    _ => "",
                };
                let end = if start.ends_with('"') { "\";" } else { "" };
                let text = format!("{start}{text}{end}");
                assert_eq!(found(&text), token, "{width} {between:?}");
            }
        }
        let cookie = format!("Cookie: a=1; VtexIdclientAutCookie={token}; b=2");
        for width in [72, 80, 100] {
            assert_eq!(found(&wrapped(&cookie, width, "\n")), token);
        }
    }
}

#[test]
fn encodings_are_undone_where_nothing_is_found_otherwise() {
    let token = token("a");
    let dots = |with: &str| token.replace('.', with);
    for text in [
        dots("%2E"),
        dots("%252E"),
        dots("\\u002e"),
        dots("\\\\u002e"),
        dots("=2E"),
        dots("&#46;"),
        dots("&period;"),
        dots("<wbr>."),
        dots(".<br>"),
        dots(".\u{200b}"),
        format!("a\\nb\\n{token}\\nc"),
        format!("VtexIdclientAutCookie%3D{token}%3B"),
        format!("Bearer\u{200b}{token}"),
        format!("2026-11-25T23:43:46.1234567Z [32m{token}[0m"),
        format!("\u{1b}[32m{token}\u{1b}[0m"),
        token.chars().flat_map(|c| [c, '\0']).collect(),
    ] {
        assert_eq!(found(&text), token, "{text}");
    }
}

#[test]
fn of_several_tokens_the_one_in_the_surest_place_is_taken() {
    let tokens: Vec<String> = ["a", "b", "c", "d", "e", "f"].map(token).into();
    let names = [
        ("VtexIdclientAutCookie=", "VtexIdclientAutCookie"),
        (
            "VtexIdclientAutCookie_mystore=",
            "VtexIdclientAutCookie_mystore",
        ),
        ("Authorization: Bearer ", "Bearer"),
        ("access_token=", "access_token"),
        ("x=", "x"),
        ("vtex_session=", "vtex_session"),
    ];
    for surest in 0..names.len() - 1 {
        let mut text = String::new();
        for (n, (before, _)) in names.iter().enumerate().skip(surest).rev() {
            text = [&text, *before, &tokens[n], "; "].concat();
        }
        let pasted = pasted(&text);
        assert_eq!(
            pasted.token.unwrap().secret().expose(),
            tokens[surest],
            "{text}"
        );
        assert_eq!(pasted.name.as_deref(), Some(names[surest].1));
        let others: Vec<&str> = names[surest + 1..].iter().map(|(_, name)| *name).collect();
        assert_eq!(pasted.others, others);
        assert!(!pasted.is_ambiguous);
        assert!(only_token(&text).is_err());
    }
    // The same one twice is one.
    let twice = format!("VtexIdclientAutCookie={0}; token={0}", tokens[0]);
    assert!(pasted(&twice).name.is_none());
    assert!(only_token(&twice).is_ok());
}

#[test]
fn what_cannot_be_told_apart_is_doubtful() {
    let (a, b) = (token("a"), token("b"));
    let admin = "VtexIdclientAutCookie";
    for text in [
        format!("{admin}={b}; {admin}={a}"),
        format!("x{admin}={a}; {admin}={b}"),
        format!("vtexidclientautcookie={a}; {admin}={b}"),
        format!("{admin}X={a}; {admin}={b}"),
        format!("{{\"vtexidclientautcookie\":\"{a}\",\"{admin}\":\"{b}\"}}"),
        format!("{b} and {a}"),
    ] {
        let pasted = pasted(&text);
        assert_eq!(pasted.token.unwrap().secret().expose(), b, "{text}");
        assert!(pasted.is_ambiguous, "{text}");
    }
}

#[test]
fn json_is_read_at_any_depth() {
    let (a, b) = (token("a"), token("b"));
    let admin = "VtexIdclientAutCookie";
    for text in [
        format!(
            r#"{{"namespaces":{{"cookie":{{"{admin}":{{"value":"{a}"}},"x":{{"value":"{b}"}}}}}}}}"#
        ),
        format!(r#"[{{"name":"x","value":"{b}"}},{{"name":"{admin}","value":"{a}"}}]"#),
        format!(
            r#"{{"cookies":[{{"value":"{b}","name":"x"}},{{"value":"{a}","name":"{admin}"}}]}}"#
        ),
        format!(r#"{{"headers":{{"cookie":"x={b}; {admin}={a}"}}}}"#),
        format!(r#"{{"headers":{{"cookie":"x\u003d{b}; {admin}\u003d{a}"}}}}"#),
        format!(r#""{{\"x\":\"{b}\",\"{admin}\":\"{a}\"}}""#),
        format!(r#"{{"x":"{b}","body":"{{\"token\":\"{a}\"}}"}}"#),
        // Pieces that are no JSON as a whole.
        format!(r#"{{"name":"x","value":"{b}"}},{{"name":"{admin}","value":"{a}"}},"#),
        format!(
            "\"value\": \"{b}\",\n\"name\": \"x\"\n}}, {{\n\"value\": \"{a}\",\n\"name\": \"{admin}\"\n}}"
        ),
        format!(r#""{admin}":{{"value":"{a}"}},"x":{{"value":"{b}"}}"#),
    ] {
        assert_eq!(found(&text), a, "{text}");
        assert_eq!(pasted(&text).others, ["x"], "{text}");
    }
}

#[test]
fn what_has_only_the_look_of_a_token_is_none() {
    for text in [
        "e30.com.br",
        "eyJhIjoxfQ.e30.abc and more",
        // Flask's session cookie.
        "session=eyJfZnJlc2giOmZhbHNlfQ.ZxYzAw.sMkl-7_0aBcDeFgHiJkLmNoPqRs",
        "www.example.com and a.b.c",
    ] {
        refused(text);
    }
    // Blanks or another name may begin a header.
    for header in [
        "\n{\n  \"alg\": \"XY\"\n}",
        "{\n\"typ\":1,\"alg\":\"XY\"}",
        "{ \"alg\":\"XY\"}",
    ] {
        let token = format!("{}.e30.AAAA", BASE64URL.encode(header));
        assert_eq!(found(&format!("see {token} there")), token);
    }
}

#[test]
fn a_damaged_token_is_named_by_what_is_wrong() {
    let token = token("a");
    let two = token.rsplit_once('.').unwrap().0;
    let header = token.split_once('.').unwrap().0;
    for (text, words) in [
        (format!("VTEX_TOKEN={two} npm start"), "this has 2"),
        (format!("see {header} there"), "this has 1"),
        (format!("{token}{token}"), "this has 5"),
        (format!("x: {header}.e30=.AAAA"), "the payload is padded"),
        (format!("x: {header}..AAAA"), "the payload is empty"),
        (format!("x: {header}.***.***"), "masked or shortened"),
    ] {
        let said = refused(&text);
        assert!(said.contains(words), "{text}: {said}");
    }
    // Next to a whole one it does not matter.
    assert_eq!(found(&format!("{two}\n\n{token}\n")), token);
}

#[test]
fn what_people_copy_instead_is_told() {
    let token = token("a");
    let base64 = base64::prelude::BASE64_STANDARD.encode(&token);
    let app_token = "ABCDEFGH".repeat(16);
    for (text, words) in [
        (format!("{token}~WyJh~"), "SD-JWT"),
        (
            r#"{"payload":"e30","protected":"eyJhbGciOiJYIn0","signature":"AA"}"#.to_owned(),
            "JWS JSON",
        ),
        (base64.clone(), "encoded in base64"),
        (format!("data:\n  token: {base64}\n"), "encoded in base64"),
        (
            format!("X-VTEX-API-AppKey: vtexappkey-a-B\nX-VTEX-API-AppToken: {app_token}"),
            "an app key and its app token",
        ),
        (app_token.clone(), "an app token"),
        (format!("VTEX_TOKEN={app_token}"), "an app token"),
        ("vid_rt=abcdef0123456789".to_owned(), "refresh token"),
        ("Cookie: a=1; vid_rt=abc".to_owned(), "refresh token"),
        (
            "checkout.vtex.com=__ofid=3f2e".to_owned(),
            "the cart cookie",
        ),
        ("undefined".to_owned(), "instead of a token"),
        ("Bearer null".to_owned(), "instead of a token"),
        ("{\"token\": null}".to_owned(), "instead of a token"),
        (
            "VtexIdclientAutCookie=".to_owned(),
            "a name without a value",
        ),
        ("$(vtexid local token)".to_owned(), "a command"),
        ("process.env.VTEX_TOKEN".to_owned(), "name of a variable"),
        ("<your token here>".to_owned(), "placeholder"),
        ("<!DOCTYPE html><p>a.b.c".to_owned(), "an HTML page"),
        (
            format!("{}\n{}\n", &base64[..76], &base64[76..]),
            "encoded in base64",
        ),
        (format!("{}... and", &token[..40]), "shortened"),
        (format!("{}… and", &token[..60]), "shortened"),
        ("[object Object]".to_owned(), "instead of a token"),
        ("Bearer {{token}}".to_owned(), "placeholder"),
        ("<YOUR_TOKEN>".to_owned(), "placeholder"),
        (
            "VtexIdclientAutCookie: your-token-here".to_owned(),
            "placeholder",
        ),
        ("$VTEX_TOKEN".to_owned(), "name of a variable"),
        ("Bearer ${TOKEN}".to_owned(), "name of a variable"),
        ("%VTEX_TOKEN%".to_owned(), "name of a variable"),
        ("eyJ***.***.***".to_owned(), "masked"),
        ("VTEX_TOKEN=***".to_owned(), "masked"),
        (token.to_lowercase(), "lower case"),
        (token.to_uppercase(), "upper case"),
        (format!("E{}", &token[1..]), "upper case"),
        (
            "<html><p>no token here</p></html>".to_owned(),
            "an HTML page",
        ),
        (
            "curl https://x.y.z/a.b.c -H 'accept: */*'".to_owned(),
            "no token in this text",
        ),
    ] {
        let said = refused(&text);
        assert!(said.contains(words), "{text}: {said}");
    }
}

#[test]
fn a_text_of_any_make_is_read_in_one_go() {
    let size = 1 << 16;
    for piece in [
        ".",
        "eyJ",
        "eyJ.",
        "eyJ\n",
        "eyJ.\n",
        "eyJ ",
        "ey",
        "a.b.",
        "=",
        "%2E",
        "\\u002e",
        "\n",
        "[",
        "{\"a\":",
        "\"",
        "\u{1b}[",
        "\u{1b}]",
        "&#46;",
        "\u{202f}",
        "eyJhbGciOiJYIn0.",
        "eyJhbGciOiJYIn0\n",
        "eyJhbGciOiJYIn0.e30.\n",
        "eyJhbGciOiJSUzI1NiJ9.e30.\n",
        "VtexIdclientAutCookie=",
        "ZXlK",
        "ZXlKaGJHY2lP ",
        "<wbr>",
        "> eyJ\n",
        "eyJ\" +\n\"",
        "name value ",
        "eyJ%252E",
    ] {
        let text = piece.repeat(size / piece.len());
        let _ = pasted(&text);
    }
    let long = format!(
        "{}{}",
        "eyJ\n".repeat(20_000),
        made("ES256", &"a".repeat(100_000), 86)
    );
    let _ = pasted(&long);
}
