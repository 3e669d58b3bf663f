//! Two Compose files of which Compose takes one.

use crate::finding::{Confidence, Finding, Severity};
use crate::model::stack::Stack;
use crate::rules::{Check, Rule, Sink, meta};
use crate::source::{RelPath, Span};

pub(super) static RULE: Rule =
    Rule { meta: &meta::MULTIPLE_CONFIG_FILES, check: Check::Stack(check) };

fn check(stack: &Stack<'_>, sink: &mut Sink) {
    let first = stack.repository().compose_files().next().map(RelPath::file_name);
    for defaults in stack.repository().ambiguous_defaults() {
        let taken = defaults.taken.path.file_name();
        for file in &defaults.ignored {
            let name = file.path.file_name();
            let base = first
                .filter(|_| name.contains("override"))
                .map_or_else(String::new, |f| format!("-f {f} "));
            let finding = Finding::new(
                &meta::MULTIPLE_CONFIG_FILES,
                format!("Compose uses {taken} and ignores {name}, with a warning at every command"),
            )
            .label(Span::whole(file.file), "not read, unless it is named with -f")
            .label(Span::whole(defaults.taken.file), "the one that Compose takes")
            .help(format!("keep one of the two; to use {name}, remove {taken} or say so:\n    docker compose {base}-f {name} up"));
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
