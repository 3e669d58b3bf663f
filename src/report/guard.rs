//! What knows the secrets of a run, and takes them out of what is printed.
//!
//! A sentence is our own words, which are never masked, and values of the project, which know where they are from. What
//! is masked in a file is masked in the values that were read there.

use super::collected::{Collected, TELLING, mask_words};
use super::safe::{SafeText, visible};
use super::secret;
use crate::facts::hidden_name;
use crate::finding::{Fragment, Prose, Quote, QuoteKind, Report};
use crate::source::{FileId, RelPath, Sources, Span};
use regex::Regex;
use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap};
use std::ops::Range;
use std::rc::Rc;
use std::sync::Arc;

/// What stands in for a secret inside a sentence.
pub(super) const MASK: &str = secret::MASK;
/// The most characters of a sentence; a project can make a name as long as a file.
const MAX_CHARS: usize = 1_000;
/// The fewest characters of a secret whose number may be told.
const MIN_COUNTED: usize = 13;
/// Values of a file that only look like secrets which are looked for elsewhere; the pattern of many is slow to make.
const MAX_FOUND: usize = 32;
/// Bytes before a value in which the name that it is set to is looked for.
const NEAR: usize = 80;

/// A file of the run as far as it is secret.
pub(super) struct Masked {
    pub(super) text: Arc<str>,
    pub(super) ranges: Rc<[Range<usize>]>,
}

/// Knows the secrets of a run and the folder paths are relative to.
pub(super) struct Guard<'r> {
    folder: RelPath,
    values: Option<Regex>,
    pub(super) telling: Option<Regex>,
    /// Where the model found secrets, sorted.
    spans: HashMap<FileId, Vec<Range<usize>>>,
    /// Files are looked through when something of them is shown.
    files: RefCell<HashMap<FileId, Rc<Masked>>>,
    sources: &'r Sources<'r>,
}

impl<'r> Guard<'r> {
    pub(super) fn new(report: &Report, sources: &'r Sources<'r>) -> Self {
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
        let mut values = Collected::new(report);
        for (id, ranges) in &mut spans {
            ranges.sort_unstable_by_key(|r| (r.start, r.end));
            let file = sources.file(*id);
            ranges.iter().filter_map(|r| file.text.get(r.clone())).for_each(|v| values.add(v, 4));
        }
        let mut guard = Self {
            folder: report.folder.clone().unwrap_or_else(RelPath::root),
            values: None,
            telling: None,
            spans,
            files: RefCell::default(),
            sources,
        };
        let known: BTreeSet<FileId> = guard.spans.keys().copied().collect();
        for id in &named_files(report) | &known {
            let file = guard.file(id);
            let found = file.ranges.iter().filter_map(|r| file.text.get(r.clone()));
            found.take(MAX_FOUND).for_each(|v| values.add(v, TELLING));
        }
        (guard.values, guard.telling) = values.patterns();
        guard
    }

    /// What of a file is secret.
    pub(super) fn file(&self, id: FileId) -> Rc<Masked> {
        if let Some(known) = self.files.borrow().get(&id) {
            return known.clone();
        }
        let text = self.sources.file(id).text.clone();
        let known = self.spans.get(&id).map_or(&[][..], Vec::as_slice);
        let ranges: Rc<[Range<usize>]> = secret::ranges(&text, known).into();
        let file = Rc::new(Masked { text, ranges });
        self.files.borrow_mut().insert(id, file.clone());
        file
    }

    /// The byte ranges of a file that no output shows, sorted, and where the file repeats a secret of another place, such
    /// as in a comment. Short and plain words are left alone there: a password may be the name of the database too.
    pub(super) fn ranges(&self, file: FileId, text: &str) -> Vec<Range<usize>> {
        let known = self.file(file);
        // A file may be shown as it would be.
        let same = *known.text == *text;
        let mut all = if same { known.ranges.to_vec() } else { secret::ranges(text, &[]) };
        all.extend(self.telling.iter().flat_map(|r| r.find_iter(text)).map(|m| m.range()));
        secret::merge(all)
    }

    /// A text of the project that stands in no file, such as a file as it would be: what must not be shown of it.
    pub(super) fn ranges_of_text(&self, text: &str) -> Vec<Range<usize>> {
        let mut all = secret::ranges(text, &[]);
        all.extend(self.telling.iter().flat_map(|r| r.find_iter(text)).map(|m| m.range()));
        secret::merge(all)
    }

