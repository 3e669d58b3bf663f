//! A log file in a folder that is not there, or that the process cannot write to.

use crate::finding::{Change, Confidence, Cure, Finding, Own, Quote, StatementEdit, prose};
use crate::model::roles::django::DjangoService;
use crate::model::stack::Stack;
use crate::model::stack::storage::LogFault;
use crate::rules::{Check, Rule, Sink, meta};

pub(super) static RULE: Rule = Rule { meta: &meta::LOG_DIR_MISSING, check: Check::Django(check) };

fn check(service: &DjangoService, stack: &Stack<'_>, sink: &mut Sink) {
    let container = stack.container(service.container);
    // One handler is enough: the others wait for the same folder.
    if let Some(log) = stack.storage().lost_logs(service).into_iter().next() {
        let folder = log.path.rsplit_once('/').map_or("/", |(folder, _)| folder);
        let error = match log.why {
            LogFault::NotWritable(_) => "Permission denied",
            _ => "No such file or directory",
        };
        let message = prose!(
            "{} does not start: Unable to configure handler '{}': {}: '{}'",
            container,
            Quote::name(&log.handler).or_at(log.span),
            Own(error),
            Quote::path(&log.path)
        );
        let finding = Finding::new(&meta::LOG_DIR_MISSING, message)
            .label(log.span, "is opened when the settings are loaded");
        // The last instruction that puts the project's files into the image.
        let copied = container.built().and_then(|i| i.stage().layers.last()).map(|l| l.span);
        let made = match &log.why {
            LogFault::NotWritable(fault) => {
                let user = fault.user.as_str().split(':').next().unwrap_or("");
                prose!(
                    "RUN mkdir -p {} && chown -R {} {}",
                    Quote::path(folder),
                    Quote::name(user).or_at(fault.user.span()),
                    Quote::path(folder)
                )
            }
            _ => prose!("RUN mkdir -p {}", Quote::path(folder)),
        };
        let finding = match &log.why {
            LogFault::NotWritable(fault) => finding
                .label(fault.user.span(), "not root, whose folder it is")
                .label_if(copied, "nothing gives the folder to that user"),
            LogFault::Untracked => finding
                .label_if(copied, "brings no such folder: git keeps no empty ones")
                .sure(Confidence::Medium),
            LogFault::NoFolder => finding.label_if(copied, "nothing here makes the folder"),
        };
        // A mount of the code covers what the image has there.
        let covered = container.service.mounts.iter().any(|m| {
            let target = m.target.trim_end_matches('/');
            !target.is_empty() && log.path.starts_with(target)
        });
        let cure = copied.filter(|_| !covered).map(|at| {
            Cure::new("make the folder in the image")
                .change(Change::Statement(at, StatementEdit::After(made.clone())))
        });
        let help = if covered {
            prose!(
                "make the folder before the settings are loaded, in the start command or the settings, or log to the console:\n    mkdir -p {}",
                Quote::path(folder)
            )
        } else {
            prose!("make it in the Dockerfile, or log to the console:\n    {}", made)
        };
        sink.report(finding.cure_if(cure).help(help));
    }
}
