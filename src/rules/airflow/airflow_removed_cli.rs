//! A command that this version of Airflow no longer has.

use crate::facts::{COMMANDS, at_least};
use crate::finding::{
    Change, CommandEdit, Confidence, Cure, Finding, Own, Prose, Quote, Severity, prose,
};
use crate::model::container::Container;
use crate::model::stack::Stack;
use crate::model::stack::airflow::OptionValue;
use crate::rules::{Check, Rule, Sink, changes, meta};

pub(super) static RULE: Rule =
    Rule { meta: &meta::AIRFLOW_REMOVED_CLI, check: Check::Stack(check) };

fn check(stack: &Stack<'_>, sink: &mut Sink) {
    for airflow in &stack.roles.airflow {
        let Some(version) = airflow.version.as_deref() else { continue };
        let container = stack.container(airflow.container);
        for run in &airflow.runs {
            let gone = COMMANDS.iter().find(|c| {
                // Where a later release brought it back, a tag like `3` does not say which one it is.
                let back = c.until.is_some_and(|u| !version.contains('.') || at_least(version, u));
                c.program == "airflow"
                    && c.command == run.verb
                    && at_least(version, c.since)
                    && !back
            });
            let Some(gone) = gone else { continue };
            // The commands of an auth manager that is chosen are there.
            let auth = stack.airflow().option(airflow, "core", "auth_manager");
            let chosen = gone.until.is_some() && !matches!(auth, OptionValue::Unset);
            if chosen {
                continue;
            }
            let message = prose!("{} stops: {}", container, Own(gone.answer));
            let mut finding = Finding::new(&meta::AIRFLOW_REMOVED_CLI, message)
                .label(
                    run.span,
                    prose!(
                        "since {} Airflow has no `{}`",
                        Own(gone.since),
                        Quote::code(&run.verb).or_at(run.span)
                    ),
                )
                .label(
                    airflow.named,
                    prose!("runs Airflow {}", Quote::value(version).or_at(airflow.named)),
                );
            finding = if gone.until.is_some() {
                finding
                    .help(prose!(
                        "choose the auth manager that has users, for every component:\n    {}",
                        Own(gone.instead)
                    ))
                    .at_most(Severity::Warning)
            } else {
                let lead = prose!("run `airflow {}` instead", Own(gone.instead));
                finding
                    .help(prose!("run this instead:\n    airflow {}", Own(gone.instead)))
                    .cure_if(
                        replaced(container, &run.verb, gone.instead)
                            .map(|change| Cure::new(lead).change(change)),
                    )
            };
            if run.span.file != container.name_span().file {
                finding = finding.label(container.name_span(), "the service that runs it");
            }
            sink.report(if run.conditional { finding.sure(Confidence::Medium) } else { finding });
        }
    }
}

/// Writes another command where a container runs one of Airflow's; `None` where the words are not found in one step.
fn replaced(container: &Container<'_>, verb: &str, instead: &'static str) -> Option<Change> {
    let old: Vec<&str> = verb.split(' ').collect();
    let new: Vec<&'static str> = instead.split(' ').collect();
    container.process.steps.iter().find_map(|step| {
        let starts = |words: &[crate::source::Text]| {
            words.iter().zip(&old).all(|(word, part)| word.as_str() == *part)
        };
        let at = step.words.windows(old.len()).position(starts)?;
        let both = old.len().min(new.len());
        let mut edits: Vec<CommandEdit> =
            (0..both).map(|i| CommandEdit::Word(at + i, new[i].into())).collect();
        if new.len() > both {
            let more: Vec<Prose> = new[both..].iter().map(|w| Prose::from(*w)).collect();
            edits.push(CommandEdit::Insert(at + both, more));
        } else if old.len() > both {
            edits.push(CommandEdit::Remove(at + both..at + old.len()));
        }
        Some(changes::command(step, edits))
    })
}
