//! What is hidden wherever it is printed: names whose values are secrets, arguments of programs, and how values of known
//! makers begin. Wider than what is judged, because a word too much that is hidden costs a glance.

use super::secrets::*;
use std::collections::HashMap;
use std::sync::LazyLock;

/// The most words of a name that are looked at, and bytes of it: of a longer one, its end.
const MAX_WORDS: usize = 24;
const MAX_BYTES: usize = 120;

/// How a name tells of a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Telling {
    /// Whether it is that of a password, not of a key or token.
    pub password: bool,
    /// Whether the name is a single word that is the name of much else.
    pub faint: bool,
}

/// Whether no output shows what a variable of this name is set to.
pub fn hidden_name(name: &str) -> bool {
    secret_name(name) || telling_name(name.as_bytes()).is_some_and(|t| !t.faint)
}

/// Whether a name in a line of any text tells that a secret follows.
pub fn telling_name(name: &[u8]) -> Option<Telling> {
    let name = name.get(name.len().saturating_sub(MAX_BYTES)..)?;
    let mut lower = [0_u8; MAX_BYTES];
    for (to, from) in lower.iter_mut().zip(name) {
        *to = from.to_ascii_lowercase();
    }
    let mut all = [""; MAX_WORDS];
    let count = split(name, std::str::from_utf8(lower.get(..name.len())?).ok()?, &mut all);
    let words = all.get(..count)?;
    let last = words.last()?;
    if words.len() > 1 && one_of(ABOUT, last) {
        return None;
    }
    // Compose has a key of this name, and Python a module.
    if matches!(words, ["secrets"]) {
        return None;
    }
    if let Some(word) = words.iter().find(|word| hides(word)) {
        let password = ["pass", "pw"].iter().any(|p| word.contains(p));
        return Some(Telling { password, faint: false });
    }
    if words.windows(2).any(is_pair) {
        return Some(Telling { password: false, faint: false });
    }
    let end = words.iter().rposition(|w| !variant(w))?;
    let (word, before) = (words.get(end)?, end.checked_sub(1).and_then(|i| words.get(i)));
    let password = false;
    let alone = before.is_none();
    if words.len() == end + 1 && alone && one_of(WHOLE, word) {
        return Some(Telling { password, faint: false });
    }
    if matches!(*word, "auth") && alone && end + 1 == words.len() {
        return Some(Telling { password, faint: true });
    }
    let key = matches!(*word, "key" | "keys");
    let open = key && before.is_some_and(|w| one_of(OPEN_KEYS, w));
    (one_of(LAST, word) && !alone && !open).then_some(Telling { password, faint: false })
}

/// Whether a word of a name hides its value wherever it is in it. The word is in lower case.
fn hides(word: &str) -> bool {
    let one = word.strip_suffix('s').unwrap_or(word);
    if one_of(HIDING, word) || one_of(HIDING, one) {
        return true;
    }
    if word.len() < 5 || one_of(UNLIKE, word) || one_of(UNLIKE, one) {
        return false;
    }
    all(INSIDE).any(|part| word.contains(part)) || all(BEHIND).any(|part| word.ends_with(part))
}

/// Whether two words hide the value together.
fn is_pair(words: &[&str]) -> bool {
    let [first, second] = words else { return false };
    all(PAIRS).any(|pair| pair.split_once('_') == Some((*first, *second)))
}

/// Whether people log in with a name. It is in lower case.
pub fn login_user(name: &str) -> bool {
    one_of(LOGIN_USERS, name)
}

/// Whether a word only tells which of several secrets it is.
fn variant(word: &str) -> bool {
    word.bytes().all(|b| b.is_ascii_digit()) || one_of(VARIANTS, word)
}

