//! Files of the image that a named volume keeps as they were at its first start.

use crate::finding::{Confidence, Cure, Finding, Quote, prose};
use crate::model::compose::MountKind;
use crate::model::container::Volume;
use crate::model::process::ServerKind;
use crate::model::roles::django::DjangoService;
use crate::model::stack::Stack;
use crate::model::stack::storage::PrepopulatedVolume;
use crate::rules::{Check, Rule, Sink, changes, meta};

pub(super) static RULE: Rule =
    Rule { meta: &meta::STATIC_VOLUME_STALE, check: Check::Stack(check) };

fn check(stack: &Stack<'_>, sink: &mut Sink) {
    for service in &stack.roles.django {
        collected(service, stack, sink);
    }
    for stale in stack.storage().prepopulated_volumes() {
        built(&stale, stack, sink);
    }
}

/// What `collectstatic` put into the image.
fn collected(service: &DjangoService, stack: &Stack<'_>, sink: &mut Sink) {
    let Some(plan) = stack.storage().static_plan(service) else { return };
    let (Some((root, Some(at))), Some((step, server))) =
        (&plan.root, stack.django().server(service))
    else {
        return;
    };
    let Some((Volume::Named(name), _, mount)) = stack.storage().storage_of(service.container, at)
    else {
        return;
    };
    let built = plan.collected.iter().find(|c| c.at_build && c.container == service.container);
    let Some(built) = built.filter(|_| plan.collected.iter().all(|c| c.at_build)) else { return };
    // A volume with a driver's options may be a folder of the host.
    let special = stack
        .project
        .volumes
        .iter()
        .any(|v| v.key.as_str() == name && v.value.get("driver_opts").is_some());
    if plan.local != Some(true)
        || mount.nocopy
        || special
        || stack.lifecycle().unknown_process().is_some()
        || stack.django().may_run_command("collectstatic")
    {
        return;
    }
    // Something else may bring the files up to date when the stack starts.
    let target = mount.target.trim_end_matches('/');
    let refreshed = stack.containers.iter().any(|c| {
        let words = c.process.steps.iter().filter(|s| s.server().is_none()).flat_map(|s| &s.words);
        words
            .into_iter()
            .any(|w| w.contains(target) || w.contains(at.as_str()) || w.contains("collectstatic"))
    });
    let debug_on = service
        .settings()
        .and_then(|s| s.get("DEBUG"))
        .is_none_or(|d| !d.is_certain() || d.value.as_bool() != Some(false));
    let reader = stack.containers.iter().enumerate().find(|(i, c)| {
        let same = |m: &&crate::model::compose::Mount| {
            m.kind == MountKind::Volume && m.source.as_ref().is_some_and(|s| s.as_str() == name)
        };
        *i != service.container
            && stack.roles.nginx.iter().any(|n| n.container == *i)
            && c.service.mounts.iter().any(|m| same(&m))
    });
    let finds_by_itself = server.kind == ServerKind::Runserver && debug_on && reader.is_none();
    if refreshed || finds_by_itself || reader.is_none() && (plan.whitenoise.is_none() || debug_on) {
        return;
    }
    let by_hand = stack.repository().manual_steps("collectstatic").into_iter().next();
    let mut finding = Finding::new(
        &meta::STATIC_VOLUME_STALE,
        prose!("new static files are never seen: the volume {} is filled from the image only once, and keeps the files of the first build", Quote::name(&name)),
    )
    .label(mount.span, prose!("filled when it is new, and then lies over what later images have in {}", Quote::path(target)))
    .label(built.span, "collects into the image")
    .label(root.name_span, prose!("collected to {}", Quote::path(&at)))
    .label(step.span, "starts without collecting again");
    if let Some((index, _)) = reader {
        finding = finding.label(stack.container(index).name_span(), "serves the volume");
    }
    finding = finding
        .cure(
            Cure::new("collect when the service starts, into the volume")
                .change(changes::manage_before(step, &["collectstatic", "--noinput"])),
        )
        .help("collect when the service starts, into the volume:\n    python manage.py collectstatic --noinput")
        .sure(Confidence::Medium);
    if let Some(place) = by_hand {
        finding = finding.label(place, "run by hand here").sure(Confidence::Low);
    }
    sink.report(finding);
}

/// What else an image holds in a folder that nginx reads by way of a volume: the build of a front end.
fn built(stale: &PrepopulatedVolume<'_>, stack: &Stack<'_>, sink: &mut Sink) {
    let (me, reader) = (stack.container(stale.container), stack.container(stale.reader));
    let target = stale.mount.target.trim_end_matches('/');
    sink.report(
        Finding::new(
            &meta::STATIC_VOLUME_STALE,
            prose!("new builds of {} are never seen: the volume {} is filled from its image only once, and keeps the files of the first build", me, Quote::name(stale.volume)),
        )
        .label(stale.mount.span, prose!("filled when it is new, and then lies over what later images have in {}", Quote::path(target)))
        .label(stale.copied, "copies into the image")
        .label(reader.name_span(), "serves the volume")
        .help("copy the files into the image of nginx, or into the volume each time the service starts")
        .sure(Confidence::Medium),
    );
}
