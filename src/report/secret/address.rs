//! Passwords in addresses: `scheme://user:v@host`, also where the scheme is broken or the password has signs in it that
//! should have been escaped. The last `@` before a blank or quote counts.

use super::{blank, harmless, run, run_back, space, word};
use crate::facts::{hooks, telling_name};
use std::ops::Range;

/// Bytes before an `@` that are looked at, and blanks that a password may have in quotes.
const MAX_BYTES: usize = 256;
/// Letters and digits of a name in a web address that is a token.
const LONG: usize = 16;
/// Names in addresses that are no token.
const USERS: [&[u8]; 26] = [
    b"git",
    b"root",
    b"admin",
    b"user",
    b"username",
    b"postgres",
    b"app",
    b"me",
    b"oauth2",
    b"django",
    b"guest",
    b"default",
    b"ubuntu",
    b"ec2-user",
    b"deploy",
    b"www-data",
    b"nobody",
    b"anonymous",
    b"ftp",
    b"hg",
    b"svn",
    b"web",
    b"db",
    b"redis",
    b"noreply",
    b"token",
];
/// Schemes whose addresses have a user by name alone.
const NAMED: [&[u8]; 10] = [
    b"postgres",
    b"postgresql",
    b"mysql",
    b"ssh",
    b"mailto",
    b"sftp",
    b"ftp",
    b"ldap",
    b"git+ssh",
    b"sip",
];

/// Appends the passwords of addresses.
pub(super) fn find(text: &str, found: &mut Vec<Range<usize>>) {
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(next) = text.get(at..).and_then(|rest| rest.find('@')) {
        let sign = at + next;
        // An address ends where the next one begins.
        let mut end = sign;
        while end < bytes.len() && !ends(bytes[end]) && !bytes[end..].starts_with(b"://") {
            end += 1;
        }
        // The last one of the same run of bytes.
        let last = run_back(bytes, end, |b| b != b'@') - 1;
        login(bytes, sign, last.max(sign), found);
        at = end.max(sign + 1);
        while !text.is_char_boundary(at) {
            at += 1;
        }
    }
    if !text.contains('/') {
        return;
    }
    joined(text, found);
    for hook in hooks() {
        let mut end = 0;
        for (start, _) in text.match_indices(hook) {
            let from = start + hook.len();
            // Several in one run of bytes end with it.
            if from >= end {
                end = run(bytes, from, |b| !ends(b) && !matches!(b, b')' | b'}' | b']' | b','));
            }
            let name = bytes.get(from..end).unwrap_or_default();
            if end > from && !harmless::elsewhere(bytes, from) && !name.starts_with(b"{") {
                found.push(from..end);
            }
        }
    }
}

/// `"amqp://user:" + "v" + "@host"`
fn joined(text: &str, found: &mut Vec<Range<usize>>) {
    let bytes = text.as_bytes();
    let mut end = 0;
    for (at, _) in text.match_indices("://") {
        if at >= end {
            end = run(bytes, at, |b| !ends(b));
        }
        if bytes[end - 1] != b':' || !matches!(bytes.get(end), Some(b'"' | b'\'')) {
            continue;
        }
        let plus = run(bytes, end + 1, blank);
        let open = run(bytes, plus + usize::from(bytes.get(plus) == Some(&b'+')), blank);
        if let Some(quote @ (b'"' | b'\'')) = bytes.get(open) {
            let close = run(bytes, open + 1, |b| b != *quote && b != b'\n');
            if close > open + 1 {
                found.push(open + 1..close);
            }
        }
    }
}

fn ends(byte: u8) -> bool {
    space(byte) || matches!(byte, b'"' | b'\'' | b'`')
}

