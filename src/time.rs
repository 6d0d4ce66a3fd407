//! Times and spans of time as people write and read them.
//!
//! Not a clock: whoever needs to know what time it is gets it from `app`.

use std::time::Duration;

use jiff::Timestamp;

/// Reads a span such as `90s`, `10m`, `2h` or `1d`.
///
/// # Errors
/// A sentence that says what is expected.
pub fn parse_span(text: &str) -> Result<Duration, String> {
    let expected = || "expected a number and a unit, such as `90s`, `10m`, `2h` or `1d`".to_owned();
    let digits = text.trim_end_matches(|c: char| !c.is_ascii_digit());
    let seconds = match &text[digits.len()..] {
        "s" => 1,
        "m" => 60,
        "h" => 3600,
        "d" => 86_400,
        _ => return Err(expected()),
    };
    let number: u64 = digits.parse().map_err(|_| expected())?;
    match number.checked_mul(seconds) {
        Some(0) => Err("a span must be longer than nothing".to_owned()),
        Some(total) if total <= 30 * 86_400 => Ok(Duration::from_secs(total)),
        _ => Err("a span can be 30 days at most".to_owned()),
    }
}

/// A number of seconds in words, its two largest units: `23 h 41 min`.
pub fn span_words(seconds: i64) -> String {
    let s = seconds.unsigned_abs();
    let (large, small) = match s {
        0..60 => return format!("{s} s"),
        60..3_600 => ((s / 60, "min"), (s % 60, "s")),
        3_600..86_400 => ((s / 3_600, "h"), (s % 3_600 / 60, "min")),
        _ => ((s / 86_400, "d"), (s % 86_400 / 3_600, "h")),
    };
    if small.0 == 0 {
        format!("{} {}", large.0, large.1)
    } else {
        format!("{} {} {} {}", large.0, large.1, small.0, small.1)
    }
}

/// A duration in the same words.
pub fn duration_words(duration: Duration) -> String {
    span_words(i64::try_from(duration.as_secs()).unwrap_or(i64::MAX))
}

/// Epoch seconds as RFC 3339 in UTC; nothing beyond the years -9999 to 9999.
pub fn rfc3339(epoch: i64) -> Option<String> {
    Timestamp::from_second(epoch).ok().map(|t| t.to_string())
}

/// Epoch seconds for reading: `2026-11-22 16:53:00 UTC`, or the bare number
/// when that is no date.
pub fn utc_words(epoch: i64) -> String {
    Timestamp::from_second(epoch).map_or_else(
        |_| format!("{epoch} (no date: beyond the year 9999)"),
        |t| t.strftime("%Y-%m-%d %H:%M:%S UTC").to_string(),
    )
}

#[cfg(test)]
mod tests {
    use super::{parse_span, rfc3339, span_words, utc_words};

    #[test]
    fn spans_are_read_as_written() {
        assert_eq!(parse_span("90s").unwrap().as_secs(), 90);
        assert_eq!(parse_span("10m").unwrap().as_secs(), 600);
        assert_eq!(parse_span("2h").unwrap().as_secs(), 7200);
        assert_eq!(parse_span("30d").unwrap().as_secs(), 2_592_000);
        for bad in [
            "",
            "s",
            "5",
            "-5m",
            "5 m",
            "1.5h",
            "0s",
            "99999999999999999999s",
            "9999999h",
            "5€",
        ] {
            assert!(parse_span(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn spans_are_told_in_two_units() {
        assert_eq!(span_words(0), "0 s");
        assert_eq!(span_words(61), "1 min 1 s");
        assert_eq!(span_words(85_260), "23 h 41 min");
        assert_eq!(span_words(-86_400), "1 d");
        assert_eq!(span_words(i64::MIN), "106751991167300 d 15 h");
    }

    #[test]
    fn a_time_beyond_the_calendar_is_still_told() {
        assert_eq!(rfc3339(1_669_770_737).unwrap(), "2022-11-30T01:12:17Z");
        assert_eq!(rfc3339(i64::MAX), None);
        assert!(utc_words(i64::MAX).starts_with("9223372036854775807 "));
    }
}
