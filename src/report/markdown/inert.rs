//! Text of a project inside Markdown (GitHub Flavored Markdown 0.29), where it must stay text: no tag, no image, no
//! link, no mention, no end of the cell or of the block around it.
//!
//! Two means are enough. A code span shows everything as it is, and the filters that make links of `@name` or `#1`
//! leave code alone (6.3); so words that look like such a thing become code. Elsewhere punctuation that may mean
//! something is written as a character reference, which is never read as structure (6.2).

use super::super::safe::SafeText;
use std::fmt::Write as _;

/// A sentence on one line: what stands in back ticks as code, the rest as text.
pub(super) fn prose(text: &SafeText) -> SafeText {
    let mut out = String::with_capacity(text.as_str().len() * 2);
    let mut rest = text.as_str();
    while let Some(open) = rest.find('`') {
        words(&rest[..open], &mut out);
        let after = &rest[open + 1..];
        match after.find('`') {
            Some(close) if close > 0 => {
                span(&after[..close], &mut out);
                rest = &after[close + 1..];
            }
            _ => {
                reference('`', &mut out);
                rest = after;
            }
        }
    }
    words(rest, &mut out);
    SafeText::composed(out)
}

/// A text as code.
pub(super) fn code(text: &SafeText) -> SafeText {
    let mut out = String::with_capacity(text.as_str().len() + 2);
    span(text.as_str(), &mut out);
    SafeText::composed(out)
}

/// A text inside an HTML block, where Markdown is not read.
pub(super) fn html(text: &SafeText) -> SafeText {
    text.rewritten(|c, out| {
        if c.is_ascii_punctuation() && !matches!(c, '-' | '.' | '/' | ':') {
            reference(c, out)
        } else {
            out.push(c)
        }
    })
}

/// Lines in a fence that is longer than any run of back ticks in them.
pub(super) fn fence(lines: &[SafeText]) -> SafeText {
    let longest = lines.iter().map(|l| longest_run(l.as_str())).max().unwrap_or(0);
    let mark = "`".repeat((longest + 1).max(3));
    let mut out = format!("{mark}text\n");
    for line in lines {
        out.push_str(line.as_str());
        out.push('\n');
    }
    out.push_str(&mark);
    out.push('\n');
    SafeText::composed(out)
}

fn longest_run(text: &str) -> usize {
    text.split(|c| c != '`').map(str::len).max().unwrap_or(0)
}

/// `&#60;` for `<`.
fn reference(c: char, out: &mut String) {
    let _ = write!(out, "&#{};", c as u32);
}

/// A code span. A bar ends a cell even inside code, so it stands between two spans.
fn span(text: &str, out: &mut String) {
    for (index, part) in text.split('|').enumerate() {
        if index > 0 {
            reference('|', out);
        }
        if part.trim().is_empty() {
            // A span of spaces alone is no span in every reader.
            out.push_str(part);
            continue;
        }
        if out.ends_with('`') {
            // The marks of two spans side by side would be read as one.
            out.push(' ');
        }
        let mark = "`".repeat(longest_run(part) + 1);
        // A space at both ends is taken off again; it keeps back ticks apart from the mark (6.3).
        let space =
            if part.starts_with(['`', ' ']) || part.ends_with(['`', ' ']) { " " } else { "" };
        out.extend([mark.as_str(), space, part, space, mark.as_str()]);
    }
}

/// Words outside of back ticks.
fn words(text: &str, out: &mut String) {
    for (index, word) in text.split(' ').enumerate() {
        if index > 0 {
            out.push(' ');
        }
        if telling(word) {
            // Quotes and stops around it are the sentence's.
            let quoted = word.trim_start_matches(['\'', '"', '(']);
            let core = quoted.trim_end_matches(['\'', '"', ')', ',', ';', '.', ':']);
            out.push_str(&word[..word.len() - quoted.len()]);
            span(core, out);
            out.push_str(&quoted[core.len()..]);
            continue;
        }
        let mut before = None;
        let mut letters = word.chars().peekable();
        while let Some(c) = letters.next() {
            let next = letters.peek();
            let plain = match c {
                // Between letters it is no emphasis (6.4).
                '_' => {
                    before.is_some_and(char::is_alphanumeric)
                        && next.is_some_and(|n| n.is_alphanumeric())
                }
                ':' => next.is_none(),
                ',' | '.' | ';' | '(' | ')' | '-' | '\'' | '"' | '/' | '=' | '+' | '%' | '?' => {
                    true
                }
                c => !c.is_ascii_punctuation(),
            };
            if plain {
                out.push(c)
            } else {
                reference(c, out)
            }
            before = Some(c);
        }
    }
}

/// Whether a word could be made a link, a mention, a reference or a formula by what comes after Markdown.
fn telling(word: &str) -> bool {
    let lower = word.to_ascii_lowercase();
    let hash = lower.len() >= 7 && lower.bytes().all(|b| b.is_ascii_hexdigit());
    lower.contains(['@', '#', '$'])
        || lower.contains("://")
        || lower.contains("www.")
        || lower.contains("gh-")
        || hash
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(text: &str) -> String {
        prose(&SafeText::outside(text)).to_string()
    }

    #[test]
    fn text_stays_text() {
        assert_eq!(
            said("nothing runs `migrate`, at all: so"),
            "nothing runs `migrate`, at all: so"
        );
        assert_eq!(said("<img src=x onerror=alert(1)>"), "&#60;img src=x onerror=alert(1)&#62;");
        assert_eq!(
            said("a|b `c|d` *e* _f_ [g](h) ]]>"),
            "a&#124;b `c`&#124;`d` &#42;e&#42; &#95;f&#95; &#91;g&#93;(h) &#93;&#93;&#62;"
        );
        assert_eq!(said("one ` alone"), "one &#96; alone");
        assert_eq!(said("none `` here"), "none &#96;&#96; here");
        assert_eq!(said("STATIC_ROOT _x_ 80:80 x:"), "STATIC_ROOT &#95;x&#95; 80&#58;80 x:");
        assert_eq!(
            said("ask @root in http://x.y or ${Z}"),
            "ask `@root` in `http://x.y` or `${Z}`"
        );
        assert_eq!(said("'http://x.y/z', (@a) \"#1\":"), "'`http://x.y/z`', (`@a`) \"`#1`\":");
        assert_eq!(said("`a``b`@c"), "`a` `b` `@c`");
        assert_eq!(said("\\"), "&#92;");
        assert_eq!(
            html(&SafeText::outside("</code><b>`a`\"")).as_str(),
            "&#60;/code&#62;&#60;b&#62;&#96;a&#96;&#34;"
        );
        assert_eq!(code(&SafeText::outside("a``b`")).as_str(), "``` a``b` ```");
        assert_eq!(code(&SafeText::outside("|")).as_str(), "&#124;");
    }

    #[test]
    fn a_fence_is_longer_than_what_it_holds() {
        let lines = [SafeText::outside("````"), SafeText::outside("x")];
        assert_eq!(fence(&lines).as_str(), "`````text\n````\nx\n`````\n");
    }
}
