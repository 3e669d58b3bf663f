//! JUnit XML, which every CI system shows as a list of tests: a suite for each file, a failed case for each finding.
//! There is no standard; this is the part that Jenkins, GitLab and Azure read alike.

use super::gaps;
use super::safe::SafeText;
use super::summary;
use super::view::{OfFile, View};
use crate::finding::{Finding, Severity};

/// One XML document. Where nothing is wrong it has one case that passed, or, where there was nothing to check, one that
/// was skipped. What the run looked at stands in the output of the last suite.
pub(super) fn render(view: &View<'_>) -> SafeText {
    let files = view.by_file();
    let failed = view.shown.len();
    let skipped = usize::from(files.is_empty() && view.report.stacks.is_empty());
    let mut out = SafeText::own(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"compose-doctor\"",
    );
    counts(&mut out, failed.max(1), failed, skipped);
    out.push_own(">\n");
    let mut closing = SafeText::own("    <system-out>");
    closing.push(&escaped(&summary::counts(view.report, view.left_out()))).push_own("\n");
    closing.push(&escaped(&summary::coverage(view.report, view.guard)));
    for gap in gaps::first_lines(view.report, view.guard, view.sources) {
        closing.push_own("\n").push(&escaped(&gap));
    }
    closing.push_own("</system-out>\n");
    for (index, file) in files.iter().enumerate() {
        suite(&mut out, file, view, (index + 1 == files.len()).then_some(&closing));
    }
    if files.is_empty() {
        out.push_own("  <testsuite name=\"compose-doctor\"");
        counts(&mut out, 1, 0, skipped);
        out.push_own(">\n    <testcase name=\"")
            .push(&escaped(&summary::counts(view.report, view.left_out())));
        out.push_own("\" classname=\"compose-doctor\"");
        out.push_own(if skipped > 0 {
            "><skipped message=\"no Compose file found\"/></testcase>\n"
        } else {
            "/>\n"
        });
        out.push(&closing).push_own("  </testsuite>\n");
    }
    out.push_own("</testsuites>\n");
    out
}

fn counts(out: &mut SafeText, tests: usize, failures: usize, skipped: usize) {
    out.push_own(" tests=\"").push_number(tests).push_own("\" failures=\"").push_number(failures);
    out.push_own("\" errors=\"0\" skipped=\"").push_number(skipped).push_own("\"");
}

fn suite(
    out: &mut SafeText,
    (path, findings): &OfFile<'_>,
    view: &View<'_>,
    closing: Option<&SafeText>,
) {
    // What a case is called stays the same wherever the check is started; the file is found from the top.
    let file = escaped(&SafeText::outside(&view.in_repository(path)));
    let path = escaped(&view.guard.path(path));
    out.push_own("  <testsuite name=\"").push(&path).push_own("\"");
    counts(out, findings.len(), findings.len(), 0);
    out.push_own(">\n");
    for (spot, finding) in findings {
        out.push_own("    <testcase name=\"").push_own(finding.rule.name);
        out.push_own(" at ")
            .push_number(spot.line() as usize)
            .push_own(":")
            .push_number(spot.column() as usize);
        out.push_own("\" classname=\"").push(&path).push_own("\" file=\"").push(&file);
        out.push_own("\" line=\"")
            .push_number(spot.line() as usize)
            .push_own("\">\n      <failure type=\"");
        out.push_own(match finding.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Info => "info",
        });
        out.push_own("\" message=\"")
            .push(&escaped(&view.guard.line(&finding.message)))
            .push_own("\">");
        out.push(&escaped(&body(finding, view))).push_own("</failure>\n    </testcase>\n");
    }
    if let Some(closing) = closing {
        out.push(closing);
    }
    out.push_own("  </testsuite>\n");
}

/// The evidence, a line for each place, and what to do.
fn body(finding: &Finding, view: &View<'_>) -> SafeText {
    let mut out = view.guard.line(&finding.message);
    for label in &finding.labels {
        let file = view.places.file(label.span);
        out.push_own("\n").push(&file.path);
        if let Some(region) = file.region(label.span) {
            out.push_own(":")
                .push_number(region.start.line as usize)
                .push_own(":")
                .push_number(region.start.column as usize);
        }
        if !label.text.is_empty() {
            out.push_own(" ").push(&view.guard.line(&label.text));
        }
    }
    for (index, line) in view.guard.lines(&finding.help).iter().enumerate() {
        out.push_own(if index == 0 { "\nhelp: " } else { "\n" }).push(line);
    }
    out
}

/// Text between tags or in quotes. What XML 1.0 has no way to write (section 2.2, `Char`) is left out.
fn escaped(text: &SafeText) -> SafeText {
    text.rewritten(|c, out| match c {
        '&' => out.push_str("&amp;"),
        '<' => out.push_str("&lt;"),
        '>' => out.push_str("&gt;"),
        '"' => out.push_str("&quot;"),
        '\'' => out.push_str("&apos;"),
        '\t' | '\n' => out.push(c),
        '\r' => out.push_str("&#13;"),
        '\0'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => {}
        c => out.push(c),
    })
}
