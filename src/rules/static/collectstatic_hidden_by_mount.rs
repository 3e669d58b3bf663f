//! What was collected while the image was built lies under a mount.

use crate::finding::{Cure, Finding, Quote, prose};
use crate::model::compose::MountKind;
use crate::model::path;
use crate::model::process::ServerKind;
use crate::model::roles::django::DjangoService;
use crate::model::stack::Stack;
use crate::rules::{Check, Rule, Sink, changes, meta};

pub(super) static RULE: Rule =
    Rule { meta: &meta::COLLECTSTATIC_HIDDEN_BY_MOUNT, check: Check::Django(check) };

fn check(service: &DjangoService, stack: &Stack<'_>, sink: &mut Sink) {
    let Some(plan) = stack.storage().static_plan(service) else { return };
    let (Some((root, Some(at))), Some((step, server))) =
        (&plan.root, stack.django().server(service))
    else {
        return;
    };
    let built = plan.collected.iter().find(|c| c.at_build && c.container == service.container);
    let Some(built) = built.filter(|_| plan.collected.iter().all(|c| c.at_build)) else { return };
    // Nobody reads them while runserver finds files by itself.
    let debug_on = service
        .settings()
        .and_then(|s| s.get("DEBUG"))
        .is_none_or(|d| !d.is_certain() || d.value.as_bool() != Some(false));
    let read =
        plan.whitenoise.is_some() && !debug_on || plan.serving.iter().any(|s| s.folder.is_some());
    if !read
        || server.kind == ServerKind::Runserver && debug_on
        || stack.lifecycle().unknown_process().is_some()
        || stack.django().may_run_command("collectstatic")
        || stack.storage().has_committed_files(service.container, at)
    {
        return;
    }
    let mounts = &stack.container(service.container).service.mounts;
    let covering = mounts
        .iter()
        .filter(|m| path::relative_to(at, m.target.trim_end_matches('/')).is_some())
        .max_by_key(|m| m.target.trim_end_matches('/').len());
    let Some(mount) = covering.filter(|m| m.kind == MountKind::Bind) else { return };
    sink.report(
        Finding::new(&meta::COLLECTSTATIC_HIDDEN_BY_MOUNT, "the collected static files are hidden by a mount: every request for them is answered with 404")
            .label(mount.span, prose!("lies over {}", Quote::path(&at)))
            .label(built.span, "collects into the image")
            .label(root.name_span, prose!("collected to {}", Quote::path(&at)))
            .label(step.span, "starts without collecting again")
            .cure(
                Cure::new("collect when the service starts")
                    .change(changes::manage_before(step, &["collectstatic", "--noinput"])),
            )
            .help("collect when the service starts:\n    python manage.py collectstatic --noinput\nor leave the mount out, or give STATIC_ROOT a folder outside it"),
    );
}
