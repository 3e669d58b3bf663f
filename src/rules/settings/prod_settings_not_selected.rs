//! A stack for production loads the settings for development.

use crate::finding::{Confidence, Cure, Finding, Quote, Severity, prose};
use crate::model::roles::django::DjangoService;
use crate::model::stack::Stack;
use crate::rules::{Check, Rule, Sink, changes, meta};

pub(super) static RULE: Rule =
    Rule { meta: &meta::PROD_SETTINGS_NOT_SELECTED, check: Check::Django(check) };

fn check(service: &DjangoService, stack: &Stack<'_>, sink: &mut Sink) {
    let (Some(settings), Some(module), Some(meant)) =
        (service.settings(), &service.module, stack.django().settings_for_production(service))
    else {
        return;
    };
    let Some(debug) = settings.get("DEBUG") else { return };
    let container = stack.container(service.container);
    let message = prose!(
        "{} runs with {}, where DEBUG is on, though {} is there: whoever gets an error sees settings and code",
        container,
        Quote::name(&module.name),
        Quote::name(&meant)
    );
    let finding = Finding::new(&meta::PROD_SETTINGS_NOT_SELECTED, message)
        .label(module.name.span(), "the settings that are loaded")
        .label(debug.name_span, "on in these")
        .label(container.name_span(), "nothing here names others")
        .help(prose!(
            "name them under {}:\n    environment:\n      DJANGO_SETTINGS_MODULE: {}",
            container,
            Quote::name(&meant)
        ))
        .cure(Cure::new("load the settings for production").change(changes::variable(
            container,
            "DJANGO_SETTINGS_MODULE",
            prose!("{}", Quote::name(&meant)),
        )));
    // What a template names is there to be changed.
    let template = container.environment.rests_on_templates();
    let finding = if template { finding.at_most(Severity::Info) } else { finding };
    sink.report(if stack.repository().is_named_for_production() {
        finding
    } else {
        finding.sure(Confidence::Medium)
    });
}
