//! Settings for Celery under names that it does not read, so that its defaults hold.

use crate::finding::{Change, Cure, Finding, Prose, PyValue, PythonEdit, Quote, Severity, prose};
use crate::model::process::StepKind;
use crate::model::roles::django::DjangoService;
use crate::model::stack::Stack;
use crate::model::stack::workers::UnreadSetting;
use crate::rules::{Check, Rule, Sink, meta};

pub(super) static RULE: Rule =
    Rule { meta: &meta::CELERY_SETTINGS_NOT_READ, check: Check::Django(check) };

fn check(service: &DjangoService, stack: &Stack<'_>, sink: &mut Sink) {
    let Some(settings) = service.settings() else { return };
    let container = stack.container(service.container);
    let steps = container.process.steps.iter().filter(|s| {
        matches!(&s.kind, StepKind::Celery { role, .. } if matches!(role.as_str(), "worker" | "beat"))
    });
    for step in steps {
        for unread in stack.workers().unread_settings(service.container, step, settings) {
            let name = Quote::name(&unread.name).or_at(unread.span);
            let is_broker = unread.option == "broker_url";
            let message = if is_broker {
                prose!(
                    "{} connects to amqp://guest:**@localhost:5672//: Celery does not read {}",
                    container,
                    name
                )
            } else {
                prose!(
                    "{} uses the default of {}: Celery does not read {}",
                    container,
                    Quote::code(unread.option),
                    name
                )
            };
            let lacks = match &unread.reading.namespace {
                Some((namespace, _)) => {
                    prose!("reads only names that begin with {}_", Quote::name(namespace))
                }
                None => prose!(
                    "has no namespace, so that only old names such as {} are read",
                    Quote::name(&unread.reads)
                ),
            };
            let finding = Finding::new(&meta::CELERY_SETTINGS_NOT_READ, message)
                .label(unread.span, "nothing reads this")
                .label(unread.reading.call, lacks);
            let (cure, help) = mend(&unread);
            let finding = finding.cure_if(cure).help(help);
            sink.report(if is_broker { finding } else { finding.at_most(Severity::Warning) });
        }
    }
}

/// The call with the namespace of the names, or the name that is read.
fn mend(unread: &UnreadSetting) -> (Option<Cure>, Prose) {
    let reading = &unread.reading;
    let function = Quote::code(&reading.function).or_at(reading.call);
    if unread.name.starts_with("CELERY_")
        && reading.namespace.as_ref().is_none_or(|(n, _)| n != "CELERY")
    {
        let call = prose!("{}('django.conf:settings', namespace='CELERY')", function);
        let cure = Cure::new("read the settings that begin with CELERY_")
            .change(Change::Python(PythonEdit::Replace(reading.call, PyValue::Code(call.clone()))));
        return (Some(cure), prose!("give it the namespace of the settings:\n    {}", call));
    }
    let reads = Quote::name(&unread.reads).or_at(unread.span);
    let cure = Cure::new(prose!("call the setting {}", reads.clone()))
        .change(Change::Bytes { at: unread.span, with: prose!("{}", reads.clone()) });
    (Some(cure), prose!("call the setting {}", reads))
}
