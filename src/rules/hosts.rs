//! What is said of a host that is there, and whose name is not known where it is asked for.

use crate::finding::{Confidence, Finding, Prose, Quote, Severity, prose};
use crate::model::container::Container;
use crate::model::stack::Stack;
use crate::model::stack::network::NotFound;

/// What happens, with what the client answers.
pub(super) fn message(why: NotFound, me: &Container<'_>, answer: Prose) -> Prose {
    match why {
        NotFound::NoGateway => prose!("on Linux {} does not find the host: {}", me, answer),
        _ => prose!("{} is on the host's network, which knows no services: {}", me, answer),
    }
}

/// The finding with its evidence and what to do.
pub(super) fn finish(
    why: NotFound,
    stack: &Stack<'_>,
    me: &Container<'_>,
    finding: Finding,
    host: Quote,
) -> Finding {
    match why {
        NotFound::NoGateway => finding
            .label(me.name_span(), "has no extra_hosts for it")
            .help(prose!(
                "name it under {}; Docker Desktop has it anyway:\n    extra_hosts:\n      - \"{}:host-gateway\"",
                me,
                host
            ))
            .at_most(Severity::Warning)
            .sure(Confidence::Medium),
        _ => {
            let mode = me.service.text("network_mode").map(|t| t.span());
            let server = stack.named(&host.text).map(|index| stack.container(index).name_span());
            finding
                .label_if(mode, "names of services are not known here")
                .label_if(server, "the service that is meant")
                .help(prose!(
                    "take `network_mode: host` out of {}, or publish the port of {} and connect to localhost",
                    me,
                    host
                ))
        }
    }
}
