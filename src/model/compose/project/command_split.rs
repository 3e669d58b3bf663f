//! Commands written as one text (Compose specification, `command`, `entrypoint`).

use crate::model::compose::tree::{Kind, Node};
use crate::source::{Reason, Span, Text};
use std::ops::Range;

/// A command as Compose hands it to the container.
#[derive(Debug, Clone)]
pub struct Words {
    /// The arguments, as far as they are known.
    pub words: Vec<Text>,
    /// Whether it was written as one string (and split by Compose, not by a shell).
    pub from_string: bool,
    /// The place of the whole value, for a label.
    pub span: Span,
    /// What Compose drops of the string: all from the first operator of a shell on.
    pub dropped: Option<Text>,
}

/// `command` or `entrypoint`; `None` where it is absent or null.
pub(super) fn command_words(node: &Node) -> Option<Words> {
    if let Some(scalar) = node.scalar() {
        let text = &scalar.text;
        let mut end = None;
        split_to(text, &mut end);
        let dropped = end.map(|at| text.slice(at..text.len()));
        return Some(Words {
            words: split_words(text),
            from_string: true,
            span: text.span(),
            dropped,
        });
    }
    if let Kind::List(items) = &node.kind {
        let words = items
            .iter()
            .map(|i| match i.scalar() {
                Some(scalar) => scalar.text.clone(),
                None => Text::unresolved(Reason::NotA("a string"), i.span),
            })
            .collect();
        return Some(Words { words, from_string: false, span: node.span, dropped: None });
    }
    None
}

/// Splits a command string as Compose does: at white space, quotes removed, no variables, and no shell. What
/// stands from the first unquoted `;`, `&`, `|`, `<` or `>` on is dropped without a word (measured with Compose
/// v2.40.3), so `migrate && serve` only migrates. A text that Compose cannot split, because a quote stays open, is
/// split at its white space.
pub fn split_words(text: &Text) -> Vec<Text> {
    split(text).unwrap_or_else(|| {
        let s = text.as_str();
        let word = |w: &str| w.as_ptr() as usize - s.as_ptr() as usize;
        s.split_whitespace().map(|w| text.slice(word(w)..word(w) + w.len())).collect()
    })
}

/// A word that is being read: the runs of the text that it is made of.
#[derive(Default)]
struct Word {
    runs: Vec<Range<usize>>,
    first: Option<char>,
    last: Option<char>,
    /// Whether it is one, even when nothing is in it (`''`).
    begun: bool,
}

impl Word {
    fn push(&mut self, at: usize, c: char) {
        let end = at + c.len_utf8();
        match self.runs.last_mut() {
            Some(run) if run.end == at => run.end = end,
            _ => self.runs.push(at..end),
        }
        self.first = self.first.or(Some(c));
        self.last = Some(c);
    }

    fn text(&self, whole: &Text, span: Range<usize>) -> Text {
        let mut text = Text::empty(whole.span_of(span));
        for run in &self.runs {
            text.push_text(&whole.slice(run.clone()));
        }
        text
    }
}

/// Splits a command at white space, as Compose does without a shell: quotes and backslashes are taken away,
/// `` `…` `` and `$(…)` stay as they are, in one word, and what begins with an unquoted `;`, `&`, `|`, `<` or
/// `>` is dropped without a word. `None` where a quote or bracket stays open (Compose v2.40.3, measured).
pub(crate) fn split(text: &Text) -> Option<Vec<Text>> {
    split_to(text, &mut None)
}

/// Like [`split`]; `end` becomes where it stopped short of the end, at an operator.
fn split_to(text: &Text, end: &mut Option<usize>) -> Option<Vec<Text>> {
    let mut words = Vec::new();
    let (mut word, mut start) = (Word::default(), 0);
    let (mut single, mut double, mut back, mut dollar) = (false, false, false, false);
    let mut escaped = false;
    for (at, c) in text.as_str().char_indices() {
        if escaped || (c == '\\' && single) {
            escaped = false;
            word.push(at, c);
            word.begun = true;
            continue;
        }
        let inside = single || double || back || dollar;
        match c {
            '\\' => {
                escaped = true;
                continue;
            }
            ' ' | '\t' | '\r' | '\n' if !inside => {
                if word.begun {
                    words.push(word.text(text, start..at));
                    word = Word::default();
                }
                start = at + c.len_utf8();
                continue;
            }
            ' ' | '\t' | '\r' | '\n' => {
                word.push(at, c);
                continue;
            }
            '`' if !single && !double && !dollar => back = !back,
            ')' if !single && !double && !back => dollar = !dollar,
            '(' if !single && !double && !back => {
                if dollar || word.last != Some('$') {
                    return None;
                }
                dollar = true;
            }
            '"' if !single && !dollar => {
                word.begun |= double;
                double = !double;
                continue;
            }
            '\'' if !double && !dollar => {
                word.begun |= single;
                single = !single;
                continue;
            }
            ';' | '&' | '|' | '<' | '>' if !inside => {
                // The number of `2>` belongs to the operator.
                let number = c == '>' && word.first.is_some_and(|c| c.is_ascii_digit());
                if word.begun && !number {
                    words.push(word.text(text, start..at));
                }
                *end = Some(at);
                return Some(words);
            }
            _ => {}
        }
        word.push(at, c);
        word.begun = true;
    }
    if word.begun {
        words.push(word.text(text, start..text.len()));
    }
    (!escaped && !single && !double && !back && !dollar).then_some(words)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{MemoryFiles, Sources};

    /// What Compose v2.40.3 prints for these strings.
    #[test]
    fn strings_are_split_as_compose_splits_them() {
        let files = MemoryFiles::new();
        let sources = Sources::new(&files);
        let cases: [(&str, &[&str]); 8] = [
            ("python manage.py migrate && gunicorn x", &["python", "manage.py", "migrate"]),
            ("a; b", &["a"]),
            ("a | b", &["a"]),
            ("a 2>&1", &["a"]),
            ("sh -c \"a && b\"", &["sh", "-c", "a && b"]),
            ("a 'x;y' b\\ c", &["a", "x;y", "b c"]),
            ("a `b` # c", &["a", "`b`", "#", "c"]),
            ("  서버 --name='가 나'  ", &["서버", "--name=가 나"]),
        ];
        for (text, wanted) in cases {
            let file = sources.add(text, text);
            let words = split_words(&file.body());
            assert_eq!(words.iter().map(|w| w.as_str()).collect::<Vec<_>>(), wanted, "{text}");
        }
    }
}
