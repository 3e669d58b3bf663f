//! The values of a template of an env file, as far as they are values and not places to be filled in.

use crate::facts::secret_name;
use crate::model::secrets::placeholder;
use crate::source::{Reason, Text, Unknown};
use crate::syntax::dotenv::Entry;
use std::ops::Range;

/// Words that ask for a value.
const ASKING: [&str; 22] = [
    "your",
    "change",
    "changeme",
    "changethis",
    "replace",
    "replaceme",
    "insert",
    "enter",
    "put",
    "todo",
    "fixme",
    "tbd",
    "placeholder",
    "dummy",
    "redacted",
    "notset",
    "unset",
    "fill",
    "fillme",
    "setme",
    "yourdomain",
    "xxx",
];

/// The value, with what is to be filled in left unknown: all of it, or the parts of a URL's login and host.
pub(super) fn value(name: &Text, value: &Text) -> Text {
    let unknown = |span| Unknown::at(Reason::Placeholder(name.as_str().to_owned()), span);
    let text = value.as_str();
    if text.trim().is_empty() {
        return Text::unresolved(unknown(name.span()), value.span());
    }
    let Some(parts) = parts_of_url(text) else {
        return if is_open(text, secret_name(name)) || names_itself(name, text) {
            Text::unresolved(unknown(value.span()), value.span())
        } else {
            value.clone()
        };
    };
    let mut out = Text::empty(value.span());
    // The shape of a URL, whose host is to be filled in as well: `postgres://<user>:<password>@localhost:<port>/<name>`.
    let is_shape =
        parts.iter().any(|(part, secret)| !secret && is_open(&text[part.clone()], false));
    for (part, secret) in parts {
        let piece = value.slice(part);
        let is_local = matches!(piece.as_str(), "localhost" | "127.0.0.1");
        if is_open(piece.as_str(), secret) || is_called_host(piece.as_str()) || is_shape && is_local
        {
            out.push_unresolved(unknown(piece.span()), piece.span());
        } else {
            out.push_text(&piece);
        }
    }
    out
}

/// The variables that comments of a template offer, `# NAME=value`, and no line of it sets: whoever fills the template in may
/// set them.
pub(super) fn offers(body: &Text, entries: &[Entry]) -> Vec<(String, Text)> {
    let mut all = Vec::new();
    let mut at = 0;
    for line in body.as_str().split_inclusive('\n') {
        let start = at;
        at += line.len();
        let Some(offer) = line.trim().strip_prefix('#').map(|l| l.trim_start_matches(['#', ' ']))
        else {
            continue;
        };
        let Some((name, _)) = offer.split_once('=') else { continue };
        let name = name.trim().trim_start_matches("export ");
        let fits = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
            && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
        if fits && !entries.iter().any(|e| e.name.as_str() == name) {
            let span = body.span_of(start..start + line.trim_end().len());
            let why = Unknown::at(Reason::Placeholder(name.to_owned()), span);
            all.push((name.to_owned(), Text::unresolved(why, span)));
        }
    }
    all
}

/// Whether a text is a place to be filled in: `changeme`, `<host>`, `your-key`, `xxx`.
fn is_open(text: &str, secret: bool) -> bool {
    let lower = text.trim().to_ascii_lowercase();
    let framed = [("<", ">"), ("{", "}"), ("[", "]"), ("%", "%")]
        .iter()
        .any(|(open, close)| lower.len() > 2 && lower.starts_with(open) && lower.ends_with(close))
        && !lower.contains(['"', '\'']);
    let mut words = lower.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty());
    let asks = |w: &str| ASKING.contains(&w) || w.len() > 2 && w.bytes().all(|b| b == b'x');
    let host = lower.split(['.', ':']).collect::<Vec<_>>();
    let reserved =
        host.windows(2).any(|w| w[0] == "example" && matches!(w[1], "com" | "org" | "net"));
    let nothing = matches!(lower.as_str(), "none" | "null" | "nil" | "undefined" | "x" | "xx");
    framed
        || nothing
        || words.any(asks)
        || reserved
        || lower.contains("...")
        || lower.len() > 1 && lower.bytes().all(|b| matches!(b, b'?' | b'*' | b'-' | b'_' | b'.'))
        || secret && text.chars().any(char::is_alphanumeric) && placeholder(text)
}

/// Whether the value only repeats what the variable is: `DB_NAME=dbname`, `DB_USER=user`, `SECRET_KEY=secret-key`.
fn names_itself(name: &str, text: &str) -> bool {
    let plain = |t: &str| -> String {
        t.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect()
    };
    let (name, text) = (plain(name), plain(text));
    let last = [
        "user", "username", "password", "passwd", "pass", "name", "host", "hostname", "key",
        "token",
    ];
    !text.is_empty() && (name == text || last.contains(&text.as_str()) && name.ends_with(&text))
        || name.ends_with("host") && is_called_host(&text)
}

