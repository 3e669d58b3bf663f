//! What Compose checks once a project is whole: that everything named is there, and that nothing contradicts
//! itself. Compose stops at the first; here all are told.

use super::complete::exclusive;
use super::fault::{Fault, FaultKind};
use super::graph;
use super::near::nearest;
use super::node::{Entry, Kind, Node, Scalar};
use super::value::Value;
use super::{HOLE, render};
use crate::source::{Span, Text};
use std::collections::HashMap;

/// A project whose services are all merged.
pub(super) struct Whole<'t> {
    /// Services that take part.
    pub(super) services: Vec<&'t Entry>,
    /// Services that are there but left out, because none of their profiles is asked for.
    pub(super) disabled: Vec<&'t Entry>,
    /// Whether services are looked at whatever their profiles.
    all: bool,
    tree: &'t Node,
}

impl<'t> Whole<'t> {
    /// The project with those services that `profiles` select; `None` for all of them.
    pub(super) fn new(tree: &'t Node, profiles: Option<&[String]>) -> Self {
        let all = tree.get("services").map(Node::entries).unwrap_or_default();
        let (services, disabled) = all
            .iter()
            .filter(|s| matches!(s.value.kind, Kind::Map(_)))
            .partition(|s| profiles.is_none_or(|p| takes_part(&s.value, p)));
        Self { services, disabled, all: profiles.is_none(), tree }
    }

    fn defined(&self, section: &str) -> &'t [Entry] {
        self.tree.get(section).map(Node::entries).unwrap_or_default()
    }

    /// A service that takes part.
    pub(super) fn service(&self, name: &str) -> Option<&'t Entry> {
        self.services.iter().find(|s| s.key.as_str() == name).copied()
    }
}

/// Whether a service takes part when these profiles are asked for (Compose specification, "Profiles").
pub(super) fn takes_part(service: &Node, profiles: &[String]) -> bool {
    let own: Vec<&str> = service
        .get("profiles")
        .map(Node::items)
        .unwrap_or_default()
        .iter()
        .filter_map(Node::scalar)
        .map(|s| s.text.as_str())
        .collect();
    // Where none is asked for, Compose asks for the one without a name.
    let none = profiles.is_empty() && own.contains(&"");
    own.is_empty() || none || profiles.iter().any(|p| p == "*" || own.contains(&p.as_str()))
}

/// Everything that is wrong with a project as a whole.
pub(super) fn check(whole: &Whole<'_>) -> Vec<Fault> {
    let mut faults = Vec::new();
    for service in &whole.services {
        image(service, &mut faults);
        build(service, whole, &mut faults);
        references(service, whole, &mut faults);
        healthcheck(service, &mut faults);
        limits(service, &mut faults);
        watches(service, &mut faults);
        mounts(service, &mut faults);
    }
    container_names(whole, &mut faults);
    for secret in whole.defined("secrets") {
        secret_source(secret, &mut faults);
    }
    graph::check(whole, &mut faults);
    faults
}

/// A scalar below some keys.
fn scalar<'n>(node: &'n Node, keys: &[&str]) -> Option<&'n Scalar> {
    keys.iter().try_fold(node, |n, k| n.get(k))?.scalar()
}

fn image(service: &Entry, faults: &mut Vec<Fault>) {
    let node = &service.value;
    let named = scalar(node, &["image"]).is_some_and(|s| !s.text.is_empty());
    let has = |key: &str| node.get(key).is_some_and(|n| !matches!(n.kind, Kind::Null));
    if named || has("build") || has("provider") {
        return;
    }
    let empty = node.get("image").and_then(Node::scalar).filter(|s| !s.vars.is_empty());
    let (span, label) = match empty {
        Some(image) => (image.text.span(), "nothing is left of this"),
        None => (service.key.span(), "neither `image` nor `build`"),
    };
    let message = format!("the service `{}` has neither an image nor a build", service.key);
    let help = "add `image:` or `build:`; if this file is meant to be laid over another, name both: `-f base.yaml -f this.yaml`";
    faults.push(
        Fault::new(FaultKind::NoImage, span, message)
            .about("services", service.key.as_str())
            .label(label)
            .help(help),
    );
}

