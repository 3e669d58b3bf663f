//! What is not known of the services that run Django, or that are built here and could not be followed.

use super::django::why_no_settings;
use super::image::why_not;
use crate::finding::{Lack, Need, Quote, UnknownValue, prose};
use crate::model::container::Container;
use crate::model::django::{Binding, Settings, ValueKind};
use crate::model::exec_context::{ExecContext, PathLookup};
use crate::model::path;
use crate::model::process::{Step, StepKind};
use crate::model::roles::django::{DjangoService, SettingsState};
use crate::model::stack::Stack;
use crate::source::{Reason, Unknown};
use std::collections::BTreeMap;

/// Something that is not known of a service.
#[derive(Debug)]
pub struct ServiceLack {
    /// The number of its container.
    pub container: usize,
    /// What.
    pub lack: Lack,
    /// Why.
    pub why: Unknown,
    /// What rules must do without for it.
    pub needs: Vec<Need>,
}

/// What is not known of each service, what weighs most first. `names` are the settings that rules read.
pub fn lacks(stack: &Stack<'_>, names: &[&'static str]) -> Vec<ServiceLack> {
    let mut all = Vec::new();
    for (index, container) in stack.containers.iter().enumerate() {
        let django = stack.roles.django.iter().find(|d| d.container == index);
        if container.image.is_none() && django.is_none() {
            continue;
        }
        let mut lack = |lack, why: &Unknown, needs: Vec<Need>| {
            all.push(ServiceLack { container: index, lack, why: why.clone(), needs });
        };
        if let Some(Err(error)) = &container.image {
            let place = container.service.build.as_ref().map_or(container.name_span(), |b| b.span);
            let needs = vec![Need::Image, Need::Process, Need::Settings];
            lack(Lack::Image, &why_not(error, place), needs);
            continue;
        }
        let others = django.is_none() && is_of_others(stack, container, index);
        let process = container.process.unknown.as_ref().filter(|_| !others);
        if let Some(why) = process {
            let entry = matches!(why.reason, Reason::ImageCommand | Reason::ImageEntrypoint(_));
            let partly = !entry && !container.process.steps.is_empty();
            let mut needs = vec![Need::Process];
            needs.extend(
                (django.is_none() && holds_django(stack, container)).then_some(Need::Settings),
            );
            lack(Lack::Process { partly }, why, needs);
        }
        let Some(django) = django else {
            if process.is_none() && holds_django(stack, container) {
                lack_of_settings(stack, container)
                    .into_iter()
                    .for_each(|why| lack(Lack::Settings, &why, vec![Need::Settings]));
            }
            continue;
        };
        match &django.settings {
            SettingsState::Unknown(why) => lack(Lack::Settings, why, vec![Need::Settings]),
            SettingsState::Known(settings) => {
                for (why, values) in values(settings, names) {
                    let needs = values.iter().map(|name| Need::Setting(name)).collect();
                    let values = values.iter().map(|v| (*v).to_owned()).collect();
                    lack(Lack::Values(values), &why, needs);
                }
            }
            // These are findings.
            SettingsState::Missing => {}
        }
        if let Some(why) = &container.environment.open {
            // What is set there decides the settings as well: one reason, said once.
            let of_values = |l: &&mut ServiceLack| {
                l.container == index && l.why == *why && matches!(l.lack, Lack::Values(_))
            };
            if let Some(values) = all.iter_mut().find(of_values) {
                values.needs.push(Need::Environment);
            }
        }
    }
    if !stack.roles.django.is_empty() {
        for nginx in &stack.roles.nginx {
            all.extend(nginx.unknown.as_ref().map(|why| ServiceLack {
                container: nginx.container,
                lack: Lack::Proxy,
                why: why.clone(),
                needs: vec![Need::Proxy],
            }));
        }
    }
    all
}

/// Whether the folder that a service starts in holds `manage.py`.
fn holds_django(stack: &Stack<'_>, container: &Container<'_>) -> bool {
    let own = container.service.working_dir.as_ref().map(|w| w.as_str());
    let folder = own.or_else(|| container.built().and_then(|i| i.workdir())).unwrap_or("/");
    let at = path::join(folder, "manage.py");
    matches!(stack.storage().filesystem(container).find(&at), PathLookup::Host(_))
}