/// The name and password before the `@` at `last`, of a run of bytes whose first one is at `first`.
fn login(bytes: &[u8], first: usize, last: usize, found: &mut Vec<Range<usize>>) {
    let low = last.saturating_sub(MAX_BYTES);
    let low = low.min(first);
    let start = low + run_back(&bytes[low..first], first - low, |b| !ends(b));
    let after = bytes.get(last + 1..).unwrap_or_default();
    // The digest of an image.
    if after.starts_with(b"sha256:") || after.starts_with(b"sha512:") {
        return;
    }
    let run_of = &bytes[start..last];
    let scheme = run_of.windows(3).rposition(|w| w == b"://").map(|i| (start + i, start + i + 3));
    let (scheme, from) = match scheme {
        Some((colon, from)) => (
            Some(
                &bytes
                    [run_back(bytes, colon, |b| word(b) || matches!(b, b'+' | b'.' | b'-'))..colon],
            ),
            from,
        ),
        None => match with_blank(bytes, start, last) {
            Some((colon, from)) => (
                Some(
                    &bytes[run_back(bytes, colon, |b| word(b) || matches!(b, b'+' | b'.' | b'-'))
                        ..colon],
                ),
                from,
            ),
            None => (None, broken(bytes, start, last)),
        },
    };
    let userinfo = &bytes[from..last];
    let colon = userinfo.iter().position(|b| *b == b':').map(|i| from + i);
    let web = scheme.is_some_and(|s| s.ends_with(b"http") || s.ends_with(b"https"));
    match colon {
        Some(colon) => {
            let password = colon + 1..last;
            let user = &bytes[from..colon];
            // `http://host:8080/@scope/x`, `registry:5000/app@…`
            let slash = bytes[password.clone()].iter().position(|b| *b == b'/');
            let port = slash.is_some_and(|i| {
                i < 6 && bytes[password.start..password.start + i].iter().all(u8::is_ascii_digit)
            });
            if port && (web || scheme.is_none()) || bytes[last - 1] == b'/' && web {
                return;
            }
            if scheme.is_none()
                && (user.is_empty() || !of_login(user) || after.first().is_none_or(|b| ends(*b)))
            {
                return;
            }
            let basic = bytes[password.clone()] == *b"x-oauth-basic" || password.is_empty();
            if basic && !user.is_empty() {
                found.push(from..colon);
                return;
            }
            if web && is_token(user) {
                found.push(from..colon);
            }
            parts(bytes, password, found);
        }
        None => {
            let Some(scheme) = scheme else { return };
            let path = userinfo.contains(&b'/') || userinfo.contains(&b'?');
            let named = NAMED.iter().any(|n| scheme.ends_with(n))
                || USERS.iter().any(|u| userinfo.eq_ignore_ascii_case(u));
            if !path && (!named || is_token(userinfo)) && !userinfo.is_empty() {
                parts(bytes, from..last, found);
            }
        }
    }
}

/// Whether a name is a token: nobody is called so.
fn is_token(user: &[u8]) -> bool {
    user.len() >= LONG && user.iter().any(u8::is_ascii_digit) && user.iter().all(|b| word(*b))
}

/// Whether these bytes can be the name before a password in an address without a scheme.
fn of_login(user: &[u8]) -> bool {
    user.iter().all(|b| {
        word(*b) || matches!(b, b'-' | b'.' | b'$' | b'{' | b'}' | b'%' | b'+' | b'<' | b'>')
    })
}

/// Where the name begins of an address whose password has a blank in it.
fn with_blank(bytes: &[u8], start: usize, last: usize) -> Option<(usize, usize)> {
    let low = last.saturating_sub(MAX_BYTES);
    let near = bytes.get(low..start)?;
    let from = low + run_back(near, near.len(), |b| !matches!(b, b'\n' | b'"' | b'\'' | b'`'));
    let scheme = bytes[from..start].windows(3).rposition(|w| w == b"://")? + from;
    let login = &bytes[scheme + 3..last];
    let word_end = login.iter().position(|b| blank(*b))?;
    // The first word is no address by itself.
    let first = &login[..word_end];
    let colon = first.iter().position(|b| *b == b':')?;
    let rest = &first[colon + 1..];
    let host = rest.iter().all(u8::is_ascii_digit)
        || rest.iter().take(5).all(|b| b.is_ascii_digit() || *b == b'/');
    (!first.contains(&b'@') && !host && login.iter().filter(|b| blank(**b)).count() < 6)
        .then_some((scheme, scheme + 3))
}

