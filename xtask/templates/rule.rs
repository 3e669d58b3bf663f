//! What the rule looks at, in one sentence.

use crate::finding::{Confidence, Finding, prose};
use crate::model::stack::Stack;
use crate::rules::{Check, Rule, Sink, meta};

pub(super) static RULE: Rule = Rule { meta: &meta::VERSION_OBSOLETE, check: Check::Stack(check) };

fn check(stack: &Stack<'_>, sink: &mut Sink) {
    for container in &stack.containers {
        // Replace this with a question to a facet, such as `stack.network().resolve(..)`. `let … else` leaves out what does
        // not apply. Where the model answers `Unknown`, stay silent or lower the confidence.
        let Some(image) = container.service.image.as_ref().filter(|i| i.text.is_empty()) else {
            continue;
        };
        let message = prose!("what the user will see of {}, then the cause", container);
        let finding = Finding::new(&meta::VERSION_OBSOLETE, message)
            // The first label is where the fix goes; the others are further evidence.
            .label(image.text.span(), "why this place matters")
            .label_if(
                container.service.build.as_ref().map(|b| b.span),
                "a place that may be missing",
            )
            .help(prose!("the file to change, then code to paste:\n    image: {}", image.text));
        // Less sure than the page says, because this rests on an assumption.
        let assumed = container.presumed;
        sink.report(if assumed { finding.sure(Confidence::Medium) } else { finding });
    }
}
