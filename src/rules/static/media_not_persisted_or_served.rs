//! Uploaded files that are lost with the container, or that nothing serves.

use crate::finding::{Confidence, Cure, Finding, Quote, Severity, prose};
use crate::model::django::urls::{StaticKind, StaticTarget};
use crate::model::process::ServerKind;
use crate::model::roles::django::DjangoService;
use crate::model::stack::Stack;
use crate::model::stack::storage::UploadPlan;
use crate::rules::{Check, Rule, Sink, changes, meta};

pub(super) static RULE: Rule =
    Rule { meta: &meta::MEDIA_NOT_PERSISTED_OR_SERVED, check: Check::Django(check) };

fn check(service: &DjangoService, stack: &Stack<'_>, sink: &mut Sink) {
    let Some((step, _)) = stack.django().server(service) else { return };
    let Some(plan) = stack.storage().upload_plan(service) else { return };
    let container = stack.container(service.container);
    let (at, root) = &plan.root;
    let covered = container
        .service
        .mounts
        .iter()
        .any(|m| crate::model::path::relative_to(at, m.target.trim_end_matches('/')).is_some());
    if !covered && container.service.entry("volumes_from").is_none() && container.built().is_some()
    {
        let finding = Finding::new(
            &meta::MEDIA_NOT_PERSISTED_OR_SERVED,
            prose!("uploaded files are lost when {} is made anew (after each build, or `down` and `up`): {} is on no volume", container, Quote::path(&at)),
        )
        .label(*root, prose!("uploads go to {}", Quote::path(&at)))
        .label(plan.field, "takes uploads")
        .label(container.name_span(), prose!("mounts nothing at {}", Quote::path(&at)))
        .cure(
            Cure::new("keep them in a named volume")
                .changes(changes::named_volume(stack, container, at)),
        )
        .help(prose!("keep them on a volume:\n    services:\n      {}:\n        volumes:\n          - media:{}\n    volumes:\n      media:", container, Quote::path(&at)));
        sink.report(if stack.repository().is_production() {
            finding
        } else {
            finding.at_most(Severity::Warning)
        });
        return;
    }
    unserved(service, stack, &plan, step.span, sink);
}

/// With `DEBUG` off, nobody answers `MEDIA_URL`.
fn unserved(
    service: &DjangoService,
    stack: &Stack<'_>,
    plan: &UploadPlan<'_>,
    step: crate::source::Span,
    sink: &mut Sink,
) {
    let (Some(settings), Some((url, name))) = (service.settings(), &plan.url) else { return };
    let Some(debug) =
        settings.get("DEBUG").filter(|d| d.is_certain() && d.value.as_bool() == Some(false))
    else {
        return;
    };
    let Some(statics) = stack.storage().static_plan(service) else { return };
    let view = service.routes.iter().any(|r| {
        r.kind == StaticKind::ServeView && r.target != StaticTarget::StaticUrl && !r.debug_only
    });
    let answered = plan.serving.iter().any(|s| s.folder.is_some());
    // Only where nginx or a published port stands at the front, and all of it is known.
    let served = |kind: ServerKind| kind == ServerKind::Uwsgi;
    if plan.unclear
        || view
        || answered
        || statics.other_server.is_some()
        || stack.django().server(service).is_some_and(|(_, s)| s.serves_static || served(s.kind))
    {
        return;
    }
    let Some(passed) = plan.serving.iter().find(|s| s.folder.is_none()) else { return };
    // The helper for development shows that people are to get the files by this address.
    let Some(route) = service
        .routes
        .iter()
        .find(|r| r.kind == StaticKind::StaticHelper && r.target == StaticTarget::MediaUrl)
    else {
        return;
    };
    sink.report(
        Finding::new(&meta::MEDIA_NOT_PERSISTED_OR_SERVED, prose!("nothing serves uploaded files: \"GET {}...\" 404", Quote::value(url)))
            .label(*name, "no location of nginx answers it")
            .label(debug.name_span, "off: Django serves no files")
            .label(route.span, "adds no route while DEBUG is off")
            .label(passed.location.span, "passes the request on to Django")
            .label(step, "serves no files")
            .help(prose!("let nginx serve them from the same volume:\n    location {} {\n        alias /srv/media/;\n    }", Quote::value(url)))
            .at_most(Severity::Warning)
            .sure(Confidence::Medium),
    );
}
