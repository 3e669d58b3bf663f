//! What Compose checks once a project is whole: that everything named is there, and that nothing contradicts
//! itself. Compose stops at the first; here all are told.

mod numbers;
mod references;

use super::graph;
use super::whole::Whole;
use crate::finding::{Quote, prose};
use crate::model::compose::tree::paths::clean;
use crate::model::compose::tree::{Entry, Fault, FaultKind, Kind, Node, Scalar, Value};
use crate::source::{Span, Text};
use numbers::limits;
use references::{build, references};
use std::collections::HashMap;

/// Everything that is wrong with a project as a whole.
pub(crate) fn check(whole: &Whole<'_>) -> Vec<Fault> {
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
    let message = prose!("the service `{}` has neither an image nor a build", service.key);
    let help = "add `image:` or `build:`; if this file is meant to be laid over another, name both: `-f base.yaml -f this.yaml`";
    faults.push(
        Fault::new(FaultKind::NoImage, span, message)
            .about_entry("services", service.key.as_str())
            .label(label)
            .help(help),
    );
}

fn healthcheck(service: &Entry, faults: &mut Vec<Fault>) {
    let Some(test) = service.value.get("healthcheck").and_then(|h| h.get("test")) else { return };
    let Some(first) = test.items().first().and_then(Node::scalar) else { return };
    if matches!(first.text.as_str(), "CMD" | "CMD-SHELL" | "NONE") || !first.text.is_resolved() {
        return;
    }
    let message =
        prose!("the healthcheck of `{}` is a list that does not say how to run it", service.key);
    faults.push(
        Fault::new(FaultKind::HealthcheckForm, first.text.span(), message)
            .label("this has to be `CMD`, `CMD-SHELL` or `NONE`")
            .help("put `CMD` before the program and its arguments, or `CMD-SHELL` before one line for the shell"),
    );
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
            let message = prose!(
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
        let text = &t.scalar()?.text;
        let target = text.slice(0..text.find(':').unwrap_or(text.len()));
        Some((target.resolved()?.to_owned(), t.span))
    });
    let volumes = service.value.get("volumes").map(Node::items).unwrap_or_default();
    let volumes = volumes.iter().filter_map(|v| {
        let target = scalar(v, &["target"])?.text.resolved()?;
        Some((clean(target), v.span))
    });
    for (target, span) in targets.chain(volumes) {
        if let Some(first) = taken.get(&target) {
            let message = prose!("`{}` mounts two things on {}", service.key, Quote::name(&target));
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
        if name.is_empty() || !name.is_resolved() {
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
            let message = prose!("`{}` and `{}` want the same container name", other, service.key);
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
    // What a variable is to say may be either.
    let external = scalar(&secret.value, &["external"])
        .is_some_and(|s| s.value == Value::Bool(true) || !s.text.is_resolved());
    // An empty path is the folder of the project.
    let set = |key: &str| {
        scalar(&secret.value, &[key]).is_some_and(|s| s.base.is_some() || !s.text.is_empty())
    };
    // One that says nothing at all is told already when the file is completed.
    let said =
        ["file", "environment", "driver", "external"].iter().any(|k| secret.value.get(k).is_some());
    if !external && said && !set("file") && !set("environment") {
        let message =
            prose!("the secret `{}` does not say where its content comes from", secret.key);
        faults.push(
            Fault::new(FaultKind::NoSource, secret.key.span(), message)
                .label("no source")
                .help("add `file:` with its path, or `environment:` with the name of a variable"),
        );
    }
}
