//! A start script calls a program that the image does not have.

use crate::finding::{Change, Cure, Finding, Prose, Quote, StatementEdit, prose};
use crate::model::image::Lacking;
use crate::model::process::How;
use crate::model::stack::Stack;
use crate::rules::{Check, Rule, Sink, meta};
use crate::source::Span;

pub(super) static RULE: Rule =
    Rule { meta: &meta::SCRIPT_TOOL_MISSING_IN_IMAGE, check: Check::Stack(check) };

fn check(stack: &Stack<'_>, sink: &mut Sink) {
    for container in &stack.containers {
        let Some(image) = container.built() else { continue };
        let name = |word: &str| word.rsplit('/').next().unwrap_or("").to_owned();
        for program in container.process.programs.iter().filter(|p| !p.conditional) {
            let tool = name(&program.word);
            let Some(lacking) = stack.images().lacks(image, &tool) else { continue };
            let message = if program.tried {
                prose!(
                    "{} waits for ever: {}: not found, which the loop takes for `not ready yet`",
                    container,
                    Quote::code(&tool)
                )
            } else if container
                .process
                .argv
                .first()
                .is_some_and(|a| a.span() == program.word.span())
            {
                prose!(
                    "{} does not start: exec: \"{}\": executable file not found in $PATH",
                    container,
                    Quote::code(&tool)
                )
            } else {
                prose!("{} stops at its script: {}: not found", container, Quote::code(&tool))
            };
            sink.report(finding(message, program.word.span(), &tool, &lacking));
            break;
        }
        for called in
            container.process.called.iter().filter(|c| c.how == How::Itself && !c.conditional)
        {
            let Some(shebang) = &called.shebang else { continue };
            let Some(tool) = shebang.split_whitespace().find(|w| !w.ends_with("/env")).map(name)
            else {
                continue;
            };
            let Some(lacking) = stack.images().lacks(image, &tool) else { continue };
            let message = prose!(
                "{} does not start: exec {}: no such file or directory",
                container,
                called.word
            );
            sink.report(
                finding(message, shebang.span(), &tool, &lacking)
                    .label(called.word.span(), "started here"),
            );
            break;
        }
    }
}

fn finding(message: Prose, at: Span, tool: &str, lacking: &Lacking) -> Finding {
    Finding::new(&meta::SCRIPT_TOOL_MISSING_IN_IMAGE, message)
        .label(at, prose!("needs {}", Quote::code(tool)))
        .label(
            lacking.base.span(),
            prose!("{} has no {}, and nothing installs it", lacking.base, Quote::code(tool)),
        )
        .cure(Cure::new(prose!("install {} in the image", Quote::code(tool))).change(
            Change::Statement(lacking.base.span(), StatementEdit::After(lacking.install.clone())),
        ))
        .help(prose!("install it in the Dockerfile:\n    {}", lacking.install))
}
