//! Finds the word that a mistyped one probably means. Pure.
//!
//! Only for suggestions.

/// The known word that is nearest, if it is near enough to be meant.
pub fn nearest<'a>(typed: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let limit = (typed.chars().count() / 3).clamp(1, 3);
    known
        .into_iter()
        .map(|word| (distance(typed, word), word))
        .filter(|(distance, _)| *distance <= limit)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, word)| word)
}

/// How many characters to insert, delete, replace or swap with the next one
/// (optimal string alignment).
fn distance(from: &str, to: &str) -> usize {
    let (from, to): (Vec<char>, Vec<char>) = (from.chars().collect(), to.chars().collect());
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=to.len()).collect();
    for (i, a) in from.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, b) in to.iter().enumerate() {
            let replaced = last[j] + usize::from(a != b);
            let mut cost = replaced.min(last[j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && *a == to[j - 1] && from[i - 1] == *b {
                cost = cost.min(before[j - 1] + 1);
            }
            row.push(cost);
        }
        before = std::mem::replace(&mut last, row);
    }
    last[to.len()]
}

#[cfg(test)]
mod tests {
    use super::{distance, nearest};

    #[test]
    fn a_mistake_is_one_of_four() {
        for (from, to, expected) in [
            ("", "abc", 3),
            ("mystoer", "mystore", 1),
            ("mystor", "mystore", 1),
            ("mystorre", "mystore", 1),
            ("mistore", "mystore", 1),
            ("logn", "login", 1),
            ("logn", "logout", 3),
            ("ca", "abc", 3),
            ("abc", "", 3),
            ("abcd", "badc", 2),
            ("abcd", "cdab", 4),
            ("kitten", "sitting", 3),
            ("aab", "aba", 1),
        ] {
            assert_eq!(distance(from, to), expected, "{from} {to}");
        }
    }

    #[test]
    fn only_what_is_near_is_suggested() {
        let known = ["mystore", "otherstore", "b2b"];
        assert_eq!(nearest("mystoer", known), Some("mystore"));
        assert_eq!(nearest("b2c", known), Some("b2b"));
        assert_eq!(nearest("fourthstore", known), None);
        assert_eq!(nearest("x", known), None);
        // The nearest one, and of two that are as near the first.
        assert_eq!(nearest("store1", ["stare12", "store2"]), Some("store2"));
        assert_eq!(nearest("store1", ["store2", "store3"]), Some("store2"));
        assert_eq!(nearest("", known), None);
    }

    #[test]
    fn a_longer_word_may_have_more_mistakes_in_it_and_three_at_most() {
        for (typed, near, far) in [
            ("a", "ab", "abc"),
            ("abcde", "abcdX", "abcXX"),
            ("abcdef", "abcdXX", "abcXXX"),
            ("abcdefghi", "abcdefXXX", "abcdeXXXX"),
            ("abcdefghijkl", "abcdefghiXXX", "abcdefghXXXX"),
        ] {
            assert_eq!(nearest(typed, [near]), Some(near), "{typed}");
            assert_eq!(nearest(typed, [far]), None, "{typed}");
        }
        // Characters count, not bytes.
        assert_eq!(nearest("lojáá", ["loja"]), None);
    }
}
