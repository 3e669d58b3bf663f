//! A service is asked for at the port that it has on the host.

use crate::finding::{Change, Confidence, Cure, Finding, prose};
use crate::model::roles::django::DjangoService;
use crate::model::stack::Stack;
use crate::rules::{Check, Rule, Sink, meta};

pub(super) static RULE: Rule =
    Rule { meta: &meta::INNER_HOST_PORT_USED, check: Check::Django(check) };

fn check(service: &DjangoService, stack: &Stack<'_>, sink: &mut Sink) {
    let me = stack.container(service.container);
    for wrong in stack.network().wrong_ports(service) {
        let target = stack.container(wrong.target);
        let finding = Finding::new(
            &meta::INNER_HOST_PORT_USED,
            prose!(
                "{} does not reach {}: nothing listens on {}:{}, Connection refused",
                me,
                target,
                target,
                wrong.port
            ),
        )
        .label(
            wrong.span,
            prose!(
                "{} is the port on the host; between services it is {}",
                wrong.port,
                wrong.listens
            ),
        )
        .label(
            wrong.published,
            prose!("publishes {} of the container as {} of the host", wrong.listens, wrong.port),
        )
        .help(prose!("ask {} for its own port:\n    {}:{}", target, target, wrong.listens))
        .cure(
            Cure::new(prose!("connect to {} at its own port", target))
                .change(Change::Replace { at: wrong.span, with: prose!("{}", wrong.listens) }),
        );
        // A file that is not here may tell the server another port.
        sink.report(if target.environment.open.is_some() {
            finding.sure(Confidence::Medium)
        } else {
            finding
        });
    }
}
