//! Secrets that a word before them tells, where no variable is named: `Bearer v`, `requirepass v`, `redis-cli -a v`,
//! `mysql -pv`, `curl -u name:v`.

use super::harmless::elsewhere;
use super::{blank, has, run, space};
use crate::facts::{redis_directives, telling_bytes};
use std::ops::Range;

/// Programs that take a password behind `-a`, `-p` without a space, and `-u name:`.
const REDIS: [&str; 2] = ["redis-cli", "valkey-cli"];
const MYSQL: [&str; 2] = ["mysql", "mariadb"];
/// The shortest text after `Bearer` that is a token and no word of a sentence.
const LEAST: usize = 8;

/// Appends what a word before it tells to be a secret.
pub(super) fn find(text: &str, found: &mut Vec<Range<usize>>) {
    let bytes = text.as_bytes();
    // What the line under way has named so far.
    let (mut redis, mut mysql, mut curl) = (false, false, false);
    for at in 0..bytes.len() {
        match bytes[at] {
            b'\n' => (redis, mysql, curl) = (false, false, false),
            b'r' | b'R' | b'm' | b'M' | b'v' if starts(bytes, at) => {
                redis |= REDIS.iter().any(|w| has(bytes, at, w));
                mysql |= MYSQL.iter().any(|w| has(bytes, at, w));
                if let Some(word) = redis_directives().find(|w| has(bytes, at, w)) {
                    take(bytes, at + word.len(), found);
                }
            }
            b'c' if starts(bytes, at) => curl |= has(bytes, at, "curl"),
            b'B' | b'b' if starts(bytes, at) => {
                let word = ["bearer", "basic"].iter().find(|w| {
                    has(bytes, at, w) && bytes.get(at + w.len()).is_some_and(|b| blank(*b))
                });
                if let Some(word) = word {
                    token(bytes, at + word.len(), found);
                }
            }
            b'-' if at > 0 && !bytes[at - 1].is_ascii_alphanumeric() && bytes[at - 1] != b'-' => {
                match bytes.get(at + 1) {
                    Some(b'a')
                        if redis && !bytes.get(at + 2).is_some_and(u8::is_ascii_alphanumeric) =>
                    {
                        take(bytes, at + 2, found)
                    }
                    Some(b'p')
                        if mysql
                            && bytes.get(at + 2).is_some_and(|b| {
                                !space(*b) && !matches!(b, b'"' | b'\'' | b',')
                            }) =>
                    {
                        push(bytes, at + 2, found);
                    }
                    Some(b'u') if curl && bytes.get(at + 2).is_some_and(|b| blank(*b)) => {
                        let from = run(bytes, at + 2, |b| blank(b) || matches!(b, b'"' | b'\''));
                        let colon = run(bytes, from, |b| !space(b) && b != b':');
                        if bytes.get(colon) == Some(&b':') {
                            push(bytes, colon + 1, found);
                        }
                    }
                    _ => {}
                }
            }
            _ => {}
        }
    }
}

/// Whether a word begins at `at`.
fn starts(bytes: &[u8], at: usize) -> bool {
    at == 0 || !bytes[at - 1].is_ascii_alphanumeric()
}

/// The value behind blanks, quotes and what separates items of a list.
fn take(bytes: &[u8], at: usize, found: &mut Vec<Range<usize>>) {
    let from = run(bytes, at, |b| blank(b) || matches!(b, b'"' | b'\'' | b',' | b'=' | b'\\'));
    if from == at {
        return;
    }
    match bytes[from - 1] {
        // To the quote that closes it.
        quote @ (b'"' | b'\'') if !elsewhere(bytes, from) => {
            let end = run(bytes, from, |b| b != quote && b != b'\n');
            if end > from {
                found.push(from..end);
            }
        }
        _ => push(bytes, from, found),
    }
}

/// A value to the next white space or quote.
fn push(bytes: &[u8], from: usize, found: &mut Vec<Range<usize>>) {
    let end = run(bytes, from, |b| !space(b) && !matches!(b, b'"' | b'\'' | b'`'));
    if end > from && !elsewhere(bytes, from) {
        found.push(from..end);
    }
}

