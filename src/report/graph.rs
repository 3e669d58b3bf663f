//! The graph of each stack: as Mermaid and DOT for pictures, and as JSON for programs.

use super::graph_document::{
    EdgeDocument, GraphDocument, GraphFindingDocument, NodeDocument, StackGraphDocument,
    VolumeDocument,
};
use super::guard::Guard;
use super::json::written;
use super::safe::SafeText;
use crate::finding::{EdgeKind, Finding, GraphService, Report, Severity, StackGraph};
use crate::source::Sources;
use std::fmt::Write as _;

/// The most findings that are named at one service.
const MAX_NAMED: usize = 4;

/// The graphs of all stacks as one Mermaid flowchart.
pub fn graph_mermaid(report: &Report, sources: &Sources<'_>) -> SafeText {
    let guard = Guard::new(report, sources);
    let mut out = String::from("flowchart LR\n");
    for (number, (files, graph)) in graphs(report, &guard).enumerate() {
        let id = |index: usize| format!("s{number}_{index}");
        let _ = writeln!(out, "  subgraph k{number}[\"{}\"]", mermaid(&files));
        for (index, service) in graph.services.iter().enumerate() {
            let lines = lines(report, number, service, &guard);
            let text = lines.iter().map(|l| mermaid(l)).collect::<Vec<_>>().join("<br/>");
            let (open, close) = if service.is_store { ("[(", ")]") } else { ("[", "]") };
            let worst = worst(report, number, service).map_or("", |s| s.as_str());
            let class = if worst.is_empty() { String::new() } else { format!(":::{worst}") };
            let _ = writeln!(out, "    {}{open}\"{text}\"{close}{class}", id(index));
            if !service.is_known {
                let _ = writeln!(out, "    style {} stroke-dasharray:4 3", id(index));
            }
        }
        for (index, volume) in graph.volumes.iter().enumerate() {
            let name = mermaid(guard.name(&volume.name).as_str());
            let _ = writeln!(out, "    v{number}_{index}[/\"volume {name}\"/]");
            for service in &volume.services {
                let _ = writeln!(out, "    {} --- v{number}_{index}", id(*service));
            }
        }
        for edge in &graph.edges {
            let label = mermaid(guard.line(&edge.label).as_str());
            let arrow = match edge.kind {
                EdgeKind::Connects => format!("-->|\"{label}\"|"),
                EdgeKind::Waits => format!("-.->|\"{label}\"|"),
            };
            let _ = writeln!(out, "    {} {arrow} {}", id(edge.from), id(edge.to));
        }
        out.push_str("  end\n");
        for (index, service) in graph.services.iter().enumerate() {
            for port in &service.published {
                let port = mermaid(guard.line(port).as_str());
                let _ = writeln!(out, "  host([\"host\"]) -->|\"{port}\"| {}", id(index));
            }
        }
    }
    out.push_str("  classDef error stroke:#d1242f,stroke-width:3px\n");
    out.push_str("  classDef warning stroke:#bf8700,stroke-width:3px\n");
    out.push_str("  classDef info stroke:#0969da,stroke-width:2px\n");
    SafeText::composed(out)
}

/// The graphs of all stacks in the language of Graphviz.
pub fn graph_dot(report: &Report, sources: &Sources<'_>) -> SafeText {
    let guard = Guard::new(report, sources);
    let mut out = String::from(
        "digraph stacks {\n  rankdir=LR;\n  node [shape=box, fontname=\"sans-serif\"];\n  edge [fontname=\"sans-serif\", fontsize=10];\n",
    );
    for (number, (files, graph)) in graphs(report, &guard).enumerate() {
        let id = |index: usize| format!("s{number}_{index}");
        let _ = writeln!(out, "  subgraph cluster_{number} {{\n    label=\"{}\";", dot(&files));
        for (index, service) in graph.services.iter().enumerate() {
            let text: Vec<String> =
                lines(report, number, service, &guard).iter().map(|l| dot(l)).collect();
            let shape = if service.is_store { ", shape=cylinder" } else { "" };
            let color = match worst(report, number, service) {
                Some(Severity::Error) => ", color=\"#d1242f\", penwidth=3",
                Some(Severity::Warning) => ", color=\"#bf8700\", penwidth=3",
                Some(Severity::Info) => ", color=\"#0969da\", penwidth=2",
                None => "",
            };
            let style = if service.is_known { "" } else { ", style=dashed" };
            let _ = writeln!(
                out,
                "    {} [label=\"{}\"{shape}{color}{style}];",
                id(index),
                text.join("\\n")
            );
        }
        for (index, volume) in graph.volumes.iter().enumerate() {
            let name = dot(guard.name(&volume.name).as_str());
            let _ = writeln!(out, "    v{number}_{index} [label=\"volume {name}\", shape=folder];");
            for service in &volume.services {
                let _ = writeln!(out, "    {} -> v{number}_{index} [dir=none];", id(*service));
            }
        }
        for edge in &graph.edges {
            let label = dot(guard.line(&edge.label).as_str());
            let style = if edge.kind == EdgeKind::Waits { ", style=dashed" } else { "" };
            let _ = writeln!(
                out,
                "    {} -> {} [label=\"{label}\"{style}];",
                id(edge.from),
                id(edge.to)
            );
        }
        out.push_str("  }\n");
        for (index, service) in graph.services.iter().enumerate() {
            for port in &service.published {
                let port = dot(guard.line(port).as_str());
                let _ = writeln!(out, "  host -> {} [label=\"{port}\"];", id(index));
            }
        }
    }
    out.push_str("}\n");
    SafeText::composed(out)
}

