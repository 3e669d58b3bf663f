//! postgres 18 and later refuse a volume at the old data folder.

use crate::facts::at_least;
use crate::finding::{
    Change, Confidence, Cure, Finding, NodeEdit, Own, Prose, Quote, YamlValue, prose,
};
use crate::model::compose::MountKind;
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
        // An anonymous volume gets the name that the rule for lost data gives it, so that one edit removes both causes.
        let cure = if mount.kind == MountKind::Anonymous {
            let name = changes::free_volume_name(stack, container, "data");
            let named = prose!("{}:{}", Quote::name(&name), Own(moved.after));
            let node = NodeEdit::Replace(YamlValue::text(named));
            Some(
                Cure::new("mount a named volume one directory further up")
                    .change(Change::YamlNode(mount.span, node))
                    .change(changes::declare_volume(mount.span, &name)),
            )
        } else {
            changes::verbatim(&mount.target).map(|at| {
                Cure::new("mount the volume one directory further up")
                    .change(Change::Replace { at, with: moved.after.into() })
            })
        };
        let cure = cure.map(|cure| cure.also(old.clone()));
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
            .cure_if(cure)
            .help(prose!(
                "mount it one folder further up:\n    {}:{}\n{}",
                Prose::value_or(mount.source.as_ref(), "pgdata"),
                Own(moved.after),
                old
            )),
        );
    }
}
