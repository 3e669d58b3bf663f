//! There is nowhere to collect static files to.

use crate::finding::{Change, Cure, Finding, PyValue, PythonEdit};
use crate::model::roles::django::DjangoService;
use crate::model::stack::Stack;
use crate::rules::{Check, Rule, Sink, meta};

pub(super) static RULE: Rule = Rule { meta: &meta::STATIC_ROOT_UNSET, check: Check::Django(check) };

fn check(service: &DjangoService, stack: &Stack<'_>, sink: &mut Sink) {
    let (Some(plan), Some(settings)) = (stack.storage().static_plan(service), service.settings())
    else {
        return;
    };
    let unset = match plan.root {
        None => settings.open.is_none(),
        Some((binding, _)) => {
            binding.is_certain()
                && matches!(&binding.value.kind, crate::model::django::ValueKind::None)
        }
    };
    let (Some(app), Some((_, url))) = (plan.app, &plan.url) else { return };
    if !unset || plan.local != Some(true) {
        return;
    }
    let debug =
        settings.get("DEBUG").filter(|d| d.is_certain() && d.value.as_bool() == Some(false));
    let collect = plan.collected.first();
    let server = plan.serving.iter().find(|s| s.folder.is_some() && s.location.path.len() > 1);
    if collect.is_none() && server.is_none() && plan.whitenoise.is_none() && debug.is_none() {
        return;
    }
    // `collectstatic` stops all the same.
    if collect.is_none() && !stack.storage().may_have_static_files(service) {
        return;
    }
    let message = match collect {
        Some(_) => {
            "collectstatic stops: You're using the staticfiles app without having set the STATIC_ROOT setting to a filesystem path."
        }
        None => "static files cannot be collected: STATIC_ROOT is not set",
    };
    let mut finding = Finding::new(&meta::STATIC_ROOT_UNSET, message)
        .label(url.name_span, "no STATIC_ROOT beside it");
    finding = match (collect, server, plan.whitenoise, debug) {
        (Some(collect), ..) => finding.label(collect.span, "needs STATIC_ROOT"),
        (_, Some(server), ..) => finding.label(server.location.span, "serves what was collected"),
        (_, _, Some(whitenoise), _) => finding.label(whitenoise, "serves what was collected"),
        (_, _, _, Some(debug)) => finding
            .label(debug.name_span, "off, so files are served from STATIC_ROOT or not at all"),
        _ => finding.label(app, "collects static files"),
    };
    sink.report(finding.help(
        "name the folder they are collected to:\n    STATIC_ROOT = BASE_DIR / 'staticfiles'",
    ).cure(Cure::new("name the folder that static files are collected to").change(Change::Python(
        PythonEdit::Assign {
            after: url.name_span,
            name: "STATIC_ROOT",
            value: PyValue::BelowBaseDir(vec!["staticfiles".into()]),
        },
    ))));
}