fn build(service: &Entry, whole: &Whole<'_>, faults: &mut Vec<Fault>) {
    let Some(build) = service.value.get("build") else { return };
    if let (Some(inline), Some(file)) =
        (build.entry("dockerfile_inline"), build.entry("dockerfile"))
    {
        exclusive(inline, file, "`build`", faults);
    }
    for context in build.get("additional_contexts").map(Node::entries).unwrap_or_default() {
        let Some(value) = context.value.scalar() else { continue };
        let Some(target) = value.text.as_str().strip_prefix("service:") else { continue };
        let message = match whole.service(target) {
            None => format!(
                "the build of `{}` takes in the service `{target}`, which is not there",
                service.key
            ),
            Some(t) if t.value.get("build").is_none() => {
                format!(
                    "the build of `{}` takes in the service `{target}`, which is not built",
                    service.key
                )
            }
            Some(_) => continue,
        };
        faults.push(
            Fault::new(FaultKind::BuildReference, value.text.span(), message)
                .label("this service")
                .help("name a service that has `build:`"),
        );
    }
    let platforms = build.get("platforms").map(Node::items).unwrap_or_default();
    if let Some(platform) = scalar(&service.value, &["platform"])
        .filter(|p| !p.text.is_empty() && !p.text.contains(HOLE))
        && !platforms.is_empty()
        && !platforms
            .iter()
            .filter_map(Node::scalar)
            .any(|p| p.text.as_str() == platform.text.as_str() || p.text.contains(HOLE))
    {
        let message =
            format!("`{}` runs on {}, for which it is not built", service.key, platform.text);
        faults.push(
            Fault::new(FaultKind::BuildReference, platform.text.span(), message)
                .label("runs on this")
                .also(platforms[0].span, "built for")
                .help(format!("add `{}` to `build.platforms`", platform.text)),
        );
    }
}

/// A name in a service for which a top-level entry must be there.
struct Reference<'t> {
    section: &'static str,
    what: &'static str,
    name: &'t Text,
}

fn references(service: &Entry, whole: &Whole<'_>, faults: &mut Vec<Fault>) {
    let node = &service.value;
    if let (Some(mode), Some(networks)) = (node.entry("network_mode"), node.entry("networks"))
        && mode.value.scalar().is_some_and(|s| !s.text.is_empty())
        && !networks.value.entries().is_empty()
    {
        exclusive(mode, networks, &format!("the service `{}`", service.key), faults);
    }
    let mut all: Vec<Reference<'_>> = Vec::new();
    let named = |n: &'_ Node| -> Vec<Text> {
        let maps = n.items().iter().filter(|i| matches!(i.kind, Kind::Map(_)));
        maps.map(|i| scalar(i, &["source"]).map_or_else(|| Text::empty(i.span), |s| s.text.clone()))
            .collect()
    };
    let networks: Vec<&Text> = node
        .get("networks")
        .map(Node::entries)
        .unwrap_or_default()
        .iter()
        .map(|e| &e.key)
        .collect();
    all.extend(networks.into_iter().filter(|n| n.as_str() != "default").map(|name| Reference {
        section: "networks",
        what: "network",
        name,
    }));
    let volumes: Vec<Text> = node
        .get("volumes")
        .map(Node::items)
        .unwrap_or_default()
        .iter()
        .filter(|v| scalar(v, &["type"]).is_some_and(|t| t.text.as_str() == "volume"))
        .filter_map(|v| scalar(v, &["source"]).map(|s| s.text.clone()))
        .filter(|t| !t.is_empty())
        .collect();
    all.extend(volumes.iter().map(|name| Reference { section: "volumes", what: "volume", name }));
    let build_secrets =
        node.get("build").and_then(|b| b.get("secrets")).map(named).unwrap_or_default();
    all.extend(build_secrets.iter().map(|name| Reference {
        section: "secrets",
        what: "build secret",
        name,
    }));
    let configs = node.get("configs").map(named).unwrap_or_default();
    all.extend(configs.iter().map(|name| Reference { section: "configs", what: "config", name }));
    let models: Vec<&Text> =
        node.get("models").map(Node::entries).unwrap_or_default().iter().map(|e| &e.key).collect();
    all.extend(models.into_iter().map(|name| Reference { section: "models", what: "model", name }));
    let secrets = node.get("secrets").map(named).unwrap_or_default();
    all.extend(secrets.iter().map(|name| Reference { section: "secrets", what: "secret", name }));
    for Reference { section, what, name } in all {
        // Among what a service uses, Compose takes such a name for an extension, and then knows it no longer.
        if matches!(section, "networks" | "models") && name.starts_with("x-") {
            let message = format!(
                "the service `{}` uses the {what} `{name}`, which Compose takes for an extension",
                service.key
            );
            faults.push(
                Fault::new(FaultKind::Undefined, name.span(), message)
                    .label("begins with `x-`")
                    .help("give it another name"),
            );
            continue;
        }
        let defined = whole.defined(section);
        if name.contains(HOLE) || defined.iter().any(|d| d.key.as_str() == name.as_str()) {
            continue;
        }
        let message =
            format!("the service `{}` uses the {what} `{name}`, which is not defined", service.key);
        let help = match nearest(name.as_str(), defined.iter().map(|d| d.key.as_str())) {
            Some(near) => format!("did you mean `{near}`?"),
            None if section == "volumes" => {
                format!(
                    "define it at the top level: `volumes:` with `{name}:` below it, or write `./{name}` if a folder is meant"
                )
            }
            None => format!("define it at the top level: `{section}:` with `{name}:` below it"),
        };
        faults.push(
            Fault::new(FaultKind::Undefined, name.span(), message)
                .about(section, name.as_str())
                .label("not defined")
                .help(help),
        );
    }
}

