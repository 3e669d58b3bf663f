//! A list in a Dockerfile that is not JSON: a shell runs the line as it is.

use crate::finding::{Change, Cure, Finding, Own, Prose, Quote, StatementEdit, prose};
use crate::model::container::Container;
use crate::model::image::FailedList;
use crate::model::stack::Stack;
use crate::rules::{Check, Rule, Sink, meta};

pub(super) static RULE: Rule = Rule { meta: &meta::EXEC_FORM_NOT_JSON, check: Check::Stack(check) };

fn check(stack: &Stack<'_>, sink: &mut Sink) {
    for container in &stack.containers {
        let Some(image) = container.built() else { continue };
        let (built, started) = image.failed_lists();
        for list in built {
            sink.report(
                finding(
                    prose!("the image of {} does not build: {}", container, shell_error(list)),
                    list,
                )
                .label(
                    list.line.span(),
                    "Docker reads only JSON as a list, so a shell runs this line",
                ),
            );
        }
        for list in started.into_iter().filter(|l| is_used(container, l)) {
            sink.report(
                finding(prose!("{} never starts: {}", container, shell_error(list)), list).label(
                    list.line.span(),
                    "Docker reads only JSON as a list, so a shell runs this line",
                ),
            );
        }
    }
}

/// Whether Compose leaves the instruction in force: `entrypoint` replaces both, `command` only `CMD`.
fn is_used(container: &Container<'_>, list: &FailedList) -> bool {
    let service = &container.service;
    service.entrypoint.is_none() && (list.keyword == "ENTRYPOINT" || service.command.is_none())
}

/// What the shell prints.
fn shell_error(list: &FailedList) -> Prose {
    match list.program().as_str() {
        "[" => prose!("[: unexpected operator"),
        program => prose!("{}: not found", Quote::code(program)),
    }
}

fn finding(message: Prose, list: &FailedList) -> Finding {
    let items = serde_json::to_string(&list.items).unwrap_or_default().replace("\",\"", "\", \"");
    let cure = Cure::new("write the list as JSON").change(Change::Statement(
        list.line.span(),
        StatementEdit::Replace(prose!("{} {}", Own(list.keyword), Quote::code(&items))),
    ));
    Finding::new(&meta::EXEC_FORM_NOT_JSON, message).cure(cure).help(prose!(
        "write the list as JSON, with double quotes and no comma at the end:\n    {} {}",
        Own(list.keyword),
        Quote::code(&items)
    ))
}
