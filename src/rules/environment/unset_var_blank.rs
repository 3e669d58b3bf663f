//! A variable that is not set, where a blank matters.

use super::blank::{self, Blank};
use crate::finding::{Confidence, Finding, Prose, Quote, prose};
use crate::model::stack::Stack;
use crate::model::stack::environment::{VariableUse, similar_name};
use crate::rules::{Check, Rule, Sink, meta};
use crate::source::Span;
use std::collections::BTreeSet;

pub(super) static RULE: Rule = Rule { meta: &meta::UNSET_VAR_BLANK, check: Check::Stack(check) };

/// The most places that are shown of one variable.
const MAX_SHOWN: usize = 5;

/// Why the variable is taken to be unset.
struct Known {
    confidence: Confidence,
    label: Option<(Span, Prose)>,
    cure: Prose,
}

fn check(stack: &Stack<'_>, sink: &mut Sink) {
    let uses = stack.environment().unset_variables();
    let definitions = stack.environment().definitions();
    let used_names = stack.environment().used_variables();
    let mut done: Vec<&str> = Vec::new();
    for first in &uses {
        let name = first.var.name.as_str();
        // One that stands in another file is another rule's matter.
        if done.contains(&name) || !definitions.of_name(name).is_empty() {
            continue;
        }
        done.push(name);
        let here: Vec<(&VariableUse<'_>, Blank)> = uses
            .iter()
            .filter(|u| u.var.name == name && !blank::for_the_container(stack, u))
            .filter_map(|u| Some((u, blank::blank_of(stack, u)?)))
            .collect();
        let Some(worst) = here.iter().map(|(_, b)| b.severity).max() else { continue };
        let Some(known) = known(stack, first, &used_names) else { continue };
        let lead = here.iter().position(|(_, b)| b.severity == worst).unwrap_or(0);
        let (used, blank) = &here[lead];
        let mut finding = Finding::new(
            &meta::UNSET_VAR_BLANK,
            prose!("{} is not set: {}", first.var, blank.message),
        )
        .label(used.var.span, "blank here");
        for (other, _) in
            here.iter().enumerate().filter(|(i, _)| *i != lead).map(|(_, h)| h).take(MAX_SHOWN - 1)
        {
            finding = finding.label(other.var.span, "and here");
        }
        if let Some((span, text)) = known.label {
            finding = finding.label(span, text);
        }
        sink.report(finding.help(known.cure).at_most(worst).sure(known.confidence));
    }
}

/// What speaks for the variable being unset for everybody, not only in this checkout.
fn known(stack: &Stack<'_>, unset: &VariableUse<'_>, used: &BTreeSet<&str>) -> Option<Known> {
    let name = unset.var.name.as_str();
    // Half a password is read as a variable by mistake: `ab$cd`.
    let quoted = Quote::name(name).or_at(unset.var.span);
    let sample = stack.environment().sample_names();
    let listed = sample.as_ref().is_some_and(|(_, names)| names.iter().any(|n| n == name));
    let told = stack.repository().line_on_variable(name).is_some();
    let stop = prose!(
        "set it there, or let Compose say what is missing:\n    ${{}:?set it in .env}",
        quoted
    );
    let Some((path, dotenv)) = stack.environment().dotenv().first_file() else {
        if listed || told {
            return None;
        }
        // Nothing says which variables there are to be; whoever runs the stack has them.
        let (path, names) = sample.as_ref()?;
        let path = stack.repository().display_path(path);
        return Some(
            match similar_name(&|n| used.contains(n), name, names.iter().map(String::as_str)) {
                Some(other) => Known {
                    confidence: Confidence::Medium,
                    label: None,
                    cure: prose!(
                        "{} has {}: use one name in both places",
                        path,
                        Quote::name(other)
                    ),
                },
                None => Known {
                    confidence: Confidence::Low,
                    label: None,
                    cure: prose!("{} does not list it; add it there, or {}", path, stop),
                },
            },
        );
    };
    let shown = stack.repository().display_path(path);
    let names: Vec<&str> = stack.environment().dotenv().iter().map(|(n, _)| n).collect();
    if let Some(other) = similar_name(&|n| used.contains(n), name, names.iter().copied()) {
        let label = stack
            .environment()
            .dotenv_entry(other)
            .map(|span| (span, prose!("{} has {}", shown, Quote::name(other))));
        return Some(Known {
            confidence: Confidence::High,
            label,
            cure: prose!("use one name in both places: {} or {}", Quote::name(other), quoted),
        });
    }
    let label = Some((Span::whole(dotenv), prose!("has no {}", quoted)));
    // A .env that nothing else of the stack looks at says little.
    let passed = stack.containers.iter().any(|c| c.environment.files.contains(path));
    let involved = passed || names.iter().any(|n| used.contains(n));
    let confidence = match (listed, told || !involved) {
        (true, _) => Confidence::High,
        (_, true) => Confidence::Low,
        _ => Confidence::Medium,
    };
    let cure = match &sample {
        Some((sample, _)) if listed => {
            prose!(
                "{} has it, {} does not yet; {}",
                stack.repository().display_path(sample),
                shown,
                stop
            )
        }
        _ => prose!("{} does not have it; {}", shown, stop),
    };
    Some(Known { confidence, label, cure })
}
