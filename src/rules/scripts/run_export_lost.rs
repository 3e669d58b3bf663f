//! A `RUN` line sets something that the next line no longer has.

use crate::finding::{Change, Cure, Finding, Quote, Severity, StatementEdit, prose};
use crate::model::container::Container;
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
            let mut finding = finding(container, first);
            for more in variables.iter().skip(1).take(MAX_SHOWN) {
                finding = finding.label(more.span, "as well");
            }
            sink.report(finding);
        }
        rest.iter().for_each(|lost| sink.report(finding(container, lost)));
    }
}

fn finding(container: &Container<'_>, lost: &Lost) -> Finding {
    let meta = &meta::RUN_EXPORT_LOST;
    let later = "runs in a new shell, without it";
    let (message, help) = match &lost.kind {
        LostKind::Environment(_) if lost.no_such_command => {
            let finding = Finding::new(meta, prose!("the image of {} does not build: /bin/sh: 1: source: not found", container))
                .label(lost.span, "RUN uses /bin/sh, which knows no `source`; and what it sets would end with this line");
            return finding
                .cure_if(in_path(lost))
                .help("put the environment in front of PATH instead:\n    ENV PATH=\"/opt/venv/bin:$PATH\"");
        }
        LostKind::Environment(folder) => (
            prose!(
                "the image of {} does not use {}: `activate` holds for its own RUN line only",
                container,
                Quote::path(folder).or_at(lost.span)
            ),
            prose!(
                "put the environment in front of PATH instead (with its full path):\n    ENV PATH=\"{}/bin:$PATH\"",
                Quote::path(folder).or_at(lost.span)
            ),
        ),
        LostKind::Variable(name) => (
            prose!(
                "{} is not set in the image of {}: `export` holds for its own RUN line only",
                Quote::name(name).or_at(lost.span),
                container
            ),
            prose!(
                "set it for the lines that follow and for the container:\n    ENV {}=…",
                Quote::name(name).or_at(lost.span)
            ),
        ),
        LostKind::Folder(folder) => (
            prose!(
                "the image of {} goes on in the folder before: `cd` holds for its own RUN line only",
                container
            ),
            prose!(
                "change the folder for the lines that follow and for the container:\n    WORKDIR {}",
                Quote::path(folder).or_at(lost.span)
            ),
        ),
    };
    let line = match &lost.kind {
        LostKind::Folder(folder) => {
            Some(prose!("WORKDIR {}", Quote::path(folder).or_at(lost.span)))
        }
        LostKind::Variable(name) => lost.value.as_ref().filter(|v| is_plain(v)).map(|value| {
            let value = Quote::value(value).or_at(lost.span);
            prose!("ENV {}=\"{}\"", Quote::name(name).or_at(lost.span), value)
        }),
        LostKind::Environment(_) => None,
    };
    let cure = line.map(|line| {
        let edit = match (&lost.kind, lost.alone) {
            (LostKind::Variable(_), true) => StatementEdit::Replace(line),
            _ => StatementEdit::After(line),
        };
        Cure::new("set it for the lines that follow and for the container")
            .change(Change::Statement(lost.span, edit))
    });
    let cure = cure.or_else(|| in_path(lost));
    Finding::new(meta, message)
        .cure_if(cure)
        .label(lost.span, "ends with this line")
        .label(lost.needed, later)
        .at_most(Severity::Warning)
        .help(help)
}

/// Puts a virtual environment in front of `PATH`, in the place of a line that only activates it.
fn in_path(lost: &Lost) -> Option<Cure> {
    let LostKind::Environment(folder) = &lost.kind else { return None };
    if !lost.alone || !folder.starts_with('/') || !is_plain(folder) {
        return None;
    }
    let line = prose!("ENV PATH=\"{}/bin:$PATH\"", Quote::path(folder).or_at(lost.span));
    Some(
        Cure::new("put the environment in front of PATH")
            .change(Change::Statement(lost.span, StatementEdit::Replace(line))),
    )
}

/// Whether a text is itself between the double quotes of a Dockerfile.
fn is_plain(text: &str) -> bool {
    !text.contains(['"', '\\', '$', '\n'])
}