/// Why nothing is known of the settings of a service that has a Django project, and that was followed to its end.
fn lack_of_settings(stack: &Stack<'_>, container: &Container<'_>) -> Option<Unknown> {
    let celery = |s: &&Step| matches!(s.kind, StepKind::Celery { .. });
    if let Some(step) = container.process.steps.iter().find(celery) {
        return Some(Unknown::at(Reason::NoSettingsModule, step.span));
    }
    // Beside a service that serves, one that only lints or tests is not missed.
    let at = container.command_span.unwrap_or(container.name_span());
    stack.roles.django.is_empty().then(|| Unknown::at(Reason::NoServer, at))
}

/// Whether what is not followed is the program of someone else's image, such as a database that is built here with a
/// file of settings: no rule about the project's own code misses it.
fn is_of_others(stack: &Stack<'_>, container: &Container<'_>, index: usize) -> bool {
    let starts_itself =
        container.built().is_some_and(|image| !image.starts_bare() && image.entrypoint().is_none())
            && container.service.entrypoint.is_none();
    starts_itself && !holds_django(stack, container)
        || container.presumed_image().is_some_and(|image| image.family.keeps_data())
        || stack.roles.nginx.iter().any(|n| n.container == index)
}

/// The settings among `names` that are not known, by reason, in the order of the names.
fn values(settings: &Settings, names: &[&'static str]) -> Vec<(Unknown, Vec<&'static str>)> {
    let mut all: Vec<(Unknown, Vec<&'static str>)> = Vec::new();
    for name in names {
        let why = match settings.get(name) {
            Some(binding) => not_known(binding),
            None => settings.open.clone(),
        };
        let Some(why) = why else { continue };
        match all.iter_mut().find(|(known, _)| *known == why) {
            Some((_, names)) => names.push(name),
            None => all.push((why, vec![name])),
        }
    }
    all
}

/// Why a rule cannot use what a name is bound to. Of a dict or a URL, what is known is used.
fn not_known(binding: &Binding) -> Option<Unknown> {
    let value = &binding.value;
    binding.uncertain.clone().or_else(|| match &value.kind {
        ValueKind::Unknown(why) => Some(why.clone()),
        ValueKind::List { open, .. } => open.clone(),
        _ => None,
    })
}

/// Every value that stayed unknown: images, start commands, and names of settings.
pub fn unknown_values(stack: &Stack<'_>) -> Vec<UnknownValue> {
    let mut all = Vec::new();
    for container in &stack.containers {
        let mut note = |subject: crate::finding::Prose, why: &Unknown| {
            let service = container.name().to_owned();
            all.push(UnknownValue { service, subject, why: why.clone() });
        };
        if let Some(Err(error)) = &container.image {
            note("image".into(), &why_not(error, container.name_span()));
        }
        if let Some(why) = container.process.unknown.as_ref().filter(|_| container.image.is_some())
        {
            note("start command".into(), why);
        }
    }
    let by_service =
        |d: &&DjangoService| (stack.container(d.container).name().to_owned(), d.container);
    let services: BTreeMap<_, _> = stack.roles.django.iter().map(|d| (by_service(&d), d)).collect();
    for ((service, _), django) in services {
        let mut note = |subject: crate::finding::Prose, why: &Unknown| {
            all.push(UnknownValue { service: service.clone(), subject, why: why.clone() });
        };
        match django.settings() {
            Some(settings) => {
                for (name, binding) in &settings.names {
                    if let Some(why) = binding.uncertain.clone().or_else(|| binding.value.why()) {
                        note(prose!("{}", Quote::name(name)), &why);
                    }
                }
                if let Some(why) = &settings.open {
                    note("other settings".into(), why);
                }
            }
            None => {
                let place = stack.container(django.container).name_span();
                note("settings".into(), &why_no_settings(&django.settings, place));
            }
        }
    }
    all
}
