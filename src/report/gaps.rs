//! What was not judged and why, in a line for each reason, so that a clean run is never a silent skip.

use super::guard::Guard;
use super::safe::SafeText;
use crate::finding::{Gap, Prose, Quote, Report, prose};
use crate::source::{Sources, Span};

/// The most lines that a summary shows.
const MAX_LINES: usize = 4;

/// A gap, and what is to be read of it.
pub(super) struct GapLine<'r> {
    pub(super) gap: &'r Gap,
    /// `web: start command not followed after entrypoint.sh:12 (…); 31 rules did not apply`
    pub(super) text: SafeText,
}

/// A line for each gap of the report; what two stacks have in common is one.
pub(super) fn lines<'r>(
    report: &'r Report,
    guard: &Guard<'_>,
    sources: &Sources<'_>,
) -> Vec<GapLine<'r>> {
    let mut all: Vec<GapLine<'r>> = Vec::new();
    for gap in report.stacks.iter().flat_map(|s| &s.gaps) {
        let place = gap.why.place.map(|span| place(span, guard, sources));
        let text = guard.line(&gap.sentence(place));
        if !all.iter().any(|line| line.text == text) {
            all.push(GapLine { gap, text });
        }
    }
    all
}

/// The first lines, and how many more there are.
pub(super) fn first_lines(
    report: &Report,
    guard: &Guard<'_>,
    sources: &Sources<'_>,
) -> Vec<SafeText> {
    let mut all: Vec<SafeText> =
        lines(report, guard, sources).into_iter().map(|line| line.text).collect();
    if let Some(path) = &report.coverage.not_run {
        let path = Quote::path(&guard.relative(path));
        let line = prose!("no service is known to run {}: its settings were not read", path);
        all.push(guard.line(&line));
    }
    if all.len() > MAX_LINES {
        let mut more = SafeText::own("and ");
        more.push_number(all.len() - MAX_LINES + 1).push_own(
            " more; `--verbose` lists what was not judged, and every value that is not known",
        );
        all.truncate(MAX_LINES - 1);
        all.push(more);
    }
    all
}

/// `path:line`
pub(super) fn place(span: Span, guard: &Guard<'_>, sources: &Sources<'_>) -> Prose {
    let file = sources.file(span.file);
    let line = file.position(span.start).line as usize;
    prose!("{}:{}", Quote::path(&guard.relative(&file.path)), line)
}
