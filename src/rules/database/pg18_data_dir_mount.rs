//! postgres 18 and later refuse a volume at the old data folder.

use crate::facts::at_least;
use crate::finding::{Change, Confidence, Cure, Finding, Own, Prose, Quote, prose};
use crate::model::image::DatabaseVersion;
use crate::model::stack::Stack;
use crate::rules::{Check, Rule, Sink, changes, meta};

pub(super) static RULE: Rule =
    Rule { meta: &meta::PG18_DATA_DIR_MOUNT, check: Check::Stack(check) };

fn check(stack: &Stack<'_>, sink: &mut Sink) {
    for (database, release) in stack.roles.database_releases() {
        let container = stack.container(database.container);
        let (Some(version), Some(moved)) = (release.image.least(), release.image.moved_folder())
        else {
            continue;
        };
        // With a folder of its own for the data the image looks no further.
        if !at_least(version, moved.since) || container.environment.vars.contains_key("PGDATA") {
            continue;
        }
        let Some(mount) = container.mount_at(moved.before) else { continue };
        let floating = matches!(release.image.version, DatabaseVersion::Floating(_));
        let says = if floating {
            prose!(
                "names no version: {} or later",
                Quote::value(version).or_at(release.named.span())
            )
        } else {
            prose!("is version {}", Quote::value(version).or_at(release.named.span()))
        };
        let old = prose!(
            "where the volume holds data of an older version, name that version: {}:17",
            Own(release.image.kind.image())
        );
        // A file that is not here may set PGDATA.
        let sure = if container.environment.open.is_some() {
            Confidence::Medium
        } else {
            Confidence::High
        };
        sink.report(
            Finding::new(
                &meta::PG18_DATA_DIR_MOUNT,
                prose!(
                    "{} does not start: from {} on the image refuses a volume at {}",
                    container,
                    Own(moved.since),
                    Own(moved.before)
                ),
            )
            .sure(sure)
            .label(
                mount.span,
                prose!("from {} on the volume belongs at {}", Own(moved.since), Own(moved.after)),
            )
            .label(release.named.span(), says)
            .cure_if(changes::verbatim(&mount.target).map(|at| {
                Cure::new("mount the volume one directory further up")
                    .change(Change::Replace { at, with: moved.after.into() })
                    .also(old.clone())
            }))
            .help(prose!(
                "mount it one folder further up:\n    {}:{}\n{}",
                Prose::value_or(mount.source.as_ref(), "pgdata"),
                Own(moved.after),
                old
            )),
        );
    }
}
