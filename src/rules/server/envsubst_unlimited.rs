//! A template of nginx in which `envsubst` replaces nginx's own variables as well.

use crate::finding::{Finding, Quote, prose};
use crate::model::stack::Stack;
use crate::rules::{Check, Rule, Sink, meta};

pub(super) static RULE: Rule = Rule { meta: &meta::ENVSUBST_UNLIMITED, check: Check::Stack(check) };

fn check(stack: &Stack<'_>, sink: &mut Sink) {
    for (index, container) in stack.containers.iter().enumerate() {
        let Some(template) = stack.proxy().emptied_template(index) else { continue };
        let variable = Quote::code(&template.variable).or_at(template.span);
        let wanted: Vec<String> = template.wanted.iter().map(|n| format!("${{{n}}}")).collect();
        let list = if wanted.is_empty() { "${NAME}".to_owned() } else { wanted.join(" ") };
        // In a Compose file, `$` is doubled.
        let doubled = if container.command_in_compose { list.replace('$', "$$") } else { list };
        sink.report(
            Finding::new(
                &meta::ENVSUBST_UNLIMITED,
                prose!(
                    "nginx of {} does not start: invalid number of arguments in \"{}\" directive: envsubst empties {}",
                    container,
                    Quote::code(&template.directive).or_at(template.span),
                    variable
                ),
            )
            .label(template.command, "replaces every `$name`, those of nginx included")
            .label(template.span, "is a variable of nginx, and becomes empty")
            .help(prose!(
                "name the variables that it replaces:\n    envsubst '{}' < ...",
                Quote::code(&doubled).or_at(template.span)
            )),
        );
    }
}
