//! The top-level `version` key.

use crate::finding::{Change, Cure, Finding, NodeEdit};
use crate::model::stack::Stack;
use crate::rules::{Check, Rule, Sink, meta};

pub(super) static RULE: Rule = Rule { meta: &meta::VERSION_OBSOLETE, check: Check::Stack(check) };

fn check(stack: &Stack<'_>, sink: &mut Sink) {
    for (key, value) in &stack.project.versions {
        let whole = key.span().cover(*value);
        sink.report(
            Finding::new(
                &meta::VERSION_OBSOLETE,
                "Compose ignores `version` and warns about it at every command",
            )
            .label(whole, "obsolete since Compose v2")
            .help("delete the line")
            .cure(
                Cure::new("delete `version`")
                    .safe()
                    .change(Change::YamlNode(key.span(), NodeEdit::Remove)),
            ),
        );
    }
}
