//! A worker falls back to another database or broker than the web service with the same settings.

use crate::finding::{Confidence, Finding, Own, Quote, Severity, prose};
use crate::model::stack::Stack;
use crate::rules::{Check, Rule, Sink, meta};

pub(super) static RULE: Rule =
    Rule { meta: &meta::WORKER_ENV_OR_CODE_DRIFT, check: Check::Stack(check) };

/// The most variables that are underlined.
const MAX_SHOWN: usize = 3;

fn check(stack: &Stack<'_>, sink: &mut Sink) {
    for drift in stack.datastores().diverging_services() {
        let (here, there) = (stack.container(drift.container), stack.container(drift.sibling));
        let Some((first, at)) = drift.lacks.first() else { continue };
        let first = Quote::name(first).or_at(*at);
        let message = prose!(
            "{} works with another {} than {}: without {} its settings fall back to {}",
            here,
            Own(drift.what),
            there,
            first,
            drift.fallback
        );
        let mut finding = Finding::new(&meta::WORKER_ENV_OR_CODE_DRIFT, message)
            .label(here.name_span(), prose!("{} is not in its environment", first))
            .label(drift.default, "what counts then");
        for (lack, span) in drift.lacks.iter().take(MAX_SHOWN) {
            finding = finding.label(
                *span,
                prose!(
                    "{} gets {}{}",
                    there,
                    Quote::name(lack).or_at(*span),
                    Own(if drift.known { "" } else { ", as far as can be told, from here" })
                ),
            );
        }
        let help = match there.service.env_files.first().filter(|_| !drift.known) {
            Some(file) => prose!("give {} the same file:\n    env_file: {}", here, file.path),
            None => prose!(
                "give {} the same variables, by an anchor that both use:\n    environment: &env\n      {}: …\n  {}:\n    environment: *env",
                here,
                first,
                here
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
