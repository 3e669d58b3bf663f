//! The packages of the base image's release have moved to the archive.

use crate::finding::{Change, Cure, Finding, Own, Prose, Quote, prose};
use crate::model::image::AptRun;
use crate::model::stack::Stack;
use crate::rules::{Check, MAX_LISTED, Rule, Sink, changes, meta};

pub(super) static RULE: Rule =
    Rule { meta: &meta::BASE_DISTRO_EOL_APT, check: Check::Stack(check) };

fn check(stack: &Stack<'_>, sink: &mut Sink) {
    // The stages of a Dockerfile that stand on the same release have one cause, whichever services build them.
    let mut causes: Vec<(Prose, Vec<AptRun>)> = Vec::new();
    for container in &stack.containers {
        let Some(image) = container.built() else { continue };
        for run in image.apt() {
            if run.other_servers || run.release.archived.is_none() {
                continue;
            }
            let same = |(_, runs): &&mut (Prose, Vec<AptRun>)| {
                runs.first().is_some_and(|first| {
                    first.span.file == run.span.file && first.release == run.release
                })
            };
            match causes.iter_mut().find(same) {
                Some((_, runs)) if runs.iter().any(|r| r.span == run.span) => {}
                Some((_, runs)) => runs.push(run),
                None => causes.push((prose!("{}", container), vec![run])),
            }
        }
    }
    for (service, mut runs) in causes {
        runs.sort_by_key(|run| run.span.start);
        if let Some(finding) = judge(&service, &runs) {
            sink.report(finding);
        }
    }
}

fn judge(service: &Prose, runs: &[AptRun]) -> Option<Finding> {
    let first = runs.first()?;
    let release = first.release;
    let archive = release.archived?;
    let is_debian = release.distribution == "Debian";
    let server = if is_debian { "deb.debian.org/debian" } else { "archive.ubuntu.com/ubuntu" };
    let mut finding = Finding::new(
        &meta::BASE_DISTRO_EOL_APT,
        prose!("the image of {} does not build: the repository 'http://{} {} Release' does not have a Release file", service, Own(server), Own(release.name)),
    )
    .label(first.base.span(), prose!("is based on {} {} ({})", Own(release.distribution), Own(release.version), Own(release.name)))
    .label(first.span, prose!("requests packages from {}, but they are on {} now", Own(server), Own(archive)));
    let mut bases = vec![first];
    for run in runs {
        if bases.iter().all(|b| b.base.span() != run.base.span()) {
            bases.push(run);
            finding = finding.label(run.base.span(), "is based on it as well");
        }
    }
    let mut replacements = Vec::new();
    for run in runs {
        let Some(successor) = run.successor() else { continue };
        for (package, gone) in run.gone_from(successor.release) {
            if replacements.len() < MAX_LISTED {
                finding = finding.label(
                    package.span(),
                    prose!(
                        "is not in {}: install {}",
                        Own(successor.release.name),
                        Own(gone.instead)
                    ),
                );
            }
            replacements.push((package, gone.instead));
        }
    }
    let archive = archive_step(is_debian, archive);
    let lead = "start from an image on a release that is still served";
    let Some(successor) = first.successor() else {
        return Some(finding.help(prose!(
            "{}, such as one whose tag contains {}; or {}",
            Own(lead),
            Own(if is_debian { "bookworm" } else { "24.04" }),
            archive
        )));
    };
    let mut help = prose!("{}:\n    FROM {}\n", Own(lead), Quote::value(&successor.image));
    for (package, instead) in &replacements {
        help.push(&prose!("install {} instead of {}\n", Own(instead), Quote::name(*package)));
    }
    help.push(&prose!("or {}", archive.clone()));
    // What else is written for the old release has to be looked at by a person.
    if runs.iter().any(|run| run.further_servers || run.pins_versions()) {
        help.push(&Own(
            "\nfurther servers and package versions in the build are for the old release as well",
        ));
        return Some(finding.help(help));
    }
    let replace = |at, with| Some(Change::Replace { at, with });
    let images = bases.iter().map(|run| {
        let successor = run.successor()?;
        replace(
            changes::verbatim(&run.base)?,
            prose!("{}", Quote::value(&successor.image).or_at(run.base.span())),
        )
    });
    let packages = replacements
        .iter()
        .map(|(package, instead)| replace(changes::verbatim(package)?, (*instead).into()));
    let changes: Option<Vec<Change>> = images.chain(packages).collect();
    let cure = changes.map(|all| Cure::new(lead).changes(all).also(prose!("or {}", archive)));
    Some(finding.help(help).cure_if(cure))
}

/// What keeps the old release for a while.
fn archive_step(is_debian: bool, archive: &'static str) -> Prose {
    let servers = if is_debian {
        "s|deb.debian.org|archive.debian.org|; s|security.debian.org|archive.debian.org|; /-updates/d"
    } else {
        "s/archive.ubuntu.com/old-releases.ubuntu.com/; s/security.ubuntu.com/old-releases.ubuntu.com/"
    };
    prose!(
        "keep the release, without security updates, with the packages on {}; before apt-get:\n    RUN sed -i '{}' /etc/apt/sources.list",
        Own(archive),
        Own(servers)
    )
}
