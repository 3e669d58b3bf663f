//! `collectstatic --clear` empties a folder of the host.

use crate::finding::{CommandEdit, Cure, Finding, Quote, prose};
use crate::model::container::Volume;
use crate::model::roles::django::DjangoService;
use crate::model::stack::Stack;
use crate::rules::{Check, Rule, Sink, changes, meta};

pub(super) static RULE: Rule =
    Rule { meta: &meta::COLLECTSTATIC_CLEAR_ON_BIND, check: Check::Django(check) };

fn check(service: &DjangoService, stack: &Stack<'_>, sink: &mut Sink) {
    let Some(plan) = stack.storage().static_plan(service) else { return };
    let Some((root, Some(at))) = &plan.root else { return };
    let Some(clear) =
        plan.collected.iter().find(|c| c.clear && !c.at_build && c.container == service.container)
    else {
        return;
    };
    let Some((Volume::Host(host), _, mount)) =
        stack.storage().storage_of(service.container, at).filter(|_| plan.local == Some(true))
    else {
        return;
    };
    // What git ignores, or what is not there before, is what was collected.
    let Some(inside) = host.join("x") else { return };
    if stack.repository().is_ignored(&inside)
        || stack.repository().is_ignored(&host)
        || !stack.storage().has_committed_files(service.container, at)
    {
        return;
    }
    let steps = &stack.container(service.container).process.steps;
    let cure = steps.iter().find(|s| s.span == clear.span).and_then(|step| {
        let at = step.words.iter().position(|w| matches!(w.as_str(), "--clear" | "-c"))?;
        Some(
            Cure::new("collect without deleting first")
                .change(changes::command(step, [CommandEdit::Remove(at..at + 1)])),
        )
    });
    let shown = stack.repository().display_path(&host);
    sink.report(
        Finding::new(
            &meta::COLLECTSTATIC_CLEAR_ON_BIND,
            prose!("collectstatic --clear deletes everything in {} on the host, each time the service starts", shown),
        )
        .label(clear.span, prose!("empties {} first", Quote::path(&at)))
        .label(root.name_span, prose!("STATIC_ROOT is {}", Quote::path(&at)))
        .label(mount.span, prose!("{} is {} of the host, which holds files of the project", Quote::path(&at), shown))
        .cure_if(cure)
        .help(
            "leave --clear out:\n    python manage.py collectstatic --noinput\nor give STATIC_ROOT a folder of its own, outside the mount",
        ),
    );
}
