//! Parser directives at the head of the file (Dockerfile reference: "Parser directives").

use super::lines::Lines;
use super::report::Report;
use crate::finding::{Quote, prose};
use crate::source::{Span, Text};

/// What the directives say.
#[derive(Debug)]
pub(super) struct Directives {
    /// The escape character: `\` or a backtick.
    pub(super) escape: char,
    /// The image of the Dockerfile frontend (never fetched).
    pub(super) syntax: Option<Text>,
}

/// Reads the directives and leaves `lines` behind them. The first line that is none, a comment or
/// an empty line included, ends them: `# escape=` further down is a comment like any other.
pub(super) fn read(lines: &mut Lines<'_>, report: &mut Report) -> Directives {
    let mut found = Directives { escape: '\\', syntax: None };
    let mut seen: Vec<&str> = Vec::new();
    while let Some(line) = lines.peek() {
        let Some((name, start, value)) = directive(line.text) else { break };
        lines.take();
        let span = Span::new(lines.file().id, line.start, line.start + line.text.len());
        if seen.contains(&name) {
            report.push(
                span,
                prose!("the parser directive `{}` stands here twice", Quote::name(name)),
                Some("keep one of them".into()),
            );
            continue;
        }
        seen.push(name);
        let value = Text::verbatim(lines.file().id, line.start + start, value);
        match (name, value.as_str()) {
            ("escape", "`") => found.escape = '`',
            ("escape", "\\") => found.escape = '\\',
            ("escape", _) => {
                report.push(
                    value.span(),
                    "the escape character must be `\\` or a backtick".into(),
                    None,
                );
            }
            ("syntax", _) => found.syntax = Some(value),
            _ => {}
        }
    }
    found
}

/// The name, the offset of the value in the line, and the value of `# name = value`.
fn directive(line: &str) -> Option<(&'static str, usize, &str)> {
    let inner = line.trim_start().strip_prefix('#')?;
    let (name, value) = inner.split_once('=')?;
    let name = name.trim();
    let name =
        ["escape", "syntax", "check"].into_iter().find(|known| name.eq_ignore_ascii_case(known))?;
    let start = line.len() - value.trim_start().len();
    let value = value.trim();
    (!value.is_empty()).then_some((name, start, value))
}
