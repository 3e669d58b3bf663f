//! An app has models, and nothing that makes their tables.

use crate::finding::{Finding, Own, Prose, Quote, Severity, prose};
use crate::model::process::{Step, StepKind};
use crate::model::roles::database::Engine;
use crate::model::roles::django::DjangoService;
use crate::model::stack::Stack;
use crate::model::stack::django::{LocalApp, Migrations};
use crate::rules::{Check, MAX_EVIDENCE, Rule, Sink, meta};

pub(super) static RULE: Rule =
    Rule { meta: &meta::MIGRATIONS_MISSING, check: Check::Django(check) };

/// The most apps that are named.
const MAX_SHOWN: usize = 4;

fn check(service: &DjangoService, stack: &Stack<'_>, sink: &mut Sink) {
    let used = service.default_database();
    if stack.django().server(service).is_none()
        || used.is_none()
        || stack.lifecycle().unknown_process().is_some()
        // A script without its execute bit is reported for itself: it makes them once it may run.
        || stack.repository().in_refused_script("makemigrations")
    {
        return;
    }
    // A database file that comes with the checkout has tables, perhaps these.
    let file = used.as_ref().and_then(|used| stack.storage().sqlite_file(service, used));
    if file.is_some_and(|file| file.committed.is_some()) {
        return;
    }
    let made = made(stack);
    let passed_over = match made {
        Made::All => return,
        Made::Packages(step) => Some(step),
        Made::Nothing => None,
    };
    let user = service.settings().and_then(|s| s.get("AUTH_USER_MODEL")).filter(|b| b.is_certain());
    let named = user.and_then(|b| b.value.as_str()).and_then(|v| v.split_once('.'));
    let has_user = |a: &LocalApp| named.is_some_and(|(label, _)| label == a.label);
    // What the setting names is a model, wherever its module of models takes it from. Without one `makemigrations` would
    // find nothing: "AUTH_USER_MODEL refers to model 'x.Y' that has not been installed".
    let mut apps: Vec<LocalApp> = stack
        .django()
        .local_apps(service)
        .into_iter()
        .filter(|a| {
            (a.model.is_some() || has_user(a) && a.has_models) && a.migrations != Migrations::Found
        })
        .filter(|a| passed_over.is_none() || a.migrations == Migrations::NoPackage)
        .collect();
    // The app of the users stops `migrate` as a whole.
    apps.sort_by_key(|a| !has_user(a));
    let Some(first) = apps.first() else { return };
    let label = |app: &LocalApp| Quote::name(&app.label).or_at(app.entry);
    let stops = has_user(first);
    let model = named
        .filter(|_| stops)
        .map_or_else(|| first.model.as_ref().map_or("", |m| m.name.as_str()), |(_, model)| model);
    let own = first.model.as_ref().filter(|m| m.name == model);
    let table = match own.and_then(|m| Some((m.table.as_ref()?, m.span))) {
        Some((table, span)) => prose!("{}", Quote::name(table).or_at(span)),
        None => prose!("{}_{}", label(first), Quote::name(&model.to_ascii_lowercase())),
    };
    let engine = used.and_then(|u| u.kind);
    let lacks = match engine {
        Some(Engine::Sqlite) => prose!("no such table: {}", table),
        Some(Engine::Mysql) => prose!("Table '{}' doesn't exist", table),
        _ => prose!("relation \"{}\" does not exist", table),
    };
    let message = match first.migrations {
        Migrations::Empty(_) if stops => prose!(
            "`migrate` fails: ValueError: Dependency on app with no migrations: {}",
            label(first)
        ),
        // SQLite takes a foreign key to a table that is not there.
        _ if stops && engine != Some(Engine::Sqlite) => prose!("`migrate` fails: {}", lacks),
        _ => prose!(
            "`migrate` makes no table for {}: the first use of {} fails with  {}",
            Prose::join(apps.iter().map(label), ", "),
            Quote::name(model),
            lacks
        ),
    };
    let by_hand = stack.repository().manual_steps("makemigrations");
    let message = match by_hand.is_empty() {
        true => message,
        false => prose!("until `makemigrations` is run by hand in each checkout, {}", message),
    };
    let mut finding = Finding::new(&meta::MIGRATIONS_MISSING, message);
    for app in apps.iter().take(MAX_SHOWN) {
        let (name, class) =
            app.model.as_ref().map_or(("", app.entry), |m| (m.name.as_str(), m.span));
        finding = match app.migrations {
            Migrations::Empty(init) => {
                finding.label(init, prose!("{} has no migrations beside this file", label(app)))
            }
            Migrations::Ignored(first) => finding.label(
                first,
                prose!("Django passes over this: {}/migrations has no __init__.py", label(app)),
            ),
            _ if name.is_empty() => {
                finding.label(class, prose!("{} has no migrations package", label(app)))
            }
            _ => finding.label(
                class,
                prose!(
                    "{} has no table: {} has no migrations package",
                    Quote::name(name).or_at(class),
                    label(app)
                ),
            ),
        };
    }
    finding = finding.label(first.entry, "installed here");
    finding = finding.label_if(
        passed_over.map(|s| s.span),
        "without a name it passes over apps that have no migrations package",
    );
    if let Some(binding) = user.filter(|_| stops) {
        finding = finding.label(binding.name_span, "every foreign key to a user needs its table");
    }
    let mut help = prose!(
        "make them once, and commit them:\n    python manage.py makemigrations {}",
        Prose::join(apps.iter().map(label), " ")
    );
    if let Some(lacking) = apps.iter().find(|a| matches!(a.migrations, Migrations::Ignored(_)))
        && let Some(init) = lacking.folder.join("migrations/__init__.py")
    {
        help = prose!(
            "make the directory a package, and commit the file:\n    touch {}",
            stack.repository().display_path(&init)
        );
    }
    let ignored = |a: &LocalApp| {
        a.folder
            .join("migrations/0001_initial.py")
            .is_some_and(|p| stack.repository().is_ignored(&p))
    };
    if apps.iter().all(ignored) {
        help.push(&Own("\ngit ignores them here: take the line out of .gitignore first"));
        // The project means each checkout to make its own.
        let meant = !by_hand.is_empty();
        finding = finding.at_most(if meant { Severity::Info } else { Severity::Warning });
    }
    for place in by_hand.into_iter().take(MAX_EVIDENCE) {
        finding = finding.label(place, "run by hand here").at_most(Severity::Warning);
    }
    if !stops {
        finding = finding.at_most(Severity::Warning);
    }
    sink.report(finding.help(help));
}

/// What makes migrations when the stack comes up.
enum Made<'s> {
    Nothing,
    /// `makemigrations` without names, which passes over apps that have no migrations package.
    Packages(&'s Step),
    /// Whatever is missing, as far as can be seen.
    All,
}

fn made<'s>(stack: &'s Stack<'s>) -> Made<'s> {
    let mut made = Made::Nothing;
    for container in &stack.containers {
        if container.built().is_some_and(|i| i.builds("makemigrations").next().is_some()) {
            return Made::All;
        }
        for step in &container.process.steps {
            let StepKind::Manage { command, .. } = &step.kind else { continue };
            let syncs = command.as_str() == "syncdb"
                || step.words.iter().any(|w| w.as_str() == "--run-syncdb");
            let own = command.as_str() != "migrate"
                && stack.django().command_mentions(command, "makemigrations");
            if syncs || own {
                return Made::All;
            }
            if command.as_str() == "makemigrations" {
                // Names of apps, or what may be some.
                let after =
                    step.words.iter().skip_while(|w| w.as_str() != "makemigrations").skip(1);
                if after.into_iter().any(|w| !w.starts_with('-')) {
                    return Made::All;
                }
                made = Made::Packages(step);
            }
        }
    }
    made
}
