//! A package is installed that the release no longer has.

use crate::facts::{GONE, at_least};
use crate::finding::{Change, Cure, Finding, Own, prose};
use crate::model::stack::Stack;
use crate::rules::{Check, Rule, Sink, meta};

pub(super) static RULE: Rule = Rule { meta: &meta::APT_NETCAT_GONE, check: Check::Stack(check) };

fn check(stack: &Stack<'_>, sink: &mut Sink) {
    for container in &stack.containers {
        let Some(image) = container.built() else { continue };
        for run in image.apt().iter().filter(|r| !r.other_servers && r.release.archived.is_none()) {
            for gone in GONE.iter().filter(|g| {
                g.distribution == run.release.distribution && at_least(run.release.version, g.since)
            }) {
                let Some(package) = run.packages.iter().find(|p| p.as_str() == gone.package) else {
                    continue;
                };
                let release = run.release;
                sink.report(
                    Finding::new(
                        &meta::APT_NETCAT_GONE,
                        prose!("the image of {} does not build: Package '{}' has no installation candidate", container, Own(gone.package)),
                    )
                    .label(package.span(), prose!("is gone since {} {}; install {}", Own(gone.distribution), Own(gone.since), Own(gone.instead)))
                    .label(run.base.span(), prose!("stands on {} {} ({}) or later", Own(release.distribution), Own(release.version), Own(release.name)))
                    .help(prose!("install {} instead, which brings nc as well", Own(gone.instead)))
                    .cure(
                        Cure::new(prose!("install {} instead, which brings nc as well", Own(gone.instead)))
                            .safe()
                            .change(Change::Replace { at: package.span(), with: gone.instead.into() }),
                    ),
                );
            }
        }
    }
}