/// A token after the name of its scheme; a word of a sentence has no digit and no capital inside.
fn token(bytes: &[u8], at: usize, found: &mut Vec<Range<usize>>) {
    let from = run(bytes, at, blank);
    let end = run(bytes, from, |b| !space(b) && !matches!(b, b'"' | b'\'' | b'`' | b';'));
    let mixed = |t: &[u8]| {
        t.iter().skip(1).any(|b| b.is_ascii_digit() || b.is_ascii_uppercase())
            || t.len() >= 2 * LEAST
    };
    if end - from >= LEAST && bytes.get(from..end).is_some_and(mixed) && !elsewhere(bytes, from) {
        found.push(from..end);
    }
}

/// Appends what a sentence repeats of an assignment, `DB_PASSWORD=v` or `DB_PASSWORD: v`: a reader that does not know a
/// line says it again. Here no line tells where the value ends, and words of a sentence may follow the name; so a value
/// is one word, and has a digit and a letter.
pub(super) fn repeated(text: &str, found: &mut Vec<Range<usize>>) {
    let bytes = text.as_bytes();
    let telling = telling_bytes();
    for at in (0..bytes.len()).filter(|at| telling[usize::from(bytes[*at])]) {
        let Some((end, _)) = super::name::end(bytes, at) else { continue };
        let sign = run(bytes, end, |b| matches!(b, b'"' | b'\'' | b'\\'));
        if !matches!(bytes.get(sign), Some(b'=' | b':')) {
            continue;
        }
        let from = run(bytes, sign + 1, |b| blank(b) || matches!(b, b'"' | b'\'' | b'\\' | b'='));
        let to = run(bytes, from, |b| !space(b) && !matches!(b, b'"' | b'\'' | b'`' | b'\\'));
        let value = &bytes[from..to];
        let mixed =
            value.iter().any(u8::is_ascii_digit) && value.iter().any(u8::is_ascii_alphabetic);
        if value.len() >= LEAST && mixed && !elsewhere(bytes, from) {
            found.push(from..to);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_word_tells_is_found() {
        for (text, secret) in [
            ("command: redis-server --requirepass s3cr.et", "s3cr.et"),
            ("requirepass \"a b c\"", "a b c"),
            ("test: [\"CMD\", \"redis-cli\", \"-a\", \"s3cret\", \"ping\"]", "s3cret"),
            ("redis-cli --no-auth-warning -a s3cret ping", "s3cret"),
            ("mysqladmin ping -uroot -ps3cret", "s3cret"),
            ("curl -fsS -u admin:s3cret http://x", "s3cret"),
            ("Authorization: Bearer abc123def456", "abc123def456"),
        ] {
            let mut found = Vec::new();
            find(text, &mut found);
            assert_eq!(
                found.iter().map(|r| &text[r.clone()]).collect::<Vec<_>>(),
                [secret],
                "{text}"
            );
        }
    }

    #[test]
    fn what_a_sentence_repeats_is_found() {
        let found = |text: &str| {
            let mut found = Vec::new();
            repeated(text, &mut found);
            found.iter().map(|r| text[r.clone()].to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(found("no ; after `DB_PASSWORD=oA2mk7Q5FyAw2nv`"), ["oA2mk7Q5FyAw2nv"]);
        assert_eq!(found("`API_KEY: \"a1b2c3d4\"` is no key"), ["a1b2c3d4"]);
        for harmless in [
            "SECRET_KEY=${SECRET_KEY:?set it}",
            "write `DB_PASSWORD=` into .env",
            "PASSWORD=changeme",
            "no token: 12345678",
        ] {
            assert!(found(harmless).is_empty(), "{harmless}");
        }
    }

    #[test]
    fn what_only_looks_like_one_is_left() {
        for text in [
            "redis-server --requirepass $REDIS_PASSWORD",
            "requirepass",
            "redis-cli ping",
            "ls -a x",
            "mysqladmin ping -p$$MYSQL_ROOT_PASSWORD",
            "Bearer authentication",
            "curl -u $USER:${PASS} x",
            "docker run -p 80:80",
        ] {
            let mut found = Vec::new();
            find(text, &mut found);
            assert!(found.is_empty(), "{text}: {found:?}");
        }
    }
}
