//! A database image without a version: the next major one does not open the data.

use crate::facts::{OPTIONS, at_least};
use crate::finding::{Finding, Own, Quote, Severity, prose};
use crate::model::image::{DatabaseKind, DatabaseVersion};
use crate::model::stack::Stack;
use crate::rules::{Check, Rule, Sink, meta};

pub(super) static RULE: Rule =
    Rule { meta: &meta::DB_IMAGE_MAJOR_UNPINNED, check: Check::Stack(check) };

fn check(stack: &Stack<'_>, sink: &mut Sink) {
    for (database, release) in stack.roles.database_releases() {
        let container = stack.container(database.container);
        let image = release.image.kind.image();
        let at = release.named.span();
        let removed = OPTIONS.iter().filter(|o| {
            o.image == image && release.image.least().is_some_and(|l| at_least(l, o.since))
        });
        let given = removed
            .filter_map(|o| Some((o, release.options.iter().find(|(n, _)| n == o.option)?)))
            .next();
        if let Some((option, (written, span))) = given {
            sink.report(
                Finding::new(
                    &meta::DB_IMAGE_MAJOR_UNPINNED,
                    prose!(
                        "{} does not start: unknown variable '{}'",
                        container,
                        Quote::code(written).or_at(*span)
                    ),
                )
                .label(
                    at,
                    prose!("is {} or later, which does not know the option", Own(option.since)),
                )
                .label(*span, prose!("was removed in {}", Own(option.since)))
                .help(prose!(
                    "name the version this was written for (`{}:{}`), or {}",
                    Own(image),
                    Own(image_before(option.since)),
                    Own(option.instead)
                )),
            );
            continue;
        }
        let DatabaseVersion::Floating(latest) = release.image.version else { continue };
        // What is about the folder is told by the rule for that.
        let Some(mount) = release.kept(container) else { continue };
        if release.image.moved_folder().is_some_and(|m| container.mount_at(m.before).is_some())
            && latest.is_some()
        {
            continue;
        }
        let (severity, what) = effect(release.image.kind);
        sink.report(
            Finding::new(&meta::DB_IMAGE_MAJOR_UNPINNED, prose!("a later pull brings another major version of {} to {}: {}", Own(image), container, Own(what)))
                .at_most(severity)
                .label(at, "names no version")
                .label(mount.span, "holds data that one version wrote")
                .help(prose!("name the major version that wrote the data; ask the running server, or: docker compose exec {} {}", container, Own(ask(release.image.kind)))),
        );
    }
}

/// How bad it is, and what a new major version does with the files of an old one.
fn effect(kind: DatabaseKind) -> (Severity, &'static str) {
    match kind {
        DatabaseKind::Postgres => {
            (Severity::Warning, "database files are incompatible with server")
        }
        DatabaseKind::Mysql => {
            (Severity::Warning, "it opens only what the long-term version before it wrote")
        }
        DatabaseKind::Mongo => {
            (Severity::Warning, "it opens only what the major version before it wrote")
        }
        DatabaseKind::Mariadb => {
            (Severity::Info, "once it has opened the data, the version before cannot")
        }
    }
}

fn ask(kind: DatabaseKind) -> &'static str {
    match kind {
        DatabaseKind::Postgres => "postgres --version",
        DatabaseKind::Mysql => "mysqld --version",
        DatabaseKind::Mariadb => "mariadbd --version",
        DatabaseKind::Mongo => "mongod --version",
    }
}

/// The long-term version before the one that removed an option.
fn image_before(since: &str) -> &'static str {
    if since == "8.4" { "8.0" } else { "8.4" }
}
