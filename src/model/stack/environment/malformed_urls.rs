//! URLs in variables whose password holds a character that ends the host (RFC 3986, 3.2; Python's `urllib.parse`).

use super::Environments;
use crate::facts::SCHEMES;
use crate::model::compose::VarSource;
use crate::source::{Known, Span, Text};

/// A URL whose password cuts it in two.
#[derive(Debug)]
pub struct MalformedUrl {
    /// The variable.
    pub name: String,
    /// The character that ends the host too early, with its place.
    pub character: char,
    pub span: Span,
    /// All such characters of the password, each with its place and what stands for it.
    pub encoded: Vec<(Span, String)>,
}

impl Environments<'_> {
    /// URLs among the variables of a service whose password is not encoded.
    pub fn malformed_urls(&self, index: usize) -> Vec<MalformedUrl> {
        let container = self.stack.container(index);
        let vars = &container.environment.vars;
        vars.iter()
            .filter_map(|(name, value)| match &value.text {
                Known::Known(text) => malformed(name, text, self.origin(index, name, text)),
                _ => None,
            })
            .collect()
    }

    /// Where the text of a variable starts that Compose takes from `.env` as a whole (`${DATABASE_URL}`).
    fn origin(&self, index: usize, name: &str, text: &Text) -> Option<Span> {
        let environment = &self.stack.container(index).service.environment;
        let scalar = environment.iter().rfind(|e| e.name.as_str() == name)?.value.as_ref()?;
        let [var] = scalar.vars.as_slice() else { return None };
        let VarSource::EnvFile(place) = &var.source else { return None };
        // With quotes, or without.
        let quotes = place.len().checked_sub(text.len()).filter(|q| matches!(q, 0 | 2))?;
        let start = place.range().start + quotes / 2;
        Some(Span::new(place.file, start, start + text.len()))
    }
}

fn malformed(name: &str, text: &Text, origin: Option<Span>) -> Option<MalformedUrl> {
    let whole = text.as_str();
    let place = |from: usize| match origin {
        Some(at) => Span::new(at.file, at.range().start + from, at.range().start + from + 1),
        None => text.span_of(from..from + 1),
    };
    let (scheme, rest) = whole.split_once("://")?;
    let scheme = scheme.split('+').next().unwrap_or("");
    if !SCHEMES.iter().any(|s| s.names.contains(&scheme)) || whole.contains(char::is_whitespace) {
        return None;
    }
    let start = whole.len() - rest.len();
    // What a parser takes for user, password, host and port.
    let end = rest.find(['/', '?', '#'])?;
    let authority = &rest[..end];
    if authority.contains('@') {
        return None;
    }
    let (_, after_colon) = authority.split_once(':')?;
    // A host with its port is no login.
    if after_colon.chars().all(|c| c.is_ascii_digit()) && !after_colon.is_empty() {
        return None;
    }
    let at = rest.rfind('@')?;
    let host = rest[at + 1..].split([':', '/', '?', '#']).next().unwrap_or("");
    if host.is_empty() || !host.chars().all(|c| c.is_alphanumeric() || matches!(c, '.' | '-' | '_'))
    {
        return None;
    }
    let password = authority.find(':')? + 1;
    let mut encoded = Vec::new();
    for (offset, c) in rest[password..at].char_indices() {
        if matches!(c, '/' | '?' | '#' | '@') {
            let from = start + password + offset;
            encoded.push((place(from), format!("%{:02X}", u32::from(c))));
        }
    }
    let from = start + end;
    let character = rest[end..].chars().next()?;
    Some(MalformedUrl { name: name.to_owned(), character, span: place(from), encoded })
}

#[cfg(test)]
mod tests {
    use super::malformed;
    use crate::source::{Span, Text};

    #[test]
    fn passwords_that_end_the_host_are_found() {
        let found = |url: &str| {
            malformed("DATABASE_URL", &Text::derived(url, Span::nowhere()), None)
                .map(|m| m.character)
        };
        assert_eq!(found("postgres://app:ab/cd@db:5432/app"), Some('/'));
        assert_eq!(found("redis://:a#b@cache:6379/0"), Some('#'));
        assert_eq!(found("mysql://app:a?b@db/app"), Some('?'));
        for fine in [
            "postgres://app:ab%2Fcd@db:5432/app",
            "postgres://app:a@b@db:5432/app",
            "redis://cache:6379/0?name=a@b",
            "postgres://db/app?user=a@b",
            "https://user:a/b@host/",
            "redis://cache:6379/",
            "postgres://app:secret@db/app",
        ] {
            assert_eq!(found(fine), None, "{fine}");
        }
    }
}
