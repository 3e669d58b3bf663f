//! Before version 18 a volume one folder too far up does not hold the data.

use crate::facts::at_least;
use crate::finding::{Change, Confidence, Cure, Finding, Own, Prose, prose};
use crate::model::compose::MountKind;
use crate::model::image::DatabaseVersion;
use crate::model::path;
use crate::model::stack::Stack;
use crate::rules::{Check, Rule, Sink, changes, meta};

pub(super) static RULE: Rule =
    Rule { meta: &meta::PG_DATA_MOUNT_PARENT_PRE18, check: Check::Stack(check) };

fn check(stack: &Stack<'_>, sink: &mut Sink) {
    for (database, release) in stack.roles.database_releases() {
        let container = stack.container(database.container);
        let (DatabaseVersion::Named(version), Some(moved)) =
            (&release.image.version, release.image.moved_folder())
        else {
            continue;
        };
        let Some(mount) = container.mount_at(moved.after) else { continue };
        let kept = matches!(mount.kind, MountKind::Volume | MountKind::Bind);
        let deeper = container.service.mounts.iter().any(|m| {
            path::relative_to(&path::join("/", m.target.as_str()), moved.before).is_some()
        });
        if at_least(version, moved.since)
            || !kept
            || deeper
            || container.environment.vars.contains_key("PGDATA")
        {
            continue;
        }
        // A file that is not here may set PGDATA.
        let sure = if container.environment.open.is_some() {
            Confidence::Medium
        } else {
            Confidence::High
        };
        sink.report(
            Finding::new(
                &meta::PG_DATA_MOUNT_PARENT_PRE18,
                prose!("the data of {} is gone after `docker compose down`: it does not lie in the volume", container),
            )
            .sure(sure)
            .label(mount.span, prose!("the image lays a volume without a name over {}, inside of it", Own(moved.before)))
            .label(release.named.span(), prose!("before {} the data lies in {}", Own(moved.since), Own(moved.before)))
            .cure_if(changes::verbatim(&mount.target).map(|at| {
                Cure::new("mount the volume where the data is")
                    .change(Change::Replace { at, with: moved.before.into() })
                    .also("dump what there is first: it stays behind in the anonymous volume")
            }))
            .help(prose!("mount the volume where the data lies (dump what there is first, it stays behind in the other volume):\n    {}:{}", Prose::value_or(mount.source.as_ref(), "pgdata"), Own(moved.before))),
        );
    }
}
