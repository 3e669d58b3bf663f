//! Values that Compose makes of references to secrets: `${DB_PASSWORD:-v}` in a port, a mount or the name of a file. The rules
//! quote what was made, and the place says what of it came from a secret, so that it is masked there too.

use crate::facts::{common_words, hidden_name};
use crate::finding::{QuoteKind, Report};
use crate::source::{FileId, Sources, Span};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

/// The shortest secret that is looked for inside of a value.
const LEAST: usize = 4;
/// References of one place that are looked at.
const MAX_REFERENCES: usize = 32;

/// Marks what of the findings' values was made of a secret.
pub(super) fn mark(report: &mut Report, sources: &Sources<'_>) {
    let referring = |span: Span| {
        let text = &sources.file(span.file).text;
        let before = text.get(..span.range().start).unwrap_or_default();
        text.get(span.range()).is_some_and(|t| t.contains('$'))
            || before.ends_with(['-', '=', '+']) && name_of_default(before).is_some()
    };
    let places = |f: &crate::finding::Finding| f.labels.iter().any(|l| referring(l.span));
    if !report.findings.iter().any(places) {
        return;
    }
    let mut named = Named { places: None, secrets: &report.secrets, sources };
    let own: BTreeSet<&str> =
        report.stacks.iter().flat_map(|s| &s.services).map(String::as_str).collect();
    let known = |text: &str| {
        text.len() < LEAST || own.contains(text) || common_words().any(|word| word == text)
    };
    for finding in &mut report.findings {
        let mut secrets: Vec<(String, Span)> = Vec::new();
        for label in &finding.labels {
            if referring(label.span) {
                secrets.extend(named.made_of(label.span).into_iter().filter(|(t, _)| !known(t)));
            }
        }
        if secrets.is_empty() {
            continue;
        }
        for quote in finding.quotes_mut().filter(|q| q.kind != QuoteKind::Number) {
            for (text, place) in &secrets {
                let places = quote.text.match_indices(text.as_str());
                quote.pieces.extend(places.map(|(at, _)| (at, *place)));
            }
        }
    }
}

/// The places of secrets by the names they are set to.
struct Named<'r> {
    places: Option<BTreeMap<String, Vec<Span>>>,
    secrets: &'r [Span],
    sources: &'r Sources<'r>,
}

impl Named<'_> {
    /// The secrets that the references of a place stand for, with where they are written.
    fn made_of(&mut self, span: Span) -> Vec<(String, Span)> {
        let file = self.sources.file(span.file);
        let text = file.text.get(span.range()).unwrap_or_default();
        let mut found = Vec::new();
        let before = file.text.get(..span.range().start).unwrap_or_default();
        if name_of_default(before).is_some_and(hidden_name) {
            found.push((text.to_owned(), span));
        }
        for (at, _) in text.match_indices('$').take(MAX_REFERENCES) {
            let brace = usize::from(text[at + 1..].starts_with('{'));
            let from = at + 1 + brace;
            let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
            let len = text[from..].find(|c| !is_name(c)).unwrap_or(text.len() - from);
            let name = &text[from..from + len];
            if !hidden_name(name) {
                continue;
            }
            if brace > 0
                && let Some(default) = default(text, from + len)
            {
                let place = Span::new(
                    span.file,
                    span.range().start + default.start,
                    span.range().start + default.end,
                );
                found.push((text[default].to_owned(), place));
            }
            let places = self.of_name(name);
            let value = |place: &Span| {
                let file = self.sources.file(place.file);
                Some((file.text.get(place.range())?.to_owned(), *place))
            };
            found.extend(places.iter().filter_map(value));
        }
        found
    }

    fn of_name(&mut self, name: &str) -> Vec<Span> {
        let (secrets, sources) = (self.secrets, self.sources);
        let places = self.places.get_or_insert_with(|| {
            let mut all: BTreeMap<String, Vec<Span>> = BTreeMap::new();
            let mut files: BTreeMap<FileId, _> = BTreeMap::new();
            for span in secrets {
                let file = files.entry(span.file).or_insert_with(|| sources.file(span.file));
                let Some(before) = file.text.get(..span.range().start) else { continue };
                let line = before.rsplit('\n').next().unwrap_or_default();
                let line = line.trim_end_matches(['"', '\'', ' ', '=', ':']);
                let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
                let name = &line[line.trim_end_matches(is_name).len()..];
                if hidden_name(name) {
                    all.entry(name.to_owned()).or_default().push(*span);
                }
            }
            all
        });
        places.get(name).cloned().unwrap_or_default()
    }
}

/// The name of the reference whose default begins behind this text.
fn name_of_default(before: &str) -> Option<&str> {
    let named = before.strip_suffix(['-', '=', '+'])?;
    let named = named.strip_suffix(':').unwrap_or(named);
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let start = named.trim_end_matches(is_name).len();
    named[..start].ends_with("${").then(|| &named[start..])
}

/// Where the default of a reference stands, without quotes; `at` is behind its name.
fn default(text: &str, at: usize) -> Option<Range<usize>> {
    let rest = &text[at..];
    let sign = rest.strip_prefix(':').unwrap_or(rest);
    let value = sign.strip_prefix(['-', '=', '+'])?;
    let from = text.len() - value.len();
    let end = value.find(['}', '$']).map_or(text.len(), |i| from + i);
    let shown = text[from..end].trim_matches(['"', '\'', ' ']);
    let from = from + (text[from..end].find(shown).unwrap_or_default());
    (!shown.is_empty()).then(|| from..from + shown.len())
}
