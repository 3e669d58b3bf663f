//! From TOML to the types, noting everything that is wrong with its place instead of stopping at the first.

use super::file::{ConfigFile, KEYS, STACK_KEYS};
use super::offering;
use super::resolve::short;
use crate::finding::{Own, Prose, Quote, Remark, prose};
use crate::source::{SourceFile, Span};
use serde::Deserialize;
use std::ops::Range;
use toml::Spanned;
use toml::de::{DeArray, DeTable, DeValue, ValueDeserializer};

/// The most things that are said about one file.
pub(super) const MAX_COMPLAINTS: usize = 50;

/// Reads a configuration file. `table` is the way to its table: empty, or `tool`, `compose-doctor`.
/// `None` where the file has no such table.
pub(super) fn read(
    file: &SourceFile,
    table: &[&'static str],
    problems: &mut Vec<Remark>,
) -> Option<ConfigFile> {
    let base = file.bom();
    let text = file.text.get(base..).unwrap_or_default();
    let span = |range: Range<usize>| {
        Span::new(file.id, base + range.start, base + range.end.max(range.start))
    };
    let (tree, errors) = DeTable::parse_recoverable(text);
    if let Some(error) = errors.first() {
        let place = error.span().map_or_else(|| Span::whole(file.id), span);
        problems.push(Remark::new(
            place,
            prose!("this is not TOML: {}", Quote::value(&one_line(error.message()))),
        ));
        return None;
    }
    let mut own = tree.into_inner();
    for name in table {
        let (_, value) = own.remove_entry(*name)?;
        let place = span(value.span());
        let DeValue::Table(inner) = value.into_inner() else {
            problems.push(Remark::new(place, prose!("`{}` must be a table", Own(name))));
            return None;
        };
        own = inner;
    }
    unknown_keys(&mut own, &KEYS, &span, problems);
    if let Some(DeValue::Array(stacks)) = own.get_mut("stack").map(Spanned::get_mut) {
        for stack in stacks.iter_mut() {
            if let DeValue::Table(stack) = stack.get_mut() {
                unknown_keys(stack, &STACK_KEYS, &span, problems);
            }
        }
    }
    Some(typed(own, &span, problems))
}

/// Takes out keys that mean nothing here, and says so.
fn unknown_keys(
    table: &mut DeTable<'_>,
    known: &[&'static str],
    span: &dyn Fn(Range<usize>) -> Span,
    problems: &mut Vec<Remark>,
) {
    let unknown: Vec<(String, Range<usize>)> = table
        .keys()
        .filter(|k| !known.contains(&k.get_ref().as_ref()))
        .map(|k| (k.get_ref().to_string(), k.span()))
        .collect();
    for (name, place) in unknown {
        table.remove(name.as_str());
        if problems.len() < MAX_COMPLAINTS {
            let problem = Remark::new(span(place), prose!("unknown key `{}`", short(&name)));
            problems.push(offering(problem, &name, known.iter().copied(), Own, || {
                prose!("the keys are {}", Prose::join(known.iter().copied().map(Own), ", "))
            }));
        }
    }
}

/// Puts the table into its type. A value of the wrong type is noted and taken out, and the rest read again.
fn typed(
    mut table: DeTable<'_>,
    span: &dyn Fn(Range<usize>) -> Span,
    problems: &mut Vec<Remark>,
) -> ConfigFile {
    loop {
        let whole = Spanned::new(0..0, DeValue::Table(table.clone()));
        let error = match ConfigFile::deserialize(ValueDeserializer::from(whole)) {
            Ok(config) => return config,
            Err(error) => error,
        };
        // Without a value to blame nothing would change, and the file counts as empty.
        let Some(place) = error.span().filter(|_| problems.len() < MAX_COMPLAINTS) else {
            return ConfigFile::default();
        };
        problems.push(Remark::new(
            span(place.clone()),
            prose!("{}", Quote::value(&one_line(error.message()))),
        ));
        if !take_out(&mut table, place.start) {
            return ConfigFile::default();
        }
    }
}

/// Takes the innermost value out that begins at or before a byte. The span of a table that has a header ends with the
/// header, so what counts is which key came last.
fn take_out(table: &mut DeTable<'_>, at: usize) -> bool {
    let before = table.keys().filter(|k| k.span().start <= at).max_by_key(|k| k.span().start);
    let Some(key) = before.map(|k| k.get_ref().to_string()) else { return false };
    let inner =
        table.iter_mut().find(|(k, _)| k.get_ref().as_ref() == key).map(|(_, v)| v.get_mut());
    let taken = match inner {
        Some(DeValue::Table(inner)) => take_out(inner, at),
        Some(DeValue::Array(items)) => take_out_of_list(items, at),
        _ => false,
    };
    taken || table.remove(key.as_str()).is_some()
}

fn take_out_of_list(items: &mut DeArray<'_>, at: usize) -> bool {
    let before = items
        .iter()
        .enumerate()
        .filter(|(_, item)| item.span().start <= at)
        .max_by_key(|(_, item)| item.span().start);
    let Some(number) = before.map(|(number, _)| number) else { return false };
    if let Some(DeValue::Table(inner)) = items.get_mut(number).map(Spanned::get_mut)
        && take_out(inner, at)
    {
        return true;
    }
    let kept = std::mem::replace(items, DeArray::new())
        .into_iter()
        .enumerate()
        .filter(|(i, _)| *i != number);
    *items = kept.map(|(_, item)| item).collect();
    true
}

fn one_line(message: &str) -> String {
    message.lines().map(str::trim).filter(|l| !l.is_empty()).collect::<Vec<_>>().join(", ")
}
