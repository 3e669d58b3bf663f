//! Statements of line-based languages: lines added before, behind or in them, or instead of them.

use super::draft::Draft;
use crate::finding::StatementEdit;
use crate::source::Span;
use crate::syntax::comments::Language;
use crate::syntax::dockerfile::Dockerfile;
use crate::syntax::dotenv::EnvFile;
use crate::syntax::nginx::{Config, Directive};
use crate::syntax::python::{Module, Stmt, StmtKind};
use crate::syntax::shell::Script;
use std::ops::Range;

/// A statement.
struct Statement {
    /// All of it, with what ends it.
    whole: Range<usize>,
    /// Where its block starts: the byte after the brace.
    inside: Option<usize>,
}

/// Changes the statement at a place; `None` where there is none.
pub(super) fn change(
    draft: &mut Draft,
    language: Language,
    at: Span,
    edit: &StatementEdit,
) -> Option<()> {
    let at = draft.now(at)?.start as usize;
    let statement = find(draft, language, at)?;
    let Range { start, end } = statement.whole;
    let indent = draft.indent(start);
    let lines = |text: &crate::finding::Prose, indent: &str| {
        let text = text.unmasked();
        let line = |l: &str| if l.is_empty() { String::new() } else { format!("{indent}{l}") };
        text.lines().map(line).collect::<Vec<_>>().join("\n")
    };
    // Statements that share a line with others cannot have lines around them.
    let alone_before = draft.text()[draft.line_start(start)..start].trim().is_empty();
    let rest = draft.text()[end..draft.line_end(end)].trim();
    let alone_behind = rest.is_empty() || rest.starts_with('#');
    match edit {
        StatementEdit::Before(text) if alone_before => {
            draft.add_above(start, &lines(text, &indent))
        }
        StatementEdit::After(text) if alone_behind => {
            draft.add_below(end.saturating_sub(1).max(start), &lines(text, &indent));
        }
        StatementEdit::Inside(text) => {
            let brace = statement.inside?;
            let rest = draft.text()[brace..draft.line_end(brace)].trim();
            if !rest.is_empty() && !rest.starts_with('#') {
                return None;
            }
            let step = if indent.contains('\t') { "\t" } else { "    " };
            let next = draft.line_end(brace) + 1;
            let inner = if next < draft.text().len() { draft.indent(next) } else { String::new() };
            let inner = if inner.len() > indent.len() { inner } else { format!("{indent}{step}") };
            draft.add_below(brace - 1, &lines(text, &inner));
        }
        StatementEdit::Replace(text) => {
            let text = lines(text, &indent);
            draft.write(start..end, text.trim_start());
        }
        StatementEdit::Remove if alone_before && alone_behind => draft.remove_lines(start..end),
        _ => return None,
    }
    Some(())
}

fn find(draft: &Draft, language: Language, at: usize) -> Option<Statement> {
    let simple = |whole: Range<usize>| Some(Statement { whole, inside: None });
    let file = draft.file();
    match language {
        Language::Dockerfile => {
            let dockerfile = Dockerfile::read(file);
            let holds = |i: &&crate::syntax::dockerfile::Instruction| {
                let end =
                    i.heredocs.last().map_or(i.span.end, |h| h.body.span().end.max(i.span.end));
                (i.span.start as usize..end as usize).contains(&at)
            };
            let instruction = dockerfile.instructions.iter().find(holds)?;
            let end = match instruction.heredocs.last() {
                // The line that ends it is below its body.
                Some(heredoc) => draft.line_end(heredoc.body.span().end as usize),
                None => instruction.span.end as usize,
            };
            simple(instruction.span.start as usize..end)
        }
        Language::Nginx => {
            let config = Config::read(&file.body());
            let directive = innermost(&config.directives, at)?;
            let end = directive.span.end as usize;
            match &directive.block {
                None => {
                    let semicolon = file.text[end..].find(';').map_or(end, |i| end + i + 1);
                    simple(directive.span.start as usize..semicolon)
                }
                Some(block) => {
                    let brace = file.text[end..].find('{').map(|i| end + i + 1)?;
                    let last = block.last().map_or(brace, |d| deepest_end(d, &file.text));
                    let close = file.text[last..].find('}').map_or(last, |i| last + i + 1);
                    Some(Statement {
                        whole: directive.span.start as usize..close,
                        inside: Some(brace),
                    })
                }
            }
        }
        Language::Shell => {
            let script = Script::read(&file.body());
            let steps = script.body.all_commands().map(|s| s.item.span.range());
            simple(steps.filter(|r| r.contains(&at)).min_by_key(ExactSizeIterator::len)?)
        }
        Language::Python => {
            let module = Module::read(file);
            simple(statement(&module.body, at)?.span.range())
        }
        Language::Env => {
            let env = EnvFile::read(&file.body());
            simple(env.entries.iter().map(|e| e.span.range()).find(|r| r.contains(&at))?)
        }
        Language::Lines => {
            let (start, end) = (draft.line_start(at), draft.line_end(at));
            simple(start..end)
        }
        Language::Yaml => None,
    }
}

