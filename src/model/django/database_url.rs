//! Database and cache URLs taken apart, as dj-database-url and django-environ do.

use super::object::Library;
use super::{Value, ValueKind};
use crate::source::{Reason, Span, Text, Unknown};

/// Whether a scheme names an engine.
pub(super) fn has_engine(scheme: &str) -> bool {
    engine(scheme).is_some()
}

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
    /// After the `?`.
    pub(super) query: Option<Text>,
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
        query: text[path_end..].starts_with('?').then(|| {
            let query_end = text[path_end..].find('#').map_or(text.len(), |at| path_end + at);
            url.slice(path_end + 1..query_end)
        }),
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
pub(super) fn database(url: &Text, library: Library, span: Span) -> Option<Value> {
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
        Some(port) if port.is_empty() => text(empty()),
        None => text(empty()),
        Some(port) => port.as_str().parse().map_or_else(|_| text(port.clone()), ValueKind::Int),
    };
    let mut entries = vec![
        // It follows from the scheme alone, whatever else the URL holds.
        ("ENGINE", text(Text::derived(engine, url.span_of(0..parts.scheme.len())))),
        ("NAME", text(name)),
        ("USER", text(parts.user.map_or_else(empty, unquoted))),
        ("PASSWORD", text(parts.password.map_or_else(empty, unquoted))),
        ("HOST", text(host)),
        ("PORT", port),
    ];
    if let Some(query) = parts.query.as_ref().filter(|q| !q.is_empty()) {
        entries.push(("OPTIONS", options(query, library, span)));
    }
    Some(dict(entries, span))
}

/// What stands behind `?` as options of the database.
fn options(query: &Text, library: Library, span: Span) -> ValueKind {
    let unknown = |why: Unknown| ValueKind::Unknown(why.or_at(span));
    let Some(query) = query.resolved() else {
        return unknown(query.why().unwrap_or(Reason::NotA("a URL").into()));
    };
    let mut entries: Vec<(Value, Value)> = Vec::new();
    for pair in query.split('&').filter(|p| !p.is_empty()) {
        let Some((key, value)) = pair.split_once('=').filter(|(_, v)| !v.is_empty()) else {
            continue;
        };
        // Keys that both libraries treat in their own way.
        let special = matches!(key, "currentSchema" | "ssl-ca")
            || key.chars().any(char::is_uppercase)
            || key.contains(['%', '+'])
            || value.contains(['%', '+'])
            || entries.iter().any(|(k, _)| k.as_str() == Some(key))
            || (library == Library::Environ
                && matches!(
                    key,
                    "conn_max_age"
                        | "atomic_requests"
                        | "autocommit"
                        | "disable_server_side_cursors"
                ));
        if special {
            return unknown(Reason::NotEvaluated("this option of a URL").into());
        }
        let digits = !value.is_empty() && value.bytes().all(|b| b.is_ascii_digit());
        let kind = match (digits.then(|| value.parse().ok()).flatten(), value) {
            (Some(int), _) => ValueKind::Int(int),
            (None, "true" | "True" | "false" | "False") if library == Library::DatabaseUrl => {
                ValueKind::Bool(value.eq_ignore_ascii_case("true"))
            }
            _ => ValueKind::Str(Text::derived(value, span)),
        };
        entries.push((Value::text(key, span), Value::new(kind, span)));
    }
    ValueKind::Dict { entries, open: None }
}

/// An entry of `CACHES` as django-environ makes it.
pub(super) fn cache(url: &Text, span: Span) -> Option<Value> {
    let parts = parts(url)?;
    let redis = "django.core.cache.backends.redis.RedisCache";
    let backend = match parts.scheme.as_str() {
        "redis" | "rediss" | "rediscache" | "valkey" | "valkeys" => redis,
        "memcache" => "django.core.cache.backends.memcached.MemcachedCache",
        "pymemcache" => "django.core.cache.backends.memcached.PyMemcacheCache",
        "pylibmc" => "django.core.cache.backends.memcached.PyLibMCCache",
        "locmemcache" => "django.core.cache.backends.locmem.LocMemCache",
        "dummycache" => "django.core.cache.backends.dummy.DummyCache",
        "filecache" => "django.core.cache.backends.filebased.FileBasedCache",
        "dbcache" => "django.core.cache.backends.db.DatabaseCache",
        _ => return None,
    };
    let text = url.as_str();
    let start = parts.scheme.len() + 3;
    let host_end = text[start..].find(['/', '?', '#']).map_or(text.len(), |at| start + at);
    let path_end = host_end + parts.path.as_str().len();
    if parts.query.is_some() || text[start..host_end].contains(',') || host_end == start {
        return None;
    }
    let location = match parts.scheme.as_str() {
        "redis" | "rediss" | "valkey" | "valkeys" => url.slice(0..path_end),
        "rediscache" => {
            let mut location = Text::derived("redis://", span);
            location.push_text(&url.slice(start..path_end));
            location
        }
        "filecache" => url.slice(start..path_end),
        _ => url.slice(start..host_end),
    };
    Some(dict(
        vec![
            ("BACKEND", ValueKind::Str(Text::derived(backend, span))),
            ("LOCATION", ValueKind::Str(location)),
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

/// The parts of `urlparse(None)`: those that are texts elsewhere are blank bytes here.
pub(super) fn no_url(span: Span) -> Value {
    let none = ["username", "password", "hostname", "port"].map(|part| (part, ValueKind::None));
    let mut parts = dict(none.into(), span);
    for part in ["scheme", "netloc", "path"] {
        let bytes = Value::unknown(Reason::NotA("a text"), span);
        let bytes = Value { truth: Some(false), ..bytes };
        super::operators::set_entry(&mut parts, &Value::text(part, span), bytes);
    }
    parts
}
