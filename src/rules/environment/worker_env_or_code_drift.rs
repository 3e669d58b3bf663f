//! A worker falls back to another database or broker than the web service with the same settings.

use crate::finding::{Confidence, Finding, Severity};
use crate::model::stack::Stack;
use crate::rules::{Check, Rule, Sink, meta};

pub(super) static RULE: Rule =
    Rule { meta: &meta::WORKER_ENV_OR_CODE_DRIFT, check: Check::Stack(check) };

/// The most variables that are underlined.
const MAX_SHOWN: usize = 3;

fn check(stack: &Stack<'_>, sink: &mut Sink) {
    for drift in stack.datastores().diverging_services() {
        let (here, there) = (stack.container(drift.container), stack.container(drift.sibling));
        let (name, other) = (here.name(), there.name());
        let Some((first, _)) = drift.lacks.first() else { continue };
        let message = format!(
            "{name} works with another {} than {other}: without {first} its settings fall back to {}",
            drift.what, drift.fallback
        );
        let mut finding = Finding::new(&meta::WORKER_ENV_OR_CODE_DRIFT, message)
            .label(here.name_span(), format!("{first} is not in its environment"))
            .label(drift.default, "what counts then");
        for (lack, span) in drift.lacks.iter().take(MAX_SHOWN) {
            finding = finding.label(
                *span,
                format!(
                    "{other} gets {lack}{}",
                    if drift.known { "" } else { ", as far as can be told, from here" }
                ),
            );
        }
        let help = match there.service.env_files.first().filter(|_| !drift.known) {
            Some(file) => format!("give {name} the same file:\n    env_file: {}", file.path),
            None => format!(
                "give {name} the same variables, by an anchor that both use:\n    environment: &env\n      {first}: …\n  {name}:\n    environment: *env"
            ),
        };
        let finding = finding.help(help);
        sink.report(if drift.known {
            finding
        } else {
            finding.at_most(Severity::Warning).sure(Confidence::Medium)
        });
    }
}
