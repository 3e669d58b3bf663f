//! A server and an application that do not speak the same interface.

use crate::finding::{
    Change, CommandEdit, Confidence, Cure, Finding, Own, Prose, Quote, Severity, prose,
};
use crate::model::process::ServerKind;
use crate::model::roles::django::DjangoService;
use crate::model::stack::Stack;
use crate::model::stack::django::Gateway;
use crate::rules::{Check, Rule, Sink, changes, meta};

pub(super) static RULE: Rule =
    Rule { meta: &meta::ASGI_WSGI_MISMATCH, check: Check::Django(check) };

fn check(service: &DjangoService, stack: &Stack<'_>, sink: &mut Sink) {
    let Some((step, server)) = stack.django().server(service).filter(|(step, _)| !step.conditional)
    else {
        return;
    };
    let Some(speaks) = stack.django().server_interface(service, step, server) else { return };
    let me = stack.container(service.container);
    let program = server.kind;
    if let Some((wanted, place)) =
        stack.django().app_interface(service).filter(|(wanted, _)| *wanted != speaks)
    {
        let argument = if wanted == Gateway::Asgi { "send" } else { "start_response" };
        let app = Prose::value_or(server.app.as_ref().map(Quote::name), "the application");
        let other = |from: &str, to: &str| match &server.app {
            Some(app) => prose!("{}", Quote::name(&app.replace(from, to)).or_at(app.span())),
            None => app.clone(),
        };
        let help = match (server.kind, wanted) {
            (ServerKind::Gunicorn, _) => prose!(
                "give gunicorn a worker for ASGI (install uvicorn-worker), or the WSGI application:\n    gunicorn {} --worker-class uvicorn_worker.UvicornWorker ...\n    gunicorn {} ...",
                app,
                other("asgi", "wsgi")
            ),
            (_, Gateway::Asgi) => {
                prose!("start it with a server for ASGI:\n    uvicorn {} --host 0.0.0.0", app)
            }
            (_, Gateway::Wsgi) => prose!(
                "give {} the ASGI application:\n    {} {} ...",
                program,
                program,
                other("wsgi", "asgi")
            ),
        };
        let cure = stack.django().app_beside(service, speaks).and_then(|module| {
            let app = server.app.as_ref()?;
            let at = step.words.iter().position(|w| w.span() == app.span())?;
            let name = app.split_once(':').map_or("application", |(_, name)| name);
            let word = prose!("{}:{}", Quote::name(&module), Quote::name(name).or_at(app.span()));
            let change: Change = changes::command(step, [CommandEdit::Word(at, word)]);
            Some(
                Cure::new(prose!("give {} the application that it can start", program))
                    .change(change),
            )
        });
        let speaking = if speaks == Gateway::Wsgi { "WSGI" } else { "ASGI" };
        sink.report(
            Finding::new(
                &meta::ASGI_WSGI_MISMATCH,
                prose!("{} answers every request with 500: TypeError: {}.__call__() missing 1 required positional argument: '{}'", me, Own(wanted.handler()), Own(argument)),
            )
            .label(server.app.as_ref().map_or(step.span, |a| a.span()), prose!("{} speaks {}", program, Own(speaking)))
            .label(place, prose!("makes an application for {}", Own(if wanted == Gateway::Wsgi { "WSGI" } else { "ASGI" })))
            .cure_if(cure)
            .help(help),
        );
        return;
    }
    sockets(service, stack, speaks, sink);
}

/// Routes for web sockets that no server of the stack can serve.
fn sockets(service: &DjangoService, stack: &Stack<'_>, speaks: Gateway, sink: &mut Sink) {
    let Some((_, route, setting)) =
        stack.django().websocket_file(service).filter(|_| speaks == Gateway::Wsgi)
    else {
        return;
    };
    let Some(settings) = service.settings().filter(|s| s.installed("channels").is_some()) else {
        return;
    };
    // Every server must be known, and be one for WSGI.
    let all_wsgi = stack.lifecycle().unknown_process().is_none()
        && stack.roles.django.iter().all(|other| match stack.django().server(other) {
            Some((step, server)) => {
                stack.django().server_interface(other, step, server) == Some(Gateway::Wsgi)
            }
            None => true,
        });
    let Some((step, server)) = stack
        .django()
        .server(service)
        .filter(|_| all_wsgi && !stack.repository().is_named_for_development())
    else {
        return;
    };
    let me = stack.container(service.container);
    let app = settings.get("ASGI_APPLICATION").and_then(|a| a.value.as_str()?.rsplit_once('.'));
    let Some((module, attribute)) = app else { return };
    let app =
        prose!("{}:{}", Quote::name(module).or_at(setting), Quote::name(attribute).or_at(setting));
    let installed = |name: &str| me.packages.as_ref().and_then(|p| p.get(name)).is_some();
    let help = if installed("daphne") {
        prose!("start a server for ASGI:\n    daphne -b 0.0.0.0 -p 8000 {}", app)
    } else if installed("uvicorn") {
        prose!("start a server for ASGI:\n    uvicorn {} --host 0.0.0.0 --port 8000", app)
    } else {
        prose!(
            "add a server for ASGI to the requirements, such as uvicorn[standard], and start it:\n    uvicorn {} --host 0.0.0.0 --port 8000",
            app
        )
    };
    let mut finding = Finding::new(
        &meta::ASGI_WSGI_MISMATCH,
        prose!(
            "web sockets of {} fail with 404: {} speaks WSGI, which knows none",
            me,
            server.kind
        ),
    )
    .label(step.span, "serves requests only")
    .label(route, "routes web sockets")
    .label(setting, "used by ASGI servers only")
    .help(help)
    .at_most(Severity::Warning)
    .sure(Confidence::Medium);
    if let Some(span) = settings.installed("channels") {
        finding = finding.label(span, "channels is installed");
    }
    sink.report(finding);
}
