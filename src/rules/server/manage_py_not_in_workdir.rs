//! `manage.py` is not where the command looks for it.

use crate::finding::{Finding, Quote, prose};
use crate::model::exec_context::{ExecContext, PathLookup};
use crate::model::path;
use crate::model::process::StepKind;
use crate::model::stack::Stack;
use crate::rules::{Check, Rule, Sink, meta};

pub(super) static RULE: Rule =
    Rule { meta: &meta::MANAGE_PY_NOT_IN_WORKDIR, check: Check::Stack(check) };

fn check(stack: &Stack<'_>, sink: &mut Sink) {
    for container in &stack.containers {
        let fs = stack.storage().filesystem(container);
        for step in container.process.steps.iter().filter(|s| !s.conditional) {
            let word = match &step.kind {
                StepKind::Manage { manage_py: Some(word), .. } => word,
                StepKind::Server(server) => match &server.manage_py {
                    Some(word) => word,
                    None => continue,
                },
                _ => continue,
            };
            let Some(workdir) = step.workdir.as_deref() else { continue };
            let at = path::join(workdir, word);
            if fs.find(&at) != PathLookup::Missing {
                continue;
            }
            let mut finding = Finding::new(
                &meta::MANAGE_PY_NOT_IN_WORKDIR,
                prose!("{} exits at once: python: can't open file '{}': [Errno 2] No such file or directory", container, Quote::path(&at).or_at(word.span())),
            )
            .label(word.span(), prose!("runs in {}", Quote::path(workdir)));
            let mount = fs.mount(&at).map(|(m, _)| (m.span, m.target.clone()));
            if let Some((span, target)) = mount {
                finding = finding.label(
                    span,
                    prose!(
                        "this folder is {} in the container, and has no {}",
                        Quote::path(&target),
                        Quote::path(word.rsplit('/').next().unwrap_or("manage.py"))
                            .or_at(word.span())
                    ),
                );
            } else if let Some(image) = container.built() {
                finding = finding.label(
                    image.stage().span,
                    prose!(
                        "nothing of this image puts a manage.py into {}",
                        Quote::path(path::parent(&at))
                    ),
                );
            }
            let there = stack.repository().find_files(
                container.built().map_or(stack.repository().project_folder(), |i| &i.context),
                "manage.py",
            );
            let help = match there.as_slice() {
                [one, ..] => prose!(
                    "manage.py is at {}: mount or copy {} to {}, or set `working_dir` to the folder it ends up in",
                    one,
                    one.parent(),
                    Quote::path(workdir)
                ),
                [] => prose!("copy or mount the folder with manage.py to the working folder"),
            };
            sink.report(finding.help(help));
            // The steps after it fail for the same reason.
            break;
        }
    }
}
