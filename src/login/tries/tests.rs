//! The order and the rate of tries, with a clock of the test's own.

use std::time::{Duration, Instant};

use super::{INTERVAL, MAX_VISITS, MAX_WAITING, Next, Rank, Stage, Tries, Verdict};
use crate::{login::page::Outcome, secret::Secret};

fn ott(text: &str) -> Secret {
    Secret::new(text.to_owned())
}

fn bring(tries: &mut Tries, id: &str, rank: Rank, now: Instant) {
    tries.bring(id, &ott(id), rank, now);
}

fn outcome() -> Outcome {
    Outcome {
        login: "dev@example.com".to_owned(),
        account: "mystore".to_owned(),
        expired: false,
    }
}

/// The id tried now.
fn tried(tries: &mut Tries, now: Instant) -> Option<String> {
    match tries.next(now) {
        Next::Try(ott) => Some(ott.expose().to_owned()),
        _ => None,
    }
}

#[test]
fn five_are_tried_at_once_and_then_one_every_two_seconds() {
    let (mut tries, start) = (Tries::default(), Instant::now());
    for n in 0..8 {
        bring(&mut tries, &n.to_string(), Rank::Document, start);
    }
    for n in 0..5 {
        assert_eq!(tried(&mut tries, start), Some(n.to_string()));
    }
    assert_eq!(tries.next(start), Next::At(start + INTERVAL));
    let second = start + INTERVAL;
    assert_eq!(tried(&mut tries, second), Some("5".to_owned()));
    assert_eq!(tries.next(second), Next::At(second + INTERVAL));
    // A pause gives the five back, and no more.
    let later = start + Duration::from_secs(3600);
    for n in 10..20 {
        bring(&mut tries, &n.to_string(), Rank::Document, later);
    }
    assert_eq!((0..20).filter_map(|_| tried(&mut tries, later)).count(), 5);
}

#[test]
fn a_value_is_tried_again_only_where_nothing_was_decided() {
    let (mut tries, now) = (Tries::default(), Instant::now());
    for (verdict, stage) in [
        (Verdict::Refused, Stage::Refused),
        (Verdict::NotYet, Stage::Waiting),
    ] {
        bring(&mut tries, "a", Rank::Document, now);
        assert_eq!(tries.stage("a"), Some(&Stage::Waiting));
        assert_eq!(tried(&mut tries, now), Some("a".to_owned()));
        assert_eq!(tries.stage("a"), Some(&Stage::Trying));
        // A second tab at the same time makes no second try.
        bring(&mut tries, "a", Rank::Document, now);
        assert_eq!(tried(&mut tries, now), None);
        tries.tell("a", verdict, now);
        bring(&mut tries, "a", Rank::Document, now);
        assert_eq!(tries.stage("a"), Some(&stage));
        tries = Tries::default();
    }
    // What was pasted and rejected is known as well.
    tries.tell("b", Verdict::Refused, now);
    bring(&mut tries, "b", Rank::Document, now);
    assert_eq!(tried(&mut tries, now), None);
}

#[test]
fn an_open_page_goes_first_then_a_document_then_who_came_first() {
    let (mut tries, now) = (Tries::default(), Instant::now());
    bring(&mut tries, "program", Rank::Unknown, now);
    bring(&mut tries, "stopped", Rank::Document, now);
    bring(&mut tries, "second", Rank::Document, now);
    bring(&mut tries, "script", Rank::Script, now);
    bring(&mut tries, "real", Rank::Document, now);
    tries.come_back("script", now);
    tries.come_back("real", now);
    for expected in ["real", "script", "stopped", "second", "program"] {
        assert_eq!(tried(&mut tries, now).as_deref(), Some(expected));
    }
}

#[test]
fn a_page_that_is_gone_is_not_tried_until_it_comes_back() {
    let (mut tries, now) = (Tries::default(), Instant::now());
    bring(&mut tries, "a", Rank::Document, now);
    let later = now + Duration::from_secs(5);
    assert_eq!(tries.next(later), Next::Nothing);
    assert_eq!(tries.come_back("a", later), Some(Stage::Waiting));
    assert_eq!(tried(&mut tries, later), Some("a".to_owned()));
}

