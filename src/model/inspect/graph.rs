//! The services of a stack with what joins them.

use super::network::Caller;
use crate::finding::{
    EdgeKind, GraphEdge, GraphService, GraphVolume, Prose, Quote, StackGraph, prose,
};
use crate::model::compose::{Condition, MountKind};
use crate::model::container::Container;
use crate::model::process::Step;
use crate::model::roles::broker;
use crate::model::stack::Stack;

/// The most programs that are named of one service.
const MAX_PROGRAMS: usize = 4;

/// The services of a stack with what joins them. `callers` are those that connect to another one.
pub(super) fn stack_graph(stack: &Stack<'_>, callers: &[Caller]) -> StackGraph {
    let services = stack.containers.iter().enumerate();
    let services = services.map(|(index, container)| service(stack, index, container)).collect();
    let mut edges = Vec::new();
    for caller in callers {
        let joined = |e: &GraphEdge| (e.from, e.to) == (caller.from, caller.to);
        if caller.from != caller.to && !edges.iter().any(joined) {
            edges.push(GraphEdge {
                from: caller.from,
                to: caller.to,
                kind: EdgeKind::Connects,
                label: prose!("{}", caller.by),
                at: caller.at,
            });
        }
    }
    for (from, container) in stack.containers.iter().enumerate() {
        for dependency in &container.service.depends_on {
            let Some(to) = stack.named(dependency.service.as_str()) else { continue };
            let label = match dependency.condition {
                Condition::ServiceStarted => "starts after",
                Condition::ServiceHealthy => "waits until healthy",
                Condition::ServiceCompletedSuccessfully => "waits until done",
            };
            edges.push(GraphEdge {
                from,
                to,
                kind: EdgeKind::Waits,
                label: label.into(),
                at: dependency.span,
            });
        }
    }
    StackGraph { services, edges, volumes: shared_volumes(stack) }
}

fn service(stack: &Stack<'_>, index: usize, container: &Container<'_>) -> GraphService {
    let mut runs: Vec<Prose> = Vec::new();
    for step in container.process.steps.iter().filter(|s| !s.captured) {
        if let Some(program) = program(step)
            && !runs.contains(&program)
        {
            runs.push(program);
        }
    }
    if runs.len() > MAX_PROGRAMS {
        // The last one is what stays.
        runs.drain(..runs.len() - MAX_PROGRAMS);
    }
    if let (true, Some(image)) =
        (runs.is_empty() || container.image.is_none(), &container.service.image)
    {
        runs = vec![prose!("{}", Quote::value(image.shown().as_str()))];
    }
    let published = stack.network().host_ports(index).into_iter().map(|p| match p.target {
        Some(target) => prose!("{} → {}", p.display(p.first), target),
        None => p.display(p.first),
    });
    let networks = stack.network().networks(index);
    GraphService {
        name: container.name().to_owned(),
        entry: container.service.node.span,
        runs,
        // What a pulled image starts by itself is no gap: its name says what it is.
        is_known: container.process.unknown.is_none() || container.service.build.is_none(),
        is_store: stack.roles.databases.iter().any(|d| d.container == index)
            || broker::broker(container).is_some(),
        published: published.collect(),
        networks: networks.into_iter().map(str::to_owned).collect(),
    }
}

/// What a step starts: the program, and of `manage.py` and of modules of Python what they are told to run.
fn program(step: &Step) -> Option<Prose> {
    let word = |at: usize| step.words.get(at).and_then(|w| w.resolved());
    let base = |path: &str| path.rsplit('/').next().unwrap_or(path).to_owned();
    let first = base(word(0)?);
    let python = first.starts_with("python");
    let name = match (python, word(1)) {
        (true, Some("-m")) => base(word(2)?),
        (true, Some(script)) if !script.starts_with('-') => base(script),
        _ => first,
    };
    let told = step.words.iter().skip(1).filter_map(|w| w.resolved());
    let command = told.skip_while(|w| !w.ends_with("manage.py")).nth(1);
    match command.filter(|_| name == "manage.py") {
        Some(command) => Some(prose!("{}", Quote::value(command))),
        None if name == "manage.py" => None,
        None => Some(prose!("{}", Quote::value(&name))),
    }
}

/// The named volumes that two or more services mount.
fn shared_volumes(stack: &Stack<'_>) -> Vec<GraphVolume> {
    let mut all: Vec<GraphVolume> = Vec::new();
    for (index, container) in stack.containers.iter().enumerate() {
        let mounts = container.service.mounts.iter().filter(|m| m.kind == MountKind::Volume);
        for name in mounts.filter_map(|m| m.source.as_ref()?.resolved()) {
            match all.iter_mut().find(|v| v.name == name) {
                Some(volume) if volume.services.contains(&index) => {}
                Some(volume) => volume.services.push(index),
                None => all.push(GraphVolume { name: name.to_owned(), services: vec![index] }),
            }
        }
    }
    all.retain(|v| v.services.len() > 1);
    all
}
