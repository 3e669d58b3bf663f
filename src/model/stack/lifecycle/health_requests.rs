//! What health checks ask of a service over HTTP (Compose specification, `healthcheck`).

use super::Lifecycle;
use crate::source::{Span, Text};

/// A request of a health check to the container itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HealthRequest {
    /// The host it names, which Django sees as the `Host` header.
    pub host: String,
    pub port: u16,
    /// Whether the check fails when the answer is an error such as 400.
    pub strict: bool,
    /// The address, with its place.
    pub span: Span,
    /// Whether it asks by `http`.
    pub plain: bool,
}

impl<'s> Lifecycle<'s> {
    /// The request that a service's own health check sends; `None` where it sends none, sends a `Host` of its own,
    /// or cannot be read.
    pub fn health_request(&self, index: usize) -> Option<HealthRequest> {
        let check =
            self.stack.container(index).service.healthcheck.as_ref().filter(|c| !c.disabled)?;
        let words = &check.test.as_ref()?.words;
        let whole: Vec<&str> = words.iter().map(|w| w.as_str()).collect();
        let text = whole.join(" ");
        // A header of its own is what Django looks at.
        let lower = text.to_ascii_lowercase();
        let begins = |at: usize| {
            !lower[..at]
                .ends_with(|c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_'))
        };
        if lower.match_indices("host:").any(|(at, _)| begins(at))
            || lower.contains("'host'")
            || lower.contains("\"host\"")
        {
            return None;
        }
        let (word, at) = words
            .iter()
            .find_map(|w| Some((w, w.find("http://").or_else(|| w.find("https://"))?)))?;
        let address = word.as_str().get(at..)?;
        let end = address
            .find(|c: char| c.is_whitespace() || matches!(c, '\'' | '"' | ')' | '|' | ';' | '&'))
            .unwrap_or(address.len());
        let address = address.get(..end)?;
        let (scheme, rest) = address.split_once("://")?;
        let authority = rest.split(['/', '?', '#']).next()?;
        if authority.is_empty()
            || !word.slice_of(authority).is_resolved()
            || authority.contains(['$', '{', '@', '['])
        {
            return None;
        }
        let (host, port) = authority
            .rsplit_once(':')
            .unwrap_or((authority, if scheme == "https" { "443" } else { "80" }));
        // `curl` calls a 400 a success unless it is told otherwise; wget and urllib fail.
        let curl = text.contains("curl");
        let strict = if curl {
            text.split_whitespace().any(|w| {
                w == "--fail"
                    || w == "--fail-with-body"
                    || w.starts_with('-') && !w.starts_with("--") && w.contains('f')
            })
        } else {
            text.contains("wget") || text.contains("urlopen") || text.contains("raise_for_status")
        };
        let place: Text = word.slice(at..at + address.len());
        Some(HealthRequest {
            host: host.to_ascii_lowercase(),
            port: port.parse().ok()?,
            strict,
            span: place.span(),
            plain: scheme == "http",
        })
    }
}
