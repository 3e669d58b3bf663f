//! An entry of CSRF_TRUSTED_ORIGINS without a scheme stops every management command.

use crate::finding::{Change, Cure, Finding, PyValue, PythonEdit, Quote, prose};
use crate::model::django::{Value, ValueKind};
use crate::model::roles::django::DjangoService;
use crate::model::stack::Stack;
use crate::rules::{Check, Rule, Sink, changes, meta};

pub(super) static RULE: Rule =
    Rule { meta: &meta::CSRF_ORIGIN_NO_SCHEME, check: Check::Django(check) };

fn check(service: &DjangoService, stack: &Stack<'_>, sink: &mut Sink) {
    let container = stack.container(service.container);
    let Some(settings) = service.settings() else { return };
    let Some(origins) = settings.get("CSRF_TRUSTED_ORIGINS").filter(|o| o.is_certain()) else {
        return;
    };
    // The scheme is asked for since Django 4.0.
    let new = container.packages.as_ref().and_then(|p| p.get("django")?.newest_is_at_least(4))
        == Some(true);
    if !new {
        return;
    }
    let bare = |v: &&Value| v.as_str().is_some_and(|t| !t.contains("://"));
    let (value, text) = match &origins.value.kind {
        // A text is gone through letter by letter.
        ValueKind::Str(text) if !text.is_empty() => {
            (&origins.value, text.chars().next().map(String::from).unwrap_or_default())
        }
        ValueKind::List { items, .. } => match items.iter().find(bare) {
            Some(item) => (item, item.as_str().unwrap_or("").to_owned()),
            None => return,
        },
        _ => return,
    };
    let read = origins.value.all_reads().into_iter().find(|r| r.set_at.is_some());
    let place = read.and_then(|r| container.environment.written_at(&r.name));
    let found = if text.is_empty() {
        prose!("found .")
    } else {
        prose!("found {}.", Quote::value(&text).or_at(value.span))
    };
    let message = prose!(
        "every management command stops, migrate included: (4_0.E001) the values in the CSRF_TRUSTED_ORIGINS setting must start with a scheme, but {}",
        found
    );
    let mut finding = Finding::new(&meta::CSRF_ORIGIN_NO_SCHEME, message).label(
        place.unwrap_or(value.span),
        if text.is_empty() { "gives one empty entry" } else { "no `http://` or `https://`" },
    );
    if place.is_some() {
        finding = finding.label(origins.name_span, "taken from there");
    }
    let help = match text.as_str() {
        "" => {
            prose!(
                "leave empty entries out:\n    CSRF_TRUSTED_ORIGINS = [o for o in os.environ.get('CSRF_TRUSTED_ORIGINS', '').split(',') if o]"
            )
        }
        _ if matches!(origins.value.kind, ValueKind::Str(_)) => {
            prose!("make a list of it: ['https://example.com']")
        }
        host => prose!(
            "write it as people type it, with the port where it is not 80 or 443: 'https://{}'",
            Quote::value(host.trim_start_matches('.')).or_at(value.span)
        ),
    };
    let cure = match (&value.kind, &origins.value.kind) {
        (ValueKind::Str(host), ValueKind::List { .. }) if !text.is_empty() => {
            changes::verbatim(host).map(|at| {
                let with = prose!(
                    "https://{}",
                    Quote::value(host.trim_start_matches('.')).or_at(value.span)
                );
                Cure::new("write the origin with its scheme")
                    .change(Change::Replace { at, with })
                    .also("people type http:// where TLS is not set up, and the port where it is not 80 or 443")
            })
        }
        // Splitting an empty text gives one empty entry.
        _ if text.is_empty() => origins.value.all_reads().first().map(|read| {
            let code = prose!("[o for o in os.environ.get('{}', '').split(',') if o]", *read);
            Cure::new("leave empty entries out").change(Change::Python(PythonEdit::Replace(
                origins.value.span,
                PyValue::Code(code),
            )))
        }),
        _ => None,
    };
    sink.report(finding.help(help).cure_if(cure));
}
