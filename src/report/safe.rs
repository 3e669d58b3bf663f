//! The door between a project's bytes and a terminal.
//!
//! A file under check may hold escape sequences that move the cursor or set the clipboard, letters
//! that reverse the line, lines that a CI system takes as commands, and passwords. None of them
//! passes: renderers accept [`SafeText`] alone, and it is made here.

use super::secret;
use crate::facts::common_words;
use crate::finding::{Prose, Report};
use crate::source::{FileId, RelPath, Sources};
use regex::Regex;
use std::collections::{BTreeSet, HashMap};
use std::ops::Range;

/// Text that may be printed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SafeText(String);

impl SafeText {
    /// No text.
    pub fn new() -> Self {
        Self::default()
    }

    /// Text of this program, not of a project.
    pub fn own(text: &'static str) -> Self {
        Self(text.to_owned())
    }

    /// A text from outside, such as an argument: control characters made visible, nothing masked.
    pub fn outside(text: &str) -> Self {
        Self(visible(text))
    }

    /// A sentence about what lies outside of the files that are checked: made visible as [`SafeText::outside`] does.
    pub fn plain(prose: &Prose) -> Self {
        Self::outside(&prose.unmasked())
    }

    /// A page of this program with its line breaks; each line as [`SafeText::outside`] takes it.
    pub(super) fn pasted(page: &'static str) -> Self {
        Self(page.lines().map(visible).collect::<Vec<_>>().join("\n"))
    }

    /// A text that was put together from safe parts by something that only knows strings.
    pub(super) fn composed(text: String) -> Self {
        Self(text)
    }

    /// Appends text of this program.
    pub fn push_own(&mut self, text: &'static str) -> &mut Self {
        self.0.push_str(text);
        self
    }

    /// Appends a safe text.
    pub fn push(&mut self, text: &Self) -> &mut Self {
        self.0.push_str(&text.0);
        self
    }

    /// Appends a number.
    pub fn push_number(&mut self, number: usize) -> &mut Self {
        self.0.push_str(&number.to_string());
        self
    }

    /// Appends spaces.
    pub fn push_spaces(&mut self, count: usize) -> &mut Self {
        self.0.extend(std::iter::repeat_n(' ', count));
        self
    }

    /// The text as `write` writes each of its characters, such as with the escapes of a format.
    pub(super) fn rewritten(&self, write: impl Fn(char, &mut String)) -> Self {
        let mut out = String::with_capacity(self.0.len() + self.0.len() / 8);
        self.0.chars().for_each(|c| write(c, &mut out));
        Self(out)
    }