#[test]
fn a_flood_cannot_push_out_a_page_that_is_open() {
    let (mut tries, start) = (Tries::default(), Instant::now());
    bring(&mut tries, "real", Rank::Document, start);
    tries.come_back("real", start);
    for n in 0..3 * MAX_VISITS {
        bring(&mut tries, &n.to_string(), Rank::Document, start);
        assert!(tries.waiting().count() <= MAX_WAITING);
        assert!(tries.visits.len() <= MAX_VISITS);
    }
    assert_eq!(tried(&mut tries, start).as_deref(), Some("real"));
    // Those that were rejected are remembered, up to a number.
    for n in 0..2 * MAX_VISITS {
        let (id, now) = (
            format!("r{n}"),
            start + INTERVAL * u32::try_from(n).unwrap(),
        );
        bring(&mut tries, &id, Rank::Document, now);
        tries.tell(&id, Verdict::Refused, now);
    }
    assert!(tries.visits.len() <= MAX_VISITS);
}

/// Otherwise the same one-time token could be tried a second time.
#[test]
fn a_flood_cannot_push_out_the_one_that_is_being_tried() {
    let (mut tries, now) = (Tries::default(), Instant::now());
    bring(&mut tries, "real", Rank::Unknown, now);
    assert_eq!(tried(&mut tries, now).as_deref(), Some("real"));
    for n in 0..2 * MAX_VISITS {
        let id = n.to_string();
        bring(&mut tries, &id, Rank::Document, now);
        tries.tell(&id, Verdict::Refused, now);
    }
    assert_eq!(tries.stage("real"), Some(&Stage::Trying));
}

#[test]
fn only_the_accepted_visit_learns_who_logged_in() {
    let (mut tries, now) = (Tries::default(), Instant::now());
    assert_eq!(tries.come_back("guessed", now), None);
    bring(&mut tries, "real", Rank::Document, now);
    bring(&mut tries, "other", Rank::Document, now);
    assert_eq!(tried(&mut tries, now), Some("real".to_owned()));
    tries.come_back("other", now);
    tries.tell("real", Verdict::Accepted(outcome()), now);
    bring(&mut tries, "late", Rank::Document, now);
    assert_eq!(tries.stage("real"), Some(&Stage::Accepted(outcome())));
    for id in ["other", "late"] {
        assert_eq!(tries.stage(id), Some(&Stage::Finished), "{id}");
    }
    assert_eq!(tries.come_back("guessed", now), Some(Stage::Finished));
    assert!(!tries.all_shown(now));
    tries.show("real");
    assert!(!tries.all_shown(now));
    tries.show("other");
    assert!(tries.all_shown(now));
}

#[test]
fn a_login_that_ends_tells_whoever_waits() {
    let (mut tries, now) = (Tries::default(), Instant::now());
    bring(&mut tries, "a", Rank::Document, now);
    bring(&mut tries, "b", Rank::Script, now);
    assert_eq!(tried(&mut tries, now).as_deref(), Some("a"));
    tries.end(&Stage::Failed);
    // The one that is being tried as well: no answer will come for it.
    assert_eq!(tries.stage("a"), Some(&Stage::Failed));
    assert_eq!(tries.stage("b"), Some(&Stage::Failed));
    assert_eq!(tries.stage("late"), Some(&Stage::Failed));
    assert_eq!(tries.next(now), Next::Nothing);
}

#[test]
fn it_is_known_whether_a_visit_has_to_wait() {
    let (mut tries, now) = (Tries::default(), Instant::now());
    for n in 0..5 {
        bring(&mut tries, &n.to_string(), Rank::Document, now);
        assert!(tries.is_quiet(now), "{n}");
    }
    bring(&mut tries, "5", Rank::Document, now);
    assert!(!tries.is_quiet(now));
}

/// A keyring's dialog can keep everything waiting for a minute.
#[test]
fn whoever_waited_for_the_keyring_gets_a_page_all_the_same() {
    let start = Instant::now();
    let later = start + Duration::from_secs(60);
    for verdict in [Verdict::Accepted(outcome()), Verdict::Failed] {
        let mut tries = Tries::default();
        bring(&mut tries, "open", Rank::Document, start);
        assert_eq!(tried(&mut tries, start).as_deref(), Some("open"));
        tries.come_back("open", start);
        tries.tell("open", verdict.clone(), later);
        assert!(!tries.all_shown(later), "{verdict:?}: its page reloads");

        let mut tries = Tries::default();
        bring(&mut tries, "led", Rank::Document, start);
        assert_eq!(tried(&mut tries, start).as_deref(), Some("led"));
        tries.tell("led", verdict.clone(), later);
        tries.lead("led", later);
        assert!(
            !tries.all_shown(later),
            "{verdict:?}: it is led to its page"
        );
        tries.show("led");
        assert!(tries.all_shown(later));
    }
}
