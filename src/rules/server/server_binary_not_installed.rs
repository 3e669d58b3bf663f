//! The program the command starts is not in the image.

use crate::facts;
use crate::finding::{Finding, Own, prose};
use crate::model::process::{ServerKind, StepKind};
use crate::model::stack::Stack;
use crate::rules::{Check, MAX_EVIDENCE, Rule, Sink, changes, meta};
use crate::source::Span;

pub(super) static RULE: Rule =
    Rule { meta: &meta::SERVER_BINARY_NOT_INSTALLED, check: Check::Stack(check) };

fn check(stack: &Stack<'_>, sink: &mut Sink) {
    for container in &stack.containers {
        let Some(packages) = container
            .packages
            .as_ref()
            .filter(|p| p.has("django") == Some(true) && p.incomplete.is_none())
        else {
            continue;
        };
        for step in container.process.steps.iter().filter(|s| !s.conditional) {
            let program = match &step.kind {
                StepKind::Server(server) if server.kind != ServerKind::Runserver => {
                    server.kind.name()
                }
                StepKind::Celery { .. } => "celery",
                _ => continue,
            };
            let brought = facts::package_of_command(program)
                .is_some_and(|p| p.command_brought_by.iter().any(|b| packages.bring(b)));
            let extra = packages.python.iter().any(|p| {
                p.extras
                    .iter()
                    .any(|e| e == program || e == "standard" && p.name.starts_with("fastapi"))
            });
            let by_system = packages.system.iter().any(|p| p.contains(program));
            if packages.has(program) != Some(false) || brought || extra || by_system {
                continue;
            }
            let Some(word) = step.words.first() else { continue };
            let mut finding = Finding::new(
                &meta::SERVER_BINARY_NOT_INSTALLED,
                prose!(
                    "{} does not start: exec: \"{}\": executable file not found in $PATH",
                    container,
                    Own(program)
                ),
            )
            .label(word.span(), prose!("{} is not installed in the image", Own(program)));
            for (file, named) in packages.files.iter().take(MAX_EVIDENCE) {
                finding = finding
                    .label(
                        Span::whole(*file),
                        prose!(
                            "{} does not name it",
                            stack.repository().file_name(Span::whole(*file))
                        ),
                    )
                    .label(*named, "all that is installed");
            }
            sink.report(
                finding
                    .help(prose!(
                        "add it to the requirements and build again:\n    {}",
                        Own(program)
                    ))
                    .cure_if(changes::install(Some(packages), program)),
            );
        }
    }
}
