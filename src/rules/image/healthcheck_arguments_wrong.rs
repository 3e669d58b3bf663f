//! A health check that gives a well-known program an argument which it does not take.

use crate::finding::{Change, Cure, Finding, Own, Prose, Quote, prose};
use crate::model::stack::Stack;
use crate::rules::{Check, Rule, Sink, changes, meta};

pub(super) static RULE: Rule =
    Rule { meta: &meta::HEALTHCHECK_ARGUMENTS_WRONG, check: Check::Stack(check) };

fn check(stack: &Stack<'_>, sink: &mut Sink) {
    for container in &stack.containers {
        let Some(wrong) = container.wrong_probe_argument() else { continue };
        let word = Quote::code(wrong.word.as_str()).or_at(wrong.word.span());
        let (before, after) =
            wrong.probe.answer.split_once("{word}").unwrap_or((wrong.probe.answer, ""));
        let said: Prose = prose!("{}{}{}", Own(before), word.clone(), Own(after));
        let finding = Finding::new(
            &meta::HEALTHCHECK_ARGUMENTS_WRONG,
            prose!("{} stays unhealthy: {}", container, said),
        )
        .label(wrong.word.span(), "is neither an option nor a command");
        sink.report(match &wrong.dash {
            Some(option) => {
                let with = prose!("{}", Quote::code(option).or_at(wrong.word.span()));
                let cure = changes::verbatim(&wrong.word).map(|at| {
                    Cure::new("write the option with its dash")
                        .change(Change::Replace { at, with: with.clone() })
                });
                finding.cure_if(cure).help(prose!("options begin with a dash:\n    {}", with))
            }
            None => finding.help("leave it out, or write it with the option that it belongs to"),
        });
    }
}
