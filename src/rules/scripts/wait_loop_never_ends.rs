//! A start script waits for what never comes.

use crate::finding::{CommandEdit, Cure, Finding, Prose, Quote, prose};
use crate::model::container::Container;
use crate::model::process::{Lifetime, Step, StepKind};
use crate::model::stack::Stack;
use crate::model::stack::network::Resolved;
use crate::rules::{Check, Rule, Sink, changes, meta};

pub(super) static RULE: Rule =
    Rule { meta: &meta::WAIT_LOOP_NEVER_ENDS, check: Check::Stack(check) };

fn check(stack: &Stack<'_>, sink: &mut Sink) {
    for (index, container) in stack.containers.iter().enumerate() {
        for (at, step) in container.process.steps.iter().enumerate().filter(|(_, s)| !s.conditional)
        {
            let StepKind::Wait { host, port } = &step.kind else { continue };
            let Some(host) = host else {
                if let Some(finding) = for_nothing(container, step) {
                    sink.report(finding);
                    break;
                }
                continue;
            };
            let finding = match (stack.network().resolve(index, host), port) {
                // A service that is on another network only is another rule's.
                (Resolved::Nothing, _) if stack.network().services_named(host).is_empty() => {
                    Some(no_service(stack, container, step, host))
                }
                (Resolved::Service(target), Some(port)) => {
                    wrong_port(stack, container, step, target, *port)
                }
                (Resolved::Itself, _) if matches!(host.as_str(), "localhost" | "127.0.0.1") => {
                    let before = container.process.steps[..at]
                        .iter()
                        .any(|s| s.background || s.lifetime() == Lifetime::Unknown);
                    let outside = container.service.host_network()
                        || container.service.text("network_mode").is_some();
                    (!before && !outside && !step.background && container.built().is_some())
                        .then(|| itself(container, step, host))
                }
                _ => None,
            };
            if let Some(finding) = finding {
                sink.report(finding);
                break;
            }
        }
    }
}

fn start(container: &Container<'_>, host: &Quote, port: Option<u16>) -> Prose {
    let target = port.map_or_else(|| prose!("{}", host), |p| prose!("{}:{}", host, p));
    prose!("{} waits for {} in vain", container, target)
}

fn no_service(stack: &Stack<'_>, container: &Container<'_>, step: &Step, host: &str) -> Finding {
    let host = Quote::name(host).or_at(step.span);
    let others = stack.containers.iter().filter(|c| c.name() != container.name());
    Finding::new(
        &meta::WAIT_LOOP_NEVER_ENDS,
        prose!("{}: no service has this name", start(container, &host, None)),
    )
    .label(step.span, prose!("`{}` means nothing on this network", host))
    .help(prose!("wait for a service of this stack: {}", Prose::join(others, ", ")))
}

fn wrong_port(
    stack: &Stack<'_>,
    container: &Container<'_>,
    step: &Step,
    target: usize,
    port: u16,
) -> Option<Finding> {
    let other = stack.container(target);
    let ports = &other.service.ports;
    // The port of the host is written before the colon; inside the network only the one behind it counts.
    let mapped = ports.iter().find(|p| {
        p.published.as_deref() == Some(&port.to_string()) && p.target.is_some_and(|t| t != port)
    });
    let Some(mapped) = mapped else { return unlistened(stack, container, step, target, port) };
    if ports.iter().any(|p| p.target == Some(port))
        || other.service.command.is_some()
        || other.environment.vars.contains_key("PGPORT")
    {
        return None;
    }
    let inside = mapped.target?;
    Some(
        Finding::new(
            &meta::WAIT_LOOP_NEVER_ENDS,
            prose!(
                "{}: it listens on {}",
                start(container, &Quote::name(&other.service.name), Some(port)),
                inside
            ),
        )
        .label(step.span, prose!("asks for port {}", port))
        .label(
            mapped.span,
            prose!("{} is the port of the host; other containers reach it on {}", port, inside),
        )
        .help(prose!("wait for {}:{}", other, inside))
        .cure_if(cure(step, port, inside)),
    )
}

/// A port that the server of a known image does not listen on.
fn unlistened(
    stack: &Stack<'_>,
    container: &Container<'_>,
    step: &Step,
    target: usize,
    port: u16,
) -> Option<Finding> {
    let other = stack.container(target);
    let listening = stack.network().listening(target);
    let [listener] = listening.certain()? else { return None };
    let inside = listener.port.filter(|inside| *inside != port)?;
    if other.built().is_some()
        || other.service.command.is_some()
        || other.environment.open.is_some()
        || other.environment.vars.contains_key("PGPORT")
    {
        return None;
    }
    Some(
        Finding::new(
            &meta::WAIT_LOOP_NEVER_ENDS,
            prose!(
                "{}: it listens on {}",
                start(container, &Quote::name(&other.service.name), Some(port)),
                inside
            ),
        )
        .label(step.span, prose!("asks for port {}", port))
        .label(listener.span, prose!("listens on {} alone", inside))
        .help(prose!("wait for {}:{}", other, inside))
        .cure_if(cure(step, port, inside)),
    )
}

fn itself(container: &Container<'_>, step: &Step, host: &str) -> Finding {
    Finding::new(
        &meta::WAIT_LOOP_NEVER_ENDS,
        prose!(
            "{}: in a container that is the container itself",
            start(container, &Quote::name(host).or_at(step.span), None)
        ),
    )
    .label(step.span, "nothing that was started before listens here")
    .help("wait for the service by its name")
}

/// A loop around `nc` that gets no address, because the variables in it are not set.
fn for_nothing(container: &Container<'_>, step: &Step) -> Option<Finding> {
    let (program, rest) = step.words.split_first()?;
    let empty = matches!(program.as_str(), "nc" | "netcat")
        && !rest.is_empty()
        && rest.iter().all(|w| w.starts_with('-') && w.len() < 4);
    empty.then(|| {
        Finding::new(&meta::WAIT_LOOP_NEVER_ENDS, prose!("{} waits for ever: nc is given no host and no port", container))
            .label(step.span, "the variables in this line are set nowhere")
            .label(container.name_span(), "the service that runs it")
            .help("set them in the service's `environment`, or write the address:\n    while ! nc -z db 5432; do sleep 1; done")
    })
}

/// Writes the port that the service listens on where the host's port is a word, or the end of one.
fn cure(step: &Step, port: u16, inside: u16) -> Option<Cure> {
    let at = step
        .words
        .iter()
        .position(|w| w.is_resolved() && w.rsplit(':').next() == Some(port.to_string().as_str()))?;
    let word = &step.words[at];
    let with = match word.rsplit_once(':') {
        Some((host, _)) => prose!("{}:{}", Quote::name(host).or_at(word.span()), inside),
        None => prose!("{}", inside),
    };
    Some(
        Cure::new("wait for the port inside the stack")
            .change(changes::command(step, [CommandEdit::Word(at, with)])),
    )
}
