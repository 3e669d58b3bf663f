//! A port that is asked for, and another one that is listened on.

use crate::finding::{
    Change, Confidence, Cure, Finding, NodeEdit, Prose, Quote, Severity, YamlValue, prose,
};
use crate::model::compose::Port;
use crate::model::stack::Stack;
use crate::model::stack::network::{Listener, Listening, Resolved};
use crate::rules::{Check, Rule, Sink, changes, meta};
use crate::source::Span;

pub(super) static RULE: Rule =
    Rule { meta: &meta::PROXY_OR_PUBLISHED_PORT_MISMATCH, check: Check::Stack(check) };

/// A service with more items of `ports` opens them as it goes along, as a relay of calls does: what listens at the moment
/// says nothing of them.
const MAX_PORTS: usize = 500;
/// The most places that listen which a finding shows: the first of them tell what the program does.
const MAX_LISTENERS: usize = 4;

fn check(stack: &Stack<'_>, sink: &mut Sink) {
    let all: Vec<&Listening> =
        (0..stack.containers.len()).map(|i| stack.network().listening(i)).collect();
    for (index, listening) in all.iter().enumerate() {
        if let Some(ports) = listening.certain() {
            published(stack, index, listening, ports, sink);
            labelled(stack, index, ports, sink);
        }
    }
    for nginx in &stack.roles.nginx {
        for upstream in nginx.upstreams.iter().filter(|u| !u.by.is_empty()) {
            let Resolved::Service(target) =
                stack.network().resolve(nginx.container, &upstream.host)
            else {
                continue;
            };
            let Some(port) = upstream.port else { continue };
            let Some(ports) =
                all[target].certain().filter(|p| !p.iter().any(|l| l.port == Some(port)))
            else {
                continue;
            };
            let (proxy, service) = (stack.container(nginx.container), stack.container(target));
            let at = listed(ports);
            let finding = Finding::new(
                &meta::PROXY_OR_PUBLISHED_PORT_MISMATCH,
                prose!("502 Bad Gateway: {} passes requests to port {} of {}, which listens on {}: connect() failed (111: Connection refused) while connecting to upstream", proxy, port, service, at),
            )
            .label(upstream.span, prose!("port {}", port));
            // A port that follows from the protocol is not written.
            let written = changes::verbatim(&upstream.host).map(|host| {
                let start = host.end as usize + 1;
                Span::new(host.file, start, start + port.to_string().len())
            });
            let cure = written.filter(|at| at.end <= upstream.span.end).map(|at| {
                Cure::new(prose!("pass them to the port that {} listens on", service))
                    .change(Change::Replace { at, with: prose!("{}", first(ports)) })
            });
            sink.report(listeners(finding, ports).cure_if(cure).help(prose!(
                "pass them to the port {} listens on:\n    {}:{}",
                service,
                upstream.host,
                first(ports)
            )));
        }
    }
    for service in &stack.roles.django {
        for used in service.databases() {
            let (Some(host), Some(port)) = (&used.host, &used.port) else { continue };
            let number = port.as_str().map_or_else(|| number(port), |t| t.trim().parse().ok());
            let (Some(name), Some(number)) = (host.as_str(), number) else { continue };
            let Resolved::Service(target) = stack.network().resolve(service.container, name) else {
                continue;
            };
            let Some(ports) =
                all[target].certain().filter(|p| !p.iter().any(|l| l.port == Some(number)))
            else {
                continue;
            };
            // The host's port of that service is another rule's.
            let outside = number.to_string();
            if stack
                .container(target)
                .service
                .ports
                .iter()
                .any(|p| p.published.as_deref() == Some(outside.as_str()))
            {
                continue;
            }
            let me = stack.container(service.container);
            let written = stack.environment().written(service, port);
            let finding = Finding::new(
                &meta::PROXY_OR_PUBLISHED_PORT_MISMATCH,
                prose!("{} does not reach its database: {} listens on {}, not on {}: Connection refused", me, Quote::name(host), listed(ports), number),
            )
            .label(written.span, prose!("port {} of {}", number, Quote::name(host)));
            sink.report(
                listeners(finding, ports)
                    .cure_if(
                        changes::write_text(
                            stack,
                            service,
                            port,
                            prose!("{}", first(ports)),
                            "DB_PORT",
                        )
                        .map(|all| Cure::new("use the port inside the stack").changes(all)),
                    )
                    .help(prose!("inside the stack the port is\n    {}", first(ports))),
            );
        }
    }
}

fn number(value: &crate::model::django::Value) -> Option<u16> {
    match value.kind {
        crate::model::django::ValueKind::Int(n) => u16::try_from(n).ok(),
        _ => None,
    }
}

