//! The settings need a variable that the process surely does not get.

use crate::finding::{Change, Confidence, Cure, Finding, NodeEdit, Quote, Severity, prose};
use crate::model::roles::django::DjangoService;
use crate::model::stack::Stack;
use crate::model::stack::environment::NeverRead;
use crate::rules::{Check, Rule, Sink, changes, meta};

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
        // What a template leaves out is told as a fault of the template.
        .filter(|(name, _)| !stack.environment().is_left_out(service.container, name))
        .collect();
    let [(first, place), ..] = lacks.as_slice() else { return };
    let missing = Quote::name(first).or_at(*place);
    let container = stack.container(service.container);
    let message = prose!(
        "{} does not start: the settings need {}, and nothing gives it to {}",
        container,
        missing,
        container
    );
    let mut finding = Finding::new(&meta::REQUIRED_ENV_NOT_PROVIDED, message);
    for (variable, span) in lacks.iter().take(MAX_SHOWN) {
        finding =
            finding.label(*span, prose!("{} has no default", Quote::name(variable).or_at(*span)));
    }
    let help = prose!(
        "set it under {}, from a .env file that git ignores:\n    environment:\n      {}: ${{}:?set it in .env}",
        container,
        missing,
        missing
    );
    let misnamed = match container.service.environment.is_empty() {
        true => Vec::new(),
        false => stack.environment().never_read(service.container),
    };
    finding = finding
        .label(container.name_span(), prose!("{} is not in its environment", missing))
        .help(help)
        .cure(
            Cure::new(prose!(
                "pass the variables to {}, from a .env file that git ignores",
                container
            ))
            .changes(lacks.iter().map(|(name, span)| {
                // One that is given under another name keeps its value.
                if let Some(other) = misnamed.iter().find(|l| is_meant(l, name)) {
                    let new = NodeEdit::Rename(prose!("{}", Quote::name(name).or_at(*span)));
                    return Change::YamlNode(other.span, new);
                }
                let name = Quote::name(name).or_at(*span);
                changes::variable(container, &name, prose!("${{}:?set it in .env}", name))
            }))
            .changes(lacks.iter().flat_map(|(name, _)| changes::listed_in_template(stack, name)))
            .also("write the values into .env"),
        );
    // A template that lacks it may be filled in further.
    if container.environment.rests_on_templates() {
        finding = finding.at_most(Severity::Warning);
    }
    // Whoever runs a stack can pass variables in ways that no file shows; a text that speaks of it tells them to.
    sink.report(if stack.repository().line_on_variable(first).is_some() {
        finding.sure(Confidence::Low)
    } else {
        finding
    });
}

/// Whether a variable that nothing reads is meant to be this one.
fn is_meant(unread: &NeverRead, name: &str) -> bool {
    unread.meant.as_ref().is_some_and(|(meant, _)| meant == name)
}
