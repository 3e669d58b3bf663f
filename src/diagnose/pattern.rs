//! What a symptom's pattern can tell without being run: which words a line must have for it to match, and how
//! much of it is fixed.
//!
//! The syntax is that of the `regex` crate. Only what the pages use is understood; anything else says that nothing is
//! known, and then the pattern is tried on every line.

/// More words than this are no help.
const MAX_WORDS: usize = 32;
/// A shorter word is in every other line.
const SHORTEST: usize = 4;
/// The deepest nesting of groups that is read.
const MAX_DEPTH: usize = 20;

/// What is known of a pattern.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Shape {
    /// A line that matches has one of these; empty where that is not known.
    pub(super) words: Vec<String>,
    /// How many characters of a match are written out in the pattern; of alternatives, those of the longest.
    pub(super) fixed: usize,
}

impl Shape {
    pub(super) fn of_pattern(pattern: &str) -> Self {
        // A flag may make letters match in either case.
        if pattern.contains("(?i") {
            return Self::default();
        }
        let mut reader = PatternReader { rest: pattern.chars().collect(), at: 0 };
        let part = reader.alternatives(0);
        let whole = reader.at == reader.rest.len();
        let words = part
            .words()
            .filter(|w| whole && w.iter().all(|w| w.len() >= SHORTEST))
            .unwrap_or_default();
        Self { words, fixed: part.fixed }
    }
}

/// What is known of a piece of a pattern.
#[derive(Default)]
struct PatternPart {
    /// The piece is this text and nothing else.
    exact: Option<String>,
    /// What matches has one of these.
    any: Option<Vec<String>>,
    fixed: usize,
}

impl PatternPart {
    fn exact(text: String) -> Self {
        let fixed = text.chars().count();
        Self { exact: Some(text), any: None, fixed }
    }

    fn words(&self) -> Option<Vec<String>> {
        match &self.exact {
            Some(text) => Some(vec![text.clone()]),
            None => self.any.clone(),
        }
    }
}

/// The better of two lists of words: the one whose shortest word is longer.
fn better(a: Option<Vec<String>>, b: Option<Vec<String>>) -> Option<Vec<String>> {
    let shortest = |words: &Option<Vec<String>>| {
        words.as_ref().and_then(|w| w.iter().map(String::len).min()).unwrap_or(0)
    };
    if shortest(&b) > shortest(&a) { b } else { a }
}

struct PatternReader {
    rest: Vec<char>,
    at: usize,
}

impl PatternReader {
    fn peek(&self) -> Option<char> {
        self.rest.get(self.at).copied()
    }

    fn next(&mut self) -> Option<char> {
        let c = self.peek()?;
        self.at += 1;
        Some(c)
    }

    fn alternatives(&mut self, depth: usize) -> PatternPart {
        let mut all = vec![self.sequence(depth)];
        while self.peek() == Some('|') {
            self.at += 1;
            all.push(self.sequence(depth));
        }
        if all.len() == 1 {
            return all.pop().unwrap_or_default();
        }
        let fixed = all.iter().map(|p| p.fixed).max().unwrap_or(0);
        let words: Option<Vec<Vec<String>>> = all.iter().map(PatternPart::words).collect();
        let any = words
            .map(|w| w.concat())
            .filter(|w| w.len() <= MAX_WORDS && w.iter().all(|w| !w.is_empty()));
        PatternPart { exact: None, any, fixed }
    }

    fn sequence(&mut self, depth: usize) -> PatternPart {
        let mut run = String::new();
        let mut any = None;
        let mut fixed = 0;
        let mut only_run = true;
        while let Some(c) = self.peek().filter(|c| !matches!(c, '|' | ')')) {
            let part = self.atom(c, depth);
            let (least, once) = self.quantifier();
            if least == 0 {
                any = better(any, Some(vec![std::mem::take(&mut run)]));
                only_run = false;
                continue;
            }
            fixed += part.fixed;
            match part.exact {
                Some(text) if once => run.push_str(&text),
                exact => {
                    run.push_str(exact.as_deref().unwrap_or_default());
                    any = better(any, Some(vec![std::mem::take(&mut run)]));
                    any = better(any, part.any);
                    only_run = false;
                }
            }
        }
        if only_run {
            return PatternPart::exact(run);
        }
        PatternPart { exact: None, any: better(any, Some(vec![run])), fixed }
    }

