//! YAML makes a boolean or number of a value, and the settings wait for the text as it is written.

use crate::finding::{Change, Cure, Finding, NodeEdit, Quote, YamlValue, prose};
use crate::model::roles::django::DjangoService;
use crate::model::stack::Stack;
use crate::rules::{Check, Rule, Sink, meta};

pub(super) static RULE: Rule =
    Rule { meta: &meta::YAML_ENV_BOOL_NUMBER, check: Check::Django(check) };

fn check(service: &DjangoService, stack: &Stack<'_>, sink: &mut Sink) {
    let container = stack.container(service.container);
    for changed in stack.environment().changed_by_yaml(service) {
        let (is, would) = &changed.values;
        let written = Quote::value(&changed.written).or_at(changed.span);
        let arrives = Quote::value(&changed.arrives).or_at(changed.span);
        let message = prose!(
            "{} is {} in {}, not {}: YAML reads {} as a value of its own, and it arrives as \"{}\"",
            Quote::name(&changed.setting).or_at(changed.setting_span),
            Quote::value(is),
            container,
            Quote::value(would),
            written,
            arrives
        );
        sink.report(
            Finding::new(&meta::YAML_ENV_BOOL_NUMBER, message)
                .label(changed.span, prose!("arrives as \"{}\"", arrives))
                .label(changed.setting_span, prose!("is {} for it", Quote::value(is)))
                .help(prose!(
                    "put it in quotes:\n    {}: \"{}\"",
                    Quote::name(&changed.variable),
                    written
                ))
                .cure(Cure::new("put the value in quotes").safe().change(Change::YamlNode(
                    changed.span,
                    NodeEdit::Replace(YamlValue::text(prose!("{}", written))),
                ))),
        );
    }
}
