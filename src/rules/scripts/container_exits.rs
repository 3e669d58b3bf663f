//! A service that others need ends as soon as it has started.

use crate::finding::{Finding, Own, prose};
use crate::model::compose::Condition;
use crate::model::stack::Stack;
use crate::rules::{Check, Rule, Sink, meta};

pub(super) static RULE: Rule = Rule { meta: &meta::CONTAINER_EXITS, check: Check::Stack(check) };

fn check(stack: &Stack<'_>, sink: &mut Sink) {
    for (index, container) in stack.containers.iter().enumerate() {
        let service = container.service;
        // A terminal keeps a prompt open; a profile says that it is started by hand.
        let kept = ["tty", "stdin_open"].iter().any(|key| service.node.get(key).is_some());
        let needed = !service.ports.is_empty();
        let elsewhere = ["provider", "develop", "scale", "deploy"]
            .iter()
            .any(|key| service.node.get(key).is_some());
        if kept
            || !needed
            || elsewhere
            || service.has_profile()
            || awaited(stack, index)
            || container.presumed
            || container.ignored.is_some()
        {
            continue;
        }
        let dropped = [&service.command, &service.entrypoint]
            .iter()
            .any(|w| w.as_ref().is_some_and(|w| w.dropped.is_some()));
        let literal =
            container.process.argv.iter().any(|w| matches!(w.as_str(), "&&" | "||" | "|" | ";"));
        if dropped || literal {
            continue;
        }
        let nothing = service.command.as_ref().is_none_or(|c| c.words.is_empty())
            && service.entrypoint.is_none();
        let ports = service.ports.first().map(|p| p.span);
        if let Some((image, prompt)) =
            container.built().filter(|_| nothing).and_then(|i| Some((i, i.starts_prompt()?)))
        {
            sink.report(
                Finding::new(
                    &meta::CONTAINER_EXITS,
                    prose!("{} exits at once with code 0: its image has no command, so {} starts and finds no one to talk to", container, Own(prompt)),
                )
                .label(image.stage().span, "neither this image nor Compose says what to run")
                .label_if(ports, "nothing will listen there")
                .help("say what the image is for, as the last line of its Dockerfile:\n    CMD [\"gunicorn\", \"config.wsgi\", \"--bind\", \"0.0.0.0:8000\"]"),
            );
            continue;
        }
        if container.process.unserved().next().is_some() {
            continue;
        }
        if !container.process.ends() || !matches!(service.restart(), "" | "no") {
            continue;
        }
        let Some(last) = container.process.steps.iter().rfind(|s| !s.conditional) else { continue };
        sink.report(
            Finding::new(
                &meta::CONTAINER_EXITS,
                prose!("{} exits with code 0: all that it runs comes to an end", container),
            )
            .label(last.span, "after this nothing is left to run")
            .label_if(ports, "nothing will listen there")
            .help("start the server as the last command, with `exec`"),
        );
    }
}

/// Whether others wait for its end.
fn awaited(stack: &Stack<'_>, index: usize) -> bool {
    let name = stack.container(index).name();
    let dependencies = stack.containers.iter().flat_map(|c| &c.service.depends_on);
    dependencies.into_iter().any(|d| {
        d.service.as_str() == name && d.condition == Condition::ServiceCompletedSuccessfully
    })
}
