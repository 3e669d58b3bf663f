//! A strict reader of the little XML that is needed to see whether a document is well-formed (XML 1.0, section 2.1).
#![allow(unreachable_pub, clippy::unwrap_used, reason = "a test that fails may panic")]

/// An element.
#[derive(Debug, Default)]
pub struct Element {
    pub name: String,
    pub attributes: Vec<(String, String)>,
    pub children: Vec<Self>,
    pub text: String,
}

impl Element {
    /// Every element of that name, this one included.
    pub fn all(&self, name: &str) -> Vec<&Self> {
        let own = (self.name == name).then_some(self);
        own.into_iter().chain(self.children.iter().flat_map(|c| c.all(name))).collect()
    }

    pub fn attribute(&self, name: &str) -> &str {
        self.attributes.iter().find(|(n, _)| n == name).map_or("", |(_, v)| v)
    }
}

/// The root element; panics where the document is not well-formed.
pub fn parse(text: &str) -> Element {
    assert!(
        !text.contains(
            |c: char| c < ' ' && c != '\n' && c != '\t' || matches!(c, '\u{fffe}' | '\u{ffff}')
        ),
        "a forbidden character"
    );
    let mut rest =
        text.strip_prefix("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n").expect("a declaration");
    let mut open: Vec<Element> = vec![Element::default()];
    while !rest.is_empty() {
        let (before, tag) = rest.split_once('<').unwrap_or((rest, ""));
        open.last_mut().unwrap().text += &unescaped(before);
        if tag.is_empty() {
            break;
        }
        let (tag, after) = tag.split_once('>').expect("a tag ends");
        rest = after;
        if let Some(name) = tag.strip_prefix('/') {
            let closed = open.pop().unwrap();
            assert_eq!(closed.name, name, "tags are nested");
            open.last_mut().expect("no tag too many").children.push(closed);
            continue;
        }
        let (tag, empty) = tag.strip_suffix('/').map_or((tag, false), |t| (t, true));
        let (name, mut attributes) = tag.split_once(' ').unwrap_or((tag, ""));
        assert!(name.chars().all(|c| c.is_ascii_lowercase() || c == '-'), "{name}");
        let mut element = Element { name: name.to_owned(), ..Element::default() };
        while !attributes.trim().is_empty() {
            let (key, value) = attributes.trim_start().split_once("=\"").expect("name=\"value\"");
            let (value, more) = value.split_once('"').expect("a value ends");
            assert!(element.attributes.iter().all(|(k, _)| k != key), "an attribute stands once");
            element.attributes.push((key.to_owned(), unescaped(value)));
            attributes = more;
        }
        if empty { open.last_mut().unwrap().children.push(element) } else { open.push(element) }
    }
    assert_eq!(open.len(), 1, "every tag is closed");
    let mut document = open.remove(0);
    assert!(document.children.len() == 1 && document.text.trim().is_empty(), "one root");
    document.children.remove(0)
}

fn unescaped(text: &str) -> String {
    let mut parts = text.split('&');
    let mut out = parts.next().unwrap().to_owned();
    for part in parts {
        let (name, rest) = part.split_once(';').expect("a reference ends");
        out.push(match name {
            "amp" => '&',
            "lt" => '<',
            "gt" => '>',
            "quot" => '"',
            "apos" => '\'',
            "#13" => '\r',
            other => panic!("&{other};"),
        });
        out += rest;
    }
    out
}
