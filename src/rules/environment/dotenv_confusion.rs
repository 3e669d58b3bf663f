//! A variable stands in a file that is read for something else.

use super::blank::{self, Blank};
use crate::finding::{Confidence, Finding, Insert, Prose, Quote, Severity, prose};
use crate::model::compose::VarUse;
use crate::model::django::{EnvRead, Value, ValueKind};
use crate::model::roles::django::DjangoService;
use crate::model::stack::Stack;
use crate::model::stack::environment::{Definition, VariableUse};
use crate::rules::{Check, Rule, Sink, meta};
use crate::source::Reason;

pub(super) static RULE: Rule = Rule { meta: &meta::DOTENV_CONFUSION, check: Check::Stack(check) };

/// The most places that are shown.
const MAX_SHOWN: usize = 5;

fn check(stack: &Stack<'_>, sink: &mut Sink) {
    not_interpolated(stack, sink);
    for service in &stack.roles.django {
        not_passed_on(stack, service, sink);
    }
}

/// `${NAME}` in Compose, `NAME=…` in a file that only a container gets.
fn not_interpolated(stack: &Stack<'_>, sink: &mut Sink) {
    let uses = stack.environment().unset_variables();
    // One file is one mistake, whatever it holds.
    let mut by_file: Vec<(Definition, Vec<&VariableUse<'_>>)> = Vec::new();
    let definitions = stack.environment().definitions();
    for used in uses.iter().filter(|u| !blank::for_the_container(stack, u)) {
        let Some(found) = definitions.of_name(&used.var.name).first() else { continue };
        match by_file.iter_mut().find(|(d, _)| d.file == found.file) {
            Some((_, list)) => list.push(used),
            None => by_file.push((found.clone(), vec![used])),
        }
    }
    let sample = stack.environment().sample_names();
    let has_dotenv = stack.environment().dotenv().first_file().is_some();
    for (definition, mut uses) in by_file {
        let own = stack.repository().display_path(&definition.file);
        // Compose is handed the file itself.
        let above = definition.above;
        let unread = definition.read_by.is_empty() && !above;
        let folder = above && stack.repository().names_project_folder();
        if folder
            || stack.repository().passed_to_compose(&definition.file).is_some()
            || unread && stack.repository().line_on_file(&definition.file).is_some()
        {
            continue;
        }
        // They stand in the .env that everybody makes from the sample.
        uses.retain(|u| {
            has_dotenv || !sample.as_ref().is_some_and(|(_, names)| names.contains(&u.var.name))
        });
        let Some(first) = uses.first() else { continue };
        let blanks: Vec<Option<Blank>> = uses.iter().map(|u| blank::blank_of(stack, u)).collect();
        let severity =
            blanks.iter().flatten().map(|b| b.severity).max().unwrap_or(Severity::Warning);
        let effect =
            blanks.iter().flatten().find(|b| b.severity == severity).map(|b| b.message.clone());
        let mut variables: Vec<&VarUse> = uses.iter().map(|u| u.var).collect();
        variables.sort_by_key(|v| &v.name);
        variables.dedup_by_key(|v| &v.name);
        let listed = list(&variables);
        let effect = effect.unwrap_or_else(|| prose!("a blank stands in its place"));
        let mut finding = Finding::new(
            &meta::DOTENV_CONFUSION,
            prose!("Compose does not look into {} for ${{}}: {}", own, first.var, effect),
        )
        .label(first.var.span, "taken from .env in the project folder only, where it is not");
        for used in uses.iter().skip(1).take(MAX_SHOWN - 1) {
            finding = finding.label(used.var.span, "blank as well");
        }
        let reader = match definition.read_by.as_slice() {
            [] if above => {
                prose!("it stands here, but Compose looks in the folder of the Compose file")
            }
            [] => prose!("it stands here, in a file that nothing reads"),
            [one] => {
                prose!(
                    "it stands here, in a file that goes into the container of {} only",
                    Quote::name(one)
                )
            }
            more => prose!(
                "it stands here, in a file that goes into the containers of {} only",
                list(&more.iter().map(Quote::name).collect::<Vec<_>>())
            ),
        };
        finding = finding
            .label(definition.span, reader)
            .label_if(definition.named_at, "env_file is read into the container, not for ${…}");
        let cure = prose!(
            "put {} into a .env beside the Compose file, or hand Compose the file:\n    docker compose --env-file {} up",
            listed,
            own
        );
        let surely = has_dotenv && !unread;
        let confidence = match () {
            () if unread => Confidence::Low,
            () if uses
                .iter()
                .any(|u| stack.repository().line_on_variable(&u.var.name).is_some()) =>
            {
                Confidence::Low
            }
            () if surely => Confidence::High,
            () => Confidence::Medium,
        };
        sink.report(finding.help(cure).at_most(severity).sure(confidence));
    }
}

/// `NAME=…` in `.env`, read by the settings, and nothing carries it into the container.
fn not_passed_on(stack: &Stack<'_>, service: &DjangoService, sink: &mut Sink) {
    let container = stack.container(service.container);
    let (Some(settings), None) = (service.settings(), &container.environment.open) else { return };
    // Settings that read a `.env` themselves find it in the container once it is made.
    if settings.absent {
        return;
    }
    let mut lost: Vec<&EnvRead> = Vec::new();
    for binding in settings.names.values().filter(|b| b.is_certain()) {
        for read in binding.value.all_reads() {
            let Some((text, _)) = stack.environment().dotenv().get(&read.name) else { continue };
            let passed =
                read.set_at.is_some() || container.environment.vars.contains_key(&read.name);
            let same =
                read.default.as_deref().is_some_and(|d| shown(d).as_deref() == Some(text.as_str()));
            // A script or a file that is not known may still set it.
            let sure =
                if read.required { not_set(&binding.value) } else { binding.value.is_known() };
            if !passed
                && !same
                && sure
                && !text.is_empty()
                && !lost.iter().any(|l| l.name == read.name)
            {
                lost.push(read);
            }
        }
    }
    lost.sort_by_key(|read| (!read.required, read.span));
    let Some(first) = lost.first() else { return };
    let message = match first.required {
        true => prose!(
            "{} does not start: {} is in .env, but nothing passes it into the container",
            container,
            first
        ),
        false => prose!(
            "{} does not get {} of .env: nothing passes it into the container",
            container,
            list(&lost)
        ),
    };
    let mut finding = Finding::new(&meta::DOTENV_CONFUSION, message)
        .label(container.name_span(), "neither env_file nor environment has it");
    for read in lost.iter().take(MAX_SHOWN) {
        finding = finding.label(read.span, prose!("{} is read here", read));
    }
    finding = finding.label_if(
        stack.environment().dotenv_entry(&first.name),
        "Compose reads this for ${…} in the Compose file only",
    );
    let cure = prose!("pass the file on:\n    {}:\n      env_file:\n        - .env", container);
    let finding = finding.help(cure);
    sink.report(if first.required {
        finding.sure(Confidence::Medium)
    } else {
        finding.at_most(Severity::Warning).sure(Confidence::Low)
    });
}

/// Whether a value is unknown for the one reason that its variable is not set.
fn not_set(value: &Value) -> bool {
    match &value.kind {
        ValueKind::Unknown(why) => matches!(why.reason, Reason::RequiredNotSet(_)),
        ValueKind::Dict { entries, .. } => entries.iter().any(|(_, v)| not_set(v)),
        ValueKind::List { items, .. } => items.iter().any(not_set),
        _ => false,
    }
}

/// A default as an env file would write it.
fn shown(value: &Value) -> Option<String> {
    match &value.kind {
        ValueKind::Bool(b) => Some(b.to_string()),
        ValueKind::Int(n) => Some(n.to_string()),
        _ => value.as_str().map(str::to_owned),
    }
}

fn list(names: &[impl Insert]) -> Prose {
    match names {
        [] => Prose::default(),
        [one] => prose!("{}", one),
        [one, two] => prose!("{} and {}", one, two),
        [one, two, three] => prose!("{}, {} and {}", one, two, three),
        [one, two, rest @ ..] => prose!("{}, {} and {} more", one, two, rest.len()),
    }
}
