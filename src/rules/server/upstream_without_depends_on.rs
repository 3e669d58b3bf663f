//! nginx looks up a name when it starts, and may start before there is one.

use crate::finding::{Confidence, Cure, Finding, Prose, Quote, Severity, YamlEdit, prose};
use crate::model::compose::{Condition, Dependency};
use crate::model::container::Container;
use crate::model::process::StepKind;
use crate::model::roles::nginx::Upstream;
use crate::model::stack::Stack;
use crate::model::stack::lifecycle::{NeedKind, Together};
use crate::model::stack::network::{ReferenceKind, ReferencedHost, Resolved};
use crate::rules::{Check, Rule, Sink, changes, meta};
use std::collections::BTreeSet;

pub(super) static RULE: Rule =
    Rule { meta: &meta::UPSTREAM_WITHOUT_DEPENDS_ON, check: Check::Stack(check) };

fn check(stack: &Stack<'_>, sink: &mut Sink) {
    for nginx in &stack.roles.nginx {
        let me = stack.container(nginx.container);
        if me.service.restart() != "no"
            || me.service.node.get("deploy").is_some_and(|d| d.get("restart_policy").is_some())
        {
            continue;
        }
        let waited = waited(stack, nginx.container);
        let mut late: Vec<Late<'_>> = Vec::new();
        for upstream in nginx.upstreams.iter() {
            let Resolved::Service(target) =
                stack.network().resolve(nginx.container, &upstream.host)
            else {
                continue;
            };
            if waited.contains(&target)
                || stack.lifecycle().run_together(nginx.container, target) != Together::Always
                || late.iter().any(|l| l.target == target)
            {
                continue;
            }
            // One that waits for nginx cannot be waited for.
            if self::waited(stack, target).contains(&nginx.container) {
                continue;
            }
            let (mine, theirs) = (
                stack.lifecycle().start_depth(nginx.container),
                stack.lifecycle().start_depth(target),
            );
            let waits = &stack.container(target).service.depends_on;
            let behind = waits.iter().find(|d| d.condition != Condition::ServiceStarted);
            let sure = match (behind.is_some() && theirs > mine, theirs < mine) {
                (true, _) => Confidence::High,
                (false, false) => Confidence::Medium,
                // It is on its way while nginx still waits for others.
                (false, true) => Confidence::Low,
            };
            late.push(Late { upstream, target, behind, sure });
        }
        // One finding for all of them: they are waited for in one place.
        late.sort_by_key(|l| std::cmp::Reverse(l.sure));
        if let Some(first) = late.first() {
            sink.report(unawaited(stack, me, first, &late));
        }
    }
    brokers(stack, sink);
}

/// A service that nginx looks up and does not wait for.
struct Late<'s> {
    upstream: &'s Upstream,
    target: usize,
    /// What that service itself waits for first.
    behind: Option<&'s Dependency>,
    sure: Confidence,
}

fn unawaited(stack: &Stack<'_>, me: &Container<'_>, first: &Late<'_>, all: &[Late<'_>]) -> Finding {
    let other = stack.container(first.target);
    let mut finding = Finding::new(
        &meta::UPSTREAM_WITHOUT_DEPENDS_ON,
        prose!(
            "{} may start before {} and then stops: host not found in upstream \"{}\"",
            me,
            other,
            first.upstream.host
        ),
    );
    let place = me.service.entry("depends_on").map_or(me.name_span(), |e| e.key.span());
    let named = Prose::join(all.iter().map(|l| stack.container(l.target)), ", ");
    finding = finding.label(place, prose!("does not wait for {}", named));
    for late in all {
        finding = finding.label(late.upstream.span, "looked up when nginx starts");
        if let Some(behind) = late.behind {
            let other = stack.container(late.target);
            finding = finding.label(behind.span, prose!("{} waits for this first", other));
        }
    }
    let names = me.service.depends_on.iter().map(|d| &d.service);
    let names = names.chain(all.iter().map(|l| &stack.container(l.target).service.name));
    let items = names.map(|n| prose!("\n          - {}", Quote::name(n)));
    let waits = all.iter().map(|l| {
        let edit = YamlEdit::DependOn(stack.container(l.target).name().to_owned(), None);
        changes::service(me, edit)
    });
    let finding = finding
        .help(prose!("wait for it:\n    {}:\n        depends_on:{}", me, Prose::concat(items)))
        .cure(Cure::new(prose!("start {} after {}", me, named)).changes(waits))
        .sure(first.sure);
    match first.sure {
        Confidence::Low => finding.at_most(Severity::Info),
        _ => finding,
    }
}

/// Workers that wait for some services, and not for their broker. Celery tries again, so this is advice.
fn brokers(stack: &Stack<'_>, sink: &mut Sink) {
    for (index, me) in stack.containers.iter().enumerate() {
        let step = me.process.steps.iter().find(|s| matches!(&s.kind, StepKind::Celery { role, .. } if role == "worker" || role == "beat"));
        let Some(step) =
            step.filter(|_| !me.service.depends_on.is_empty() && me.service.restart() == "no")
        else {
            continue;
        };
        let named = |m: &ReferencedHost| {
            m.kind == ReferenceKind::Setting
                && m.by.as_deref().is_some_and(|b| b.contains("BROKER"))
        };
        let Some(referenced) = stack
            .network()
            .referenced_hosts(stack.network().settings_source(index))
            .into_iter()
            .find(named)
        else {
            continue;
        };
        let Resolved::Service(target) = stack.network().resolve(index, &referenced.host) else {
            continue;
        };
        let back = waited(stack, target).contains(&index);
        if waited(stack, index).contains(&target)
            || back
            || stack.lifecycle().run_together(index, target) != Together::Always
        {
            continue;
        }
        let Some(place) = me.service.entry("depends_on").map(|e| e.key.span()) else { continue };
        let other = stack.container(target);
        sink.report(
            Finding::new(
                &meta::UPSTREAM_WITHOUT_DEPENDS_ON,
                prose!("{} starts before its broker {}: \"Cannot connect to ...: Trying again\" until it is there", me, other),
            )
            .label(place, prose!("does not wait for {}", other))
            .label(referenced.span, "the broker")
            .label(step.span, "asks the broker when it starts")
            .help(prose!("wait for it:\n    {}:\n        depends_on:\n          - {}", me, other))
            .cure(wait(me, other))
            .at_most(Severity::Info)
            .sure(Confidence::Medium),
        );
    }
}

/// Starts a service behind another.
fn wait(me: &Container<'_>, other: &Container<'_>) -> Cure {
    let edit = YamlEdit::DependOn(other.name().to_owned(), None);
    Cure::new(prose!("start {} after {}", me, other)).change(changes::service(me, edit))
}

/// The services that are up before this one starts.
fn waited(stack: &Stack<'_>, index: usize) -> BTreeSet<usize> {
    let mut all = BTreeSet::new();
    let mut open = vec![index];
    while let Some(one) = open.pop() {
        for need in stack
            .lifecycle()
            .needs(one)
            .iter()
            .filter(|n| n.kind != NeedKind::VolumesFrom || n.required)
        {
            if all.insert(need.target) {
                open.push(need.target);
            }
        }
    }
    all
}
