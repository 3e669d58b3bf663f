//! Secrets that can be told by their own shape: tokens of known makers, hashes, private keys.

use super::{run, space, word};
use crate::facts::{TokenStarts, crypt_names, hash_heads, token_starts};
use std::ops::Range;
use std::sync::LazyLock;

/// Letters and digits of an AWS key after its first four.
const AWS: usize = 16;
/// Bytes of each part of a JSON web token at least, and of a SendGrid key.
const PARTS: [(&str, usize); 2] = [("eyJ", 8), ("SG.", 16)];
/// Bytes of a hash after its mark at least.
const LEAST_HASH: usize = 16;
/// Bytes of the kind of key between `-----BEGIN ` and `-----` at most.
const MAX_KIND_BYTES: usize = 64;

fn base64(byte: u8) -> bool {
    word(byte) || byte == b'-'
}

fn dashed(byte: u8) -> bool {
    word(byte) || matches!(byte, b'-' | b'.' | b'=' | b'/' | b'+')
}

fn unquoted(byte: u8) -> bool {
    !space(byte) && !matches!(byte, b'"' | b'\'')
}

/// Which bytes tokens begin with.
static TOKEN_BYTES: LazyLock<[bool; 256]> = LazyLock::new(|| {
    let mut table = [false; 256];
    for first in token_starts().filter_map(|(start, _)| start.bytes().next()) {
        table[usize::from(first)] = true;
    }
    table
});

/// Appends what has the shape of a secret.
pub(super) fn find(text: &str, found: &mut Vec<Range<usize>>) {
    let mut shapes =
        Shapes { text, bytes: text.as_bytes(), parts: [0; PARTS.len()], tokens: &TOKEN_BYTES };
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
    tokens: &'t [bool; 256],
    bytes: &'t [u8],
    /// For each of [`PARTS`] the end of the last first part. What begins inside of it ends there
    /// too, and looking at each again would take the square of its length.
    parts: [usize; PARTS.len()],
}

impl Shapes<'_> {
    fn shape_at(&mut self, at: usize) -> Option<Range<usize>> {
        let first = self.bytes[at];
        let known = match first {
            b'$' => self.crypted(at),
            b'p' | b'b' | b'a' | b's' | b'{' => self.hashed(at),
            b'-' => self.private_key(at),
            b'e' | b'S' => self.parts(at),
            b'A' if self.starts(at, "AK") || self.starts(at, "AS") => self.aws(at),
            b'0'..=b'9' if self.fresh(at) => self.numbered(at),
            _ => None,
        };
        known.or_else(|| if self.tokens[usize::from(first)] { self.token(at) } else { None })
    }

    /// `123456789:AA…` of Telegram.
    fn numbered(&self, at: usize) -> Option<Range<usize>> {
        let colon = run(self.bytes, at, |b| b.is_ascii_digit());
        if !(8..=11).contains(&(colon - at)) || !self.starts(colon, ":AA") {
            return None;
        }
        let end = run(self.bytes, colon + 1, base64);
        (end - colon > 30).then_some(at..end)
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
        let starts =
            |(start, kind): &(&str, &TokenStarts)| (kind.inside || fresh) && self.starts(at, start);
        token_starts().filter(starts).find_map(|(start, kind)| {
            let from = at + start.len();
            let end = match (start, kind.dashed) {
                ("django-insecure-", _) => run(self.bytes, from, unquoted),
                (_, true) => run(self.bytes, from, dashed),
                _ => run(self.bytes, from, word),
            };
            let body = self.bytes.get(from..end)?;
            let digits = body.iter().filter(|b| b.is_ascii_digit()).count();
            // Names of many words are none.
            let words = body.split(|b| !b.is_ascii_alphanumeric()).map(<[u8]>::len).max()?;
            let long = if kind.dashed { body.len() } else { words };
            (long >= kind.least && (!kind.digits || digits > 1)).then_some(at..end)
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
