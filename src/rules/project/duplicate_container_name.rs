//! Two services want the same container name.

use crate::model::compose::FaultKind;
use crate::model::stack::Stack;
use crate::rules::{Check, Rule, Sink, meta};

pub(super) static RULE: Rule =
    Rule { meta: &meta::DUPLICATE_CONTAINER_NAME, check: Check::Stack(check) };

fn check(stack: &Stack<'_>, sink: &mut Sink) {
    super::report_removable(
        FaultKind::ContainerNameTwice,
        RULE.meta,
        stack,
        sink,
        "remove one of the names",
    );
}
