//! How a fault would be fixed, or what would be assumed to read on.

use crate::finding::{Awaited, Finding, RuleMeta};
use crate::source::{RelPath, Span};

/// The repair of one fault, as edits of the files that it was found in.
#[derive(Debug)]
pub(super) struct Repair {
    /// The fault.
    pub(super) fault: Awaited,
    /// What replaces bytes.
    pub(super) edits: Vec<(Span, String)>,
    /// Files that come to be.
    pub(super) new_files: Vec<New>,
    /// Rules that could only report what the repair leaves open.
    pub(super) silences: &'static [&'static RuleMeta],
    /// The place of what the repair adds, where a finding may be about that as well.
    pub(super) stands_at: Option<Span>,
    /// Whether what it writes can only be meant so, and a finding about that is one about what is there.
    pub(super) is_sure: bool,
    /// Places of which too little is known to report anything there.
    pub(super) unclear: Vec<Span>,
}

/// A file that comes to be.
#[derive(Debug)]
pub(super) struct New {
    pub(super) path: RelPath,
    pub(super) text: String,
    /// The file whose text it is.
    pub(super) origin: Option<RelPath>,
}

impl Repair {
    /// One that does nothing yet.
    pub(super) fn of(fault: &Finding) -> Option<Self> {
        let span = fault.labels.first()?.span;
        Some(Self {
            fault: Awaited { rule: fault.rule, span },
            edits: Vec::new(),
            new_files: Vec::new(),
            silences: &[],
            stands_at: None,
            is_sure: false,
            unclear: Vec::new(),
        })
    }

    /// Adds an edit.
    pub(super) fn edit(mut self, span: Span, with: impl Into<String>) -> Self {
        self.edits.push((span, with.into()));
        self
    }

    /// Adds a file.
    pub(super) fn file(mut self, new: New) -> Self {
        self.new_files.push(new);
        self
    }

    /// Whether a finding rests on what the repair leaves open.
    pub(super) fn holds_back(&self, finding: &Finding) -> bool {
        let within = |at: Span| {
            self.unclear.iter().any(|u| u.file == at.file && u.start < at.end && at.start < u.end)
        };
        self.silences.iter().any(|rule| std::ptr::eq(*rule, finding.rule))
            || finding.labels.iter().any(|l| within(l.span))
    }

    fn touches(&self, other: &Self) -> bool {
        let touch = |a: Span, b: Span| a.file == b.file && a.start <= b.end && b.start <= a.end;
        self.edits.iter().any(|(a, _)| other.edits.iter().any(|(b, _)| touch(*a, *b)))
            || self.new_files.iter().any(|a| other.new_files.iter().any(|b| a.path == b.path))
    }
}

/// The first repairs that can be laid together.
pub(super) fn fitting(repairs: &[Repair], most: usize) -> Vec<&Repair> {
    let mut laid: Vec<&Repair> = Vec::new();
    for repair in repairs {
        if laid.len() < most && !laid.iter().any(|l| l.touches(repair)) {
            laid.push(repair);
        }
    }
    laid
}