/// Whether a host's name says no more than that it is one: `redis_host`, `hostname`.
fn is_called_host(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    !lower.contains('.') && lower.split(['_', '-']).any(|w| matches!(w, "host" | "hostname"))
}

/// Scheme, login, password, host and what follows, each with the delimiters before it as parts of their own, and whether
/// each is a password; `None` for what is not a URL.
fn parts_of_url(text: &str) -> Option<Vec<(Range<usize>, bool)>> {
    let start = text.find("://")? + 3;
    let end = text[start..].find(['/', '?', '#']).map_or(text.len(), |at| start + at);
    let mut cuts = vec![0, start];
    let (mut at, mut password) = (start, None);
    if let Some(login) = text[start..end].rfind('@').map(|login| start + login) {
        if let Some(colon) = text[start..login].find(':').map(|colon| start + colon) {
            cuts.extend([colon, colon + 1]);
            password = Some(colon + 1);
        }
        cuts.extend([login, login + 1]);
        at = login + 1;
    }
    if let Some(colon) = text[at..end].find(':') {
        cuts.extend([at + colon, at + colon + 1]);
    }
    cuts.push(end);
    if end < text.len() {
        cuts.extend([end + 1, text.len()]);
    }
    let parts = cuts.windows(2).map(|w| (w[0]..w[1], Some(w[0]) == password));
    Some(parts.filter(|(range, _)| !range.is_empty()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::FileId;

    fn shown(text: &str) -> String {
        named("X", text)
    }

    fn named(name: &str, text: &str) -> String {
        let name = Text::verbatim(FileId(0), 0, name);
        let value = value(&name, &Text::verbatim(FileId(0), 2, text));
        value.pieces().iter().fold(String::new(), |all, piece| {
            let (at, len) = (piece.at as usize, piece.len as usize);
            all + if piece.unknown().is_some() { "?" } else { &value.as_str()[at..at + len] }
        })
    }

    #[test]
    fn placeholders_of_templates_are_not_values() {
        for text in [
            "",
            " ",
            "changeme",
            "<host>",
            "your-secret-key",
            "xxx",
            "XXXX",
            "???",
            "...",
            "[host]",
            "{{ key }}",
            "put-it-here",
            "example.com",
            "dev.example.org",
        ] {
            assert_eq!(shown(text), "?", "{text}");
        }
        for text in
            ["db", "5432", "True", "*", "-1", "example.settings", "['a', 'b']", "exchange_db"]
        {
            assert_eq!(shown(text), text);
        }
        for (name, text) in [
            ("DB_NAME", "DB_NAME"),
            ("DB_NAME", "dbname"),
            ("DB_USER", "user"),
            ("SECRET_KEY", "secretkey"),
            ("REDIS_HOST", "redis_host"),
        ] {
            assert_eq!(named(name, text), "?", "{name}={text}");
        }
        for (name, text) in [("DB_HOST", "db"), ("POSTGRES_DB", "app"), ("REDIS_HOST", "redis")] {
            assert_eq!(named(name, text), text, "{name}={text}");
        }
    }

    #[test]
    fn what_a_comment_of_a_template_offers_may_be_set() {
        let body =
            Text::verbatim(FileId(0), 0, "A=1\n# A=2\n#DB_HOST=db\n# see x = y\n# export K=\n");
        let entries = crate::syntax::dotenv::EnvFile::read(&body).entries;
        let names: Vec<String> = offers(&body, &entries).into_iter().map(|(n, _)| n).collect();
        assert_eq!(names, ["DB_HOST", "K"]);
    }

    #[test]
    fn of_a_url_only_the_part_that_is_to_be_filled_in_is_unknown() {
        for (text, as_read) in [
            ("postgres://app:changeme@db:5432/app", "postgres://app:?@db:5432/app"),
            ("postgres://<user>:<pw>@db/<name>", "postgres://?:?@db/?"),
            ("redis://redis:6379/0", "redis://redis:6379/0"),
            ("mysql://{user}:{pass}@localhost:{port}/app", "mysql://?:?@?:?/app"),
            ("mysql://me:changeme@localhost/app", "mysql://me:?@localhost/app"),
            ("https://example.com/path", "https://?/path"),
            ("amqp://your-host", "amqp://?"),
            ("redis://redis_host:6379/0", "redis://?:6379/0"),
            ("redis://host.docker.internal:6379", "redis://host.docker.internal:6379"),
        ] {
            assert_eq!(shown(text), as_read);
        }
    }
}
