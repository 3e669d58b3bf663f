//! A release of Django and a database server that is too old for it.

use crate::facts::{NEEDS_SERVER, NeedsServer};
use crate::finding::{Finding, Own, Quote, prose};
use crate::model::image::{DatabaseVersion, Package};
use crate::model::roles::django::DjangoService;
use crate::model::stack::Stack;
use crate::rules::{Check, Rule, Sink, meta};

pub(super) static RULE: Rule =
    Rule { meta: &meta::DB_VERSION_UNSUPPORTED, check: Check::Django(check) };

fn check(service: &DjangoService, stack: &Stack<'_>, sink: &mut Sink) {
    let container = stack.container(service.container);
    let Some(packages) = container.packages.as_deref() else { return };
    for used in service.databases() {
        let Some(database) = stack.datastores().database_of(service, Some(&used)) else { continue };
        let Some(release) = &database.release else { continue };
        let DatabaseVersion::Named(version) = &release.image.version else { continue };
        let needs = NEEDS_SERVER.iter().rev().find_map(|needs| {
            let package = packages.get(needs.package)?;
            let wanted = needs.image == release.image.kind.image()
                && is_older(version, needs.server)
                && is_surely_since(package, needs);
            wanted.then_some((needs, package))
        });
        let Some((needs, package)) = needs else { continue };
        let server = stack.container(database.container);
        sink.report(
            Finding::new(
                &meta::DB_VERSION_UNSUPPORTED,
                prose!(
                    "{} cannot use {}: NotSupportedError: {} or later is required (found {})",
                    container,
                    server,
                    Own(needs.title),
                    Quote::value(version).or_at(release.named.span())
                ),
            )
            .label(release.named.span(), prose!("is older than {}", Own(needs.title)))
            .label(
                package.span,
                prose!("Django {} and later accept {} or later", Own(needs.since), Own(needs.title)),
            )
            .help(prose!(
                "use an image of {} or later and move the data over with dump and restore, or ask for a Django before {}:\n    image: {}:{}",
                Own(needs.title),
                Own(needs.since),
                Own(needs.image),
                Own(needs.server)
            )),
        );
    }
}

/// Whether the release that is installed surely checks the server.
fn is_surely_since(package: &Package, needs: &NeedsServer) -> bool {
    package.surely_since(needs.since)
        || !package.locked && package.newest_is_since(needs.since) == Some(true)
}

/// Whether a tag's version is surely older than another; a tag without the number that decides stands for the newest of
/// its line.
fn is_older(version: &str, than: &str) -> bool {
    let numbers = |v: &str| v.split('.').map(|n| n.parse::<u32>().ok()).collect::<Vec<_>>();
    let (version, than) = (numbers(version), numbers(than));
    for (a, b) in version.iter().zip(&than) {
        match (a, b) {
            (Some(a), Some(b)) if a == b => {}
            (Some(a), Some(b)) => return a < b,
            _ => return false,
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::is_older;

    #[test]
    fn versions_of_tags_are_compared_as_far_as_they_go() {
        for (version, than, older) in [
            ("11", "12", true),
            ("11.22", "12", true),
            ("12", "12", false),
            ("10", "10.5", false),
            ("10.4", "10.5", true),
            ("5.7", "8", true),
            ("8", "8.0.11", false),
            ("8.0.4", "8.0.11", true),
        ] {
            assert_eq!(is_older(version, than), older, "{version} {than}");
        }
    }
}
