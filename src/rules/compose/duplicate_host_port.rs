//! One port of the host is published twice.

use crate::finding::{Change, Confidence, Cure, Finding, NodeEdit, Prose, Quote, YamlValue, prose};
use crate::model::search_limit::SearchLimit;
use crate::model::stack::Stack;
use crate::model::stack::lifecycle::Together;
use crate::model::stack::network::Published;
use crate::rules::{Check, Rule, Sink, meta};
use std::collections::HashMap;

pub(super) static RULE: Rule =
    Rule { meta: &meta::DUPLICATE_HOST_PORT, check: Check::Stack(check) };

/// The most pairs of ports that are compared.
const MAX_PAIRS: usize = 8_000_000;

fn check(stack: &Stack<'_>, sink: &mut Sink) {
    let mut taken: Vec<(usize, Published)> = Vec::new();
    // By the port the numbers of those that take it; ranges stand apart.
    let mut by_port: HashMap<u16, Vec<usize>> = HashMap::new();
    let mut ranges: Vec<usize> = Vec::new();
    let mut pairs = 0;
    for index in 0..stack.containers.len() {
        let Some((count, written)) = stack.lifecycle().replicas(index) else { continue };
        if count == 0 {
            continue;
        }
        let container = stack.container(index);
        let ports = stack.network().host_ports(index);
        if let (true, Some(port), Some(written), false) =
            (count > 1, ports.first(), written, stack.lifecycle().is_for_swarm())
        {
            let scale = container.service.node.get("scale").is_some();
            let finding = Finding::new(&meta::DUPLICATE_HOST_PORT, failed(port, port.first, &prose!("{} runs {} times", container, count)))
                .label(port.span, "each of its containers wants this port")
                .label(written, prose!("{} containers", count))
                .help(prose!("let a proxy publish the port and pass on to `{}`, or publish a range, of which each takes one:\n    ports:\n      - \"{}-{}:{}\"", container, port.first, u64::from(port.first) + count - 1, port.target.unwrap_or(port.first)));
            // The number under `deploy` may be meant for Swarm, where all replicas share a published port.
            sink.report(if scale { finding } else { finding.sure(Confidence::Medium) });
        }
        for port in ports {
            let single = port.first == port.last;
            let mut near: Vec<usize> = if single {
                by_port.get(&port.first).into_iter().flatten().chain(&ranges).copied().collect()
            } else {
                (0..taken.len()).collect()
            };
            near.sort_unstable();
            pairs += near.len();
            if pairs > MAX_PAIRS {
                let message = "too many ports of the host are taken to compare them all; the rest is not compared";
                return SearchLimit::note(port.span, message);
            }
            let clash = near.iter().map(|n| &taken[*n]).find_map(|(other, p)| {
                let at = port.collides(p)?;
                let together = if *other == index {
                    Together::Always
                } else {
                    stack.lifecycle().run_together(*other, index)
                };
                // Within one service, what an override adds is a matter of merging.
                let merged = *other == index && p.span.file != port.span.file;
                (!merged && !matches!(together, Together::Apart | Together::Unknown))
                    .then_some((*other, p, at, together))
            });
            if let Some((other, first, at, together)) = clash {
                let finding = twice(stack, (other, first), (index, &port), at, &together);
                // People choose a few services of a stock, and an editor starts the one they work in: these never
                // run all together.
                let chosen = stack.lifecycle().is_started_in_part()
                    || stack.container(other).only_stays_up()
                    || stack.container(index).only_stays_up();
                sink.report(if other != index && chosen {
                    finding.sure(Confidence::Low)
                } else {
                    finding
                });
            }
            if single {
                by_port.entry(port.first).or_default().push(taken.len());
            } else {
                ranges.push(taken.len());
            }
            taken.push((index, port));
        }
    }
}

fn twice(
    stack: &Stack<'_>,
    (a, first): (usize, &Published),
    (b, second): (usize, &Published),
    at: u16,
    together: &Together,
) -> Finding {
    let (mine, other) = (stack.container(b), stack.container(a));
    let who = if a == b {
        prose!("{} publishes it twice", mine)
    } else {
        prose!("{} and {} both publish it", other, mine)
    };
    let narrow = if first.is_narrow() { first } else { second };
    let mut finding = Finding::new(&meta::DUPLICATE_HOST_PORT, failed(narrow, at, &who));
    finding = if first.span == second.span {
        // One text for both, by an alias or `extends`.
        finding
            .label(mine.name_span(), prose!("{} takes over the `ports` of {}", mine, other))
            .label(second.span, prose!("port {} of the host, for both", at))
    } else {
        finding
            .label(second.span, prose!("{} takes port {} of the host", mine, at))
            .label(first.span, prose!("so does {}", other))
    };
    let free = second.last.checked_add(1).unwrap_or(8080);
    let target = second
        .target
        .map(|t| prose!(":\n    ports:\n      - \"{}:{}\"", free, t))
        .unwrap_or_default();
    let help = prose!("publish one of them at another port{}", target);
    let single = second.first == second.last && first.span != second.span;
    if let Some(target) = second.target.filter(|_| single) {
        let text = YamlValue::text(prose!("{}:{}", free_port(stack, free), target));
        finding = finding.cure(
            Cure::new(prose!("publish {} at another port", mine))
                .change(Change::YamlNode(second.span, NodeEdit::Replace(text))),
        );
    }
    match together {
        Together::InProfile(profile) => finding
            .label_if(
                mine.service.entry("profiles").map(|e| e.value.span),
                prose!("profile `{}` starts both", Quote::name(&profile)),
            )
            .help(help)
            .sure(Confidence::Medium),
        Together::OnRequest => finding.help(help).sure(Confidence::Low),
        _ => finding.help(help),
    }
}

/// What Docker says, and who brought it about.
fn failed(port: &Published, at: u16, who: &Prose) -> Prose {
    prose!("Bind for {} failed: port is already allocated, as {}", port.display(at), who)
}

/// The first port from one on that no service takes.
fn free_port(stack: &Stack<'_>, from: u16) -> u16 {
    let taken: Vec<Published> =
        (0..stack.containers.len()).flat_map(|i| stack.network().host_ports(i)).collect();
    (from..=u16::MAX)
        .find(|p| !taken.iter().any(|t| (t.first..=t.last).contains(p)))
        .unwrap_or(from)
}
