//! What was probably meant: a near key, the place where a key belongs, how a value is to be written.

use super::place::{KeyPath, Step};
use super::table::{BOOL, FILE, INT, LIST, MAP, NUM, Shape, TEXT};
use crate::finding::{Own, Prose, Quote, prose};
use crate::model::compose::tree::{Entry, Kind, Node, Value, value};

/// The most unknown keys of one tree for which a hint is searched; a file of nothing else is no Compose file.
const MAX_HINTS: usize = 256;
/// A key that is known at more places than this belongs nowhere in particular.
const MAX_PLACES: usize = 3;
/// The specification is less deep.
const MAX_DEPTH: usize = 12;

/// What people call a key.
const CALLED: [(&str, &str); 8] = [
    ("cmd", "command"),
    ("depends", "depends_on"),
    ("env", "environment"),
    ("envs", "environment"),
    ("memory", "mem_limit"),
    ("name", "container_name"),
    ("workdir", "working_dir"),
    ("working_directory", "working_dir"),
];

/// Searches for hints, up to a number of them.
pub(super) struct Hints {
    left: usize,
}

impl Hints {
    /// None searched for yet.
    pub(super) fn new() -> Self {
        Self { left: MAX_HINTS }
    }

    /// What to do about a key that `place` does not know. Adds to `meant` the required keys that need not be
    /// called missing, because this key probably is one of them.
    pub(super) fn unknown_key(
        &mut self,
        entry: &Entry,
        entries: &[Entry],
        place: &KeyPath<'_>,
        meant: &mut Vec<&'static str>,
    ) -> Option<Prose> {
        if self.left == 0 {
            return None;
        }
        self.left -= 1;
        let key = entry.key.as_str();
        let free = |name: &str| !entries.iter().any(|e| e.key.as_str() == name);
        let mut did_you_mean = |most: usize| {
            let mut called = CALLED.iter().filter(|(call, _)| *call == key).map(|(_, name)| *name);
            let name = called.find(|name| place.shape.key(name).is_some() && free(name));
            let name = name.or_else(|| {
                nearest(key, place.shape.keys.iter().map(|(name, _)| *name), most, free)
            })?;
            meant.push(name);
            Some(prose!("did you mean `{}`?", Own(name)))
        };
        if let Some(help) = section(place).or_else(|| did_you_mean(1)) {
            return Some(help);
        }
        let item = matches!(place.above, Some((_, Step::Item)));
        if item
            && entries.len() == 1
            && place.shape.types & TEXT != 0
            && matches!(entry.value.kind, Kind::Scalar(_))
        {
            meant.extend(place.shape.required);
            return Some("for the short form write one text: no space after the colon".into());
        }
        moved(entry, place).or_else(|| did_you_mean(2)).or_else(|| elsewhere(key))
    }
}

/// The nearest of `names` that is free: the same letters, or up to `most` of them wrong (one in a short name).
pub(super) fn nearest<'n>(
    word: &str,
    names: impl Iterator<Item = &'n str>,
    most: usize,
    free: impl Fn(&str) -> bool,
) -> Option<&'n str> {
    let length = word.chars().count();
    let most = if length <= 4 { most.min(1) } else { most };
    // A longer word is near to nothing, and costs time.
    if !(3..=40).contains(&length) {
        return None;
    }
    let letters = |text: &str| {
        text.chars()
            .filter(|c| !matches!(c, '_' | '-'))
            .flat_map(char::to_lowercase)
            .collect::<String>()
    };
    let own = letters(word);
    let distance = |name: &str| {
        if letters(name) == own {
            return Some(0);
        }
        let far = name.len().abs_diff(length) > most;
        let distance = if far { usize::MAX } else { strsim::damerau_levenshtein(word, name) };
        // Who mistypes twice still begins alike; else `pre_start` is near to `restart`.
        Some(distance)
            .filter(|d| *d <= most && (*d < 2 || word.chars().next() == name.chars().next()))
    };
    names
        .filter_map(|name| Some((distance(name)?, name)))
        .filter(|(_, name)| free(name))
        .min()
        .map(|(_, name)| name)
}

/// A top-level section that stands below `services`, and so is taken for a service.
fn section(place: &KeyPath<'_>) -> Option<Prose> {
    let name = match place.steps().as_slice() {
        [Step::Key("services"), Step::Name(name)] => FILE.key(name).map(|_| *name)?,
        _ => return None,
    };
    Some(prose!(
        "below `services`, `{}` is taken for a service; move it to the left to make it the top-level key",
        Quote::name(name)
    ))
}

