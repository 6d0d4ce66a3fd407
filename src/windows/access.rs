//! Who may read or change a file, by its access list, and giving one to its
//! owner alone.
//!
//! Access lists are read in Windows' own notation (SDDL, `[MS-DTYP]` 2.5.1),
//! so that all but asking for one is ordinary code.

use std::{fs::File, io, path::Path};

use super::calls;

/// The system and the administrators, who may read everything anyway, and the
/// owner by names that stand for one.
const TRUSTED: [&str; 4] = ["SY", "BA", "OW", "CO"];
/// `FILE_READ_DATA`, `FILE_WRITE_DATA`, `FILE_APPEND_DATA`, `DELETE`,
/// `WRITE_DAC`, `WRITE_OWNER`, `GENERIC_ALL`, `GENERIC_WRITE`, `GENERIC_READ`.
const READ_OR_CHANGE: u32 = 0xD00D_0007;
/// What the pairs of letters in a list stand for.
const RIGHTS: [(&str, u32); 20] = [
    ("GA", 0x1000_0000),
    ("GR", 0x8000_0000),
    ("GW", 0x4000_0000),
    ("GX", 0x2000_0000),
    ("RC", 0x0002_0000),
    ("SD", 0x0001_0000),
    ("WD", 0x0004_0000),
    ("WO", 0x0008_0000),
    ("FA", 0x001F_01FF),
    ("FR", 0x0012_0089),
    ("FW", 0x0012_0116),
    ("FX", 0x0012_00A0),
    ("CC", 0x1),
    ("DC", 0x2),
    ("LC", 0x4),
    ("SW", 0x8),
    ("RP", 0x10),
    ("WP", 0x20),
    ("DT", 0x40),
    ("CR", 0x100),
];

/// Gives a file or folder to its owner alone, and so what is made in the
/// folder later.
///
/// # Errors
/// As Windows says.
pub fn give_to_owner(path: &Path) -> io::Result<()> {
    let inherited = if path.is_dir() { "OICI" } else { "" };
    let user = calls::user()?;
    calls::set_access(path, &format!("D:P(A;{inherited};FA;;;{user})"))
}

/// Who else may read or change the file, or owns it: a name or identifier as
/// Windows writes it. `None` where that is nobody.
///
/// # Errors
/// As Windows says.
pub fn who_else(file: &File) -> io::Result<Option<String>> {
    let user = calls::user()?;
    Ok(others(&calls::security_of(file)?, &user))
}

/// The first stranger in a file's owner and access list.
fn others(security: &str, user: &str) -> Option<String> {
    let trusted = |who: &str| who == user || TRUSTED.contains(&who) || is_short_for(who, user);
    // A file without a list, as on FAT, is everybody's.
    let (owner, list) = security
        .split_once("D:")
        .unwrap_or((security, "NO_ACCESS_CONTROL"));
    let owner = owner.trim_start_matches("O:");
    if !trusted(owner) {
        return Some(owner.to_owned());
    }
    if list.contains("NO_ACCESS_CONTROL") {
        return Some("WD".to_owned());
    }
    let mut entries = list.split(['(', ')']).filter(|entry| entry.contains(';'));
    entries.find_map(|entry| {
        let parts: Vec<&str> = entry.split(';').collect();
        let [kind, flags, rights, _, _, who, ..] = parts[..] else {
            return None;
        };
        let allows = matches!(kind, "A" | "XA") && !flags.contains("IO");
        (allows && mask(rights) & READ_OR_CHANGE != 0 && !trusted(who)).then(|| who.to_owned())
    })
}

/// The built-in administrator's account, which is written as two letters.
fn is_short_for(who: &str, user: &str) -> bool {
    who == "LA" && user.ends_with("-500")
}

fn mask(rights: &str) -> u32 {
    if let Some(digits) = rights.strip_prefix("0x") {
        return u32::from_str_radix(digits, 16).unwrap_or(u32::MAX);
    }
    let letters = rights.as_bytes().chunks(2);
    letters.fold(0, |mask, pair| {
        let known = RIGHTS.iter().find(|(name, _)| name.as_bytes() == pair);
        mask | known.map_or(0, |(_, bits)| *bits)
    })
}

#[cfg(test)]
mod tests {
    use super::others;

    const ME: &str = "S-1-5-21-1-2-3-1001";

    #[test]
    fn a_profile_is_its_owners() {
        for list in [
            "O:S-1-5-21-1-2-3-1001D:P(A;;FA;;;S-1-5-21-1-2-3-1001)",
            "O:BAD:AI(A;ID;FA;;;SY)(A;ID;FA;;;BA)(A;ID;FA;;;S-1-5-21-1-2-3-1001)",
            "O:S-1-5-21-1-2-3-1001D:(A;OICIIO;FA;;;BU)(A;;FA;;;OW)",
            "O:S-1-5-21-1-2-3-1001D:(D;;FA;;;WD)(A;;RCFX;;;BU)(A;;0x100080;;;WD)",
            "O:S-1-5-21-1-2-3-1001D:P",
        ] {
            assert_eq!(others(list, ME), None, "{list}");
        }
        assert_eq!(others("O:LAD:P(A;;FA;;;LA)", "S-1-5-21-1-2-3-500"), None);
    }

    #[test]
    fn others_are_found_by_what_they_may_do() {
        for (list, who) in [
            ("O:BAD:AI(A;ID;FA;;;SY)(A;ID;0x1301bf;;;AU)", "AU"),
            ("O:BAD:(A;;FR;;;WD)", "WD"),
            ("O:BAD:(A;;RCWD;;;BU)", "BU"),
            (
                "O:BAD:(A;;0x1;;;S-1-5-21-1-2-3-1002)",
                "S-1-5-21-1-2-3-1002",
            ),
            (
                "O:S-1-5-21-1-2-3-1002D:P(A;;FA;;;SY)",
                "S-1-5-21-1-2-3-1002",
            ),
            ("O:BAD:NO_ACCESS_CONTROL", "WD"),
            ("O:BA", "WD"),
            ("O:LAD:P(A;;FA;;;SY)", "LA"),
        ] {
            assert_eq!(others(list, ME).as_deref(), Some(who), "{list}");
        }
    }
}
