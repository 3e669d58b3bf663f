//! A `RUN` line sets something that the next line no longer has.

use crate::finding::{Finding, Severity};
use crate::model::image::{Lost, LostKind};
use crate::model::stack::Stack;
use crate::rules::{Check, Rule, Sink, meta};

pub(super) static RULE: Rule = Rule { meta: &meta::RUN_EXPORT_LOST, check: Check::Stack(check) };

/// The most further lines that are underlined.
const MAX_SHOWN: usize = 5;

fn check(stack: &Stack<'_>, sink: &mut Sink) {
    for container in &stack.containers {
        let all = container.built().map(|i| i.lost()).unwrap_or_default();
        let (variables, rest): (Vec<Lost>, Vec<Lost>) =
            all.into_iter().partition(|l| matches!(l.kind, LostKind::Variable(_)));
        // Who exports one variable exports them all.
        if let Some(first) = variables.first() {
            let mut finding = finding(container.name(), first);
            for more in variables.iter().skip(1).take(MAX_SHOWN) {
                finding = finding.label(more.span, "as well");
            }
            sink.report(finding);
        }
        rest.iter().for_each(|lost| sink.report(finding(container.name(), lost)));
    }
}

fn finding(service: &str, lost: &Lost) -> Finding {
    let meta = &meta::RUN_EXPORT_LOST;
    let later = "runs in a new shell, without it";
    let (message, help) = match &lost.kind {
        LostKind::Environment(_) if lost.no_such_command => {
            let finding = Finding::new(meta, format!("the image of {service} does not build: /bin/sh: 1: source: not found"))
                .label(lost.span, "RUN uses /bin/sh, which knows no `source`; and what it sets would end with this line");
            return finding.help("put the environment in front of PATH instead:\n    ENV PATH=\"/opt/venv/bin:$PATH\"");
        }
        LostKind::Environment(folder) => (
            format!(
                "the image of {service} does not use {folder}: `activate` holds for its own RUN line only"
            ),
            format!(
                "put the environment in front of PATH instead (with its full path):\n    ENV PATH=\"{folder}/bin:$PATH\""
            ),
        ),
        LostKind::Variable(name) => (
            format!(
                "{name} is not set in the image of {service}: `export` holds for its own RUN line only"
            ),
            format!("set it for the lines that follow and for the container:\n    ENV {name}=…"),
        ),
        LostKind::Folder(folder) => (
            format!(
                "the image of {service} goes on in the folder before: `cd` holds for its own RUN line only"
            ),
            format!(
                "change the folder for the lines that follow and for the container:\n    WORKDIR {folder}"
            ),
        ),
    };
    Finding::new(meta, message)
        .label(lost.span, "ends with this line")
        .label(lost.needed, later)
        .at_most(Severity::Warning)
        .help(help)
}
