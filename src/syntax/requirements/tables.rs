//! TOML with places: what `pyproject.toml` and `Pipfile` share.

use super::*;
use crate::finding::{Quote, prose};
use std::borrow::Cow;
use std::ops::Range;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// A value with the bytes it was written at.
pub(super) type Value<'i> = Spanned<DeValue<'i>>;
/// A key with the bytes it was written at.
pub(super) type Key<'i> = Spanned<Cow<'i, str>>;

/// Parses a file; a mistake in it leaves nothing to read.
pub(super) fn parse<'t>(body: &'t Text, out: &mut Requirements) -> Option<DeTable<'t>> {
    match DeTable::parse(body.as_str()) {
        Ok(table) => Some(table.into_inner()),
        Err(error) => {
            let range = error.span().unwrap_or(0..0);
            let end = body.as_str().len();
            let mut place = body.slice(range.start.min(end)..range.end.min(end));
            if place.is_empty() {
                place = body.slice(place_of_character(body, range.start));
            }
            let message = error.message().lines().next().unwrap_or_default();
            out.error(
                SyntaxError::new(place.span(), prose!("not TOML: {}", Quote::value(message)))
                    .help("no package of this file can be read until it is TOML"),
            );
            None
        }
    }
}

/// The character at `at`, so that an error at a point still has something to stand under.
fn place_of_character(body: &str, at: usize) -> Range<usize> {
    let at = at.min(body.len());
    let len = body
        .get(at..)
        .and_then(|r| r.chars().next())
        .filter(|c| *c != '\n')
        .map_or(0, char::len_utf8);
    at..at + len
}

/// The table at a path of keys.
pub(super) fn table<'a, 'i>(root: &'a DeTable<'i>, path: &[&str]) -> Option<&'a DeTable<'i>> {
    let mut at = root;
    for key in path {
        at = at.get(*key)?.get_ref().as_table()?;
    }
    Some(at)
}

/// The entries of a table in file order.
pub(super) fn entries<'a, 'i>(table: &'a DeTable<'i>) -> Vec<(&'a Key<'i>, &'a Value<'i>)> {
    let mut all: Vec<_> = table.iter().collect();
    all.sort_by_key(|(key, _)| key.span().start);
    all
}

/// A string with its place, quotes included in its span.
pub(super) fn string(body: &Text, value: &Value<'_>) -> Option<Text> {
    Some(located(body, value.get_ref().as_str()?, value.span()))
}

/// A key with its place.
pub(super) fn key(body: &Text, key: &Key<'_>) -> Text {
    located(body, key.get_ref(), key.span())
}

/// `value` as it stands inside the bytes `range`: byte for byte where it has no escapes.
fn located(body: &Text, value: &str, range: Range<usize>) -> Text {
    let raw = body.get(range.clone()).unwrap_or_default();
    let whole = body.span_of(range.clone());
    for quotes in [0, 1, 3] {
        let inner = quotes..raw.len().saturating_sub(quotes);
        if !value.is_empty() && raw.get(inner) == Some(value) {
            return body.slice(range.start + quotes..range.end - quotes).with_span(whole);
        }
    }
    Text::derived(value, whole)
}

/// Reads a list of PEP 508 strings.
pub(super) fn list(body: &Text, value: &Value<'_>, group: Option<&str>, out: &mut Requirements) {
    let Some(items) = value.get_ref().as_array() else {
        return out.error(SyntaxError::new(
            body.span_of(value.span()),
            "a list of requirements is expected",
        ));
    };
    for item in items {
        match string(body, item) {
            Some(line) => out.put_line(&line, group),
            None => out.error(SyntaxError::new(
                body.span_of(item.span()),
                "a requirement in quotes is expected",
            )),
        }
    }
}

/// Reads `name = "version"` or `name = { version = …, extras = […], markers = … }`, as Poetry and
/// Pipenv write it.
pub(super) fn named(
    body: &Text,
    name: &Key<'_>,
    value: &Value<'_>,
    group: Option<&str>,
) -> Result<Requirement, SyntaxError> {
    let written = key(body, name);
    let span = body.span_of(name.span().start..value.span().end);
    if pep508::name(&written).is_none_or(|n| n.end != written.len()) {
        return Err(SyntaxError::new(written.span(), "this is not the name of a package")
            .help("names take letters, digits, `-`, `_` and `.`"));
    }
    // With several constraints for several Pythons the first one speaks for all.
    let value = value.get_ref();
    let value = value.as_array().and_then(|a| a.first()).map_or(value, |v| v.get_ref());
    let text = |key: &str| {
        value.as_table().and_then(|t| t.get(key)?.get_ref().as_str()).unwrap_or_default().to_owned()
    };
    let version = value.as_str().map_or_else(|| text("version"), str::to_owned);
    let extras = value.as_table().and_then(|t| t.get("extras")?.get_ref().as_array());
    let extras =
        extras.into_iter().flatten().filter_map(|e| e.get_ref().as_str()).map(normalise).collect();
    let group = group.map(str::to_owned);
    Ok(Requirement {
        name: normalise(&written),
        written,
        extras,
        version,
        marker: text("markers"),
        group,
        span,
    })
}
