//! The list of a health check is not run as it reads.

use crate::facts;
use crate::finding::{Finding, Severity};
use crate::model::compose::Condition;
use crate::model::container::SplitCheck;
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
                let span = rest.iter().fold(rest.first().map_or(first.span(), Text::span), |all, w| all.cover(w.span()));
                let whole: Vec<&str> = std::iter::once(first).chain(rest).map(Text::as_str).collect();
                (
                    Finding::new(
                        &meta::HEALTHCHECK_CMD_SHELL_EXTRA_ARGS,
                        format!("the health check of {} runs only `{first}`: CMD-SHELL takes one text", container.name()),
                    )
                    .label(span, "never reaches the program")
                    .label(first.span(), "is all that the shell runs")
                    .help(format!("write one text:\n    test: [\"CMD-SHELL\", \"{}\"]", whole.join(" "))),
                    facts::program_is(first, |p| p.wants_arguments),
                )
            }
            SplitCheck::OneWord(only) => (
                Finding::new(
                    &meta::HEALTHCHECK_CMD_SHELL_EXTRA_ARGS,
                    format!("{} never gets healthy: exec: \"{only}\": executable file not found in $PATH", container.name()),
                )
                .label(only.span(), "is looked for as one program: CMD uses no shell")
                .help(format!("let the shell take it apart:\n    test: [\"CMD-SHELL\", \"{only}\"]")),
                true,
            ),
        };
        sink.report(if fails && waited { finding } else { finding.at_most(Severity::Warning) });
    }
}