    /// The text without its first `bytes` bytes.
    pub(super) fn strip_bytes(&self, bytes: usize) -> Self {
        Self(self.0.get(bytes..).unwrap_or_default().to_owned())
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether there is no text.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl serde::Serialize for SafeText {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl std::fmt::Display for SafeText {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// How a character is shown where it must not be printed as it is.
pub(super) fn escape(c: char) -> Option<String> {
    match c {
        '\0'..='\u{1f}' => char::from_u32(0x2400 + c as u32).map(String::from),
        '\u{7f}' => Some('\u{2421}'.into()),
        _ if hidden(c) => Some(format!("\\u{{{:X}}}", c as u32)),
        _ => None,
    }
}

/// Characters that are not seen, or that change how others are seen: C1 controls, soft hyphen,
/// zero-width and bidirectional controls, line separators, tags.
pub(super) fn hidden(c: char) -> bool {
    matches!(c, '\u{80}'..='\u{9f}' | '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}')
}

/// One line in which every control character can be seen, and none is obeyed by a CI system.
fn visible(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match escape(c) {
            Some(shown) => out.push_str(&shown),
            None => out.push(c),
        }
    }
    defuse(out)
}

/// GitHub takes `::name …` at the start of a line as a command, GitLab and Azure `##[name]` and `##vso[name]` anywhere.
fn defuse(text: String) -> String {
    if !text.contains("::") && !text.contains("##") {
        return text;
    }
    let text = text.replace("##[", "##\\x5b").replace("##vso[", "##vso\\x5b");
    let mut out = String::with_capacity(text.len());
    let mut rest = text.as_str();
    let mut before = None;
    while let Some(at) = rest.find("::") {
        let start = rest[..at].chars().next_back().or(before).is_none_or(char::is_whitespace);
        let command = rest[at + 2..].starts_with(|c: char| c.is_ascii_alphabetic());
        out.push_str(&rest[..at]);
        // Text is wrapped later, so any `::name` after white space may come to stand first.
        out.push_str(if start && command { "\\x3a:" } else { "::" });
        before = Some(':');
        rest = &rest[at + 2..];
    }
    out + rest
}

/// What stands in for a secret inside a sentence.
pub(super) const MASK: &str = "••••••";
/// The most characters of a sentence; a project can make a name as long as a file.
const MAX_CHARS: usize = 1_000;
/// From this length on, a value that is not a plain word gives itself away wherever it stands.
const TELLING: usize = 8;
/// The fewest characters of a secret whose number may be told.
const MIN_COUNTED: usize = 13;
/// More distinct secrets than this, or more bytes of them, are not searched for in sentences: the pattern that finds
/// them takes a hundred times their room.
const MAX_VALUES: usize = 2_000;
const MAX_VALUE_BYTES: usize = 192 * 1024;

/// Knows the secrets of a run and the folder paths are relative to.
pub(super) struct Guard {
    folder: RelPath,
    values: Option<Regex>,
    telling: Option<Regex>,
    spans: HashMap<FileId, Vec<Range<usize>>>,
}

impl Guard {
    pub(super) fn new(report: &Report, sources: &Sources<'_>) -> Self {
        let mut spans: HashMap<FileId, Vec<Range<usize>>> = HashMap::new();
        for span in &report.secrets {
            let range = span.range();
            let file = sources.file(span.file);
            // A span that is off, or that cuts a letter in two, hides nothing: it must not stop the run.
            let Some(text) = file.text.get(range.clone()) else { continue };
            // Quotes are no secret, and a snippet reads better with them.
            let quoted = text.len() >= 2
                && ['"', '\''].iter().any(|q| text.starts_with(*q) && text.ends_with(*q));
            spans.entry(span.file).or_default().push(if quoted {
                range.start + 1..range.end - 1
            } else {
                range
            });
        }
        // `paperless` is no secret beside a service called `paperless-worker`.
        let mut plain: BTreeSet<&str> = common_words().collect();
        for name in report.stacks.iter().flat_map(|s| &s.services) {
            let parts = name.split(['-', '_', '.']);
            plain.extend(parts.filter(|p| p.chars().all(char::is_alphabetic)));
            plain.insert(name);
        }
        let mut values = BTreeSet::new();
        let mut room = MAX_VALUE_BYTES;
        for (id, ranges) in &mut spans {
            ranges.sort_unstable_by_key(|r| (r.start, r.end));
            let file = sources.file(*id);
            for range in ranges.iter() {
                let Some(text) = file.text.get(range.clone()) else { continue };
                let fits = text.len() <= room.min(512) && values.len() < MAX_VALUES;
                if fits
                    && text.chars().count() >= 4
                    && !plain.contains(text)
                    && values.insert(text.to_owned())
                {
                    room -= text.len();
                }
            }
        }
        let mut values: Vec<_> = values.into_iter().collect();
        // The longest first, so that a secret which begins with another is masked whole.
        values.sort_by_key(|v| std::cmp::Reverse(v.len()));
        let telling: Vec<_> = values
            .iter()
            .filter(|v| v.len() >= TELLING && v.contains(|c: char| !c.is_alphabetic()))
            .cloned()
            .collect();
        let (values, telling) = (any_of(&values), any_of(&telling));
        Self { folder: report.folder.clone().unwrap_or_else(RelPath::root), values, telling, spans }
    }

    /// The byte ranges of a file that are known to be secret, sorted.
    pub(super) fn secrets(&self, file: FileId) -> &[Range<usize>] {
        self.spans.get(&file).map_or(&[], Vec::as_slice)
    }

    /// Where the text of a file repeats a secret of another place, such as in a comment. Short and plain
    /// words are left alone: a password may be the name of the database too.
    pub(super) fn repeated(&self, text: &str) -> Vec<Range<usize>> {
        self.telling.iter().flat_map(|r| r.find_iter(text)).map(|m| m.range()).collect()
    }

    /// The text without secrets.
    fn masked(&self, text: &str) -> String {
        let mut out = String::with_capacity(text.len());
        let mut at = 0;
        for range in secret::tokens(text) {
            out.push_str(&text[at..range.start.max(at)]);
            out.push_str(MASK);
            at = range.end.max(at);
        }
        out.push_str(&text[at..]);
        match &self.values {
            Some(values) => mask_words(values, &out),
            None => out,
        }
    }

    /// The words of a command line with its secrets masked. They are looked at together: an option tells that the next
    /// word is a password.
    pub(super) fn words(&self, words: &[String]) -> Vec<String> {
        let line = words.join(" ");
        let found = secret::ranges(&line, &[]);
        let mut next = 0;
        let masked = |word: &String| {
            let (start, end) = (next, next + word.len());
            next = end + 1;
            let (mut out, mut at) = (String::new(), start);
            for range in found.iter().filter(|r| r.start < end && r.end > start) {
                out.push_str(line.get(at..range.start.max(at)).unwrap_or_default());
                out.push_str(MASK);
                at = range.end.clamp(at, end);
            }
            out.push_str(line.get(at..end).unwrap_or_default());
            self.masked(&out)
        };
        words.iter().map(masked).collect()
    }

    /// The text of an edit as it is; `None` when it has secrets.
    pub(super) fn without_secrets(&self, text: &Prose) -> Option<String> {
        let text = text.unmasked();
        self.replacement(&text).is_none().then_some(text)
    }

    /// The text of an edit with its secrets masked; `None` when it has none.
    pub(super) fn replacement(&self, text: &str) -> Option<String> {
        let masked = self.masked(text);
        (masked != text).then_some(masked)
    }

    /// A text that a program reads: line breaks stay, and a secret is as many `•` as it has characters. `None` where
    /// a secret is so short that its length gives it away.
    pub(super) fn exact(&self, text: &str, secret: bool) -> Option<String> {
        let whole = secret.then_some(0..text.len());
        let parts = if secret { Vec::new() } else { secret::tokens(text) };
        let mut out = String::with_capacity(text.len());
        let mut at = 0;
        for range in whole.into_iter().chain(parts) {
            let count = text[range.clone()].chars().count();
            if count < MIN_COUNTED {
                return None;
            }
            out.push_str(&text[at..range.start.max(at)]);
            out.extend(std::iter::repeat_n('•', count));
            at = range.end.max(at);
        }
        out.push_str(&text[at..]);
        match &self.values {
            Some(values) if mask_words(values, &out) != out => None,
            _ => Some(out),
        }
    }

    /// A sentence on one line, cut where it would be longer than anyone reads.
    pub(super) fn line(&self, prose: &Prose) -> SafeText {
        self.value(&prose.unmasked())
    }

    /// A value of the project on one line, cut as a sentence is.
    pub(super) fn value(&self, text: &str) -> SafeText {
        // Cut after masking: half a secret would not be recognised.
        let mut masked = self.masked(text);
        if let Some((end, _)) = masked.char_indices().nth(MAX_CHARS) {
            masked.truncate(end);
            masked.push('…');
        }
        SafeText(visible(&masked))
    }

    /// Text of several lines, each made safe on its own.
    pub(super) fn lines(&self, prose: &Prose) -> Vec<SafeText> {
        let masked = self.masked(&prose.unmasked());
        masked.trim_end().lines().map(|l| SafeText(visible(&l.replace('\t', "    ")))).collect()
    }

    /// A path as it is printed: relative to the checked folder.
    pub(super) fn path(&self, path: &RelPath) -> SafeText {
        SafeText(visible(&self.relative(path)))
    }

    /// The same, byte for byte.
    pub(super) fn relative(&self, path: &RelPath) -> String {
        let mut folder = self.folder.clone();
        let mut up = String::new();
        loop {
            match path.relative_to(&folder) {
                Some("") => {
                    return if up.is_empty() {
                        ".".to_owned()
                    } else {
                        up.trim_end_matches('/').to_owned()
                    };
                }
                Some(rest) => return up + rest,
                None => {
                    up.push_str("../");
                    folder = folder.parent();
                }
            }
        }
    }
}

fn any_of(values: &[String]) -> Option<Regex> {
    let pattern = values.iter().map(|v| regex::escape(v)).collect::<Vec<_>>().join("|");
    if values.is_empty() {
        None
    } else {
        regex::RegexBuilder::new(&pattern).size_limit(64 << 20).build().ok()
    }
}

/// Masks the values where they stand as words: `pop_pw` in `DB_PASSWORD=pop_pw`, not in `pop_pwa`.
fn mask_words(values: &Regex, text: &str) -> String {
    let word = |c: char| c.is_alphanumeric() || c == '_';
    values
        .replace_all(text, |found: &regex::Captures<'_>| {
            let Some(hit) = found.get(0) else { return String::new() };
            let (before, after) = (&text[..hit.start()], &text[hit.end()..]);
            let inside = before.chars().next_back().is_some_and(word)
                && hit.as_str().starts_with(word)
                || after.chars().next().is_some_and(word) && hit.as_str().ends_with(word);
            // A short plain word is a part of a path or of a service's name more often than a secret: `plane-db`.
            let joint = |c: Option<char>, next: Option<char>| {
                matches!(c, Some('-' | '.' | '/')) && next.is_some_and(word)
            };
            let (mut back, mut on) = (before.chars().rev(), after.chars());
            let part = joint(back.next(), back.next()) || joint(on.next(), on.next());
            let inside = inside || part && hit.as_str().chars().all(char::is_alphabetic);
            // A long value gives itself away even inside a word.
            if inside && hit.len() < TELLING { hit.as_str().to_owned() } else { MASK.to_owned() }
        })
        .into_owned()
}
