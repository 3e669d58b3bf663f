//! The list of a health check is not run as it reads.

use crate::facts;
use crate::finding::{Change, Cure, Finding, NodeEdit, Prose, Quote, Severity, YamlValue, prose};
use crate::model::compose::Condition;
use crate::model::container::{Container, SplitCheck};
use crate::model::stack::Stack;
use crate::rules::{Check, Rule, Sink, meta};
use crate::source::Text;

pub(super) static RULE: Rule =
    Rule { meta: &meta::HEALTHCHECK_CMD_SHELL_EXTRA_ARGS, check: Check::Stack(check) };

fn check(stack: &Stack<'_>, sink: &mut Sink) {
    for container in &stack.containers {
        let Some(split) = container.split_check() else { continue };
        let waited = stack.containers.iter().any(|c| {
            c.service.depends_on.iter().any(|d| {
                d.service.as_str() == container.name() && d.condition == Condition::ServiceHealthy
            })
        });
        let (finding, fails) = match &split {
            SplitCheck::Dropped(first, rest) => {
                let span =
                    rest.iter().fold(rest.first().map_or(first.span(), Text::span), |all, w| {
                        all.cover(w.span())
                    });
                let whole = Prose::command(std::iter::once(first).chain(rest));
                (
                    Finding::new(
                        &meta::HEALTHCHECK_CMD_SHELL_EXTRA_ARGS,
                        prose!(
                            "the health check of {} runs only `{}`: CMD-SHELL takes one text",
                            container,
                            first
                        ),
                    )
                    .label(span, "never reaches the program")
                    .label(first.span(), "is all that the shell runs")
                    .cure_if(cure(container, whole.clone()))
                    .help(prose!("write one text:\n    test: [\"CMD-SHELL\", \"{}\"]", whole)),
                    facts::program_is(first, |p| p.wants_arguments),
                )
            }
            SplitCheck::OneWord(only) => (
                Finding::new(
                    &meta::HEALTHCHECK_CMD_SHELL_EXTRA_ARGS,
                    prose!(
                        "{} never gets healthy: exec: \"{}\": executable file not found in $PATH",
                        container,
                        only
                    ),
                )
                .label(only.span(), "is looked for as one program: CMD uses no shell")
                .cure_if(cure(container, prose!("{}", Quote::code(only))))
                .help(prose!(
                    "let the shell take it apart:\n    test: [\"CMD-SHELL\", \"{}\"]",
                    only
                )),
                true,
            ),
        };
        sink.report(if fails && waited { finding } else { finding.at_most(Severity::Warning) });
    }
}

/// Writes the check as one text for the shell.
fn cure(container: &Container<'_>, line: Prose) -> Option<Cure> {
    let test = container.service.healthcheck.as_ref()?.test.as_ref()?;
    let words = YamlValue::row(["CMD-SHELL".into(), line]);
    Some(
        Cure::new("give the shell one string")
            .change(Change::YamlNode(test.span, NodeEdit::Replace(words))),
    )
}
