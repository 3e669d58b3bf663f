//! A server that only its own container can reach.

use crate::finding::{CommandEdit, Confidence, Cure, Finding, Own, Prose, Quote, prose};
use crate::model::container::Container;
use crate::model::process::ServerKind;
use crate::model::stack::Stack;
use crate::model::stack::network::{BindScope, Listener, Resolved};
use crate::rules::{Check, Rule, Sink, changes, meta};
use crate::source::{Reason, Span};

pub(super) static RULE: Rule =
    Rule { meta: &meta::BIND_127_IN_CONTAINER, check: Check::Stack(check) };

fn check(stack: &Stack<'_>, sink: &mut Sink) {
    for (index, container) in stack.containers.iter().enumerate() {
        let listening = stack.network().listening(index);
        // Another program beside it cannot listen on the same port.
        let beside = listening.unknown.as_ref();
        let is_beside = beside.is_none_or(|why| matches!(why.reason, Reason::MayListen(_)));
        let each = |l: &Listener| l.port.is_some() && l.scope == BindScope::Loopback;
        if !is_beside || !listening.ports.iter().all(each) {
            continue;
        }
        for listener in &listening.ports {
            let Some(port) = listener.port else { continue };
            let Some((reached, how, symptom)) = reached(stack, index, port) else { continue };
            let at = prose!("127.0.0.1:{}", port);
            let what = if listener.default {
                prose!("{}'s default is {}", Quote::code(&listener.program), at)
            } else {
                prose!("{} is the container itself", at)
            };
            let finding = Finding::new(
                &meta::BIND_127_IN_CONTAINER,
                prose!(
                    "{} listens on {}, which nobody outside its container can reach: {}",
                    container,
                    at,
                    Own(symptom)
                ),
            )
            .label(listener.span, what)
            .label(reached, how)
            .help(help(listener, port))
            .cure_if(cure(container, listener, port));
            // An env file that is not there may say otherwise.
            sink.report(if container.environment.open.is_some() || beside.is_some() {
                finding.sure(Confidence::Medium)
            } else {
                finding
            });
            break;
        }
    }
}

/// Who wants to reach a port of a service, what it does, and what comes of it.
fn reached(stack: &Stack<'_>, index: usize, port: u16) -> Option<(Span, Prose, &'static str)> {
    for nginx in &stack.roles.nginx {
        let passes = nginx.upstreams.iter().find(|u| {
            !u.by.is_empty()
                && u.port == Some(port)
                && stack.network().resolve(nginx.container, &u.host) == Resolved::Service(index)
        });
        if let Some(passes) = passes {
            return Some((
                passes.span,
                prose!("{} passes requests on to it", stack.container(nginx.container)),
                "502 Bad Gateway, connect() failed (111: Connection refused) while connecting to upstream",
            ));
        }
    }
    let published = stack
        .container(index)
        .service
        .ports
        .iter()
        .find(|p| p.target == Some(port) && p.protocol == "tcp")?;
    Some((
        published.span,
        prose!("published, but nothing answers"),
        "the browser says ERR_EMPTY_RESPONSE or \"connection reset\"",
    ))
}

/// Sets the address on the command line, which wins over variables and configuration files.
fn cure(container: &Container<'_>, listener: &Listener, port: u16) -> Option<Cure> {
    let (step, server) = container.server()?;
    let everywhere = prose!("0.0.0.0:{}", port);
    let edit = match server.kind {
        ServerKind::Gunicorn | ServerKind::Hypercorn => {
            CommandEdit::Option(&["--bind", "-b"], everywhere)
        }
        ServerKind::Uvicorn | ServerKind::Granian => {
            CommandEdit::Option(&["--host"], "0.0.0.0".into())
        }
        ServerKind::Daphne => CommandEdit::Option(&["-b", "--bind"], "0.0.0.0".into()),
        ServerKind::Runserver => {
            let address = |w: &str| w.parse::<u16>().is_ok() || w.contains(':');
            let command = step.words.iter().position(|w| w.starts_with("runserver"))?;
            match step.words.iter().skip(command + 1).position(|w| address(w)) {
                Some(at) => CommandEdit::Word(command + 1 + at, everywhere),
                None => CommandEdit::Append(vec![everywhere]),
            }
        }
        ServerKind::Uwsgi | ServerKind::Waitress => return None,
    };
    let lead =
        prose!("let {} listen on every address of the container", Quote::code(&listener.program));
    Some(Cure::new(lead).change(changes::command(step, [edit])))
}

fn help(listener: &Listener, port: u16) -> Prose {
    let line = match listener.program.as_str() {
        "runserver" => prose!("python manage.py runserver 0.0.0.0:{}", port),
        "gunicorn" => prose!("gunicorn --bind 0.0.0.0:{} ...", port),
        "uvicorn" => prose!("uvicorn --host 0.0.0.0 --port {} ...", port),
        "daphne" => prose!("daphne -b 0.0.0.0 -p {} ...", port),
        "granian" => prose!("granian --host 0.0.0.0 --port {} ...", port),
        "hypercorn" => prose!("hypercorn --bind 0.0.0.0:{} ...", port),
        _ => prose!("0.0.0.0:{}", port),
    };
    prose!("listen on every address of the container:\n    {}", line)
}
