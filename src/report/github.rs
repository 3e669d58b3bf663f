//! Annotations of GitHub Actions: workflow commands on standard output, which the runner turns into marks on the
//! changed lines ("Workflow commands for GitHub Actions", setting an error message). Paths are from the top of the
//! repository, as the runner wants them.

use super::safe::SafeText;
use super::view::{Spot, View};
use crate::finding::{Finding, Severity};

/// How many annotations of each type GitHub shows for a step.
const SHOWN: usize = 10;
/// The most bytes of the text of one annotation; the rest is what `compose-doctor check` shows.
const MAX_TEXT_BYTES: usize = 4_000;

/// A line for each finding, the worst first, and one that says how many GitHub will not show.
pub(super) fn render(view: &View<'_>) -> SafeText {
    let findings = view.worst_first();
    let number = |severity| findings.iter().filter(|f| f.severity == severity).count();
    let serious = [Severity::Error, Severity::Warning]
        .map(|s| number(s).saturating_sub(SHOWN))
        .iter()
        .sum::<usize>();
    let notices = number(Severity::Info);
    // What says so is a notice itself, and has to come before the tenth.
    let unseen = match serious + notices.saturating_sub(SHOWN) {
        0 => 0,
        _ => serious + notices.saturating_sub(SHOWN - 1),
    };
    let mut told = unseen == 0;
    let mut out = SafeText::new();
    for finding in findings {
        if !told && finding.severity == Severity::Info {
            more(&mut out, unseen);
            told = true;
        }
        annotation(&mut out, finding, view);
    }
    if !told {
        more(&mut out, unseen);
    }
    out
}

fn more(out: &mut SafeText, unseen: usize) {
    out.push_own("::notice title=compose-doctor::").push_number(unseen);
    out.push_own(" more in the log of this step: GitHub shows ten errors, ten warnings and ten notices of each\n");
}

fn annotation(out: &mut SafeText, finding: &Finding, view: &View<'_>) {
    out.push_own(match finding.severity {
        Severity::Error => "::error ",
        Severity::Warning => "::warning ",
        Severity::Info => "::notice ",
    });
    let spot = view.primary(finding);
    if !spot.path.is_root() {
        out.push_own("file=")
            .push(&property(&SafeText::outside(&view.in_repository(&spot.path))))
            .push_own(",");
        region(out, &spot);
    }
    out.push_own("title=compose-doctor ").push_own(finding.rule.name).push_own("::");
    out.push(&data(&body(finding, view))).push_own("\n");
}

/// Columns are for places in one line only.
fn region(out: &mut SafeText, spot: &Spot) {
    out.push_own("line=").push_number(spot.line() as usize).push_own(",");
    let Some(region) = &spot.region else { return };
    out.push_own("endLine=").push_number(region.end.line as usize).push_own(",");
    if region.start.line == region.end.line {
        out.push_own("col=").push_number(region.start.column as usize).push_own(",");
        out.push_own("endColumn=").push_number(region.end.column as usize).push_own(",");
    }
}

/// What happens, the evidence and what to do; whole lines up to [`MAX_TEXT_BYTES`].
fn body(finding: &Finding, view: &View<'_>) -> SafeText {
    let mut out = view.guard.line(&finding.message);
    let mut lines = vec![SafeText::new()];
    for label in &finding.labels {
        let spot = view.spot(label.span);
        let mut line = SafeText::outside(&view.in_repository(&spot.path));
        if let Some(region) = &spot.region {
            line.push_own(":").push_number(region.start.line as usize);
        }
        if !label.text.is_empty() {
            line.push_own(": ").push(&view.guard.line(&label.text));
        }
        lines.push(line);
    }
    let help = view.guard.lines(&finding.help);
    if !help.is_empty() {
        lines.push(SafeText::new());
        lines.extend(help);
    }
    for line in lines {
        if out.as_str().len() + line.as_str().len() > MAX_TEXT_BYTES {
            out.push_own("\n…");
            break;
        }
        out.push_own("\n").push(&line);
    }
    out
}

/// The text of a command: what the runner would take for the end of the line is escaped.
fn data(text: &SafeText) -> SafeText {
    text.rewritten(|c, out| match c {
        '%' => out.push_str("%25"),
        '\r' => out.push_str("%0D"),
        '\n' => out.push_str("%0A"),
        c => out.push(c),
    })
}

/// The value of a property: also what ends a property or the properties.
fn property(text: &SafeText) -> SafeText {
    data(text).rewritten(|c, out| match c {
        ':' => out.push_str("%3A"),
        ',' => out.push_str("%2C"),
        c => out.push(c),
    })
}
