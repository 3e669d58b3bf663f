//! Celery, a cache or a channel layer looks for its server inside its own container.

use crate::finding::{Confidence, Finding, Severity};
use crate::model::roles::broker::BrokerKind;
use crate::model::roles::django::DjangoService;
use crate::model::stack::Stack;
use crate::model::stack::network::Resolved;
use crate::rules::{Check, Rule, Sink, meta};

pub(super) static RULE: Rule =
    Rule { meta: &meta::BROKER_HOST_LOCALHOST, check: Check::Django(check) };

fn check(service: &DjangoService, stack: &Stack<'_>, sink: &mut Sink) {
    let me = stack.container(service.container);
    if me.service.text("network_mode").is_some_and(|m| m.as_str() != "bridge") {
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
        let port = used.port.unwrap_or(used.kind.port());
        let what = match used.kind {
            BrokerKind::Redis => {
                format!("Error 111 connecting to {}:{port}. Connection refused.", used.host)
            }
            BrokerKind::Rabbitmq => format!(
                "Cannot connect to amqp://…@{}:{port}//: [Errno 111] Connection refused.",
                used.host
            ),
            BrokerKind::Memcached => format!("{}:{port}: Connection refused", used.host),
        };
        let written = stack.environment().written(service, &used.value);
        let message =
            format!("{} looks for {} in its own container: {what}", me.name(), used.kind.name());
        let help = match used.value.reads.first() {
            Some(read) => format!(
                "give it the service's name, under {}:\n    environment:\n      {}: {}",
                me.name(),
                read.name,
                url(used.kind, server.name())
            ),
            None => format!(
                "read it from the environment, with the service's name:\n    {} = os.environ.get('{}', '{}')",
                used.setting,
                used.setting,
                url(used.kind, server.name())
            ),
        };
        let finding = Finding::new(&meta::BROKER_HOST_LOCALHOST, message)
            .label(written.span, format!("inside {}, this is the container itself", me.name()))
            .label(server.name_span(), format!("{} is here, reached by its name", used.kind.name()))
            .help(help);
        // A cache that is not there is an error at each use; Celery's own result back end only where results are asked for.
        let finding = if used.setting == "CELERY_RESULT_BACKEND" {
            finding.at_most(Severity::Warning)
        } else {
            finding
        };
        sink.report(if servers.len() > 1 { finding.sure(Confidence::Medium) } else { finding });
    }
}

fn url(kind: BrokerKind, host: &str) -> String {
    match kind {
        BrokerKind::Redis => format!("redis://{host}:6379/0"),
        BrokerKind::Rabbitmq => format!("amqp://{host}:5672//"),
        BrokerKind::Memcached => format!("{host}:11211"),
    }
}
