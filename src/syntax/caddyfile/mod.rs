//! Caddyfiles as far as sites and what they pass on need it (Caddy docs, "Caddyfile Concepts"): sites with their addresses,
//! directives with arguments and blocks. Snippets, imports and here-documents are noted and not followed.

use crate::source::Text;

/// A Caddyfile.
#[derive(Debug, Clone, Default)]
pub struct Caddyfile {
    /// The options in front, without an address.
    pub options: Vec<Directive>,
    pub sites: Vec<Site>,
    /// Whether there may be more than was read: imports, here-documents, braces that do not match.
    pub open: bool,
}

/// A site.
#[derive(Debug, Clone)]
pub struct Site {
    /// Its addresses as written.
    pub addresses: Vec<Text>,
    pub directives: Vec<Directive>,
}

/// A directive, or a line of its block.
#[derive(Debug, Clone)]
pub struct Directive {
    pub name: Text,
    pub args: Vec<Text>,
    pub block: Vec<Self>,
}

/// How deep blocks may be nested.
const MAX_DEPTH: usize = 32;

impl Caddyfile {
    /// Reads a file; never fails.
    pub fn read(text: &Text) -> Self {
        let mut reader = Reader { lines: lines(text), at: 0, open: false };
        let mut out = Self::default();
        while let Some(line) = reader.next() {
            let opens = line.last().is_some_and(|t| t.as_str() == "{");
            let words: Vec<Text> = line.iter().filter(|t| t.as_str() != "{").cloned().collect();
            match (words.first(), opens) {
                (None, true) => out.options = reader.block(0),
                (Some(first), true) if first.starts_with('(') => {
                    reader.block(0);
                    reader.open = true;
                }
                (Some(_), true) => {
                    let directives = reader.block(0);
                    out.sites.push(Site { addresses: addresses(&words), directives });
                }
                // One site needs no braces.
                (Some(first), false) if out.sites.is_empty() && first.as_str() != "}" => {
                    let directives = reader.block(0);
                    out.sites.push(Site { addresses: addresses(&words), directives });
                }
                _ => reader.open = true,
            }
        }
        out.open = reader.open;
        out
    }
}

impl Directive {
    /// It and all directives of its blocks.
    pub fn walk<'d>(&'d self, all: &mut Vec<&'d Self>) {
        all.push(self);
        self.block.iter().for_each(|d| d.walk(all));
    }
}

struct Reader {
    lines: Vec<Vec<Text>>,
    at: usize,
    open: bool,
}

impl Reader {
    fn next(&mut self) -> Option<Vec<Text>> {
        self.at += 1;
        self.lines.get(self.at - 1).cloned()
    }

    /// The lines up to the brace that closes the block, or to the end.
    fn block(&mut self, depth: usize) -> Vec<Directive> {
        let mut all = Vec::new();
        while let Some(line) = self.next() {
            let Some(name) = line.first().cloned() else { continue };
            if name.as_str() == "}" {
                return all;
            }
            self.open |= name.as_str() == "import" || line.iter().any(|t| t.starts_with("<<"));
            let opens = line.len() > 1 && line.last().is_some_and(|t| t.as_str() == "{");
            let end = line.len() - usize::from(opens);
            let args = line.get(1..end).unwrap_or_default().to_vec();
            let block = match (opens, depth < MAX_DEPTH) {
                (true, true) => self.block(depth + 1),
                (true, false) => {
                    self.open = true;
                    return all;
                }
                (false, _) => Vec::new(),
            };
            all.push(Directive { name, args, block });
        }
        all
    }
}

/// Addresses: separated by blanks or commas.
fn addresses(words: &[Text]) -> Vec<Text> {
    let trimmed = words.iter().map(|w| w.slice(0..w.trim_end_matches(',').len()));
    trimmed.filter(|w| !w.is_empty()).collect()
}

/// The words of each line that has some; a line whose last address ends in a comma goes on.
fn lines(text: &Text) -> Vec<Vec<Text>> {
    let mut all: Vec<Vec<Text>> = Vec::new();
    let mut at = 0;
    let mut goes_on = false;
    for line in text.as_str().split_inclusive('\n') {
        let words = words(text, at, line);
        at += line.len();
        if words.is_empty() {
            continue;
        }
        let comma = words.last().is_some_and(|w| w.ends_with(','));
        match all.last_mut().filter(|_| goes_on) {
            Some(last) => last.extend(words),
            None => all.push(words),
        }
        goes_on = comma;
    }
    all
}

/// The words of a line that starts at `start`: quotes and backquotes join, `#` at the start of a word begins a comment.
fn words(text: &Text, start: usize, line: &str) -> Vec<Text> {
    let mut all = Vec::new();
    let mut chars = line.char_indices().peekable();
    while let Some((from, c)) = chars.next() {
        if c.is_whitespace() {
            continue;
        }
        if c == '#' {
            break;
        }
        let quote = matches!(c, '"' | '`').then_some(c);
        let mut end = from + c.len_utf8();
        while let Some((i, next)) = chars.peek().copied() {
            let stops = match quote {
                Some(quote) => next == quote,
                None => next.is_whitespace(),
            };
            if stops {
                if quote.is_some() {
                    chars.next();
                }
                break;
            }
            end = i + next.len_utf8();
            chars.next();
        }
        let begin = if quote.is_some() { from + 1 } else { from };
        if begin <= end {
            all.push(text.slice(start + begin..start + end));
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::Caddyfile;
    use crate::source::{Span, Text};

    fn read(text: &str) -> Caddyfile {
        Caddyfile::read(&Text::derived(text, Span::nowhere()))
    }

    #[test]
    fn sites_have_addresses_and_directives() {
        let file = read(
            "{\n  auto_https off\n}\n# comment\nexample.org, www.example.org {\n  handle /static/* {\n    file_server\n  }\n  reverse_proxy web:8000\n}\n",
        );
        assert_eq!(file.options[0].name.as_str(), "auto_https");
        let site = &file.sites[0];
        let addresses: Vec<&str> = site.addresses.iter().map(|a| a.as_str()).collect();
        assert_eq!(addresses, ["example.org", "www.example.org"]);
        assert_eq!(site.directives[0].block[0].name.as_str(), "file_server");
        assert_eq!(site.directives[1].args[0].as_str(), "web:8000");
        assert!(!file.open);
    }

    #[test]
    fn one_site_needs_no_braces() {
        let file = read("example.org\n\nreverse_proxy web:8000\n");
        assert_eq!(file.sites.len(), 1);
        assert_eq!(file.sites[0].directives[0].name.as_str(), "reverse_proxy");
    }

    #[test]
    fn what_is_not_followed_is_noted() {
        assert!(read("(common) {\n  encode gzip\n}\n").open);
        assert!(read("a.example {\n  import common\n}\n").open);
        for odd in ["}", "{", "a {\n{\n{", "\"", "`x", "한글 {\n}"] {
            read(odd);
        }
    }
}
