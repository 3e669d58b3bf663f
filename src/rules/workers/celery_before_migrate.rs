//! The beat reads its schedule from tables that another service is about to make.

use crate::finding::{Confidence, Cure, Finding, Own, Prose, Severity, YamlEdit, YamlValue, prose};
use crate::model::container::Container;
use crate::model::process::{Server, StepKind};
use crate::model::roles::django::DjangoService;
use crate::model::stack::Stack;
use crate::rules::{Check, Rule, Sink, changes, meta};

pub(super) static RULE: Rule =
    Rule { meta: &meta::CELERY_BEFORE_MIGRATE, check: Check::Django(check) };

/// A pause of so many seconds is mostly long enough for a database to be made and migrated.
const LONG_PAUSE: u64 = 20;

fn check(service: &DjangoService, stack: &Stack<'_>, sink: &mut Sink) {
    let container = stack.container(service.container);
    // What is not known may wait, and what migrates or waits by itself is in order.
    let waits = container.process.steps.iter().any(|s| match &s.kind {
        StepKind::Wait { host, .. } => {
            let awaited = host.as_deref().and_then(|h| stack.named(h));
            host.is_none()
                || awaited.is_some_and(|i| stack.roles.django.iter().any(|d| d.container == i))
        }
        StepKind::Manage { .. } => true,
        _ => false,
    });
    if container.process.unknown.is_some()
        || waits
        || !stack.lifecycle().starts_with_up(service.container)
    {
        return;
    }
    let beat = container
        .process
        .steps
        .iter()
        .filter(|s| !s.conditional)
        .find_map(|s| Some((s, stack.workers().schedule_in_database(service, s)?)));
    let Some((step, schedule)) = beat else { return };
    let migrating = stack.datastores().migrating_services();
    let Some((other, migrate)) =
        migrating.iter().find(|(d, _)| stack.datastores().same_database(service, d))
    else {
        return;
    };
    if migrating.iter().any(|(d, _)| stack.lifecycle().waits_for(service.container, d.container)) {
        return;
    }
    let maker = stack.container(other.container);
    let dependency =
        container.service.depends_on.iter().find(|d| d.service.as_str() == maker.name());
    let mut finding = Finding::new(
        &meta::CELERY_BEFORE_MIGRATE,
        prose!(
            "{} may start before {} has migrated: relation \"django_celery_beat_periodictask\" does not exist",
            container,
            maker
        ),
    );
    finding = match dependency {
        Some(d) => finding
            .label(d.span, prose!("waits until {} has started, not until it has migrated", maker)),
        None => finding.label(container.named_at(), prose!("does not wait for {}", maker)),
    };
    let pause = container.process.pause_before(step);
    let reads = match pause {
        0 => prose!("reads its schedule at once"),
        _ => prose!("reads its schedule after a pause of {} s, migrated or not", pause),
    };
    finding = finding
        .label(step.span, reads)
        .label(schedule, "keeps the schedule in the database")
        .label(migrate.span, "makes the tables");
    let heals = matches!(container.service.restart(), "always" | "unless-stopped")
        || container.service.restart().starts_with("on-failure");
    if heals {
        finding = finding.at_most(Severity::Info);
    }
    if pause >= LONG_PAUSE {
        finding = finding.sure(Confidence::Low);
    }
    let done = if stack.django().server(other).is_some() {
        "service_healthy"
    } else {
        "service_completed_successfully"
    };
    let mut cure = Cure::new(prose!("wait until {} has migrated", maker)).change(changes::service(
        container,
        YamlEdit::DependOn(maker.name().to_owned(), Some(done)),
    ));
    if let Some((_, server)) = stack.django().server(other) {
        cure = cure.changes(health_check(maker, server));
    }
    finding = finding.cure(cure);
    let health = if done == "service_healthy" {
        prose!(
            "\nand give {} a healthcheck that asks its server, or move `migrate` to a service of its own",
            maker
        )
    } else {
        Prose::default()
    };
    sink.report(finding.help(prose!("wait until it is done:\n    {}:\n      depends_on:\n        {}:\n          condition: {}{}", container, maker, Own(done), health)));
}

/// The port of servers whose command names none.
const USUAL_PORT: u16 = 8000;

/// A check that the server of a Django service takes connections, where it has none. Python is what its image surely has.
fn health_check(container: &Container<'_>, server: &Server) -> Option<crate::finding::Change> {
    if container.service.healthcheck.is_some() {
        return None;
    }
    let port = server.bind.iter().rev().find_map(|b| b.rsplit_once(':')?.1.parse::<u16>().ok());
    let code = prose!(
        "import socket; socket.create_connection(('127.0.0.1', {}), 2)",
        port.unwrap_or(USUAL_PORT)
    );
    let check = vec![
        (
            "test".to_owned(),
            YamlValue::row([Prose::from("CMD"), "python".into(), "-c".into(), code]),
        ),
        ("interval".to_owned(), YamlValue::text("5s")),
        ("retries".to_owned(), YamlValue::Int(20)),
    ];
    Some(changes::set(container, &["healthcheck"], YamlValue::Map(check)))
}
