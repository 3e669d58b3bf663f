//! What holds of a stack only if something is assumed that the checkout does not tell: the values of a template in the
//! place of an env file, the settings module that `manage.py` names, one of several settings modules.
//!
//! The stack is judged without assumptions first, and again with them. What both say is as sure as it was; what only the
//! second says rests on what was assumed.

use crate::finding::{Confidence, Finding, Gap, Prose, Quote, prose};
use crate::model::assumptions::{Assumptions, Template};
use crate::model::budget::Budget;
use crate::model::roles::django::SettingsState;
use crate::model::stack::Stack;
use crate::rules::{self, Judged};
use crate::source::{RelPath, Span};
use std::collections::BTreeSet;

/// The most templates that a finding names.
const MAX_SHOWN: usize = 2;

/// Brings the stack up with what is assumed, and shows it.
pub(super) type BringUp<'b> = dyn FnMut(&Assumptions, &mut dyn FnMut(&Stack<'_>)) + 'b;

/// Where something was assumed, and what to say of it.
struct Ground {
    span: Span,
    text: Prose,
}

/// What the rules say of a stack, with what can be assumed. `note` is shown every stack that was brought up for it.
pub(super) fn judge(
    stack: &Stack<'_>,
    bring_up: &mut BringUp<'_>,
    note: &mut dyn FnMut(&Stack<'_>),
) -> Judged {
    let plain = rules::judge(stack);
    note(stack);
    let base = stack.repository().assumptions();
    let mut names = candidates(stack);
    let (mut judged, mut grounds, mut exact) = (None, Vec::new(), true);
    if !base.is_empty() {
        bring_up(&base, &mut |assumed| {
            note(assumed);
            names = candidates(assumed);
            grounds = grounds_of(assumed, stack);
            exact = assumed.project.assumptions.templates.values().all(|t| t.exact);
            judged = Some(rules::judge(assumed));
        });
    }
    // A judgement that ended early lacks what holds with and without what is assumed.
    if Budget::spent().is_some() {
        judged = None;
    }
    let most = match (base.templates.is_empty(), exact) {
        (true, _) => None,
        (false, true) => Some(Confidence::Medium),
        // Nothing says that the template of another file is meant.
        (false, false) => Some(Confidence::Low),
    };
    let mut result = match judged {
        Some(assumed) => merge(plain, assumed, &grounds, most),
        None => plain,
    };
    if !names.is_empty() {
        let mut all: Option<Judged> = None;
        let ground = unknown_module(stack, &names);
        for name in &names {
            let assumptions = Assumptions { settings: Some(name.clone()), ..base.clone() };
            bring_up(&assumptions, &mut |assumed| {
                note(assumed);
                let judged = rules::judge(assumed);
                all = Some(match all.take() {
                    Some(before) => both(before, &judged),
                    None => judged,
                });
            });
        }
        if let Some(all) = all.filter(|_| Budget::spent().is_none()) {
            result = merge(result, all, &Vec::from_iter(ground), None);
        }
    }
    result
}

/// The settings modules that may be meant by services whose module is not known.
fn candidates(stack: &Stack<'_>) -> Vec<String> {
    let mut seen = BTreeSet::new();
    let services = stack.roles.django.iter().filter(|d| d.settings().is_none());
    let all = services.flat_map(|d| &d.candidates).filter(|name| seen.insert(name.as_str()));
    all.cloned().collect()
}

fn unknown_module(stack: &Stack<'_>, names: &[String]) -> Option<Ground> {
    let place = stack.roles.django.iter().find_map(|d| match &d.settings {
        SettingsState::Unknown(why) if !d.candidates.is_empty() => why.place,
        _ => None,
    });
    let listed = Prose::join(names.iter().map(Quote::name), ", ");
    let text = prose!("the settings module is not known here; holds with {}", listed);
    place.map(|span| Ground { span, text })
}

fn grounds_of(stack: &Stack<'_>, plain: &Stack<'_>) -> Vec<Ground> {
    let mut all: Vec<Ground> = Vec::new();
    let mut templates: BTreeSet<&RelPath> = BTreeSet::new();
    for used in stack.containers.iter().flat_map(|c| &c.environment.templates) {
        if templates.insert(&used.template) && all.len() < MAX_SHOWN {
            let shown = stack.repository().display_path(&used.template);
            let text = prose!("not in this checkout; read as {} sets it", shown);
            all.push(Ground { span: used.named, text });
        }
    }
    let project = stack.project;
    let of_project = |t: &&Template| t.path.parent() == project.folder;
    if let (true, Some(template)) =
        (all.is_empty(), project.assumptions.templates.values().find(of_project))
        && let Some(first) = plain.project.unset.first()
    {
        let shown = stack.repository().display_path(&template.path);
        let text =
            prose!("taken from .env, which is not in this checkout; read as {} sets it", shown);
        all.push(Ground { span: first.1, text });
    }
    if all.is_empty() {
        let open = stack.containers.iter().find_map(|c| c.environment.open.as_ref()?.place);
        let text = "not in this checkout; assumed not to change what the image or manage.py sets";
        all.extend(open.map(|span| Ground { span, text: text.into() }));
    }
    all
}

fn same(a: &Finding, b: &Finding) -> bool {
    let place = |f: &Finding| f.labels.first().map(|l| l.span);
    std::ptr::eq(a.rule, b.rule) && place(a) == place(b)
}

/// What both say, as sure and as bad as the one that says less.
fn both(mut a: Judged, b: &Judged) -> Judged {
    a.findings.retain_mut(|finding| {
        let other = b.findings.iter().find(|f| same(f, finding));
        if let Some(other) = other {
            finding.confidence = finding.confidence.min(other.confidence);
            finding.severity = finding.severity.min(other.severity);
        }
        other.is_some()
    });
    for gap in &b.gaps {
        let same = |g: &&Gap| g.why == gap.why && g.lack == gap.lack;
        if !a.gaps.iter().any(|g| same(&g)) {
            a.gaps.push(gap.clone());
        }
    }
    a
}

/// What is said with assumptions beside what is said without them. `most` is how sure a finding can be that rests on them;
/// `None` for one step less sure than it is.
fn merge(plain: Judged, assumed: Judged, grounds: &[Ground], most: Option<Confidence>) -> Judged {
    let mut findings = Vec::new();
    // Whether the files can be loaded is asked of the checkout as it is.
    let of_files = |f: &Finding| matches!(f.rule.group, "files" | "project");
    for mut finding in assumed.findings.into_iter().filter(|f| !of_files(f)) {
        if let Some(own) = plain.findings.iter().find(|f| same(f, &finding)) {
            // What is assumed may show a second place that has to change as well.
            if finding.labels.len() <= own.labels.len() || finding.message != own.message {
                findings.push(own.clone());
                continue;
            }
            (finding.severity, finding.confidence) = (own.severity, own.confidence);
            for ground in grounds {
                finding = finding.label(ground.span, ground.text.clone());
            }
            findings.push(finding);
            continue;
        }
        finding.confidence = match (most, finding.confidence) {
            (Some(most), sure) => sure.min(most),
            (None, Confidence::High) => Confidence::Medium,
            (None, _) => Confidence::Low,
        };
        for ground in grounds {
            finding = finding.label(ground.span, ground.text.clone());
        }
        findings.push(finding);
    }
    for mut own in plain.findings {
        let replaced = findings.iter().any(|f| std::ptr::eq(f.rule, own.rule));
        if of_files(&own) || !replaced && own.confidence == Confidence::High {
            // What the sample of a file decides otherwise is not certain.
            if most == Some(Confidence::Medium) && !of_files(&own) {
                own.confidence = Confidence::Medium;
            }
            findings.push(own);
        }
    }
    findings.sort_by_key(|f| std::cmp::Reverse(f.severity));
    let mut failed = plain.failed;
    failed.extend(
        assumed
            .failed
            .into_iter()
            .filter(|rule| !failed.iter().any(|f| std::ptr::eq(*f, *rule)))
            .collect::<Vec<_>>(),
    );
    // A rule that applied with what is assumed did apply.
    Judged { findings, failed, gaps: assumed.gaps, unknown: assumed.unknown }
}
