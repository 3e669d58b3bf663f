//! What is not there in the files of a stack, and may be added by whoever runs it. Shared by the rules of this
//! group.

use crate::finding::{Confidence, Finding, Severity, prose};
use crate::model::compose::{Fault, FaultKind};
use crate::model::stack::Stack;

/// The most faults that are looked at to see whether a stack is a part of something larger.
const MAX_FAULTS: usize = 8;

/// Weighs a fault of something that is not there: another file may have it, or a manual tells people to set it.
pub(super) fn judge(stack: &Stack<'_>, fault: &Fault, finding: Finding) -> Finding {
    if fault.kind == FaultKind::RequiredVariable {
        let told = fault.about.as_ref().and_then(|a| stack.repository().line_on_variable(&a.name));
        let finding = finding.label_if(told, "here it is spoken of");
        return if told.is_some() {
            finding.at_most(Severity::Info).sure(Confidence::Low)
        } else {
            finding
        };
    }
    let Some((section, name)) = lacks(fault) else { return finding };
    let is_part = || {
        stack
            .project
            .faults
            .iter()
            .filter_map(lacks)
            .take(MAX_FAULTS)
            .any(|(s, n)| stack.repository().find_supply(s, n, false).is_some())
    };
    let supply = stack.repository().find_supply(section, name, false).or_else(|| {
        is_part().then(|| stack.repository().find_supply(section, name, true)).flatten()
    });
    let Some(supply) = supply else { return finding };
    let finding = match &supply.copy_to {
        Some(copy) => {
            finding.help(prose!("make the file from its sample:\n    cp {} {}", supply.shown, copy))
        }
        None => {
            let own = stack.repository().compose_files().next();
            let own = own.map(|f| stack.repository().display_path(f)).unwrap_or_default();
            finding.help(prose!(
                "name both files:\n    docker compose -f {} -f {} up",
                supply.shown,
                own
            ))
        }
    };
    finding.label(supply.span, "it stands here").at_most(Severity::Info).sure(Confidence::Low)
}

/// Whether a service has no image only because what is included has it, and clashes with it: that is told.
pub(super) fn follows(stack: &Stack<'_>, fault: &Fault) -> bool {
    let clashes = |f: &Fault| f.kind == FaultKind::ExtendsInclude && f.about == fault.about;
    fault.kind == FaultKind::NoImage
        && fault.about.is_some()
        && stack.project.faults.iter().any(clashes)
}

/// The top-level section and the name of what is not there.
fn lacks(fault: &Fault) -> Option<(&'static str, &str)> {
    let about = fault.about.as_ref()?;
    let lacking =
        matches!(fault.kind, FaultKind::NoImage | FaultKind::Dependency | FaultKind::Undefined);
    lacking.then_some((about.section?, about.name.as_str()))
}
