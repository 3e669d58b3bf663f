//! Database and cache URLs taken apart, as dj-database-url and django-environ do.

use super::{Value, ValueKind};
use crate::source::{Span, Text};

/// The engine Django knows a scheme by.
fn engine(scheme: &str) -> Option<&'static str> {
    Some(match scheme {
        "postgres"
        | "postgresql"
        | "psql"
        | "pgsql"
        | "postgresql+psycopg"
        | "postgresql+psycopg2" => "django.db.backends.postgresql",
        "postgis" => "django.contrib.gis.db.backends.postgis",
        "mysql" | "mysql2" => "django.db.backends.mysql",
        "mysql-connector" => "mysql.connector.django",
        "mysqlgis" => "django.contrib.gis.db.backends.mysql",
        "sqlite" => "django.db.backends.sqlite3",
        "spatialite" => "django.contrib.gis.db.backends.spatialite",
        "oracle" => "django.db.backends.oracle",
        "mssql" => "mssql",
        "redshift" => "django_redshift_backend",
        "timescale" => "timescale.db.backends.postgresql",
        "cockroach" | "cockroachdb" => "django_cockroachdb",
        _ => return None,
    })
}

/// `scheme://user:password@host:port/name?…` as pieces of the URL's own text.
pub(super) struct Parts {
    /// Before `://`.
    pub(super) scheme: String,
    /// Before the `:` of what stands before `@`.
    pub(super) user: Option<Text>,
    /// After it.
    pub(super) password: Option<Text>,
    /// The host without the brackets of an IPv6 address.
    pub(super) host: Text,
    /// After the host's `:`.
    pub(super) port: Option<Text>,
    /// From the `/` on, without the query.
    pub(super) path: Text,
}

/// Takes a URL apart; `None` where it has no `://`.
pub(super) fn parts(url: &Text) -> Option<Parts> {
    let text = url.as_str();
    let scheme_end = text.find("://")?;
    let start = scheme_end + 3;
    let end = text[start..].find(['/', '?', '#']).map_or(text.len(), |at| start + at);
    let path_end = text[end..].find(['?', '#']).map_or(text.len(), |at| end + at);
    // The last `@`: passwords are often written unescaped.
    let host_start = text[start..end].rfind('@').map_or(start, |at| start + at + 1);
    let (user, password) = if host_start > start {
        let until = host_start - 1;
        match text[start..until].find(':').map(|at| start + at) {
            Some(colon) => (Some(url.slice(start..colon)), Some(url.slice(colon + 1..until))),
            None => (Some(url.slice(start..until)), None),
        }
    } else {
        (None, None)
    };
    let port_colon = text[host_start..end]
        .rfind(':')
        .map(|at| host_start + at)
        .filter(|colon| !text[*colon..end].contains(']'));
    let host_end = port_colon.unwrap_or(end);
    let brackets =
        text[host_start..host_end].starts_with('[') && text[host_start..host_end].ends_with(']');
    let host = if brackets {
        url.slice(host_start + 1..host_end - 1)
    } else {
        url.slice(host_start..host_end)
    };
    Some(Parts {
        scheme: text[..scheme_end].to_ascii_lowercase(),
        user,
        password,
        host,
        port: port_colon.map(|colon| url.slice(colon + 1..end)),
        path: url.slice(end..path_end),
    })
}

/// Percent escapes resolved; a text without them keeps its places.
fn unquoted(text: Text) -> Text {
    if !text.as_str().contains('%') {
        return text;
    }
    let mut out = Text::empty(text.span());
    for piece in text.pieces() {
        let part = text.slice(piece.at as usize..(piece.at + piece.len) as usize);
        if piece.unknown().is_some() {
            out.push_text(&part);
        } else {
            out.push_derived(&decoded(&part), text.span());
        }
    }
    out
}

