//! How names end that hold secrets: `DB_PASSWORD`, `secretKey`, `AWS_ACCESS_KEY_ID`, `TOKEN_2`.

use super::{has, run, word};

/// What `key` is a secret after. `PUBLIC_KEY` and `PRIMARY_KEY` are none.
const KEYS: [&[u8]; 10] = [
    b"api",
    b"access",
    b"private",
    b"signing",
    b"encryption",
    b"auth",
    b"fernet",
    b"jwt",
    b"hmac",
    b"master",
];

/// The end of the name whose telling part begins at `at`. What follows decides whether it is a name
/// at all: `PASSWORD_FILE` and `TokenAuthentication` go on with something that no value follows.
pub(super) fn end(text: &[u8], at: usize) -> Option<usize> {
    let end = match text.get(at)?.to_ascii_lowercase() {
        b'p' if has(text, at, "pass") => pass(text, at)?,
        b'p' if has(text, at, "pwd") => at + 3,
        b's' if has(text, at, "secret") => {
            ["key", "base", "fallbacks"].iter().fold(at + 6, |end, more| with(text, end, more))
        }
        b't' if has(text, at, "token") => at + 5,
        b'k' if has(text, at, "key") => key(text, at)?,
        b'c' if has(text, at, "credential") => at + 10 + usize::from(has(text, at + 10, "s")),
        _ => return None,
    };
    let digits = end + usize::from(text.get(end) == Some(&b'_'));
    let last = run(text, digits, |b| b.is_ascii_digit());
    Some(if last > digits { last } else { end })
}

/// `password`, `passwd`, `passphrase`, and `pass` where it is a word of its own.
fn pass(text: &[u8], at: usize) -> Option<usize> {
    for more in ["word", "wd", "phrase"] {
        if has(text, at + 4, more) {
            return Some(at + 4 + more.len());
        }
    }
    let before = text.get(..at)?;
    let own =
        before.last().is_none_or(|b| *b == b'_' || !word(*b)) || at >= 2 && has(text, at - 2, "db");
    own.then_some(at + 4)
}

fn key(text: &[u8], at: usize) -> Option<usize> {
    let before = text.get(..at)?;
    let before = before.strip_suffix(b"_").or(before.strip_suffix(b"-")).unwrap_or(before);
    let stem = KEYS.iter().find(|k| {
        before.len().checked_sub(k.len()).is_some_and(|from| before[from..].eq_ignore_ascii_case(k))
    })?;
    Some(if *stem == b"access" { with(text, at + 3, "id") } else { at + 3 })
}

/// The end with `more`, where it follows.
fn with(text: &[u8], end: usize, more: &str) -> usize {
    let joint = usize::from(matches!(text.get(end), Some(b'_' | b'-')));
    if has(text, end + joint, more) { end + joint + more.len() } else { end }
}
