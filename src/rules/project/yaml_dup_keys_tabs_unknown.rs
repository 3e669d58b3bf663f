//! A key that Compose does not know, or that stands in one mapping twice.

use crate::model::compose::FaultKind;
use crate::model::stack::Stack;
use crate::rules::{Check, Rule, Sink, meta};

pub(super) static RULE: Rule =
    Rule { meta: &meta::YAML_DUP_KEYS_TABS_UNKNOWN, check: Check::Stack(check) };

fn check(stack: &Stack<'_>, sink: &mut Sink) {
    super::report(FaultKind::Key, RULE.meta, stack, sink);
}
