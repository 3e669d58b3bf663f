//! A command that this version of Airflow no longer has.

use crate::facts::{COMMANDS, at_least};
use crate::finding::{Confidence, Finding, Own, Quote, Severity, prose};
use crate::model::stack::Stack;
use crate::model::stack::airflow::OptionValue;
use crate::rules::{Check, Rule, Sink, meta};

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
                finding.help(prose!("run this instead:\n    airflow {}", Own(gone.instead)))
            };
            if run.span.file != container.name_span().file {
                finding = finding.label(container.name_span(), "the service that runs it");
            }
            sink.report(if run.conditional { finding.sure(Confidence::Medium) } else { finding });
        }
    }
}
