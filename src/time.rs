//! Parses and prints times and durations for people.
//!
//! Not a clock: the current time comes from `clock`.

use std::time::Duration;

use jiff::{
    Span, SpanRelativeTo, Timestamp,
    civil::{DateTime, Time, date},
};

/// The longest duration that an option accepts.
const MAX_SPAN: Duration = Duration::from_secs(30 * 86_400);

/// Parses a duration such as `90s`, `10m`, `1h30m` or `2 days`: at least one
/// second, at most 30 days.
///
/// # Errors
/// What is expected instead.
pub fn parse_span(text: &str) -> Result<Duration, String> {
    let expected =
        |_| "expected numbers with units, such as `90s`, `10m`, `1h30m` or `1d`".to_owned();
    if text.parse::<u64>() == Ok(0) {
        return Err("a duration must be longer than 0".to_owned());
    }
    if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
        // Not the typed number: it may be a secret.
        return Err("add a unit, such as `10s`, `10m` or `10h`".to_owned());
    }
    let span: Span = text.parse().map_err(expected)?;
    // Fails for months and years, which have no fixed length.
    let span = span
        .to_duration(SpanRelativeTo::days_are_24_hours())
        .map_err(expected)?;
    match Duration::try_from(span) {
        Ok(span) if span > MAX_SPAN => Err("a duration can be 30 days at most".to_owned()),
        Ok(span) if span >= Duration::from_secs(1) => Ok(span),
        // Jiff accepts negative durations such as `-5m`.
        _ => Err("a duration must be at least 1s".to_owned()),
    }
}

/// Prints seconds in the two largest units: `23h 41m`.
pub fn span_words(seconds: i64) -> String {
    let s = seconds.unsigned_abs();
    let (large, small) = match s {
        0..60 => return format!("{s}s"),
        60..3_600 => ((s / 60, "m"), (s % 60, "s")),
        3_600..86_400 => ((s / 3_600, "h"), (s % 3_600 / 60, "m")),
        _ => ((s / 86_400, "d"), (s % 86_400 / 3_600, "h")),
    };
    if small.0 == 0 {
        format!("{}{}", large.0, large.1)
    } else {
        format!("{}{} {}{}", large.0, large.1, small.0, small.1)
    }
}

/// Prints a duration like [`span_words`].
pub fn duration_words(duration: Duration) -> String {
    span_words(i64::try_from(duration.as_secs()).unwrap_or(i64::MAX))
}

/// Epoch seconds as RFC 3339 in UTC; `None` outside the years -9999 to 9999.
pub fn rfc3339(epoch: i64) -> Option<String> {
    let of_last_days = || last_days(epoch).map(|t| t.strftime("%Y-%m-%dT%H:%M:%SZ").to_string());
    Timestamp::from_second(epoch).map_or_else(|_| of_last_days(), |t| Some(t.to_string()))
}

/// The last days of the year 9999, where .NET's latest time is. Jiff's timestamp
/// ends earlier, because it must be valid in every time zone.
fn last_days(epoch: i64) -> Option<DateTime> {
    let day = 86_400;
    let last_day = date(9999, 12, 31).to_datetime(Time::midnight());
    let into = epoch.saturating_sub(253_402_214_400);
    (-2 * day..day)
        .contains(&into)
        .then(|| last_day.checked_add(Span::new().seconds(into)).ok())
        .flatten()
}

