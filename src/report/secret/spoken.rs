//! Secrets that a word before them tells, where no variable is named: `Bearer v`, `redis-cli -a v`, `mysql -pv`,
//! `curl -u name:v`, `echo v | docker login --password-stdin`, and what logs say of a broken address.

use super::harmless::elsewhere;
use super::{blank, has, run, space, word};
use crate::facts::{Asking, asking};
use std::ops::Range;

/// The shortest text after `Bearer` that is a token and no word of a sentence.
const LEAST: usize = 8;
/// Bytes of a program's name at most.
const MAX_NAME: usize = 40;
/// Programs of a line that are looked at.
const MAX_PROGRAMS: usize = 16;
/// What programs say before they quote a part of an address, which is a part of its password where that was not escaped.
const QUOTING: [&str; 6] = [
    "host name \"",
    "connection to server at \"",
    "invalid integer value \"",
    "integer value as '",
    "invalid port number: \"",
    "name or service not known: '",
];

/// Appends what a word before it tells to be a secret.
pub(super) fn find(text: &str, found: &mut Vec<Range<usize>>) {
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        let end = run(bytes, at, |b| b != b'\n');
        if end > at {
            line(bytes, at..end, found);
        }
        at = end + 1;
    }
    if !text.contains(['"', '\'']) {
        return;
    }
    for words in QUOTING {
        for (start, _) in text.match_indices(words) {
            let from = start + words.len();
            let quote = bytes[from - 1];
            let end = run(bytes, from, |b| b != quote && b != b'\n');
            let shown = bytes.get(from..end).unwrap_or_default();
            let last = shown.iter().rposition(|b| *b == b'@').map(|i| from + i);
            let whole = words.contains("integer") || words.contains("port");
            let digits = shown.iter().all(u8::is_ascii_digit);
            match last {
                Some(last) => found.push(from..last),
                None if whole && !digits && end > from => found.push(from..end),
                None => {}
            }
        }
    }
}

/// Looks through a line: the programs it names decide which of its options are secret. Each program that is named counts
/// for what follows it.
fn line(bytes: &[u8], line: Range<usize>, found: &mut Vec<Range<usize>>) {
    let mut programs: Vec<&'static Asking> = Vec::new();
    let mut looked: Vec<&'static Asking> = Vec::new();
    let text = std::str::from_utf8(&bytes[line.clone()]).unwrap_or_default();
    let mut at = line.start;
    while at < line.end {
        let byte = bytes[at];
        let fresh = at == line.start || !word(bytes[at - 1]) && bytes[at - 1] != b'-';
        if !fresh || !(byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'>' | b'_')) {
            at += 1;
            continue;
        }
        if byte == b'>' {
            // `user app on >v` of Redis.
            if has(bytes, line.start, "user ") && at > line.start && blank(bytes[at - 1]) {
                word_value(bytes, at + 1, found);
            }
            at += 1;
            continue;
        }
        if byte == b'-' {
            let end = run(bytes, at, |b| word(b) || b == b'-').min(line.end);
            at = option(bytes, at, end, &programs, found).clamp(at + 1, line.end.max(at + 1));
            continue;
        }
        let end = run(bytes, at, |b| word(b) || matches!(b, b'-' | b'.')).min(line.end);
        let name = &bytes[at..end.min(at + MAX_NAME)];
        match name.first() {
            Some(b'b' | b'B' | b't' | b'T')
                if scheme(name) && bytes.get(end).is_some_and(|b| blank(*b)) =>
            {
                token(bytes, at, end, found);
            }
            _ => {}
        }
        let next = bytes.get(end).is_none_or(|b| space(*b) || matches!(b, b'"' | b'\'' | b','));
        if next && let Ok(name) = std::str::from_utf8(name) {
            for entry in asking(name) {
                if looked.len() < MAX_PROGRAMS && !looked.iter().any(|p| std::ptr::eq(*p, entry)) {
                    looked.push(entry);
                    let beside = |word: &&str| position(text, word).is_some();
                    if entry.beside.is_empty() || entry.beside.iter().any(beside) {
                        programs.push(entry);
                    }
                }
            }
        }
        at = end.max(at + 1);
    }
    if !programs.is_empty() {
        words(bytes, &line, &programs, found);
    }
}

