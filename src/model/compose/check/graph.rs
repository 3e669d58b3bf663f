//! Who depends on whom: on services that are there, and never in a circle (Compose specification, `depends_on`,
//! `links`, `network_mode`, `volumes_from`).

use super::whole::Whole;
use crate::finding::{Own, Prose, Quote, prose};
use crate::model::compose::tree::suggest::nearest;
use crate::model::compose::tree::{Entry, Fault, FaultKind, Node, Value};
use crate::source::{Span, Text};
use std::collections::HashMap;

/// One service's need of another.
#[derive(Debug, Clone)]
pub(crate) struct Edge {
    /// The service needed.
    pub(crate) to: Text,
    /// Where that is said.
    pub(crate) span: Span,
    /// By which key.
    key: &'static str,
    /// Whether its absence is an error.
    required: bool,
    /// Whether it comes along when the other is restarted; `None` for `depends_on` itself.
    pub(crate) restart: Option<bool>,
}

/// What a service needs: `depends_on`, and what other keys imply where it says nothing of the same service.
pub(crate) fn edges(service: &Node) -> Vec<Edge> {
    let mut all: Vec<Edge> = Vec::new();
    for entry in service.get("depends_on").map(Node::entries).unwrap_or_default() {
        let optional = entry
            .value
            .get("required")
            .and_then(Node::scalar)
            .is_some_and(|s| s.value == Value::Bool(false));
        all.push(Edge {
            to: entry.key.clone(),
            span: entry.key.span(),
            key: "depends_on",
            required: !optional,
            restart: None,
        });
    }
    let texts = |key: &str| -> Vec<Text> {
        service
            .get(key)
            .map(Node::items)
            .unwrap_or_default()
            .iter()
            .filter_map(Node::scalar)
            .map(|s| s.text.clone())
            .collect()
    };
    let mut imply = |to: Text, key: &'static str, restart: bool| {
        if !all.iter().any(|e| e.to.as_str() == to.as_str()) {
            all.push(Edge { span: to.span(), to, key, required: true, restart: Some(restart) });
        }
    };
    for link in texts("links") {
        // Only `service:alias` has an alias; more colons make it a name to Compose.
        let end = if link.matches(':').count() == 1 {
            link.find(':').unwrap_or(link.len())
        } else {
            link.len()
        };
        imply(link.slice(0..end), "links", true);
    }
    for key in ["network_mode", "ipc", "pid", "uts", "cgroup"] {
        if let Some(text) = service.get(key).and_then(Node::scalar).map(|s| &s.text)
            && text.starts_with("service:")
        {
            imply(text.slice("service:".len()..text.len()), key, true);
        }
    }
    for from in texts("volumes_from").into_iter().filter(|f| !f.starts_with("container:")) {
        let end = from.find(':').unwrap_or(from.len());
        imply(from.slice(0..end), "volumes_from", false);
    }
    all
}

/// Dependencies on what is not there, and circles.
pub(crate) fn check(whole: &Whole<'_>, faults: &mut Vec<Fault>) {
    let mut graph: HashMap<&str, Vec<Edge>> = HashMap::new();
    for service in &whole.services {
        let edges = edges(&service.value);
        for edge in edges.iter().filter(|e| whole.service(&e.to).is_none() && e.to.is_resolved()) {
            missing(service, edge, whole, faults);
        }
        graph.insert(service.key.as_str(), edges);
    }
    circles(whole, &graph, faults);
}

fn missing(service: &Entry, edge: &Edge, whole: &Whole<'_>, faults: &mut Vec<Fault>) {
    let disabled = whole.disabled.iter().find(|d| d.key.as_str() == edge.to.as_str());
    if disabled.is_some() && !edge.required {
        return;
    }
    let message =
        prose!("`{}` depends on `{}`, which is not there", service.key, Quote::name(&edge.to));
    let fault = Fault::new(FaultKind::Dependency, edge.span, message)
        .label(prose!("`{}` names no service", Own(edge.key)));
    // One that is there, and left out with its profile, is not missing.
    let fault =
        if disabled.is_some() { fault } else { fault.about_entry("services", edge.to.as_str()) };
    let fault = match disabled {
        Some(d) => fault
            .also(d.key.span(), "left out: none of its profiles is asked for")
            .help("ask for its profile, or take `profiles` away from it"),
        None => match nearest(&edge.to, whole.services.iter().map(|s| s.key.as_str())) {
            Some(near) => fault.help(prose!("did you mean `{}`?", Quote::name(near))),
            None => fault.help("remove it, or add the service"),
        },
    };
    faults.push(fault);
}

/// Reports every circle once, at the service of it that comes first in the files.
fn circles(whole: &Whole<'_>, graph: &HashMap<&str, Vec<Edge>>, faults: &mut Vec<Fault>) {
    // 0: not seen, 1: on the path, 2: done.
    let mut state: HashMap<&str, u8> = HashMap::new();
    for start in &whole.services {
        if state.contains_key(start.key.as_str()) {
            continue;
        }
        // Services on the path, each with the index of the edge that is followed next.
        let mut path: Vec<(&str, usize)> = vec![(start.key.as_str(), 0)];
        state.insert(start.key.as_str(), 1);
        while let Some((name, next)) = path.last_mut() {
            let Some(edge) = graph.get(name).and_then(|edges| edges.get(*next)) else {
                state.insert(*name, 2);
                path.pop();
                continue;
            };
            *next += 1;
            let Some(to) = whole.service(&edge.to).map(|s| s.key.as_str()) else { continue };
            match state.get(to) {
                None => {
                    state.insert(to, 1);
                    path.push((to, 0));
                }
                Some(1) => {
                    let from = path.iter().position(|(n, _)| *n == to).unwrap_or(0);
                    circle(whole, graph, &path[from..], faults);
                }
                Some(_) => {}
            }
        }
    }
}

fn circle(
    whole: &Whole<'_>,
    graph: &HashMap<&str, Vec<Edge>>,
    path: &[(&str, usize)],
    faults: &mut Vec<Fault>,
) {
    // The edge that was followed last from each.
    let mut steps: Vec<(&str, &Edge)> = path
        .iter()
        .filter_map(|(name, next)| Some((*name, graph.get(name)?.get(next.checked_sub(1)?)?)))
        .collect();
    let order = |name: &str| whole.services.iter().position(|s| s.key.as_str() == name);
    let first = (0..steps.len()).min_by_key(|i| order(steps[*i].0)).unwrap_or(0);
    steps.rotate_left(first);
    let Some(((name, edge), rest)) = steps.split_first() else { return };
    let names: Vec<&str> = steps.iter().map(|(n, _)| *n).chain([*name]).collect();
    let message = if rest.is_empty() {
        prose!("`{}` depends on itself", Quote::name(name))
    } else {
        prose!(
            "these services wait for each other: {}",
            Prose::join(names.into_iter().map(Quote::name), " → ")
        )
    };
    let mut fault = Fault::new(FaultKind::Circle, edge.span, message).label(prose!(
        "`{}` waits for `{}`",
        Quote::name(name),
        Quote::name(&edge.to)
    ));
    for (name, edge) in rest {
        fault = fault.also(
            edge.span,
            prose!("`{}` waits for `{}`", Quote::name(name), Quote::name(&edge.to)),
        );
    }
    faults.push(fault.help("take one of these dependencies away"));
}
