//! A command in a line that a shell or Compose splits into words.

use super::Edit;
use super::host::{Line, Reader, runs_module};
use super::quoting;
use crate::fix::Place;
use crate::fix::draft::Draft;
use crate::fix::yaml::scalar;
use crate::source::{Span, Text};
use crate::syntax::comments::Language;
use crate::syntax::shell::{Joined, Script};
use crate::syntax::yaml::{NodeKind, Style, Yaml};
use std::ops::Range;

/// What is replaced in the line's text; an insertion belongs to the byte before it (`After`) or behind it.
struct Splice {
    range: Range<usize>,
    with: String,
    after: bool,
}

pub(super) fn change(
    draft: &mut Draft,
    language: Language,
    line: &Line,
    words: &[Place],
    edits: &[Edit],
) -> Option<()> {
    let ranges: Vec<Option<Range<usize>>> = words.iter().map(|w| w.within(&line.text)).collect();
    let first = ranges.first()?.clone()?;
    let last = ranges.iter().flatten().map(|r| r.end).max()?;
    let shell = Shell::around(line, first.start);
    // `set -- gunicorn …` runs nothing: what is put there runs too early, and for other commands as well.
    let written_down = shell.as_ref().is_some_and(|shell| {
        let command = line.text.as_str().get(shell.command.clone()).unwrap_or_default();
        command.trim_start().starts_with("set ")
    });
    if written_down
        && edits
            .iter()
            .any(|e| matches!(e, Edit::Before(_) | Edit::Exec | Edit::Tolerate | Edit::Foreground))
    {
        return None;
    }
    let mut splices = Vec::new();
    let mut before = Vec::new();
    let mut wrapped = false;
    for edit in edits {
        match edit {
            Edit::Before(words) => before.push(quoting::line(words)),
            Edit::Word(index, word) => splices.push(Splice {
                range: ranges.get(*index)?.clone()?,
                with: quoting::word(word),
                after: false,
            }),
            Edit::Insert(index, words) => {
                let at = ranges.get(*index)?.clone()?.start;
                let with = format!("{} ", quoting::line(words));
                splices.push(Splice { range: at..at, with, after: false });
            }
            Edit::Append(words) => {
                let with = format!(" {}", quoting::line(words));
                splices.push(Splice { range: last..last, with, after: true });
            }
            Edit::Replace(words) => splices.push(Splice {
                range: first.start..last,
                with: quoting::line(words),
                after: false,
            }),
            Edit::Remove(range) => {
                let start = ranges.get(range.start)?.clone()?.start;
                let end = ranges.get(range.end.checked_sub(1)?)?.clone()?.end;
                // The blank before it goes as well.
                let text = &line.text.as_str()[..start];
                let start = text.trim_end_matches([' ', '\t']).len();
                splices.push(Splice { range: start..end, with: String::new(), after: false });
            }
            Edit::Shell => wrapped = true,
            Edit::Exec => {
                let at = first.start;
                shell.as_ref()?;
                splices.push(Splice { range: at..at, with: "exec ".to_owned(), after: false });
            }
            Edit::Tolerate => {
                let shell = shell.as_ref()?;
                let Range { start, end } = shell.command.clone();
                let joined =
                    shell.joined == Joined::And || matches!(shell.next, Some((Joined::And, _)));
                let (open, close) = if joined { ("(", " || true)") } else { ("", " || true") };
                splices.push(Splice { range: start..start, with: open.to_owned(), after: false });
                splices.push(Splice { range: end..end, with: close.to_owned(), after: true });
            }
            Edit::Foreground => {
                let end = shell.as_ref()?.command.end;
                let rest = line.text.as_str().get(end..)?;
                let at = end + (rest.len() - rest.trim_start_matches([' ', '\t']).len());
                let behind = line.text.as_str().get(at..)?.strip_prefix('&')?;
                if behind.starts_with('&') {
                    return None;
                }
                let last = behind.lines().next().unwrap_or("").trim().is_empty();
                let with = if last { "" } else { " &&" };
                splices.push(Splice { range: end..at + 1, with: with.to_owned(), after: false });
            }
            Edit::Drop => {
                let range = shell.as_ref()?.dropped(language, line.text.as_str())?;
                splices.push(Splice { range, with: String::new(), after: false });
            }
        }
    }
    let start = program_start(line.text.as_str(), first.start);
    match (&shell, before.is_empty()) {
        (None, true) if wrapped => {
            let rest = applied(line.text.as_str(), &mut splices)?;
            let command = rest.get(start..)?.trim_end();
            let with = in_shell(&command.split_whitespace().collect::<Vec<_>>().join(" "))?;
            splices = vec![Splice { range: start..line.text.len(), with, after: false }];
        }
        (_, true) => {}
        // In front of what replaces the command at the same place.
        (Some(shell), false) => splices.insert(0, shell.first(language, line, &before)),
        (None, false) => {
            // No shell reads it: one is put around the command.
            let rest = applied(line.text.as_str(), &mut splices)?;
            let command = rest.get(start..)?.trim_end();
            before.push(format!("exec {command}"));
            let inner = before.join(" && ");
            let with = in_shell(&inner)?;
            splices = vec![Splice { range: start..line.text.len(), with, after: false }];
        }
    }
    if let Some(quote) = shell.as_ref().and_then(|s| s.quote)
        && splices
            .iter()
            .any(|s| s.with.contains(quote) || quote == '"' && s.with.contains(['$', '`', '\\']))
    {
        return None;
    }
    write(draft, line, splices)
}

