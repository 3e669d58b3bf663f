//! The settings module is not there.

use crate::finding::{Finding, Quote, Severity, prose};
use crate::model::django::{Cause, Failure};
use crate::model::roles::django::{DjangoService, SettingsState};
use crate::model::stack::Stack;
use crate::rules::{Check, Rule, Sink, meta};

pub(super) static RULE: Rule =
    Rule { meta: &meta::SETTINGS_MODULE_MISSING, check: Check::Django(check) };

fn check(service: &DjangoService, stack: &Stack<'_>, sink: &mut Sink) {
    let container = stack.container(service.container);
    let base = service.python_path.first().map_or("/", String::as_str);
    match (&service.settings, &service.module) {
        (SettingsState::Missing, Some(module)) => {
            let name = module.name.as_str();
            let first = name.split('.').next().unwrap_or(name);
            // Without its first package in the project it may be an installed one.
            let near: Vec<_> = stack
                .repository()
                .find_files(stack.repository().project_folder(), "settings.py")
                .into_iter()
                .chain(
                    stack
                        .repository()
                        .find_files(stack.repository().project_folder(), "__init__.py"),
                )
                .collect();
            if !near.iter().any(|p| p.as_str().split('/').any(|part| part == first)) {
                return;
            }
            let finding = Finding::new(
                &meta::SETTINGS_MODULE_MISSING,
                prose!(
                    "{} cannot load its settings: ModuleNotFoundError: No module named '{}'",
                    container,
                    module.name
                ),
            )
            .label(
                module.name.span(),
                prose!(
                    "no {}.py below {} in the container",
                    Quote::path(&name.replace('.', "/")).or_at(module.name.span()),
                    Quote::path(base)
                ),
            )
            .label(container.name_span(), "the service that needs it");
            let help = "name the module there is, or add the file; the first part of the name is a folder beside manage.py";
            sink.report(advised(stack, service, name, finding, help));
        }
        (SettingsState::Known(settings), _) => {
            let Some(Failure { cause: Cause::Module(name), span, .. }) = &settings.failure else {
                return;
            };
            let finding = Finding::new(
                &meta::SETTINGS_MODULE_MISSING,
                prose!(
                    "{} cannot load its settings: ModuleNotFoundError: No module named '{}'",
                    container,
                    Quote::name(name).or_at(*span)
                ),
            )
            .label(*span, "this import fails in the container")
            .label(container.name_span(), "the service that needs it");
            let help = "add the module, or remove the import";
            sink.report(advised(stack, service, name, finding, help));
        }
        _ => {}
    }
}

/// The finding with its help. Of a module that git ignores whoever works on the project has one, and a fresh checkout has
/// none.
fn advised(
    stack: &Stack<'_>,
    service: &DjangoService,
    module: &str,
    finding: Finding,
    help: &'static str,
) -> Finding {
    let Some(file) = stack.django().ignored_module(service, module) else {
        return finding.help(help);
    };
    let file = stack.repository().display_path(&file);
    let help = prose!(
        "git ignores {}, so a fresh checkout lacks it: create it first, or commit a default for it",
        file
    );
    finding.help(help).at_most(Severity::Warning)
}
