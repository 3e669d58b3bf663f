//! Nothing creates the tables.

use crate::finding::{Confidence, Cure, Finding, Own, Prose, Quote, Severity, prose};
use crate::model::container::Volume;
use crate::model::process::Step;
use crate::model::roles::database::Engine;
use crate::model::roles::django::DjangoService;
use crate::model::stack::Stack;
use crate::model::stack::storage::{Kept, SqliteFile};
use crate::rules::{Check, MAX_EVIDENCE, Rule, Sink, changes, meta};
use crate::source::Span;

pub(super) static RULE: Rule =
    Rule { meta: &meta::DB_MIGRATE_NEVER_RUN, check: Check::Stack(check) };

/// The app of sessions, and its table, which the page of a visitor who has been there before asks for.
const SESSIONS: (&str, &str) = ("django.contrib.sessions", "django_session");

/// Session engines that keep sessions in the database (Django docs, "SESSION_ENGINE").
const IN_DATABASE: [&str; 2] =
    ["django.contrib.sessions.backends.db", "django.contrib.sessions.backends.cached_db"];

fn check(stack: &Stack<'_>, sink: &mut Sink) {
    // Whatever is not known may be the migrate that is looked for.
    // A script without its execute bit is reported for itself: it migrates once it may run.
    if stack.lifecycle().unknown_process().is_some()
        || stack.repository().in_refused_script("migrate")
        || stack.containers.iter().any(|c| {
            stack.datastores().migrate_step(&c.process).is_some()
                // `command-never-reached` reports it.
                || c.process.never_reaches("migrate")
                || c.built().is_some_and(|i| i.builds("migrate").next().is_some())
        })
    {
        return;
    }
    let served = stack
        .roles
        .django
        .iter()
        .find_map(|service| stack.django().server(service).map(|(step, _)| (service, step)));
    let Some((service, step)) = served else { return };
    let used = service.default_database();
    if used.is_none()
        && service.settings().and_then(|s| s.get("DATABASES")).is_some_and(|b| {
            b.is_certain()
                && b.value.entry("default").is_none()
                && !b.value.is_open()
                && b.value.is_known()
        })
    {
        return;
    }
    let engine = used.as_ref().and_then(|u| u.kind);
    // A database that the settings do not use has nothing to do with it.
    let database = stack
        .datastores()
        .database_of(
            service,
            used.as_ref().filter(|u| u.host.as_ref().is_some_and(|h| h.as_str().is_some())),
        )
        .filter(|_| engine != Some(Engine::Sqlite));
    let engine = match (database, engine) {
        (Some(database), _) => database.engine,
        (None, Some(Engine::Sqlite)) => Engine::Sqlite,
        _ => return,
    };
    let file = used
        .as_ref()
        .filter(|_| engine == Engine::Sqlite)
        .and_then(|u| stack.storage().sqlite_file(service, u));
    // A database file that is there has its tables. In a folder of the host it is the one that is worked with.
    let copied = match &file {
        Some(SqliteFile {
            committed: Some(_), kept: Kept::Storage(..) | Kept::Unknown, ..
        }) => return,
        Some(SqliteFile { committed: Some(path), .. }) if stack.repository().is_ignored(path) => {
            return;
        }
        Some(SqliteFile { committed: Some(path), .. }) => Some(path.clone()),
        Some(SqliteFile {
            kept: Kept::Storage(Volume::Elsewhere(_), _) | Kept::Unknown, ..
        }) => return,
        _ => None,
    };
    let entry = sessions(service);
    let container = stack.container(service.container);
    let (_, table) = SESSIONS;
    let symptom = match engine {
        _ if entry.is_none() && service.settings().is_some() => {
            prose!("the database has no tables, so the first query fails")
        }
        Engine::Postgres => {
            prose!("the first page fails with  relation \"{}\" does not exist", Own(table))
        }
        Engine::Mysql => prose!("the first page fails with  Table '{}' doesn't exist", Own(table)),
        // Django has no backend for MongoDB.
        Engine::Sqlite | Engine::Mongo => {
            prose!("the first page fails with  no such table: {}", Own(table))
        }
    };
    let message = match &copied {
        Some(path) => prose!(
            "nothing runs `migrate`: what was migrated after {} was committed is missing in it",
            Quote::path(path.file_name())
        ),
        None => prose!("nothing runs `migrate`: {}", symptom),
    };
    let serves = prose!(
        "{} serves at once; nothing migrates before it, or anywhere else in this stack",
        container
    );
    let mut finding = Finding::new(&meta::DB_MIGRATE_NEVER_RUN, message).label(step.span, serves);
    if !container.command_in_compose || step.span.file != container.name_span().file {
        finding = finding.label(
            container.named_at(),
            if container.presumed {
                "runs an image that seems to be built from it"
            } else {
                "the service that runs it"
            },
        );
    }
    if let Some(database) = database {
        let db = stack.container(database.container);
        let place = stack.storage().data_mount(database).map_or(db.name_span(), |m| m.span);
        finding = finding.label(place, "empty at the first `up` and after `down -v`");
    }
    finding = match (&copied, used.as_ref().and_then(|u| u.name.as_ref())) {
        // It works as long as the models stay as they were.
        (Some(path), Some(name)) => {
            let text = prose!(
                "{} comes into the image as it was committed",
                Quote::path(path.file_name())
            );
            finding
                .label(stack.environment().written(service, name).span, text)
                .at_most(Severity::Info)
        }
        _ => finding.label_if(entry, prose!("wants the table {}", Own(table))),
    };
    let cure = Cure::new("migrate before the server starts")
        .change(changes::manage_before(step, &["migrate", "--noinput"]));
    let cure = match database {
        Some(database) => cure
            .changes(changes::wait_until_healthy(container, stack.container(database.container))),
        None => cure,
    };
    finding = finding.help(help(stack, service, step)).cure(cure);
    if let Some(place) = stack.repository().step_before_up("migrate") {
        finding =
            finding.label(place, "run by hand here, before the first `up`").at_most(Severity::Info);
    } else if let Some(place) = stack.repository().step_after_up("migrate") {
        let by = "run here right after `up`: only who brings the stack up in another way meets it";
        finding = finding.label(place, by).at_most(Severity::Info);
    } else {
        for place in stack.repository().manual_steps("migrate").into_iter().take(MAX_EVIDENCE) {
            finding = finding
                .label(place, "run by hand here; a first `up` still fails")
                .at_most(Severity::Warning);
        }
    }
    // A file of one's own desk is missed by nobody else, and runserver says so itself.
    if engine == Engine::Sqlite && !stack.repository().is_production() {
        finding = finding.at_most(Severity::Warning);
    }
    sink.report(if used.is_some() { finding } else { finding.sure(Confidence::Medium) });
}

