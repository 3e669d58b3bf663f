//! An override adds to the ports it was meant to replace.

use crate::finding::{Change, Confidence, Cure, Finding, Own, Prose, Quote, Severity, prose};
use crate::model::compose::{Port, PortsKeys};
use crate::model::container::Container;
use crate::model::search_limit::SearchLimit;
use crate::model::stack::Stack;
use crate::model::stack::network::Published;
use crate::rules::{Check, Rule, Sink, meta};
use crate::source::{FileId, Span};

pub(super) static RULE: Rule =
    Rule { meta: &meta::PORTS_CONCATENATED_BY_OVERRIDE, check: Check::Stack(check) };

/// The most items of a service that are compared with each other.
const MAX_PORTS: usize = 1000;

fn check(stack: &Stack<'_>, sink: &mut Sink) {
    if stack.repository().compose_files().count() < 2 {
        return;
    }
    let keys = stack.project.ports_keys();
    for container in &stack.containers {
        let service = container.service;
        if service
            .node
            .get("network_mode")
            .is_some_and(|m| m.text().is_none_or(|m| m.as_str() != "bridge"))
        {
            continue;
        }
        let (ports, rest) = service.ports.split_at(service.ports.len().min(MAX_PORTS));
        if let Some(next) = rest.iter().find(|p| ports.iter().any(|o| o.span.file != p.span.file)) {
            let message = prose!(
                "files publish more than {} ports of {} together; the rest is not compared",
                MAX_PORTS,
                container
            );
            SearchLimit::note(next.span, message);
        }
        let mut files: Vec<FileId> = Vec::new();
        for file in ports.iter().map(|p| p.span.file) {
            if files.contains(&file) {
                continue;
            }
            files.push(file);
            let pairs = pairs(ports, file);
            if !pairs.is_empty() {
                sink.report(added(stack, container, &keys, ports, &pairs));
            }
        }
        emptied(stack, container, ports, &keys, sink);
    }
}

/// An item of an override, the item below it whose place it was meant to take, and the port of the host
/// that both want, where there is one.
struct Pair<'p> {
    over: &'p Port,
    base: &'p Port,
    clash: Option<u16>,
}

/// The items of `file` that were meant to take the place of earlier ones of other files; those that clash first.
fn pairs(ports: &[Port], file: FileId) -> Vec<Pair<'_>> {
    let mut all = Vec::new();
    for (at, over) in ports.iter().enumerate().filter(|(_, p)| p.span.file == file) {
        let below = ports[..at].iter().filter(|p| p.span.file != file);
        let meant = below.filter_map(|base| Some(Pair { over, base, clash: judge(base, over)? }));
        all.extend(meant.max_by_key(|p| p.clash.is_some()));
    }
    all.sort_by_key(|p| p.clash.is_none());
    all
}

/// Whether the later item was meant to take the place of the earlier one; the port of the host that both
/// want, where there is one.
fn judge(base: &Port, over: &Port) -> Option<Option<u16>> {
    let low = Published::of_port(base)?;
    let same_target =
        base.target.is_some() && base.target == over.target && base.protocol == over.protocol;
    let Some(high) = Published::of_port(over) else {
        return (same_target && over.published.is_none()).then_some(None);
    };
    if low.is_same(&high) {
        return None;
    }
    if let Some(port) = high.collides(&low) {
        return Some(Some(port));
    }
    // The same port at one more address is an addition.
    (same_target && low.first != high.first).then_some(None)
}

