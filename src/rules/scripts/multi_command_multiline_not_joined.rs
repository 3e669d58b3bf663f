//! Several commands are written where one is expected, with nothing that joins them.

use crate::facts;
use crate::finding::{Finding, prose};
use crate::model::process::StepKind;
use crate::model::stack::Stack;
use crate::rules::{Check, Rule, Sink, meta};
use crate::source::Text;

pub(super) static RULE: Rule =
    Rule { meta: &meta::MULTI_COMMAND_MULTILINE_NOT_JOINED, check: Check::Stack(check) };

fn check(stack: &Stack<'_>, sink: &mut Sink) {
    for container in &stack.containers {
        for step in container.process.steps.iter().filter(|s| !s.conditional) {
            if !matches!(step.kind, StepKind::Manage { .. } | StepKind::Server(_)) {
                continue;
            }
            let Some((first, second)) = step.swallowed() else { continue };
            sink.report(
                Finding::new(
                    &meta::MULTI_COMMAND_MULTILINE_NOT_JOINED,
                    prose!("{} does not start as meant: {} gets the next command as its arguments", container, first),
                )
                .label(second.span(), "meant as a command of its own, but nothing stands between it and the one before")
                .help("join the commands, in a shell:\n    command: >\n      sh -c \"python manage.py migrate &&\n             exec gunicorn config.wsgi\""),
            );
            break;
        }
        let argv = &container.process.argv;
        // More options may follow `-c` (seen with bash and dash).
        let is_option = |w: &&Text| w.len() > 1 && w.starts_with(['-', '+']);
        let options = argv.iter().skip(2).take_while(is_option).count();
        if let [shell, flag, after @ ..] = argv.as_slice()
            && let [line, rest @ ..] = &after[options..]
            && matches!(shell.rsplit('/').next(), Some("sh" | "bash" | "ash"))
            && flag.starts_with('-')
            && flag.ends_with('c')
            && let Some(ignored) = rest.first()
            && !line.contains([' ', '$', '@'])
            && !line.is_empty()
        {
            sink.report(
                Finding::new(
                    &meta::MULTI_COMMAND_MULTILINE_NOT_JOINED,
                    prose!("{} runs only `{}`: a shell takes one word after {} as its line", container, line, flag),
                )
                .label(ignored.span(), "this and what follows is no part of the line")
                .help("put the whole line into quotes:\n    command: sh -c \"python manage.py migrate && exec gunicorn config.wsgi\""),
            );
        }
        if let Some(first) = argv.first().filter(|f| f.contains(' ') && !f.starts_with(' '))
            && container.service.command.as_ref().is_some_and(|c| {
                !c.from_string && c.words.first().is_some_and(|w| w.span() == first.span())
            })
            && first.split(' ').next().is_some_and(|p| facts::program(p).is_some())
        {
            sink.report(
                Finding::new(
                    &meta::MULTI_COMMAND_MULTILINE_NOT_JOINED,
                    prose!("{} does not start: exec: \"{}\": executable file not found in $PATH", container, first),
                )
                .label(first.span(), "an item of a list is one word: no program has this name")
                .help("write each word as an item, or all of them as one text for a shell:\n    command: sh -c \"python manage.py migrate && exec gunicorn config.wsgi\""),
            );
        }
    }
}
