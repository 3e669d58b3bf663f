//! Fixtures are loaded over what is in the database, at every start.

use crate::finding::{CommandEdit, Cure, Finding, Prose, prose};
use crate::model::stack::Stack;
use crate::rules::{Check, Rule, Sink, changes, meta};

pub(super) static RULE: Rule = Rule { meta: &meta::LOADDATA_AT_START, check: Check::Stack(check) };

fn check(stack: &Stack<'_>, sink: &mut Sink) {
    for (index, container) in stack.containers.iter().enumerate() {
        let django = stack.roles.django.iter().find(|d| d.container == index);
        let Some(service) = django.filter(|_| stack.lifecycle().starts_with_up(index)) else {
            continue;
        };
        let Some(step) =
            container.process.steps.iter().find(|s| s.manages("loaddata") && !s.conditional)
        else {
            continue;
        };
        // A database that is emptied first, or forgets by itself, loses nothing by it.
        if container.process.steps.iter().any(|s| s.manages("flush") || s.manages("reset_db")) {
            continue;
        }
        let Some(database) =
            stack.datastores().database_of(service, service.default_database().as_ref())
        else {
            continue;
        };
        let Some(mount) = stack.storage().data_mount(database) else { continue };
        let mut finding = Finding::new(
            &meta::LOADDATA_AT_START,
            prose!("every start of {} puts the rows of its fixtures back: what was changed or deleted in them since is undone", container),
        )
        .label(step.span, "runs at every start")
        .label(mount.span, "keeps what people changed, until the next start");
        if step.span.file != container.name_span().file {
            finding = finding.label(container.named_at(), "the service that runs it");
        }
        let line = step.words.iter().filter(|w| w.is_resolved() && !w.is_empty());
        sink.report(finding.help(prose!("load them once by hand, or put rows that belong to the code into a data migration:\n    docker compose exec {} {}", container, Prose::command(line))).cure(
            Cure::new("remove the command from the start")
                .change(changes::command(step, [CommandEdit::Drop]))
                .also("load the rows once by hand, or put rows that belong to the code into a data migration"),
        ));
    }
}
