//! Names and values that tell of secrets: `data/secrets.toml`. The model judges by it and the report masks by it.

/// A part of a name that tells that its value is a secret.
#[derive(Debug, PartialEq, Eq)]
pub struct SecretPart {
    /// In lower case.
    pub name: &'static str,
    /// Whether it is the name of a password, not of a key or token.
    pub password: bool,
    /// Whether it only counts as a word of its own.
    pub alone: bool,
    /// Whether it counts behind other letters all the same, in a line of any text.
    pub glued: bool,
    /// What may follow as a part of the name.
    pub tails: &'static [&'static str],
    /// It only counts behind one of these words; none where it counts behind any.
    pub after: &'static [&'static str],
    /// Whether it counts as a whole name.
    pub whole: bool,
}

/// Words of one kind.
#[derive(Debug, PartialEq, Eq)]
pub struct Words {
    /// In lower case.
    pub names: &'static [&'static str],
}

/// Arguments of programs that are secret.
#[derive(Debug, PartialEq, Eq)]
pub struct Asking {
    /// The programs.
    pub names: &'static [&'static str],
    /// Options before a password, or with it attached.
    pub options: &'static [&'static str],
    /// Options of which only what is attached is one.
    pub attached: &'static [&'static str],
    /// Options before a name, a colon and a password.
    pub logins: &'static [&'static str],
    /// Words behind which the last words of the command are secret.
    pub words: &'static [&'static str],
    /// Words with which what is written to the program is secret.
    pub input: &'static [&'static str],
    /// Words of which one is on the line too; none where that does not matter.
    pub beside: &'static [&'static str],
}

/// How values of known makers begin.
#[derive(Debug, PartialEq, Eq)]
pub struct TokenStarts {
    /// What they begin with.
    pub names: &'static [&'static str],
    /// How many letters and digits follow at least.
    pub least: usize,
    /// Whether it may follow a letter or digit.
    pub inside: bool,
    /// Whether `-`, `_` and `.` may be among what follows.
    pub dashed: bool,
    /// Whether two digits at least are among what follows.
    pub digits: bool,
}

include!(concat!(env!("OUT_DIR"), "/secrets.rs"));

/// Whether a variable of this name holds a secret.
pub fn secret_name(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    let harmless = words(ENDINGS).any(|end| lower.ends_with(end));
    !harmless && PARTS.iter().any(|part| part.is_in(&lower))
}

/// Whether a value says in its own words that it only stands for a secret. `lower` is in lower case.
pub fn stands_in(lower: &str) -> bool {
    words(PLACEHOLDERS).any(|word| lower.contains(word))
}

/// Whether a value says that it is a secret. `lower` is in lower case.
pub fn confesses(lower: &str) -> bool {
    words(CONFESSING).any(|word| lower.contains(word))
}

/// Whether a password is one that anyone tries first. `lower` is in lower case.
pub fn is_weak(lower: &str) -> bool {
    words(WEAK).any(|word| word == lower)
}

/// Whether a secret of this name only guards what a stack starts itself: its database, its sessions, its tools.
pub fn is_of_own_server(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    words(OWN_SERVERS).any(|word| lower.contains(word))
}

/// Passwords that are words of every other sentence.
pub fn common_words() -> impl Iterator<Item = &'static str> {
    words(COMMON)
}

/// Words after which a password of Redis follows.
pub fn redis_directives() -> impl Iterator<Item = &'static str> {
    words(DIRECTIVES)
}

/// Names between the dollar signs with which hashes of passwords begin.
pub fn crypt_names() -> impl Iterator<Item = &'static str> {
    words(CRYPTS)
}

/// How other hashes of passwords begin.
pub fn hash_heads() -> impl Iterator<Item = &'static str> {
    words(HASHED)
}

/// Whether a hash of a password stands in a text.
pub fn holds_hash(text: &str) -> bool {
    let crypted = |name: &str| {
        text.match_indices(name)
            .any(|(at, _)| text[..at].ends_with('$') && text[at + name.len()..].starts_with('$'))
    };
    hash_heads().any(|head| text.contains(head)) || text.contains('$') && crypt_names().any(crypted)
}

fn words(lists: &'static [Words]) -> impl Iterator<Item = &'static str> {
    lists.iter().flat_map(|list| list.names).copied()
}

impl SecretPart {
    /// Whether it stands in a name, which is in lower case.
    fn is_in(&self, name: &str) -> bool {
        if self.whole && name == self.name {
            return true;
        }
        name.match_indices(self.name).any(|(at, _)| {
            let before = &name[..at];
            (!self.alone || before.ends_with('_')) && self.is_behind(before.as_bytes()).is_some()
        })
    }

    /// The word before it that makes it count, which is empty where any will do. `before` is what stands before the part.
    fn is_behind(&self, before: &[u8]) -> Option<&'static str> {
        if self.after.is_empty() {
            return Some("");
        }
        let joined = before.strip_suffix(b"_").or(before.strip_suffix(b"-")).unwrap_or(before);
        self.after.iter().copied().find(|word| {
            let from = joined.len().checked_sub(word.len());
            from.is_some_and(|from| joined[from..].eq_ignore_ascii_case(word.as_bytes()))
        })
    }
}

