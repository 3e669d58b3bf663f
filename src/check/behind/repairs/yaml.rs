//! Lines that cannot be read.

use crate::check::behind::repair::Repair;
use crate::source::{SourceFile, Sources, Span};
use crate::syntax::comments::Language;
use crate::syntax::nginx::Config;
use crate::syntax::python::Module;
use crate::syntax::shell::Script;
use crate::syntax::yaml::Yaml;
use std::collections::BTreeSet;

/// How many lines above and below tell how far lines are indented.
const NEIGHBOURS: usize = 12;

/// A line as it was most likely meant, or left out where that cannot be told.
pub(super) fn syntax(repair: Repair, at: Span, sources: &Sources<'_>) -> Option<Repair> {
    let file = sources.file(at.file);
    let language = Language::of_name(file.path.file_name());
    let before = errors(&file, language)?;
    let line = Line::of(&file, at)?;
    let better = |repair: &Repair| {
        let text = applied(&file, &repair.edits);
        let after = file.with_text(text.into());
        let Some(left) = errors(&after, language) else { return false };
        // One less, or one that only came to light further down.
        let further = |span: &Span| after.position(span.start).line > line.number;
        left.len() < before.len() || left.len() == before.len() && left.iter().all(further)
    };
    let edit = |Meant { at, with, is_clear }: Meant| Repair {
        fault: repair.fault,
        edits: vec![(at, with)],
        new_files: Vec::new(),
        silences: &[],
        stands_at: None,
        is_sure: false,
        unclear: if is_clear { Vec::new() } else { vec![line.span(0, line.text.len())] },
    };
    let meant = match language {
        Language::Yaml => line.meant_in_yaml(),
        Language::Nginx => line.with_end(";"),
        Language::Python => ["'", "\"", ")", "]", "}", "',", "\",", "),"]
            .iter()
            .flat_map(|end| line.with_end(end))
            .collect(),
        _ => Vec::new(),
    };
    let found = meant.into_iter().map(edit).find(&better);
    found.or_else(|| {
        let out = edit(line.left_out());
        better(&out).then(|| Repair { unclear: vec![line.block(language)], ..out })
    })
}

/// The places of a file that cannot be read.
fn errors(file: &SourceFile, language: Language) -> Option<Vec<Span>> {
    let errors = match language {
        Language::Yaml => Yaml::read(file).errors.clone(),
        Language::Python => Module::read(file).errors,
        Language::Nginx => Config::read(&file.body()).errors,
        Language::Shell => Script::read(&file.body()).errors,
        _ => return None,
    };
    Some(errors.into_iter().map(|e| e.span).collect())
}

fn applied(file: &SourceFile, edits: &[(Span, String)]) -> String {
    let mut text = file.text.to_string();
    for (span, with) in edits {
        if text.is_char_boundary(span.range().start) && text.is_char_boundary(span.range().end) {
            text.replace_range(span.range(), with);
        }
    }
    text
}

/// What a line may have been meant to be.
struct Meant {
    at: Span,
    with: String,
    /// Whether nothing else can have been meant.
    is_clear: bool,
}

/// A line of a file.
struct Line<'f> {
    file: &'f SourceFile,
    number: u32,
    start: usize,
    text: &'f str,
}

impl<'f> Line<'f> {
    fn of(file: &'f SourceFile, at: Span) -> Option<Self> {
        let number = file.position(at.start).line;
        Self::numbered(file, number)
    }

    fn numbered(file: &'f SourceFile, number: u32) -> Option<Self> {
        let range = file.line(number)?;
        Some(Self { file, number, start: range.start, text: file.text.get(range)? })
    }

    fn span(&self, start: usize, end: usize) -> Span {
        Span::new(self.file.id, self.start + start, self.start + end)
    }

    fn indent(&self) -> usize {
        self.text.len() - self.text.trim_start_matches([' ', '\t']).len()
    }

