//! The key that was put into the image for a command of the build is the one that the server signs with.

use crate::finding::{Confidence, Cure, Finding, Severity, prose};
use crate::model::container::SetBy;
use crate::model::roles::django::DjangoService;
use crate::model::stack::Stack;
use crate::rules::{Check, Rule, Sink, changes, meta};

pub(super) static RULE: Rule =
    Rule { meta: &meta::BUILD_DUMMY_SECRET_BECOMES_RUNTIME, check: Check::Django(check) };

fn check(service: &DjangoService, stack: &Stack<'_>, sink: &mut Sink) {
    let Some((step, _)) = stack.django().server(service) else { return };
    let Some(key) = service.settings().and_then(|s| s.get("SECRET_KEY")).filter(|k| k.is_certain())
    else {
        return;
    };
    let Some(read) = key.value.reads.iter().find(|r| r.set_at.is_some()) else { return };
    let container = stack.container(service.container);
    let environment = &container.environment;
    // A script may set it before the server starts.
    let by_image = environment
        .vars
        .get(&read.name)
        .filter(|v| v.by == SetBy::Image && !step.vars.contains_key(&read.name));
    let Some(value) = by_image
        .filter(|v| environment.open.is_none() && v.text.known().is_some_and(|t| !t.is_empty()))
    else {
        return;
    };
    let message = prose!(
        "{} signs sessions and password resets with the key in its image: {} is set there, and nothing sets it when {} starts",
        container,
        read,
        container
    );
    let finding = Finding::new(&meta::BUILD_DUMMY_SECRET_BECOMES_RUNTIME, message)
        .label(value.span, "stays in the image")
        .label(container.name_span(), prose!("{} is not in its environment", read))
        .help(prose!("give the key to the one command that needs it, and the real one to {}\n    RUN {}=build python manage.py collectstatic --noinput\n    environment:\n      {}: ${{}:?set it in .env}", container, read, read, read))
        .cure(
            Cure::new(prose!("pass the real key to {}, from a .env file that git ignores", container))
                .change(changes::variable(container, &read.name, prose!("${{}:?set it in .env}", read)))
                .changes(changes::listed_in_template(stack, &read.name))
                .also("write a new key into .env"),
        );
    sink.report(if stack.repository().is_production() {
        finding
    } else {
        finding.at_most(Severity::Info).sure(Confidence::Medium)
    });
}
