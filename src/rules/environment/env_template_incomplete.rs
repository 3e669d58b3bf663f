//! A template of `.env` that lacks a variable without which Compose does not start.

use crate::finding::{Change, Cure, Finding, Quote, prose};
use crate::model::stack::Stack;
use crate::rules::{Check, MAX_LISTED, Rule, Sink, meta};

pub(super) static RULE: Rule =
    Rule { meta: &meta::ENV_TEMPLATE_INCOMPLETE, check: Check::Stack(check) };

fn check(stack: &Stack<'_>, sink: &mut Sink) {
    let Some(gap) = stack.environment().template_gap() else { return };
    let Some((first, span)) = gap.lacks.first() else { return };
    let mut finding = Finding::new(
        &meta::ENV_TEMPLATE_INCOMPLETE,
        prose!(
            "a .env made from {} stops Compose: required variable {} is missing a value",
            gap.template,
            Quote::name(first).or_at(*span)
        ),
    );
    for (name, span) in gap.lacks.iter().take(MAX_LISTED) {
        finding = finding
            .label(*span, prose!("{} is not in the template", Quote::name(name).or_at(*span)));
    }
    let add = |(name, _): &(String, crate::source::Span)| Change::EnvLine {
        path: gap.template.clone(),
        name: name.clone(),
        value: "".into(),
    };
    let cure = Cure::new(prose!("add what is missing to {}", gap.template))
        .changes(gap.lacks.iter().map(add))
        .also("say in a comment what a good value is");
    sink.report(finding.cure(cure).help(prose!(
        "add it to {}:\n    {}=",
        gap.template,
        Quote::name(first).or_at(*span)
    )));
}
