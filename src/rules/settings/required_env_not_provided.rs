//! The settings need a variable that the process surely does not get.

use crate::finding::{Confidence, Finding};
use crate::model::roles::django::DjangoService;
use crate::model::stack::Stack;
use crate::rules::{Check, Rule, Sink, meta};

pub(super) static RULE: Rule =
    Rule { meta: &meta::REQUIRED_ENV_NOT_PROVIDED, check: Check::Django(check) };

/// The most variables that are underlined.
const MAX_SHOWN: usize = 4;

fn check(service: &DjangoService, stack: &Stack<'_>, sink: &mut Sink) {
    let Some(settings) = service.settings() else { return };
    // What stands in `.env` and is not passed on is told as such.
    let lacks: Vec<_> = settings
        .lacks
        .iter()
        .filter(|(name, _)| stack.environment().dotenv_entry(name).is_none())
        .collect();
    let [(first, _), ..] = lacks.as_slice() else { return };
    let container = stack.container(service.container);
    let name = container.name();
    let message =
        format!("{name} does not start: the settings need {first}, and nothing gives it to {name}");
    let mut finding = Finding::new(&meta::REQUIRED_ENV_NOT_PROVIDED, message);
    for (variable, span) in lacks.iter().take(MAX_SHOWN) {
        finding = finding.label(*span, format!("{variable} has no default"));
    }
    let help = format!(
        "set it under {name}, from a .env file that git ignores:\n    environment:\n      {first}: ${{{first}:?set it in .env}}"
    );
    finding = finding
        .label(container.name_span(), format!("{first} is not in its environment"))
        .help(help);
    // Whoever runs a stack can pass variables in ways that no file shows; a text that speaks of it tells them to.
    sink.report(if stack.repository().line_on_variable(first).is_some() {
        finding.sure(Confidence::Low)
    } else {
        finding
    });
}