    fn atom(&mut self, c: char, depth: usize) -> PatternPart {
        self.at += 1;
        match c {
            '(' if depth < MAX_DEPTH => {
                if self.peek() == Some('?') {
                    // `(?:` and names; what else there is does not stand on the pages.
                    while self.peek().is_some_and(|c| !matches!(c, ':' | '>' | ')')) {
                        self.at += 1;
                    }
                    self.at += usize::from(self.peek().is_some_and(|c| c != ')'));
                }
                let part = self.alternatives(depth + 1);
                self.at += usize::from(self.peek() == Some(')'));
                part
            }
            '(' => {
                self.at = self.rest.len() + 1;
                PatternPart::default()
            }
            '[' => {
                self.class();
                PatternPart::default()
            }
            '.' => PatternPart::default(),
            '^' | '$' => PatternPart::exact(String::new()),
            '\\' => match self.next() {
                Some('b' | 'B' | 'A' | 'z') => PatternPart::exact(String::new()),
                Some('t') => PatternPart::exact("\t".into()),
                Some('n') => PatternPart::exact("\n".into()),
                Some('x') => {
                    let hex: String = (0..2).filter_map(|_| self.next()).collect();
                    match u8::from_str_radix(&hex, 16) {
                        Ok(byte) => PatternPart::exact(char::from(byte).to_string()),
                        Err(_) => PatternPart::default(),
                    }
                }
                Some(c) if !c.is_ascii_alphanumeric() => PatternPart::exact(c.to_string()),
                _ => PatternPart::default(),
            },
            c => PatternPart::exact(c.to_string()),
        }
    }

    /// Passes over `[…]`, whose bracket was read.
    fn class(&mut self) {
        self.at += usize::from(self.peek() == Some('^'));
        self.at += usize::from(self.peek() == Some(']'));
        let mut open = 1;
        while let Some(c) = self.next() {
            match c {
                '\\' => self.at += 1,
                '[' => open += 1,
                ']' => {
                    open -= 1;
                    if open == 0 {
                        return;
                    }
                }
                _ => {}
            }
        }
    }

    /// How often at least, and whether exactly once.
    fn quantifier(&mut self) -> (usize, bool) {
        let found = match self.peek() {
            Some('*' | '?') => (0, false),
            Some('+') => (1, false),
            Some('{') => {
                let digits: String =
                    self.rest[self.at + 1..].iter().take_while(|c| c.is_ascii_digit()).collect();
                while self.peek().is_some_and(|c| c != '}') {
                    self.at += 1;
                }
                (digits.parse().unwrap_or(0), false)
            }
            _ => return (1, true),
        };
        self.at += 1;
        // Lazy or not makes no difference here.
        self.at += usize::from(self.peek() == Some('?'));
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_fixed_characters_of_patterns() {
        for (pattern, words, fixed) in [
            (r#"relation "[A-Za-z_]+" does not exist"#, &["\" does not exist"][..], 26),
            (r"no such table: \w+", &["no such table: "], 15),
            (r"a(bc)d\.", &["abcd."], 5),
            (r"exec: .(gunicorn|uwsgi).: not found", &[": not found"], 25),
            (r"x(gunicorn|uwsgi)", &["gunicorn", "uwsgi"], 9),
            (r"kdevtmpfsi|kinsing", &["kdevtmpfsi", "kinsing"], 10),
            (r"(HTTP )?403 FORBIDDEN", &["403 FORBIDDEN"], 13),
            (r"[[:alpha:]\]]long words?", &["long word"], 9),
            (r"\x27quoted\x27", &["'quoted'"], 8),
            (r"(abcd)+efgh", &["abcd"], 8),
            (r"(?:abcd|ef)", &[], 4),
            (r"\d+", &[], 0),
            (r"(?i)any case", &[], 0),
            (r"broken(((", &["broken"], 6),
            (r"closed) too early", &[], 6),
        ] {
            let shape = Shape::of_pattern(pattern);
            assert_eq!(shape.words, words, "{pattern}");
            assert_eq!(shape.fixed, fixed, "{pattern}");
        }
    }
}
