//! YAML makes a boolean or number of a value, and the settings wait for the text as it is written.

use crate::finding::Finding;
use crate::model::roles::django::DjangoService;
use crate::model::stack::Stack;
use crate::rules::{Check, Rule, Sink, meta};

pub(super) static RULE: Rule =
    Rule { meta: &meta::YAML_ENV_BOOL_NUMBER, check: Check::Django(check) };

fn check(service: &DjangoService, stack: &Stack<'_>, sink: &mut Sink) {
    let name = stack.container(service.container).name();
    for changed in stack.environment().changed_by_yaml(service) {
        let (is, would) = &changed.values;
        let message = format!(
            "{} is {is} in {name}, not {would}: YAML reads {} as a value of its own, and it arrives as \"{}\"",
            changed.setting, changed.written, changed.arrives
        );
        sink.report(
            Finding::new(&meta::YAML_ENV_BOOL_NUMBER, message)
                .label(changed.span, format!("arrives as \"{}\"", changed.arrives))
                .label(changed.setting_span, format!("is {is} for it"))
                .help(format!(
                    "put it in quotes:\n    {}: \"{}\"",
                    changed.variable, changed.written
                )),
        );
    }
}
