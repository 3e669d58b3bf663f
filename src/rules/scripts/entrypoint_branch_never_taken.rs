//! A branch of a start script needs a variable that nothing sets.

use crate::finding::{Finding, Own, Quote, prose};
use crate::model::container::Container;
use crate::model::process::{LeftOut, LeftOutStep};
use crate::model::stack::Stack;
use crate::rules::{Check, Rule, Sink, meta};

pub(super) static RULE: Rule =
    Rule { meta: &meta::ENTRYPOINT_BRANCH_NEVER_TAKEN, check: Check::Stack(check) };

fn check(stack: &Stack<'_>, sink: &mut Sink) {
    for container in &stack.containers {
        let unserved = container.process.unserved().next();
        for left in unserved.into_iter().chain(&container.process.left_out) {
            // What prepares a server that does not start, and a server where another one runs.
            let follows = match left.does {
                LeftOutStep::Serves => !unserved.is_some_and(|u| std::ptr::eq(u, left)),
                _ => unserved.is_some_and(|u| u.variable == left.variable),
            };
            // Another service of the stack that sets it shows what was meant for this one: it may be left out on purpose.
            let set = stack.containers.iter().any(|c| {
                c.environment.vars.contains_key(&left.variable) || c.environment.open.is_some()
            });
            if follows || set {
                continue;
            }
            sink.report(judge(container, left));
            if left.does == LeftOutStep::Serves {
                break;
            }
        }
    }
}

fn judge(container: &Container<'_>, left: &LeftOut) -> Finding {
    let variable = Quote::name(&left.variable).or_at(left.span);
    let wanted = Quote::value(&left.wanted).or_at(left.span);
    let message = match left.does {
        LeftOutStep::Waits | LeftOutStep::Migrates => {
            let never = if left.does == LeftOutStep::Waits { "waits" } else { "migrates" };
            prose!(
                "{} never {}: its script does so only if {} is `{}`, and nothing sets it",
                container,
                Own(never),
                variable,
                wanted
            )
        }
        LeftOutStep::Serves => prose!(
            "{} exits without a server: its script starts one only if {} is `{}`, and nothing sets it",
            container,
            variable,
            wanted
        ),
    };
    Finding::new(&meta::ENTRYPOINT_BRANCH_NEVER_TAKEN, message)
        .label(left.span, prose!("{} is set neither in Compose nor in the image", variable))
        .label(left.body, "so this does not run")
        .label(container.name_span(), "the service that runs it")
        .help(prose!("set it for the service:\n    environment:\n      {}: {}", variable, wanted))
}
