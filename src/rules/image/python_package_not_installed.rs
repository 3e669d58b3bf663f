//! The settings list or import a package that nothing installs.

use crate::finding::{Finding, Own, Quote, prose};
use crate::model::roles::django::DjangoService;
use crate::model::stack::Stack;
use crate::rules::{Check, MAX_EVIDENCE, Rule, Sink, changes, meta};
use crate::source::Span;

pub(super) static RULE: Rule =
    Rule { meta: &meta::PYTHON_PACKAGE_NOT_INSTALLED, check: Check::Django(check) };

fn check(service: &DjangoService, stack: &Stack<'_>, sink: &mut Sink) {
    let container = stack.container(service.container);
    for missing in stack.django().missing_packages(service) {
        let label = match missing.setting {
            Some(setting) => prose!("{} needs {}", Own(setting), Own(missing.install)),
            None => prose!("needs {}", Own(missing.install)),
        };
        let mut finding = Finding::new(
            &meta::PYTHON_PACKAGE_NOT_INSTALLED,
            match missing.setting.filter(|_| missing.is_late()) {
                Some(setting) => prose!(
                    "{} fails when it first uses {}: ModuleNotFoundError: No module named '{}'",
                    container,
                    Own(setting),
                    Quote::name(&missing.module)
                ),
                None => prose!(
                    "{} does not start: ModuleNotFoundError: No module named '{}'",
                    container,
                    Quote::name(&missing.module)
                ),
            },
        )
        .label(missing.span, label);
        if let Some(packages) = &container.packages {
            for (file, named) in packages.files.iter().take(MAX_EVIDENCE) {
                finding = finding
                    .label(
                        Span::whole(*file),
                        prose!(
                            "{} does not name it",
                            stack.repository().file_name(Span::whole(*file))
                        ),
                    )
                    .label(*named, "all that is installed");
            }
        }
        sink.report(
            finding
                .help(prose!(
                    "add it to the requirements and build again:\n    {}",
                    Own(missing.install)
                ))
                .cure_if(changes::install(container.packages.as_deref(), missing.install)),
        );
    }
}
