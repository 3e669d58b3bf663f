//! The file of the database goes with the container.

use crate::finding::{Finding, Severity};
use crate::model::roles::database::DatabaseUse;
use crate::model::roles::django::DjangoService;
use crate::model::stack::Stack;
use crate::model::stack::storage::{Kept, SqliteFile};
use crate::rules::{Check, MAX_LISTED, Rule, Sink, meta};

pub(super) static RULE: Rule =
    Rule { meta: &meta::SQLITE_NOT_PERSISTED, check: Check::Stack(check) };

/// Apps that keep rows.
const ROWS: [&str; 3] = ["django.contrib.sessions", "django.contrib.auth", "django.contrib.admin"];

fn check(stack: &Stack<'_>, sink: &mut Sink) {
    if stack.repository().compose_files().any(|f| for_tests(f.file_name())) {
        return;
    }
    let files: Vec<(&DjangoService, DatabaseUse, SqliteFile)> = stack
        .roles
        .django
        .iter()
        .filter(|d| works(stack, d))
        .filter_map(|d| {
            let used = d.default_database()?;
            let file = stack.storage().sqlite_file(d, &used)?;
            Some((d, used, file))
        })
        .collect();
    let Some((service, used, file)) =
        files.iter().find(|(d, _, f)| f.kept == Kept::Nowhere && keeps_rows(stack, d))
    else {
        return;
    };
    let name = stack.container(service.container).name();
    let others: Vec<_> = files
        .iter()
        .filter(|(d, u, f)| {
            d.container != service.container && u.span == used.span && f.path == file.path
        })
        .collect();
    // One that has it in a volume shows where it is meant to be; then this one works on a file of its own.
    let elsewhere = others.iter().find(|(_, _, f)| matches!(f.kept, Kept::Storage(..)));
    let place =
        used.name.as_ref().map_or(used.span, |n| stack.environment().written(service, n).span);
    let base = file.path.rsplit('/').next().unwrap_or("");
    // A database that the image brings along may be all there is to see.
    let built = |d: &DjangoService| {
        stack.container(d.container).built().is_some_and(|i| i.builds("migrate").next().is_some())
    };
    let baked = file.committed.is_some() || built(service);
    let message = match elsewhere {
        Some((other, _, _)) => {
            format!(
                "{name} has a {base} of its own, which is not the one {} uses",
                stack.container(other.container).name()
            )
        }
        None if baked => {
            format!(
                "{base} starts again from the copy in the image with every new container: what {name} wrote since is gone"
            )
        }
        None => format!("the data of {name} is gone with its container: no volume holds {base}"),
    };
    let mut finding = Finding::new(&meta::SQLITE_NOT_PERSISTED, message)
        .label(place, format!("in {name} this is {}, which no volume holds", file.path))
        .label(
            stack.container(service.container).named_at(),
            "`up` makes this container anew after every build and change",
        );
    for (other, _, own) in others.iter().take(MAX_LISTED) {
        let container = stack.container(other.container);
        finding = match own.kept {
            Kept::Nowhere => finding.label(
                container.named_at(),
                "has a copy of its own: neither sees what the other writes",
            ),
            Kept::Storage(..) => finding.label(container.named_at(), "has it in a volume"),
            Kept::Unknown => finding,
        };
    }
    let folder =
        crate::model::path::join("/", &format!("{}/data", crate::model::path::parent(&file.path)));
    let every = if others.is_empty() {
        String::new()
    } else {
        ", the same one in every service that uses it".to_owned()
    };
    finding = finding.help(format!(
        "keep it in a folder of its own in a named volume{every}:\n    'NAME': '{folder}/{base}'\n    volumes:\n      - sqlite_data:{folder}"
    ));
    if baked || !stack.repository().is_production() {
        finding = finding.at_most(Severity::Warning);
    }
    sink.report(finding);
}

/// Whether a service that stays up uses the database: it serves, or it works on tasks.
fn works(stack: &Stack<'_>, service: &DjangoService) -> bool {
    use crate::model::process::StepKind;
    let container = stack.container(service.container);
    let tasks = |s: &crate::model::process::Step| matches!(&s.kind, StepKind::Celery { role, .. } if role == "worker");
    stack.lifecycle().starts_with_up(service.container)
        && !for_tests(container.name())
        && !container.service.has_profile()
        && (stack.django().server(service).is_some() || container.process.steps.iter().any(tasks))
}

fn keeps_rows(stack: &Stack<'_>, service: &DjangoService) -> bool {
    let Some(settings) = service.settings() else { return false };
    ROWS.iter().any(|app| settings.installed(app).is_some())
        || stack.django().local_apps(service).iter().any(|a| a.model.is_some())
}

/// Files and services for tests are meant to forget.
fn for_tests(name: &str) -> bool {
    name.to_ascii_lowercase()
        .split(['.', '-', '_'])
        .any(|part| matches!(part, "test" | "tests" | "ci" | "testing" | "e2e"))
}
