//! `SECRET_KEY` is written in the settings.

use super::other_secrets;
use crate::finding::{
    Change, Confidence, Cure, Finding, Prose, PyValue, PythonEdit, Quote, Severity, prose,
};
use crate::model::compose::VarSource;
use crate::model::container::SetBy;
use crate::model::django::{EnvAnswer, EnvRead, ValueKind};
use crate::model::roles::django::DjangoService;
use crate::model::secrets::placeholder;
use crate::model::stack::Stack;
use crate::rules::{Check, Rule, Sink, changes, meta};

pub(super) static RULE: Rule =
    Rule { meta: &meta::HARDCODED_SECRET_SETTINGS, check: Check::Django(check) };

fn check(service: &DjangoService, stack: &Stack<'_>, sink: &mut Sink) {
    let Some(settings) = service.settings() else { return };
    let Some((step, _)) = stack.django().server(service) else { return };
    other_secrets::check(service, stack, sink);
    let Some(key) = settings.get("SECRET_KEY") else { return };
    let default = key.value.reads.iter().find_map(|r| r.default.as_deref().map(|d| (r, d)));
    let (span, name, sure) = match (&key.value.kind, default) {
        (ValueKind::Str(text), None)
            if key.value.reads.is_empty() && !placeholder(text) && !text.is_empty() =>
        {
            (key.value.span, None, Confidence::High)
        }
        // The variable is set nowhere, so the default is what counts.
        (ValueKind::Str(text), Some((read, default)))
            if read.set_at.is_none() && !placeholder(text) && !text.is_empty() =>
        {
            (default.span, Some(read), Confidence::High)
        }
        // It may be set by an env file that is not in the checkout; nothing makes sure of it.
        (ValueKind::Unknown(_) | ValueKind::Partly(_), Some((read, default)))
            if matches!(
                stack.container(service.container).environment.answer(&read.name),
                EnvAnswer::Unknown(_)
            ) && default.as_str().is_some_and(|d| !placeholder(d) && !d.is_empty()) =>
        {
            (default.span, Some(read), Confidence::Medium)
        }
        (ValueKind::Str(text), _) => {
            in_compose(service, stack, &key.value.reads, text.as_str(), sink);
            return;
        }
        _ => return,
    };
    let production = stack.repository().is_production();
    if !key.is_certain() || name.is_some() && !production {
        return;
    }
    let message = match name {
        Some(name) => prose!(
            "the key that signs sessions falls back to one in the repository when {} is not set",
            name
        ),
        None => prose!(
            "the key that signs sessions and password resets is in the repository: whoever reads it can log in as anyone"
        ),
    };
    let container = stack.container(service.container);
    let variable = Prose::value_or(name, "SECRET_KEY");
    let mut finding = Finding::new(&meta::HARDCODED_SECRET_SETTINGS, message)
        .label(span, if name.is_some() { "the fallback" } else { "written out" })
        .sure(sure);
    finding = finding.label(step.span, prose!("{} serves with these settings", container));
    let at = match name {
        Some(read) => read.span,
        None => key.value.span,
    };
    let variable_name = name.map_or("SECRET_KEY", |r| r.name.as_str());
    let required = || prose!("${{}:?set it in .env}", Quote::name(variable_name));
    let same =
        stack.roles.django.iter().filter(|d| d.settings().is_some_and(|s| s.file == settings.file));
    let cure =
        Cure::new("read it from the environment, without a default")
            .change(Change::Python(PythonEdit::Replace(
                at,
                PyValue::Environ(variable_name.to_owned(), None),
            )))
            .changes(same.map(|d| {
                changes::variable(stack.container(d.container), variable_name, required())
            }))
            .changes(changes::listed_in_template(stack, variable_name))
            .also("write a new key into .env: the old one stays in the history");
    let finding = finding
        .cure(cure)
        .help(prose!("read it from the environment, without a default, and make a new one:\n    SECRET_KEY = os.environ['{}']", variable));
    sink.report(if production { finding } else { finding.at_most(Severity::Info) });
}

/// The key stands in the Compose file of a stack for production.
fn in_compose(
    service: &DjangoService,
    stack: &Stack<'_>,
    reads: &[EnvRead],
    text: &str,
    sink: &mut Sink,
) {
    let container = stack.container(service.container);
    let set = reads
        .iter()
        .filter(|r| r.set_at.is_some())
        .find_map(|r| Some((&r.name, container.environment.vars.get(&r.name)?)));
    let Some((name, value)) = set.filter(|(_, v)| v.by == SetBy::Compose) else { return };
    // `${SECRET_KEY:-…}`: the one that is written counts, because nothing sets the variable.
    let scalar = container.service.env(name).and_then(|e| e.value.as_ref());
    let fallback = scalar
        .and_then(|s| s.vars.iter().find(|v| v.source == VarSource::Default))
        .filter(|_| stack.environment().dotenv().get(name).is_none());
    if !value.literal && fallback.is_none()
        || !stack.repository().is_production()
        || stack.repository().is_named_for_development()
        || text.is_empty()
        || placeholder(text) && fallback.is_none()
    {
        return;
    }
    if let Some(variable) = fallback {
        sink.report(
            Finding::new(
                &meta::HARDCODED_SECRET_SETTINGS,
                prose!(
                    "the key that signs sessions falls back to one in the Compose file when {} is not set",
                    variable
                ),
            )
            .label(variable.span, "the fallback")
            .label(container.name_span(), "serves with it")
            .cure(Cure::new("let Compose stop where it is not set").change(changes::variable(
                container,
                name,
                prose!("${{}:?set it in .env}", variable),
            ))
            .changes(changes::listed_in_template(stack, &variable.name)))
            .help(prose!(
                "let Compose stop where it is not set:\n    {}: ${{}:?set it in .env}",
                Quote::name(name),
                variable
            )),
        );
        return;
    }
    let message = "the key that signs sessions and password resets is in the Compose file: whoever reads it can log in as anyone";
    sink.report(
        Finding::new(&meta::HARDCODED_SECRET_SETTINGS, message)
            .label(value.span, "written out")
            .label(container.name_span(), "serves with it")
            .cure(
                Cure::new("keep it in a .env file that git ignores")
                    .change(changes::variable(
                        container,
                        name,
                        prose!("${{}:?set it in .env}", Quote::name(name)),
                    ))
                    .changes(changes::listed_in_template(stack, name))
                    .also("write a new key into .env: the old one stays in the history"),
            )
            .help(prose!("keep it in a .env file that git ignores, and make a new one:\n    {}: ${{}:?set it in .env}", Quote::name(name), Quote::name(name))),
    );
}
