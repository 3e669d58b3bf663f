//! Where a value that Django uses is written.

use super::Environments;
use crate::model::django::{Cast, Value, ValueKind};
use crate::model::endpoint;
use crate::model::roles::django::DjangoService;
use crate::source::Span;

/// Where a value that Django uses is written, and how it got there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Written {
    /// The place a person would change.
    pub span: Span,
    /// Whether it is written in the settings (as a literal, or as the default of a read).
    pub in_settings: bool,
}

impl Environments<'_> {
    /// Where the text of a setting is written: the environment entry it is read from, or the settings.
    pub fn written(&self, service: &DjangoService, value: &Value) -> Written {
        let container = self.stack.container(service.container);
        if let Some(read) = value.reads.iter().rev().find(|r| r.set_at.is_some()) {
            let at = container
                .environment
                .written_at(&read.name)
                .or_else(|| read.set_at.as_ref().map(|t| t.span()));
            return Written { span: at.unwrap_or(value.span), in_settings: false };
        }
        // The default stands inside the call that reads the variable.
        let default = value.reads.iter().rev().find_map(|r| r.default.as_ref().map(|d| d.span));
        let text = match &value.kind {
            ValueKind::Str(text) if !text.span().is_empty() => Some(text.span()),
            _ => None,
        };
        Written { span: default.or(text).unwrap_or(value.span), in_settings: true }
    }

    /// The URL that a variable holds from which a host was taken, with another host, and the place of the URL; `None` for a
    /// host that stands by itself.
    pub fn url_with_host(&self, value: &Value, host: &str) -> Option<(String, Span)> {
        let read = value.reads.iter().rev().find(|r| r.cast == Cast::Url || r.set_at.is_some())?;
        let default = read.default.as_deref().and_then(|d| match &d.kind {
            ValueKind::Str(text) => Some(text),
            _ => None,
        });
        let text = read.set_at.as_ref().or(default)?;
        Some((endpoint::with_host(text, host)?, text.span()))
    }
}
