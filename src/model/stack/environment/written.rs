//! Where a value that Django uses is written.

use super::Environments;
use crate::model::container::EnvValue;
use crate::model::django::{Cast, Value, ValueKind};
use crate::model::endpoint;
use crate::model::roles::django::DjangoService;
use crate::source::{PieceKind, Span};

/// Where a value that Django uses is written, and how it got there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Written {
    /// The place a person would change.
    pub span: Span,
    /// Whether it is written in the settings (as a literal, or as the default of a read).
    pub in_settings: bool,
}

impl Environments<'_> {
    /// Where the text of a setting is written: the environment entry it is read from, or the settings. What a script puts
    /// together from variables is written where they are.
    pub fn written(&self, service: &DjangoService, value: &Value) -> Written {
        let container = self.stack.container(service.container);
        if let Some(variable) = self.variable_in_script(service, value) {
            let span = variable.via.first().copied().unwrap_or(variable.span);
            return Written { span, in_settings: false };
        }
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

    /// The variable of the container that a script puts into another one, as which the settings read it: the host of
    /// `export DATABASE_URL="postgres://…@${POSTGRES_HOST}/…"`.
    pub fn variable_in_script(&self, service: &DjangoService, value: &Value) -> Option<&EnvValue> {
        let ValueKind::Str(text) = &value.kind else { return None };
        let [piece] = text.pieces() else { return None };
        value.reads.iter().find(|r| r.set_at.is_some())?;
        if piece.kind != PieceKind::Derived {
            return None;
        }
        let file = self.stack.sources.file(piece.src.file);
        let written = file.text.get(piece.src.range())?.strip_prefix('$')?;
        let name = written.strip_prefix('{').and_then(|n| n.strip_suffix('}')).unwrap_or(written);
        let variable = self.stack.container(service.container).environment.vars.get(name)?;
        let same = variable.text.known().is_some_and(|t| t.as_str() == text.as_str());
        same.then_some(variable)
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
