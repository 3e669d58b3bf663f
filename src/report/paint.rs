//! Colours: the sixteen every terminal has, so that the reader's own palette is kept.

use super::safe::SafeText;
use crate::finding::Severity;

/// How a piece of text stands out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Style {
    Bold,
    Dim,
    Red,
    Yellow,
    Cyan,
    Green,
}

impl Style {
    /// The style of a severity.
    pub(super) fn of_severity(severity: Severity) -> Self {
        match severity {
            Severity::Error => Self::Red,
            Severity::Warning => Self::Yellow,
            Severity::Info => Self::Cyan,
        }
    }

    fn code(self) -> &'static str {
        match self {
            Self::Bold => "\u{1b}[1m",
            Self::Dim => "\u{1b}[2m",
            Self::Red => "\u{1b}[31m",
            Self::Yellow => "\u{1b}[33m",
            Self::Cyan => "\u{1b}[36m",
            Self::Green => "\u{1b}[32m",
        }
    }
}

/// Puts colours around text, or not.
#[derive(Debug, Clone, Copy)]
pub(super) struct Paint(pub(super) bool);

impl Paint {
    /// Appends `text` in `style`.
    pub(super) fn put(self, out: &mut SafeText, style: Style, text: &SafeText) {
        if !self.0 || text.is_empty() {
            out.push(text);
            return;
        }
        out.push_own(style.code()).push(text).push_own("\u{1b}[0m");
    }

    /// Appends this program's own text in `style`.
    pub(super) fn own(self, out: &mut SafeText, style: Style, text: &'static str) {
        self.put(out, style, &SafeText::own(text));
    }
}
