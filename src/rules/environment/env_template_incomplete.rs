//! A template of an env file lacks a variable without which the stack does not start.

use super::blank;
use crate::finding::{
    Change, Confidence, Cure, Finding, Prose, Quote, Severity, TakenBy, Want, prose,
};
use crate::model::stack::Stack;
use crate::model::stack::environment::{EnvTemplate, VariableUse, similar_name};
use crate::rules::{Check, Rule, Sink, meta};
use crate::source::Span;

pub(super) static RULE: Rule =
    Rule { meta: &meta::ENV_TEMPLATE_INCOMPLETE, check: Check::Stack(check) };

/// The most variables that are underlined.
const MAX_SHOWN: usize = 4;

/// A variable that a template lacks, with the first place that needs it.
type Lacked = (String, Span);

fn check(stack: &Stack<'_>, sink: &mut Sink) {
    for template in stack.environment().templates().iter().filter(|t| t.is_copied) {
        compose(stack, template, sink);
        settings(stack, template, sink);
    }
}

/// What Compose itself needs: `${NAME:?}`, and blanks with which it or a service does not start.
fn compose(stack: &Stack<'_>, template: &EnvTemplate, sink: &mut Sink) {
    let demands = stack.environment().demands(&template.file);
    let of_compose = demands.iter().filter(|d| !template.lists(d)).flat_map(|demand| {
        let takers = demand.takers.iter().filter(|t| t.by == TakenBy::Compose);
        takers.filter_map(|t| Some((demand.name.clone(), t.want, t.span?)))
    });
    // What a `.env` that is there lacks as well is told of the `.env`.
    let in_file =
        |name: &str| !template.is_there || stack.environment().dotenv_entry(name).is_some();
    let mut required: Vec<Lacked> = Vec::new();
    for (name, want, span) in of_compose {
        if want == Want::Required && in_file(&name) && !required.iter().any(|(n, _)| *n == name) {
            required.push((name, span));
        }
    }
    if let Some((first, at)) = required.first() {
        let message = prose!(
            "Compose stops on a copy of {}: required variable {} is missing a value",
            stack.repository().display_path(&template.path),
            Quote::name(first).or_at(*at)
        );
        sink.report(finding(stack, template, &required, message));
    }
    let blanks = blanks(stack, template);
    let fresh: Vec<Lacked> = blanks
        .iter()
        .map(|(lacked, _)| lacked.clone())
        .filter(|(name, _)| !required.iter().any(|(n, _)| n == name))
        .collect();
    let effect = |name: &str| blanks.iter().find(|((n, _), _)| n == name).map(|(_, m)| m.clone());
    if let Some((first, at)) = fresh.first()
        && let Some(effect) = effect(first)
    {
        let message = prose!(
            "a copy of {} does not set {}: {}",
            stack.repository().display_path(&template.path),
            Quote::name(first).or_at(*at),
            effect
        );
        sink.report(finding(stack, template, &fresh, message));
    }
}

/// The variables of which a blank keeps Compose or a service from starting, with what it does.
fn blanks(stack: &Stack<'_>, template: &EnvTemplate) -> Vec<(Lacked, Prose)> {
    let environment = stack.environment();
    let mut all: Vec<(Lacked, Prose)> = Vec::new();
    if !environment.is_interpolated(&template.file) {
        return all;
    }
    let mut look = |used: &VariableUse<'_>| {
        let name = &used.var.name;
        if template.names.contains(name)
            || blank::for_the_container(stack, used)
            || all.iter().any(|((n, _), _)| n == name)
        {
            return;
        }
        if let Some(found) = blank::blank_of(stack, used).filter(|b| b.severity == Severity::Error)
        {
            all.push(((name.clone(), used.var.span), found.message));
        }
    };
    if !template.is_there {
        // A name that is like it in the template is told as such.
        let used_names = environment.used_variables();
        let listed = || template.names.iter().map(String::as_str);
        let misspelt = |name: &str| {
            let is_used = |other: &str| used_names.contains(other);
            similar_name(&is_used, name, listed()).is_some()
        };
        environment
            .unset_variables()
            .iter()
            .filter(|u| environment.definitions().of_name(&u.var.name).is_empty())
            .filter(|u| !misspelt(&u.var.name))
            .for_each(&mut look);
    } else if let Some((_, file)) = environment.dotenv().first_file() {
        for used in environment.variables_of_file(file) {
            let scalar = used.scalar_without_it();
            look(&VariableUse { scalar: &scalar, ..used.clone() });
        }
    }
    all
}

/// What the settings of a service need that gets the file.
fn settings(stack: &Stack<'_>, template: &EnvTemplate, sink: &mut Sink) {
    for service in &stack.roles.django {
        let Some(settings) = service.settings() else { continue };
        let container = stack.container(service.container);
        let used = &container.environment.templates;
        let rests = !template.is_there && used.iter().any(|u| u.template == template.path);
        let mut lacked: Vec<Lacked> = Vec::new();
        if rests {
            let without = settings.lacks.iter().filter(|(n, _)| !template.names.contains(n));
            lacked.extend(without.cloned());
        } else if template.is_there {
            let from_file = |at: Span| stack.environment().is_in_file(at, &template.file);
            for read in settings.reads.iter().filter(|r| r.required) {
                let set = read.set_at.as_ref().is_some_and(|at| from_file(at.span()));
                if set
                    && !template.names.contains(&read.name)
                    && !lacked.iter().any(|(n, _)| *n == read.name)
                {
                    lacked.push((read.name.clone(), read.span));
                }
            }
        }
        let Some((first, at)) = lacked.first() else { continue };
        let message = prose!(
            "{} does not start on a copy of {}: its settings need {}",
            container,
            stack.repository().display_path(&template.path),
            Quote::name(first).or_at(*at)
        );
        // A read may be in a `try`.
        sink.report(finding(stack, template, &lacked, message).sure(Confidence::Medium));
    }
}

fn finding(
    stack: &Stack<'_>,
    template: &EnvTemplate,
    lacked: &[Lacked],
    message: Prose,
) -> Finding {
    let shown = stack.repository().display_path(&template.path);
    let mut finding = Finding::new(&meta::ENV_TEMPLATE_INCOMPLETE, message);
    for (name, span) in lacked.iter().take(MAX_SHOWN) {
        finding = finding.label(*span, prose!("{} has no default", Quote::name(name).or_at(*span)));
    }
    let quoted = || lacked.iter().map(|(name, at)| Quote::name(name).or_at(*at));
    let lines = quoted().map(|name| prose!("\n    {}=", name));
    finding = finding
        .label(
            template.span,
            prose!("does not list {}", Prose::join(quoted().take(MAX_SHOWN), ", ")),
        )
        .help(prose!("add to {}:{}", shown, Prose::concat(lines)))
        .cure(Cure::new(prose!("list what is missing in {}", shown)).changes(lacked.iter().map(
            |(name, _)| Change::EnvLine {
                path: template.path.clone(),
                name: name.clone(),
                value: Prose::default(),
            },
        )));
    // A README or a script that mentions the variable tells people to set it.
    let told = |(name, _): &Lacked| stack.repository().line_telling_variable(name).is_some();
    let brought = stack.repository().is_example() || stack.repository().is_foreign();
    if brought {
        finding = finding.at_most(Severity::Info);
    }
    if brought || lacked.iter().all(told) { finding.sure(Confidence::Low) } else { finding }
}
