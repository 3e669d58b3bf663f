//! nginx passes requests on to a name nobody has.

use crate::finding::{Change, Confidence, Cure, Finding, Quote, prose};
use crate::model::stack::Stack;
use crate::model::stack::network::Resolved;
use crate::rules::{Check, Rule, Sink, changes, meta};

pub(super) static RULE: Rule =
    Rule { meta: &meta::NGINX_UPSTREAM_UNKNOWN_HOST, check: Check::Stack(check) };

fn check(stack: &Stack<'_>, sink: &mut Sink) {
    for nginx in stack.roles.nginx.iter().filter(|n| n.misplaced.is_none()) {
        let me = stack.container(nginx.container);
        let mut told: Vec<&str> = Vec::new();
        for upstream in nginx.upstreams.iter() {
            let name = upstream.host.as_str();
            // A service that is on other networks only is a matter of networks, not of the name.
            if told.contains(&name)
                || stack.network().resolve(nginx.container, name) != Resolved::Nothing
                || !stack.network().services_named(name).is_empty()
            {
                continue;
            }
            told.push(name);
            // The name may be that of an `upstream` in a file that was not read, or of a service of another file.
            let sure = match (
                nginx.unknown.as_ref().or(nginx.more_listens.as_ref()),
                stack.repository().find_supply("services", name, false),
            ) {
                (None, None) if !stack.repository().is_example() => Confidence::High,
                _ => Confidence::Low,
            };
            let candidate = candidate(stack, nginx.container, name, upstream.port);
            let mut finding = Finding::new(
                &meta::NGINX_UPSTREAM_UNKNOWN_HOST,
                prose!(
                    "{} does not start: host not found in upstream \"{}\"",
                    me,
                    Quote::name(&upstream.host)
                ),
            )
            .label(upstream.host.span(), "no service is called this")
            .sure(sure);
            finding = match candidate {
                Some(index) => {
                    let container = stack.container(index);
                    finding
                        .label(container.name_span(), "the service is called this")
                        .cure_if(changes::verbatim(&upstream.host).map(|at| {
                            Cure::new(prose!("name the service {}", container))
                                .change(Change::Replace { at, with: prose!("{}", container) })
                        }))
                        .help(prose!("use the service's name:\n    {}", container))
                }
                None => finding
                    .label(me.name_span(), "looks the name up when it starts")
                    .help("name a service of this stack, or remove the location"),
            };
            sink.report(finding);
        }
    }
}

/// The service that is meant: the one with a similar name, else the only one that listens on the port.
fn candidate(stack: &Stack<'_>, from: usize, name: &str, port: Option<u16>) -> Option<usize> {
    let others = || (0..stack.containers.len()).filter(move |i| *i != from);
    let close = others()
        .filter(|i| strsim::jaro_winkler(stack.container(*i).name(), name) > 0.87)
        .max_by(|a, b| {
            let score = |i: &usize| strsim::jaro_winkler(stack.container(*i).name(), name);
            score(a).total_cmp(&score(b))
        });
    close.or_else(|| {
        let mut serving =
            others().filter(|i| stack.network().listening(*i).ports.iter().any(|l| l.port == port));
        serving.next().filter(|_| serving.next().is_none())
    })
}
