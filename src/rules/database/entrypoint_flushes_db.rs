//! The database is emptied whenever the container starts.

use crate::finding::{CommandEdit, Cure, Finding, Own, Prose, Severity, prose};
use crate::model::process::{Step, StepKind};
use crate::model::stack::Stack;
use crate::rules::{Check, Rule, Sink, changes, meta};
use crate::source::Text;

pub(super) static RULE: Rule =
    Rule { meta: &meta::ENTRYPOINT_FLUSHES_DB, check: Check::Stack(check) };

/// Parts of a file's name that say that the database is there to be thrown away.
const TESTS: [&str; 5] = ["test", "tests", "testing", "ci", "e2e"];

fn check(stack: &Stack<'_>, sink: &mut Sink) {
    let named = |name: &str| {
        name.to_ascii_lowercase().split(['.', '-', '_']).any(|part| TESTS.contains(&part))
    };
    if stack.repository().compose_files().any(|f| named(f.file_name())) {
        return;
    }
    for (index, container) in stack.containers.iter().enumerate() {
        if named(container.name()) || !stack.lifecycle().starts_with_up(index) {
            continue;
        }
        // What a switch may turn off is somebody's choice.
        for step in container.process.steps.iter().filter(|s| !s.conditional) {
            let Some(does) = empties(step) else { continue };
            let mut finding = Finding::new(
                &meta::ENTRYPOINT_FLUSHES_DB,
                prose!("every start of {} {}: all rows are gone", container, Own(does)),
            )
            .label(
                step.span,
                "runs at every start, after a crash and after a new deployment as well",
            );
            if step.span.file != container.name_span().file {
                finding = finding.label(container.name_span(), "the service that runs it");
            }
            let service = stack.roles.django.iter().find(|d| d.container == index);
            let used = service.and_then(|d| d.default_database());
            let database = service.and_then(|d| stack.datastores().database_of(d, used.as_ref()));
            if let Some(mount) = database.and_then(|d| stack.storage().data_mount(d)) {
                finding = finding.label(mount.span, "keeps the rows between starts, in vain");
            }
            if !stack.repository().is_production() {
                finding = finding.at_most(Severity::Warning);
            }
            let help = if !step.words.iter().all(Text::is_resolved) {
                prose!("take the line out, or run it by hand")
            } else {
                prose!(
                    "take the line out, and run it by hand when it is wanted:\n    docker compose exec {} {}",
                    container,
                    Prose::command(&step.words)
                )
            };
            let cure = Cure::new("remove the command from the start")
                .change(changes::command(step, [CommandEdit::Drop]))
                .also("run it by hand when it is wanted");
            sink.report(finding.help(help).cure(cure));
        }
    }
}

/// What a step does away with; one that asks first fails, as nobody answers.
fn empties(step: &Step) -> Option<&'static str> {
    let has = |names: &[&str]| step.words.iter().any(|w| names.contains(&w.as_str()));
    match &step.kind {
        StepKind::Manage { command, .. } if has(&["--noinput", "--no-input"]) => {
            match command.as_str() {
                "flush" => Some("flushes the database"),
                "reset_db" => Some("drops the database and makes it anew"),
                "reset_schema" => Some("drops the schema and makes it anew"),
                _ => None,
            }
        }
        StepKind::Other => {
            let program = step.words.first()?.as_str().rsplit('/').next().unwrap_or("");
            let sql =
                |words: &str| step.words.iter().any(|w| w.to_ascii_lowercase().contains(words));
            // Tests make and drop a database of their own.
            match program {
                _ if sql("test") => None,
                "dropdb" if !has(&["-i", "--interactive"]) => Some("drops the database"),
                "psql" | "mysql" | "mariadb" if sql("drop database") => Some("drops the database"),
                "psql" if sql("drop schema") => Some("drops the schema"),
                _ => None,
            }
        }
        _ => None,
    }
}
