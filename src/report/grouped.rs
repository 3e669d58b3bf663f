//! Findings by file, for people who work through a file at a time.

use super::paint::{Paint, Style};
use super::safe::SafeText;
use super::summary;
use super::view::View;
use super::wrap::wrap;

/// Below each path a line for each finding, `line:column severity[rule] message`, and the closing lines at the end.
/// A long message goes on below where it began.
pub(super) fn render(view: &View<'_>) -> SafeText {
    let options = view.wanted.options;
    let paint = Paint(options.color);
    let mut out = SafeText::new();
    for (path, mut findings) in view.by_file() {
        paint.put(&mut out, Style::Bold, &view.guard.path(&path));
        out.push_own("\n");
        findings.sort_by_key(|(spot, _)| (spot.line(), spot.column()));
        let mut places = Vec::new();
        for (spot, _) in &findings {
            let mut place = SafeText::new();
            place
                .push_number(spot.line() as usize)
                .push_own(":")
                .push_number(spot.column() as usize);
            places.push(place);
        }
        let widest = places.iter().map(|p| p.as_str().len()).max().unwrap_or(0);
        for ((_, finding), place) in findings.iter().zip(&places) {
            out.push_spaces(2);
            paint.put(&mut out, Style::Dim, place);
            out.push_spaces(widest - place.as_str().len() + 1);
            let mut rule = SafeText::own(finding.severity.as_str());
            rule.push_own("[").push_own(finding.rule.name).push_own("]");
            paint.put(&mut out, Style::of_severity(finding.severity), &rule);
            let begun = 2 + widest + 1 + rule.as_str().len() + 1;
            let indent = 2 + widest + 1 + 2;
            let first = options.width.saturating_sub(begun).max(20);
            let rest = options.width.saturating_sub(indent).max(20);
            for (index, line) in
                wrap(&view.guard.line(&finding.message), first, rest).iter().enumerate()
            {
                if index == 0 {
                    out.push_own(" ");
                } else {
                    out.push_own("\n").push_spaces(indent);
                }
                out.push(line);
            }
            out.push_own("\n");
        }
        out.push_own("\n");
    }
    out.push(&summary::closing(view.report, view.guard, view.sources, options, view.left_out()));
    out
}
