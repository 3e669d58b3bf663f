//! A database driver that the image can neither compile nor load.

use crate::finding::{Change, Cure, Finding, Own, StatementEdit, prose};
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
                LibraryKind::Build => prose!("the image of {}", container),
                LibraryKind::Run => prose!("{}", container),
            };
            let why = fault.why.unwrap_or_else(|| match fault.kind {
                LibraryKind::Build => prose!("is compiled when it is installed"),
                LibraryKind::Run => prose!("loads a C library of the system"),
            });
            let line = match fault.kind {
                LibraryKind::Build => {
                    prose!("above the line that installs it:\n    {}", fault.install)
                }
                LibraryKind::Run => {
                    prose!("in the last stage:\n    {}", fault.install)
                }
            };
            let help = match fault.instead {
                Some(instead) => prose!(
                    "ask for {}, which brings the library along, or install it {}",
                    instead,
                    line
                ),
                None => prose!("install what it wants {}", line),
            };
            sink.report(
                Finding::new(
                    &meta::DRIVER_BUILD_DEPS_MISSING,
                    prose!("{} {}: {}", subject, Own(what), Own(fault.log)),
                )
                .label(fault.span, why)
                .label(fault.base.span(), base)
                .help(help)
                .cure(Cure::new("install what it needs").change(
                    Change::Statement(
                        fault.base.span(),
                        StatementEdit::After(fault.install.clone()),
                    ),
                )),
            );
        }
    }
}
