//! A database driver that the image can neither compile nor load.

use crate::finding::Finding;
use crate::model::image::LibraryKind;
use crate::model::stack::Stack;
use crate::rules::{Check, Rule, Sink, meta};

pub(super) static RULE: Rule =
    Rule { meta: &meta::DRIVER_BUILD_DEPS_MISSING, check: Check::Stack(check) };

fn check(stack: &Stack<'_>, sink: &mut Sink) {
    for container in stack.containers.iter().filter(|c| !c.presumed) {
        for fault in stack.images().library_faults(container) {
            if fault.kind == LibraryKind::Run && container.adds_packages() {
                continue;
            }
            let (what, base) = match fault.kind {
                LibraryKind::Build => {
                    ("does not build", "has neither a compiler nor the library's headers")
                }
                LibraryKind::Run => ("does not load its database driver", "has no library for it"),
            };
            let subject = match fault.kind {
                LibraryKind::Build => format!("the image of {}", container.name()),
                LibraryKind::Run => container.name().to_owned(),
            };
            let why = fault.why.unwrap_or_else(|| match fault.kind {
                LibraryKind::Build => "is compiled when it is installed".to_owned(),
                LibraryKind::Run => "loads a C library of the system".to_owned(),
            });
            let line = match fault.kind {
                LibraryKind::Build => {
                    format!("above the line that installs it:\n    {}", fault.install)
                }
                LibraryKind::Run => format!("in the last stage:\n    {}", fault.install),
            };
            let help = match fault.instead {
                Some(instead) => format!(
                    "ask for {instead}, which brings the library along, or install it {line}"
                ),
                None => format!("install what it wants {line}"),
            };
            sink.report(
                Finding::new(
                    &meta::DRIVER_BUILD_DEPS_MISSING,
                    format!("{subject} {what}: {}", fault.log),
                )
                .label(fault.span, why)
                .label(fault.base.span(), base)
                .help(help),
            );
        }
    }
}
