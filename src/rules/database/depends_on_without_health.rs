//! A service opens the database before it listens.

use crate::facts;
use crate::finding::{Confidence, Cure, Finding, Prose, Quote, Severity, prose};
use crate::model::compose::{Condition, Dependency};
use crate::model::container::{Container, exec_form};
use crate::model::django::ValueKind;
use crate::model::process::{Step, StepKind};
use crate::model::roles::database::{Database, DatabaseUse, Engine};
use crate::model::roles::django::DjangoService;
use crate::model::stack::Stack;
use crate::rules::{Check, MAX_LISTED, Rule, Sink, changes, meta};

pub(super) static RULE: Rule =
    Rule { meta: &meta::DEPENDS_ON_WITHOUT_HEALTH, check: Check::Stack(check) };

/// A pause of so many seconds is mostly long enough for a database to be made.
const LONG_PAUSE: u64 = 20;

fn check(stack: &Stack<'_>, sink: &mut Sink) {
    stack.roles.django.iter().for_each(|service| opened(service, stack, sink));
    unused(stack, sink);
}

/// A service that opens the database at its start.
fn opened(service: &DjangoService, stack: &Stack<'_>, sink: &mut Sink) {
    let container = stack.container(service.container);
    // What is not known may be a loop that waits.
    if container.process.unknown.is_some() {
        return;
    }
    let used = service.default_database();
    if used.as_ref().is_some_and(|u| u.kind == Some(Engine::Sqlite)) {
        return;
    }
    // Without a host the driver asks at a socket, which no other container has.
    let no_host = |u: &DatabaseUse| u.host.as_ref().is_some_and(|h| h.kind == ValueKind::None);
    if used.as_ref().is_some_and(no_host) {
        return;
    }
    let Some(database) = stack.datastores().database_of(
        service,
        used.as_ref().filter(|u| u.host.as_ref().is_some_and(|h| h.as_str().is_some())),
    ) else {
        return;
    };
    // One that is out of reach is another rule's.
    let name = stack.container(database.container).name();
    if stack.network().unreachable(service.container, name).is_some() {
        return;
    }
    let Some(step) = opens(&container.process.steps) else { return };
    let mut seen = Vec::new();
    if waits(stack, service.container, database, &mut seen) {
        return;
    }
    let db = stack.container(database.container);
    let dependency = container.service.depends_on.iter().find(|d| d.service.as_str() == db.name());
    let (place, why) = match dependency {
        Some(d) => (d.span, prose!("waits until {} has started, not until it answers", db)),
        None => (container.name_span(), prose!("does not wait for {}", db)),
    };
    let what = match &step.kind {
        StepKind::Manage { command, .. } => prose!("{}", Quote::code(command)),
        StepKind::Server(server) => prose!("{}", server.kind),
        _ => prose!("celery beat"),
    };
    let refused = match database.engine {
        Engine::Mysql => prose!("Can't connect to MySQL server on '{}'", db),
        _ => prose!("connection to server at \"{}\" failed: Connection refused", db),
    };
    let pause = container.process.pause_before(step);
    let opening = match pause {
        0 => prose!("{} opens the database at once", what),
        _ => prose!("{} opens the database after a pause of {} s, ready or not", what, pause),
    };
    let mut finding = Finding::new(
        &meta::DEPENDS_ON_WITHOUT_HEALTH,
        prose!("{} may start before the database answers: {}", container, refused),
    )
    .label(place, why)
    .label(step.span, opening);
    let test = exec_form(&db.server_probe());
    let healthy = db.service.healthcheck.as_ref().is_some_and(|h| !h.disabled && h.test.is_some());
    if let Some(check) = db.service.healthcheck.as_ref().filter(|_| healthy) {
        finding = finding.label(check.span, "nobody waits for this check");
    }
    let health = if healthy {
        Prose::default()
    } else {
        prose!(
            "\n    {}:\n      healthcheck:\n        test: {}\n        interval: 5s\n        retries: 10",
            db,
            test
        )
    };
    finding = finding.help(prose!("wait until {} is healthy:\n    {}:\n      depends_on:\n        {}:\n          condition: service_healthy{}", db, container, db, health)).cure(
        Cure::new(prose!("start {} when {} is healthy", container, db))
            .changes(changes::wait_until_healthy(container, db)),
    );
    // The restart policy tries again; but runserver's reloader stays up with the error in it.
    let heals = matches!(container.service.restart(), "always" | "unless-stopped")
        || container.service.restart().starts_with("on-failure");
    if pause >= LONG_PAUSE {
        finding = finding.sure(Confidence::Low);
    }
    sink.report(if heals && !step.reloads() { finding.at_most(Severity::Info) } else { finding });
}

