//! A variable that is not set and that Compose replaces by a blank, whatever the blank does.

use crate::finding::{Finding, prose};
use crate::model::stack::Stack;
use crate::rules::{Check, Rule, Sink, meta};

pub(super) static RULE: Rule = Rule { meta: &meta::UNSET_VARIABLE, check: Check::Stack(check) };

/// The most places that are shown of one variable.
const MAX_SHOWN: usize = 5;

fn check(stack: &Stack<'_>, sink: &mut Sink) {
    let environment = stack.environment();
    let uses = environment.unset_variables();
    // Where there is no `.env` yet, it will be made from its template.
    let listed = match environment.dotenv().first_file() {
        Some(_) => None,
        None => environment.sample_names(),
    };
    let mut done: Vec<&str> = Vec::new();
    for first in &uses {
        let name = first.var.name.as_str();
        let in_template = listed.as_ref().is_some_and(|(_, names)| names.iter().any(|n| n == name));
        if done.contains(&name) || in_template {
            continue;
        }
        done.push(name);
        let message = prose!("{} is not set: Compose puts a blank in its place", first.var);
        let mut finding =
            Finding::new(&meta::UNSET_VARIABLE, message).label(first.var.span, "blank here");
        for other in uses.iter().filter(|u| u.var.name == name).skip(1).take(MAX_SHOWN - 1) {
            finding = finding.label(other.var.span, "and here");
        }
        sink.report(
            finding
                .help(prose!("set it in .env, or give it a default:\n    ${{}:-value}", first.var)),
        );
    }
}
