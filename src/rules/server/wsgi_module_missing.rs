//! The module the server is given is not there.

use crate::finding::Finding;
use crate::model::process::ServerKind;
use crate::model::roles::django::{AppModule, DjangoService};
use crate::model::stack::Stack;
use crate::rules::{Check, Rule, Sink, meta};

pub(super) static RULE: Rule =
    Rule { meta: &meta::WSGI_MODULE_MISSING, check: Check::Django(check) };

fn check(service: &DjangoService, stack: &Stack<'_>, sink: &mut Sink) {
    let Some((step, server)) = stack.django().server(service) else { return };
    let missing = service.app == Some(AppModule::Missing);
    let Some(app) = server
        .app
        .as_ref()
        .filter(|_| missing || matches!(service.app, Some(AppModule::NoName(_))))
    else {
        return;
    };
    let container = stack.container(service.container);
    let (module, rest) = app.as_str().split_once(':').map_or((app.as_str(), ""), |(m, r)| (m, r));
    let asgi =
        matches!(server.kind, ServerKind::Uvicorn | ServerKind::Daphne | ServerKind::Hypercorn);
    let context = container
        .built()
        .map_or_else(|| stack.repository().project_folder().clone(), |i| i.context.clone());
    let file = if module.ends_with("asgi") || asgi { "asgi.py" } else { "wsgi.py" };
    let there = stack.repository().find_files(&context, file);
    let workdir = step.workdir.as_deref().unwrap_or("/");
    let symptom = match server.kind {
        ServerKind::Uvicorn => {
            format!("Error loading ASGI app. Could not import module \"{module}\".")
        }
        _ => format!(
            "ModuleNotFoundError: No module named '{}'",
            module.split('.').next().unwrap_or(module)
        ),
    };
    if let Some(AppModule::NoName(path)) = &service.app {
        let name = if rest.is_empty() { "application" } else { rest };
        sink.report(
            Finding::new(
                &meta::WSGI_MODULE_MISSING,
                format!(
                    "{} does not start: Failed to find attribute '{name}' in '{module}'.",
                    container.name()
                ),
            )
            .label(app.span(), format!("{path} binds no name `{name}`"))
            .help(format!("name what the module has:\n    {module}:application")),
        );
        return;
    }
    let mut finding = Finding::new(
        &meta::WSGI_MODULE_MISSING,
        format!("{} does not start: {symptom}", container.name()),
    )
    .label(
        app.span(),
        format!("no {}.py below {workdir} in the container", module.replace('.', "/")),
    );
    if step.span.file != container.name_span().file {
        finding = finding.label(container.name_span(), "the service that runs it");
    }
    let help = match there.as_slice() {
        [one] => {
            let package = one.parent();
            let rest = if rest.is_empty() { "application" } else { rest };
            format!(
                "name the module there is:\n    {}.{}:{rest}",
                package.file_name(),
                file.trim_end_matches(".py")
            )
        }
        _ => "name the module relative to the folder the server starts in, or set `working_dir`"
            .to_owned(),
    };
    sink.report(finding.help(help));
}