/// Where the program starts that runs the command at `at`: `python` in `python -m gunicorn`, the command itself else.
fn program_start(text: &str, at: usize) -> usize {
    let before = text.get(..at).unwrap_or_default();
    if !runs_module(before.split_whitespace()) {
        return at;
    }
    let python = before.trim_end().trim_end_matches("-m").trim_end();
    python.rfind(char::is_whitespace).map_or(0, |blank| blank + 1)
}

/// Whether a command is all that a line holds.
pub(super) fn is_all(line: &Line, at: usize) -> bool {
    let start = Place { start: at, end: at + 1 }.within(&line.text).map(|r| r.start);
    let shell = start.and_then(|start| Shell::around(line, start));
    shell.is_some_and(|s| {
        line.text.as_str()[..s.command.start].trim().is_empty()
            && line.text.as_str()[s.command.end..].trim().is_empty()
    })
}

/// A line for a shell; `None` where it has quotes of both kinds.
fn in_shell(line: &str) -> Option<String> {
    match (line.contains(['"', '\\', '`']), line.contains('\'')) {
        (false, _) => Some(format!("sh -c \"{line}\"")),
        (true, false) => Some(format!("sh -c '{line}'")),
        (true, true) => None,
    }
}

/// The text with the changes.
fn applied(text: &str, splices: &mut [Splice]) -> Option<String> {
    splices.sort_by_key(|s| s.range.start);
    if splices.windows(2).any(|pair| pair[0].range.end > pair[1].range.start) {
        return None;
    }
    let mut out = String::new();
    let mut at = 0;
    for splice in splices.iter() {
        out.push_str(text.get(at..splice.range.start)?);
        out.push_str(&splice.with);
        at = splice.range.end;
    }
    out.push_str(text.get(at..)?);
    Some(out)
}

/// Writes the changes where the bytes of the text are in the file.
fn write(draft: &mut Draft, line: &Line, mut splices: Vec<Splice>) -> Option<()> {
    let expected = applied(line.text.as_str(), &mut splices)?;
    let mut tried = draft.clone();
    let fits = splices.iter().rev().try_for_each(|splice| {
        let range = in_file(&line.text, splice)?;
        let mut with = line.escape.apply(&splice.with);
        if line.scalar.is_some() && with.contains('\n') {
            // The lines of a block are indented in the file.
            let text = line.text.as_str();
            let own = &text[text[..splice.range.start].rfind('\n').map_or(0, |i| i + 1)..];
            let own = own.len() - own.trim_start_matches([' ', '\t']).len();
            let indent = draft.indent(range.start);
            let block = indent.get(..indent.len().checked_sub(own)?)?;
            with = with.replace('\n', &format!("\n{block}"));
        }
        if line.scalar.is_none() {
            tried.write(range, &with);
        } else {
            tried.replace(range, &with);
        }
        Some(())
    });
    let Some(scalar_span) = line.scalar else {
        *draft = tried;
        return fits;
    };
    if fits.is_some() && reads(&tried, scalar_span, &expected) {
        *draft = tried;
        return Some(());
    }
    // The quotes or the place do not take it as it is: the whole scalar is written again.
    let yaml = Yaml::read(draft.file());
    let node = yaml.nodes().find(|n| n.span == scalar_span)?;
    let style = match node.kind {
        NodeKind::Scalar(_, style @ (Style::Plain | Style::Single | Style::Double)) => style,
        _ => return None,
    };
    let mut tried = draft.clone();
    let style = if style == Style::Plain && expected.contains(['"', ',', '[', ']', '{', '}']) {
        Style::Single
    } else {
        style
    };
    tried.replace(scalar_span.range(), &scalar(&expected, style)?);
    reads(&tried, scalar_span, &expected).then(|| *draft = tried)
}

