//! A network, volume, secret or config that is used and not declared, or declared and not used.

use crate::finding::{Change, Confidence, Cure, Finding, NodeEdit, Quote, Severity, prose};
use crate::model::compose::{Entry, FaultKind, MountKind};
use crate::model::search_limit::SearchLimit;
use crate::model::stack::Stack;
use crate::model::stack::repository::Resource;
use crate::rules::{Check, Rule, Sink, meta};
use crate::source::Span;
use std::collections::BTreeSet;

pub(super) static RULE: Rule =
    Rule { meta: &meta::UNDEFINED_OR_UNUSED_TOP_LEVEL, check: Check::Stack(check) };

/// The most entries of a kind that are looked at.
const MAX_ENTRIES: usize = 1_000;

fn check(stack: &Stack<'_>, sink: &mut Sink) {
    super::report(FaultKind::Undefined, RULE.meta, stack, sink);
    if !whole(stack) {
        return;
    }
    let mut candidates = Vec::new();
    for kind in Resource::ALL {
        let entries = stack.repository().declared_resources(kind);
        if let Some(next) = entries.get(MAX_ENTRIES) {
            SearchLimit::note(
                next.key.span(),
                prose!("more than {} are declared; the rest is not looked at", MAX_ENTRIES),
            );
        }
        let entries = entries.iter().take(MAX_ENTRIES);
        candidates.extend(
            entries
                .filter(|e| {
                    !stack.repository().uses_resource(kind, e.key.as_str())
                        && !meant_for_others(stack, kind, e)
                })
                .map(|entry| (kind, entry)),
        );
    }
    if candidates.is_empty() {
        return;
    }
    let names: BTreeSet<&str> = candidates.iter().map(|(_, entry)| entry.key.as_str()).collect();
    let elsewhere = stack.repository().named_elsewhere(&names);
    for (kind, entry) in candidates {
        if !elsewhere.contains(entry.key.as_str()) {
            sink.report(unused(stack, kind, entry));
        }
    }
}

/// Whether everything the services say was understood. A misspelt key or name leaves what it means unused,
/// and that is told already.
fn whole(stack: &Stack<'_>) -> bool {
    let hides = |kind: FaultKind| {
        use FaultKind::{ExtendsInclude, Key, Limit, Remote, Undefined, Value};
        matches!(kind, Key | Value | ExtendsInclude | Remote | Limit | Undefined)
    };
    let project = stack.project;
    project.errors.is_empty()
        && project.unusable.is_empty()
        && !project.faults.iter().any(|f| hides(f.kind))
}

/// Whether an entry has a purpose outside the services of its own file.
fn meant_for_others(stack: &Stack<'_>, kind: Resource, entry: &Entry) -> bool {
    // One with a name of its own can be joined by another project; `default` and `x-` need no one to name them.
    let own_name = ["name", "external"].iter().any(|key| entry.value.get(key).is_some());
    let implied =
        entry.key.starts_with("x-") || kind == Resource::Network && entry.key.as_str() == "default";
    // A file of declarations alone is there for those that take it in.
    let alone = !stack.project.services.iter().any(|s| s.name.span().file == entry.key.span().file);
    own_name || implied || alone || template(stack, kind, entry)
}

/// Whether another entry is an alias of this one, or merges it: values keep the place they were written at.
fn template(stack: &Stack<'_>, kind: Resource, entry: &Entry) -> bool {
    let place = entry.value.span;
    let inside = |span: Span| {
        span.file == place.file
            && place.start <= span.start
            && span.end <= place.end
            && !span.is_empty()
    };
    let others = stack
        .repository()
        .declared_resources(kind)
        .iter()
        .filter(|e| e.key.span() != entry.key.span());
    others.into_iter().any(|e| {
        inside(e.value.span) || e.value.entries().iter().any(|inner| inside(inner.key.span()))
    })
}

fn unused(stack: &Stack<'_>, kind: Resource, entry: &Entry) -> Finding {
    let name = Quote::name(&entry.key);
    let (message, help) = match kind {
        Resource::Volume => (
            prose!("no service mounts the volume {}: Compose never makes it", name),
            "mount it where it is meant, or delete it",
        ),
        Resource::Network => (
            prose!("no service joins the network {}: Compose never makes it", name),
            "put the services that are meant on it, or delete it",
        ),
        Resource::Secret => (
            prose!("no service takes the secret {}: it reaches no container", name),
            "give it to the service that is meant, or delete it",
        ),
    };
    let finding = Finding::new(RULE.meta, message)
        .label(entry.key.span(), "declared here, and named nowhere else")
        .help(help)
        .cure(
            Cure::new("remove the entry")
                .change(Change::YamlNode(entry.key.span(), NodeEdit::Remove))
                .also("or use it where it is meant"),
        )
        .at_most(Severity::Info)
        .sure(Confidence::Medium);
    if kind != Resource::Volume {
        return finding;
    }
    // The one volume without a name may be the place it was meant for.
    let mut nameless = stack
        .project
        .services
        .iter()
        .flat_map(|s| &s.mounts)
        .filter(|m| m.kind == MountKind::Anonymous);
    match (nameless.next(), nameless.next()) {
        (Some(mount), None) => {
            finding.label(mount.span, "this volume has no name; is it meant here?")
        }
        _ => finding,
    }
}
