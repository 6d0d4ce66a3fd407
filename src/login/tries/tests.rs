//! The order and the rate of tries, with a clock of the test's own.

use std::time::{Duration, Instant};

use super::{INTERVAL, MAX_VISITS, MAX_WAITING, Next, Stage, Tries, Trust, Verdict};
use crate::{login::page::Outcome, secret::Secret};

fn ott(text: &str) -> Secret {
    Secret::new(text.to_owned())
}

fn add(tries: &mut Tries, id: &str, trust: Trust, now: Instant) {
    tries.add(id, &ott(id), trust, now);
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
        add(&mut tries, &n.to_string(), Trust::Document, start);
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
        add(&mut tries, &n.to_string(), Trust::Document, later);
    }
    assert_eq!((0..20).filter_map(|_| tried(&mut tries, later)).count(), 5);
}

#[test]
fn a_value_is_tried_again_only_after_no_verdict() {
    let (mut tries, now) = (Tries::default(), Instant::now());
    for (verdict, stage) in [
        (Verdict::Refused, Stage::Refused),
        (Verdict::Undecided, Stage::Waiting),
    ] {
        add(&mut tries, "a", Trust::Document, now);
        assert_eq!(tries.stage("a"), Some(&Stage::Waiting));
        assert_eq!(tried(&mut tries, now), Some("a".to_owned()));
        assert_eq!(tries.stage("a"), Some(&Stage::Trying));
        // A second tab at the same time makes no second try.
        add(&mut tries, "a", Trust::Document, now);
        assert_eq!(tried(&mut tries, now), None);
        tries.set_verdict("a", verdict, now);
        add(&mut tries, "a", Trust::Document, now);
        assert_eq!(tries.stage("a"), Some(&stage));
        tries = Tries::default();
    }
    // A pasted value that was rejected is remembered as well.
    tries.set_verdict("b", Verdict::Refused, now);
    add(&mut tries, "b", Trust::Document, now);
    assert_eq!(tried(&mut tries, now), None);
}

#[test]
fn tries_open_pages_first_then_documents_then_the_oldest() {
    let (mut tries, now) = (Tries::default(), Instant::now());
    add(&mut tries, "program", Trust::Unknown, now);
    add(&mut tries, "stopped", Trust::Document, now);
    add(&mut tries, "second", Trust::Document, now);
    add(&mut tries, "script", Trust::Script, now);
    add(&mut tries, "real", Trust::Document, now);
    tries.poll("script", now);
    tries.poll("real", now);
    for expected in ["real", "script", "stopped", "second", "program"] {
        assert_eq!(tried(&mut tries, now).as_deref(), Some(expected));
    }
}

#[test]
fn a_page_that_is_gone_is_not_tried_until_it_comes_back() {
    let (mut tries, now) = (Tries::default(), Instant::now());
    add(&mut tries, "a", Trust::Document, now);
    let later = now + Duration::from_secs(5);
    assert_eq!(tries.next(later), Next::Nothing);
    assert_eq!(tries.poll("a", later), Some(Stage::Waiting));
    assert_eq!(tried(&mut tries, later), Some("a".to_owned()));
}

#[test]
fn a_flood_cannot_push_out_a_page_that_is_open() {
    let (mut tries, start) = (Tries::default(), Instant::now());
    add(&mut tries, "real", Trust::Document, start);
    tries.poll("real", start);
    for n in 0..3 * MAX_VISITS {
        add(&mut tries, &n.to_string(), Trust::Document, start);
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
        add(&mut tries, &id, Trust::Document, now);
        tries.set_verdict(&id, Verdict::Refused, now);
    }
    assert!(tries.visits.len() <= MAX_VISITS);
}

/// Otherwise the same one-time token could be tried a second time.
#[test]
fn a_flood_cannot_push_out_the_one_that_is_being_tried() {
    let (mut tries, now) = (Tries::default(), Instant::now());
    add(&mut tries, "real", Trust::Unknown, now);
    assert_eq!(tried(&mut tries, now).as_deref(), Some("real"));
    for n in 0..2 * MAX_VISITS {
        let id = n.to_string();
        add(&mut tries, &id, Trust::Document, now);
        tries.set_verdict(&id, Verdict::Refused, now);
    }
    assert_eq!(tries.stage("real"), Some(&Stage::Trying));
}

#[test]
fn only_the_accepted_visit_learns_who_logged_in() {
    let (mut tries, now) = (Tries::default(), Instant::now());
    assert_eq!(tries.poll("guessed", now), None);
    add(&mut tries, "real", Trust::Document, now);
    add(&mut tries, "other", Trust::Document, now);
    assert_eq!(tried(&mut tries, now), Some("real".to_owned()));
    tries.poll("other", now);
    tries.set_verdict("real", Verdict::Accepted(outcome()), now);
    add(&mut tries, "late", Trust::Document, now);
    assert_eq!(tries.stage("real"), Some(&Stage::Accepted(outcome())));
    for id in ["other", "late"] {
        assert_eq!(tries.stage(id), Some(&Stage::Finished), "{id}");
    }
    assert_eq!(tries.poll("guessed", now), Some(Stage::Finished));
    assert!(!tries.all_shown(now));
    tries.mark_shown("real");
    assert!(!tries.all_shown(now));
    tries.mark_shown("other");
    assert!(tries.all_shown(now));
}

#[test]
fn the_end_of_the_login_reaches_waiting_visits() {
    let (mut tries, now) = (Tries::default(), Instant::now());
    add(&mut tries, "a", Trust::Document, now);
    add(&mut tries, "b", Trust::Script, now);
    assert_eq!(tried(&mut tries, now).as_deref(), Some("a"));
    tries.finish(&Stage::Failed);
    // The one that is being tried as well: no answer will come for it.
    assert_eq!(tries.stage("a"), Some(&Stage::Failed));
    assert_eq!(tries.stage("b"), Some(&Stage::Failed));
    assert_eq!(tries.stage("late"), Some(&Stage::Failed));
    assert_eq!(tries.next(now), Next::Nothing);
}

#[test]
fn the_sixth_visit_has_to_wait() {
    let (mut tries, now) = (Tries::default(), Instant::now());
    for n in 0..5 {
        add(&mut tries, &n.to_string(), Trust::Document, now);
        assert!(tries.below_rate_limit(now), "{n}");
    }
    add(&mut tries, "5", Trust::Document, now);
    assert!(!tries.below_rate_limit(now));
}

/// A keyring's dialog can keep everything waiting for a minute.
#[test]
fn a_page_still_gets_the_result_after_a_slow_keyring_dialog() {
    let start = Instant::now();
    let later = start + Duration::from_secs(60);
    for verdict in [Verdict::Accepted(outcome()), Verdict::Failed] {
        let mut tries = Tries::default();
        add(&mut tries, "open", Trust::Document, start);
        assert_eq!(tried(&mut tries, start).as_deref(), Some("open"));
        tries.poll("open", start);
        tries.set_verdict("open", verdict.clone(), later);
        assert!(!tries.all_shown(later), "{verdict:?}: its page reloads");

        let mut tries = Tries::default();
        add(&mut tries, "led", Trust::Document, start);
        assert_eq!(tried(&mut tries, start).as_deref(), Some("led"));
        tries.set_verdict("led", verdict.clone(), later);
        tries.redirected("led", later);
        assert!(
            !tries.all_shown(later),
            "{verdict:?}: it is led to its page"
        );
        tries.mark_shown("led");
        assert!(tries.all_shown(later));
    }
}
