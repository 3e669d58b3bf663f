//! Faults of modules that Python does not find.

use super::near::{files_below, nearest, only};
use super::scripts::covering;
use super::{build::verbatim, cure};
use crate::check::behind::repair::Repair;
use crate::finding::{Change, Finding, StatementEdit};
use crate::model::path;
use crate::model::roles::django::SettingsState;
use crate::model::stack::Stack;
use crate::source::{RelPath, Sources, Span};

/// The settings module that is named like it, or the only one.
pub(super) fn settings(
    repair: Repair,
    at: Span,
    stack: &Stack<'_>,
    sources: &Sources<'_>,
) -> Option<Repair> {
    let missing = stack.roles.django.iter().find_map(|d| {
        let module = d.module.as_ref().filter(|m| m.name.span() == at)?;
        matches!(d.settings, SettingsState::Missing).then_some((d, &module.name))
    });
    let Some((service, module)) = missing else {
        // An import in the settings: they are read without it.
        let fault = Finding::new(repair.fault.rule, "");
        return cure::change(repair, &fault, Change::Statement(at, StatementEdit::Remove), sources);
    };
    let container = stack.container(service.container);
    let folder = container
        .built()
        .map_or_else(|| stack.repository().project_folder().clone(), |i| i.context.clone());
    let parts = module.split('.').count();
    let files = files_below(sources, &folder, |name| name.ends_with(".py"));
    let names: Vec<String> = files.iter().filter_map(|f| dotted(f, &folder, parts)).collect();
    if names.iter().any(|name| name == module.as_str()) {
        // It is there, and not where Python looks: behind a mount.
        let file = format!("{}.py", module.replace('.', "/"));
        let place = path::join(service.python_path.first().map_or("/", String::as_str), &file);
        let mount = covering(stack, container, &place)?;
        return cure::removal(repair, mount.span, sources);
    }
    let meant = match nearest(module, names.iter().map(String::as_str)) {
        Some(near) => near.to_owned(),
        None => {
            let files = files_below(sources, &folder, |name| name == "settings.py");
            dotted(&only(files)?, &folder, 2)?
        }
    };
    Some(repair.edit(verbatim(module)?, meant))
}

/// The module that the rule names, or no mount over it.
pub(super) fn module(
    repair: Repair,
    fault: &Finding,
    stack: &Stack<'_>,
    sources: &Sources<'_>,
) -> Option<Repair> {
    let at = repair.fault.span;
    let hidden = stack.roles.django.iter().find_map(|d| {
        let (step, server) = stack.django().server(d)?;
        let app = server.app.as_ref().filter(|a| a.span() == at)?;
        let module = app.split(':').next().unwrap_or_default();
        let place = path::join(step.workdir.as_deref()?, &module.replace('.', "/"));
        covering(stack, stack.container(d.container), &place).map(|m| m.span)
    });
    let span = repair.fault;
    cure::edits(repair, fault, sources).or_else(|| {
        let repair = Repair::of(fault)?;
        debug_assert_eq!(repair.fault, span);
        cure::removal(repair, hidden?, sources)
    })
}

/// The last names of a module's path.
fn dotted(file: &RelPath, folder: &RelPath, parts: usize) -> Option<String> {
    let path = file.relative_to(folder)?.strip_suffix(".py")?;
    let path = path.strip_suffix("/__init__").unwrap_or(path);
    let names: Vec<&str> = path.split('/').collect();
    let first = names.len().checked_sub(parts)?;
    Some(names[first..].join("."))
}
