//! With DEBUG off nobody serves static files.

use crate::finding::{Change, Cure, Finding, PyValue, PythonEdit, Quote, prose};
use crate::model::container::Volume;
use crate::model::django::urls::{StaticKind, StaticTarget};
use crate::model::process::ServerKind;
use crate::model::roles::django::DjangoService;
use crate::model::stack::Stack;
use crate::rules::{Check, Rule, Sink, changes, meta};

pub(super) static RULE: Rule =
    Rule { meta: &meta::STATIC_NO_SERVER_DEBUG_FALSE, check: Check::Django(check) };

fn check(service: &DjangoService, stack: &Stack<'_>, sink: &mut Sink) {
    let (Some(plan), Some(settings), Some((step, server))) =
        (stack.storage().static_plan(service), service.settings(), stack.django().server(service))
    else {
        return;
    };
    // Another branch may start a server that serves them.
    if step.conditional {
        return;
    }
    let off = settings.get("DEBUG").filter(|d| d.is_certain() && d.value.as_bool() == Some(false));
    // A server other than Django's own serves no files whatever DEBUG is, unless a route does.
    let routed = service.routes.iter().any(|r| r.target != StaticTarget::MediaUrl);
    if off.is_none() && (server.kind == ServerKind::Runserver || routed || service.urls.is_none()) {
        return;
    }
    let (Some(app), Some((url, binding))) = (plan.app, &plan.url) else { return };
    let elsewhere = binding.value.as_str().is_some_and(|u| u.contains("//"));
    if plan.local != Some(true)
        || plan.whitenoise.is_some()
        || plan.other_server.is_some()
        || server.serves_static
        || elsewhere
        || settings
            .get("MIDDLEWARE")
            .is_none_or(|m| !m.is_certain() || m.value.is_open() || !m.value.is_known())
    {
        return;
    }
    // nginx answers it from a folder, whether the right one or not is another rule's question.
    if plan.serving.iter().any(|s| s.folder.is_some()) {
        return;
    }
    // A folder of the host outside the project is there for a server of the host's.
    let root = plan.root.as_ref().and_then(|(_, root)| root.as_deref());
    let storage = root.and_then(|root| stack.storage().storage_of(service.container, root));
    if matches!(storage, Some((Volume::Elsewhere(_), ..))) {
        return;
    }
    if service.routes.iter().any(|r| {
        r.kind == StaticKind::ServeView && r.target != StaticTarget::MediaUrl && !r.debug_only
    }) {
        return;
    }
    if !stack.storage().may_have_static_files(service) {
        return;
    }
    let container = stack.container(service.container);
    let public = !container.service.ports.is_empty()
        || container.service.host_network()
        || !stack.roles.nginx.is_empty();
    // Bound to the host's own address, a server outside the stack stands in front.
    let local_only = !container.service.ports.is_empty()
        && container
            .service
            .ports
            .iter()
            .all(|p| p.address.as_deref().is_some_and(|a| a.starts_with("127.")));
    if !public || local_only && stack.roles.nginx.is_empty() {
        return;
    }
    let serves = match server.kind {
        ServerKind::Runserver => prose!("runserver serves static files only while DEBUG is on"),
        kind => prose!("{} serves no files", kind),
    };
    let mut finding = Finding::new(
        &meta::STATIC_NO_SERVER_DEBUG_FALSE,
        prose!(
            "nothing serves {}: pages come without CSS, \"GET {}admin/css/base.css\" 404",
            Quote::value(url),
            Quote::value(url)
        ),
    )
    .label(step.span, serves);
    finding = match (off, &service.urls) {
        (Some(debug), _) => {
            finding.label(debug.name_span, "off: Django serves no static files by itself")
        }
        (None, Some(urls)) => finding.label(*urls, "no route for static files"),
        (None, None) => finding,
    };
    for route in service
        .routes
        .iter()
        .filter(|r| r.kind != StaticKind::ServeView && r.target != StaticTarget::MediaUrl)
    {
        finding = finding.label(route.span, "adds no route while DEBUG is off");
    }
    finding = match plan.root {
        Some((root, _)) => finding.label(root.name_span, "collected here, and read by nobody"),
        None => finding.label(
            binding.name_span,
            "the files are neither collected (no STATIC_ROOT) nor served",
        ),
    };
    let proxied = stack.proxy().proxied_locations(service);
    let passed = plan.serving.iter().find(|s| {
        s.folder.is_none() && proxied.iter().any(|p| std::ptr::eq(p.location, s.location))
    });
    if let Some(passed) = passed {
        finding = finding.label(passed.location.span, "passes the request on to Django");
    }
    let middleware = settings.get("MIDDLEWARE").map_or(app, |m| m.name_span);
    let list = settings.get("MIDDLEWARE").and_then(|m| Some((m, m.value.items()?)));
    let security = "django.middleware.security.SecurityMiddleware";
    let cure = list.zip(container.packages.as_deref()).and_then(|((list, items), packages)| {
        let after = items.iter().position(|i| i.as_str() == Some(security));
        let before = items.get(after.map_or(0, |a| a + 1)).map(|i| i.span);
        let cure = Cure::new("let WhiteNoise serve them")
            .change(changes::requirement(packages, "whitenoise")?)
            .change(Change::Python(PythonEdit::AddItem {
                list: list.value.span,
                before,
                item: PyValue::Text("whitenoise.middleware.WhiteNoiseMiddleware".into()),
            }));
        let cure = match plan.root {
            Some(_) => cure,
            None => cure.change(Change::Python(PythonEdit::Assign {
                after: binding.name_span,
                name: "STATIC_ROOT",
                value: PyValue::BelowBaseDir(vec!["staticfiles".into()]),
            })),
        };
        Some(match plan.collected.is_empty() {
            true => cure.change(changes::manage_before(step, &["collectstatic", "--noinput"])),
            false => cure,
        })
    });
    let finding = finding.cure_if(cure).label(middleware, "no WhiteNoise here");
    sink.report(finding.help(
        "let WhiteNoise serve them (add whitenoise to the requirements):\n    MIDDLEWARE = [\n        'django.middleware.security.SecurityMiddleware',\n        'whitenoise.middleware.WhiteNoiseMiddleware',\n        ...\n    STATIC_ROOT = BASE_DIR / 'staticfiles'\nand collect before serving:\n    python manage.py collectstatic --noinput\nor put nginx in front, with the folder of STATIC_ROOT in a shared volume",
    ));
}
