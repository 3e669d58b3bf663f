//! What `config` says on standard error.

use super::{Look, SafeText};
use crate::model::compose::{Effective, Project};
use crate::source::Sources;

/// What is wrong with a project, and whether Compose refuses it.
pub fn config_trouble(project: &Project, effective: &Effective, sources: &Sources<'_>, _look: Look) -> (SafeText, bool) {
    let mut text = String::new();
    let mut refused = false;
    let place = |span: crate::source::Span| {
        let f = sources.file(span.file);
        let p = f.position(span.start);
        format!("{}:{}:{}", f.path, p.line, p.column)
    };
    for f in project.faults.iter().chain(&effective.faults) {
        refused |= f.refused || matches!(f.kind, crate::model::compose::FaultKind::Remote | crate::model::compose::FaultKind::Limit);
        text += &format!("{}: {:?} {}\n", place(f.span), f.kind, f.message);
    }
    for e in project.errors.iter().chain(&effective.errors) {
        refused = true;
        text += &format!("{}: {}\n", place(e.span), e.message);
    }
    for (span, p, why) in project.unusable.iter().chain(&effective.unusable) {
        refused = true;
        text += &format!("{}: {p} {why}\n", place(*span));
    }
    for (n, span) in &project.unset {
        text += &format!("{}: warning: unset {n}\n", place(*span));
    }
    (SafeText::outside(&text), refused)
}

/// A rendered project as it is, passwords and all: that is what was asked for.
pub fn config_text(text: String) -> SafeText {
    SafeText::composed(text)
}
