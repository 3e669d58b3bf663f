//! Secrets that can be told by their own shape: tokens of known makers, private keys, and
//! passwords in addresses.

use super::{run, space, word};
use crate::facts::{crypt_names, hash_heads};
use std::ops::Range;

/// A token: what it begins with, what follows, and how much of that at least.
struct Token {
    start: &'static str,
    /// Whether it may follow a letter or digit.
    inside: bool,
    of: fn(u8) -> bool,
    least: usize,
}

const fn token(start: &'static str, of: fn(u8) -> bool, least: usize) -> Token {
    Token { start, inside: false, of, least }
}

const fn inside(start: &'static str, of: fn(u8) -> bool, least: usize) -> Token {
    Token { start, inside: true, of, least }
}

/// The shapes are those of the makers' documentation: AWS, Google, GitHub, GitLab, Stripe, OpenAI,
/// Slack, Django's `startproject`.
static TOKENS: [Token; 26] = [
    inside("ghp_", alphanumeric, 20),
    inside("gho_", alphanumeric, 20),
    inside("ghu_", alphanumeric, 20),
    inside("ghs_", alphanumeric, 20),
    inside("ghr_", alphanumeric, 20),
    inside("github_pat_", word, 20),
    inside("glpat-", base64, 20),
    inside("django-insecure-", unquoted, 1),
    token("AIza", base64, 35),
    token("sk_live_", alphanumeric, 8),
    token("sk_test_", alphanumeric, 8),
    token("rk_live_", alphanumeric, 8),
    token("rk_test_", alphanumeric, 8),
    token("pk_live_", alphanumeric, 8),
    token("pk_test_", alphanumeric, 8),
    token("whsec_live_", alphanumeric, 8),
    token("whsec_test_", alphanumeric, 8),
    token("whsec_", alphanumeric, 20),
    token("sk-", base64, 20),
    token("xoxa-", slack, 10),
    token("xoxb-", slack, 10),
    token("xoxe-", slack, 10),
    token("xoxo-", slack, 10),
    token("xoxp-", slack, 10),
    token("xoxr-", slack, 10),
    token("xoxs-", slack, 10),
];
/// Letters and digits of an AWS key after its first four.
const AWS: usize = 16;
/// Bytes of each part of a JSON web token at least, and of a SendGrid key.
const PARTS: [(&str, usize); 2] = [("eyJ", 8), ("SG.", 16)];
/// Bytes of a hash after its mark at least.
const LEAST_HASH: usize = 16;
/// Bytes of the kind of key between `-----BEGIN ` and `-----` at most.
const MAX_KIND_BYTES: usize = 64;

fn alphanumeric(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
}

fn base64(byte: u8) -> bool {
    word(byte) || byte == b'-'
}

fn slack(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'-'
}

fn unquoted(byte: u8) -> bool {
    !space(byte) && !matches!(byte, b'"' | b'\'')
}

/// Appends what has the shape of a secret.
pub(super) fn find(text: &str, found: &mut Vec<Range<usize>>) {
    let mut shapes = Shapes { text, bytes: text.as_bytes(), parts: [0; PARTS.len()] };
    let mut at = 0;
    while at < text.len() {
        match shapes.shape_at(at) {
            Some(range) => {
                at = range.end.max(at + 1);
                found.push(range);
            }
            None => at += 1,
        }
    }
}

struct Shapes<'t> {
    text: &'t str,
    bytes: &'t [u8],
    /// For each of [`PARTS`] the end of the last first part. What begins inside of it ends there
    /// too, and looking at each again would take the square of its length.
    parts: [usize; PARTS.len()],
}

