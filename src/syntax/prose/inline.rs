//! Code in sentences.

use super::{Fragment, FragmentKind, Markup};
use crate::source::Text;

/// The code of a line, each piece on its own, and what is left of the line.
pub(super) fn parts(line: &Text, markup: Markup, out: &mut Vec<Fragment>) {
    let mut left = Text::empty(line.span());
    let mut at = 0;
    while let Some((start, end, marks)) = code(&line[at..]) {
        let (start, end) = (at + start, at + end);
        left.push_text(&line.slice(at..start));
        left.push_derived(" ", line.span_of(start..end));
        let text = line.slice(start + marks..end - marks).trim();
        // In reStructuredText one backquote marks a role or a link.
        if !text.is_empty() && (markup != Markup::Rst || marks > 1) {
            out.push(Fragment { text, kind: FragmentKind::Inline });
        }
        at = end;
    }
    left.push_text(&line.slice(at..line.len()));
    if !left.trim().is_empty() {
        out.push(Fragment { text: left, kind: FragmentKind::Sentence });
    }
}

/// The first piece of code: from and to where, with the backquotes around it, and how many these are on each side.
fn code(text: &str) -> Option<(usize, usize, usize)> {
    let mut from = 0;
    loop {
        let start = from + text[from..].find('`')?;
        let marks = text[start..].chars().take_while(|c| *c == '`').count();
        let mut at = start + marks;
        while let Some(next) = text[at..].find('`') {
            let run = text[at + next..].chars().take_while(|c| *c == '`').count();
            at += next + run;
            if run == marks {
                return Some((start, at, marks));
            }
        }
        from = start + marks;
    }
}
