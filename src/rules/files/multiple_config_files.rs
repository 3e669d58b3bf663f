//! Two Compose files of which Compose takes one.

use crate::finding::{Confidence, Finding, Quote, Severity, prose};
use crate::model::stack::Stack;
use crate::rules::{Check, Rule, Sink, meta};
use crate::source::Span;

pub(super) static RULE: Rule =
    Rule { meta: &meta::MULTIPLE_CONFIG_FILES, check: Check::Stack(check) };

fn check(stack: &Stack<'_>, sink: &mut Sink) {
    let first = stack.repository().compose_files().next().map(|f| Quote::path(f.file_name()));
    for defaults in stack.repository().ambiguous_defaults() {
        let taken = Quote::path(defaults.taken.path.file_name());
        for file in &defaults.ignored {
            let name = Quote::path(file.path.file_name());
            let base = first.as_ref().filter(|_| name.contains("override"));
            let base = base.map(|f| prose!("-f {} ", f)).unwrap_or_default();
            let finding = Finding::new(
                &meta::MULTIPLE_CONFIG_FILES,
                prose!("Compose uses {} and ignores {}, with a warning at every command", taken, name),
            )
            .label(Span::whole(file.file), "not read, unless it is named with -f")
            .label(Span::whole(defaults.taken.file), "the one that Compose takes")
            .help(prose!("keep one of the two; to use {}, remove {} or say so:\n    docker compose {}-f {} up", name, taken, base, name));
            let finding = if file.same { finding.at_most(Severity::Info) } else { finding };
            // Somebody is told to name it.
            let told = stack.repository().line_on_file(&file.path).is_some();
            sink.report(if told {
                finding.at_most(Severity::Info).sure(Confidence::Low)
            } else {
                finding
            });
        }
    }
}
