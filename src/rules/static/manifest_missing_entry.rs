//! Names of static files are looked up in a manifest that nothing writes.

use crate::finding::{Cure, Finding, Quote, Severity, prose};
use crate::model::roles::django::DjangoService;
use crate::model::stack::Stack;
use crate::rules::{Check, MAX_EVIDENCE, Rule, Sink, changes, meta};

pub(super) static RULE: Rule =
    Rule { meta: &meta::MANIFEST_MISSING_ENTRY, check: Check::Django(check) };

fn check(service: &DjangoService, stack: &Stack<'_>, sink: &mut Sink) {
    let (Some(plan), Some(settings), Some((step, _))) =
        (stack.storage().static_plan(service), service.settings(), stack.django().server(service))
    else {
        return;
    };
    let (Some((manifest, debug, admin)), Some((root, Some(at)))) =
        (plan.manifest_asked(settings), &plan.root)
    else {
        return;
    };
    // Where something serves what was collected, that nothing collects is told as such.
    if plan.serves_collected() || !plan.unwritten(stack, service, at) {
        return;
    }
    let mut finding = Finding::new(
        &meta::MANIFEST_MISSING_ENTRY,
        "pages that name a static file fail with 500: ValueError: Missing staticfiles manifest entry for 'admin/css/base.css'",
    )
    .label(manifest, "knows files only by the manifest that collectstatic writes")
    .label(root.name_span, prose!("nothing collects to {}", Quote::path(&at)))
    .label(debug, "off: the manifest is asked")
    .label(admin, "the admin names static files")
    .label(step.span, "starts without collecting")
    .cure(
        Cure::new("collect when the service starts")
            .change(changes::manage_before(step, &["collectstatic", "--noinput"])),
    )
    .help("collect before serving, in the Dockerfile or when the service starts:\n    python manage.py collectstatic --noinput");
    for place in stack.repository().manual_steps("collectstatic").into_iter().take(MAX_EVIDENCE) {
        finding = finding.label(place, "run by hand here").at_most(Severity::Info);
    }
    sink.report(finding);
}