/// The graphs of all stacks as one JSON document.
pub fn graph_json(report: &Report, sources: &Sources<'_>) -> SafeText {
    let guard = Guard::new(report, sources);
    let stacks = report.stacks.iter().enumerate().filter_map(|(number, stack)| {
        let graph = &stack.account.as_ref()?.graph;
        let name =
            |index: &usize| graph.services.get(*index).map(|s| guard.name(&s.name).to_string());
        let node = |service: &GraphService| NodeDocument {
            name: guard.name(&service.name).to_string(),
            runs: service.runs.iter().map(|r| guard.line(r).to_string()).collect(),
            known: service.is_known,
            published: service.published.iter().map(|p| guard.line(p).to_string()).collect(),
            networks: service.networks.iter().map(|n| guard.name(n).to_string()).collect(),
            findings: of_service(report, number, service)
                .map(|f| GraphFindingDocument {
                    rule: f.rule.name,
                    severity: f.severity.as_str(),
                    message: guard.line(&f.message).to_string(),
                })
                .collect(),
        };
        Some(StackGraphDocument {
            files: stack.files.iter().take(stack.own).map(|f| guard.relative(f)).collect(),
            services: graph.services.iter().map(node).collect(),
            edges: graph
                .edges
                .iter()
                .filter_map(|edge| {
                    let file = sources.file(edge.at.file);
                    let line = file.position(edge.at.start).line;
                    Some(EdgeDocument {
                        from: name(&edge.from)?,
                        to: name(&edge.to)?,
                        kind: edge.kind.as_str(),
                        label: guard.line(&edge.label).to_string(),
                        at: format!("{}:{line}", guard.relative(&file.path)),
                    })
                })
                .collect(),
            volumes: graph
                .volumes
                .iter()
                .map(|v| VolumeDocument {
                    name: guard.name(&v.name).to_string(),
                    services: v.services.iter().filter_map(name).collect(),
                })
                .collect(),
        })
    });
    written(&GraphDocument { schema_version: 1, stacks: stacks.collect() })
}

/// The graph of each stack that has one, with the names of its files.
fn graphs<'r>(
    report: &'r Report,
    guard: &'r Guard<'_>,
) -> impl Iterator<Item = (String, &'r StackGraph)> {
    report.stacks.iter().filter_map(|stack| {
        let files: Vec<String> =
            stack.files.iter().take(stack.own).map(|f| guard.relative(f)).collect();
        Some((files.join(" + "), &stack.account.as_ref()?.graph))
    })
}

/// The findings of a stack with a place in the entry of a service.
fn of_service<'r>(
    report: &'r Report,
    stack: usize,
    service: &'r GraphService,
) -> impl Iterator<Item = &'r Finding> {
    let entry = service.entry;
    report.findings.iter().filter(move |finding| {
        finding.stacks.contains(&stack)
            && finding.labels.iter().any(|l| {
                l.span.file == entry.file && entry.start <= l.span.start && l.span.start < entry.end
            })
    })
}

fn worst(report: &Report, stack: usize, service: &GraphService) -> Option<Severity> {
    of_service(report, stack, service).map(|f| f.severity).max()
}

/// The lines in the box of a service: its name, what it runs, and the rules that found something.
fn lines(report: &Report, stack: usize, service: &GraphService, guard: &Guard<'_>) -> Vec<String> {
    let mut lines = vec![guard.name(&service.name).to_string()];
    let runs: Vec<String> = service.runs.iter().map(|r| guard.line(r).to_string()).collect();
    if !runs.is_empty() {
        lines.push(runs.join(", "));
    }
    if !service.is_known {
        lines.push("not known to the end".to_owned());
    }
    let mut findings: Vec<_> = of_service(report, stack, service).collect();
    findings.sort_by_key(|f| std::cmp::Reverse(f.severity));
    for finding in findings.iter().take(MAX_NAMED) {
        lines.push(format!("{}: {}", finding.severity.as_str(), finding.rule.name));
    }
    if findings.len() > MAX_NAMED {
        lines.push(format!("and {} more", findings.len() - MAX_NAMED));
    }
    lines
}

/// Text between quotes in Mermaid: characters that mean something there or in HTML become entities.
fn mermaid(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            'A'..='Z' | 'a'..='z' | '0'..='9' | ' ' | '.' | ',' | ':' | '/' | '-' | '_' | '→' => {
                out.push(c)
            }
            _ if c.is_alphanumeric() => out.push(c),
            _ => {
                let _ = write!(out, "#{};", c as u32);
            }
        }
    }
    out
}

/// Text between quotes in DOT.
fn dot(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"")
}
