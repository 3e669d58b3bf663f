//! Reading a file, instruction by instruction.

use super::instruction::{InstructionReader, nearest};
use super::lines::Lines;
use super::report::Report;
use super::{Dockerfile, Kind, directives};
use crate::finding::{Quote, prose};
use crate::source::{SourceFile, Span};
use crate::syntax::SyntaxError;

/// The most instructions that are read, each variable of `ENV`, `ARG` and `LABEL` counted as one: every stage, and every
/// `RUN` of it, holds the variables of those before it. Real files have less than a tenth of it.
const MAX_INSTRUCTIONS: usize = 1_000;

/// Reads a file after BuildKit's parser, which stops at the first error; this one goes on.
pub(super) fn read(file: &SourceFile) -> Dockerfile {
    let mut lines = Lines::new(file);
    let mut report = Report::default();
    let head = directives::read(&mut lines, &mut report);
    let mut out = Dockerfile { escape: head.escape, syntax: head.syntax, ..Dockerfile::default() };
    let mut reader = InstructionReader::new(head.escape, &mut lines, &mut report);
    let mut stages = Stages::default();
    let mut count = 0;
    while let Some(logical) = reader.logical() {
        out.empty_continuations.extend(logical.empty);
        if logical.text.is_empty() {
            reader.report().push(
                logical.text.span(),
                "a line goes on here, but nothing is on it".into(),
                None,
            );
            continue;
        }
        let (keyword, known) = reader.keyword(&logical.text);
        // A slip in `FROM` is an error of its own; that there is no FROM would be the same one again.
        let name = if known {
            Some(keyword.value.as_str())
        } else {
            nearest(&keyword.value).filter(|meant| *meant == "FROM")
        };
        let early = name.and_then(|name| stages.meet(name, keyword.span));
        if let Some((name, span)) = early {
            let help = prose!("move it below the FROM; only ARG may stand above");
            reader.report().push(
                span,
                prose!("`{}` stands before the first FROM", Quote::name(&name)),
                Some(help),
            );
        }
        if count >= MAX_INSTRUCTIONS {
            count += 1;
            too_many(&mut reader, keyword.span);
            break;
        }
        let mut instruction = reader.instruction(&logical.text);
        let wanted = instruction.iter().map(|i| variables(&i.kind)).sum::<usize>();
        instruction.iter_mut().for_each(|i| keep(&mut i.kind, MAX_INSTRUCTIONS - count));
        count += wanted;
        out.instructions.extend(instruction);
        if count > MAX_INSTRUCTIONS {
            too_many(&mut reader, keyword.span);
            break;
        }
    }
    // Where the rest is not read, a FROM may be in it.
    if !stages.seen && count <= MAX_INSTRUCTIONS {
        let empty = out.instructions.is_empty();
        let what = if empty {
            "no FROM: the file has no instructions"
        } else {
            "no FROM: there is no image to build on"
        };
        report.push_front(
            SyntaxError::new(Span::whole(file.id), what).help("begin with `FROM` and an image"),
        );
    }
    out.errors = report.finish();
    out
}

/// Says that the rest is left out.
fn too_many(reader: &mut InstructionReader<'_, '_>, span: Span) {
    let help = prose!("is this the file that is meant?");
    let what = prose!(
        "there are more than {} instructions and variables; the rest is not read",
        MAX_INSTRUCTIONS
    );
    reader.report().push(span, what, Some(help));
}

/// How much an instruction counts.
fn variables(kind: &Kind) -> usize {
    match kind {
        Kind::Env(pairs) | Kind::Label(pairs) => pairs.len().max(1),
        Kind::Arg(args) => args.len().max(1),
        Kind::Onbuild(inner) => variables(&inner.kind),
        _ => 1,
    }
}

/// Leaves an instruction at most so many variables.
fn keep(kind: &mut Kind, most: usize) {
    match kind {
        Kind::Env(pairs) | Kind::Label(pairs) => pairs.truncate(most),
        Kind::Arg(args) => args.truncate(most),
        Kind::Onbuild(inner) => keep(&mut inner.kind, most),
        _ => {}
    }
}

/// Whether a build stage has begun.
#[derive(Debug, Default)]
struct Stages {
    seen: bool,
    /// The first instruction that stands where no stage has begun (Dockerfile reference: "FROM").
    early: Option<(String, Span)>,
}

impl Stages {
    /// Meets an instruction; at the first `FROM`, gives what should not stand before it.
    fn meet(&mut self, name: &str, span: Span) -> Option<(String, Span)> {
        if name == "FROM" {
            self.seen = true;
            return self.early.take();
        }
        if !self.seen && name != "ARG" && self.early.is_none() {
            self.early = Some((name.to_owned(), span));
        }
        None
    }
}

impl Kind {
    /// Every keyword there is (Dockerfile reference: "Overview").
    pub(super) const KEYWORDS: [&'static str; 18] = [
        "ADD",
        "ARG",
        "CMD",
        "COPY",
        "ENTRYPOINT",
        "ENV",
        "EXPOSE",
        "FROM",
        "HEALTHCHECK",
        "LABEL",
        "MAINTAINER",
        "ONBUILD",
        "RUN",
        "SHELL",
        "STOPSIGNAL",
        "USER",
        "VOLUME",
        "WORKDIR",
    ];
}