/// Whether the scalar that starts at a place reads as a text.
fn reads(draft: &Draft, at: Span, text: &str) -> bool {
    let yaml = Yaml::read(draft.file());
    yaml.errors.is_empty()
        && yaml.nodes().any(|n| {
            n.span.start == at.start
                && matches!(&n.kind, NodeKind::Scalar(t, _) if t.as_str() == text)
        })
}

fn in_file(text: &Text, splice: &Splice) -> Option<Range<usize>> {
    let Range { start, end } = splice.range.clone();
    if start < end {
        return Some(text.span_of(start..end).range());
    }
    if splice.after && start > 0 {
        let end = text.span_of(start - 1..start).end as usize;
        return Some(end..end);
    }
    let at = text.span_of(start..start + 1).start as usize;
    Some(at..at)
}

/// The shell that reads a command, and the command in it.
struct Shell {
    /// The quote around what the shell is given, where Compose splits the line.
    quote: Option<char>,
    /// The simple command with its assignments, in the text of the line.
    command: Range<usize>,
    /// What joins it to the one before, and to the one behind with where that starts.
    joined: Joined,
    next: Option<(Joined, usize)>,
}

impl Shell {
    fn around(line: &Line, at: usize) -> Option<Self> {
        let (inner, quote) = match line.reader {
            Reader::Shell => (line.text.clone(), None),
            Reader::Compose => {
                let text = line.text.as_str();
                let head = text.get(..at)?;
                let open = head.find(['"', '\''])?;
                let mut before = head[..open].split_whitespace();
                let shell = before.next()?.rsplit('/').next()?;
                let option = before.next_back()?;
                if !matches!(shell, "sh" | "bash" | "dash" | "ash")
                    || !option.starts_with('-')
                    || !option.ends_with('c')
                {
                    return None;
                }
                let quote = head[open..].chars().next()?;
                let close = text.rfind(quote).filter(|c| *c > open)?;
                (line.text.slice(open + 1..close), Some(quote))
            }
        };
        let script = Script::read(&inner);
        let place = line.text.span_of(at..at + 1).start;
        let steps: Vec<_> = script.body.all_commands().collect();
        let holding = |s: &&crate::syntax::shell::Step<'_>| {
            s.item.span.start <= place && place < s.item.span.end
        };
        let index = steps
            .iter()
            .enumerate()
            .filter(|(_, s)| holding(s))
            .min_by_key(|(_, s)| s.item.span.len())
            .map(|(i, _)| i)?;
        let step = &steps[index];
        let offset = |place: u32| {
            Place { start: place as usize, end: place as usize + 1 }
                .within(&line.text)
                .map(|r| r.start)
        };
        let start = offset(step.item.span.start)?;
        let end = offset(step.item.span.end - 1)? + 1;
        let next =
            steps.get(index + 1).and_then(|n| Some((n.item.joined, offset(n.item.span.start)?)));
        Some(Self { quote, command: start..end, joined: step.item.joined, next })
    }

    /// The commands in front of it.
    fn first(&self, language: Language, line: &Line, before: &[String]) -> Splice {
        let text = line.text.as_str();
        let at = self.command.start;
        let line_start = text[..at].rfind('\n').map_or(0, |i| i + 1);
        let indent = &text[line_start..at];
        let own_line = indent.trim().is_empty() && (line_start > 0 || language == Language::Shell);
        let with = if own_line
            && self.joined == Joined::Then
            && self.quote.is_none()
            && text.contains('\n')
        {
            before.iter().map(|b| format!("{b}\n{indent}")).collect()
        } else {
            before.iter().map(|b| format!("{b} && ")).collect()
        };
        Splice { range: at..at, with, after: false }
    }

    /// What goes when the command goes.
    fn dropped(&self, language: Language, text: &str) -> Option<Range<usize>> {
        let Range { start, end } = self.command.clone();
        match self.next {
            Some((Joined::And, next)) => return Some(start..next),
            _ if self.joined == Joined::And => {
                let head = text[..start].trim_end().strip_suffix("&&")?.trim_end();
                return Some(head.len()..end);
            }
            _ => {}
        }
        let line_start = text[..start].rfind('\n').map_or(0, |i| i + 1);
        let line_end = text[end..].find('\n').map_or(text.len(), |i| end + i + 1);
        let alone =
            text[line_start..start].trim().is_empty() && text[end..line_end].trim().is_empty();
        if alone && (language == Language::Shell || text.contains('\n')) {
            return Some(line_start..line_end);
        }
        match self.next {
            Some((Joined::Then, next)) => Some(start..next),
            _ => None,
        }
    }
}
