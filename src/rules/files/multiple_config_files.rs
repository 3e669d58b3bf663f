//! Two Compose files of which Compose takes one.

use crate::finding::{Confidence, Finding, Severity};
use crate::model::stack::Stack;
use crate::rules::{Check, Rule, Sink, meta};
use crate::source::Span;

pub(super) static RULE: Rule =
    Rule { meta: &meta::MULTIPLE_CONFIG_FILES, check: Check::Stack(check) };

fn check(stack: &Stack<'_>, sink: &mut Sink) {
    let first = stack.project.files.first().map(|f| f.path.file_name().to_owned());
    for rivals in stack.repository().rivals() {
        let taken = rivals.taken.path.file_name().to_owned();
        for file in &rivals.ignored {
            let name = file.path.file_name();
            let base = first
                .as_deref()
                .filter(|_| name.contains("override"))
                .map_or_else(String::new, |f| format!("-f {f} "));
            let finding = Finding::new(
                &meta::MULTIPLE_CONFIG_FILES,
                format!("Compose uses {taken} and ignores {name}, with a warning at every command"),
            )
            .label(Span::whole(file.id), "not read, unless it is named with -f")
            .label(Span::whole(rivals.taken.id), "the one that Compose takes")
            .help(format!("keep one of the two; to use {name}, remove {taken} or say so:\n    docker compose {base}-f {name} up"));
            let same = file.body().trim().as_str() == rivals.taken.body().trim().as_str();
            let finding = if same { finding.at_most(Severity::Info) } else { finding };
            // Somebody is told to name it.
            let told = stack.repository().told_of_file(&file.path).is_some();
            sink.report(if told {
                finding.at_most(Severity::Info).sure(Confidence::Low)
            } else {
                finding
            });
        }
    }
}
