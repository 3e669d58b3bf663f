//! A script has the line ends of Windows.

use crate::finding::{Change, Cure, Finding, Quote, Severity, prose};
use crate::model::compose::MountKind;
use crate::model::process::{CarriageReturns, How};
use crate::model::stack::Stack;
use crate::rules::{Check, Rule, Sink, meta};

pub(super) static RULE: Rule = Rule { meta: &meta::ENTRYPOINT_CRLF, check: Check::Stack(check) };

fn check(stack: &Stack<'_>, sink: &mut Sink) {
    for container in &stack.containers {
        let fs = stack.storage().filesystem(container);
        for called in container.process.called.iter().filter(|c| !c.conditional && c.mostly_windows)
        {
            let (Some(file), Some(place)) = (&called.file, called.carriage_return) else {
                continue;
            };
            let mounted = fs.mount(&called.path).is_some_and(|(m, _)| m.kind == MountKind::Bind);
            // A line of the Dockerfile that converts the copy is of no use where a mount lies over it.
            if !mounted
                && container.built().is_none_or(|image| image.converts_line_ends(&called.path))
            {
                continue;
            }
            let by_itself = called.how == How::Itself;
            let Some(outcome) = called.carriage_returns else { continue };
            if by_itself && called.shebang.is_none() {
                continue;
            }
            let shebang = called.shebang.as_ref().map(Quote::code).unwrap_or_default();
            let message = match (by_itself, called.by_docker) {
                (true, true) => prose!(
                    "{} does not start: exec {}: no such file or directory",
                    container,
                    called.word
                ),
                (true, false) => {
                    prose!("{} stops at its script: {}: not found", container, called.word)
                }
                _ => match outcome {
                    CarriageReturns::Stop(_) => prose!(
                        "{} stops at its script: every line ends in a carriage return (`\\r`: not found)",
                        container
                    ),
                    CarriageReturns::Spoil(_) => prose!(
                        "{} runs commands whose last word ends in a carriage return",
                        container
                    ),
                    CarriageReturns::Noise(_) => prose!(
                        "the shell of {} reports `\\r: not found` for lines of its script",
                        container
                    ),
                },
            };
            let shown = stack.repository().display_path(file);
            let said = if by_itself {
                prose!("this line ends as on Windows: the system looks for `{}\\r`", shebang)
            } else {
                prose!("the lines end as on Windows: `\\r` becomes part of each last word")
            };
            let mut finding = Finding::new(&meta::ENTRYPOINT_CRLF, message).label(place, said);
            if !by_itself {
                finding = match outcome {
                    CarriageReturns::Stop(at) => finding.label(at, "the shell stops here"),
                    CarriageReturns::Spoil(at) => {
                        finding.label(at, "`\\r` becomes part of the word before it")
                    }
                    CarriageReturns::Noise(_) => finding.at_most(Severity::Warning),
                };
            }
            sink.report(
                finding
                    .label(called.word.span(), "started here")
                    .cure(
                        Cure::new("convert the file")
                            .safe()
                            .change(Change::UnixLineEndings { file: place.file })
                            .also("let git keep it so: *.sh text eol=lf in .gitattributes"),
                    )
                    .help(prose!("convert the file, and let git keep it so:\n    sed -i 's/\\r$//' {}\n    echo '*.sh text eol=lf' >> .gitattributes", shown)),
            );
            break;
        }
    }
}