/// The first step that opens the database, unless something waits before it.
fn opens(steps: &[Step]) -> Option<&Step> {
    for step in steps.iter().filter(|s| !s.conditional || matches!(s.kind, StepKind::Wait { .. })) {
        match &step.kind {
            StepKind::Wait { .. } => return None,
            StepKind::Manage { command, .. } if command.contains("wait") => return None,
            StepKind::Manage { command, .. }
                if facts::management(command).is_some_and(|m| m.closed) => {}
            _ if step.retried => return None,
            StepKind::Manage { .. } => return Some(step),
            StepKind::Server(server)
                if server.kind == crate::model::process::ServerKind::Runserver =>
            {
                return Some(step);
            }
            StepKind::Celery { role, .. }
                if role == "beat" && step.words.iter().any(|w| w.contains("DatabaseScheduler")) =>
            {
                return Some(step);
            }
            _ => {}
        }
    }
    None
}

/// Whether Compose holds the service back until the database answers, directly or by way of another service.
fn waits(stack: &Stack<'_>, container: usize, database: &Database, seen: &mut Vec<usize>) -> bool {
    if seen.contains(&container) {
        return false;
    }
    seen.push(container);
    stack.container(container).service.depends_on.iter().any(|d| {
        let Some(other) = stack.named(d.service.as_str()) else { return false };
        match d.condition {
            Condition::ServiceHealthy if other == database.container => true,
            Condition::ServiceHealthy | Condition::ServiceCompletedSuccessfully => {
                // A job that only ends once the database answered, or a service that is healthy only then.
                let name = stack.container(database.container).name();
                let job = stack.container(other);
                let uses = job.service.depends_on.iter().any(|d| d.service.as_str() == name);
                uses || job
                    .process
                    .steps
                    .iter()
                    .any(|s| matches!(s.kind, StepKind::Wait { .. } | StepKind::Manage { .. }))
                    || waits(stack, other, database, seen)
            }
            Condition::ServiceStarted => false,
        }
    })
}

/// A health check of a broker, a cache or a database that others depend on, none of them by its health.
fn unused(stack: &Stack<'_>, sink: &mut Sink) {
    if stack.roles.django.is_empty() {
        return;
    }
    for (index, store) in stack
        .containers
        .iter()
        .enumerate()
        .filter(|(i, _)| stack.roles.is_datastore(*i, stack.container(*i)))
    {
        let Some(check) =
            store.service.healthcheck.as_ref().filter(|h| !h.disabled && h.test.is_some())
        else {
            continue;
        };
        let named = |d: &&Dependency| d.service.as_str() == store.name();
        let all: Vec<(&Container<'_>, &Dependency)> = stack
            .containers
            .iter()
            .flat_map(|c| c.service.depends_on.iter().filter(named).map(move |d| (c, d)))
            .collect();
        // What waits in a script, or restarts what is unhealthy, makes something of it.
        let waited = stack.containers.iter().any(|c| {
            let waits = |s: &Step| matches!(&s.kind, StepKind::Wait { host, .. } if host.as_deref().is_none_or(|h| h == store.name()));
            c.process.steps.iter().any(waits)
                || c.process.unknown.is_some() && all.iter().any(|(waiting, _)| waiting.name() == c.name())
                || c.service.image.as_ref().is_some_and(|i| i.text.contains("autoheal"))
        });
        let told = stack.roles.sql_databases().any(|d| d.container == index)
            && sink.has(&meta::DEPENDS_ON_WITHOUT_HEALTH);
        if all.is_empty()
            || waited
            || told
            || all.iter().any(|(_, d)| d.condition != Condition::ServiceStarted)
        {
            continue;
        }
        let mut finding = Finding::new(
            &meta::DEPENDS_ON_WITHOUT_HEALTH,
            prose!(
                "nobody waits for the health check of {}: {} start before it answers",
                store,
                names(&all)
            ),
        )
        .at_most(Severity::Info)
        .label(check.span, "no `depends_on` has `condition: service_healthy` for it");
        for (_, dependency) in all.iter().take(MAX_LISTED) {
            finding = finding.label(dependency.span, "waits until it has started only");
        }
        let (waiting, _) = all[0];
        sink.report(
            finding.help(prose!("wait for it:\n    {}:\n      depends_on:\n        {}:\n          condition: service_healthy", waiting, store)).cure(
                Cure::new(prose!("wait until {} is healthy", store)).changes(
                    all.iter().flat_map(|(c, _)| changes::wait_until_healthy(c, store)),
                ),
            ),
        );
    }
}

fn names(all: &[(&Container<'_>, &Dependency)]) -> Prose {
    match all {
        [(one, _)] => prose!("{} may", one),
        [rest @ .., (last, _)] => {
            let rest = rest.iter().map(|(container, _)| *container);
            prose!("{} and {} may", Prose::join(rest, ", "), last)
        }
        [] => Prose::default(),
    }
}