    fn is_blank(&self) -> bool {
        let text = self.text.trim();
        text.is_empty() || text.starts_with('#')
    }

    /// Without it.
    fn left_out(&self) -> Meant {
        Meant { at: self.span(0, self.text.len()), with: String::new(), is_clear: true }
    }

    /// With something at its end, which is before a comment.
    fn with_end(&self, end: &str) -> Vec<Meant> {
        let code = self.text.find(" #").map_or(self.text, |at| &self.text[..at]);
        let at = code.trim_end().len();
        vec![Meant { at: self.span(at, at), with: end.to_owned(), is_clear: true }]
    }

    /// What the line may have been meant to be, likeliest first.
    fn meant_in_yaml(&self) -> Vec<Meant> {
        let mut all = Vec::new();
        let content = &self.text[self.indent()..];
        // A quote that is not closed.
        for quote in ['"', '\''] {
            if content.matches(quote).count() % 2 == 1 {
                all.extend(self.with_end(&quote.to_string()));
            }
        }
        for (open, close) in [('[', "]"), ('{', "}")] {
            if content.contains(open) {
                all.extend(self.with_end(close));
            }
        }
        let indent = self.span(0, self.indent());
        if self.text[..self.indent()].contains('\t') {
            let with = self.text[..self.indent()].replace('\t', "  ");
            all.push(Meant { at: indent, with, is_clear: true });
        }
        // Another depth: that of a line nearby, the nearest first.
        let mut depths: Vec<usize> = self.depths_nearby().into_iter().collect();
        depths.sort_by_key(|d| (d.abs_diff(self.indent()), *d));
        let other = depths.into_iter().filter(|d| *d != self.indent());
        all.extend(other.map(|d| Meant { at: indent, with: " ".repeat(d), is_clear: false }));
        if let Some(colon) = content.find(':').map(|i| self.indent() + i + 1) {
            let rest = &self.text[colon..];
            if !rest.is_empty() && !rest.starts_with([' ', '\t']) {
                let at = self.span(colon, colon);
                all.push(Meant { at, with: " ".to_owned(), is_clear: false });
            }
            let value = rest.trim();
            if !value.is_empty() && !value.contains('\'') && !value.starts_with(['*', '&']) {
                let start = colon + rest.len() - rest.trim_start().len();
                let at = self.span(start, start + value.len());
                all.push(Meant { at, with: format!("'{value}'"), is_clear: false });
            }
        }
        all
    }

    fn depths_nearby(&self) -> BTreeSet<usize> {
        let around = self.around(true).take(NEIGHBOURS).chain(self.around(false).take(NEIGHBOURS));
        around.map(|line| line.indent()).collect()
    }

    /// Lines above or below that hold something, the nearest first.
    fn around(&self, above: bool) -> impl Iterator<Item = Line<'f>> {
        let (file, start) = (self.file, self.number);
        let numbers: Box<dyn Iterator<Item = u32>> = match above {
            true => Box::new((1..start).rev()),
            false => Box::new(start + 1..),
        };
        numbers.map_while(|n| Line::numbered(file, n)).filter(|line| !line.is_blank())
    }

    /// What the line belongs to: a service with all that is below it; the line itself in other languages.
    fn block(&self, language: Language) -> Span {
        if language != Language::Yaml {
            return self.span(0, self.text.len());
        }
        let head = |line: &Line<'_>| {
            (1..=4).contains(&line.indent()) && !line.text.trim_start().starts_with('-')
        };
        let top = self.around(true).find(|line| line.indent() < self.indent() && head(line));
        let start = top.as_ref().map_or(self.start, |line| line.start);
        let depth = top.as_ref().map_or(0, Line::indent);
        let end = self.around(false).find(|line| line.indent() <= depth);
        let end = end.map_or(self.file.text.len(), |line| line.start);
        Span::new(self.file.id, start, end)
    }
}
