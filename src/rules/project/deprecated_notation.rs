//! Notation that Compose still reads, and warns about.

use crate::finding::{Change, Cure, NodeEdit, YamlValue};
use crate::model::compose::FaultKind;
use crate::model::stack::Stack;
use crate::rules::{Check, Rule, Sink, meta};

pub(super) static RULE: Rule =
    Rule { meta: &meta::DEPRECATED_NOTATION, check: Check::Stack(check) };

fn check(stack: &Stack<'_>, sink: &mut Sink) {
    super::report_cured(FaultKind::Deprecated, RULE.meta, stack, sink, |at| {
        let mut faults = stack.project.faults.iter();
        let fault = faults.find(|f| f.kind == FaultKind::Deprecated && f.span == at)?;
        let edit = NodeEdit::Replace(YamlValue::Bool(fault.truth?));
        let cure = Cure::new("write the boolean as YAML 1.2 has it");
        Some(cure.change(Change::YamlNode(at, edit)).safe())
    });
}
