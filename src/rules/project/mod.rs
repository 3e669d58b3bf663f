//! What Compose itself refuses, or does otherwise than it looks. The loader finds it; there is one rule for
//! each kind of fault, so that each can be explained, found by its symptom and allowed by its name.

mod build_reference_unknown;
mod conflicting_limits;
mod container_name_with_replicas;
mod depends_on_unknown_or_cycle;
mod deprecated_notation;
mod duplicate_container_name;
mod duplicate_mount_target;
mod exclusive_keys;
mod extends_include_broken;
mod healthcheck_test_form;
mod incomplete;
mod limit_reached;
mod no_image_or_build;
mod project_name_invalid;
mod remote_not_fetched;
mod required_var_missing;
mod secret_or_config_without_source;
#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that fails may panic")]
mod tests;
mod undefined_or_unused_top_level;
mod value_invalid;
mod watch_target_missing;
mod yaml_dup_keys_tabs_unknown;

use super::{MAX_OF_RULE, Rule, Sink, meta, more_places};
use crate::finding::{
    Change, Cure, Finding, NodeEdit, Own, Quote, RuleMeta, Severity, YamlEdit, YamlMap, YamlValue,
    prose,
};
use crate::model::compose::{About, Fault, FaultKind};
use crate::model::search_limit::SearchLimit;
use crate::model::stack::Stack;
use crate::source::Span;

/// The rules of this group, most pressing first.
pub(super) static RULES: &[&Rule] = &[
    &yaml_dup_keys_tabs_unknown::RULE,
    &value_invalid::RULE,
    &extends_include_broken::RULE,
    &undefined_or_unused_top_level::RULE,
    &depends_on_unknown_or_cycle::RULE,
    &no_image_or_build::RULE,
    &exclusive_keys::RULE,
    &conflicting_limits::RULE,
    &container_name_with_replicas::RULE,
    &duplicate_container_name::RULE,
    &healthcheck_test_form::RULE,
    &duplicate_mount_target::RULE,
    &secret_or_config_without_source::RULE,
    &build_reference_unknown::RULE,
    &watch_target_missing::RULE,
    &project_name_invalid::RULE,
    &required_var_missing::RULE,
    &limit_reached::RULE,
    &remote_not_fetched::RULE,
    &deprecated_notation::RULE,
];

/// The most places that are shown of one cause.
const MAX_PLACES: usize = 6;

/// Reports the faults of a kind: those of one cause as one finding.
fn report(kind: FaultKind, meta: &'static RuleMeta, stack: &Stack<'_>, sink: &mut Sink) {
    let mut faults =
        stack.project.faults.iter().filter(|f| f.kind == kind && !incomplete::follows(stack, f));
    let mut found: Vec<(Option<Cause<'_>>, Finding)> = Vec::new();
    for fault in faults.by_ref().take(MAX_OF_RULE) {
        let cause = cause(fault);
        match found.iter_mut().find(|(known, _)| cause.is_some() && cause == *known) {
            Some((_, finding)) if finding.labels.len() >= MAX_PLACES => {}
            Some((_, known)) => {
                let twice = fault.about.as_ref().filter(|_| cause == Some(Cause::Clash));
                let text = twice.map_or_else(
                    || prose!("and here"),
                    |about| prose!("and a second `{}`", Quote::name(&about.name)),
                );
                *known = known.clone().label(fault.span, text);
            }
            None => found.push((cause, incomplete::judge(stack, fault, finding(fault)))),
        }
    }
    found.into_iter().for_each(|(_, finding)| sink.report(finding));
    if let Some(next) = faults.next() {
        let count = faults.count() + 1;
        sink.report(more_places(meta, count, MAX_OF_RULE).label(next.span, "the next one"));
    }
}

/// The same for faults that are gone when what their place holds is removed.
fn report_removable(
    kind: FaultKind,
    meta: &'static RuleMeta,
    stack: &Stack<'_>,
    sink: &mut Sink,
    lead: &'static str,
) {
    report_cured(kind, meta, stack, sink, |at| {
        Some(Cure::new(lead).change(Change::YamlNode(at, NodeEdit::Remove)))
    });
}

/// The same for faults with a cure that their place tells.
fn report_cured(
    kind: FaultKind,
    meta: &'static RuleMeta,
    stack: &Stack<'_>,
    sink: &mut Sink,
    cure: impl Fn(Span) -> Option<Cure>,
) {
    let mut own = Sink::default();
    report(kind, meta, stack, &mut own);
    for finding in own.into_findings() {
        let place = finding.labels.first().map(|l| l.span).filter(|_| finding.rule == meta);
        sink.report(finding.cure_if(place.and_then(&cure)));
    }
}

/// What several faults can have in common: one entry that is not there, one variable, or that services stand
/// again beside one `include`.
fn cause(fault: &Fault) -> Option<Cause<'_>> {
    let about = fault.about.as_ref()?;
    match fault.kind {
        FaultKind::Undefined | FaultKind::Dependency | FaultKind::RequiredVariable => {
            Some(Cause::Lack(about))
        }
        FaultKind::Key => Some(Cause::Lack(about)),
        FaultKind::ExtendsInclude => Some(Cause::Clash),
        _ => None,
    }
}

