//! The image migrates while it is built, where there is no database.

use crate::finding::{CommandEdit, Cure, Finding, Own, Prose, Severity, prose};
use crate::model::roles::database::Engine;
use crate::model::roles::django::DjangoService;
use crate::model::stack::Stack;
use crate::rules::{Check, Rule, Sink, changes, meta};

pub(super) static RULE: Rule =
    Rule { meta: &meta::MIGRATE_AT_IMAGE_BUILD, check: Check::Django(check) };

fn check(service: &DjangoService, stack: &Stack<'_>, sink: &mut Sink) {
    let container = stack.container(service.container);
    let Some(step) =
        container.built().and_then(|i| i.builds("migrate").next()).filter(|s| !s.conditional)
    else {
        return;
    };
    let Some(used) =
        service.default_database().filter(|u| u.kind.is_some_and(|k| k != Engine::Sqlite))
    else {
        return;
    };
    let Some(database) = stack.datastores().database_of(service, Some(&used)) else { return };
    // A network of the host may lead to a database that is up already.
    if container.service.build.is_some()
        && container.service.node.get("build").is_some_and(|b| b.get("network").is_some())
    {
        return;
    }
    let db = stack.container(database.container);
    // Whatever is read from variables is something else while the image is built.
    let literal =
        [&used.host, &used.engine].iter().all(|v| v.as_ref().is_some_and(|v| v.reads.is_empty()));
    let (message, sure) = if literal && step.stops {
        (
            prose!(
                "the image of {} does not build: there is no `{}` while it is built",
                container,
                db
            ),
            true,
        )
    } else {
        (
            prose!(
                "the `migrate` in the build of {} never reaches {}: services run only after the build",
                container,
                db
            ),
            false,
        )
    };
    let mut finding = Finding::new(&meta::MIGRATE_AT_IMAGE_BUILD, message)
        .label(step.span, "runs while the image is built")
        .label(db.name_span(), "the database is a service, which the build cannot reach");
    if let Some(host) = &used.host {
        finding = finding
            .label(stack.environment().written(service, host).span, "where it is looked for");
    }
    if !sure {
        finding = finding.at_most(Severity::Warning);
    }
    let server = "exec gunicorn config.wsgi:application --bind 0.0.0.0:8000";
    let line = stack.django().server(service).map_or_else(
        || prose!("{}", Own(server)),
        |(s, _)| prose!("exec {}", Prose::command(&s.words)),
    );
    let cure = stack.django().server(service).map(|(server, _)| {
        Cure::new("migrate when the container starts, not in the build")
            .change(changes::command(step, [CommandEdit::Drop]))
            .change(changes::manage_before(server, &["migrate", "--noinput"]))
            .changes(changes::wait_until_healthy(container, db))
    });
    sink.report(finding.cure_if(cure).help(prose!("take the line out, and migrate when the container starts:\n    command: sh -c \"python manage.py migrate --noinput && {}\"", line)));
}
