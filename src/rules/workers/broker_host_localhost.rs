//! Celery, a cache or a channel layer looks for its server inside its own container.

use crate::finding::{Confidence, Finding, Prose, Quote, Severity, prose};
use crate::model::container::Container;
use crate::model::roles::broker::BrokerKind;
use crate::model::roles::django::DjangoService;
use crate::model::stack::Stack;
use crate::model::stack::network::Resolved;
use crate::rules::{Check, Rule, Sink, changes, meta};

pub(super) static RULE: Rule =
    Rule { meta: &meta::BROKER_HOST_LOCALHOST, check: Check::Django(check) };

fn check(service: &DjangoService, stack: &Stack<'_>, sink: &mut Sink) {
    let me = stack.container(service.container);
    if me.service.text("network_mode").is_some_and(|m| m.as_str() != "bridge") {
        return;
    }
    if stack.django().only_manages(service) {
        return;
    }
    for used in service.brokers() {
        if stack.network().resolve(service.container, &used.host) != Resolved::Itself
            || used.of_celery && !stack.workers().runs_celery()
        {
            continue;
        }
        let servers: Vec<usize> = stack
            .datastores()
            .brokers(used.kind)
            .into_iter()
            .filter(|s| *s != service.container)
            .collect();
        let Some(server) = servers.first().map(|s| stack.container(*s)) else { continue };
        // A process of the container itself may be the server.
        if me.process.unknown.is_some()
            && used.value.reads.is_empty()
            && me.process.steps.is_empty()
        {
            continue;
        }
        let host = Quote::name(&used.host).or_at(used.value.span);
        let port = used.port.unwrap_or(used.kind.port());
        let what = match used.kind {
            BrokerKind::Redis => {
                prose!("Error 111 connecting to {}:{}. Connection refused.", host, port)
            }
            BrokerKind::Rabbitmq => prose!(
                "Cannot connect to amqp://…@{}:{}//: [Errno 111] Connection refused.",
                host,
                port
            ),
            BrokerKind::Memcached => {
                prose!("{}:{}: Connection refused", host, port)
            }
        };
        let written = stack.environment().written(service, &used.value);
        let message = prose!("{} looks for {} in its own container: {}", me, used.kind, what);
        let variable = stack.environment().broker_variable(&used, server.name());
        let help = match variable {
            Some(variable) => prose!(
                "give it the service's name, under {}:\n    environment:\n      {}: {}",
                me,
                Quote::name(&variable.name),
                Quote::value(&variable.value).or_at(used.value.span)
            ),
            None if used.value.reads.is_empty() => prose!(
                "read it from the environment, with the service's name:\n    {} = os.environ.get('{}', '{}')",
                Quote::name(&used.setting),
                Quote::name(&used.setting),
                url(used.kind, server)
            ),
            None => prose!(
                "set the variables that {} is put together from, so that its host is {}",
                Quote::name(&used.setting),
                server
            ),
        };
        let finding = Finding::new(&meta::BROKER_HOST_LOCALHOST, message)
            .label(written.span, prose!("inside {}, this is the container itself", me))
            .label(server.name_span(), prose!("{} is here, reached by its name", used.kind))
            .help(help)
            .cure_if(changes::name_broker(stack, service, &used, server));
        // A cache that is not there is an error at each use; Celery's own result back end only where results are asked for.
        let finding = if used.setting == "CELERY_RESULT_BACKEND" {
            finding.at_most(Severity::Warning)
        } else {
            finding
        };
        sink.report(if servers.len() > 1 { finding.sure(Confidence::Medium) } else { finding });
    }
}

fn url(kind: BrokerKind, host: &Container<'_>) -> Prose {
    match kind {
        BrokerKind::Redis => prose!("redis://{}:6379/0", host),
        BrokerKind::Rabbitmq => prose!("amqp://{}:5672//", host),
        BrokerKind::Memcached => prose!("{}:11211", host),
    }
}
