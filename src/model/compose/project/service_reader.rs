//! The values of a service, from nodes to types.

use super::command_split::command_words;
use super::service::{
    Build, Condition, Dependency, EnvFileRef, EnvVar, Healthcheck, Mount, MountKind, MountSyntax,
    Port,
};
use super::short_syntax;
use crate::model::compose::shape::base_folders::is_remote;
use crate::model::compose::shape::notations::{names, pairs_to_map};
use crate::model::compose::tree::Node;
use crate::source::{Piece, RelPath, Text};

pub(crate) fn build(node: &Node, folder: &RelPath) -> Build {
    let context_node = if node.scalar().is_some() { Some(node) } else { node.get("context") };
    let context_text = context_node
        .and_then(Node::scalar)
        .map_or_else(|| Text::derived(".", node.span), |s| s.text.clone());
    let known = context_node.is_none_or(|n| n.text().is_some());
    let remote = is_remote(context_text.as_str());
    let from = context_node.and_then(Node::scalar).and_then(|s| s.base.as_ref()).unwrap_or(folder);
    let context = if known && !remote { from.join(context_text.as_str()) } else { None };
    let args = node.get("args").cloned().map(pairs_to_map);
    let contexts = node.get("additional_contexts").cloned().map(pairs_to_map);
    Build {
        context,
        context_text,
        dockerfile: node.get("dockerfile").and_then(Node::scalar).map(|s| s.text.clone()),
        inline: node.get("dockerfile_inline").is_some(),
        target: node.get("target").and_then(|n| n.text().cloned()),
        contexts: contexts
            .iter()
            .flat_map(|c| c.entries())
            .map(|e| e.key.to_ascii_lowercase())
            .collect(),
        args: args
            .iter()
            .flat_map(|a| a.entries())
            .map(|e| (e.key.clone(), e.value.scalar().cloned()))
            .collect(),
        span: node.span,
    }
}

pub(crate) fn environment(node: &Node) -> Vec<EnvVar> {
    let map = pairs_to_map(node.clone());
    map.entries()
        .iter()
        .map(|e| EnvVar {
            name: e.key.clone(),
            value: e.value.scalar().cloned(),
            span: e.key.span().cover(e.value.span),
        })
        .collect()
}

pub(crate) fn env_files(node: &Node, folder: &RelPath) -> Vec<EnvFileRef> {
    let one = |n: &Node| -> Option<EnvFileRef> {
        let path = n.scalar().or_else(|| n.get("path")?.scalar())?;
        Some(EnvFileRef {
            path: path.known()?.clone(),
            required: n.get("required").and_then(Node::bool).unwrap_or(true),
            folder: path.base.clone().unwrap_or_else(|| folder.clone()),
        })
    };
    if node.scalar().is_some() {
        one(node).into_iter().collect()
    } else {
        node.items().iter().filter_map(one).collect()
    }
}

pub(crate) fn mounts(node: &Node) -> Vec<Mount> {
    let mut all: Vec<Mount> = node
        .get("volumes")
        .map(|n| n.items().iter().filter_map(mount).collect())
        .unwrap_or_default();
    if let Some(tmpfs) = node.get("tmpfs") {
        let targets =
            if tmpfs.scalar().is_some() { vec![tmpfs] } else { tmpfs.items().iter().collect() };
        for target in targets {
            let Some(text) = target.text() else { continue };
            let end = text.find(':').unwrap_or(text.len());
            all.push(Mount {
                kind: MountKind::Tmpfs,
                source: None,
                target: text.slice(0..end),
                read_only: false,
                nocopy: false,
                subpath: None,
                base: None,
                syntax: MountSyntax::Short,
                makes_host_path: false,
                span: text.span(),
            });
        }
    }
    all
}

fn mount(node: &Node) -> Option<Mount> {
    if let Some(scalar) = node.scalar() {
        return short_syntax::mount(scalar);
    }
    let source = node.get("source").and_then(|n| n.text().cloned());
    let kind = match node.get("type").and_then(Node::text).map(|t| t.as_str()) {
        Some("bind") => MountKind::Bind,
        Some("tmpfs") => MountKind::Tmpfs,
        Some("volume") if source.is_none() => MountKind::Anonymous,
        Some("volume") => MountKind::Volume,
        _ => MountKind::Unknown,
    };
    let volume = node.get("volume");
    let target = node.entry("target")?;
    // What was written short has keys that no file has.
    let written = target.key.pieces().iter().all(Piece::verbatim);
    Some(Mount {
        kind,
        source,
        target: target.value.scalar()?.text.clone(),
        read_only: node.get("read_only").and_then(Node::bool).unwrap_or(false),
        nocopy: volume.and_then(|v| v.get("nocopy")).and_then(Node::bool).unwrap_or(false),
        subpath: volume.and_then(|v| v.get("subpath")).and_then(|n| n.text().cloned()),
        base: node.get("source").and_then(Node::scalar).and_then(|s| s.base.clone()),
        syntax: if written { MountSyntax::Long } else { MountSyntax::Short },
        makes_host_path: node
            .get("bind")
            .and_then(|b| b.get("create_host_path"))
            .and_then(Node::bool)
            .unwrap_or(false),
        span: node.span,
    })
}

pub(crate) fn port(node: &Node) -> Option<Port> {
    if let Some(scalar) = node.scalar() {
        return short_syntax::port(scalar);
    }
    let text = |key: &str| node.get(key).and_then(Node::text).map(|t| t.as_str().to_owned());
    Some(Port {
        target: text("target")?.parse().ok(),
        published: text("published"),
        address: text("host_ip"),
        protocol: text("protocol").unwrap_or_else(|| "tcp".into()),
        span: node.span,
    })
}

pub(crate) fn depends_on(node: &Node) -> Vec<Dependency> {
    names(node.clone())
        .entries()
        .iter()
        .map(|e| {
            let written = e.value.get("condition").and_then(Node::text);
            let condition = match written.map(|t| t.as_str()) {
                Some("service_healthy") => Condition::ServiceHealthy,
                Some("service_completed_successfully") => Condition::ServiceCompletedSuccessfully,
                _ => Condition::ServiceStarted,
            };
            Dependency {
                service: e.key.clone(),
                condition,
                span: written.map_or_else(|| e.key.span(), Text::span),
            }
        })
        .collect()
}

pub(crate) fn networks(node: &Node) -> Vec<(Text, Vec<Text>)> {
    names(node.clone())
        .entries()
        .iter()
        .map(|e| {
            let aliases = e
                .value
                .get("aliases")
                .map(|a| a.items().iter().filter_map(|i| i.text().cloned()).collect());
            (e.key.clone(), aliases.unwrap_or_default())
        })
        .collect()
}

pub(crate) fn healthcheck(node: &Node) -> Healthcheck {
    let test = node.get("test").and_then(command_words);
    let none = test.as_ref().is_some_and(|t| t.words.first().is_some_and(|w| w.as_str() == "NONE"));
    Healthcheck {
        disabled: none || node.get("disable").and_then(Node::bool) == Some(true),
        test,
        span: node.span,
    }
}
