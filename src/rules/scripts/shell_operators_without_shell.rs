//! A command has operators of a shell, but no shell reads it.

use crate::finding::{Change, CommandChange, CommandEdit, Cure, Finding, Own, Prose, Quote, prose};
use crate::model::stack::Stack;
use crate::rules::{Check, Rule, Sink, changes, meta};

pub(super) static RULE: Rule =
    Rule { meta: &meta::SHELL_OPERATORS_WITHOUT_SHELL, check: Check::Stack(check) };

/// Operators that join commands.
const JOINS: [&str; 4] = ["&&", "||", "|", ";"];

fn check(stack: &Stack<'_>, sink: &mut Sink) {
    for container in &stack.containers {
        let service = container.service;
        for (key, words) in [("command", &service.command), ("entrypoint", &service.entrypoint)] {
            let Some(dropped) = words.as_ref().and_then(|w| w.dropped.as_ref()) else { continue };
            let Some(operator) = JOINS.iter().find(|o| dropped.starts_with(*o)) else { continue };
            let rest = dropped[operator.len()..].trim();
            if rest.is_empty() {
                continue;
            }
            let first = words.as_ref().and_then(|w| w.words.first()).map_or("", |w| w.as_str());
            sink.report(
                Finding::new(
                    &meta::SHELL_OPERATORS_WITHOUT_SHELL,
                    prose!(
                        "{} runs only the first command: Compose drops everything from `{}` on",
                        container,
                        Own(operator)
                    ),
                )
                .label(
                    dropped.span(),
                    prose!("no shell reads this `{}`, and this part of it never runs", Own(key)),
                )
                .help(help(key, !first.ends_with("sh")))
                .cure_if(words.as_ref().filter(|_| !first.ends_with("sh")).map(
                    |w| {
                        Cure::new("let a shell read the line").change(Change::Command(
                            CommandChange {
                                words: w.words.clone(),
                                edits: vec![CommandEdit::Shell],
                            },
                        ))
                    },
                )),
            );
        }
        // What a list holds reaches the program as it is.
        let argv = &container.process.argv;
        let Some(at) = argv.iter().position(|w| w.as_str() == "&&" || w.as_str() == "||") else {
            continue;
        };
        let step = container.process.steps.iter().find(|s| {
            s.words.iter().any(|w| w.span() == argv[at].span() && w.as_str() == argv[at].as_str())
        });
        let Some(step) = step.filter(|s| !s.conditional) else { continue };
        let program = step.words.first().map(Quote::code).unwrap_or_default();
        sink.report(
            Finding::new(
                &meta::SHELL_OPERATORS_WITHOUT_SHELL,
                prose!(
                    "{} does not start as meant: {} gets `{}` and what follows as arguments",
                    container,
                    program,
                    argv[at]
                ),
            )
            .label(argv[at].span(), "no shell reads a list: this is an argument like any other")
            .cure(
                Cure::new("let a shell read the line")
                    .change(changes::command(step, [CommandEdit::Shell])),
            )
            .help("let a shell read the line:\n    command: sh -c \"first && exec second\""),
        );
    }
}

fn help(key: &'static str, plain: bool) -> Prose {
    if plain {
        prose!("let a shell read the line:\n    {}: sh -c \"first && exec second\"", Own(key))
    } else {
        prose!(
            "put the whole line for the shell into quotes:\n    {}: sh -c \"first && exec second\"",
            Own(key)
        )
    }
}