    /// A value without secrets.
    pub(super) fn masked(&self, text: &str) -> String {
        let out = secret::masked(text, &secret::ranges(text, &[]));
        match &self.values {
            Some(values) => mask_words(values, &out),
            None => out,
        }
    }

    /// A text without secrets whose words may be those of anything: code, names.
    fn masked_code(&self, text: &str, kind: QuoteKind) -> String {
        let found = match kind {
            QuoteKind::Name | QuoteKind::Path if !text.contains([':', '=', ' ']) => {
                secret::tokens(text)
            }
            _ => secret::ranges(text, &[]),
        };
        let out = secret::masked(text, &found);
        match &self.telling {
            Some(telling) => telling.replace_all(&out, MASK).into_owned(),
            None => out,
        }
    }

    /// What is shown of a value of the project behind the words `before`.
    pub(super) fn quote(&self, quote: &Quote, before: &str) -> String {
        let text = quote.text.as_str();
        if quote.kind == QuoteKind::Number || text.is_empty() {
            return text.to_owned();
        }
        if let Some(shown) = self.with_pieces(quote) {
            return shown;
        }
        let code = matches!(quote.kind, QuoteKind::Code | QuoteKind::Value);
        if code && names_secret(before) && !secret::harmless(text) {
            return MASK.to_owned();
        }
        if let Some(shown) = quote.origin.and_then(|place| self.read_at(text, place, quote.kind)) {
            return shown;
        }
        match quote.kind {
            QuoteKind::Value if quote.origin.is_none() => self.masked(text),
            kind => self.masked_code(text, kind),
        }
    }

    /// What is shown of a value that was read where a secret is; `None` where there is none.
    fn read_at(&self, text: &str, place: Span, kind: QuoteKind) -> Option<String> {
        let masked = self.file(place.file);
        let range = place.range();
        let first = masked.ranges.partition_point(|m| m.end <= range.start);
        let touching = masked.ranges.get(first..)?.iter().take_while(|m| m.start < range.end);
        let touching: Vec<&Range<usize>> = touching.collect();
        let (first, last) = (touching.first()?, touching.last()?);
        let written = masked.text.get(range.clone())?;
        let quotes = |c: char| matches!(c, '"' | '\'' | '`' | '*' | '&' | '!') || c.is_whitespace();
        let inner = written.trim_matches(quotes);
        let start = range.start + (written.len() - written.trim_start_matches(quotes).len());
        // A name may be placed where its value is.
        let name = matches!(kind, QuoteKind::Name | QuoteKind::Path);
        let other = name && !inner.contains(text) && !text.contains(inner);
        if touching.len() == 1 && first.start <= start && last.end >= start + inner.len() {
            return (!other).then(|| MASK.to_owned());
        }
        // A part of it: what is masked there is masked here.
        let mut out = secret::masked(text, &secret::ranges(text, &[]));
        for part in touching {
            let cut = part.start.max(range.start)..part.end.min(range.end);
            let secret = masked.text.get(cut)?.trim_matches(quotes);
            // What is quoted may be cut out of the secret itself.
            if secret.contains(text) && !secret::harmless(text) {
                return (!other).then(|| MASK.to_owned());
            }
            if secret.chars().count() > 1 {
                out = out.replace(secret, MASK);
            }
        }
        Some(match &self.telling {
            Some(telling) => telling.replace_all(&out, MASK).into_owned(),
            None => out,
        })
    }

    /// The sentence with what it quotes masked.
    fn prose(&self, prose: &Prose) -> String {
        let mut out = String::new();
        for fragment in prose.fragments() {
            match fragment {
                Fragment::Own(words) => out.push_str(words),
                Fragment::Quote(quote) => {
                    let shown = self.quote(quote, &out);
                    out.push_str(&shown);
                }
            }
        }
        out
    }

    /// The text of an edit as it is; `None` when it has secrets.
    pub(super) fn without_secrets(&self, text: &Prose) -> Option<String> {
        let shown = self.prose(text);
        (*text == *shown).then_some(shown)
    }

    /// The text of an edit with its secrets masked; `None` when it has none.
    pub(super) fn replacement(&self, text: &str) -> Option<String> {
        let masked = self.masked(text);
        (masked != text).then_some(masked)
    }

