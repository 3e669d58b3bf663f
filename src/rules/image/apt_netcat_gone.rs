//! A package is installed that the release no longer has.

use crate::finding::{Change, Cure, Finding, Own, Prose, Quote, prose};
use crate::model::stack::Stack;
use crate::rules::{Check, Rule, Sink, changes, meta};

pub(super) static RULE: Rule = Rule { meta: &meta::APT_NETCAT_GONE, check: Check::Stack(check) };

fn check(stack: &Stack<'_>, sink: &mut Sink) {
    for container in &stack.containers {
        let Some(image) = container.built() else { continue };
        for run in image.apt().iter().filter(|r| !r.other_servers && r.release.archived.is_none()) {
            let release = run.release;
            for (package, gone) in run.gone_from(release) {
                let is_netcat = gone.package == "netcat";
                // A further server may have what the release lacks.
                if run.further_servers && !is_netcat {
                    continue;
                }
                let message = if is_netcat {
                    prose!(
                        "the image of {} does not build: Package 'netcat' has no installation candidate",
                        container
                    )
                } else {
                    prose!(
                        "the image of {} does not build: apt-get does not find the package {}",
                        container,
                        Quote::name(package)
                    )
                };
                let lead: Prose = if is_netcat {
                    prose!("install {} instead, which brings nc as well", Own(gone.instead))
                } else {
                    prose!("install {} instead", Own(gone.instead))
                };
                sink.report(
                    Finding::new(&meta::APT_NETCAT_GONE, message)
                        .label(
                            package.span(),
                            prose!(
                                "is gone since {} {}; install {}",
                                Own(gone.distribution),
                                Own(gone.since),
                                Own(gone.instead)
                            ),
                        )
                        .label(
                            run.base.span(),
                            prose!(
                                "is based on {} {} ({}) or later",
                                Own(release.distribution),
                                Own(release.version),
                                Own(release.name)
                            ),
                        )
                        .help(lead.clone())
                        .cure_if(changes::verbatim(package).map(|at| {
                            let cure = Cure::new(lead)
                                .change(Change::Replace { at, with: gone.instead.into() });
                            if is_netcat { cure.safe() } else { cure }
                        })),
                );
            }
        }
    }
}