/// Whether the word is the scheme of a header's value.
fn scheme(name: &[u8]) -> bool {
    [&b"bearer"[..], b"basic", b"token"].iter().any(|s| name.eq_ignore_ascii_case(s))
}

/// Looks at an option; where it goes on.
fn option(
    bytes: &[u8],
    at: usize,
    end: usize,
    programs: &[&Asking],
    found: &mut Vec<Range<usize>>,
) -> usize {
    let name = std::str::from_utf8(&bytes[at..end]).unwrap_or_default();
    for program in programs {
        let attached = |o: &&&str| name.starts_with(**o) && name.len() > o.len() && o.len() == 2;
        let glued = |o: &&&str| {
            name == **o
                && bytes
                    .get(end)
                    .is_some_and(|b| !space(*b) && !matches!(b, b'"' | b'\'' | b',' | b']'))
        };
        if let Some(option) = program
            .attached
            .iter()
            .find(|o| attached(o) || glued(o) || name == **o && quote_attached(bytes, at, end))
        {
            return word_value(bytes, at + option.len(), found);
        }
        if program.options.contains(&name) {
            return next_value(bytes, end, found);
        }
        if let Some(option) = program.options.iter().find(attached) {
            return word_value(bytes, at + option.len(), found);
        }
        if program.logins.contains(&name)
            || matches!(name, "--user" | "--proxy-user") && !program.logins.is_empty()
        {
            return login(bytes, next_word(bytes, end), found);
        }
        if let Some(option) = program.logins.iter().find(attached) {
            return login(bytes, at + option.len(), found);
        }
    }
    end
}

/// Whether a quote is attached to the option at `at`, and no quote stands before it, which it would close.
fn quote_attached(bytes: &[u8], at: usize, end: usize) -> bool {
    let before = at.checked_sub(1).map(|i| bytes[i]);
    matches!(bytes.get(end), Some(q @ (b'"' | b'\'')) if before != Some(*q) && bytes.get(end + 1) != Some(&b','))
}

/// Where the next word begins, behind blanks, quotes and what separates items of a list.
fn next_word(bytes: &[u8], at: usize) -> usize {
    run(bytes, at, |b| blank(b) || matches!(b, b'"' | b'\'' | b',' | b'=' | b'\\'))
}

/// The value behind an option.
fn next_value(bytes: &[u8], at: usize, found: &mut Vec<Range<usize>>) -> usize {
    let from = next_word(bytes, at);
    if from == at {
        // An item of a list that ends with its line.
        let line = run(bytes, at, |b| matches!(b, b'"' | b'\'' | b' ' | b'\r'));
        if bytes.get(line) == Some(&b'\n') {
            let item = run(bytes, line + 1, blank);
            if bytes.get(item..item + 2) == Some(b"- ") {
                return value(
                    bytes,
                    run(bytes, item + 1, |b| blank(b) || matches!(b, b'"' | b'\'')),
                    found,
                );
            }
        }
        return at;
    }
    if bytes.get(from) == Some(&b'-') || bytes.get(from) == Some(&b'\n') {
        let line = run(bytes, at, |b| matches!(b, b'"' | b'\'' | b' ' | b'\r'));
        if bytes.get(line) == Some(&b'\n') && line > at {
            let item = run(bytes, line + 1, blank);
            if bytes.get(item..item + 2) == Some(b"- ") {
                return value(
                    bytes,
                    run(bytes, item + 1, |b| blank(b) || matches!(b, b'"' | b'\'')),
                    found,
                );
            }
        }
        return from;
    }
    value(bytes, from, found)
}

/// A value to the quote that stands before it, or to the end of the word.
fn value(bytes: &[u8], from: usize, found: &mut Vec<Range<usize>>) -> usize {
    match bytes.get(from.wrapping_sub(1)) {
        Some(quote @ (b'"' | b'\'')) => {
            let end = run(bytes, from, |b| b != *quote && b != b'\n');
            if end > from && !elsewhere(bytes, from) {
                found.push(from..end);
            }
            end
        }
        _ => word_value(bytes, from, found),
    }
}

