//! What a service names must be there: networks, volumes, secrets, configs, models, other services to build from.

use super::scalar;
use crate::finding::{Own, Quote, prose};
use crate::model::compose::check::whole::Whole;
use crate::model::compose::tree::suggest::nearest;
use crate::model::compose::tree::{Entry, Fault, FaultKind, Kind, Node, exclusive};
use crate::source::Text;

/// A name in a service for which a top-level entry must be there.
struct Reference<'t> {
    section: &'static str,
    what: &'static str,
    name: &'t Text,
}

pub(super) fn references(service: &Entry, whole: &Whole<'_>, faults: &mut Vec<Fault>) {
    let node = &service.value;
    if let (Some(mode), Some(networks)) = (node.entry("network_mode"), node.entry("networks"))
        && mode.value.scalar().is_some_and(|s| !s.text.is_empty())
        && !networks.value.entries().is_empty()
    {
        exclusive(mode, networks, &prose!("the service `{}`", service.key), faults);
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
            let message = prose!(
                "the service `{}` uses the {} `{}`, which Compose takes for an extension",
                service.key,
                Own(what),
                name
            );
            faults.push(
                Fault::new(FaultKind::Undefined, name.span(), message)
                    .label("begins with `x-`")
                    .help("give it another name"),
            );
            continue;
        }
        let defined = whole.defined(section);
        if !name.is_resolved() || defined.iter().any(|d| d.key.as_str() == name.as_str()) {
            continue;
        }
        let message = prose!(
            "the service `{}` uses the {} `{}`, which is not defined",
            service.key,
            Own(what),
            name
        );
        let help = match nearest(name.as_str(), defined.iter().map(|d| d.key.as_str())) {
            Some(near) => prose!("did you mean `{}`?", Quote::name(near)),
            None if section == "volumes" => {
                prose!(
                    "define it at the top level: `volumes:` with `{}:` below it, or write `./{}` if a folder is meant",
                    name,
                    name
                )
            }
            None => {
                prose!("define it at the top level: `{}:` with `{}:` below it", Own(section), name)
            }
        };
        faults.push(
            Fault::new(FaultKind::Undefined, name.span(), message)
                .about_entry(section, name.as_str())
                .label("not defined")
                .help(help),
        );
    }
}

pub(super) fn build(service: &Entry, whole: &Whole<'_>, faults: &mut Vec<Fault>) {
    let Some(build) = service.value.get("build") else { return };
    if let (Some(inline), Some(file)) =
        (build.entry("dockerfile_inline"), build.entry("dockerfile"))
    {
        exclusive(inline, file, &"`build`".into(), faults);
    }
    for context in build.get("additional_contexts").map(Node::entries).unwrap_or_default() {
        let Some(value) = context.value.scalar() else { continue };
        let Some(target) = value.text.as_str().strip_prefix("service:") else { continue };
        let message = match whole.service(target) {
            None => prose!(
                "the build of `{}` takes in the service `{}`, which is not there",
                service.key,
                Quote::name(target)
            ),
            Some(t) if t.value.get("build").is_none() => {
                prose!(
                    "the build of `{}` takes in the service `{}`, which is not built",
                    service.key,
                    Quote::name(target)
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
    if let Some(platform) =
        scalar(&service.value, &["platform"]).filter(|p| !p.text.is_empty() && p.text.is_resolved())
        && !platforms.is_empty()
        && !platforms
            .iter()
            .filter_map(Node::scalar)
            .any(|p| p.text.as_str() == platform.text.as_str() || !p.text.is_resolved())
    {
        let message =
            prose!("`{}` runs on {}, for which it is not built", service.key, platform.text);
        faults.push(
            Fault::new(FaultKind::BuildReference, platform.text.span(), message)
                .label("runs on this")
                .also(platforms[0].span, "built for")
                .help(prose!("add `{}` to `build.platforms`", platform.text)),
        );
    }
}
