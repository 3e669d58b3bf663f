//! A release of a package and the image's Python that do not go together.

use crate::facts::{self, BREAKS_ON, NEEDS_PYTHON, at_least};
use crate::finding::{Confidence, Finding, Own, Quote, prose};
use crate::model::image::{Package, PythonVersion};
use crate::model::stack::Stack;
use crate::rules::{Check, Rule, Sink, meta};
use std::collections::BTreeMap;

pub(super) static RULE: Rule =
    Rule { meta: &meta::PYTHON_VERSION_UNSUPPORTED, check: Check::Stack(check) };

fn check(stack: &Stack<'_>, sink: &mut Sink) {
    for container in stack.containers.iter().filter(|c| !c.presumed) {
        let (Some(image), Some(packages)) = (container.built(), container.packages.as_deref())
        else {
            continue;
        };
        let mut pythons: BTreeMap<usize, Option<PythonVersion>> = BTreeMap::new();
        for package in &packages.python {
            let Some((stage, _)) = package.layer else { continue };
            let python = pythons.entry(stage).or_insert_with(|| image.python(stage));
            let Some(python) = python.as_ref() else { continue };
            let needs = NEEDS_PYTHON.iter().rev().find(|n| {
                n.package == package.name
                    && package.surely_since(n.since)
                    && !python.at_least
                    && !at_least(&python.version, n.python)
            });
            if let Some(needs) = needs {
                sink.report(
                    Finding::new(
                        &meta::PYTHON_VERSION_UNSUPPORTED,
                        prose!("the image of {} does not build: No matching distribution found for {}{}", container, Quote::name(&package.name), Quote::value(&package.version)),
                    )
                    .label(package.span, prose!("since {} it wants Python {} or later", Own(needs.since), Own(needs.python)))
                    .label(python.base.span(), prose!("has Python {}", Quote::value(&python.version)))
                    .help(prose!("start from a newer Python (python:{}-slim or later), or ask for a release before {}", Own(needs.python), Own(needs.since))),
                );
                continue;
            }
            let breaks = BREAKS_ON.iter().rev().find(|b| {
                b.package == package.name
                    && package.surely_before(b.before)
                    && at_least(&python.version, b.python)
            });
            let Some(breaks) = breaks else { continue };
            // What is not known may bring the module back.
            if breaks.unless.iter().any(|u| packages.has(u) != Some(false)) {
                continue;
            }
            let bring = |p: &Package| facts::brings_setuptools(&p.name) && !p.surely_since("21");
            let shim = breaks.module == "distutils";
            if shim && packages.python.iter().any(bring) {
                continue;
            }
            let finding = Finding::new(
                &meta::PYTHON_VERSION_UNSUPPORTED,
                prose!(
                    "{} does not start: ModuleNotFoundError: No module named '{}'",
                    container,
                    Own(breaks.module)
                ),
            )
            .label(
                package.span,
                prose!("releases before {} import {}", Own(breaks.before), Own(breaks.module)),
            )
            .label(
                python.base.span(),
                prose!(
                    "has Python {}{}; {} is gone since {}",
                    Quote::value(&python.version),
                    Own(if python.at_least { " or later" } else { "" }),
                    Own(breaks.module),
                    Own(breaks.python)
                ),
            )
            .help(prose!(
                "start from an older Python until {} is {} or later, or raise its version",
                Quote::name(&package.name),
                Own(breaks.before)
            ));
            sink.report(if shim { finding.sure(Confidence::Medium) } else { finding });
        }
    }
}