fn healthcheck(service: &Entry, faults: &mut Vec<Fault>) {
    let Some(test) = service.value.get("healthcheck").and_then(|h| h.get("test")) else { return };
    let Some(first) = test.items().first().and_then(Node::scalar) else { return };
    if matches!(first.text.as_str(), "CMD" | "CMD-SHELL" | "NONE") || first.text.contains(HOLE) {
        return;
    }
    let message =
        format!("the healthcheck of `{}` is a list that does not say how to run it", service.key);
    faults.push(
        Fault::new(FaultKind::HealthcheckForm, first.text.span(), message)
            .label("this has to be `CMD`, `CMD-SHELL` or `NONE`")
            .help("put `CMD` before the program and its arguments, or `CMD-SHELL` before one line for the shell"),
    );
}

/// A number said in two places, which must be the same.
fn limits(service: &Entry, faults: &mut Vec<Fault>) {
    let node = &service.value;
    let int = |s: &Scalar| match s.value {
        Value::Int(n) => Some(n),
        Value::Text => s.text.as_str().parse().ok(),
        _ => None,
    };
    let replicas = scalar(node, &["deploy", "replicas"]);
    for (of, number) in [("scale", scalar(node, &["scale"])), ("deploy.replicas", replicas)] {
        if let Some(number) = number.filter(|n| int(n).is_some_and(|n| n < 0)) {
            let message = format!("`{of}` of `{}` is below zero", service.key);
            faults.push(
                Fault::new(FaultKind::Limits, number.text.span(), message)
                    .label("below zero")
                    .help("write 0 or more"),
            );
        }
    }
    let float = |s: &Scalar| match s.value {
        Value::Int(n) => Some(n as f32),
        Value::Float(n) => Some(n as f32),
        Value::Text => s.text.as_str().parse().ok(),
        _ => None,
    };
    let bytes = |s: &Scalar| render::bytes_of(&s.display());
    // Where `deploy` sets limits at all, one that it leaves out is 0 to Compose.
    let pairs: [(&str, &[&str], bool); 5] = [
        ("scale", &["deploy", "replicas"], false),
        ("cpus", &["deploy", "resources", "limits", "cpus"], true),
        ("mem_limit", &["deploy", "resources", "limits", "memory"], true),
        ("mem_reservation", &["deploy", "resources", "reservations", "memory"], true),
        ("pids_limit", &["deploy", "resources", "limits", "pids"], true),
    ];
    for (key, path, zero) in pairs {
        let Some(own) = scalar(node, &[key]).filter(|s| !s.text.contains(HOLE)) else { continue };
        let parent = path[..path.len() - 1]
            .iter()
            .try_fold(node, |n, k| n.get(k))
            .filter(|n| matches!(n.kind, Kind::Map(_)));
        let Some(parent) = parent else { continue };
        let other = scalar(node, path);
        if other.is_some_and(|s| s.text.contains(HOLE)) || (other.is_none() && !zero) {
            continue;
        }
        let same = match key {
            "cpus" => float(own).map(|n| (n == 0.0, other.map_or(Some(0.0), float) == Some(n))),
            "mem_limit" | "mem_reservation" => {
                bytes(own).map(|n| (n == 0, other.map_or(Some(0), bytes) == Some(n)))
            }
            "pids_limit" => int(own).map(|n| (n == 0, other.map_or(Some(0), int) == Some(n))),
            _ => int(own).map(|n| (false, other.and_then(int) == Some(n))),
        };
        if same.is_some_and(|(none, same)| !none && !same) {
            let path = path.join(".");
            let message = format!("`{key}` and `{path}` of `{}` say different things", service.key);
            let (span, label) = match other {
                Some(other) => (other.text.span(), "another"),
                None => (parent.span, "sets limits, and this one not"),
            };
            faults.push(
                Fault::new(FaultKind::Limits, span, message)
                    .label(label)
                    .also(own.text.span(), "one number")
                    .help(format!("keep `{path}` and remove `{key}`")),
            );
        }
    }
    let count = scalar(node, &["scale"]).or(replicas);
    if let (Some(count), Some(name)) =
        (count.filter(|c| int(c).is_some_and(|n| n > 1)), scalar(node, &["container_name"]))
        && !name.text.is_empty()
    {
        let message =
            format!("`{}` has a fixed container name and more than one container", service.key);
        faults.push(
            Fault::new(FaultKind::ContainerNameReplicas, name.text.span(), message)
                .label("only one container can have this name")
                .also(count.text.span(), "containers")
                .help("remove `container_name`; other services reach this one by its service name"),
        );
    }
}

