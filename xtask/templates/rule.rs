//! What the rule looks at, in one sentence.

use crate::finding::Finding;
use crate::model::stack::Stack;
use crate::rules::{Check, Rule, Sink, meta};

pub(super) static RULE: Rule = Rule { meta: &meta::VERSION_OBSOLETE, check: Check::Stack(check) };

fn check(stack: &Stack<'_>, sink: &mut Sink) {
    for service in &stack.project.services {
        // Replace this with a question to the model. Where it answers `Unknown`, stay silent or lower the confidence.
        let wrong = service.name.as_str().is_empty();
        if wrong {
            sink.report(
                Finding::new(&meta::VERSION_OBSOLETE, "what the user will see, then the cause")
                    .label(service.name.span(), "why this place matters")
                    .help("the file to change, then code to paste"),
            );
        }
    }
}
