//! A package is installed that the release no longer has.

use crate::facts::{GONE, at_least};
use crate::finding::{Edit, Finding, Fix, Safety};
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
                        format!(
                            "the image of {} does not build: Package '{}' has no installation candidate",
                            container.name(),
                            gone.package
                        ),
                    )
                    .label(package.span(), format!("is gone since {} {}; install {}", gone.distribution, gone.since, gone.instead))
                    .label(run.base.span(), format!("stands on {} {} ({}) or later", release.distribution, release.version, release.name))
                    .help(format!("install {} instead, which brings nc as well", gone.instead))
                    .fix(Fix {
                        title: format!("install {}", gone.instead),
                        safety: Safety::Safe,
                        edits: vec![Edit { span: package.span(), replacement: gone.instead.to_owned() }],
                    }),
                );
            }
        }
    }
}
