//! Marks of template languages in a configuration: Jinja and Go `{{ … }}`, Jinja `{% … %}` and
//! `{# … #}`, ERB `<% … %>`. nginx knows none of them, but files with them are what a repository
//! holds, and the `{` in them opens no block. A value closes on its line; statements and comments may
//! take several.

/// A mark: where it ends, and whether it stands for a value (`{{ name }}`) or for nothing.
pub(super) struct Mark {
    /// The byte after it.
    pub(super) end: usize,
    /// Whether it leaves text behind in the rendered file.
    pub(super) value: bool,
}

/// Finds marks, and remembers which ends the current line lacks, so that it is not searched again.
#[derive(Default)]
pub(super) struct Marks {
    /// For each of [`ENDS`], the byte before which it does not occur.
    lacking: [usize; 4],
    /// Where the line ends that was looked at last.
    line_end: usize,
}

const ENDS: [&str; 4] = ["}}", "%}", "#}", "%>"];
/// First words of a Go or Handlebars mark that leaves nothing behind.
const CONTROL: [&str; 12] = [
    "if", "else", "end", "range", "with", "define", "template", "block", "for", "endif", "endfor",
    "/*",
];

impl Marks {
    /// The mark that starts at `at`.
    pub(super) fn mark_at(&mut self, s: &str, at: usize) -> Option<Mark> {
        let rest = s.get(at..)?;
        let kind = match rest.as_bytes().get(..2)? {
            b"{{" => 0,
            b"{%" => 1,
            b"{#" => 2,
            b"<%" => 3,
            _ => return None,
        };
        let lacking = self.lacking.get_mut(kind)?;
        if at < *lacking {
            return None;
        }
        let close = ENDS.get(kind)?;
        if at >= self.line_end {
            self.line_end = rest.find('\n').map_or(s.len(), |i| at + i);
        }
        let line = s.get(at + 2..self.line_end)?;
        let found = line.find(close).or_else(|| {
            // Asked only once a line, because an end that is lacking is remembered.
            let many_lines = kind == 1
                || kind == 2
                || kind == 0 && (line.trim_matches(['-', ' ', '\r']).is_empty() || control(line));
            many_lines.then(|| rest.get(2..)?.find(close)).flatten().or_else(|| {
                *lacking = if many_lines { s.len() } else { self.line_end };
                None
            })
        })?;
        let inner = rest.get(2..2 + found).unwrap_or_default();
        let value = match kind {
            0 => !control(inner),
            3 => inner.starts_with('='),
            _ => false,
        };
        Some(Mark { end: at + 2 + found + close.len(), value })
    }
}

/// Whether the inside of `{{ … }}` is a statement of the template language.
fn control(inner: &str) -> bool {
    let inner = inner.trim_start_matches(['-', '~']).trim_start();
    let mut words = inner.split_whitespace();
    inner.starts_with(['#', '/', '^', '!', '>'])
        || words.next().is_some_and(|w| CONTROL.contains(&w))
        || words.next().is_some_and(|w| matches!(w, "=" | ":="))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_end_on_their_line() {
        let at = |s: &str| Marks::default().mark_at(s, 0).map(|m| (m.end, m.value));
        assert_eq!(at("{{ 이름 }};"), Some((12, true)));
        assert_eq!(at("{{- if .x }}"), Some((12, false)));
        assert_eq!(at("<%= x %>"), Some((8, true)));
        assert_eq!(at("{% x %}"), Some((7, false)));
        assert_eq!(at("{{ x\n}}"), None);
        assert_eq!(at("{{- /* {{ x\n y */}}"), Some((19, false)));
        assert_eq!(at("{ x }"), None);
    }
}
