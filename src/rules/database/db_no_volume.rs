//! The database forgets everything.

use super::for_tests;
use crate::finding::{Change, Cure, Finding, NodeEdit, Prose, Quote, YamlValue, prose};
use crate::model::compose::{Mount, MountKind};
use crate::model::container::{Container, EnvValue};
use crate::model::roles::database::Database;
use crate::model::stack::Stack;
use crate::rules::{Check, Rule, Sink, changes, meta};
use crate::source::Span;

pub(super) static RULE: Rule = Rule { meta: &meta::DB_NO_VOLUME, check: Check::Stack(check) };

fn check(stack: &Stack<'_>, sink: &mut Sink) {
    // A start that fails before it comes to Django leaves its image.
    let installed =
        |c: &Container<'_>| c.packages.as_ref().is_some_and(|p| p.get("django").is_some());
    if stack.roles.django.is_empty() && !stack.containers.iter().any(installed)
        || stack.repository().compose_files().any(|f| for_tests(f.file_name()))
    {
        return;
    }
    for database in stack.roles.sql_databases() {
        let db = stack.container(database.container);
        // What only runs when a profile is asked for is a tool.
        let on_request = db.service.has_profile()
            && stack.lifecycle().runs_always(database.container) != Some(true);
        if for_tests(db.name()) || on_request {
            continue;
        }
        let unknown = |v: &EnvValue| v.text.known().is_none();
        if db.environment.vars.get("PGDATA").is_some_and(unknown) {
            continue;
        }
        let (place, why, anonymous) = match stack.storage().data_mount(database) {
            None => (
                db.service.image.as_ref().map_or(db.name_span(), |i| i.text.span()),
                prose!("no volume holds its data"),
                None,
            ),
            Some(m) if m.kind == MountKind::Anonymous => (
                m.span,
                prose!(
                    "a volume without a name: `down` loses track of it, and a new {} starts empty",
                    db
                ),
                Some(m.span),
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
        let meant = db.service.mounts.iter().find(meant);
        if let Some(mount) = meant {
            finding = finding.label(
                mount.span,
                prose!("the data is in {}, not here", Quote::path(&database.data)),
            );
        }
        sink.report(
            finding.help(help(stack, database)).cure(cure(stack, database, anonymous, meant)),
        );
    }
}

fn cure(
    stack: &Stack<'_>,
    database: &Database,
    anonymous: Option<Span>,
    meant: Option<&Mount>,
) -> Cure {
    let container = stack.container(database.container);
    let folder = folder(database);
    let cure = Cure::new(prose!("keep the data of {} in a named volume", container));
    if let (None, Some(mount)) = (anonymous, meant)
        && let Some(source) = &mount.source
    {
        let at = prose!("{}:{}", source, Quote::path(folder));
        return cure
            .change(Change::YamlNode(mount.span, NodeEdit::Replace(YamlValue::text(at))))
            .also("what was written to the old place stays in the volume");
    }
    match anonymous {
        None => cure.changes(changes::named_volume(stack, container, folder)),
        Some(place) => {
            let name = changes::free_volume_name(stack, container, "data");
            let mount = prose!("{}:{}", Quote::name(&name), Quote::path(folder));
            cure.change(Change::YamlNode(place, NodeEdit::Replace(YamlValue::text(mount))))
                .change(changes::declare_volume(place, &name))
                .also("what the anonymous volume holds now has to be copied over, or is created again")
        }
    }
}

/// The folder that keeps the data: where it is given, that one; else the one that the image's version uses.
fn folder(database: &Database) -> &str {
    let image = database.release.as_ref().map(|r| &r.image);
    let own = image.filter(|i| i.moved_folder().is_some_and(|m| m.before == database.data));
    own.map_or(database.data.as_str(), |i| i.volume())
}

fn help(stack: &Stack<'_>, database: &Database) -> Prose {
    let container = stack.container(database.container);
    let declared = stack.project.volumes.first().map(|v| prose!("{}", Quote::name(&v.key)));
    let volume = declared.unwrap_or_else(|| prose!("{}_data", container));
    let folder = folder(database);
    prose!(
        "keep it in a named volume:\n    {}:\n      volumes:\n        - {}:{}\n    volumes:\n      {}:",
        container,
        volume,
        Quote::path(folder),
        volume
    )
}
