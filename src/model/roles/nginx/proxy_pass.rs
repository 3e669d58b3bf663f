//! What a request header_value when nginx passes it on (nginx docs, proxy module: `proxy_set_header`; uwsgi module).
//!
//! A level with a `proxy_set_header` of its own takes over none from outside. Where no `Host` is set, nginx sends the
//! name that `proxy_pass` has (`$proxy_host`), while other headers pass as the client sent them.

use super::listens::Listen;
use crate::source::{Span, Text, Unknown};
use std::rc::Rc;

/// What passes requests on from a place of the configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProxyPass {
    /// The directive: `proxy_pass`, `uwsgi_pass`.
    pub by: &'static str,
    /// What is written after it.
    pub address: Text,
    /// Hosts that answer, those of an `upstream` of that name, with the port where it is known.
    pub targets: Vec<(Text, Option<u16>)>,
    /// The headers in force, with those that are set to nothing; locations that take over the same share them.
    pub headers: Rc<[Header]>,
    /// A `Host` that is set further out and not taken over, because there are headers further in.
    pub lost_host: Option<Span>,
    /// Why there may be more headers.
    pub unknown: Option<Unknown>,
    /// `client_max_body_size` in force.
    pub body: Option<Text>,
}

/// A header that is set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    pub name: Text,
    /// Its value, variables as written.
    pub value: Text,
    /// The directive.
    pub span: Span,
}

/// A request as a browser sends it to a published port.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientRequest {
    /// The host it names.
    pub host: String,
    /// The port of the host machine.
    pub port: u16,
    /// Whether it is encrypted up to nginx.
    pub tls: bool,
}

/// What a header of a passed request holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HeaderValue {
    /// It is not sent.
    Nothing,
    /// This, by that directive, where there is one.
    Text(String, Option<Span>),
    /// Not known.
    Unknown,
}

impl ClientRequest {
    /// `https`, `http`
    pub fn scheme(&self) -> &'static str {
        if self.tls { "https" } else { "http" }
    }

    /// The `Host` header: with the port, where it is not the usual one.
    pub fn authority(&self) -> String {
        match (self.tls, self.port) {
            (true, 443) | (false, 80) => self.host.clone(),
            _ => format!("{}:{}", self.host, self.port),
        }
    }

    /// The `Origin` header of a form.
    pub fn origin(&self) -> String {
        format!("{}://{}", self.scheme(), self.authority())
    }
}

impl ProxyPass {
    /// The headers in force that are called `name`.
    pub fn headers(&self, name: &str) -> impl Iterator<Item = &Header> {
        self.headers.iter().filter(move |h| h.name.eq_ignore_ascii_case(name))
    }

    /// Whether the request goes on unencrypted, as HTTP.
    pub fn is_plain_http(&self) -> bool {
        self.by == "proxy_pass" && !self.address.starts_with("https:")
    }

    /// `$proxy_host`: host and port of `proxy_pass`, without the port where it is the usual one.
    pub fn proxy_host(&self) -> Option<String> {
        let text = self.address.as_str();
        let (scheme, rest) = text.split_once("://")?;
        let authority = rest.split(['/', '?']).next()?;
        if authority.is_empty()
            || text.contains('$')
            || !self.address.is_resolved()
            || authority.starts_with("unix:")
        {
            return None;
        }
        let usual = if scheme == "https" { ":443" } else { ":80" };
        Some(authority.strip_suffix(usual).unwrap_or(authority).to_owned())
    }

    /// What the header `name` holds when this request comes in at that `listen` of a server of that name.
    pub fn header_value(
        &self,
        name: &str,
        request: &ClientRequest,
        server_name: Option<&Text>,
        listen: &Listen,
    ) -> HeaderValue {
        let host = name.eq_ignore_ascii_case("host");
        if self.by != "proxy_pass" {
            // The parameters `HTTP_…` hold the client's headers as they came.
            let param = format!("http_{}", name.replace('-', "_"));
            return match self.headers(&param).last() {
                Some(_) => HeaderValue::Unknown,
                None if host => HeaderValue::Text(request.authority(), None),
                None => HeaderValue::Nothing,
            };
        }
        let mut set = self.headers(name);
        let Some(header) = set.next() else {
            return match (host, &self.unknown) {
                (_, Some(_)) => HeaderValue::Unknown,
                (true, None) => {
                    self.proxy_host().map_or(HeaderValue::Unknown, |h| HeaderValue::Text(h, None))
                }
                (false, None) => HeaderValue::Nothing,
            };
        };
        if set.any(|other| other.value.as_str() != header.value.as_str()) {
            return HeaderValue::Unknown;
        }
        match self.expand(&header.value, request, server_name, listen) {
            None => HeaderValue::Unknown,
            Some(text) if text.is_empty() => HeaderValue::Nothing,
            Some(text) => HeaderValue::Text(text, Some(header.span)),
        }
    }

    /// A value with its variables put in; `None` where one of them is not known.
    fn expand(
        &self,
        value: &Text,
        request: &ClientRequest,
        server_name: Option<&Text>,
        listen: &Listen,
    ) -> Option<String> {
        let mut out = String::new();
        let mut rest = value.resolved()?;
        while let Some((before, after)) = rest.split_once('$') {
            out.push_str(before);
            let (name, more) = match after.strip_prefix('{') {
                Some(inner) => inner.split_once('}')?,
                None => after.split_at(
                    after
                        .find(|c: char| c != '_' && !c.is_ascii_alphanumeric())
                        .unwrap_or(after.len()),
                ),
            };
            out.push_str(&match name {
                "host" => request.host.to_ascii_lowercase(),
                "http_host" => request.authority(),
                "server_name" => server_name.map_or_else(String::new, |n| n.as_str().to_owned()),
                "server_port" => listen.port?.to_string(),
                "scheme" => (if listen.tls { "https" } else { "http" }).to_owned(),
                "proxy_host" => self.proxy_host()?,
                _ => return None,
            });
            rest = more;
        }
        out.push_str(rest);
        Some(out)
    }

    /// Whether the configuration counts on another proxy in front that ends TLS: it says `https` where it does not
    /// speak it itself, or passes on what it is told.
    pub fn expects_outer_proxy(&self, listen: &Listen) -> bool {
        let proto = |h: &&Header| {
            let name = h.name.to_ascii_lowercase();
            name.starts_with("x-forwarded-")
                && (name.contains("proto") || name.contains("ssl") || name.contains("scheme"))
        };
        let told = |h: &Header| {
            h.value.contains("$http_") || !listen.tls && matches!(h.value.as_str(), "https" | "on")
        };
        self.headers.iter().filter(proto).any(told)
            || self.headers("host").any(|h| h.value.contains("forwarded"))
    }
}
