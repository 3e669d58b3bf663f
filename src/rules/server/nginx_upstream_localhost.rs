//! nginx passes requests on to its own container.

use crate::finding::{Change, Cure, Finding, Own, prose};
use crate::model::stack::Stack;
use crate::model::stack::network::Resolved;
use crate::rules::{Check, Rule, Sink, changes, meta};

pub(super) static RULE: Rule =
    Rule { meta: &meta::NGINX_UPSTREAM_LOCALHOST, check: Check::Stack(check) };

fn check(stack: &Stack<'_>, sink: &mut Sink) {
    for nginx in stack.roles.nginx.iter().filter(|n| n.misplaced.is_none()) {
        let me = stack.container(nginx.container);
        let listening = stack.network().listening(nginx.container);
        // Everything that listens in the container must be known, nginx itself included.
        if me.service.node.get("network_mode").is_some() || listening.certain().is_none() {
            continue;
        }
        for upstream in nginx.upstreams.iter().filter(|u| !u.by.is_empty()) {
            let name = upstream.host.as_str();
            let Some(port) =
                upstream.port.filter(|p| !listening.ports.iter().any(|l| l.port == Some(*p)))
            else {
                continue;
            };
            let own = matches!(name, "localhost" | "127.0.0.1" | "0.0.0.0");
            if !own || stack.network().resolve(nginx.container, name) != Resolved::Itself {
                continue;
            }
            let others = (0..stack.containers.len()).filter(|i| *i != nginx.container);
            let meant: Vec<usize> = others
                .filter(|i| {
                    stack.network().listening(*i).ports.iter().any(|l| l.port == Some(port))
                })
                .collect();
            let mut finding = Finding::new(
                &meta::NGINX_UPSTREAM_LOCALHOST,
                prose!("502 Bad Gateway: {} passes requests to port {} of its own container, where nothing listens: connect() failed (111: Connection refused) while connecting to upstream", me, port),
            )
            .label(upstream.span, prose!("{} is the container of {}", upstream.host, me));
            finding = match meant.as_slice() {
                [one] => {
                    let other = stack.container(*one);
                    let scheme = if upstream.by == "proxy_pass" { "http://" } else { "" };
                    finding
                        .label(other.name_span(), prose!("listens on {}", port))
                        .help(prose!(
                            "name the service:\n    {} {}{}:{};",
                            Own(upstream.by),
                            Own(scheme),
                            other,
                            port
                        ))
                        .cure_if(changes::verbatim(&upstream.host).map(|at| {
                            Cure::new(prose!("name the service {}", other))
                                .change(Change::Replace { at, with: prose!("{}", other) })
                        }))
                }
                _ => finding
                    .label(me.name_span(), "runs nginx only")
                    .help("name the service that is meant in place of localhost"),
            };
            sink.report(finding);
        }
    }
}
