//! URLs of servers, taken apart: `amqp://user:password@host:5672/vhost`, `postgresql+psycopg2://…`, as far as each part
//! is known.

use crate::source::Text;

#[derive(Clone, PartialEq, Eq)]
pub enum UrlPart {
    /// It is not there, or is empty.
    Absent,
    /// Its text, decoded.
    Is(String),
    /// It comes from a variable that nobody here sets.
    Unknown,
}

/// A part may be a password: its text is for comparing, not for showing.
impl std::fmt::Debug for UrlPart {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Absent => "Absent",
            Self::Is(_) => "Is(…)",
            Self::Unknown => "Unknown",
        })
    }
}

impl UrlPart {
    /// A text as a part.
    pub fn of_text(text: &Text) -> Self {
        match text.as_str() {
            "" => Self::Absent,
            t if !text.is_resolved() || t.contains(['$', '{', '<']) => Self::Unknown,
            t => Self::Is(decoded(t)),
        }
    }

    /// Its text, where it is there and known.
    pub fn text(&self) -> Option<&str> {
        if let Self::Is(text) = self { Some(text) } else { None }
    }

    /// Whether the two surely differ, an absent one meaning `default`.
    pub fn differs(&self, other: &Self, default: &str) -> bool {
        let text = |part: &Self| match part {
            Self::Absent => Some(default.to_owned()),
            Self::Is(text) => Some(text.clone()),
            Self::Unknown => None,
        };
        matches!((text(self), text(other)), (Some(a), Some(b)) if a != b)
    }
}

/// A URL of a server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint {
    /// In small letters, without a driver: `postgresql` of `postgresql+psycopg2`, and without `db+` of Celery.
    pub scheme: String,
    /// Who logs in.
    pub user: UrlPart,
    /// With what.
    pub password: UrlPart,
    /// The host as it is written; empty where there is none.
    pub host: String,
    /// The port, where one is written.
    pub port: Option<u16>,
    /// What follows the first `/` behind the host: a database, a virtual host.
    pub path: UrlPart,
}

impl Endpoint {
    /// Takes a URL apart; `None` where it is none, or where its host is not known.
    pub fn of_url(text: &Text) -> Option<Self> {
        let (written, rest) = text.as_str().trim().split_once("://")?;
        let scheme = written.to_ascii_lowercase();
        let scheme = scheme.strip_prefix("db+").unwrap_or(&scheme);
        let scheme = scheme.split('+').next().unwrap_or(scheme).to_owned();
        let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        // A password may have a slash that was not written as `%2F`: what is in front of the last `@` is the login.
        let end = rest[end..]
            .find('@')
            .filter(|_| !rest[..end].contains('@'))
            .map_or(end, |_| rest.len());
        let (authority, path) = rest.split_at(end);
        let (login, place) = authority.rsplit_once('@').unwrap_or(("", authority));
        let (host, port) = place
            .rsplit_once(':')
            .filter(|(h, _)| !h.contains(':') || h.ends_with(']'))
            .unwrap_or((place, ""));
        if scheme.is_empty()
            || !text.slice_of(written).is_resolved()
            || !text.slice_of(host).is_resolved()
            || host.contains(['{', '%', '$', '<', '/'])
        {
            return None;
        }
        let (user, password) = login.split_once(':').unwrap_or((login, ""));
        let (user, password) = (text.slice_of(user), text.slice_of(password));
        let path = path.strip_prefix('/').unwrap_or("").split(['?', '#']).next().unwrap_or("");
        Some(Self {
            scheme,
            user: UrlPart::of_text(&user),
            // One variable may stand for both.
            password: if password.is_empty() && !user.is_resolved() {
                UrlPart::Unknown
            } else {
                UrlPart::of_text(&password)
            },
            host: host.trim_matches(['[', ']']).to_owned(),
            port: port.parse().ok(),
            path: UrlPart::of_text(&text.slice_of(path)),
        })
    }
}