/// The entry of the app of sessions, where sessions are kept in the database.
fn sessions(service: &DjangoService) -> Option<Span> {
    let settings = service.settings()?;
    let entry = settings.installed(SESSIONS.0)?;
    let engine = settings.get("SESSION_ENGINE");
    let in_database = engine.is_none_or(|b| {
        b.is_certain() && b.value.as_str().is_some_and(|e| IN_DATABASE.contains(&e))
    });
    in_database.then_some(entry)
}

fn help(stack: &Stack<'_>, service: &DjangoService, step: &Step) -> Prose {
    let container = stack.container(service.container);
    let manage = stack.django().manage_py_from(service, step);
    let manage =
        manage.as_deref().map_or_else(|| prose!("manage.py"), |m| prose!("{}", Quote::path(m)));
    if step.words.iter().any(|w| !w.is_resolved() || w.contains(['"', '\''])) || step.in_shell {
        return prose!("migrate before serving:\n    python {} migrate --noinput", manage);
    }
    let server = Prose::command(&step.words);
    let line = prose!("sh -c \"python {} migrate --noinput && exec {}\"", manage, server);
    if container.command_in_compose {
        prose!("migrate before serving:\n    command: {}", line)
    } else {
        prose!("migrate before serving, under {} in Compose:\n    command: {}", container, line)
    }
}
