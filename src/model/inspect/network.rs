//! Where a service listens, and through what requests reach it.

use crate::finding::{Fact, Own, Prose, Quote, prose};
use crate::model::stack::Stack;
use crate::model::stack::network::{BindScope, ReferenceKind, Resolved};
use crate::source::Span;

/// A service that connects to another one.
pub(super) struct Caller {
    pub(super) from: usize,
    pub(super) to: usize,
    host: String,
    /// What names the host: a setting, a variable, or the kind of reference.
    pub(super) by: Prose,
    pub(super) at: Span,
}

/// Every service that connects to another one of the stack, as far as it names its host.
pub(super) fn callers(stack: &Stack<'_>) -> Vec<Caller> {
    let mut all = Vec::new();
    for from in 0..stack.containers.len() {
        for reference in stack.network().referenced_hosts(from) {
            // `depends_on` orders starts and connects nothing.
            if reference.kind == ReferenceKind::Order {
                continue;
            }
            if let Resolved::Service(to) = stack.network().resolve(from, &reference.host) {
                let by = match &reference.by {
                    Some(name) => prose!("{}", Quote::name(name)),
                    None => kind_name(reference.kind).into(),
                };
                all.push(Caller { from, to, host: reference.host, by, at: reference.span });
            }
        }
    }
    all
}

fn kind_name(kind: ReferenceKind) -> &'static str {
    match kind {
        ReferenceKind::Proxy => "proxy_pass",
        ReferenceKind::Database => "DATABASES",
        ReferenceKind::Setting => "a setting",
        ReferenceKind::Wait => "its start waits for it",
        ReferenceKind::Variable => "a variable",
        ReferenceKind::Order => "depends_on",
    }
}

/// The ports that a service listens on.
pub(super) fn listens(stack: &Stack<'_>, index: usize) -> Vec<Fact> {
    let listening = stack.network().listening(index);
    let port = |l: &crate::model::stack::network::Listener| {
        let scope = match l.scope {
            BindScope::Everyone => "for other containers and the host",
            BindScope::Loopback => "for this container only",
            BindScope::Unknown => "at an address that is not known",
        };
        let subject = match l.port {
            Some(port) => prose!("port {}", port),
            None => "port not known".into(),
        };
        let note = Own(if l.default { ", by default" } else { "" });
        let words = prose!("{}, {}{}", Quote::name(&l.program), Own(scope), note);
        Fact::words(subject, words, l.span)
    };
    let mut all: Vec<Fact> = listening.ports.iter().map(port).collect();
    all.extend(listening.unknown.clone().map(|why| Fact::unknown("more ports", why)));
    all
}

/// The host's ports and the services through which requests come.
pub(super) fn reached_by(stack: &Stack<'_>, index: usize, callers: &[Caller]) -> Vec<Fact> {
    let published = stack.network().host_ports(index).into_iter().map(|p| {
        let address = p.display(p.first);
        let words = match p.target {
            Some(target) => prose!("{} to port {}", address, target),
            None => prose!("{}", address),
        };
        Fact::words(prose!("host port {}", p.first), words, p.span)
    });
    let mut all: Vec<Fact> = published.collect();
    for caller in callers.iter().filter(|c| c.to == index) {
        let name = stack.container(caller.from).name();
        if !all.iter().any(|f| f.subject == *name && f.at == Some(caller.at)) {
            let words = prose!("as `{}`, by {}", Quote::name(&caller.host), caller.by);
            all.push(Fact::words(prose!("{}", Quote::name(name)), words, caller.at));
        }
    }
    all
}
