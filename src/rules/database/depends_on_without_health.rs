//! A service opens the database before it listens.

use crate::finding::{Finding, Severity};
use crate::model::compose::Condition;
use crate::model::process::{Step, StepKind};
use crate::model::stack::{Database, DjangoService, Engine, Stack};
use crate::rules::{Check, Rule, Sink, meta};

pub(super) static RULE: Rule = Rule { meta: &meta::DEPENDS_ON_WITHOUT_HEALTH, check: Check::Django(check) };

/// Management commands that do not open the database.
const CLOSED: [&str; 14] = [
    "collectstatic",
    "compilemessages",
    "makemessages",
    "check",
    "makemigrations",
    "compress",
    "tailwind",
    "startapp",
    "diffsettings",
    "spectacular",
    "generate_schema",
    "findstatic",
    "rqworker",
    "rqscheduler",
];

fn check(service: &DjangoService, stack: &Stack<'_>, sink: &mut Sink) {
    let container = stack.container(service.container);
    // What is not known may be a loop that waits.
    if container.process.unknown.is_some() {
        return;
    }
    let used = service.default_database();
    if used.as_ref().is_some_and(|u| u.kind == Some(Engine::Sqlite)) {
        return;
    }
    let Some(database) = stack.database_of(service, used.as_ref().filter(|u| u.host.as_ref().is_some_and(|h| h.as_str().is_some()))) else {
        return;
    };
    let Some(step) = opens(&container.process.steps) else { return };
    let mut seen = Vec::new();
    if waits(stack, service.container, database, &mut seen) {
        return;
    }
    let db = stack.container(database.container);
    let dependency = container.service.depends_on.iter().find(|d| d.service.as_str() == db.name());
    let (place, why) = match dependency {
        Some(d) => (d.span, format!("waits until {} has started, not until it answers", db.name())),
        None => (container.name_span(), format!("does not wait for {}", db.name())),
    };
    let what = match &step.kind {
        StepKind::Manage { command, .. } => command.as_str().to_owned(),
        StepKind::Server(server) => server.kind.name().to_owned(),
        _ => "celery beat".to_owned(),
    };
    let refused = match database.engine {
        Engine::Mysql => format!("Can't connect to MySQL server on '{}'", db.name()),
        _ => format!("connection to server at \"{}\" failed: Connection refused", db.name()),
    };
    let mut finding =
        Finding::new(&meta::DEPENDS_ON_WITHOUT_HEALTH, format!("{} may start before the database answers: {refused}", container.name()))
            .label(place, why)
            .label(step.span, format!("{what} opens the database at once"));
    let test = match database.engine {
        Engine::Mysql => "[\"CMD\", \"mysqladmin\", \"ping\", \"-h\", \"127.0.0.1\"]".to_owned(),
        _ => format!(
            "[\"CMD\", \"pg_isready\", \"-h\", \"127.0.0.1\", \"-U\", \"{}\"]",
            database.user.as_ref().map_or("postgres", |u| u.as_str())
        ),
    };
    let healthy = db.service.healthcheck.as_ref().is_some_and(|h| !h.disabled && h.test.is_some());
    if let Some(check) = db.service.healthcheck.as_ref().filter(|_| healthy) {
        finding = finding.label(check.span, "nobody waits for this check");
    }
    let health = if healthy {
        String::new()
    } else {
        format!("\n    {}:\n      healthcheck:\n        test: {test}\n        interval: 5s\n        retries: 10", db.name())
    };
    finding = finding.help(format!(
        "wait until {} is healthy:\n    {}:\n      depends_on:\n        {}:\n          condition: service_healthy{health}",
        db.name(),
        container.name(),
        db.name()
    ));
    // The restart policy tries again; but runserver's reloader stays up with the error in it.
    let heals = matches!(container.service.restart(), "always" | "unless-stopped") || container.service.restart().starts_with("on-failure");
    sink.report(if heals && !Stack::reloads(step) { finding.at_most(Severity::Info) } else { finding });
}

/// The first step that opens the database, unless something waits before it.
fn opens(steps: &[Step]) -> Option<&Step> {
    for step in steps.iter().filter(|s| !s.conditional || matches!(s.kind, StepKind::Wait { .. })) {
        match &step.kind {
            StepKind::Wait { .. } => return None,
            StepKind::Manage { command, .. } if command.contains("wait") => return None,
            StepKind::Manage { command, .. } if CLOSED.contains(&command.as_str()) => {}
            _ if step.retried => return None,
            StepKind::Manage { .. } => return Some(step),
            StepKind::Server(server) if server.kind == crate::model::process::ServerKind::Runserver => return Some(step),
            StepKind::Celery { role, .. } if role == "beat" && step.words.iter().any(|w| w.contains("DatabaseScheduler")) => {
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
                uses || job.process.steps.iter().any(|s| matches!(s.kind, StepKind::Wait { .. } | StepKind::Manage { .. }))
                    || waits(stack, other, database, seen)
            }
            Condition::ServiceStarted => false,
        }
    })
}
