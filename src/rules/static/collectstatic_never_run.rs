//! Something serves static files that nothing collects.

use crate::finding::{Cure, Finding, Severity};
use crate::model::roles::django::DjangoService;
use crate::model::stack::Stack;
use crate::rules::{Check, MAX_EVIDENCE, Rule, Sink, changes, meta};

pub(super) static RULE: Rule =
    Rule { meta: &meta::COLLECTSTATIC_NEVER_RUN, check: Check::Django(check) };

fn check(service: &DjangoService, stack: &Stack<'_>, sink: &mut Sink) {
    let Some(plan) = stack.storage().static_plan(service) else { return };
    let Some((step, _)) = stack.django().server(service) else { return };
    let Some((root, Some(at))) = &plan.root else { return };
    if plan.app.is_none() || plan.local != Some(true) || !plan.unwritten(stack, service, at) {
        return;
    }
    let mount = stack.storage().storage_of(service.container, at).map(|(_, _, m)| m.span);
    let nginx = plan.serving.iter().find(|s| s.folder.is_some() && s.location.path.len() > 1);
    let (primary, why, by) = match (nginx, plan.whitenoise) {
        (Some(serving), _) => (
            mount.unwrap_or(root.name_span),
            "stays empty: nothing collects into it",
            serving.location.span,
        ),
        (None, Some(whitenoise)) if !plan.finders => {
            (root.name_span, "stays empty: nothing collects into it", whitenoise)
        }
        _ => return,
    };
    if !stack.storage().may_have_static_files(service) {
        return;
    }
    let manifest = service.settings().and_then(|s| plan.manifest_asked(s));
    let message = match manifest {
        Some(_) => {
            "nothing runs `collectstatic`: pages fail with 500: ValueError: Missing staticfiles manifest entry for 'admin/css/base.css'"
        }
        None => {
            "nothing runs `collectstatic`: every request below /static/ is answered with 404, and the admin has no style"
        }
    };
    let mut finding = Finding::new(&meta::COLLECTSTATIC_NEVER_RUN, message)
        .label(primary, why)
        .label(by, "serves what was collected")
        .label(root.name_span, "where it would be collected to")
        .label(step.span, "starts without collecting")
        .label_if(
            manifest.map(|(storage, ..)| storage),
            "knows files only by the manifest that collectstatic writes",
        );
    finding = finding.cure(
        Cure::new("collect when the service starts")
            .change(changes::manage_before(step, &["collectstatic", "--noinput"])),
    );
    let shared = nginx.is_some();
    finding = finding.help(if shared {
        "collect when the service starts, so that the shared volume is filled:\n    python manage.py collectstatic --noinput"
    } else {
        "collect while the image is built:\n    RUN python manage.py collectstatic --noinput"
    });
    for place in stack.repository().manual_steps("collectstatic").into_iter().take(MAX_EVIDENCE) {
        finding = finding.label(place, "run by hand here").at_most(Severity::Info);
    }
    sink.report(finding);
}
