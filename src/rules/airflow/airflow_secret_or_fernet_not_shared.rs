//! Components of Airflow that do not have the same keys.

use crate::finding::{Confidence, Finding, Own, Quote, Severity, prose};
use crate::model::endpoint::UrlPart;
use crate::model::roles::airflow::Airflow;
use crate::model::stack::Stack;
use crate::model::stack::airflow::OptionValue;
use crate::rules::{Check, Rule, Sink, meta};

pub(super) static RULE: Rule =
    Rule { meta: &meta::AIRFLOW_SECRET_OR_FERNET_NOT_SHARED, check: Check::Stack(check) };

fn check(stack: &Stack<'_>, sink: &mut Sink) {
    let all = &stack.roles.airflow;
    if all.iter().any(|a| a.unsure) {
        return;
    }
    fernet(stack, all, sink);
    let Some(server) = all.iter().find(|a| a.serves().is_some()) else { return };
    // Workers run the tasks and keep their logs, else the scheduler does.
    let works = |a: &&Airflow| a.runs(&["celery worker"]).is_some();
    let Some(other) =
        all.iter().find(works).or_else(|| all.iter().find(|a| a.runs(&["scheduler"]).is_some()))
    else {
        return;
    };
    if other.container == server.container || server.is_at_least("2.0") == Some(false) {
        return;
    }
    let logs_apart = || {
        let plain = |a: &Airflow, key| {
            matches!(stack.airflow().option(a, "logging", key), OptionValue::Unset)
        };
        stack.airflow().are_apart(server, other, "logs")
            && [server, other]
                .iter()
                .all(|a| plain(a, "base_log_folder") && plain(a, "remote_logging"))
    };
    match server.is_at_least("3.0") {
        Some(true) => {
            if let Some(finding) = apart(stack, server, other, ("api_auth", "jwt_secret")) {
                let message = "every task fails: Invalid auth token: Signature verification failed";
                sink.report(finding(message, "signs what it gives to tasks", "checks it"));
            } else if logs_apart()
                && let Some(finding) = apart(stack, server, other, ("api", "secret_key"))
            {
                let message = "task logs cannot be read: 403 Client Error: FORBIDDEN for url: http://…:8793/log/…";
                sink.report(
                    finding(message, "keeps the logs of tasks", "asks for them")
                        .at_most(Severity::Warning),
                );
            }
        }
        Some(false) if logs_apart() => {
            if let Some(finding) = apart(stack, server, other, ("webserver", "secret_key")) {
                let message = "task logs cannot be read: 403 Client Error: FORBIDDEN for url: http://…:8793/log/…";
                sink.report(
                    finding(message, "keeps the logs of tasks", "asks for them")
                        .at_most(Severity::Warning),
                );
            }
        }
        _ => {}
    }
}

type Make<'a> = Box<dyn Fn(&'static str, &'static str, &'static str) -> Finding + 'a>;

/// What is to be said where two components surely have a different key: each makes its own where none is set.
fn apart<'a>(
    stack: &'a Stack<'_>,
    server: &'a Airflow,
    other: &'a Airflow,
    (section, key): (&'a str, &'a str),
) -> Option<Make<'a>> {
    let (here, there) =
        (stack.airflow().option(server, section, key), stack.airflow().option(other, section, key));
    let differ = match (&here, &there) {
        (OptionValue::Unset, OptionValue::Unset | OptionValue::Is(..))
        | (OptionValue::Is(..), OptionValue::Unset) => true,
        (OptionValue::Is(..), OptionValue::Is(..)) => here.part().differs(&there.part(), ""),
        _ => false,
    };
    if !differ {
        return None;
    }
    let name = prose!(
        "AIRFLOW__{}__{}",
        Quote::name(&section.to_uppercase()),
        Quote::name(&key.to_uppercase())
    );
    let place = move |a: &Airflow, setting: &OptionValue| match setting {
        OptionValue::Is(_, span) => *span,
        _ => a.runs.first().map_or(stack.container(a.container).name_span(), |r| r.span),
    };
    Some(Box::new(move |message, theirs, ours| {
        let has = |setting: &OptionValue| {
            if matches!(setting, OptionValue::Unset) {
                "makes a random key of its own"
            } else {
                "has another key"
            }
        };
        let (s, o) = (stack.container(server.container), stack.container(other.container));
        Finding::new(&meta::AIRFLOW_SECRET_OR_FERNET_NOT_SHARED, message)
            .label(place(other, &there), prose!("{} {}, and {}", o, Own(theirs), Own(has(&there))))
            .label(place(server, &here), prose!("{} {}, and {}", s, Own(ours), Own(has(&here))))
            .help(prose!("give every component the same one, from `.env`:\n    environment:\n      {}: ${{}:?}", name, name))
    }))
}

/// Keys that encrypt connections: different ones, and one that is none.
fn fernet(stack: &Stack<'_>, all: &[Airflow], sink: &mut Sink) {
    let keys: Vec<(&Airflow, OptionValue)> = all
        .iter()
        .filter(|a| !a.runs.is_empty())
        .map(|a| (a, stack.airflow().option(a, "core", "fernet_key")))
        .collect();
    let help = "one key for every component, from `.env`:\n    AIRFLOW__CORE__FERNET_KEY: ${FERNET_KEY:?}\nmade by\n    python -c \"from cryptography.fernet import Fernet; print(Fernet.generate_key().decode())\"";
    for (_, setting) in &keys {
        if let OptionValue::Is(_, span) = setting
            && let UrlPart::Is(key) = setting.part()
            && !key.split(',').all(|k| is_fernet(k.trim()))
        {
            let message = "no connection or variable can be saved: Could not create Fernet object: Fernet key must be 32 url-safe base64-encoded bytes.";
            let finding = Finding::new(&meta::AIRFLOW_SECRET_OR_FERNET_NOT_SHARED, message)
                .label(*span, "this is no Fernet key")
                .help(help);
            return sink.report(finding.at_most(Severity::Warning));
        }
    }
    let given = |s: &OptionValue| matches!(s, OptionValue::Is(..));
    let Some((first, one)) = keys.iter().find(|(_, s)| given(s)) else { return };
    let Some((second, two)) =
        keys.iter().find(|(_, s)| given(s) && one.part().differs(&s.part(), ""))
    else {
        return;
    };
    let (OptionValue::Is(_, here), OptionValue::Is(_, there)) = (one, two) else { return };
    let (a, b) = (stack.container(first.container), stack.container(second.container));
    let message = prose!(
        "{} cannot read the connections that {} saves: cryptography.fernet.InvalidToken",
        b,
        a
    );
    let finding = Finding::new(&meta::AIRFLOW_SECRET_OR_FERNET_NOT_SHARED, message)
        .label(*there, prose!("the key of {}", b))
        .label(*here, prose!("another one: that of {}", a))
        .help(help);
    sink.report(finding.at_most(Severity::Warning).sure(Confidence::High));
}

/// 32 bytes in URL-safe Base64.
fn is_fernet(key: &str) -> bool {
    key.len() == 44
        && key.ends_with('=')
        && !key.ends_with("==")
        && key[..43]
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'+' | b'/'))
}
