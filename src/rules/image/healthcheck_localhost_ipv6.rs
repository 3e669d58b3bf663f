//! A health check that reaches `localhost` by IPv6, where the server listens by IPv4 only.

use crate::finding::{Change, Cure, Finding, prose};
use crate::model::stack::Stack;
use crate::rules::{Check, Rule, Sink, meta};

pub(super) static RULE: Rule =
    Rule { meta: &meta::HEALTHCHECK_LOCALHOST_IPV6, check: Check::Stack(check) };

fn check(stack: &Stack<'_>, sink: &mut Sink) {
    for (index, container) in stack.containers.iter().enumerate() {
        let Some(wrong) = stack.network().wrong_family(index) else { continue };
        let finding = Finding::new(
            &meta::HEALTHCHECK_LOCALHOST_IPV6,
            prose!(
                "{} stays unhealthy: wget: can't connect to remote host: Connection refused ([::1]:{})",
                container,
                wrong.port
            ),
        )
        .label(wrong.request, "is ::1 first in an image of Alpine, and wget tries no other address")
        .label(wrong.listens, "listens by IPv4 only")
        .label(wrong.image.span(), "has the wget of BusyBox")
        .help("ask the address by IPv4: 127.0.0.1 in place of localhost");
        let cure = wrong.host.map(|at| {
            Cure::new("ask 127.0.0.1 in place of localhost")
                .change(Change::Bytes { at, with: "127.0.0.1".into() })
        });
        sink.report(finding.cure_if(cure));
    }
}
