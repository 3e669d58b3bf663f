//! `STATIC_ROOT` is one of its own sources.

use crate::finding::{Change, Cure, Finding, PyValue, PythonEdit, Quote, prose};
use crate::model::django::ValueKind;
use crate::model::path;
use crate::model::roles::django::DjangoService;
use crate::model::stack::Stack;
use crate::rules::{Check, Rule, Sink, meta};

pub(super) static RULE: Rule =
    Rule { meta: &meta::STATICFILES_DIRS_CONTAINS_ROOT, check: Check::Django(check) };

fn check(service: &DjangoService, stack: &Stack<'_>, sink: &mut Sink) {
    let Some(plan) = stack.storage().static_plan(service) else { return };
    let (Some((root, Some(at))), Some(dirs)) =
        (plan.root, service.settings().and_then(|s| s.get("STATICFILES_DIRS")))
    else {
        return;
    };
    if !dirs.is_certain() {
        return;
    }
    for item in dirs.value.items().unwrap_or_default() {
        // `(prefix, path)` is allowed as well.
        let item = match &item.kind {
            ValueKind::List { items, .. } => items.get(1).unwrap_or(item),
            _ => item,
        };
        let Some(dir) = item.as_str().filter(|d| d.starts_with('/')) else { continue };
        if path::join("/", dir) == at {
            sink.report(
                Finding::new(
                    &meta::STATICFILES_DIRS_CONTAINS_ROOT,
                    "manage.py stops: (staticfiles.E002) The STATICFILES_DIRS setting should not contain the STATIC_ROOT setting.",
                )
                .label(item.span, prose!("{}: files to collect", Quote::path(&at)))
                .label(root.value.span, prose!("{}: where they are collected to", Quote::path(&at)))
                .cure(Cure::new("collect to a directory of its own").change(Change::Python(
                    PythonEdit::Replace(
                        root.value.span,
                        PyValue::BelowBaseDir(vec!["staticfiles".into()]),
                    ),
                )))
                .help("collect to a folder of its own:\n    STATIC_ROOT = BASE_DIR / 'staticfiles'"),
            );
        }
    }
}
