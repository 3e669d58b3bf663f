//! A variable is set and nothing reads it.

use crate::finding::{Change, Confidence, Cure, Finding, NodeEdit, Own, Quote, Severity, prose};
use crate::model::stack::Stack;
use crate::rules::{Check, Rule, Sink, meta};

pub(super) static RULE: Rule = Rule { meta: &meta::ENV_VAR_NEVER_READ, check: Check::Stack(check) };

fn check(stack: &Stack<'_>, sink: &mut Sink) {
    for (index, container) in stack.containers.iter().enumerate() {
        // Only what Compose itself gives to one service is meant for it; an env file serves several.
        if container.service.environment.is_empty() {
            continue;
        }
        for lost in stack.environment().never_read(index) {
            let message = match &lost.meant {
                Some((meant, _)) => {
                    prose!(
                        "{} is given {}, which nothing reads; it reads {}",
                        container,
                        Quote::name(&lost.name),
                        Quote::name(meant)
                    )
                }
                None if lost.setting.is_some() => prose!(
                    "{} is given {}, which nothing reads: the settings set it by themselves",
                    container,
                    Quote::name(&lost.name)
                ),
                None if lost.absent.is_some() => prose!(
                    "{} is given {}, which nothing reads: Django's default holds",
                    container,
                    Quote::name(&lost.name)
                ),
                None => prose!(
                    "{} is given {}, which nothing reads",
                    container,
                    Quote::name(&lost.name)
                ),
            };
            let mut finding = Finding::new(&meta::ENV_VAR_NEVER_READ, message);
            finding = finding.label(lost.span, "nothing reads this");
            finding = finding
                .label_if(lost.setting.filter(|_| lost.meant.is_none()), "the value that counts");
            finding = finding.label_if(
                lost.absent.filter(|_| lost.meant.is_none()),
                "does not set it from the environment",
            );
            let finding = match &lost.meant {
                None if lost.absent.is_some() => finding.help(prose!(
                    "read it in the settings, which Django does not do by itself:\n    {} = os.environ['{}']{}",
                    Quote::name(&lost.name),
                    Quote::name(&lost.name),
                    Own(if is_list(&lost.name) { ".split(',')" } else { "" })
                )),
                None if lost.setting.is_some() => finding.help(prose!(
                    "read it there, or take it out here:\n    {} = os.environ['{}']",
                    Quote::name(&lost.name),
                    Quote::name(&lost.name)
                )),
                Some((meant, span)) => finding
                    .label_if(*span, prose!("{} is read, and set nowhere", Quote::name(meant)))
                    .help(prose!("did you mean `{}`?", Quote::name(meant)))
                    .cure(Cure::new(prose!("call it {}", Quote::name(meant))).change(
                        Change::YamlNode(
                            lost.span,
                            NodeEdit::Rename(prose!("{}", Quote::name(meant))),
                        ),
                    )),
                None => finding.at_most(Severity::Info).help(match &lost.image {
                    Some(image) => prose!(
                        "the image `{}` does not know it; take it out, or set what the image knows",
                        Quote::name(image)
                    ),
                    None => prose!("take it out, or read it in the settings"),
                }),
            };
            sink.report(
                match (lost.meant.is_some(), lost.setting.is_some() || lost.absent.is_some()) {
                    (true, _) => finding,
                    (false, true) => finding.sure(Confidence::Medium),
                    (false, false) => finding.sure(Confidence::Low),
                },
            );
        }
    }
}

/// Whether a setting of Django is a list that people write with commas between its items.
fn is_list(name: &str) -> bool {
    matches!(name, "ALLOWED_HOSTS" | "CSRF_TRUSTED_ORIGINS" | "INTERNAL_IPS")
}
