//! READMEs and manuals, and the comments of Compose files: code, and commands in sentences.

use crate::model::instructions::expansion::{Mark, put_in};
use crate::model::instructions::hints;
use crate::model::instructions::shell::Shell;
use crate::model::instructions::{Folder, Form, Invocation, Word};
use crate::source::{RelPath, SourceFile, Span, Text};
use crate::syntax::prose::{FragmentKind, Markup, fragments};

pub(super) fn read(file: &SourceFile, home: RelPath, markup: Markup) -> Vec<Invocation> {
    // The folder that a reader is in goes on from one block to the next.
    let mut shell = Shell::new(home, Form::Written);
    for fragment in fragments(&file.body(), markup) {
        let text = without_placeholders(&without_brackets(&fragment.text));
        match fragment.kind {
            FragmentKind::Block => {
                shell.form = Form::Written;
                shell.run(&text);
            }
            FragmentKind::Inline => {
                shell.form = Form::Shown;
                let folder = shell.folder.clone();
                shell.run(&text);
                // `cd x` in a sentence counts, what a whole line does in passing does not.
                if !text.starts_with("cd ") {
                    shell.folder = folder;
                }
            }
            FragmentKind::Sentence => {
                shell.form = Form::Mentioned;
                for hint in hints::starts(&text) {
                    shell.run(&text.slice(hint));
                }
                shell.out.extend(copy(file, fragment.text.span(), &shell.folder));
            }
        }
    }
    shell.out
}

/// The copy that a line has people make in words, with its code.
fn copy(file: &SourceFile, sentence: Span, folder: &Folder) -> Option<Invocation> {
    let at = sentence.start as usize;
    let start = file.text[..at].rfind('\n').map_or(0, |i| i + 1);
    let end = file.text[at..].find('\n').map_or(file.text.len(), |i| at + i);
    let (from, to) = hints::copied(&file.text[start..end])?;
    Some(Invocation {
        words: ["cp", from, to].map(Word::literal).to_vec(),
        folder: folder.clone(),
        form: Form::Mentioned,
        inside: None,
        call: None,
        span: Span::new(file.id, start, end),
    })
}

/// The commands that comments of a Compose file speak of.
pub(super) fn comments(file: &SourceFile, home: RelPath) -> Vec<Invocation> {
    let body = file.body();
    let mut shell = Shell::new(home, Form::Shown);
    let mut open: Option<Text> = None;
    let mut at = 0;
    for line in body.split_inclusive('\n') {
        let whole = body.slice(at..at + line.trim_end().len());
        at += line.len();
        let lead = whole.len() - whole.trim_start_matches([' ', '\t', '#']).len();
        if !whole.trim_start().starts_with('#') {
            open = None;
            continue;
        }
        let comment = whole.slice(lead..whole.len());
        let goes_on = comment.ends_with('\\');
        let mut text = match open.take() {
            Some(mut before) => {
                before.push_derived("\n", comment.span());
                before.push_text(&comment);
                before
            }
            None => comment,
        };
        if goes_on {
            open = Some(text);
            continue;
        }
        text = without_placeholders(&joined(&text));
        for hint in hints::starts(&text) {
            shell.folder = Folder::Start(String::new());
            shell.run(&text.slice(hint));
        }
    }
    shell.out
}

/// Continued lines as one.
fn joined(text: &Text) -> Text {
    let mut out = Text::empty(text.span());
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let content = line.trim_end().trim_end_matches('\\').trim_end();
        if at > 0 {
            out.push_derived(" ", text.span_of(at..at + 1));
        }
        out.push_text(&text.slice(at..at + content.len()));
        at += line.len();
    }
    out
}

/// A text with what is optional in it: `[-f FILE]` as `-f FILE`.
fn without_brackets(text: &Text) -> Text {
    let mut out = Text::empty(text.span());
    let mut at = 0;
    let mut open = 0_usize;
    for (index, c) in text.char_indices() {
        let opens = c == '[' && text[index + 1..].starts_with('-');
        if opens || c == ']' && open > 0 {
            open = if opens { open + 1 } else { open - 1 };
            out.push_text(&text.slice(at..index));
            at = index + 1;
        }
    }
    out.push_text(&text.slice(at..text.len()));
    out
}

/// A text with something unknown for each `<name>` to fill in: a shell would read from a file of that name.
fn without_placeholders(text: &Text) -> Text {
    let mut marks = Vec::new();
    let mut at = 0;
    while let Some(start) = text[at..].find('<').map(|i| at + i) {
        at = start + 1;
        let rest = &text[at..];
        let name = rest.find(['<', '>', '\n', '=']).map_or("", |end| &rest[..end]);
        let fills_in = rest[name.len()..].starts_with('>')
            && name.starts_with(char::is_alphanumeric)
            && !name.ends_with(' ');
        if fills_in {
            let range = start..at + name.len() + 1;
            at = range.end;
            marks.push(Mark { range, values: Vec::new(), name: String::new() });
        }
    }
    if marks.is_empty() {
        return text.clone();
    }
    put_in(text, &marks).pop().unwrap_or_else(|| text.clone())
}
