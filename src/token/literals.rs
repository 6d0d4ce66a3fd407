//! Finds the numbers and the lone surrogates in a JSON text.
//!
//! Not for parsing or checking JSON: the text must have been parsed before.

use std::fmt::Write as _;

/// The numbers of a JSON text, in order.
pub struct Literals<'a> {
    text: &'a str,
    at: usize,
}

/// A number as written in the text.
#[derive(Clone, Copy)]
pub struct Literal<'a>(&'a str);

impl<'a> Literals<'a> {
    pub fn of(text: &'a str) -> Self {
        Self { text, at: 0 }
    }
}

impl<'a> Iterator for Literals<'a> {
    type Item = Literal<'a>;

    fn next(&mut self) -> Option<Literal<'a>> {
        let bytes = self.text.as_bytes();
        while let Some(byte) = bytes.get(self.at) {
            match byte {
                b'"' => self.at = end_of_string(bytes, self.at),
                b'-' | b'0'..=b'9' => {
                    let start = self.at;
                    let is_part =
                        |byte: &&u8| matches!(byte, b'0'..=b'9' | b'-' | b'+' | b'.' | b'e' | b'E');
                    self.at += bytes[start..].iter().take_while(is_part).count();
                    return Some(Literal(&self.text[start..self.at]));
                }
                _ => self.at += 1,
            }
        }
        None
    }
}

/// The position after the string that begins at `start`.
fn end_of_string(bytes: &[u8], start: usize) -> usize {
    let mut at = start + 1;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'"' => return at + 1,
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
    bytes.len()
}

impl Literal<'_> {
    /// Whether a parser with 53 bits, such as JavaScript's, keeps all digits of
    /// this number.
    pub fn survives_f64(self) -> bool {
        /// More decimals than any number with 53 bits has.
        const MAX_DECIMALS: usize = 1100;
        let Ok(read) = self.0.parse::<f64>() else {
            return false;
        };
        let written = Decimal::of(self.0);
        if !read.is_finite() {
            return false;
        }
        if written == Decimal::of(&format!("{read:e}")) {
            return true;
        }
        let decimals = written.decimals();
        decimals <= MAX_DECIMALS && written == Decimal::of(&format!("{read:.decimals$}"))
    }

    /// The number for a message, shortened if it is long.
    pub fn truncated(self) -> String {
        const MAX_CHARS: usize = 40;
        if self.0.len() <= MAX_CHARS {
            self.0.to_owned()
        } else {
            format!("{}…", &self.0[..MAX_CHARS])
        }
    }
}

/// A decimal number: 0.DIGITS × 10^power.
#[derive(PartialEq, Eq)]
struct Decimal {
    negative: bool,
    digits: String,
    power: i64,
}

impl Decimal {
    fn of(text: &str) -> Self {
        let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
        let exponent: i64 = exponent.parse().unwrap_or(if exponent.starts_with('-') {
            i64::MIN / 4
        } else {
            i64::MAX / 4
        });
        let (negative, mantissa) = match mantissa.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, mantissa),
        };
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let all = [whole, fraction].concat();
        let digits = all.trim_start_matches('0');
        let zeros = i64::try_from(all.len() - digits.len()).unwrap_or(i64::MAX / 4);
        let length = i64::try_from(whole.len()).unwrap_or(i64::MAX / 4);
        let digits = digits.trim_end_matches('0');
        if digits.is_empty() {
            // Parsers differ on the sign of zero, and it makes no difference.
            return Self {
                negative: false,
                digits: String::new(),
                power: 0,
            };
        }
        Self {
            negative,
            digits: digits.to_owned(),
            power: length - zeros + exponent,
        }
    }

    /// How many digits follow the decimal point.
    fn decimals(&self) -> usize {
        let digits = i64::try_from(self.digits.len()).unwrap_or(i64::MAX / 4);
        usize::try_from((digits - self.power).max(0)).unwrap_or(usize::MAX)
    }
}

/// Replaces a lone surrogate such as `\ud800` by `\\ud800`: six letters, which
/// are valid in every text. `None` if there is none.
pub fn escape_lone_surrogates(text: &str) -> Option<String> {
    let mut escaped = String::with_capacity(text.len());
    let mut rest = text;
    let mut found = false;
    while let Some(at) = rest.find('\\') {
        escaped.push_str(&rest[..at]);
        rest = &rest[at..];
        let low = |unit: u32| (0xdc00..0xe000).contains(&unit);
        let length = match (unit(rest), rest.get(6..).and_then(unit)) {
            (Some(0xd800..0xdc00), Some(next)) if low(next) => 12,
            (Some(half @ 0xd800..0xe000), _) => {
                found = true;
                let _ = write!(escaped, "\\\\u{half:04x}");
                rest = &rest[6..];
                continue;
            }
            // Skips the next character too: it may be a backslash.
            _ => 1 + rest[1..].chars().next().map_or(0, char::len_utf8),
        };
        escaped.push_str(&rest[..length]);
        rest = &rest[length..];
    }
    escaped.push_str(rest);
    found.then_some(escaped)
}

