//! The database forgets everything.

use crate::finding::{Finding, Prose, Quote, prose};
use crate::model::compose::{Mount, MountKind};
use crate::model::container::EnvValue;
use crate::model::roles::database::Database;
use crate::model::stack::Stack;
use crate::rules::{Check, Rule, Sink, meta};

pub(super) static RULE: Rule = Rule { meta: &meta::DB_NO_VOLUME, check: Check::Stack(check) };

fn check(stack: &Stack<'_>, sink: &mut Sink) {
    if stack.roles.django.is_empty()
        || stack.repository().compose_files().any(|f| for_tests(f.file_name()))
    {
        return;
    }
    for database in stack.roles.sql_databases() {
        let db = stack.container(database.container);
        if for_tests(db.name()) || db.service.has_profile() {
            continue;
        }
        let unknown = |v: &EnvValue| v.text.known().is_none();
        if db.environment.vars.get("PGDATA").is_some_and(unknown) {
            continue;
        }
        let (place, why) = match stack.storage().data_mount(database) {
            None => (
                db.service.image.as_ref().map_or(db.name_span(), |i| i.text.span()),
                prose!("no volume holds its data"),
            ),
            Some(m) if m.kind == MountKind::Anonymous => (
                m.span,
                prose!(
                    "a volume without a name: `down` loses track of it, and a new {} starts empty",
                    db
                ),
            ),
            Some(_) => continue,
        };
        let mut finding = Finding::new(
            &meta::DB_NO_VOLUME,
            prose!("the data of {} is gone after `docker compose down`", db),
        )
        .label(place, why);
        // A volume that seems to be meant for the data.
        let meant = |m: &&Mount| {
            m.kind == MountKind::Volume && !m.target.contains("initdb") && m.span != place
        };
        if let Some(mount) = db.service.mounts.iter().find(meant) {
            finding = finding.label(
                mount.span,
                prose!("the data is in {}, not here", Quote::path(&database.data)),
            );
        }
        sink.report(finding.help(help(stack, database)));
    }
}

fn help(stack: &Stack<'_>, database: &Database) -> Prose {
    let container = stack.container(database.container);
    let declared = stack.project.volumes.first().map(|v| prose!("{}", Quote::name(&v.key)));
    let volume = declared.unwrap_or_else(|| prose!("{}_data", container));
    let image = database.release.as_ref().map(|r| &r.image);
    // Where the folder is given, it is that; else the one the image's version keeps its data in.
    let own = image.filter(|i| i.moved_folder().is_some_and(|m| m.before == database.data));
    let folder = own.map_or(database.data.as_str(), |i| i.volume());
    prose!(
        "keep it in a named volume:\n    {}:\n      volumes:\n        - {}:{}\n    volumes:\n      {}:",
        container,
        volume,
        Quote::path(folder),
        volume
    )
}

/// Files and services for tests are meant to forget.
fn for_tests(name: &str) -> bool {
    name.to_ascii_lowercase()
        .split(['.', '-', '_'])
        .any(|part| matches!(part, "test" | "tests" | "ci" | "testing" | "e2e"))
}
