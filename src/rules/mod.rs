//! Judgement: one small file per rule. Rules read the model's answers; they never parse, read or print.
//!
//! A new rule is its page in `rules/`, its file here, its cases in `fixtures/`, and one line in the list of its group.

mod airflow;
mod changes;
mod compose;
mod config;
mod database;
mod environment;
mod files;
mod gaps;
mod hosts;
mod image;
mod loading;
pub mod meta;
mod mounts;
mod project;
mod proxy;
mod scripts;
mod secrets;
mod server;
mod settings;
#[path = "static/mod.rs"]
mod static_files;
mod workers;

/// What `cargo xtask new-rule` writes, so that it compiles for as long as rules do.
#[cfg(test)]
#[allow(dead_code, reason = "it is no rule")]
#[path = "../../xtask/templates/rule.rs"]
mod template;

use gaps::gaps;
pub use loading::{loading, refused};
pub use project::search_limit;

use crate::finding::{ConfigLint, Finding, Gap, RuleMeta, UnknownValue, prose};
use crate::model::budget::Budget;
use crate::model::inspect::unknown_values;
use crate::model::roles::django::DjangoService;
use crate::model::search_limit::SearchLimit;
use crate::model::stack::Stack;
use crate::source::Span;
use std::collections::HashSet;
use std::panic::{AssertUnwindSafe, catch_unwind};

#[derive(Debug)]
pub struct Rule {
    /// Its page.
    pub meta: &'static RuleMeta,
    /// What it looks at, and how it judges.
    pub check: Check,
}

