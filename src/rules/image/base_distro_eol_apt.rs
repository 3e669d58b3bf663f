//! The packages of the base image's release have moved to the archive.

use crate::finding::{Finding, Own, prose};
use crate::model::stack::Stack;
use crate::rules::{Check, Rule, Sink, meta};

pub(super) static RULE: Rule =
    Rule { meta: &meta::BASE_DISTRO_EOL_APT, check: Check::Stack(check) };

fn check(stack: &Stack<'_>, sink: &mut Sink) {
    for container in &stack.containers {
        let Some(image) = container.built() else { continue };
        for run in image.apt().iter().filter(|r| !r.other_servers) {
            let release = run.release;
            let Some(archive) = release.archived else { continue };
            let server = if release.distribution == "Debian" {
                "deb.debian.org/debian"
            } else {
                "archive.ubuntu.com/ubuntu"
            };
            sink.report(
                Finding::new(
                    &meta::BASE_DISTRO_EOL_APT,
                    prose!("the image of {} does not build: the repository 'http://{} {} Release' does not have a Release file", container, Own(server), Own(release.name)),
                )
                .label(run.base.span(), prose!("stands on {} {} ({})", Own(release.distribution), Own(release.version), Own(release.name)))
                .label(run.span, prose!("asks {}, but its packages are on {} now", Own(server), Own(archive)))
                .help(prose!("start from an image on a release that is still served, such as one that ends in {}", Own(newer(release.distribution)))),
            );
        }
    }
}

fn newer(distribution: &str) -> &'static str {
    if distribution == "Debian" { "-bookworm" } else { "24.04" }
}
