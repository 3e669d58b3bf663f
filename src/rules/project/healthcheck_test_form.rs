//! A health check whose list starts with the program.

use crate::finding::{Change, Cure, NodeEdit, YamlValue};
use crate::model::compose::FaultKind;
use crate::model::stack::Stack;
use crate::rules::{Check, Rule, Sink, meta};

pub(super) static RULE: Rule =
    Rule { meta: &meta::HEALTHCHECK_TEST_FORM, check: Check::Stack(check) };

fn check(stack: &Stack<'_>, sink: &mut Sink) {
    super::report_cured(FaultKind::HealthcheckForm, RULE.meta, stack, sink, |at| {
        let tests =
            stack.project.services.iter().filter_map(|s| s.healthcheck.as_ref()?.test.as_ref());
        let first = tests.filter_map(|t| t.words.first()).find(|w| w.span() == at);
        let form = first.map(|w| w.to_ascii_uppercase());
        let form = ["CMD", "CMD-SHELL", "NONE"].into_iter().find(|f| form.as_deref() == Some(f));
        Some(match form {
            Some(form) => Cure::new("write the form in upper case")
                .change(Change::Replace { at, with: form.into() }),
            None => Cure::new("put CMD in front of the program")
                .change(Change::YamlNode(at, NodeEdit::InsertBefore(YamlValue::text("CMD")))),
        })
    });
}
