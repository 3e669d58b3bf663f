//! Airflow looks for its database or broker where it is not, or logs in with what is not known there.

use crate::finding::{Confidence, Finding, Severity};
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
    what: &str,
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
    let new = |message: String, label: String| {
        Finding::new(&meta::AIRFLOW_CONNECTION_WRONG, message).label(span, label)
    };
    let index = match stack.network().resolve(airflow.container, &url.host) {
        Resolved::Itself => {
            let Some(server) = servers.first().map(|s| stack.container(*s)) else { return };
            let message = format!(
                "{} looks for {what} in its own container: connection to {}:{port} refused",
                me.name(),
                url.host
            );
            return sink.report(
                new(message, format!("inside {}, this is the container itself", me.name()))
                    .label(server.name_span(), "it is here, reached by its name")
                    .help(format!("use the service's name: {}", server.name())),
            );
        }
        Resolved::Nothing if stack.network().services_named(&url.host).is_empty() => {
            let message = format!(
                "no service is called `{}`: could not translate host name \"{}\" to address",
                url.host, url.host
            );
            let finding = new(message, format!("{} looks for {what} under this name", me.name()));
            return sink.report(match servers.first().map(|s| stack.container(*s)) {
                Some(server) => finding
                    .label(server.name_span(), format!("the service is called {}", server.name()))
                    .help(format!("use the service's name: {}", server.name())),
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
        let user = url.user.text().unwrap_or("");
        let wrong = [
            (
                url.port.is_some_and(|p| p != 5432),
                "port",
                format!("connection to port {port} refused"),
                None,
            ),
            (
                part(&database.user).differs(&url.user, ""),
                "user",
                format!("password authentication failed for user \"{user}\""),
                Some("POSTGRES_USER"),
            ),
            (
                part(&database.password).differs(&url.password, ""),
                "password",
                format!("password authentication failed for user \"{user}\""),
                Some("POSTGRES_PASSWORD"),
            ),
            (
                part(&database.name).differs(&url.path, ""),
                "database",
                format!("database \"{}\" does not exist", url.path.text().unwrap_or("")),
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
            new(format!("{} and {} disagree on the {which}: {answer}", me.name(), server.name()), format!("the {which} Airflow asks for"))
                .label(theirs, format!("the {which} {} has", server.name()))
                .help("let both read the same variables from `.env`; a volume that was filled before keeps the old values until `docker compose down -v`"),
        );
    }
    let Some(access) = stack.datastores().broker_access(index).filter(|a| Some(a.kind) == kind)
    else {
        return;
    };
    let Some(clash) = access.clash(&url) else { return };
    let answer = match (clash, access.kind) {
        (Clash::Port(_), _) => format!("connection to {}:{port} refused", url.host),
        (Clash::NoPassword, _) => "NOAUTH Authentication required.".to_owned(),
        (Clash::Vhost, _) => "NOT_ALLOWED - vhost not found".to_owned(),
        (_, BrokerKind::Redis) => {
            "WRONGPASS invalid username-password pair or user is disabled.".to_owned()
        }
        _ => "(403) ACCESS_REFUSED - Login was refused using authentication mechanism PLAIN"
            .to_owned(),
    };
    let help = match clash {
        Clash::Port(ours) => format!("between services the port is the container's: {ours}"),
        _ => "let both read the same variable from `.env`".to_owned(),
    };
    sink.report(
        new(
            format!("{} cannot use {what}: {answer}", me.name()),
            format!("how {} connects", me.name()),
        )
        .label(
            access.given.unwrap_or_else(|| server.name_span()),
            format!("what {} asks for", server.name()),
        )
        .help(help),
    );
}
