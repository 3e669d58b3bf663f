//! Web sockets under a `runserver` that is Django's own, because nothing replaces it since Channels 4.

use crate::finding::{Change, Cure, Finding, PyValue, PythonEdit, prose};
use crate::model::process::ServerKind;
use crate::model::roles::django::DjangoService;
use crate::model::stack::Stack;
use crate::rules::{Check, Rule, Sink, changes, meta};

pub(super) static RULE: Rule =
    Rule { meta: &meta::CHANNELS_RUNSERVER_WITHOUT_DAPHNE, check: Check::Django(check) };

fn check(service: &DjangoService, stack: &Stack<'_>, sink: &mut Sink) {
    let container = stack.container(service.container);
    let runserver = stack.django().server(service).filter(|(step, server)| {
        server.kind == ServerKind::Runserver
            && !step.conditional
            && !step.words.iter().any(|w| w.as_str() == "runserver_plus")
    });
    let Some((step, _)) = runserver else { return };
    // Another service may serve the web sockets.
    let elsewhere = stack.lifecycle().unknown_process().is_some()
        || stack.roles.django.iter().any(|other| {
            stack.django().server(other).is_some_and(|(_, s)| s.kind != ServerKind::Runserver)
        });
    let Some(settings) = service.settings().filter(|_| !elsewhere) else { return };
    let Some(apps) =
        settings.get("INSTALLED_APPS").filter(|b| b.is_certain() && !b.value.is_open())
    else {
        return;
    };
    let Some((_, route, setting)) = stack.django().websocket_file(service) else { return };
    let packages = container.packages.as_deref();
    let channels = packages.and_then(|p| p.get("channels"));
    let new = channels
        .filter(|p| p.surely_since("4") || !p.locked && p.newest_is_at_least(4) == Some(true));
    let Some(channels) = new else { return };
    // Apps of other people may bring a `runserver` of their own.
    let replaced = |app: &str| {
        ["daphne", "uvicorn", "hypercorn", "runserver", "granian", "sockets"]
            .iter()
            .any(|w| app.to_ascii_lowercase().contains(w))
    };
    let items = apps.value.items().unwrap_or_default();
    if items.iter().any(|i| i.as_str().is_none_or(replaced)) {
        return;
    }
    let mut finding = Finding::new(
        &meta::CHANNELS_RUNSERVER_WITHOUT_DAPHNE,
        prose!(
            "web sockets of {} fail with 404: since Channels 4 runserver serves none without daphne",
            container
        ),
    );
    finding = finding
        .label_if(items.first().map(|i| i.span), "daphne is missing here")
        .label(step.span, "Django's own runserver, which speaks WSGI")
        .label(route, "routes web sockets")
        .label(setting, "used by ASGI servers only")
        .label(channels.span, "version 4 or later");
    let lists = PythonEdit::AddItem {
        list: apps.value.span,
        before: items.first().map(|i| i.span),
        item: PyValue::Text("daphne".into()),
    };
    let cure = items.first().map(|_| {
        let requirement = packages
            .filter(|p| p.get("daphne").is_none())
            .and_then(|p| changes::requirement(p, "daphne"));
        Cure::new("install daphne and put it first in INSTALLED_APPS")
            .change(Change::Python(lists))
            .changes(requirement)
    });
    sink.report(finding.cure_if(cure).help(
        "add daphne to the requirements, and put it first in INSTALLED_APPS:\n    INSTALLED_APPS = [\n        'daphne',",
    ));
}
