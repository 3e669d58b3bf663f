//! The module the server is given is not there.

use crate::finding::{Change, Cure, Finding, Own, Quote, prose};
use crate::model::django::Settings;
use crate::model::process::ServerKind;
use crate::model::roles::django::{AppModule, DjangoService};
use crate::model::roles::named_modules::{MissingName, NamingSetting};
use crate::model::stack::Stack;
use crate::rules::{Check, Rule, Sink, changes, meta};

pub(super) static RULE: Rule =
    Rule { meta: &meta::WSGI_MODULE_MISSING, check: Check::Django(check) };

fn check(service: &DjangoService, stack: &Stack<'_>, sink: &mut Sink) {
    let Some((step, server)) = stack.django().server(service) else { return };
    for missing in &service.missing_names {
        named_by_settings(service, server.kind, missing, stack, sink);
    }
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
    let named = |part: &str| Quote::name(part).or_at(app.span());
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
            prose!("Error loading ASGI app. Could not import module \"{}\".", named(module))
        }
        _ => prose!(
            "ModuleNotFoundError: No module named '{}'",
            named(module.split('.').next().unwrap_or(module))
        ),
    };
    if let Some(AppModule::NoName(path)) = &service.app {
        let name = if rest.is_empty() { "application" } else { rest };
        sink.report(
            Finding::new(
                &meta::WSGI_MODULE_MISSING,
                prose!(
                    "{} does not start: Failed to find attribute '{}' in '{}'.",
                    container,
                    named(name),
                    named(module)
                ),
            )
            .label(app.span(), prose!("{} binds no name `{}`", path, named(name)))
            .cure_if(changes::verbatim(app).map(|at| {
                Cure::new("name what the module has")
                    .change(Change::Replace { at, with: prose!("{}:application", named(module)) })
            }))
            .help(prose!("name what the module has:\n    {}:application", named(module))),
        );
        return;
    }
    let mut finding = Finding::new(
        &meta::WSGI_MODULE_MISSING,
        prose!("{} does not start: {}", container, symptom),
    )
    .label(
        app.span(),
        prose!(
            "no {}.py below {} in the container",
            Quote::path(&module.replace('.', "/")).or_at(app.span()),
            Quote::path(workdir)
        ),
    );
    if step.span.file != container.name_span().file {
        finding = finding.label(container.name_span(), "the service that runs it");
    }
    let help = match there.as_slice() {
        [one] => {
            let package = one.parent();
            let rest = if rest.is_empty() { "application" } else { rest };
            prose!(
                "name the module there is:\n    {}.{}:{}",
                Quote::name(package.file_name()),
                Own(file.trim_end_matches(".py")),
                named(rest)
            )
        }
        _ => prose!(
            "name the module relative to the folder the server starts in, or set `working_dir`"
        ),
    };
    let cure = match there.as_slice() {
        [one] => changes::verbatim(app).map(|at| {
            let package = one.parent();
            let rest = if rest.is_empty() { "application" } else { rest };
            let with = prose!(
                "{}.{}:{}",
                Quote::name(package.file_name()),
                Own(file.trim_end_matches(".py")),
                named(rest)
            );
            Cure::new("name the module that exists").change(Change::Replace { at, with })
        }),
        _ => None,
    };
    sink.report(finding.help(help).cure_if(cure));
}

/// A module that the settings name.
fn named_by_settings(
    service: &DjangoService,
    server: ServerKind,
    missing: &MissingName,
    stack: &Stack<'_>,
    sink: &mut Sink,
) {
    let container = stack.container(service.container);
    let part = |text: &str| Quote::name(text).or_at(missing.span);
    let value = missing.value.as_str();
    let (module, name) = value.rsplit_once('.').unwrap_or((value, ""));
    let message = match missing.setting {
        NamingSetting::RootUrlconf => prose!(
            "{} cannot load its routes: ModuleNotFoundError: No module named '{}'",
            container,
            part(value)
        ),
        NamingSetting::WsgiApplication
            if server != ServerKind::Runserver
                || service.settings().is_none_or(brings_another_runserver) =>
        {
            return;
        }
        NamingSetting::WsgiApplication => prose!(
            "{} does not serve: ImproperlyConfigured: WSGI application '{}' could not be loaded",
            container,
            part(value)
        ),
    };
    let label = match (&missing.module, missing.setting) {
        (Some(path), _) => prose!("{} binds no name `{}`", path, part(name)),
        (None, NamingSetting::RootUrlconf) => {
            prose!(
                "no {}.py in the container",
                Quote::path(&value.replace('.', "/")).or_at(missing.span)
            )
        }
        (None, NamingSetting::WsgiApplication) => {
            prose!(
                "no {}.py in the container",
                Quote::path(&module.replace('.', "/")).or_at(missing.span)
            )
        }
    };
    sink.report(
        Finding::new(&meta::WSGI_MODULE_MISSING, message)
            .label(missing.span, label)
            .label(container.name_span(), "the service that loads it")
            .help("name the module that exists, as it is imported from the directory of manage.py"),
    );
}

/// Whether an app may bring a `runserver` that loads `ASGI_APPLICATION`.
fn brings_another_runserver(settings: &Settings) -> bool {
    settings.get("INSTALLED_APPS").is_none_or(|b| !b.is_certain())
        || ["daphne", "channels"].iter().any(|app| settings.installed(app).is_some())
}
