//! Secrets beside `SECRET_KEY` in the settings: passwords of mail servers, keys of services. Part of
//! `hardcoded-secret-settings`.

use crate::finding::{Confidence, Finding, Quote, Severity, prose};
use crate::model::container::SetBy;
use crate::model::django::ValueKind;
use crate::model::roles::django::DjangoService;
use crate::model::secrets::key;
use crate::model::stack::Stack;
use crate::rules::{MAX_LISTED, Sink, meta};
use crate::source::Span;

/// Reports the secrets that the settings hold, and those that Compose gives them in a stack for production.
pub(super) fn check(service: &DjangoService, stack: &Stack<'_>, sink: &mut Sink) {
    in_settings(service, stack, sink);
    in_compose(service, stack, sink);
}

fn in_settings(service: &DjangoService, stack: &Stack<'_>, sink: &mut Sink) {
    let Some(settings) = service.settings() else { return };
    let mut found: Vec<(&str, Span)> = Vec::new();
    for (name, binding) in
        settings.names.iter().filter(|(n, b)| *n != "SECRET_KEY" && b.is_certain())
    {
        let value = &binding.value;
        if let ValueKind::Str(text) = &value.kind
            && value.reads.is_empty()
            && key(name, text.as_str())
        {
            found.push((name, value.span));
        }
    }
    found.sort_by_key(|(_, span)| *span);
    let [(first, span), rest @ ..] = found.as_slice() else { return };
    let name = Quote::name(*first).or_at(*span);
    let message = prose!("{} is in the repository: whoever reads it can use it", name);
    let mut finding = Finding::new(&meta::HARDCODED_SECRET_SETTINGS, message)
        .label(*span, "written out")
        .sure(Confidence::Medium);
    for (_, span) in rest.iter().take(MAX_LISTED) {
        finding = finding.label(*span, "as well");
    }
    let finding = finding.help(prose!(
        "read it from the environment, and make a new one:\n    {} = os.environ['{}']",
        name,
        name
    ));
    sink.report(if stack.repository().is_production() {
        finding
    } else {
        finding.at_most(Severity::Info)
    });
}

/// What a Compose file of a stack for production has as text.
fn in_compose(service: &DjangoService, stack: &Stack<'_>, sink: &mut Sink) {
    if !stack.repository().is_production() || stack.repository().is_named_for_development() {
        return;
    }
    let Some(settings) = service.settings() else { return };
    let container = stack.container(service.container);
    for (name, value) in &container.environment.vars {
        let Some(text) = value.text.known() else { continue };
        let read = settings.reads.iter().any(|r| r.name == *name);
        // What a database's password is, another rule asks.
        let of_database = service
            .databases()
            .iter()
            .filter_map(|d| d.password.as_ref())
            .any(|p| p.reads.iter().any(|r| r.name == *name));
        if value.by == SetBy::Compose
            && value.literal
            && read
            && !of_database
            && name != "SECRET_KEY"
            && !signs(service, name)
            && key(name, text.as_str())
        {
            let name = Quote::name(name).or_at(value.span);
            let message = prose!("{} is in the Compose file: whoever reads it can use it", name);
            sink.report(
                Finding::new(&meta::HARDCODED_SECRET_SETTINGS, message)
                    .label(value.span, "written out")
                    .sure(Confidence::Medium)
                    .help(prose!(
                        "keep it in a .env file that git ignores, and make a new one:\n    {}: ${{}:?set it in .env}",
                        name,
                        name
                    )),
            );
        }
    }
}

/// Whether a variable is the one that `SECRET_KEY` is read from.
fn signs(service: &DjangoService, name: &str) -> bool {
    let key = service.settings().and_then(|s| s.get("SECRET_KEY"));
    key.is_some_and(|k| k.value.reads.iter().any(|r| r.name == name))
}
