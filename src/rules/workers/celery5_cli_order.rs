//! `celery worker -A proj`, which Celery 5 no longer takes.

use crate::finding::{CommandEdit, Confidence, Cure, Finding, Quote, Severity, prose};
use crate::model::process::{Step, StepKind};
use crate::model::stack::Stack;
use crate::rules::{Check, Rule, Sink, changes, meta};
use crate::source::Text;

pub(super) static RULE: Rule = Rule { meta: &meta::CELERY5_CLI_ORDER, check: Check::Stack(check) };

fn check(stack: &Stack<'_>, sink: &mut Sink) {
    for container in &stack.containers {
        let Some((celery, true)) = container
            .packages
            .as_ref()
            .and_then(|p| p.get("celery"))
            .map(|c| (c, c.newest_is_at_least(5) == Some(true)))
        else {
            continue;
        };
        for step in &container.process.steps {
            let (Some((words, option)), StepKind::Celery { role, .. }) =
                (step.app_behind_subcommand(), &step.kind)
            else {
                continue;
            };
            let Some((first, last)) = words.first().zip(words.last()) else { continue };
            let span = if first.span().file == last.span().file {
                first.span().cover(last.span())
            } else {
                step.span
            };
            // Flower only warns, and looks for a broker on localhost.
            let flower = role == "flower";
            let message = if flower {
                prose!(
                    "{} watches nothing: Celery 5 takes `{}` before `flower`, not behind it",
                    container,
                    Quote::code(&option)
                )
            } else {
                prose!(
                    "{} does not start: Error: No such option '{}'",
                    container,
                    Quote::code(last.split('=').next().unwrap_or("-A")).or_at(last.span())
                )
            };
            let version = if celery.version.is_empty() {
                prose!("no version is asked for: the newest is installed")
            } else {
                prose!("Celery {}", Quote::value(&celery.version).or_at(celery.span))
            };
            let mut finding = Finding::new(&meta::CELERY5_CLI_ORDER, message)
                .label(
                    span,
                    prose!("since Celery 5 this option belongs before `{}`", Quote::code(role)),
                )
                .label(celery.span, version)
                .help(prose!(
                    "name the application first:\n    celery {} {}",
                    Quote::code(&option),
                    Quote::code(role)
                ))
                .cure_if(cure(step, words));
            if step.span.file != container.name_span().file {
                finding = finding.label(container.name_span(), "the service that runs it");
            }
            finding = if flower { finding.at_most(Severity::Warning) } else { finding };
            sink.report(if step.conditional { finding.sure(Confidence::Medium) } else { finding });
        }
    }
}

/// Moves the option in front of the subcommand.
fn cure(step: &Step, words: &[Text]) -> Option<Cure> {
    let place = |text: &Text| step.words.iter().position(|w| w.span() == text.span());
    let (role, option) = (place(words.first()?)?, place(words.last()?)?);
    // `-A app` is two words, `--app=app` and `-Aapp` are one.
    let apart = matches!(step.words[option].as_str(), "-A" | "--app");
    let moved = option..option + 1 + usize::from(apart);
    let text = step.words.get(moved.clone())?.iter().map(|w| prose!("{}", Quote::code(w)));
    Some(Cure::new("name the application in front of the subcommand").change(changes::command(
        step,
        [CommandEdit::Insert(role, text.collect()), CommandEdit::Remove(moved)],
    )))
}
