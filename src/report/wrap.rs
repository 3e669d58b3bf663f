//! Breaking text at the terminal's width, counted in columns: a Korean letter takes two.

use super::safe::SafeText;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// How many lengths are tried for lines of about the same length.
const TRIES: usize = 8;

/// Columns of a text.
pub(super) fn columns(text: &str) -> usize {
    text.width()
}

/// A word and the spaces before it.
struct Word<'t> {
    spaces: usize,
    text: &'t str,
}

/// Breaks `text` into lines of at most `first` and then `rest` columns, at spaces. What stands in
/// back ticks stays together where it can. A word that is longer than a line is left whole, because
/// a path or command that is broken cannot be copied.
pub(super) fn wrap(text: &SafeText, first: usize, rest: usize) -> Vec<SafeText> {
    let mut lines = Vec::new();
    let mut line = String::new();
    let mut used = 0;
    for word in words(text.as_str(), rest / 2) {
        let limit = if lines.is_empty() { first } else { rest };
        let wide = columns(word.text);
        if !line.is_empty() && used + word.spaces + wide > limit {
            lines.push(SafeText::composed(std::mem::take(&mut line)));
            used = 0;
        } else {
            line.extend(std::iter::repeat_n(' ', word.spaces));
            used += word.spaces;
        }
        if wide <= rest || wide == word.text.chars().count() {
            line.push_str(word.text);
            used += wide;
            continue;
        }
        // Korean, Chinese and Japanese may be broken before any letter; never before `::`, which a
        // CI system would obey at the start of a line.
        for c in word.text.chars() {
            let limit = if lines.is_empty() { first } else { rest };
            let wide = c.width().unwrap_or(0);
            if wide == 2 && used + wide > limit && !line.is_empty() {
                lines.push(SafeText::composed(std::mem::take(&mut line)));
                used = 0;
            }
            line.push(c);
            used += wide;
        }
    }
    if !line.is_empty() || lines.is_empty() {
        lines.push(SafeText::composed(line));
    }
    lines
}

/// Breaks `text` into as few lines of at most `room` columns as it takes, and these of about the same
/// length, so that no single word is left over.
pub(super) fn balanced(text: &SafeText, room: usize) -> Vec<SafeText> {
    let lines = wrap(text, room, room);
    if lines.len() < 2 {
        return lines;
    }
    // The length is tried in a few steps between the even share and what there is.
    let share = columns(text.as_str()).div_ceil(lines.len()).min(room);
    let step = (room - share).div_ceil(TRIES).max(1);
    let even = (share..room)
        .step_by(step)
        .map(|width| wrap(text, width, width))
        .find(|even| even.len() == lines.len());
    match even {
        // A long word may stick out of a short line.
        Some(even) if even.iter().all(|l| columns(l.as_str()) <= room) => even,
        _ => lines,
    }
}

fn words(text: &str, longest: usize) -> Vec<Word<'_>> {
    let mut words = Vec::new();
    let mut rest = text;
    loop {
        let spaces = rest.len() - rest.trim_start_matches(' ').len();
        rest = &rest[spaces..];
        if rest.is_empty() {
            return words;
        }
        let mut end = rest.find(' ').unwrap_or(rest.len());
        if rest[..end].matches('`').count() % 2 == 1
            && let Some(close) = rest[end..].find('`')
        {
            let close = end + close;
            let quoted = close + rest[close..].find(' ').unwrap_or(rest.len() - close);
            if columns(&rest[..quoted]) <= longest {
                end = quoted;
            }
        }
        words.push(Word { spaces, text: &rest[..end] });
        rest = &rest[end..];
    }
}
