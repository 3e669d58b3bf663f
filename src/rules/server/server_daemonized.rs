//! A server goes to the background, and nothing that matters stays in the foreground.

use crate::finding::{
    Change, CommandEdit, Cure, Finding, Own, Prose, Quote, Severity, StatementEdit, prose,
};
use crate::model::container::Container;
use crate::model::process::{Lifetime, Step, StepKind};
use crate::model::stack::Stack;
use crate::rules::{Check, Rule, Sink, changes, meta};
use crate::source::{Span, Text};

pub(super) static RULE: Rule = Rule { meta: &meta::SERVER_DAEMONIZED, check: Check::Stack(check) };

fn check(stack: &Stack<'_>, sink: &mut Sink) {
    for (index, container) in stack.containers.iter().enumerate() {
        let steps = &container.process.steps;
        for (at, step) in steps.iter().enumerate().filter(|(_, s)| !s.conditional) {
            let Some((name, place)) = daemon(stack, index, step) else { continue };
            let after = &steps[at + 1..];
            if after.iter().any(|s| stays(stack, index, s))
                || steps[..at].iter().any(|s| s.background && stays(stack, index, s))
            {
                continue;
            }
            match after.iter().find(|s| idles(s)) {
                Some(idle) => sink.report(beside_idle(container, step, name, place, idle)),
                // What is not known may be what stays.
                None if container.process.unknown.is_some() => {}
                None => sink.report(alone(container, step, name, place)),
            }
        }
    }
}

/// The server that a step sends to the background, and what says so.
fn daemon(stack: &Stack<'_>, index: usize, step: &Step) -> Option<(&'static str, Span)> {
    if let Some(server) = step.server() {
        return server.daemon.map(|place| (server.kind.name(), place));
    }
    let words: Vec<&str> = step.words.iter().map(|w| w.as_str()).collect();
    let nginx = stack
        .roles
        .nginx
        .iter()
        .find(|n| n.container == index && !n.foreground && n.unknown.is_none())?;
    let plain = is_nginx(step)
        && nginx.container == index
        && !step.background
        && step.words.iter().all(Text::is_resolved);
    // `-s`, `-t` and the like do not serve; other options may bring a configuration of their own.
    (plain && words.len() == 1).then_some(("nginx", step.span))
}

fn is_nginx(step: &Step) -> bool {
    step.kind == StepKind::Other && program(step) == "nginx"
}

fn program(step: &Step) -> &str {
    step.words.first().map_or("", |w| w.as_str().rsplit('/').next().unwrap_or(""))
}

/// Whether a step may be what the container is there for.
fn stays(stack: &Stack<'_>, index: usize, step: &Step) -> bool {
    match &step.kind {
        StepKind::Server(server) => server.daemon.is_none(),
        StepKind::Celery { .. } => true,
        StepKind::Wait { .. } => false,
        StepKind::Manage { .. } => step.lifetime() != Lifetime::OneShot,
        StepKind::Other => {
            daemon(stack, index, step).is_none()
                && !idles(step)
                && step.lifetime() != Lifetime::OneShot
        }
    }
}

/// Whether a step only keeps the container up.
fn idles(step: &Step) -> bool {
    let follows = |w: &str| {
        w.starts_with("--follow")
            || w.starts_with('-') && !w.starts_with("--") && w.contains(['f', 'F'])
    };
    match program(step) {
        "tail" => step.words.iter().any(|w| follows(w)),
        "sleep" => step.retried || step.words.iter().any(|w| w.as_str() == "infinity"),
        "bash" | "sh" => step.words.len() == 1,
        _ => false,
    }
}

fn beside_idle(
    container: &Container<'_>,
    step: &Step,
    name: &'static str,
    place: Span,
    idle: &Step,
) -> Finding {
    let idler = program(idle);
    let message = prose!(
        "{} stays up when {} dies: {} runs in the background, and the container only waits for `{}`",
        container,
        Own(name),
        Own(name),
        Quote::code(idler)
    );
    labelled(container, step, name, place, message)
        .label(idle.span, "all that keeps the container up")
        .at_most(Severity::Warning)
        .cure_if(cure(step, name, place))
        .help(help(name))
}

fn alone(container: &Container<'_>, step: &Step, name: &'static str, place: Span) -> Finding {
    let message = prose!(
        "{} exits at once with code 0: {} goes to the background, and nothing stays in the foreground",
        container,
        Own(name)
    );
    labelled(container, step, name, place, message)
        .cure_if(cure(step, name, place))
        .help(help(name))
}

fn labelled(
    container: &Container<'_>,
    step: &Step,
    name: &'static str,
    place: Span,
    message: Prose,
) -> Finding {
    let nginx = name == "nginx";
    let said = if nginx {
        prose!("without `daemon off;` nginx goes to the background")
    } else {
        prose!("sends {} to the background", Own(name))
    };
    let finding = Finding::new(&meta::SERVER_DAEMONIZED, message).label(place, said);
    let finding = if step.span.file == place.file
        && step.span.start <= place.start
        && place.end <= step.span.end
    {
        finding
    } else {
        finding.label(step.span, "started here")
    };
    if step.span.file == container.name_span().file {
        finding
    } else {
        finding.label(container.name_span(), "the service that runs it")
    }
}

/// Keeps the server in the foreground: without the option or the line that sends it to the background.
fn cure(step: &Step, name: &'static str, place: Span) -> Option<Cure> {
    let cure = Cure::new(prose!("keep {} in the foreground", Own(name)));
    if name == "nginx" {
        let words = vec!["-g".into(), "daemon off;".into()];
        return Some(cure.change(changes::command(step, [CommandEdit::Append(words)])));
    }
    let word = step.words.iter().position(|w| {
        let own = w.span();
        own.file == place.file && own.start <= place.start && place.end <= own.end
    });
    if let Some(at) = word {
        // uWSGI's option has the name of its log behind it.
        let apart = matches!(step.words[at].as_str(), "--daemonize" | "-d" | "--daemonize2");
        let last = (at + 1 + usize::from(apart && name == "uwsgi")).min(step.words.len());
        return Some(cure.change(changes::command(step, [CommandEdit::Remove(at..last)])));
    }
    (place.file != step.span.file)
        .then(|| cure.change(Change::Statement(place, StatementEdit::Remove)))
}

fn help(name: &'static str) -> Prose {
    match name {
        "nginx" => "keep nginx in the foreground, as the last command:\n    exec nginx -g 'daemon off;'".into(),
        "uwsgi" => "take the line out, let uWSGI log to the terminal, and start it last:\n    exec uwsgi --ini uwsgi.ini".into(),
        _ => prose!("take the option out and start {} last, with `exec`, so that its end is the container's end", Own(name)),
    }
}
