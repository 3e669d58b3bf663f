//! Airflow looks for its database or broker where it is not, or logs in with what is not known there.

use crate::finding::{Confidence, Finding, Own, Prose, Quote, Severity, prose};
use crate::model::endpoint::{Endpoint, UrlPart};
use crate::model::roles::airflow::Airflow;
use crate::model::roles::broker::BrokerKind;
use crate::model::roles::database::Engine;
use crate::model::stack::Stack;
use crate::model::stack::airflow::OptionValue;
use crate::model::stack::datastores::Clash;
use crate::model::stack::network::Resolved;
use crate::rules::{Check, Rule, Sink, meta};
use crate::source::{Span, Text};

pub(super) static RULE: Rule =
    Rule { meta: &meta::AIRFLOW_CONNECTION_WRONG, check: Check::Stack(check) };

fn check(stack: &Stack<'_>, sink: &mut Sink) {
    for airflow in &stack.roles.airflow {
        // A service that only prints the version connects to nothing that others need.
        if airflow.runs.is_empty() {
            continue;
        }
        if let OptionValue::Is(text, span) = stack.airflow().database(airflow) {
            judge(stack, airflow, &text, span, "its metadata database", sink);
        }
        let celery = matches!(stack.airflow().option(airflow, "core", "executor"), OptionValue::Is(e, _) if e.contains("Celery"));
        for (key, what) in [("broker_url", "its broker"), ("result_backend", "its result back end")]
        {
            if let OptionValue::Is(text, span) = stack.airflow().option(airflow, "celery", key)
                && celery
            {
                judge(stack, airflow, &text, span, what, sink);
            }
        }
    }
}

fn judge(
    stack: &Stack<'_>,
    airflow: &Airflow,
    text: &Text,
    span: Span,
    what: &'static str,
    sink: &mut Sink,
) {
    let Some(url) = Endpoint::of_url(text) else { return };
    let me = stack.container(airflow.container);
    let kind = BrokerKind::of_scheme(&url.scheme);
    let engine = match url.scheme.as_str() {
        "postgresql" | "postgres" => Some(Engine::Postgres),
        "mysql" | "mariadb" => Some(Engine::Mysql),
        _ => None,
    };
    let servers: Vec<usize> = match (kind, engine) {
        (Some(kind), _) => stack.datastores().brokers(kind),
        (None, Some(engine)) => stack
            .roles
            .sql_databases()
            .filter(|d| d.engine == engine)
            .map(|d| d.container)
            .collect(),
        _ => return,
    };
    let port = url.port.unwrap_or(match (kind, engine) {
        (Some(kind), _) => kind.port(),
        (_, Some(Engine::Mysql)) => 3306,
        _ => 5432,
    });
    let host = Quote::name(&url.host).or_at(span);
    let new = |message: Prose, label: Prose| {
        Finding::new(&meta::AIRFLOW_CONNECTION_WRONG, message).label(span, label)
    };
    let index = match stack.network().resolve(airflow.container, &url.host) {
        Resolved::Itself => {
            let Some(server) = servers.first().map(|s| stack.container(*s)) else { return };
            let message = prose!(
                "{} looks for {} in its own container: connection to {}:{} refused",
                me,
                Own(what),
                host,
                port
            );
            return sink.report(
                new(message, prose!("inside {}, this is the container itself", me))
                    .label(server.name_span(), "it is here, reached by its name")
                    .help(prose!("use the service's name: {}", server)),
            );
        }
        Resolved::Nothing if stack.network().services_named(&url.host).is_empty() => {
            let message = prose!(
                "no service is called `{}`: could not translate host name \"{}\" to address",
                host,
                host
            );
            let finding = new(message, prose!("{} looks for {} under this name", me, Own(what)));
            return sink.report(match servers.first().map(|s| stack.container(*s)) {
                Some(server) => finding
                    .label(server.name_span(), prose!("the service is called {}", server))
                    .help(prose!("use the service's name: {}", server)),
                None => finding
                    .help("add the service, or name the host that has it")
                    .at_most(Severity::Warning)
                    .sure(Confidence::Medium),
            });
        }
        Resolved::Service(index) => index,
        _ => return,
    };
    let server = stack.container(index);
    if let Some(database) =
        stack.roles.sql_databases().find(|d| d.container == index && Some(d.engine) == engine)
    {
        if database.init_scripts || engine == Some(Engine::Mysql) {
            return;
        }
        let part = |text: &Option<crate::source::Text>| {
            text.as_ref().map_or(UrlPart::Unknown, UrlPart::of_text)
        };
        let user = Quote::name(url.user.text().unwrap_or("")).or_at(span);
        let wrong = [
            (
                url.port.is_some_and(|p| p != 5432),
                "port",
                prose!("connection to port {} refused", port),
                None,
            ),
            (
                part(&database.user).differs(&url.user, ""),
                "user",
                prose!("password authentication failed for user \"{}\"", user),
                Some("POSTGRES_USER"),
            ),
            (
                part(&database.password).differs(&url.password, ""),
                "password",
                prose!("password authentication failed for user \"{}\"", user),
                Some("POSTGRES_PASSWORD"),
            ),
            (
                part(&database.name).differs(&url.path, ""),
                "database",
                prose!(
                    "database \"{}\" does not exist",
                    Quote::name(url.path.text().unwrap_or("")).or_at(span)
                ),
                Some("POSTGRES_DB"),
            ),
        ];
        let moved = server.env("PGPORT").is_some() || server.service.command.is_some();
        let Some((_, which, answer, variable)) =
            wrong.iter().find(|w| w.0 && !(w.1 == "port" && moved))
        else {
            return;
        };
        // A command of the server, or a script of another service, may create more.
        let made = stack.containers.iter().any(|c| {
            c.process.steps.iter().any(|s| {
                s.words.iter().any(|w| {
                    w.as_str() == "createdb"
                        || w.to_ascii_lowercase().contains("create database")
                        || w.as_str() == "psql"
                })
            })
        });
        if made {
            return;
        }
        let theirs = variable
            .and_then(|v| server.environment.written_at(v))
            .unwrap_or_else(|| server.name_span());
        return sink.report(
            new(prose!("{} and {} disagree on the {}: {}", me, server, Own(which), answer), prose!("the {} Airflow asks for", Own(which)))
                .label(theirs, prose!("the {} {} has", Own(which), server))
                .help("let both read the same variables from `.env`; a volume that was filled before keeps the old values until `docker compose down -v`"),
        );
    }
    let Some(access) = stack.datastores().broker_access(index).filter(|a| Some(a.kind) == kind)
    else {
        return;
    };
    let Some(clash) = access.clash(&url) else { return };
    let answer = match (clash, access.kind) {
        (Clash::Port(_), _) => prose!("connection to {}:{} refused", host, port),
        (Clash::NoPassword, _) => prose!("NOAUTH Authentication required."),
        (Clash::Vhost, _) => prose!("NOT_ALLOWED - vhost not found"),
        (_, BrokerKind::Redis) => {
            prose!("WRONGPASS invalid username-password pair or user is disabled.")
        }
        _ => {
            prose!("(403) ACCESS_REFUSED - Login was refused using authentication mechanism PLAIN")
        }
    };
    let help = match clash {
        Clash::Port(ours) => prose!("between services the port is the container's: {}", ours),
        _ => prose!("let both read the same variable from `.env`"),
    };
    sink.report(
        new(prose!("{} cannot use {}: {}", me, Own(what), answer), prose!("how {} connects", me))
            .label(
                access.given.unwrap_or_else(|| server.name_span()),
                prose!("what {} asks for", server),
            )
            .help(help),
    );
}