    /// The text of an edit, which is `whole`, with its secrets masked; `None` when it has none.
    pub(super) fn edit(&self, text: &Prose, whole: &str) -> Option<String> {
        let made = text
            .fragments()
            .iter()
            .any(|f| matches!(f, Fragment::Quote(quote) if self.with_pieces(quote).is_some()));
        self.replacement(whole).or_else(|| made.then(|| self.masked(&self.prose(text))))
    }

    /// A text that a program reads, of which no place is known.
    pub(super) fn exact(&self, text: &str, secret: bool) -> Option<String> {
        self.exact_parts(text, secret, Vec::new())
    }

    /// A text that a program reads: line breaks stay, and a secret is as many `•` as it has characters. `None` where
    /// a secret is so short that its length gives it away. `known` are ranges that are secret for sure.
    pub(super) fn exact_parts(
        &self,
        text: &str,
        secret: bool,
        known: Vec<Range<usize>>,
    ) -> Option<String> {
        let whole = secret.then_some(0..text.len());
        let found = || secret::merge([secret::ranges(text, &[]), known].concat());
        let parts = if secret { Vec::new() } else { found() };
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
        // Cut after masking: half a secret would not be recognised.
        cut(self.prose(prose))
    }

    /// A value of the project on one line, cut as a sentence is.
    pub(super) fn value(&self, text: &str) -> SafeText {
        cut(self.masked(text))
    }

    /// What a project calls something at a place.
    pub(super) fn name_at(&self, text: &str, place: Span) -> SafeText {
        cut(self.quote(&Quote::name(text).or_at(place), ""))
    }

    /// What a project calls something, on one line. That something is called as a password is set is not told.
    pub(super) fn name(&self, text: &str) -> SafeText {
        cut(self.masked_code(text, QuoteKind::Name))
    }

    /// Text of several lines, each made safe on its own.
    pub(super) fn lines(&self, prose: &Prose) -> Vec<SafeText> {
        let masked = self.prose(prose);
        let lines = masked.trim_end().lines();
        lines.map(|l| SafeText::composed(visible(&l.replace('\t', "    ")))).collect()
    }

    /// A path as it is printed: relative to the checked folder.
    pub(super) fn path(&self, path: &RelPath) -> SafeText {
        SafeText::composed(visible(&self.relative(path)))
    }

    /// The same, byte for byte.
    pub(super) fn relative(&self, path: &RelPath) -> String {
        let path = self.below_folder(path);
        secret::masked(&path, &secret::tokens(&path))
    }

    fn below_folder(&self, path: &RelPath) -> String {
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

/// The files in which labels are, and from which sentences quote.
fn named_files(report: &Report) -> BTreeSet<FileId> {
    let mut files = BTreeSet::new();
    let quoted = |prose: &Prose, files: &mut BTreeSet<FileId>| {
        for fragment in prose.fragments() {
            if let Fragment::Quote(Quote { origin: Some(place), .. }) = fragment {
                files.insert(place.file);
            }
        }
    };
    for finding in &report.findings {
        quoted(&finding.message, &mut files);
        quoted(&finding.help, &mut files);
        for label in &finding.labels {
            files.insert(label.span.file);
            quoted(&label.text, &mut files);
        }
    }
    files
}

/// Whether words end with a name that tells of a secret and the sign that sets it: `DB_PASSWORD=`, `DB_PASSWORD: `.
fn names_secret(before: &str) -> bool {
    let near = before.char_indices().rev().take(NEAR).last().map_or(0, |(at, _)| at);
    let quotes = |c: char| matches!(c, '"' | '\'' | '`' | ' ');
    let text = before[near..].trim_end_matches(quotes);
    let Some(named) = text.strip_suffix(['=', ':']) else { return false };
    let named = named.trim_end_matches([' ', '"', '\'', '`', ']']);
    let of_name = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.');
    let name = &named[named.trim_end_matches(of_name).len()..];
    !name.is_empty() && hidden_name(name)
}

/// A text on one line, cut where it would be longer than anyone reads.
fn cut(mut masked: String) -> SafeText {
    if let Some((end, _)) = masked.char_indices().nth(MAX_CHARS) {
        masked.truncate(end);
        masked.push('…');
    }
    SafeText::composed(visible(&masked))
}
