//! The settings module raises an error when it is loaded.

use crate::finding::{Finding, Prose, Quote, prose};
use crate::model::django::{Cause, Failure};
use crate::model::roles::django::DjangoService;
use crate::model::stack::Stack;
use crate::rules::{Check, Rule, Sink, meta};

pub(super) static RULE: Rule =
    Rule { meta: &meta::SETTINGS_DO_NOT_LOAD, check: Check::Django(check) };

fn check(service: &DjangoService, stack: &Stack<'_>, sink: &mut Sink) {
    let Some(settings) = service.settings() else { return };
    let Some(failure) = &settings.failure else { return };
    // An env file that is not in the checkout may set what the error comes from.
    if settings.absent {
        return;
    }
    // A variable that is not set, a module that is not there and a syntax error are findings of their own.
    if matches!(failure.cause, Cause::Variable(_) | Cause::Module(_) | Cause::Syntax) {
        return;
    }
    let container = stack.container(service.container);
    // A template holds placeholders, which the project's own checks refuse.
    if !container.environment.assumptions().is_empty() {
        return;
    }
    let words = Quote::value(&failure.message).or_at(failure.span);
    let kind = Quote::name(&failure.kind).or_at(failure.span);
    let message = if failure.message.is_empty() {
        prose!("{} cannot load its settings: {}", container, kind)
    } else {
        prose!("{} cannot load its settings: {}: {}", container, kind, words)
    };
    let mut finding = Finding::new(&meta::SETTINGS_DO_NOT_LOAD, message)
        .label(failure.span, "this line raises the error");
    if failure.site != failure.span {
        finding = finding.label(failure.site, "the settings get there from here");
    }
    let finding = finding.label(container.name_span(), "the service that loads them");
    sink.report(finding.help(cure(failure)));
}

fn cure(failure: &Failure) -> Prose {
    match &failure.cause {
        Cause::Name(name) if failure.kind == "NameError" => {
            let name = Quote::name(name).or_at(failure.span);
            prose!("import {} or assign it above this line", name)
        }
        Cause::Name(name) => {
            prose!(
                "define {} in that module, or change the name",
                Quote::name(name).or_at(failure.span)
            )
        }
        Cause::File(path) => {
            prose!("add {} to the image, or read it only where it exists", Quote::path(path))
        }
        Cause::Models => {
            "import models inside the functions that use them: settings load before any app".into()
        }
        Cause::Code => "correct this line: no variable makes it work".into(),
        Cause::Raised => "set what this check wants in the environment of the service".into(),
        Cause::Value | Cause::Variable(_) | Cause::Module(_) | Cause::Syntax => {
            "give the variable a value or a default of the type that this line needs".into()
        }
    }
}
