//! A variable is set and nothing reads it.

use crate::finding::{Confidence, Finding, Severity};
use crate::model::stack::Stack;
use crate::rules::{Check, Rule, Sink, meta};

pub(super) static RULE: Rule = Rule { meta: &meta::ENV_VAR_NEVER_READ, check: Check::Stack(check) };

fn check(stack: &Stack<'_>, sink: &mut Sink) {
    for (index, container) in stack.containers.iter().enumerate() {
        // Only what Compose itself gives to one service is meant for it; an env file serves several.
        if container.service.environment.is_empty() {
            continue;
        }
        for lost in stack.environment().never_read(index) {
            let name = container.name();
            let message = match &lost.meant {
                Some((meant, _)) => {
                    format!("{name} is given {}, which nothing reads; it reads {meant}", lost.name)
                }
                None => format!("{name} is given {}, which nothing reads", lost.name),
            };
            let mut finding = Finding::new(&meta::ENV_VAR_NEVER_READ, message);
            finding = finding.label(lost.span, "nothing reads this");
            let finding = match &lost.meant {
                Some((meant, span)) => {
                    finding.label_if(*span, format!("{meant} is read, and set nowhere")).help(format!("did you mean `{meant}`?"))
                }
                None => finding.at_most(Severity::Info).help(match &lost.image {
                    Some(image) => format!("the image `{image}` does not know it; take it out, or set what the image knows"),
                    None => "take it out, or read it in the settings".to_owned(),
                }),
            };
            sink.report(if lost.meant.is_some() { finding } else { finding.sure(Confidence::Low) });
        }
    }
}
