//! Patterns of the shell and regular expressions (POSIX shell, 2.14; Bash manual, 3.5.8.1 and 3.2.5.2).

use super::words::Field;
use regex::Regex;

/// The longest pattern that is worked with, in bytes.
const MAX_BYTES: usize = 4_096;
/// What a compiled pattern may take, in bytes.
const MAX_COMPILED: usize = 256 * 1024;

/// A pattern, compiled.
#[derive(Debug, Clone)]
pub(super) struct Pattern {
    whole: Regex,
    part: String,
}

impl Pattern {
    /// A pattern as it is written, nothing of it quoted.
    pub(super) fn of_text(text: &str) -> Option<Self> {
        let mut out = String::new();
        glob(text, &mut out)?;
        Self::of_regex(out)
    }

    /// Of an expanded word, whose quoted runs stand for themselves; `None` where it is not known.
    pub(super) fn of_field(field: &Field) -> Option<Self> {
        let mut out = String::new();
        let mut plain = String::new();
        for (text, quoted) in &field.runs {
            let text = text.resolved()?;
            if *quoted {
                glob(&plain, &mut out)?;
                plain.clear();
                out.push_str(&regex::escape(text));
            } else {
                plain.push_str(text);
            }
        }
        glob(&plain, &mut out)?;
        Self::of_regex(out)
    }

    fn of_regex(part: String) -> Option<Self> {
        let whole = compile(&format!("^(?:{part})$"))?;
        Some(Self { whole, part })
    }

    pub(super) fn matches(&self, text: &str) -> bool {
        self.whole.is_match(text)
    }

    /// The text with what the pattern fits replaced: `/` the first, `//` all, `/#` at the front, `/%` at the end.
    pub(super) fn replaced(&self, text: &str, new: &str, operator: &str) -> String {
        let anchored = match operator {
            "/#" => format!("^(?:{})", self.part),
            "/%" => format!("(?:{})$", self.part),
            _ => format!("(?:{})", self.part),
        };
        let Some(regex) = compile(&anchored) else { return text.to_owned() };
        let limit = usize::from(operator != "//");
        regex.replacen(text, limit, regex::NoExpand(new)).into_owned()
    }
}

/// An extended regular expression of `=~`, whose quoted runs stand for themselves.
pub(super) fn regular(field: &Field) -> Option<Regex> {
    let mut out = String::new();
    for (text, quoted) in &field.runs {
        let text = text.resolved()?;
        if *quoted {
            out.push_str(&regex::escape(text));
        } else {
            out.push_str(text);
        }
    }
    compile(&out)
}

fn compile(pattern: &str) -> Option<Regex> {
    if pattern.len() > MAX_BYTES {
        return None;
    }
    regex::RegexBuilder::new(pattern)
        .dot_matches_new_line(true)
        .size_limit(MAX_COMPILED)
        .build()
        .ok()
}

/// Adds the regular expression of a pattern; `None` for a form that has none.
fn glob(pattern: &str, out: &mut String) -> Option<()> {
    let mut chars = pattern.char_indices().peekable();
    // Groups that are open, with what their `)` becomes.
    let mut open: Vec<&str> = Vec::new();
    while let Some((at, c)) = chars.next() {
        let group = matches!(c, '?' | '*' | '+' | '@' | '!')
            && chars.peek().is_some_and(|(_, next)| *next == '(');
        match c {
            '!' if group => return None,
            _ if group => {
                chars.next();
                out.push_str("(?:");
                open.push(match c {
                    '?' => ")?",
                    '*' => ")*",
                    '+' => ")+",
                    _ => ")",
                });
            }
            '|' if !open.is_empty() => out.push('|'),
            ')' if !open.is_empty() => out.push_str(open.pop().unwrap_or(")")),
            '*' => out.push_str(".*"),
            '?' => out.push('.'),
            '[' => match class(&pattern[at..]) {
                Some((text, length)) => {
                    out.push_str(&text);
                    while chars.peek().is_some_and(|(next, _)| *next < at + length) {
                        chars.next();
                    }
                }
                None => out.push_str("\\["),
            },
            '\\' => {
                if let Some((_, next)) = chars.next() {
                    out.push_str(&regex::escape(next.encode_utf8(&mut [0; 4])));
                }
            }
            c => out.push_str(&regex::escape(c.encode_utf8(&mut [0; 4]))),
        }
    }
    open.is_empty().then_some(())
}

/// `[…]` at the start of a pattern as a class of a regular expression, and its length.
fn class(pattern: &str) -> Option<(String, usize)> {
    let bytes = pattern.as_bytes();
    let mut at = 1;
    let mut out = String::from("[");
    if matches!(bytes.get(at), Some(b'!' | b'^')) {
        out.push('^');
        at += 1;
    }
    let first = at;
    while at < bytes.len() {
        let rest = &pattern[at..];
        if rest.starts_with(']') && at > first {
            out.push(']');
            return Some((out, at + 1));
        }
        if rest.starts_with("[:")
            && let Some(end) = rest.find(":]")
        {
            out.push_str(&rest[..end + 2]);
            at += end + 2;
            continue;
        }
        let c = rest.chars().next()?;
        if matches!(c, '[' | ']' | '\\' | '^' | '&' | '~') {
            out.push('\\');
        }
        out.push(c);
        at += c.len_utf8();
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_fit_what_the_shell_lets_them_fit() {
        let yes = [
            ("*", ""),
            ("gun*", "gunicorn"),
            ("?", "a"),
            ("[a-c]x", "bx"),
            ("[!a]x", "bx"),
            ("[]]", "]"),
            ("*.sh", "a/b.sh"),
            ("@(web|api)", "api"),
            ("+(a)", "aaa"),
            ("a.b", "a.b"),
            ("[[:digit:]]*", "1x"),
            ("--*", "--help"),
            ("[", "["),
            ("a\\*", "a*"),
            ("*a\nb", "x a\nb"),
        ];
        for (pattern, text) in yes {
            assert!(Pattern::of_text(pattern).is_some_and(|p| p.matches(text)), "{pattern} {text}");
        }
        for (pattern, text) in
            [("a", "ab"), ("a.b", "axb"), ("?", ""), ("[a-c]", "d"), ("@(a|b)", "c")]
        {
            assert!(
                Pattern::of_text(pattern).is_some_and(|p| !p.matches(text)),
                "{pattern} {text}"
            );
        }
        assert!(Pattern::of_text("!(a)").is_none());
    }
}