fn added(
    stack: &Stack<'_>,
    container: &Container<'_>,
    keys: &PortsKeys,
    ports: &[Port],
    pairs: &[Pair<'_>],
) -> Finding {
    let rule = &meta::PORTS_CONCATENATED_BY_OVERRIDE;
    let file = pairs.first().map(|p| p.over.span.file);
    let mut finding = match pairs.first() {
        Some(Pair { over, base, clash: Some(port) }) => {
            let (below, above) =
                (stack.repository().file_name(base.span), stack.repository().file_name(over.span));
            let at =
                Published::of_port(over).map_or_else(|| prose!("{}", port), |p| p.display(*port));
            Finding::new(
                rule,
                prose!(
                    "Bind for {} failed: port is already allocated, as {} adds to the ports of {} in {}",
                    at,
                    above,
                    container,
                    below
                ),
            )
        }
        Some(Pair { over, base, clash: None }) => {
            let (below, above) =
                (stack.repository().file_name(base.span), stack.repository().file_name(over.span));
            let published = Quote::value(base.published.as_deref().unwrap_or("")).or_at(base.span);
            let message = prose!(
                "{} is still published at port {} of the host: {} adds to its ports in {}",
                container,
                published,
                above,
                below
            );
            Finding::new(rule, message).at_most(Severity::Warning).sure(Confidence::Medium)
        }
        None => Finding::new(rule, ""),
    };
    for pair in pairs {
        finding = finding
            .label(pair.over.span, "added to the list below it")
            .label(pair.base.span, "still published");
    }
    // A list that replaces has to hold what is to stay as well.
    let stays =
        |p: &&Port| Some(p.span.file) == file || !pairs.iter().any(|pair| pair.base.span == p.span);
    let list = Prose::concat(ports.iter().filter(stays).filter_map(item));
    let keeps = ports.iter().filter(|p| Some(p.span.file) != file).any(|p| stays(&p));
    let key = keys
        .keys
        .iter()
        .find(|k| k.service == container.name() && Some(k.key.file) == file && !k.tagged && !keeps);
    // Another port of the host for the same container may be an addition: which one is meant, only the author knows.
    let clashes = pairs.first().is_some_and(|p| p.clash.is_some());
    let lead = if clashes { "" } else { "if one is to take the place of the other, " };
    finding
        .help(prose!(
            "{}replace the list (Docker Compose 2.24.4 or later):\n    ports: !override{}",
            Own(lead),
            list
        ))
        .cure_if(
            key.filter(|_| clashes)
                .and_then(|k| k.behind)
                .map(|at| tag(at, "let the list replace the one below it", " !override")),
        )
}

/// An item to paste below the key; `None` for a range.
fn item(port: &Port) -> Option<Prose> {
    let target = port.target?;
    let quoted = |text: &String| Quote::value(text).or_at(port.span);
    let address = port.address.as_ref().map(|a| {
        if a.contains(':') { prose!("[{}]:", quoted(a)) } else { prose!("{}:", quoted(a)) }
    });
    let published = port.published.as_ref().map(|p| prose!("{}:", quoted(p)));
    let protocol = (port.protocol != "tcp").then(|| prose!("/{}", quoted(&port.protocol)));
    Some(prose!(
        "\n      - \"{}{}{}{}\"",
        address.unwrap_or_default(),
        published.unwrap_or_default(),
        target,
        protocol.unwrap_or_default()
    ))
}

/// `ports: []` over a list that is not empty.
fn emptied(
    stack: &Stack<'_>,
    container: &Container<'_>,
    ports: &[Port],
    keys: &PortsKeys,
    sink: &mut Sink,
) {
    // Where files take in others, their order is not that of the layers.
    if keys.takes_in {
        return;
    }
    let order = |span: Span| stack.repository().layer(span);
    for key in keys.keys.iter().filter(|k| k.service == container.name() && k.empty && !k.tagged) {
        let Some(open) =
            ports.iter().find(|p| p.published.is_some() && order(p.span) < order(key.key))
        else {
            continue;
        };
        let published = Quote::value(open.published.as_deref().unwrap_or("")).or_at(open.span);
        sink.report(
            Finding::new(
                &meta::PORTS_CONCATENATED_BY_OVERRIDE,
                prose!("{} stays published at port {} of the host: an empty `ports` adds nothing and takes nothing away", container, published),
            )
            .label(key.key.cover(key.value), "changes nothing")
            .label(open.span, "still published")
            .help("take the list away (Docker Compose 2.24.4 or later):\n    ports: !reset []")
            .at_most(Severity::Warning)
            .sure(Confidence::Medium)
            .cure_if(key.behind.map(|at| tag(at, "take the list away", " !reset"))),
        );
    }
}

/// Puts a tag behind the key.
fn tag(at: Span, lead: &'static str, tag: &'static str) -> Cure {
    Cure::new(prose!("{} (Docker Compose 2.24.4 or later)", Own(lead)))
        .change(Change::Bytes { at, with: tag.into() })
}
