//! Markdown for people who read a CI job's summary or a comment: a table of what was found, and below it, folded, the
//! evidence and the cure of each. Whatever a project is called, it is text here (see [`inert`]).

mod inert;

use super::gaps;
use super::safe::SafeText;
use super::summary;
use super::view::View;
use crate::finding::Finding;

/// The most bytes of the whole: a comment on GitHub takes no more characters, and the summary of a job takes more.
const LIMIT: usize = 65_536;
/// Bytes kept for the sentences that say what is left out.
const RESERVE: usize = 512;

/// A heading with the counts, the table, and an explanation of each finding, the worst first.
pub(super) fn render(view: &View<'_>) -> SafeText {
    let report = view.report;
    let mut out = SafeText::own("## compose-doctor: ");
    out.push(&summary::counts(report, view.left_out()));
    let mut coverage = inert::prose(&summary::coverage(report, view.guard));
    if coverage.as_str().len() > LIMIT / 8 {
        coverage = SafeText::own("The list of files that were not read is too long for a summary.");
    }
    out.push_own("\n\n").push(&coverage).push_own("\n");
    let gaps = gaps::first_lines(report, view.guard, view.sources);
    let gaps = fitting(gaps.iter().map(inert::prose), LIMIT / 8);
    for (index, gap) in gaps.iter().enumerate() {
        out.push_own(if index == 0 { "\nNot judged:\n\n- " } else { "- " });
        out.push(gap).push_own("\n");
    }
    let findings = view.worst_first();
    if findings.is_empty() {
        return out;
    }
    // Half of the room at most is for the table, so that the worst findings are explained as well.
    let rows: Vec<SafeText> =
        fitting(findings.iter().map(|f| row(f, view)), LIMIT / 2 - out.as_str().len());
    out.push_own("\n| severity | rule | place | what happens |\n|---|---|---|---|\n");
    rows.iter().for_each(|row| {
        out.push(row);
    });
    if rows.len() < findings.len() {
        let missing = findings.len() - rows.len();
        out.push_own("\n")
            .push_number(missing)
            .push_own(" further findings are left out of the table, none of them worse.\n");
    }
    let explained: Vec<SafeText> = fitting(
        findings.iter().map(|f| explanation(f, view)),
        LIMIT.saturating_sub(out.as_str().len() + RESERVE),
    );
    explained.iter().for_each(|text| {
        out.push(text);
    });
    if explained.len() < findings.len() {
        let missing = findings.len() - explained.len();
        out.push_own("\n")
            .push_number(missing)
            .push_own(" findings are not explained here, because there is no room. ");
        out.push_own("`compose-doctor check` explains them all.\n");
    }
    out
}

/// The texts from the first on that have together at most `room` bytes.
fn fitting(texts: impl Iterator<Item = SafeText>, room: usize) -> Vec<SafeText> {
    let mut used = 0;
    texts
        .take_while(|text| {
            used += text.as_str().len();
            used <= room
        })
        .collect()
}

/// The place of a finding, as people name it.
fn place(finding: &Finding, view: &View<'_>) -> SafeText {
    let spot = view.primary(finding);
    let mut out = view.guard.path(&spot.path);
    if let Some(region) = &spot.region {
        out.push_own(":").push_number(region.start.line as usize);
    }
    out
}

fn row(finding: &Finding, view: &View<'_>) -> SafeText {
    let mut out = SafeText::own("| ");
    out.push_own(finding.severity.as_str())
        .push_own(" | `")
        .push_own(finding.rule.name)
        .push_own("` | ");
    out.push(&inert::code(&place(finding, view))).push_own(" | ");
    out.push(&inert::prose(&view.guard.line(&finding.message))).push_own(" |\n");
    out
}

/// Folded: the message, the evidence and the cure.
fn explanation(finding: &Finding, view: &View<'_>) -> SafeText {
    let mut out = SafeText::own("\n<details><summary>");
    out.push_own(finding.severity.as_str())
        .push_own(" <code>")
        .push_own(finding.rule.name)
        .push_own("</code> in <code>");
    out.push(&inert::html(&place(finding, view))).push_own("</code></summary>\n\n");
    out.push_own("**What happens:** ")
        .push(&inert::prose(&view.guard.line(&finding.message)))
        .push_own("\n\n");
    for label in &finding.labels {
        let file = view.places.file(label.span);
        let mut at = file.path.clone();
        if let Some(region) = file.region(label.span) {
            at.push_own(":")
                .push_number(region.start.line as usize)
                .push_own(":")
                .push_number(region.start.column as usize);
        }
        out.push_own("- ").push(&inert::code(&at));
        if !label.text.is_empty() {
            out.push_own(" ").push(&inert::prose(&view.guard.line(&label.text)));
        }
        out.push_own("\n");
    }
    let help = view.guard.lines(&finding.help);
    if !help.is_empty() {
        out.push_own("\n**What to do:**\n\n").push(&inert::fence(&help));
    }
    out.push_own("\n`compose-doctor explain ")
        .push_own(finding.rule.name)
        .push_own("` tells more.\n\n</details>\n");
    out
}