/// Where a key belongs, further up, or just below.
fn moved(entry: &Entry, place: &KeyPath<'_>) -> Option<Prose> {
    let key = entry.key.as_str();
    let mut above = place.above;
    while let Some((up, _)) = above {
        // A `version` in a service is hardly the file's.
        let plain = up.above.is_none() && matches!(entry.value.kind, Kind::Scalar(_));
        if up.shape.key(key).is_some() && !plain {
            return Some(match up.above {
                None => prose!("`{}` is a top-level key; move it to the left", Quote::name(key)),
                Some(_) => {
                    prose!("`{}` is a key of {}; move it there", Quote::name(key), up.name())
                }
            });
        }
        above = up.above;
    }
    if place.above.is_none() {
        let service =
            FILE.key("services").and_then(|s| s.patterns.first()).map(|(_, service)| *service)?;
        if service.key(key).is_some() {
            return Some(prose!(
                "`{}` is a key of a service; move it below the service's name in `services`",
                Quote::name(key)
            ));
        }
        if entry.value.entries().iter().any(|e| service.key(e.key.as_str()).is_some()) {
            return Some(prose!(
                "if `{}` is a service, move it below `services`",
                Quote::name(key)
            ));
        }
        return None;
    }
    let mut found = Vec::new();
    for (name, shape) in place.shape.keys {
        let below = place.child(Step::Key(name), shape);
        note(key, &below, &mut found);
        children(shape, |step, shape| note(key, &below.child(step, shape), &mut found));
    }
    known(&found)
        .map(|places| prose!("`{}` is a key of {}; move it there", Quote::name(key), places))
}

/// Where in the whole specification a key is known, if that says anything.
fn elsewhere(key: &str) -> Option<Prose> {
    let mut found = Vec::new();
    search(key, &KeyPath::file(FILE), 0, &mut found);
    known(&found)
        .map(|places| prose!("Compose knows `{}` as a key of {}", Quote::name(key), places))
}

fn search(key: &str, place: &KeyPath<'_>, depth: usize, found: &mut Vec<Prose>) {
    if depth > MAX_DEPTH || found.len() > MAX_PLACES {
        return;
    }
    // The top level is above everything, and so has been looked at.
    if place.above.is_some() {
        note(key, place, found);
    }
    for (name, shape) in place.shape.keys {
        search(key, &place.child(Step::Key(name), shape), depth + 1, found);
    }
    children(place.shape, |step, shape| search(key, &place.child(step, shape), depth + 1, found));
}

/// The items of a list, and what stands below names.
fn children(shape: &Shape, mut each: impl FnMut(Step<'static>, &'static Shape)) {
    if let Some(items) = shape.items {
        each(Step::Item, items);
    }
    for (_, shape) in shape.patterns {
        each(Step::Name(""), shape);
    }
}

fn note(key: &str, place: &KeyPath<'_>, found: &mut Vec<Prose>) {
    if place.shape.key(key).is_some() {
        let name = place.name();
        if !found.contains(&name) {
            found.push(name);
        }
    }
}

fn known(places: &[Prose]) -> Option<Prose> {
    match places {
        [] => None,
        [one] => Some(one.clone()),
        [all @ .., last] if places.len() <= MAX_PLACES => {
            Some(prose!("{} or {}", Prose::join(all, ", "), last))
        }
        _ => None,
    }
}

/// Keys that want a length of time (Compose specification, "Specifying durations").
const DURATIONS: [&str; 8] = [
    "stop_grace_period",
    "interval",
    "timeout",
    "start_period",
    "start_interval",
    "delay",
    "monitor",
    "window",
];

/// How to write a value that is of a kind its place does not take.
pub(super) fn cure(node: &Node, place: &KeyPath<'_>) -> Option<Prose> {
    let takes = |kinds| place.shape.types & kinds != 0;
    if let Some(help) = section(place) {
        return Some(help);
    }
    let list = match place.above {
        Some((above, Step::Item)) => Some(above.shape),
        _ => None,
    };
    let item = list.is_some();
    if !place.shape.words.is_empty() && node.scalar().is_some() {
        return None;
    }
    if let (Some(scalar), Some((_, Step::Key(key)))) = (node.scalar(), place.above)
        && DURATIONS.contains(&key)
        && matches!(scalar.value, Value::Int(_) | Value::Float(_))
    {
        return Some(prose!(
            "say of what: `{}s` for seconds, `m` for minutes, `h` for hours",
            scalar.text
        ));
    }
    let help = match &node.kind {
        Kind::Null if item => "give the entry a value, or remove its `-`",
        Kind::Null => "give it a value, or remove the key",
        Kind::Scalar(scalar) => match scalar.value {
            Value::Text => match value::plain(scalar.text.as_str()) {
                Some(Value::Int(_)) if takes(INT | NUM) => "leave out the quotes",
                Some(Value::Float(_)) if takes(NUM) => "leave out the quotes",
                Some(Value::Bool(_)) if takes(BOOL) => "leave out the quotes",
                _ if takes(LIST) => "write a list, each entry after a `- `",
                _ if takes(MAP) => "write a mapping: `key: value` on lines of their own",
                _ => return None,
            },
            _ if takes(TEXT) || matches!(scalar.value, Value::Date) => "put it in quotes",
            _ if takes(LIST) => "write a list, each entry after a `- `",
            _ => return None,
        },
        Kind::Map(_) if list.is_some_and(|l| l.types & MAP != 0) => {
            match list.and_then(|l| l.patterns.first()) {
                Some((_, value)) if value.types & TEXT != 0 => {
                    "leave out the `- ` before each entry, or write `KEY=value`"
                }
                _ => "leave out the `- ` before each entry",
            }
        }
        Kind::Map(entries) if item && entries.len() == 1 && takes(TEXT) => {
            "write one text: in quotes, or without a space after the colon"
        }
        Kind::Map(_) if takes(LIST) => "write a list, each entry after a `- `",
        Kind::List(_) if takes(MAP) && !item => {
            "write `key: value` on lines of their own, without `- `"
        }
        Kind::Map(_) | Kind::List(_) => return None,
    };
    Some(help.into())
}
