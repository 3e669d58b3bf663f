//! Settings and a server of messages or caches were told different passwords, users or ports.

use crate::finding::{Finding, Own, Quote, Severity, prose};
use crate::model::roles::broker::BrokerKind;
use crate::model::roles::django::DjangoService;
use crate::model::stack::Stack;
use crate::model::stack::datastores::Clash;
use crate::model::stack::network::Resolved;
use crate::rules::{Check, Rule, Sink, meta};

pub(super) static RULE: Rule =
    Rule { meta: &meta::BROKER_CREDENTIALS_MISMATCH, check: Check::Django(check) };

fn check(service: &DjangoService, stack: &Stack<'_>, sink: &mut Sink) {
    let me = stack.container(service.container);
    for used in service.brokers() {
        if used.of_celery && !stack.workers().runs_celery() {
            continue;
        }
        let Resolved::Service(index) = stack.network().resolve(service.container, &used.host)
        else {
            continue;
        };
        let Some(access) = stack.datastores().broker_access(index).filter(|a| a.kind == used.kind)
        else {
            continue;
        };
        let Some(clash) = access.clash(&used.login) else { continue };
        // A port of the host is another rule's matter.
        if matches!(clash, Clash::Port(_))
            && stack.network().wrong_ports(service).iter().any(|w| w.target == index)
        {
            continue;
        }
        let server = stack.container(index);
        let port = used.port.unwrap_or(used.kind.port());
        let (answer, asks, has) = match (clash, used.kind) {
            (Clash::Port(_), _) => (
                prose!(
                    "Error 111 connecting to {}:{}. Connection refused.",
                    Quote::name(&used.host).or_at(used.value.span),
                    port
                ),
                prose!("asks at this port"),
                prose!("listens at another"),
            ),
            (Clash::NoPassword, _) => (
                prose!("NOAUTH Authentication required."),
                prose!("gives no password"),
                prose!("wants a password"),
            ),
            (Clash::Vhost, _) => (
                prose!("NOT_ALLOWED - vhost not found"),
                prose!("asks for this virtual host"),
                prose!("has another one"),
            ),
            (clash, kind) => {
                let what = if clash == Clash::User { "user" } else { "password" };
                let answer = match kind {
                    BrokerKind::Redis => {
                        "WRONGPASS invalid username-password pair or user is disabled."
                    }
                    _ => {
                        "(403) ACCESS_REFUSED - Login was refused using authentication mechanism PLAIN."
                    }
                };
                (
                    prose!("{}", Own(answer)),
                    prose!("logs in with this {}", Own(what)),
                    prose!("has another {}", Own(what)),
                )
            }
        };
        let setting = Quote::name(&used.setting);
        let help = match clash {
            Clash::Port(ours) => prose!(
                "between services the port is the container's, not the one in `ports`: {}",
                ours
            ),
            _ => match used.kind {
                BrokerKind::Rabbitmq => prose!(
                    "let both read the same variables from `.env`:\n    {}:\n      environment:\n        RABBITMQ_DEFAULT_USER: ${RABBITMQ_USER:?}\n        RABBITMQ_DEFAULT_PASS: ${RABBITMQ_PASSWORD:?}\n    {} = amqp://${RABBITMQ_USER}:${RABBITMQ_PASSWORD}@{}:5672//",
                    server,
                    setting,
                    server
                ),
                _ => prose!(
                    "let both read the same variable from `.env`:\n    redis://:${REDIS_PASSWORD:?}@{}:6379/0",
                    server
                ),
            },
        };
        let finding = Finding::new(
            &meta::BROKER_CREDENTIALS_MISMATCH,
            prose!("{} cannot use {}: {}", me, server, answer),
        )
        .label(
            stack.environment().written(service, &used.value).span,
            prose!("{} of {} {}", setting, me, asks),
        )
        .label(access.given.unwrap_or_else(|| server.name_span()), prose!("{} {}", server, has))
        .help(help);
        let back = used.setting == "CELERY_RESULT_BACKEND";
        sink.report(if back { finding.at_most(Severity::Warning) } else { finding });
    }
}