/// A value to the next white space or the quote that closes what is around it.
fn word_value(bytes: &[u8], from: usize, found: &mut Vec<Range<usize>>) -> usize {
    if let Some(quote @ (b'"' | b'\'')) = bytes.get(from) {
        let end = run(bytes, from + 1, |b| b != *quote && b != b'\n');
        if end > from + 1 && !elsewhere(bytes, from + 1) {
            found.push(from + 1..end);
        }
        return end + 1;
    }
    let end = run(bytes, from, |b| !space(b) && !matches!(b, b'"' | b'\'' | b'`'));
    if end > from && !elsewhere(bytes, from) {
        found.push(from..end);
    }
    end
}

/// `name:v`; in quotes the password may have blanks.
fn login(bytes: &[u8], from: usize, found: &mut Vec<Range<usize>>) -> usize {
    let quote = match bytes.get(from.wrapping_sub(1)) {
        Some(quote @ (b'"' | b'\'')) => Some(*quote),
        _ => None,
    };
    let from = if matches!(bytes.get(from), Some(b'"' | b'\'')) { from + 1 } else { from };
    let end = run(bytes, from, |b| match quote {
        Some(quote) => b != quote && b != b'\n',
        None => !space(b) && !matches!(b, b'"' | b'\'' | b'`'),
    });
    let login = bytes.get(from..end).unwrap_or_default();
    if let Some(sign) = login.iter().position(|b| matches!(b, b':' | b'%' | b','))
        && end > from + sign + 1
        && !elsewhere(bytes, from + sign + 1)
    {
        found.push(from + sign + 1..end);
    }
    end.max(from)
}

/// A token after the name of its scheme; a word of a sentence has no digit and no capital inside.
fn token(bytes: &[u8], at: usize, end: usize, found: &mut Vec<Range<usize>>) {
    let from = run(bytes, end, blank);
    let to = run(bytes, from, |b| !space(b) && !matches!(b, b'"' | b'\'' | b'`' | b';'));
    let value = bytes.get(from..to).unwrap_or_default();
    let mixed = value.iter().skip(1).any(|b| b.is_ascii_digit() || b.is_ascii_uppercase())
        || value.len() >= 2 * LEAST;
    // In quotes of its own, or behind the name of a header.
    let before = at.checked_sub(1).map(|i| bytes[i]);
    let opened = matches!(before, Some(b'"' | b'\'' | b'`'));
    let header = bytes[at.saturating_sub(32)..at]
        .windows(14)
        .any(|w| w.eq_ignore_ascii_case(b"authorization:"));
    let closed = opened && bytes.get(to).copied() == before;
    if (value.len() >= LEAST && mixed && !bytes[at].eq_ignore_ascii_case(&b't')
        || (closed || header) && value.len() >= 4)
        && !elsewhere(bytes, from)
    {
        found.push(from..to);
    }
}