/// The UTF-16 unit that an escape stands for.
fn unit(text: &str) -> Option<u32> {
    let digits = text.strip_prefix("\\u")?.get(..4)?;
    u32::from_str_radix(digits, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::{Literal, Literals, escape_lone_surrogates};

    fn numbers(text: &str) -> Vec<String> {
        Literals::of(text).map(Literal::truncated).collect()
    }

    #[test]
    fn numbers_are_found_in_order_and_not_in_texts() {
        let text = r#"{"a1":"2\"3\\","b":[4,-5.5e+6,{"c":7E-8}],"\\":0,"d":"9"}"#;
        assert_eq!(numbers(text), ["4", "-5.5e+6", "7E-8", "0"]);
        assert_eq!(numbers("12"), ["12"]);
        assert_eq!(numbers(r#"{"a":null}"#), [""; 0]);
        // A text that is cut off ends there.
        for cut in [r#""1"#, r#""1\"#, r#"""#] {
            assert_eq!(numbers(cut), [""; 0], "{cut}");
        }
    }

    #[test]
    fn a_long_number_is_cut_for_a_message() {
        let number = |digits: usize| "1".repeat(digits);
        assert_eq!(numbers(&number(40)), [number(40)]);
        assert_eq!(numbers(&number(41)), [number(40) + "…"]);
    }

    fn alike(text: &str) -> bool {
        Literals::of(text).all(super::Literal::survives_f64)
    }

    #[test]
    fn only_what_others_read_differently_is_told() {
        for same in [
            "0",
            "-0",
            "0.0",
            "0.1",
            "1e300",
            "1.50",
            "1669770737.5",
            "1700000000.1234567",
            "9007199254740992",
            "18446744073709551616",
            "-9223372036854775808",
            "1E+2",
            "100e-2",
            "0.1000000000000000055511151231257827",
            "\"9007199254740993\"",
            "5e-324",
            // All of the digits that 0.01, 1.1 and 2.5e-9 have in 53 bits, or some of them.
            "0.01000000000000000020816681711721685",
            "1.100000000000000088817841970012523233890533447265625",
            "2.5000000000000000523e-9",
            "0e5",
            "-0.0e-3",
            "0e99999999999999999999",
            "1e23",
            "123.4500e2",
            "0.00123e5",
        ] {
            assert!(alike(same), "{same}");
        }
        for other in [
            "9007199254740993",
            "18446744073709551615",
            "123456789012345678901234567890",
            "1669770737.123456789012345",
            "1e-999999",
            "1e400",
            "-1e400",
            "1e99999999999999999999",
            "1e-99999999999999999999",
            "-9007199254740993",
            "0.01000000000000000020816681711721686",
            "2.5000000000000000524e-9",
            "9007199254740993e-3",
            "[1, 9007199254740993]",
        ] {
            assert!(!alike(other), "{other}");
        }
    }

    #[test]
    fn half_a_character_is_written_out() {
        for (text, escaped) in [
            (r#""\ud800""#, Some(r#""\\ud800""#)),
            (r#""a\uDFFFb""#, Some(r#""a\\udfffb""#)),
            (r#""\ud800\ud800\udc00""#, Some(r#""\\ud800\ud800\udc00""#)),
            (r#""\ud83d\ude00""#, None),
            (r#""\\ud800""#, None),
            (r#""\u0041\\\ud800""#, Some(r#""\u0041\\\\ud800""#)),
            (r#""é\é\"#, None),
            (r#""\ud7ff\ue000""#, None),
            (r#""\udbff\udfff""#, None),
            (r#""\udbff\ue000""#, Some(r#""\\udbff\ue000""#)),
            (r#""\ud800\udbff""#, Some(r#""\\ud800\\udbff""#)),
            (r#""\udc00\ud800""#, Some(r#""\\udc00\\ud800""#)),
            (r#""\ud80"#, None),
            (r#""\n\ud800\t""#, Some(r#""\n\\ud800\t""#)),
        ] {
            assert_eq!(escape_lone_surrogates(text).as_deref(), escaped, "{text}");
        }
    }
}
