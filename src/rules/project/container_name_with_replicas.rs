//! One name for several containers.

use crate::model::compose::FaultKind;
use crate::model::stack::Stack;
use crate::rules::{Check, Rule, Sink, meta};

pub(super) static RULE: Rule =
    Rule { meta: &meta::CONTAINER_NAME_WITH_REPLICAS, check: Check::Stack(check) };

fn check(stack: &Stack<'_>, sink: &mut Sink) {
    super::report_removable(
        FaultKind::ContainerNameReplicas,
        RULE.meta,
        stack,
        sink,
        "remove the name, so that each container gets its own",
    );
}