impl Shapes<'_> {
    fn shape_at(&mut self, at: usize) -> Option<Range<usize>> {
        match self.bytes[at] {
            b':' => self.address(at),
            b'$' => self.crypted(at),
            b'p' | b'b' | b'a' | b's' | b'{' if self.hashed(at).is_some() => self.hashed(at),
            b'-' => self.private_key(at),
            b'e' | b'S' => self.parts(at),
            b'A' if self.starts(at, "AK") || self.starts(at, "AS") => self.aws(at),
            first @ (b'A' | b'g' | b'd' | b's' | b'r' | b'p' | b'w' | b'x') => {
                let second = self.bytes.get(at + 1)?;
                let may = matches!(
                    (first, second),
                    (b'A', b'I')
                        | (b'g', b'h' | b'i' | b'l')
                        | (b'd', b'j')
                        | (b's' | b'r' | b'p', b'k')
                        | (b'w', b'h')
                        | (b'x', b'o')
                );
                if may { self.token(at) } else { None }
            }
            _ => None,
        }
    }

    /// `$2y$05$…`, `$apr1$…`; in a Compose file every dollar sign is doubled.
    fn crypted(&self, at: usize) -> Option<Range<usize>> {
        if at > 0 && self.bytes[at - 1] == b'$' {
            return None;
        }
        let from = run(self.bytes, at, |b| b == b'$');
        let end = run(self.bytes, from, |b| b.is_ascii_alphanumeric());
        let known = crypt_names().any(|h| self.text.get(from..end) == Some(h));
        if !known || from - at > 2 || self.bytes.get(end) != Some(&b'$') {
            return None;
        }
        self.hash(at, end)
    }

    /// `pbkdf2_sha256$600000$…`, `{SHA}…`.
    fn hashed(&self, at: usize) -> Option<Range<usize>> {
        let start = hash_heads().find(|h| self.starts(at, h)).filter(|_| self.fresh(at))?;
        self.hash(at, at + start.len())
    }

    fn hash(&self, at: usize, from: usize) -> Option<Range<usize>> {
        let end = run(self.bytes, from, |b| {
            b.is_ascii_alphanumeric()
                || matches!(b, b'$' | b'.' | b'/' | b'+' | b'=' | b'-' | b'_' | b',')
        });
        (end - from >= LEAST_HASH).then_some(at..end)
    }

    fn starts(&self, at: usize, with: &str) -> bool {
        self.bytes[at..].starts_with(with.as_bytes())
    }

    /// Whether nothing before makes it a part of a longer word.
    fn fresh(&self, at: usize) -> bool {
        at == 0 || !word(self.bytes[at - 1])
    }

    fn token(&self, at: usize) -> Option<Range<usize>> {
        let fresh = self.fresh(at);
        TOKENS.iter().filter(|t| (t.inside || fresh) && self.starts(at, t.start)).find_map(|t| {
            let from = at + t.start.len();
            let end = run(self.bytes, from, t.of);
            (end - from >= t.least).then_some(at..end)
        })
    }

    fn aws(&self, at: usize) -> Option<Range<usize>> {
        if !self.fresh(at) || !(self.starts(at, "AKIA") || self.starts(at, "ASIA")) {
            return None;
        }
        let end = run(self.bytes, at, |b| b.is_ascii_uppercase() || b.is_ascii_digit());
        (end - at == 4 + AWS && !self.bytes.get(end).is_some_and(|b| word(*b))).then_some(at..end)
    }

    /// Parts of base64 with dots between them.
    fn parts(&mut self, at: usize) -> Option<Range<usize>> {
        let index = PARTS.iter().position(|(s, _)| self.starts(at, s))?;
        let (start, least) = PARTS.get(index)?;
        let from = at + start.len();
        let seen = self.parts.get_mut(index)?;
        if from < *seen || at > 0 && word(self.bytes[at - 1]) {
            return None;
        }
        let first = run(self.bytes, from, base64);
        *seen = first;
        let second = run(self.bytes, first + 1, base64);
        if self.bytes.get(first) != Some(&b'.')
            || first - from < *least
            || second < first + 1 + *least
        {
            return None;
        }
        let signature = *start == "eyJ" && self.bytes.get(second) == Some(&b'.');
        Some(at..if signature { run(self.bytes, second + 1, base64) } else { second })
    }

    /// The password of `scheme://user:password@host`. It may have an `@` in it that should have been
    /// written `%40`, so the last one counts. In `https://token@host`, the token.
    fn address(&self, at: usize) -> Option<Range<usize>> {
        let scheme = at > 0
            && (self.bytes[at - 1].is_ascii_alphanumeric()
                || matches!(self.bytes[at - 1], b'+' | b'.' | b'-'));
        if !scheme || !self.starts(at, "://") {
            return None;
        }
        let ends = |b: u8| space(b) || matches!(b, b'/' | b'"' | b'\'');
        let colon = run(self.bytes, at + 3, |b| !ends(b) && b != b':' && b != b'@');
        // Of a web address, a long name with digits in it is a token: nobody logs in there by name alone.
        let web = self.text[..at].ends_with("http") || self.text[..at].ends_with("https");
        if web && self.bytes.get(colon) == Some(&b'@') {
            let user = &self.bytes[at + 3..colon];
            let token = user.len() >= 16
                && user.iter().any(u8::is_ascii_digit)
                && user.iter().all(|b| word(*b));
            return token.then_some(at + 3..colon);
        }
        let start = colon + 1;
        let end = run(self.bytes, start, |b| !ends(b));
        let first = self.bytes.get(start)?;
        // `${NAME}`, `{name}`, `<name>`, `%s` and a password that is masked already.
        let reference = matches!(first, b'$' | b'<' | b'{')
            || self.starts(start, "•")
            || self.starts(start, "%s@")
            || self.starts(start, "%(");
        if self.bytes.get(colon) != Some(&b':') || reference {
            return None;
        }
        let at = self.bytes.get(start..end)?.iter().rposition(|b| *b == b'@')?;
        (at > 0).then_some(start..start + at)
    }

    /// What stands between the lines around a private key; with its end cut off, the rest.
    fn private_key(&self, at: usize) -> Option<Range<usize>> {
        if !self.starts(at, "-----BEGIN ") {
            return None;
        }
        let from = at + 11;
        let kind = self.bytes.get(from..).unwrap_or_default();
        let kind = &kind[..kind.len().min(MAX_KIND_BYTES)];
        let dashes = run(kind, 0, |b| b.is_ascii_uppercase() || b == b' ');
        if !kind[..dashes].windows(3).any(|w| w == b"KEY") || !self.starts(from + dashes, "-----") {
            return None;
        }
        let start = from + dashes + 5;
        let end =
            self.text.get(start..)?.find("-----END ").map_or(self.text.len(), |end| start + end);
        (start < end).then_some(start..end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_hash_of_the_dictionary_is_hidden() {
        const REST: &str = "05$abcdefghijklmnopqrstuv";
        let crypted = crypt_names().map(|name| format!("${name}${REST}"));
        for hash in crypted.chain(hash_heads().map(|head| format!("{head}{REST}"))) {
            let mut found = Vec::new();
            find(&format!("x: {hash}"), &mut found);
            assert_eq!(found.iter().map(|r| r.start).min(), Some(3), "{hash}: {found:?}");
        }
    }
}
