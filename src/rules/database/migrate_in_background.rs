//! The server does not wait for the migrations.

use crate::finding::{CommandEdit, Cure, Finding, Own, prose};
use crate::model::roles::django::DjangoService;
use crate::model::stack::Stack;
use crate::rules::{Check, Rule, Sink, changes, meta};

pub(super) static RULE: Rule =
    Rule { meta: &meta::MIGRATE_IN_BACKGROUND, check: Check::Django(check) };

fn check(service: &DjangoService, stack: &Stack<'_>, sink: &mut Sink) {
    let container = stack.container(service.container);
    let steps = &container.process.steps;
    let Some(at) = steps.iter().position(|s| {
        s.manages("migrate") && s.background && !s.awaited && !s.conditional && s.in_shell
    }) else {
        return;
    };
    // Hooks of uWSGI run before its application.
    if stack.repository().file_name(steps[at].span).ends_with(".ini") {
        return;
    }
    let Some(server) =
        steps[at + 1..].iter().find(|s| s.server().is_some() && !s.background && !s.conditional)
    else {
        return;
    };
    if steps.iter().enumerate().any(|(i, s)| i != at && s.manages("migrate"))
        || stack
            .datastores()
            .migrating_services()
            .iter()
            .any(|(d, _)| d.container != service.container)
    {
        return;
    }
    let program = server.server().map_or("the server", |s| s.kind.name());
    sink.report(
        Finding::new(
            &meta::MIGRATE_IN_BACKGROUND,
            prose!("{} serves while `migrate` is still running in {}: the first requests fail with  relation … does not exist", Own(program), container),
        )
        .label(steps[at].span, "`&` sends it to the background, and nobody sees whether it fails")
        .label(server.span, "starts at once")
        .cure(
            Cure::new("wait until `migrate` is done")
                .change(changes::command(&steps[at], [CommandEdit::Foreground])),
        )
        .help("run one after the other, with `&&`:\n    python manage.py migrate --noinput && exec …"),
    );
}
