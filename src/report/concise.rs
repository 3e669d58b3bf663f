//! One line per finding, for editors and scripts.

use super::safe::SafeText;
use super::view::View;

/// `path:line:column: error[rule] message`, in the order of the full format. The closing lines are
/// not in it: they go elsewhere, so that every line here is a finding.
pub(super) fn render(view: &View<'_>) -> SafeText {
    let mut out = SafeText::new();
    for finding in &view.shown {
        match finding.labels.first() {
            Some(label) => {
                let file = view.places.file(label.span);
                let at = file.position(label.span.start);
                out.push(&file.path)
                    .push_own(":")
                    .push_number(at.line as usize)
                    .push_own(":")
                    .push_number(at.column as usize);
            }
            None => {
                out.push_own(".");
            }
        }
        out.push_own(": ")
            .push_own(finding.severity.as_str())
            .push_own("[")
            .push_own(finding.rule.name)
            .push_own("] ");
        out.push(&view.guard.line(&finding.message)).push_own("\n");
    }
    out
}
