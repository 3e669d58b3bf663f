//! A service asks for another one that is on other networks.

use crate::finding::{
    Confidence, Cure, Finding, Prose, Quote, Severity, YamlEdit, YamlValue, prose,
};
use crate::model::compose::Condition;
use crate::model::process::StepKind;
use crate::model::stack::Stack;
use crate::model::stack::lifecycle::Together;
use crate::model::stack::network::{ReferenceKind, ReferencedHost};
use crate::rules::{Check, Rule, Sink, changes, meta};
use crate::source::Span;

pub(super) static RULE: Rule =
    Rule { meta: &meta::NETWORK_ISOLATION_UNREACHABLE, check: Check::Stack(check) };

fn check(stack: &Stack<'_>, sink: &mut Sink) {
    for index in 0..stack.containers.len() {
        let mut told = Vec::new();
        for referenced in stack.network().referenced_hosts(index) {
            let Some(target) =
                stack.network().unreachable(index, &referenced.host).filter(|t| !told.contains(t))
            else {
                continue;
            };
            if stack.lifecycle().run_together(index, target) == Together::Apart
                || referenced.kind == ReferenceKind::Order && starts_after(stack, index, target)
            {
                continue;
            }
            // A job that makes tables and files does not use the broker that it is told of.
            let uses = !matches!(
                referenced.kind,
                ReferenceKind::Setting | ReferenceKind::Variable | ReferenceKind::Order
            ) || stack.roles.sql_databases().any(|d| d.container == target)
                || !stack.container(index).process.opens_no_broker();
            if !uses {
                continue;
            }
            told.push(target);
            let finding = finding(stack, index, target, &referenced);
            sink.report(finding.sure(sure(stack, index, target, &referenced)));
        }
    }
}

/// How far the evidence goes.
fn sure(stack: &Stack<'_>, index: usize, target: usize, referenced: &ReferencedHost) -> Confidence {
    let me = stack.container(index);
    // On a network of others, someone else may answer to the name.
    if stack.network().on_external_network(index) {
        return Confidence::Low;
    }
    let runs = me.server().is_some()
        || me
            .process
            .steps
            .iter()
            .any(|s| matches!(s.kind, StepKind::Manage { .. } | StepKind::Celery { .. }));
    match referenced.kind {
        ReferenceKind::Order => Confidence::Low,
        ReferenceKind::Proxy => Confidence::High,
        ReferenceKind::Database if runs && !me.presumed => Confidence::High,
        // A variable may be handed to a service that does not use it; one that also waits for the other does.
        ReferenceKind::Variable
            if !stack.lifecycle().needs(index).iter().any(|n| n.target == target) =>
        {
            Confidence::Low
        }
        _ => Confidence::Medium,
    }
}

/// Whether the one only waits until the other is done.
fn starts_after(stack: &Stack<'_>, index: usize, target: usize) -> bool {
    let name = stack.container(target).name();
    let dependency =
        stack.container(index).service.depends_on.iter().find(|d| d.service.as_str() == name);
    dependency.is_some_and(|d| d.condition == Condition::ServiceCompletedSuccessfully)
}

fn finding(stack: &Stack<'_>, index: usize, target: usize, referenced: &ReferencedHost) -> Finding {
    let (me, other) = (stack.container(index), stack.container(target));
    let host = Quote::name(&referenced.host).or_at(referenced.span);
    let by = Quote::name(referenced.by.as_deref().unwrap_or(""));
    let (fails, label) = match referenced.kind {
        ReferenceKind::Proxy => (
            prose!("host not found in upstream \"{}\"", host),
            prose!("nginx looks this name up when it starts"),
        ),
        ReferenceKind::Database => (
            prose!("could not translate host name \"{}\" to address", host),
            prose!("{} asks for this name", me),
        ),
        ReferenceKind::Setting | ReferenceKind::Variable => (
            prose!("Name or service not known ({})", host),
            prose!("{} is told by {} to ask for `{}`", me, by, host),
        ),
        ReferenceKind::Wait => {
            (prose!("it waits for `{}` for ever", host), prose!("waits for this name"))
        }
        ReferenceKind::Order => (
            prose!("`{}` is not known to it", host),
            prose!("{} waits for it, but cannot reach it", me),
        ),
    };
    let place = |i: usize| -> Span {
        let service = stack.container(i).service;
        service
            .entry("networks")
            .or_else(|| service.entry("network_mode"))
            .map_or(service.name.span(), |e| e.key.span())
    };
    let on = |i: usize| match stack.container(i).service.text("network_mode") {
        Some(mode) => prose!("`network_mode: {}`", mode),
        None => {
            let names = stack.network().networks(i);
            Prose::join(names.into_iter().map(|n| prose!("`{}`", Quote::name(n))), ", ")
        }
    };
    let message = prose!("{} shares no network with {}: {}", me, other, fails);
    let severity =
        if referenced.kind == ReferenceKind::Order { Severity::Warning } else { Severity::Error };
    Finding::new(&meta::NETWORK_ISOLATION_UNREACHABLE, message)
        .label(referenced.span, label)
        .label(place(index), prose!("{} is on {}", me, on(index)))
        .label(place(target), prose!("{} is on {}", other, on(target)))
        .help(help(stack, index, target))
        .cure_if(cure(stack, index, target))
        .at_most(severity)
}

/// Puts the one on a network of the other, and keeps it on its own.
fn cure(stack: &Stack<'_>, index: usize, target: usize) -> Option<Cure> {
    let me = stack.container(index);
    let mode = |i: usize| stack.container(i).service.node.get("network_mode").is_some();
    let network = *stack.network().networks(target).first()?;
    if mode(index) || mode(target) {
        return None;
    }
    let name = |n: &str| YamlValue::text(prose!("{}", Quote::name(n)));
    let path = vec!["networks".to_owned()];
    let edit = if me.service.entry("networks").is_some() {
        YamlEdit::Append(path, name(network))
    } else {
        // A service without a list is on the default network, which a list leaves out.
        YamlEdit::Set(path, YamlValue::List(vec![name("default"), name(network)]))
    };
    let lead = prose!("put {} on a network of {}", me, stack.container(target));
    Some(Cure::new(lead).change(changes::service(me, edit)))
}

fn help(stack: &Stack<'_>, index: usize, target: usize) -> Prose {
    let me = stack.container(index);
    let keys = stack.network().networks(target);
    match (
        keys.first(),
        me.service.node.get("network_mode").or(stack
            .container(target)
            .service
            .node
            .get("network_mode")),
    ) {
        (Some(network), None) => {
            let own = stack.network().networks(index).into_iter().chain([*network]);
            let own = Prose::join(own.map(Quote::name), ", ");
            prose!("put both on one network:\n    {}:\n      networks: [{}]", me, own)
        }
        _ => prose!("put both on one network, and remove `network_mode`"),
    }
}