/// See [`cause`].
#[derive(PartialEq)]
enum Cause<'f> {
    Lack(&'f About),
    Clash,
}

/// A fault as a finding. What Compose takes all the same is a warning at most.
pub(super) fn finding(fault: &Fault) -> Finding {
    let mut finding = Finding::new(meta_of(fault.kind), fault.message.clone())
        .label(fault.span, fault.label.clone());
    for (span, text) in &fault.more {
        finding = finding.label(*span, text.clone());
    }
    if let Some(help) = &fault.help {
        finding = finding.help(help.clone());
    }
    // Volumes and networks need no more than a name.
    if let (FaultKind::Undefined, Some(About { section: Some(section), name })) =
        (fault.kind, &fault.about)
        && matches!(*section, "volumes" | "networks")
    {
        let path = vec![(*section).to_owned(), name.clone()];
        let edit = YamlEdit::Default(path, YamlValue::Null);
        finding = finding.cure(
            Cure::new(prose!("declare it under `{}`", Own(section)))
                .change(Change::Yaml(YamlMap::Top(fault.span.file), edit)),
        );
    }
    if fault.refused { finding } else { finding.at_most(Severity::Warning) }
}

/// A search that ended early as a finding.
pub fn search_limit(limit: &SearchLimit) -> Finding {
    Finding::new(&meta::LIMIT_REACHED, limit.message.clone())
        .label(limit.span, "here the search ended")
        .help("what lies beyond is not known, and nothing is said of it")
}

/// Whether behind a fault something stands that was not read.
pub(super) fn hides_something(fault: &Fault) -> bool {
    matches!(fault.kind, FaultKind::Remote | FaultKind::Limit)
}

/// The rule of a kind of fault.
fn meta_of(kind: FaultKind) -> &'static RuleMeta {
    let rule = match kind {
        FaultKind::Key => &yaml_dup_keys_tabs_unknown::RULE,
        FaultKind::Value => &value_invalid::RULE,
        FaultKind::EnvironmentItem => return &meta::ENV_LIST_ITEM_WITHOUT_EQUALS,
        FaultKind::ExtendsInclude => &extends_include_broken::RULE,
        FaultKind::Remote => &remote_not_fetched::RULE,
        FaultKind::Limit => &limit_reached::RULE,
        FaultKind::RequiredVariable => &required_var_missing::RULE,
        FaultKind::Dependency | FaultKind::Circle => &depends_on_unknown_or_cycle::RULE,
        FaultKind::Undefined => &undefined_or_unused_top_level::RULE,
        FaultKind::NoImage => &no_image_or_build::RULE,
        FaultKind::Exclusive => &exclusive_keys::RULE,
        FaultKind::Limits => &conflicting_limits::RULE,
        FaultKind::ContainerNameReplicas => &container_name_with_replicas::RULE,
        FaultKind::ContainerNameTwice => &duplicate_container_name::RULE,
        FaultKind::HealthcheckForm => &healthcheck_test_form::RULE,
        FaultKind::MountTwice => &duplicate_mount_target::RULE,
        FaultKind::NoSource => &secret_or_config_without_source::RULE,
        FaultKind::BuildReference => &build_reference_unknown::RULE,
        FaultKind::Watch => &watch_target_missing::RULE,
        FaultKind::ProjectName => &project_name_invalid::RULE,
        FaultKind::Deprecated => &deprecated_notation::RULE,
    };
    rule.meta
}