/// The words of a name, which `_`, `-`, `.` and capitals separate. `lower` is the same in lower case.
fn split<'n>(name: &[u8], lower: &'n str, words: &mut [&'n str; MAX_WORDS]) -> usize {
    let (mut start, mut count) = (0, 0);
    for at in 0..=name.len() {
        let here = name.get(at);
        let before = at.checked_sub(1).and_then(|i| name.get(i));
        let separator = here.is_none_or(|b| !b.is_ascii_alphanumeric());
        let capital = here.is_some_and(u8::is_ascii_uppercase)
            && (before.is_some_and(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
                || before.is_some_and(u8::is_ascii_uppercase)
                    && name.get(at + 1).is_some_and(u8::is_ascii_lowercase));
        if separator || capital {
            if start < at && count < MAX_WORDS {
                let word = lower.get(start..at).unwrap_or_default();
                // `DB_PASSWORD2`
                let bare = word.trim_end_matches(|c: char| c.is_ascii_digit());
                words[count] = if bare.is_empty() { word } else { bare };
                count += 1;
            }
            start = at + usize::from(separator);
        }
    }
    count
}

/// Whether the word is one that follows a name and precedes its value in a sentence: `is`.
pub fn between(word: &str) -> bool {
    one_of(BETWEEN, word)
}

/// Whether the word is one of a sentence that speaks of a secret without saying it. The word is in lower case.
pub fn of_sentence(word: &str) -> bool {
    one_of(SENTENCE, word)
}

/// Whether the word begins a line on which a name and its value follow. The word is in lower case.
pub fn instruction(word: &str) -> bool {
    one_of(INSTRUCTIONS, word)
}

/// Whether the word is a program that runs with what is assigned before it.
pub fn runs_with(word: &str) -> bool {
    one_of(RUNNING, word)
}

/// Whether the word is a directive whose value is secret.
pub fn keyed(word: &str) -> bool {
    one_of(KEYED, word)
}

/// Whether the function takes a password among its arguments. The name is in lower case.
pub fn takes_password(name: &str) -> bool {
    one_of(TAKING, name)
}

/// Whether the word of SQL is followed by a password in quotes. The word is in lower case.
pub fn identifies(word: &str) -> bool {
    one_of(IDENTIFIED, word)
}

/// The arguments of a program that are secret: entries of the dictionary.
pub fn asking(program: &str) -> impl Iterator<Item = &'static Asking> {
    PROGRAMS.get(program).into_iter().flatten().copied()
}

/// How values of known makers begin.
pub fn token_starts() -> impl Iterator<Item = (&'static str, &'static TokenStarts)> {
    TOKENS.iter().flat_map(|kind| kind.names.iter().map(move |name| (*name, kind)))
}

/// Parts of addresses behind which the rest is secret.
pub fn hooks() -> impl Iterator<Item = &'static str> {
    all(HOOKS)
}

fn all(lists: &'static [Words]) -> impl Iterator<Item = &'static str> {
    lists.iter().flat_map(|list| list.names).copied()
}

/// Each word of the dictionary with the lists that have it, so that a name is looked up once.
static LISTS: LazyLock<HashMap<&'static str, Vec<usize>>> = LazyLock::new(|| {
    let lists = [
        HIDING,
        LAST,
        WHOLE,
        UNLIKE,
        LOGIN_USERS,
        OPEN_KEYS,
        VARIANTS,
        ABOUT,
        BETWEEN,
        SENTENCE,
        INSTRUCTIONS,
        RUNNING,
        KEYED,
        TAKING,
        IDENTIFIED,
    ];
    let mut found: HashMap<&str, Vec<usize>> = HashMap::new();
    for list in lists {
        for word in all(list) {
            found.entry(word).or_default().push(list.as_ptr() as usize);
        }
    }
    found
});

fn one_of(lists: &'static [Words], word: &str) -> bool {
    LISTS.get(word).is_some_and(|found| found.contains(&(lists.as_ptr() as usize)))
}

/// The programs whose arguments are secret.
static PROGRAMS: LazyLock<HashMap<&'static str, Vec<&'static Asking>>> = LazyLock::new(|| {
    let mut found: HashMap<&str, Vec<&Asking>> = HashMap::new();
    for entry in ASKING {
        entry.names.iter().for_each(|name| found.entry(name).or_default().push(entry));
    }
    found
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_telling_part_anywhere_hides_the_value() {
        for name in [
            "DB_PASSWORD_PROD",
            "TOKEN_GITHUB",
            "API_KEYS",
            "DB_PASSWORDS",
            "STRIPE_KEY",
            "PROXY_AUTH",
            "DB_PW",
            "SMTPPASS",
            "HASH_SALT",
            "ERLANG_COOKIE",
            "MAIL_CREDS",
            "UNLOCK_PASSCODE",
            "SENTRY_DSN",
            "dbPassword",
            "DB_PASS2",
            "API_KEY2",
            "clientSecretProd",
            "PGPASSWORD",
            "AWS_SECRET_ACCESS_KEY",
            "STRIPE_KEY_TEST",
            "X-Api-Key",
            "csrfmiddlewaretoken",
            "APIKey",
            "ACCESS_CODE",
            "CRYPT_SEED",
        ] {
            assert!(hidden_name(name), "{name}");
        }
        for name in [
            "DB_NAME",
            "POSTGRES_PASSWORD_FILE",
            "PUBLIC_KEY",
            "PRIMARY_KEY",
            "sort_key",
            "PARTITION_KEY",
            "CACHE_KEY_PREFIX",
            "PASSENGERS",
            "MONKEY",
            "COMPASS",
            "AUTH_PASSWORD_VALIDATORS",
            "SESSION_COOKIE_SECURE",
            "AUTHOR",
            "LANGUAGE_CODE",
            "한글",
            "",
        ] {
            assert!(!hidden_name(name), "{name}");
        }
        assert_eq!(telling_name(b"auth").map(|t| t.faint), Some(true));
        assert_eq!(telling_name(b"secrets"), None);
        assert_eq!(telling_name(b"key"), None);
    }
}
