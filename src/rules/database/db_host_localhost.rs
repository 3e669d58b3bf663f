//! Django looks for the database inside its own container.

use crate::finding::{Finding, Own, Prose, Quote, prose};
use crate::model::django::Value;
use crate::model::roles::database::Engine;
use crate::model::roles::django::DjangoService;
use crate::model::stack::Stack;
use crate::model::stack::network::Resolved;
use crate::rules::{Check, Rule, Sink, changes, meta};

pub(super) static RULE: Rule = Rule { meta: &meta::DB_HOST_LOCALHOST, check: Check::Django(check) };

fn check(service: &DjangoService, stack: &Stack<'_>, sink: &mut Sink) {
    let me = stack.container(service.container);
    for used in service.databases() {
        let Some(engine) = used.kind.filter(|k| *k != Engine::Sqlite) else { continue };
        let Some(database) = stack
            .roles
            .sql_databases()
            .find(|d| d.engine == engine && d.container != service.container)
        else {
            continue;
        };
        if me.service.host_network()
            || me.service.text("network_mode").is_some_and(|m| m.starts_with("service:"))
        {
            continue;
        }
        let host = match &used.host {
            Some(host) => match host.as_str() {
                Some(text)
                    if text.is_empty()
                        || stack.network().resolve(service.container, text) == Resolved::Itself =>
                {
                    Some(host)
                }
                _ => continue,
            },
            None => None,
        };
        let db = stack.container(database.container);
        let (client, port) = match engine {
            Engine::Postgres => ("connection to server", 5432),
            _ => ("Can't connect to MySQL server", 3306),
        };
        let (place, message) = match host {
            Some(value) if value.as_str() != Some("") => (
                stack.environment().written(service, value).span,
                prose!(
                    "{} looks for its database in its own container: {} at \"{}\", port {} failed: Connection refused",
                    me,
                    Own(client),
                    Quote::name(value),
                    port
                ),
            ),
            Some(value) => (
                stack.environment().written(service, value).span,
                prose!(
                    "{} looks for its database at a socket in its own container: the host is empty",
                    me
                ),
            ),
            None => (
                used.span,
                prose!(
                    "{} looks for its database at a socket in its own container: HOST is not set",
                    me
                ),
            ),
        };
        let names = host.map(reads).unwrap_or_default();
        let url = host.and_then(|host| stack.environment().url_with_host(host, db.name()));
        let help = match names.as_slice() {
            [name, ..] if url.is_some() => prose!(
                "give it the service's name:\n    environment:\n      {}: {}",
                Quote::name(name),
                Prose::value_or(url.as_ref().map(|(url, at)| Quote::value(url).or_at(*at)), "")
            ),
            [name, ..] => prose!(
                "give it the service's name:\n    environment:\n      {}: {}",
                Quote::name(name),
                db
            ),
            [] => prose!(
                "read the host from the environment, with the service's name as its value:\n    'HOST': os.environ.get('DB_HOST', '{}'),",
                db
            ),
        };
        sink.report(
            Finding::new(&meta::DB_HOST_LOCALHOST, message)
                .label(place, prose!("inside {}, this is the container itself", me))
                .label(db.name_span(), prose!("{} is here, reached by its name", engine))
                .help(help)
                .cure_if(host.and_then(|h| changes::name_host(stack, service, h, db, "DB_HOST"))),
        );
    }
}

fn reads(value: &Value) -> Vec<String> {
    value.reads.iter().map(|r| r.name.clone()).collect()
}
