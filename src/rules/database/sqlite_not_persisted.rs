//! The file of the database goes with the container.

use crate::finding::{
    Change, Cure, Finding, Own, PyValue, PythonEdit, Quote, Severity, YamlEdit, YamlValue, prose,
};
use crate::model::container::Container;
use crate::model::django::Cast;
use crate::model::roles::database::DatabaseUse;
use crate::model::roles::django::DjangoService;
use crate::model::stack::Stack;
use crate::model::stack::storage::{Kept, SqliteFile};
use crate::rules::{Check, MAX_LISTED, Rule, Sink, changes, meta};

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
    let mine = stack.container(service.container);
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
    let base = Quote::path(file.path.rsplit('/').next().unwrap_or("")).or_at(place);
    // A database that the image brings along may be all there is to see.
    let built = |d: &DjangoService| {
        stack.container(d.container).built().is_some_and(|i| i.builds("migrate").next().is_some())
    };
    let baked = file.committed.is_some() || built(service);
    let message = match elsewhere {
        Some((other, _, _)) => {
            prose!(
                "{} has a {} of its own, which is not the one {} uses",
                mine,
                base,
                stack.container(other.container)
            )
        }
        None if baked => {
            prose!(
                "{} starts again from the copy in the image with every new container: what {} wrote since is gone",
                base,
                mine
            )
        }
        None => prose!("the data of {} is gone with its container: no volume holds {}", mine, base),
    };
    let mut finding = Finding::new(&meta::SQLITE_NOT_PERSISTED, message)
        .label(
            place,
            prose!(
                "in {} this is {}, which no volume holds",
                mine,
                Quote::path(&file.path).or_at(place)
            ),
        )
        .label(mine.named_at(), "`up` makes this container anew after every build and change");
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
    let parent = crate::model::path::parent(&file.path);
    let folder =
        Quote::path(&crate::model::path::join("/", &format!("{parent}/data"))).or_at(place);
    let every = if others.is_empty() { "" } else { ", the same one in every service that uses it" };
    // Where the settings take a URL apart, there is no NAME to write.
    let reads = used.name.iter().flat_map(|n| &n.reads);
    let path = match reads.clone().find(|r| r.cast == Cast::Url) {
        Some(read) => prose!("{}=sqlite:///{}/{}", read, folder, base),
        None => match reads.clone().next() {
            Some(read) => prose!("{}={}/{}", read, folder, base),
            None => prose!("'NAME': '{}/{}'", folder, base),
        },
    };
    finding = finding.help(prose!("keep it in a folder of its own in a named volume{}:\n    {}\n    volumes:\n      - sqlite_data:{}", Own(every), path, folder));
    let literal = used
        .name
        .as_ref()
        .filter(|n| n.reads.is_empty() && stack.environment().written(service, n).in_settings);
    // Where one has it in a volume, the others need the same one.
    let cure = literal.filter(|_| elsewhere.is_none()).map(|name| {
        let parts = vec!["data".into(), prose!("{}", base)];
        let lost = others.iter().filter(|(_, _, f)| f.kept == Kept::Nowhere);
        let mounts = lost.map(|(d, ..)| stack.container(d.container));
        let volume = changes::free_volume_name(stack, mine, "data");
        let mount = |c: &Container<'_>| {
            let text = prose!("{}:{}", Quote::name(&volume), folder);
            let edit = YamlEdit::Append(vec!["volumes".to_owned()], YamlValue::text(text));
            changes::service(c, edit)
        };
        Cure::new("keep it in a directory of its own, in a named volume")
            .change(Change::Python(PythonEdit::Replace(name.span, PyValue::BelowBaseDir(parts))))
            .change(mount(mine))
            .changes(mounts.map(mount))
            .change(changes::declare_volume(mine.name_span(), &volume))
            .also("copy the file that is there now into the volume")
    });
    finding = finding.cure_if(cure);
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