/// Words of a command behind which the last words are secret, and what is written to a program: `echo v | chpasswd`.
fn words(bytes: &[u8], line: &Range<usize>, programs: &[&Asking], found: &mut Vec<Range<usize>>) {
    let Ok(text) = std::str::from_utf8(&bytes[line.clone()]) else { return };
    for program in programs {
        for word in program.words {
            let Some(at) = position(text, word) else { continue };
            let from = line.start + at + word.len();
            // The last word without an option is the secret, behind names and addresses.
            let mut next = from;
            let mut last = None;
            let mut before = None;
            while next < line.end {
                let start = run(bytes, next, |b| blank(b) || matches!(b, b'"' | b'\'' | b','));
                let end = run(bytes, start, |b| {
                    !space(b) && !matches!(b, b'"' | b'\'' | b',' | b'|' | b';' | b'&')
                })
                .min(line.end);
                if end <= start {
                    break;
                }
                if bytes[start] != b'-' {
                    before = last.replace(start..end);
                }
                next = end;
            }
            if let Some(last) = last.filter(|r| !elsewhere(bytes, r.start)) {
                let single =
                    matches!(*word, "login" | "auth" | "AUTH" | "obscure") || word.starts_with('_');
                if single || before.is_some() {
                    found.push(last);
                }
            }
        }
        if program.input.iter().any(|word| position(text, word).is_some()) && text.contains('|') {
            for echo in ["echo ", "printf "] {
                let Some(at) = position(text, echo.trim_end()) else { continue };
                let from = line.start + at + echo.len();
                let end = run(bytes, from, |b| b != b'|' && b != b'\n');
                let shown = bytes[from.min(end)..end].trim_ascii();
                let option = shown.starts_with(b"-");
                let skip = if option { run(shown, 0, |b| !blank(b)) } else { 0 };
                let start = run(bytes, from + skip, |b| blank(b) || matches!(b, b'"' | b'\''));
                let stop = run(bytes, start, |b| !matches!(b, b'|' | b'\n'));
                let value = bytes[start..stop].trim_ascii_end();
                let value = value.strip_suffix(b"\"").or(value.strip_suffix(b"'")).unwrap_or(value);
                if !value.is_empty() && !elsewhere(bytes, start) {
                    found.push(start..start + value.len());
                }
            }
        }
    }
}

/// Where a word stands by itself.
fn position(text: &str, what: &str) -> Option<usize> {
    text.match_indices(what).map(|(at, _)| at).find(|at| {
        let before = text[..*at].bytes().next_back();
        let after = text[at + what.len()..].bytes().next();
        before.is_none_or(|b| !word(b) && b != b'-' || what.starts_with('-') && space(b))
            && after.is_none_or(|b| !word(b) && b != b'-')
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_word_tells_is_found() {
        for (text, secret) in [
            ("test: [\"CMD\", \"redis-cli\", \"-a\", \"s3cret\", \"ping\"]", "s3cret"),
            ("redis-cli --no-auth-warning -a s3cret ping", "s3cret"),
            ("mysqladmin ping -uroot -ps3cret", "s3cret"),
            ("mysqladmin ping -uroot -p's3 cret'", "s3 cret"),
            ("curl -fsS -u admin:s3cret http://x", "s3cret"),
            ("curl --user \"admin:s3 cret\" http://x", "s3 cret"),
            ("test: [\"CMD\", \"curl\", \"-u\", \"admin:s3cret\", \"http://x\"]", "s3cret"),
            ("curl -uadmin:s3cret http://x", "s3cret"),
            ("Authorization: Bearer abc123def456", "abc123def456"),
            ("map $x $ok { \"Bearer abcd\" 1; }", "abcd"),
            ("mongosh -u root -p s3cret", "s3cret"),
            ("command:\n  - mongosh\n  - -p\n  - s3cret\n", ""),
            ("docker login -u me -p s3cret example.com", "s3cret"),
            ("echo s3cret | docker login -u me --password-stdin", "s3cret"),
            ("echo 'root:s3cret' | chpasswd", "root:s3cret"),
            ("rabbitmqctl authenticate_user guest s3cret", "s3cret"),
            ("mc alias set s3 http://minio:9000 admin s3cret", "s3cret"),
            ("user app on >s3cret ~* +@all", "s3cret"),
            ("could not translate host name \"s3cret@db\" to address", "s3cret"),
        ] {
            let mut found = Vec::new();
            find(text, &mut found);
            let shown: Vec<&str> = found.iter().map(|r| &text[r.clone()]).collect();
            assert_eq!(shown, if secret.is_empty() { vec![] } else { vec![secret] }, "{text}");
        }
    }

    #[test]
    fn what_only_looks_like_one_is_left() {
        for text in [
            "redis-cli ping",
            "ls -a x",
            "mysqladmin ping -p$$MYSQL_ROOT_PASSWORD",
            "Bearer authentication",
            "curl -u $USER:${PASS} x",
            "docker run -p 80:80",
            "docker compose -p shop up",
            "mysql -p app",
        ] {
            let mut found = Vec::new();
            find(text, &mut found);
            assert!(found.is_empty(), "{text}: {found:?}");
        }
    }
}
