//! The container writes migrations when it starts.

use crate::finding::{CommandEdit, Confidence, Cure, Finding, Severity, prose};
use crate::model::process::Step;
use crate::model::stack::Stack;
use crate::model::stack::django::{LocalApp, Migrations};
use crate::rules::{Check, Rule, Sink, changes, meta};

pub(super) static RULE: Rule =
    Rule { meta: &meta::MAKEMIGRATIONS_AT_RUNTIME, check: Check::Stack(check) };

fn check(stack: &Stack<'_>, sink: &mut Sink) {
    for (index, container) in stack.containers.iter().enumerate() {
        if !stack.lifecycle().starts_with_up(index) {
            continue;
        }
        let mut steps =
            container.process.manage("makemigrations").filter(|s| writes(s)).collect::<Vec<_>>();
        // One that surely runs says most.
        steps.sort_by_key(|s| s.conditional);
        if let Some((step, more)) = steps.split_first() {
            let development = !stack.repository().is_production();
            let message = if development {
                prose!(
                    "every start of {} writes migrations: what is in the database depends on who started it when",
                    container
                )
            } else {
                prose!(
                    "every start of {} writes migrations of its own, which are not in the code that is deployed",
                    container
                )
            };
            let mut finding = Finding::new(&meta::MAKEMIGRATIONS_AT_RUNTIME, message)
                .label(step.span, "runs at every start");
            for again in more {
                finding = finding.label(again.span, "and here");
            }
            if step.span.file != container.name_span().file {
                finding = finding.label(container.name_span(), "the service that runs it");
            }
            let context = container
                .built()
                .map_or_else(|| stack.repository().project_folder().clone(), |i| i.context.clone());
            let apps = stack.roles.django.iter().flat_map(|d| stack.django().local_apps(d));
            let apps: Vec<LocalApp> = apps.filter(|a| a.model.is_some()).collect();
            let ignored = apps.iter().any(|a| ignores(stack, a));
            let lacks_some = apps.iter().any(|a| a.migrations != Migrations::Found);
            let help = if ignored {
                "git ignores the migrations: take the line out of .gitignore, make them once and commit them; only then remove this line, or a fresh checkout has no tables:\n    python manage.py makemigrations"
            } else if stack.repository().find_files(&context, "0001_initial.py").is_empty() {
                "no migrations are in this checkout: make them once by hand and commit them, then take the line out:\n    python manage.py makemigrations"
            } else {
                "take the line out and leave `migrate`; make migrations by hand and commit them. For a test:\n    python manage.py makemigrations --check"
            };
            if development {
                finding = finding.at_most(Severity::Info);
            }
            let drop = |s: &&Step| changes::command(s, [CommandEdit::Drop]);
            // Without the line nothing makes the tables of migrations that are not committed.
            let cure = (!ignored && !lacks_some).then(|| {
                Cure::new("remove `makemigrations` from the start")
                    .change(drop(step))
                    .changes(more.iter().map(drop))
                    .also("make migrations by hand and commit them")
            });
            finding = finding.help(help).cure_if(cure);
            sink.report(if step.conditional { finding.sure(Confidence::Low) } else { finding });
        }
    }
}

/// Whether git ignores the migrations of an app.
fn ignores(stack: &Stack<'_>, app: &LocalApp) -> bool {
    let first = app.folder.join("migrations/0001_initial.py");
    first.is_some_and(|path| stack.repository().is_ignored(&path))
}

/// Whether it writes files (`--check` and `--dry-run` only look).
fn writes(step: &Step) -> bool {
    !step.words.iter().any(|w| matches!(w.as_str(), "--check" | "--dry-run" | "--help"))
}