/// The telling part of a name that begins at `at` of any text: its end, and whether it is a password's. What stands before
/// and behind it decides whether it is a name at all, which is for the caller to see.
pub fn telling_part(text: &[u8], at: usize) -> Option<(usize, bool)> {
    let part = PARTS.iter().filter(|p| begins(text, at, p.name)).max_by_key(|p| p.name.len())?;
    let before = text.get(..at)?;
    let own = before.last().is_none_or(|b| *b == b'_' || !is_word(*b))
        || before.len() >= 2 && begins(before, at - 2, "db");
    if part.alone && !part.glued && !own {
        return None;
    }
    let behind = part.is_behind(before)?;
    let end = at + part.name.len();
    // `ACCESS_KEY_ID`, but `API_KEY_ID` names a key.
    let tails = if behind.is_empty() || behind == "access" { part.tails } else { &[] };
    Some((tails.iter().fold(end, |end, tail| end_with(text, end, tail)), part.password))
}

/// Which bytes telling parts begin with.
pub fn telling_bytes() -> [bool; 256] {
    let mut table = [false; 256];
    for first in PARTS.iter().filter_map(|p| p.name.bytes().next()) {
        table[usize::from(first)] = true;
        table[usize::from(first.to_ascii_uppercase())] = true;
    }
    table
}

/// The end with `more`, where it follows.
fn end_with(text: &[u8], end: usize, more: &str) -> usize {
    let joint = usize::from(matches!(text.get(end), Some(b'_' | b'-')));
    if begins(text, end + joint, more) { end + joint + more.len() } else { end }
}

/// Whether `word`, which is in lower case, stands at `at` in any case.
fn begins(text: &[u8], at: usize, word: &str) -> bool {
    text.get(at..at + word.len()).is_some_and(|t| t.eq_ignore_ascii_case(word.as_bytes()))
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_tell_of_secrets() {
        for name in [
            "POSTGRES_PASSWORD",
            "DB_PASS",
            "PASS",
            "DB_PWD",
            "SECRET_KEY",
            "SECRET_KEY_BASE",
            "MY_TOKEN_2",
            "FERNET",
            "AWS_ACCESS_KEY_ID",
            "APIKEY",
            "KEY",
            "AIRFLOW__CORE__FERNET_KEY",
            "SSH_PASSPHRASE",
            "GITHUB_CREDENTIALS",
            "meili_master_key",
            "PASSWORD_FOR_X",
        ] {
            assert!(secret_name(name), "{name}");
        }
        for name in [
            "",
            "DB_NAME",
            "POSTGRES_PASSWORD_FILE",
            "TOKEN_PATH",
            "PUBLIC_KEY",
            "PRIMARY_KEY",
            "PASSENGERS",
            "KEYS",
            "AUTH_PASSWORD_VALIDATORS",
            "PASSWORD_HASHERS",
            "MONKEY",
            "COMPASS",
            "한글",
        ] {
            assert!(!secret_name(name), "{name}");
        }
    }

    #[test]
    fn hashes_are_told_from_other_dollar_signs() {
        for hash in [
            "$2y$05$abc",
            "$apr1$r31.....$HqJZ",
            "u:$y$j9T$F5Jx5fE",
            "$argon2id$v=19$m=65536",
            "argon2$argon2id$v=19",
            "pbkdf2_sha256$600000$salt$hash",
            "{SHA}W6ph5Mm5Pz8GgiULbPgzG37mj9g=",
        ] {
            assert!(holds_hash(hash), "{hash}");
        }
        for other in ["", "$1", "$2$", "US$5", "${A}$B$", "1$", "sha256:abc", "$yes$"] {
            assert!(!holds_hash(other), "{other}");
        }
    }

    #[test]
    fn a_telling_part_is_found_where_it_begins() {
        fn part(text: &str, at: usize) -> Option<(&str, bool)> {
            telling_part(text.as_bytes(), at).map(|(end, password)| (&text[at..end], password))
        }
        assert_eq!(part("DB_PASSWORD=x", 3), Some(("PASSWORD", true)));
        assert_eq!(part("SMTP_PASS=x", 5), Some(("PASS", true)));
        assert_eq!(part("compass=x", 3), None);
        assert_eq!(part("dbpass=x", 2), Some(("pass", true)));
        assert_eq!(part("oldpwd=x", 3), Some(("pwd", true)));
        assert_eq!(part("secretKeyBase=x", 0), Some(("secretKeyBase", false)));
        assert_eq!(part("AWS_ACCESS_KEY_ID=x", 11), Some(("KEY_ID", false)));
        assert_eq!(part("API_KEY_ID=x", 4), Some(("KEY", false)));
        assert_eq!(part("PUBLIC_KEY=x", 7), None);
        assert_eq!(part("key=x", 0), None);
        let bytes = telling_bytes();
        assert!(b"pstkcfP".iter().all(|b| bytes[usize::from(*b)]) && !bytes[usize::from(b'x')]);
    }
}