fn innermost(directives: &[Directive], at: usize) -> Option<&Directive> {
    let mut found = None;
    let mut open: Vec<&Directive> = directives.iter().collect();
    while let Some(directive) = open.pop() {
        if directive.span.range().contains(&at) {
            found = Some(directive);
        }
        open.extend(directive.block.iter().flatten());
    }
    found
}

/// The end of a directive, its semicolon or closing brace included.
fn deepest_end(directive: &Directive, text: &str) -> usize {
    let mut at = directive.span.end as usize;
    let mut open = directive;
    let mut braces = 0;
    while let Some(block) = &open.block {
        braces += 1;
        at = text[at..].find('{').map_or(at, |i| at + i + 1);
        let Some(last) = block.last() else { break };
        open = last;
        at = last.span.end as usize;
    }
    if open.block.is_none() {
        at = text[at..].find(';').map_or(at, |i| at + i + 1);
    }
    for _ in 0..braces {
        at = text[at..].find('}').map_or(at, |i| at + i + 1);
    }
    at
}

/// The innermost statement at a place.
pub(super) fn statement(body: &[Stmt], at: usize) -> Option<&Stmt> {
    let stmt = body.iter().find(|s| s.span.range().contains(&at))?;
    let inner: Vec<&[Stmt]> = match &stmt.kind {
        StmtKind::Function { body, .. } | StmtKind::Class { body, .. } => vec![body],
        kind => kind.blocks(),
    };
    inner.into_iter().find_map(|body| statement(body, at)).or(Some(stmt))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::Prose;
    use crate::source::{MemoryFiles, Sources};

    #[allow(clippy::unwrap_used, reason = "a test that fails may panic")]
    fn changed(language: Language, text: &str, at: &str, edit: &StatementEdit) -> Option<String> {
        let files = MemoryFiles::new();
        let file = Sources::new(&files).add("x", text);
        let start = text.find(at).unwrap();
        let span = Span::new(file.id, start, start + at.len());
        let mut draft = Draft::new(file);
        change(&mut draft, language, span, edit)?;
        Some(draft.text().to_owned())
    }

    #[test]
    fn each_language_has_its_statements() {
        use StatementEdit::{After, Before, Inside, Remove, Replace};
        let new = || Prose::from("NEW x");
        for (language, text, at, edit, want) in [
            (
                Language::Dockerfile,
                "FROM a\nRUN b \\\n  c\nCMD d\n",
                "RUN",
                After(new()),
                "FROM a\nRUN b \\\n  c\nNEW x\nCMD d\n",
            ),
            (
                Language::Dockerfile,
                "FROM a\r\nCMD d",
                "CMD",
                Before(new()),
                "FROM a\r\nNEW x\r\nCMD d",
            ),
            (
                Language::Dockerfile,
                "FROM a\nRUN <<EOF\nb\nEOF\nCMD d\n",
                "RUN",
                After(new()),
                "FROM a\nRUN <<EOF\nb\nEOF\nNEW x\nCMD d\n",
            ),
            (Language::Dockerfile, "FROM a\nRUN b\n", "RUN", Remove, "FROM a\n"),
            (
                Language::Nginx,
                "server {\n  listen 80;\n  location / {\n    proxy_pass http://a;\n  }\n}\n",
                "proxy_pass",
                After(new()),
                "server {\n  listen 80;\n  location / {\n    proxy_pass http://a;\n    NEW x\n  }\n}\n",
            ),
            (
                Language::Nginx,
                "server {\n\tlisten 80;\n}\n",
                "server",
                Inside(new()),
                "server {\n\tNEW x\n\tlisten 80;\n}\n",
            ),
            (
                Language::Nginx,
                "server {\n    location / { return 1; }\n}\n",
                "location",
                Replace(new()),
                "server {\n    NEW x\n}\n",
            ),
            (
                Language::Nginx,
                "location / { return 1; }\n",
                "return",
                Replace(Prose::from("return 2;")),
                "location / { return 2; }\n",
            ),
            (
                Language::Shell,
                "set -e\nif a; then\n  b c\nfi\n",
                "b c",
                Before(new()),
                "set -e\nif a; then\n  NEW x\n  b c\nfi\n",
            ),
            (Language::Shell, "a && b\n", "a", Remove, ""),
            (
                Language::Python,
                "if x:\n    A = [\n        1,\n    ]\n",
                "1",
                After(new()),
                "if x:\n    A = [\n        1,\n    ]\n    NEW x\n",
            ),
            (Language::Env, "A=1\nB=2\n", "A", Remove, "B=2\n"),
        ] {
            let got = changed(language, text, at, &edit);
            if language == Language::Shell && edit == Remove {
                assert_eq!(got, None, "a part of a line is no line");
            } else {
                assert_eq!(got.as_deref(), Some(want), "{text:?}");
            }
        }
    }
}
