//! Prevents CI runners from finding a command in output that is printed piece
//! by piece. JSON is escaped without changing a value; in other text a command
//! is detected before it is complete.
//!
//! Not for whole texts (`runner`).

/// What has passed so far.
pub struct Guard {
    json: bool,
    /// The last byte, if the next one decides about it.
    held: Option<u8>,
    /// The last bytes, in lower case.
    tail: [u8; 6],
    /// Only blanks so far on this line.
    blank: bool,
    /// The line begins with one colon.
    colon: bool,
}

impl Guard {
    /// Nothing has passed.
    pub fn new(json: bool) -> Self {
        Self {
            json,
            held: None,
            tail: [0; 6],
            blank: true,
            colon: false,
        }
    }

    /// The piece as it may be printed; none if a runner would find a command in
    /// it.
    pub fn pass(&mut self, piece: &[u8]) -> Option<Vec<u8>> {
        if self.json {
            return Some(self.escaped(piece));
        }
        let clean = !piece.iter().any(|b| self.completes_command(*b));
        clean.then(|| piece.to_vec())
    }

    /// What is left.
    pub fn end(&mut self) -> Vec<u8> {
        self.held.take().into_iter().collect()
    }

    /// Neither of these can follow the backslash of another escape, and two of
    /// them in a row are in strings alone.
    fn escaped(&mut self, piece: &[u8]) -> Vec<u8> {
        let mut out = Vec::with_capacity(piece.len() + 8);
        for b in piece {
            if let Some(held) = self.held.take() {
                if held == *b {
                    out.extend_from_slice(format!("\\u{held:04x}").as_bytes());
                } else {
                    out.push(held);
                }
            }
            if matches!(b, b':' | b'#') {
                self.held = Some(*b);
            } else {
                out.push(*b);
            }
        }
        out
    }

    fn completes_command(&mut self, b: u8) -> bool {
        // A runner may skip invisible characters.
        if b < b' ' && !matches!(b, b'\r' | b'\n' | b'\t') {
            return false;
        }
        self.tail.rotate_left(1);
        self.tail[5] = b.to_ascii_lowercase();
        let colons = self.colon && b == b':';
        self.colon = self.blank && b == b':';
        // Beyond ASCII there are blanks too.
        self.blank =
            matches!(b, b'\r' | b'\n') || (self.blank && (b <= b' ' || b == 0x7f || !b.is_ascii()));
        colons || self.tail.ends_with(b"##[") || self.tail == *b"##vso["
    }
}

#[cfg(test)]
mod tests {
    use super::Guard;

    fn passed(json: bool, pieces: &[&str]) -> Option<String> {
        let mut guard = Guard::new(json);
        let mut out = Vec::new();
        for piece in pieces {
            out.extend(guard.pass(piece.as_bytes())?);
        }
        out.extend(guard.end());
        Some(String::from_utf8(out).unwrap())
    }

    #[test]
    fn json_keeps_its_values() {
        let json = serde_json::json!({
            "::add-mask::x": "##[error]y ##vso[z] ::: ### a:b #1 :", "b": {"c": 1}
        });
        let text = json.to_string();
        for at in 0..text.len() {
            let out = passed(true, &[&text[..at], &text[at..]]).unwrap();
            assert!(!out.contains("::") && !out.contains("##"), "{out}");
            let read: serde_json::Value = serde_json::from_str(&out).unwrap();
            assert_eq!(read, json);
        }
    }

    #[test]
    fn text_with_a_command_does_not_pass() {
        for good in ["a::b", "a: b\n#[x]\n: :\n# #[", "::".get(..1).unwrap(), ""] {
            assert_eq!(passed(false, &[good]).as_deref(), Some(good));
        }
        for bad in [
            "::add-mask::x",
            "a\n \t::x::",
            "a\r::x::",
            "a ##[error]",
            "###[error]",
            "##VSO[task.complete]",
            "\u{feff}::x::",
            ":::x::",
            "\u{b}::x::",
            "\0::x::",
            ":\0:x::",
            "##\0[error]",
        ] {
            for at in (0..bad.len()).filter(|at| bad.is_char_boundary(*at)) {
                assert_eq!(passed(false, &[&bad[..at], &bad[at..]]), None, "{bad:?}");
            }
        }
    }
}