/// Where the name begins where the scheme is broken or left off: `postgres:/user`, `postgres//user`, `KEY=user`.
fn broken(bytes: &[u8], start: usize, last: usize) -> usize {
    let run_of = &bytes[start..last];
    let sign = run_of
        .iter()
        .position(|b| matches!(b, b'=' | b'(' | b'[' | b'{' | b'<' | b','))
        .map_or(0, |i| i + 1);
    let name = run(run_of, sign, |b| b.is_ascii_alphabetic() || b == b'+');
    let slashes = run(run_of, name, |b| matches!(b, b':' | b'/' | b'\\'));
    let scheme = name > sign && slashes > name && run_of[name..slashes].iter().any(|b| *b != b':');
    start + if scheme { slashes } else { sign.min(run_of.len()) }
}

/// A password without what only refers to it: `${NAME}`, `{name}`, `<password>`, `%s`, `$NAME`.
fn parts(bytes: &[u8], password: Range<usize>, found: &mut Vec<Range<usize>>) {
    let text = &bytes[password.clone()];
    let whole = match text {
        [b'$', b'$', b'{', .., b'}'] | [b'$', b'{', .., b'}'] => {
            let sign = text.iter().position(|b| matches!(b, b'-' | b'=' | b'+'));
            if let Some(sign) = sign.filter(|_| !text.contains(&b'?')) {
                let from = password.start + sign + 1;
                if from < password.end - 1 && !harmless::elsewhere(bytes, from) {
                    found.push(from..password.end - 1);
                }
            }
            !text[1..].windows(2).any(|w| w[0] == b'}' && w[1] != b'}')
        }
        [b'{', .., b'}'] | [b'%', b'(', ..] => true,
        [b'<', inner @ .., b'>'] => telling_name(inner).is_some() || inner.contains(&b' '),
        [b'$', b'(', .., b')'] | [b'%', b's' | b'd'] => true,
        [b'$', b'$', name @ ..] | [b'$', name @ ..] => {
            harmless::variable(name) && name.iter().all(|b| word(*b))
        }
        _ => text.is_empty() || text.starts_with("•".as_bytes()),
    };
    if !whole {
        found.push(password);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_of_addresses_are_found() {
        for (text, secret) in [
            ("postgres://me:hunter2@db/x", "hunter2"),
            ("postgres://me:p@ss@db/x", "p@ss"),
            ("postgres://me:a/b@db/x", "a/b"),
            ("postgres://me:{ab@db/x", "{ab"),
            ("postgres://me:<ab>@db/x", "<ab>"),
            ("postgres://me:$ab@db/x", "$ab"),
            ("\"postgres://me:one two@db/x\"", "one two"),
            ("postgres:/me:hunter2@db/x", "hunter2"),
            ("postgres//me:hunter2@db/x", "hunter2"),
            ("X=me:hunter2@db:5432/x", "hunter2"),
            ("x://:hunter2@a,y://b", "hunter2"),
            ("redis://hunter2@redis:6379", "hunter2"),
            ("https://abc:x-oauth-basic@github.com/a", "abc"),
            ("x ${U:-postgres://me:hunter2@db/x}", "hunter2"),
            ("postgres://me:${PW:-hunter2}@db/x", "hunter2"),
            ("https://hooks.slack.com/services/T0/B0/abc", "T0/B0/abc"),
        ] {
            let mut found = Vec::new();
            find(text, &mut found);
            assert_eq!(
                found.iter().map(|r| &text[r.clone()]).collect::<Vec<_>>(),
                [secret],
                "{text}"
            );
        }
        for text in [
            "postgres://me:${PW}@db/x",
            "f\"postgres://{user}:{password}@{host}/x\"",
            "postgres://me:<password>@db/x",
            "registry:5000/app@sha256:abc",
            "image: postgres:16@sha256:abc",
            "git@github.com:a/b.git",
            "https://git@github.com/a/b",
            "http://registry:4873/@scope/package",
            "postgres://app@db/x",
            "'postgres://%s:%s@db/x' % (user, password)",
            "mail me@example.com, or: you@example.com",
            "see http://localhost:8000 or mail me@example.com",
        ] {
            let mut found = Vec::new();
            find(text, &mut found);
            assert!(found.is_empty(), "{text}: {found:?}");
        }
    }
}