fn decoded(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let hex = bytes
            .get(at + 1..at + 3)
            .and_then(|h| std::str::from_utf8(h).ok())
            .and_then(|h| u8::from_str_radix(h, 16).ok());
        match (byte, hex) {
            (b'%', Some(code)) => {
                out.push(code);
                at += 3;
            }
            _ => {
                out.push(byte);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// A dict with texts under string keys.
fn dict(entries: Vec<(&str, ValueKind)>, span: Span) -> Value {
    let entries =
        entries.into_iter().map(|(k, v)| (Value::text(k, span), Value::new(v, span))).collect();
    Value::new(ValueKind::Dict { entries, open: None }, span)
}

/// An entry of `DATABASES`; `None` where the scheme is not known.
pub(super) fn database(url: &Text, span: Span) -> Option<Value> {
    let text = ValueKind::Str;
    let empty = || Text::empty(span);
    if url.as_str() == "sqlite://:memory:" {
        return Some(dict(
            vec![
                ("ENGINE", text(Text::derived("django.db.backends.sqlite3", span))),
                ("NAME", text(Text::derived(":memory:", span))),
            ],
            span,
        ));
    }
    let parts = parts(url)?;
    let engine = engine(&parts.scheme)?;
    let len = parts.path.as_str().len();
    // `sqlite:///x` is relative, `sqlite:////x` absolute: one slash goes.
    let mut name = unquoted(parts.path.slice(usize::from(len > 0)..len));
    if engine.ends_with("sqlite3") && name.is_empty() {
        name = Text::derived(":memory:", span);
    }
    let host = unquoted(parts.host);
    let port = match &parts.port {
        None => text(empty()),
        Some(port) => port.as_str().parse().map_or_else(|_| text(port.clone()), ValueKind::Int),
    };
    Some(dict(
        vec![
            ("ENGINE", text(Text::derived(engine, span))),
            ("NAME", text(name)),
            ("USER", text(parts.user.map_or_else(empty, unquoted))),
            ("PASSWORD", text(parts.password.map_or_else(empty, unquoted))),
            ("HOST", text(host)),
            ("PORT", port),
        ],
        span,
    ))
}

/// An entry of `CACHES` as django-environ makes it.
pub(super) fn cache(url: &Text, span: Span) -> Option<Value> {
    let parts = parts(url)?;
    let backend = match parts.scheme.as_str() {
        "redis" | "rediss" | "rediscache" | "unix" => "django.core.cache.backends.redis.RedisCache",
        "memcache" | "pymemcache" => "django.core.cache.backends.memcached.PyMemcacheCache",
        "pymemcached" => "django.core.cache.backends.memcached.MemcachedCache",
        "locmem" | "locmemcache" => "django.core.cache.backends.locmem.LocMemCache",
        "dummy" | "dummycache" => "django.core.cache.backends.dummy.DummyCache",
        "file" | "filecache" => "django.core.cache.backends.filebased.FileBasedCache",
        "db" | "dbcache" => "django.core.cache.backends.db.DatabaseCache",
        _ => return None,
    };
    Some(dict(
        vec![
            ("BACKEND", ValueKind::Str(Text::derived(backend, span))),
            ("LOCATION", ValueKind::Str(url.clone())),
        ],
        span,
    ))
}

/// What `urllib.parse.urlparse` gives, as a dict whose entries are its attributes.
pub(super) fn url(url: &Text, span: Span) -> Option<Value> {
    let parts = parts(url)?;
    let or_none = |text: Option<Text>| text.map_or(ValueKind::None, ValueKind::Str);
    let port = parts
        .port
        .as_ref()
        .and_then(|p| p.as_str().parse().ok())
        .map_or(ValueKind::None, ValueKind::Int);
    let netloc = url.as_str().len() - parts.path.as_str().len();
    let text = url.as_str();
    let start = parts.scheme.len() + 3;
    let end = text[start..].find(['/', '?', '#']).map_or(netloc.max(start), |at| start + at);
    Some(dict(
        vec![
            ("scheme", ValueKind::Str(Text::derived(parts.scheme, span))),
            ("netloc", ValueKind::Str(url.slice(start..end))),
            ("username", or_none(parts.user)),
            ("password", or_none(parts.password)),
            (
                "hostname",
                if parts.host.is_empty() { ValueKind::None } else { ValueKind::Str(parts.host) },
            ),
            ("port", port),
            ("path", ValueKind::Str(parts.path)),
        ],
        span,
    ))
}
