//! The list of a health check is not run as it reads.

use crate::facts;
use crate::finding::{Change, Cure, Finding, NodeEdit, Prose, Quote, Severity, YamlValue, prose};
use crate::model::compose::Condition;
use crate::model::container::{Container, SplitCheck, exec_form};
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
                // As one text it would still call a program that does not ask the server, such as `ping`.
                let probe = container.server_probe();
                let (cure, help) = match probe.is_empty() || is_client(container, first) {
                    true => (
                        cure(container, whole.clone()),
                        prose!("write one text:\n    test: [\"CMD-SHELL\", \"{}\"]", whole),
                    ),
                    false => (
                        probe_cure(container, &probe),
                        prose!(
                            "ask the server with its own client:\n    test: {}",
                            exec_form(&probe)
                        ),
                    ),
                };
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
                    .cure_if(cure)
                    .help(help),
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

/// Whether a program is one by which the server of a container is asked, as far as that is known of its image.
fn is_client(container: &Container<'_>, program: &str) -> bool {
    let known = container.base_image().and_then(|image| facts::presumed(image));
    known.is_none_or(|image| {
        image.tools.is_empty()
            || image.tools.contains(&program)
            || image.probe.first() == Some(&program)
    })
}

/// Asks the server with the program that its image has for that.
fn probe_cure(container: &Container<'_>, probe: &[Prose]) -> Option<Cure> {
    let test = container.service.healthcheck.as_ref()?.test.as_ref()?;
    let words = std::iter::once(Prose::from("CMD")).chain(probe.iter().cloned());
    Some(
        Cure::new("ask the server with its own client")
            .change(Change::YamlNode(test.span, NodeEdit::Replace(YamlValue::row(words)))),
    )
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
