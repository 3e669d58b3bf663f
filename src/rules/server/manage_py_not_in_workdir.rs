//! `manage.py` is not where the command looks for it.

use crate::finding::Finding;
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
                format!("{} exits at once: python: can't open file '{at}': [Errno 2] No such file or directory", container.name()),
            )
            .label(word.span(), format!("runs in {workdir}"));
            let mount = fs.mount(&at).map(|(m, _)| (m.span, m.target.as_str().to_owned()));
            if let Some((span, target)) = mount {
                finding = finding.label(
                    span,
                    format!(
                        "this folder is {target} in the container, and has no {}",
                        word.rsplit('/').next().unwrap_or("manage.py")
                    ),
                );
            } else if let Some(image) = container.built() {
                finding = finding.label(
                    image.stage().span,
                    format!("nothing of this image puts a manage.py into {}", path::parent(&at)),
                );
            }
            let there = stack.repository().find_files(
                container.built().map_or(stack.repository().project_folder(), |i| &i.context),
                "manage.py",
            );
            let help = match there.as_slice() {
                [one, ..] => format!(
                    "manage.py is at {one}: mount or copy {} to {workdir}, or set `working_dir` to the folder it ends up in",
                    one.parent()
                ),
                [] => "copy or mount the folder with manage.py to the working folder".to_owned(),
            };
            sink.report(finding.help(help));
            // The steps after it fail for the same reason.
            break;
        }
    }
}
