//! Celery, a cache or a channel layer looks for its server under a name nobody has.

use crate::finding::{Confidence, Finding, Quote, Severity, prose};
use crate::model::roles::django::DjangoService;
use crate::model::stack::Stack;
use crate::model::stack::network::NotFound;
use crate::rules::{Check, Rule, Sink, changes, hosts, meta};

pub(super) static RULE: Rule =
    Rule { meta: &meta::BROKER_HOST_UNKNOWN_SERVICE, check: Check::Django(check) };

fn check(service: &DjangoService, stack: &Stack<'_>, sink: &mut Sink) {
    let me = stack.container(service.container);
    for used in service.brokers() {
        let Some(why) = stack
            .network()
            .not_found(service.container, &used.host)
            .filter(|_| !used.of_celery || stack.workers().runs_celery())
        else {
            continue;
        };
        let host = Quote::name(&used.host).or_at(used.value.span);
        let written = stack.environment().written(service, &used.value);
        if why != NotFound::NoService {
            let port = used.port.unwrap_or(used.kind.port());
            let answer =
                prose!("Error -2 connecting to {}:{}. Name or service not known.", host, port);
            let found =
                Finding::new(&meta::BROKER_HOST_UNKNOWN_SERVICE, hosts::message(why, me, answer))
                    .label(
                        written.span,
                        prose!("{} of {} asks for this name", Quote::name(&used.setting), me),
                    );
            sink.report(hosts::finish(why, stack, me, found, host));
            continue;
        }
        let message = prose!(
            "no service is called `{}`: Error -2 connecting to {}:{}. Name or service not known.",
            host,
            host,
            used.port.unwrap_or(used.kind.port())
        );
        let finding = Finding::new(&meta::BROKER_HOST_UNKNOWN_SERVICE, message).label(
            written.span,
            prose!("{} of {} asks for this name", Quote::name(&used.setting), me),
        );
        let servers = stack.datastores().brokers(used.kind);
        sink.report(match servers.as_slice() {
            [one, ..] => {
                let server = stack.container(*one);
                finding
                    .label(
                        server.name_span(),
                        prose!("the service with {} is called {}", used.kind, server),
                    )
                    .help(prose!("use the service's name: {}", server))
                    .cure_if(changes::name_broker(stack, service, &used, server))
            }
            // Without such a server in the stack, the name may belong to another project on the same network.
            [] => finding
                .label(me.name_span(), prose!("no service of this stack is {}", used.kind))
                .help("add the service, or name the host that has it")
                .at_most(Severity::Warning)
                .sure(Confidence::Medium),
        });
    }
}