/// The same URL with another host; `None` where it is not one, or not all of it is known.
pub fn with_host(url: &Text, host: &str) -> Option<String> {
    let own = Endpoint::of_url(url)?.host;
    let (scheme, rest) = url.resolved()?.split_once("://")?;
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let start = rest[..end].rfind('@').map_or(0, |at| at + 1);
    let place = rest.get(start..)?;
    let behind = place.strip_prefix(own.as_str())?;
    Some(format!("{scheme}://{}{host}{behind}", &rest[..start]))
}

/// `%40` is `@`. What is no such code stays.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let all = text.as_bytes();
    let mut at = 0;
    while let Some(byte) = all.get(at) {
        let code = all
            .get(at + 1..at + 3)
            .filter(|_| *byte == b'%')
            .and_then(|hex| std::str::from_utf8(hex).ok());
        match code.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            Some(code) => {
                bytes.push(code);
                at += 3;
            }
            None => {
                bytes.push(*byte);
                at += 1;
            }
        }
    }
    String::from_utf8(bytes).unwrap_or_else(|_| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{Reason, Span};

    fn url_of(text: &str) -> Option<Endpoint> {
        Endpoint::of_url(&Text::derived(text, Span::nowhere()))
    }

    /// `redis://` and a variable that nothing sets, between two texts.
    fn open(before: &str, after: &str) -> Option<Endpoint> {
        let mut text = Text::derived(before, Span::nowhere());
        text.push_unresolved(Reason::NotSet("X".into()), Span::nowhere());
        text.push_derived(after, Span::nowhere());
        Endpoint::of_url(&text)
    }

    fn is(text: &str) -> UrlPart {
        UrlPart::Is(text.into())
    }

    #[test]
    fn a_url_gets_another_host() {
        let with = |url: &str| with_host(&Text::verbatim(crate::source::FileId(0), 0, url), "db");
        for (url, made) in [
            ("postgres://u:p@localhost:5432/app", "postgres://u:p@db:5432/app"),
            ("redis://localhost/0", "redis://db/0"),
            ("mysql://root@127.0.0.1/app?x=localhost", "mysql://root@db/app?x=localhost"),
        ] {
            assert_eq!(with(url).as_deref(), Some(made));
        }
        assert_eq!(with("localhost"), None);
    }

    #[test]
    fn urls_come_apart() {
        let url = url_of("amqp://app:p%40ss@rabbit:5672//").expect("a URL");
        assert_eq!(
            (url.scheme.as_str(), url.host.as_str(), url.port),
            ("amqp", "rabbit", Some(5672))
        );
        assert_eq!((url.user, url.password, url.path), (is("app"), is("p@ss"), is("/")));
        let url =
            url_of("db+postgresql+psycopg2://airflow:airflow@postgres/airflow?x=1").expect("a URL");
        assert_eq!(
            (url.scheme.as_str(), url.host.as_str(), url.path),
            ("postgresql", "postgres", is("airflow"))
        );
        let url = url_of("redis://:@redis:6379/0").expect("a URL");
        assert_eq!((url.user, url.password), (UrlPart::Absent, UrlPart::Absent));
        let url = url_of("sqlite:////opt/airflow/airflow.db").expect("a URL");
        assert_eq!((url.scheme.as_str(), url.host.as_str()), ("sqlite", ""));
    }

    #[test]
    fn what_is_not_known_differs_from_nothing() {
        let url = open("redis://:", "@redis/0").expect("a URL");
        assert_eq!(url.password, UrlPart::Unknown);
        assert!(!url.password.differs(&is("x"), ""));
        assert!(!is("x").differs(&is("x"), ""));
        assert!(is("x").differs(&UrlPart::Absent, ""));
        assert!(!is("guest").differs(&UrlPart::Absent, "guest"));
        assert_eq!(open("redis://", "/0"), None);
        // A private character is a character.
        let url = url_of("redis://:p\u{e000}w@redis/0").expect("a URL");
        assert_eq!(url.password, is("p\u{e000}w"));
        for odd in
            ["", "://", "redis://", "a:b@c", "x://@:/%", "x://%zz:%4@h", "amqp://u:a/b@h:1/v"]
        {
            let _ = url_of(odd);
        }
    }
}