/// Ports that labels tell Traefik to ask at.
fn labelled(stack: &Stack<'_>, index: usize, ports: &[Listener], sink: &mut Sink) {
    let container = stack.container(index);
    for (port, span) in stack
        .proxy()
        .traefik_ports(index)
        .into_iter()
        .filter(|(p, _)| !ports.iter().any(|l| l.port == Some(*p)))
    {
        let finding = Finding::new(
            &meta::PROXY_OR_PUBLISHED_PORT_MISMATCH,
            prose!(
                "502 Bad Gateway: Traefik passes requests to port {} of {}, which listens on {}",
                port,
                container,
                listed(ports)
            ),
        )
        .label(span, prose!("port {}", port));
        sink.report(listeners(finding, ports).help(prose!(
            "name the port {} listens on:\n    loadbalancer.server.port={}",
            container,
            first(ports)
        )));
    }
}

/// Ports of the host that lead nowhere.
fn published(
    stack: &Stack<'_>,
    index: usize,
    listening: &Listening,
    ports: &[Listener],
    sink: &mut Sink,
) {
    let container = stack.container(index);
    let tcp: Vec<&Port> = container
        .service
        .ports
        .iter()
        .filter(|p| p.protocol == "tcp" && p.target.is_some())
        .collect();
    if container.service.ports.len() > MAX_PORTS {
        return;
    }
    // A range is for what opens ports as it goes along.
    let range = |p: &Port| container.service.ports.iter().filter(|o| o.span == p.span).count() > 1;
    // Where debuggers listen (debugpy, remote-pdb, Celery's rdb, node), now and then.
    let debugs = |p: &Port| {
        container.built().is_some()
            && p.target.is_some_and(|t| matches!(t, 4444 | 5678..=5680 | 6899..=6999 | 9229))
    };
    // One that only its container can reach is another rule's.
    let astray = |p: &&&Port| {
        p.target.is_some_and(|t| !listening.answers(t) && !ports.iter().any(|l| l.port == Some(t)))
    };
    let lost: Vec<&Port> =
        tcp.iter().filter(astray).copied().filter(|p| !range(p) && !debugs(p)).collect();
    let all = lost.len() == tcp.len();
    // Beside the server, a debugger may listen now and then; nginx and ready-made images listen where they say.
    let fixed =
        container.built().is_none() || stack.roles.nginx.iter().any(|n| n.container == index);
    if lost.is_empty() || !all && !fixed {
        return;
    }
    for port in lost {
        let target = port.target.unwrap_or_default();
        let host = port.published.as_ref().map(|h| Quote::value(h).or_at(port.span));
        let (message, pair) = match host {
            Some(host) => (
                prose!(
                    "nothing answers at port {} of the host: it leads to port {} of {}, which listens on {} only",
                    host,
                    target,
                    container,
                    listed(ports)
                ),
                prose!("{}:{}", host, first(ports)),
            ),
            // Docker picks a free port of the host.
            None => (
                prose!(
                    "nothing answers at port {} of {}, which is published: it listens on {} only",
                    target,
                    container,
                    listed(ports)
                ),
                prose!("{}", first(ports)),
            ),
        };
        let finding = Finding::new(&meta::PROXY_OR_PUBLISHED_PORT_MISMATCH, message)
            .label(port.span, prose!("leads to port {} of the container", target));
        let help = if all {
            prose!("publish the port that is listened on:\n    ports:\n      - \"{}\"", pair)
        } else {
            prose!("remove the port, or listen on it")
        };
        let cure = all.then(|| {
            let address = port.address.as_ref().map(|a| {
                if a.contains(':') {
                    prose!("[{}]:", Quote::value(a).or_at(port.span))
                } else {
                    prose!("{}:", Quote::value(a).or_at(port.span))
                }
            });
            let text = prose!("{}{}", address.unwrap_or_default(), pair);
            Cure::new("publish the port that is listened on")
                .change(Change::YamlNode(port.span, NodeEdit::Replace(YamlValue::text(text))))
        });
        let finding = listeners(finding, ports).help(help).cure_if(cure);
        let finding = if container.environment.open.is_some() {
            finding.sure(Confidence::Medium)
        } else {
            finding
        };
        sink.report(if all { finding } else { finding.at_most(Severity::Warning) });
    }
}

fn listeners(mut finding: Finding, ports: &[Listener]) -> Finding {
    for listener in ports.iter().take(MAX_LISTENERS) {
        let port = listener.port.unwrap_or_default();
        let usual = if listener.default {
            prose!(
                "{} listens on {} unless it is told otherwise",
                Quote::code(&listener.program),
                port
            )
        } else {
            prose!("listens on {}", port)
        };
        finding = finding.label(listener.span, usual);
    }
    finding
}

fn listed(ports: &[Listener]) -> Prose {
    let mut all: Vec<u16> = ports.iter().filter_map(|l| l.port).collect();
    all.sort_unstable();
    all.dedup();
    Prose::join(all, " and ")
}

fn first(ports: &[Listener]) -> u16 {
    ports.iter().find_map(|l| l.port).unwrap_or_default()
}