fn watches(service: &Entry, faults: &mut Vec<Fault>) {
    for watch in service
        .value
        .get("develop")
        .and_then(|d| d.get("watch"))
        .map(Node::items)
        .unwrap_or_default()
    {
        let target = scalar(watch, &["target"]).is_some_and(|t| !t.text.is_empty());
        let action = scalar(watch, &["action"]).map_or("", |a| a.text.as_str());
        if !target && !matches!(action, "rebuild" | "restart") {
            let message = format!(
                "a watch of `{}` does not say where in the container its files go",
                service.key
            );
            faults.push(
                Fault::new(FaultKind::Watch, watch.span, message)
                    .label("no `target`")
                    .help("add `target:` with the path in the container"),
            );
        }
    }
}

fn mounts(service: &Entry, faults: &mut Vec<Fault>) {
    let mut taken: HashMap<String, Span> = HashMap::new();
    let tmpfs = service.value.get("tmpfs");
    let lone = tmpfs.into_iter().filter(|t| t.scalar().is_some());
    let targets = lone.chain(tmpfs.map(Node::items).unwrap_or_default()).filter_map(|t| {
        let text = t.scalar()?.text.as_str();
        Some((text.split(':').next().unwrap_or(text).to_owned(), t.span))
    });
    let volumes = service.value.get("volumes").map(Node::items).unwrap_or_default();
    let volumes = volumes.iter().filter_map(|v| {
        Some((super::canonical::volumes::clean(scalar(v, &["target"])?.text.as_str()), v.span))
    });
    for (target, span) in targets.chain(volumes) {
        if target.contains(HOLE) {
            continue;
        }
        if let Some(first) = taken.get(&target) {
            let message = format!("`{}` mounts two things on {target}", service.key);
            faults.push(
                Fault::new(FaultKind::MountTwice, span, message)
                    .label("mounted again")
                    .also(*first, "mounted")
                    .help("give one of them another path, or remove it"),
            );
        } else {
            taken.insert(target, span);
        }
    }
}

fn container_names(whole: &Whole<'_>, faults: &mut Vec<Fault>) {
    let mut taken: HashMap<&str, (&Text, &Text, &Entry)> = HashMap::new();
    for service in &whole.services {
        let Some(name) = scalar(&service.value, &["container_name"]).map(|s| &s.text) else {
            continue;
        };
        if name.is_empty() || name.contains(HOLE) {
            continue;
        }
        // Where all services are looked at, those of different profiles need not run together.
        let profiles = |s: &Entry| {
            s.value
                .get("profiles")
                .map(Node::items)
                .unwrap_or_default()
                .iter()
                .filter_map(Node::scalar)
                .map(|s| s.text.as_str().to_owned())
                .collect::<Vec<_>>()
        };
        if let Some((first, other, at)) = taken.get(name.as_str()) {
            if whole.all && profiles(at) != profiles(service) {
                continue;
            }
            let message = format!("`{other}` and `{}` want the same container name", service.key);
            let note = if first.span() == name.span() {
                "taken from here by both"
            } else {
                "taken by this one"
            };
            faults.push(
                Fault::new(FaultKind::ContainerNameTwice, name.span(), message)
                    .label("again")
                    .also(first.span(), note)
                    .help("remove `container_name`, or give each its own"),
            );
        } else {
            taken.insert(name.as_str(), (name, &service.key, service));
        }
    }
}

fn secret_source(secret: &Entry, faults: &mut Vec<Fault>) {
    let external =
        scalar(&secret.value, &["external"]).is_some_and(|s| s.value == Value::Bool(true));
    // An empty path is the folder of the project.
    let set = |key: &str| {
        scalar(&secret.value, &[key]).is_some_and(|s| s.base.is_some() || !s.text.is_empty())
    };
    // One that says nothing at all is told already when the file is completed.
    let said =
        ["file", "environment", "driver", "external"].iter().any(|k| secret.value.get(k).is_some());
    if !external && said && !set("file") && !set("environment") {
        let message =
            format!("the secret `{}` does not say where its content comes from", secret.key);
        faults.push(
            Fault::new(FaultKind::NoSource, secret.key.span(), message)
                .label("no source")
                .help("add `file:` with its path, or `environment:` with the name of a variable"),
        );
    }
}
