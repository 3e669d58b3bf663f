//! A database image without a version: the next major one does not open the data.

use super::for_tests;
use crate::facts::{OPTIONS, at_least};
use crate::finding::{Finding, Own, Prose, Quote, Severity, prose};
use crate::model::compose::Mount;
use crate::model::container::Container;
use crate::model::image::{DatabaseKind, DatabaseVersion};
use crate::model::stack::Stack;
use crate::rules::{Check, MAX_LISTED, Rule, Sink, meta};
use crate::source::Span;

pub(super) static RULE: Rule =
    Rule { meta: &meta::DB_IMAGE_MAJOR_UNPINNED, check: Check::Stack(check) };

/// A database whose image names no version.
struct Unpinned<'c> {
    container: &'c Container<'c>,
    kind: DatabaseKind,
    /// Where the image is named.
    named: Span,
    /// What keeps its data.
    mount: &'c Mount,
}

fn check<'s>(stack: &'s Stack<'s>, sink: &mut Sink) {
    let mut unpinned: Vec<Unpinned<'s>> = Vec::new();
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
        // The machine empties it by itself.
        if mount.source.as_ref().is_some_and(|s| s.starts_with("/tmp/") || s.as_str() == "/tmp") {
            continue;
        }
        unpinned.push(Unpinned { container, kind: release.image.kind, named: at, mount });
    }
    // A cluster of one image in one file is one decision.
    while let Some(first) = unpinned.first() {
        let (kind, file) = (first.kind, first.named.file);
        let (same, others) =
            unpinned.into_iter().partition(|u| u.kind == kind && u.named.file == file);
        unpinned = others;
        if let Some(finding) = judge(stack, kind, &same) {
            sink.report(finding);
        }
    }
}

fn judge(stack: &Stack<'_>, kind: DatabaseKind, all: &[Unpinned<'_>]) -> Option<Finding> {
    let (first, others) = all.split_first()?;
    let image = kind.image();
    let (severity, what) = effect(kind);
    let severity = if is_for_tests(stack) { Severity::Info } else { severity };
    let listed = all.iter().take(MAX_LISTED).map(|u| prose!("{}", u.container));
    let more = match all.len().saturating_sub(MAX_LISTED) {
        0 => Prose::default(),
        more => prose!(" and {} more", more),
    };
    let message = prose!(
        "a later pull brings another major version of {} to {}{}: {}",
        Own(image),
        Prose::join(listed, ", "),
        more,
        Own(what)
    );
    let mut finding = Finding::new(&meta::DB_IMAGE_MAJOR_UNPINNED, message)
        .at_most(severity)
        .label(first.named, "names no version")
        .label(first.mount.span, "holds data that one version wrote");
    for other in others.iter().take(MAX_LISTED) {
        finding = finding.label(other.named, "names no version either");
    }
    Some(finding.help(prose!("name the major version that wrote the data; ask the running server, or: docker compose exec {} {}", first.container, Own(ask(kind)))))
}

/// Whether the stack by its files is for tests, also of the load: it starts from nothing each time.
fn is_for_tests(stack: &Stack<'_>) -> bool {
    stack.repository().compose_files().any(|file| file.as_str().split('/').any(for_tests))
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
