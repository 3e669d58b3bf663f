//! A branch of a start script asks for a variable that nobody sets.

use crate::finding::{Finding, Own, Quote, prose};
use crate::model::stack::Stack;
use crate::rules::{Check, Rule, Sink, meta};

pub(super) static RULE: Rule =
    Rule { meta: &meta::ENTRYPOINT_BRANCH_NEVER_TAKEN, check: Check::Stack(check) };

fn check(stack: &Stack<'_>, sink: &mut Sink) {
    for container in &stack.containers {
        for left in &container.process.left_out {
            // Another service of the stack that sets it shows what was meant for this one: it may be left out on purpose.
            if stack.containers.iter().any(|c| {
                c.environment.vars.contains_key(&left.variable) || c.environment.open.is_some()
            }) {
                continue;
            }
            let variable = Quote::name(&left.variable).or_at(left.span);
            let wanted = Quote::value(&left.wanted).or_at(left.span);
            let what = if left.waits { "never waits" } else { "never migrates" };
            sink.report(
                Finding::new(
                    &meta::ENTRYPOINT_BRANCH_NEVER_TAKEN,
                    prose!(
                        "{} {}: its script does so only if {} is `{}`, and nobody sets it",
                        container,
                        Own(what),
                        variable,
                        wanted
                    ),
                )
                .label(left.span, prose!("{} is set neither in Compose nor in the image", variable))
                .label(left.body, "so this does not run")
                .label(container.name_span(), "the service that runs it")
                .help(prose!(
                    "set it for the service:\n    environment:\n      {}: {}",
                    variable,
                    wanted
                )),
            );
        }
    }
}