/// Epoch seconds for people: `2026-11-22 16:53:00 UTC`, or the number itself if
/// the year is out of range.
pub fn utc_words(epoch: i64) -> String {
    const FORM: &str = "%Y-%m-%d %H:%M:%S UTC";
    match (Timestamp::from_second(epoch), last_days(epoch)) {
        (Ok(time), _) => time.strftime(FORM).to_string(),
        (Err(_), Some(time)) => time.strftime(FORM).to_string(),
        (Err(_), None) => format!("{epoch} (no date: beyond the year 9999)"),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{duration_words, parse_span, rfc3339, span_words, utc_words};

    #[test]
    fn durations_are_read_as_written() {
        assert_eq!(parse_span("90s").unwrap().as_secs(), 90);
        assert_eq!(parse_span("1s").unwrap().as_secs(), 1);
        assert_eq!(parse_span("10m").unwrap().as_secs(), 600);
        assert_eq!(parse_span("2h").unwrap().as_secs(), 7200);
        assert_eq!(parse_span("30d").unwrap().as_secs(), 2_592_000);
        assert_eq!(parse_span("1h30m").unwrap().as_secs(), 5400);
        assert_eq!(parse_span("1d2h3m4s").unwrap().as_secs(), 93_784);
        assert_eq!(parse_span("2 days").unwrap().as_secs(), 172_800);
        assert_eq!(parse_span("1h 30m").unwrap().as_secs(), 5400);
        assert_eq!(parse_span("1.5h").unwrap().as_secs(), 5400);
        assert_eq!(parse_span("1w").unwrap().as_secs(), 604_800);
        for bad in [
            "",
            "s",
            "5",
            "-5m",
            "0s",
            "900ms",
            "1mo",
            "31d",
            "5x",
            "99999999999999999999s",
            "9999999h",
            "5€",
            "30m1h",
            "1h1h",
            "1h30",
        ] {
            assert!(parse_span(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn a_duration_that_does_not_fit_says_why() {
        for (text, says) in [
            ("", "expected numbers with units"),
            ("5", "add a unit"),
            ("0", "longer than 0"),
            ("1mo", "expected numbers with units"),
            ("0s", "at least 1s"),
            ("-5m", "at least 1s"),
            ("31d", "30 days at most"),
            ("30d1s", "30 days at most"),
            ("999ms", "at least 1s"),
            ("9999999h", "30 days at most"),
        ] {
            let error = parse_span(text).unwrap_err();
            assert!(error.contains(says), "{text:?}: {error}");
        }
    }

    #[test]
    fn durations_have_two_units() {
        assert_eq!(span_words(0), "0s");
        assert_eq!(span_words(61), "1m 1s");
        assert_eq!(span_words(85_260), "23h 41m");
        assert_eq!(span_words(-86_400), "1d");
        assert_eq!(span_words(i64::MIN), "106751991167300d 15h");
        for (seconds, words) in [
            (59, "59s"),
            (60, "1m"),
            (3_599, "59m 59s"),
            (3_600, "1h"),
            (3_659, "1h"),
            (3_660, "1h 1m"),
            (86_399, "23h 59m"),
            (86_400, "1d"),
            (90_000, "1d 1h"),
            (172_799, "1d 23h"),
        ] {
            assert_eq!(span_words(seconds), words);
            assert_eq!(
                duration_words(Duration::from_secs(seconds.unsigned_abs())),
                words
            );
        }
        let longest = duration_words(Duration::MAX);
        assert_eq!(longest, "106751991167300d 15h");
    }

    #[test]
    fn a_time_beyond_the_calendar_is_still_told() {
        assert_eq!(rfc3339(1_669_770_737).unwrap(), "2022-11-30T01:12:17Z");
        assert_eq!(rfc3339(i64::MAX), None);
        assert!(utc_words(i64::MAX).starts_with("9223372036854775807 "));
        assert_eq!(utc_words(1_669_770_737), "2022-11-30 01:12:17 UTC");
        assert_eq!(utc_words(0), "1970-01-01 00:00:00 UTC");
    }

    #[test]
    fn the_calendar_ends_with_the_year_9999() {
        for (epoch, day, time) in [
            (253_402_041_600, "9999-12-29", "00:00:00"),
            // The last second that a timestamp holds, and the first after it.
            (253_402_207_200, "9999-12-30", "22:00:00"),
            (253_402_207_201, "9999-12-30", "22:00:01"),
            (253_402_214_399, "9999-12-30", "23:59:59"),
            (253_402_214_400, "9999-12-31", "00:00:00"),
            (253_402_300_799, "9999-12-31", "23:59:59"),
        ] {
            assert_eq!(rfc3339(epoch).unwrap(), format!("{day}T{time}Z"));
            assert_eq!(utc_words(epoch), format!("{day} {time} UTC"));
        }
        for beyond in [253_402_300_800, 253_402_387_200, i64::MIN] {
            assert_eq!(rfc3339(beyond), None, "{beyond}");
            assert!(utc_words(beyond).starts_with(&format!("{beyond} ")));
        }
    }
}
