//! The short syntaxes: command lines, mounts and ports in one string.

use super::node::{Node, Scalar};
use super::service::{Mount, MountKind, Port};
use crate::source::Text;

/// A command as Compose hands it to the container.
#[derive(Debug, Clone)]
pub struct Words {
    /// The arguments; an item that is not known is an empty text with its place.
    pub words: Vec<Text>,
    /// Whether it was written as one string (and split by Compose, not by a shell).
    pub from_string: bool,
    /// The place of the whole value, for a label.
    pub span: crate::source::Span,
}

/// Where Compose stops reading a command string.
const OPERATORS: [u8; 5] = *b";&|<>";

/// Splits a command string as Compose does: at white space, quotes removed, no variables, and no shell
/// (Compose specification, `command`). What stands from the first unquoted `;`, `&`, `|`, `<` or `>` on is
/// dropped without a word (measured with Compose v2.40.3), so `migrate && serve` only migrates.
pub fn split_words(text: &Text) -> Vec<Text> {
    let s = text.as_str();
    let bytes = s.as_bytes();
    let mut words = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        if bytes[at].is_ascii_whitespace() {
            at += 1;
            continue;
        }
        let start = at;
        let mut quote = 0u8;
        let mut pieces: Vec<std::ops::Range<usize>> = Vec::new();
        let mut from = at;
        while at < bytes.len() {
            let b = bytes[at];
            match (quote, b) {
                (0, b'\'' | b'"') => {
                    pieces.push(from..at);
                    quote = b;
                    from = at + 1;
                }
                (q, b) if q != 0 && b == q => {
                    pieces.push(from..at);
                    quote = 0;
                    from = at + 1;
                }
                (0 | b'"', b'\\') if at + 1 < bytes.len() => {
                    pieces.push(from..at);
                    from = at + 1;
                    at += 1;
                }
                (0, b) if b.is_ascii_whitespace() || OPERATORS.contains(&b) => break,
                _ => {}
            }
            at += 1;
        }
        pieces.push(from..at.min(bytes.len()));
        let cut = quote == 0 && at < bytes.len() && OPERATORS.contains(&bytes[at]);
        // The number of `2>` belongs to the operator.
        if cut && bytes[at] == b'>' && s[start..at].bytes().all(|b| b.is_ascii_digit()) {
            break;
        }
        let mut word = Text::empty(text.span_of(start..at));
        for piece in pieces.into_iter().filter(|p| p.start < p.end) {
            word.push_text(&text.slice(piece));
        }
        if at > start {
            words.push(word);
        }
        if cut {
            break;
        }
    }
    words
}

/// `command` or `entrypoint`; `None` where it is absent or null.
pub(super) fn words(node: &Node) -> Option<Words> {
    if let Some(scalar) = node.scalar() {
        return Some(Words { words: split_words(&scalar.text), from_string: true, span: scalar.text.span() });
    }
    if let super::node::Kind::List(items) = &node.kind {
        let words = items.iter().map(|i| i.scalar().map_or_else(|| Text::empty(i.span), |s| s.text.clone())).collect();
        return Some(Words { words, from_string: false, span: node.span });
    }
    None
}

/// `[SOURCE:]TARGET[:MODE]` (Compose specification, `volumes` short syntax).
pub(super) fn mount(scalar: &Scalar) -> Option<Mount> {
    let text = &scalar.text;
    let s = text.as_str();
    // A Windows drive's colon is no separator.
    let drive = s.len() > 2 && s.as_bytes()[0].is_ascii_alphabetic() && s.as_bytes()[1] == b':' && matches!(s.as_bytes()[2], b'\\' | b'/');
    let from = if drive { 2 } else { 0 };
    let Some(colon) = s[from..].find(':').map(|i| i + from) else {
        return Some(Mount {
            kind: MountKind::Anonymous,
            source: None,
            target: text.clone(),
            read_only: false,
            nocopy: false,
            subpath: None,
            base: scalar.base.clone(),
            span: text.span(),
        });
    };
    let source = text.slice(0..colon);
    let rest = &s[colon + 1..];
    let end = rest.find(':').map_or(s.len(), |i| colon + 1 + i);
    let mode = s.get(end + 1..).unwrap_or("");
    let kind = if source.starts_with('.') || source.starts_with('/') || source.starts_with('~') || drive {
        MountKind::Bind
    } else {
        MountKind::Volume
    };
    // A source that came from a variable that is not set could be either.
    let kind = if source.is_empty() || source.contains(super::HOLE) { MountKind::Unknown } else { kind };
    let has = |flag: &str| mode.split(',').any(|m| m == flag);
    Some(Mount {
        kind,
        source: Some(source),
        target: text.slice(colon + 1..end),
        read_only: has("ro"),
        nocopy: has("nocopy"),
        subpath: None,
        base: scalar.base.clone(),
        span: text.span(),
    })
}

/// `[HOST:]CONTAINER[/PROTOCOL]` (Compose specification, `ports` short syntax).
pub(super) fn port(scalar: &Scalar) -> Option<Port> {
    let text = scalar.known()?;
    let s = text.as_str();
    let (ports, protocol) = s.rsplit_once('/').unwrap_or((s, "tcp"));
    // An address in brackets holds colons of its own.
    let mut parts: Vec<&str> = match ports.strip_prefix('[').and_then(|r| r.split_once("]:")) {
        Some((address, rest)) => std::iter::once(address).chain(rest.split(':')).collect(),
        None => ports.split(':').collect(),
    };
    let target = parts.pop()?.parse().ok();
    let published = parts.pop().filter(|p| !p.is_empty()).map(str::to_owned);
    let address = parts.pop().map(str::to_owned);
    Some(Port { target, published, address, protocol: protocol.to_owned(), span: text.span() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{MemoryFiles, Sources};

    /// What Compose v2.40.3 prints for these strings.
    #[test]
    fn strings_are_split_as_compose_splits_them() {
        let files = MemoryFiles::new();
        let sources = Sources::new(&files);
        let cases: [(&str, &[&str]); 8] = [
            ("python manage.py migrate && gunicorn x", &["python", "manage.py", "migrate"]),
            ("a; b", &["a"]),
            ("a | b", &["a"]),
            ("a 2>&1", &["a"]),
            ("sh -c \"a && b\"", &["sh", "-c", "a && b"]),
            ("a 'x;y' b\\ c", &["a", "x;y", "b c"]),
            ("a `b` # c", &["a", "`b`", "#", "c"]),
            ("  서버 --name='가 나'  ", &["서버", "--name=가 나"]),
        ];
        for (text, wanted) in cases {
            let file = sources.add(text, text);
            let words = split_words(&file.body());
            assert_eq!(words.iter().map(|w| w.as_str()).collect::<Vec<_>>(), wanted, "{text}");
        }
    }
}
