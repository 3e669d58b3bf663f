//! Numbers that are set in two places and must be the same.

use super::scalar;
use crate::finding::{Own, Quote, prose};
use crate::model::compose::tree::{Entry, Fault, FaultKind, Kind, Scalar, Value, bytes};

/// A number said in two places, which must be the same.
pub(super) fn limits(service: &Entry, faults: &mut Vec<Fault>) {
    let node = &service.value;
    let int = |s: &Scalar| match s.value {
        Value::Int(n) => Some(n),
        Value::Text => s.text.as_str().parse().ok(),
        _ => None,
    };
    let replicas = scalar(node, &["deploy", "replicas"]);
    for (of, number) in [("scale", scalar(node, &["scale"])), ("deploy.replicas", replicas)] {
        if let Some(number) = number.filter(|n| int(n).is_some_and(|n| n < 0)) {
            let message = prose!("`{}` of `{}` is below zero", Own(of), service.key);
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
    let size = |s: &Scalar| bytes::parse(&s.display());
    // Where `deploy` sets limits at all, one that it leaves out is 0 to Compose.
    let pairs: [(&str, &[&str], bool); 5] = [
        ("scale", &["deploy", "replicas"], false),
        ("cpus", &["deploy", "resources", "limits", "cpus"], true),
        ("mem_limit", &["deploy", "resources", "limits", "memory"], true),
        ("mem_reservation", &["deploy", "resources", "reservations", "memory"], true),
        ("pids_limit", &["deploy", "resources", "limits", "pids"], true),
    ];
    for (key, path, zero) in pairs {
        let Some(own) = scalar(node, &[key]).filter(|s| s.text.is_resolved()) else { continue };
        let parent = path[..path.len() - 1]
            .iter()
            .try_fold(node, |n, k| n.get(k))
            .filter(|n| matches!(n.kind, Kind::Map(_)));
        let Some(parent) = parent else { continue };
        let other = scalar(node, path);
        if other.is_some_and(|s| !s.text.is_resolved()) || (other.is_none() && !zero) {
            continue;
        }
        let same = match key {
            "cpus" => float(own).map(|n| (n == 0.0, other.map_or(Some(0.0), float) == Some(n))),
            "mem_limit" | "mem_reservation" => {
                size(own).map(|n| (n == 0, other.map_or(Some(0), size) == Some(n)))
            }
            "pids_limit" => int(own).map(|n| (n == 0, other.map_or(Some(0), int) == Some(n))),
            _ => int(own).map(|n| (false, other.and_then(int) == Some(n))),
        };
        if same.is_some_and(|(none, same)| !none && !same) {
            let path = path.join(".");
            let message = prose!(
                "`{}` and `{}` of `{}` say different things",
                Quote::name(key),
                Quote::path(&path),
                service.key
            );
            let (span, label) = match other {
                Some(other) => (other.text.span(), "another"),
                None => (parent.span, "sets limits, and this one not"),
            };
            faults.push(
                Fault::new(FaultKind::Limits, span, message)
                    .label(label)
                    .also(own.text.span(), "one number")
                    .help(prose!(
                        "keep `{}` and remove `{}`",
                        Quote::path(&path),
                        Quote::name(key)
                    )),
            );
        }
    }
    let count = scalar(node, &["scale"]).or(replicas);
    if let (Some(count), Some(name)) =
        (count.filter(|c| int(c).is_some_and(|n| n > 1)), scalar(node, &["container_name"]))
        && !name.text.is_empty()
    {
        let message =
            prose!("`{}` has a fixed container name and more than one container", service.key);
        faults.push(
            Fault::new(FaultKind::ContainerNameReplicas, name.text.span(), message)
                .label("only one container can have this name")
                .also(count.text.span(), "containers")
                .help("remove `container_name`; other services reach this one by its service name"),
        );
    }
}