/// What a rule looks at.
#[derive(Debug)]
pub enum Check {
    /// A stack as a whole.
    Stack(fn(&Stack<'_>, &mut Sink)),
    /// Each service that runs Django, in the stack it belongs to.
    Django(fn(&DjangoService, &Stack<'_>, &mut Sink)),
    /// What people wrote to choose what they see, once all stacks are judged.
    Config(fn(&ConfigLint, &mut Sink)),
}

/// Where findings go.
#[derive(Debug, Default)]
pub struct Sink {
    findings: Vec<Finding>,
    /// The rules and places of them.
    places: HashSet<(&'static str, Option<Span>)>,
}

/// Every group, in the order in which findings of equal weight are shown: what stops the stack first.
static GROUPS: &[&[&Rule]] = &[
    files::RULES,
    project::RULES,
    compose::RULES,
    image::RULES,
    scripts::RULES,
    server::RULES,
    proxy::RULES,
    database::RULES,
    workers::RULES,
    airflow::RULES,
    mounts::RULES,
    environment::RULES,
    static_files::RULES,
    settings::RULES,
    secrets::RULES,
    config::RULES,
];

/// Every rule, in the order in which findings of equal weight are shown.
pub fn all() -> impl Iterator<Item = &'static Rule> {
    GROUPS.iter().flat_map(|group| group.iter().copied())
}

impl Sink {
    /// Takes a finding. Two services that share the place (a worker and a web service with the same
    /// settings) make one finding.
    pub fn report(&mut self, finding: Finding) {
        let primary = finding.labels.first().map(|l| l.span);
        if self.places.insert((finding.rule.name, primary)) {
            self.findings.push(finding);
        }
    }

    /// Reports a finding for each of the first items, and says how many more there are.
    pub fn report_first<T>(
        &mut self,
        most: usize,
        mut items: Vec<T>,
        judge: impl Fn(T) -> Finding,
    ) {
        let more = items.split_off(most.min(items.len()));
        items.into_iter().for_each(|item| self.report(judge(item)));
        let count = more.len();
        let Some(next) = more.into_iter().next().map(judge) else { return };
        self.report(
            more_places(next.rule, count, most)
                .label_if(next.labels.first().map(|l| l.span), "the next one"),
        );
    }

    /// What was reported.
    fn into_findings(self) -> Vec<Finding> {
        self.findings
    }

    /// Whether the rule said something already.
    pub fn has(&self, rule: &'static RuleMeta) -> bool {
        self.findings.iter().any(|f| std::ptr::eq(f.rule, rule))
    }
}

/// The most findings of one rule that are reported of a stack, where each is about another item of a long list.
const MAX_OF_RULE: usize = 100;

/// The most places that a finding shows as evidence of one thing, such as files of requirements or lines of manuals: one
/// convinces, a second shows that there are more.
const MAX_EVIDENCE: usize = 2;
/// The most names that a sentence lists, and the most further places of the same mistake that labels show.
const MAX_LISTED: usize = 3;

/// What is said in place of the findings of a rule that are too many.
fn more_places(rule: &'static RuleMeta, count: usize, most: usize) -> Finding {
    let message = prose!(
        "there are {} more places like these; mend the first {} and look again",
        count,
        most
    );
    Finding::new(rule, message).help("is this the file that is meant?")
}

/// What the rules report about the configuration and the suppressions of a project, worst first.
pub fn judge_config(config_lint: &ConfigLint) -> Vec<Finding> {
    let mut sink = Sink::default();
    for rule in all() {
        if let Check::Config(check) = rule.check {
            check(config_lint, &mut sink);
        }
    }
    sink.findings.sort_by_key(|f| std::cmp::Reverse(f.severity));
    sink.findings
}

/// What the rules say.
#[derive(Debug, Default)]
pub struct Judged {
    /// The findings, worst first.
    pub findings: Vec<Finding>,
    /// Rules that ended in a fault of ours: what they would have said from there on is missing.
    pub failed: Vec<&'static RuleMeta>,
    /// What was not judged.
    pub gaps: Vec<Gap>,
    /// The values that stayed unknown.
    pub unknown: Vec<UnknownValue>,
}

/// Everything the rules say about a stack. A fault in one of them leaves the others as they are.
pub fn judge(stack: &Stack<'_>) -> Judged {
    let mut sink = Sink::default();
    let mut failed = Vec::new();
    // Where the stack was too much to be brought up, what is wrong with its files is told all the same.
    let of_files = Budget::spent().is_some();
    for rule in all() {
        if of_files && rule.meta.group != "project" {
            continue;
        }
        let before = sink.findings.len();
        let work = || {
            #[cfg(test)]
            fault::injected(rule.meta.name, stack.project.services.iter().map(|s| s.name.as_str()));
            match rule.check {
                Check::Stack(check) => check(stack, &mut sink),
                Check::Django(check) => {
                    stack.roles.django.iter().for_each(|service| check(service, stack, &mut sink))
                }
                Check::Config(_) => {}
            }
        };
        // The sink holds whole findings at any time, and nobody else changes the stack.
        if catch_unwind(AssertUnwindSafe(work)).is_err() {
            failed.push(rule.meta);
        }
        if !of_files && Budget::spent().is_some() {
            // It rests on what was not worked out to its end, as all that comes would.
            sink.findings.truncate(before);
            break;
        }
    }
    SearchLimit::take().iter().for_each(|limit| sink.report(search_limit(limit)));
    let mut findings = sink.findings;
    // What rests on an image that was only guessed to be the project's own is a guess as well.
    if stack.containers.iter().any(|c| c.presumed) {
        let of_files = |f: &Finding| matches!(f.rule.group, "files" | "project" | "compose");
        findings
            .iter_mut()
            .filter(|f| !of_files(f))
            .for_each(|f| f.confidence = f.confidence.min(crate::finding::Confidence::Medium));
    }
    // What a file is cut off from after a syntax error is not missing.
    if stack.repository().has_unreadable_yaml() {
        let of_files = |f: &Finding| matches!(f.rule.group, "files" | "project" | "compose");
        findings
            .iter_mut()
            .filter(|f| !of_files(f))
            .for_each(|f| f.confidence = crate::finding::Confidence::Low);
    }
    // What cannot be read in a place is no second fault there.
    let unread: Vec<Span> = findings
        .iter()
        .filter(|f| std::ptr::eq(f.rule, &meta::SYNTAX_ERROR))
        .filter_map(|f| f.labels.first().map(|l| l.span))
        .filter(|span| !span.is_empty())
        .collect();
    findings.retain(|f| {
        f.rule.group != "project" || f.labels.first().is_none_or(|l| !unread.contains(&l.span))
    });
    // A template is no Compose file yet.
    findings.retain(|f| f.labels.first().is_none_or(|l| !stack.repository().is_template(l.span)));
    // Data for tests is often wrong on purpose, and other people's code is mended by them.
    if stack.repository().is_foreign() {
        findings.iter_mut().for_each(|f| f.confidence = crate::finding::Confidence::Low);
    }
    findings.sort_by_key(|f| std::cmp::Reverse(f.severity));
    if Budget::spent().is_some() {
        return Judged { findings, failed, ..Judged::default() };
    }
    let gaps = gaps(stack, &findings);
    Judged { findings, failed, gaps, unknown: unknown_values(stack) }
}

/// Faults for tests, which must not be in the program: a service that is called after a rule makes it panic.
#[cfg(test)]
pub(crate) mod fault {
    /// What such a service's name begins with.
    pub(crate) const NAME: &str = "fault-in-";

    /// Panics where a service asks for it, with a text that must not come out.
    pub(crate) fn injected<'n>(place: &str, mut services: impl Iterator<Item = &'n str>) {
        assert!(
            !services.any(|s| s.strip_prefix(NAME) == Some(place)),
            "injected: planted-payload"
        );
    }
}
