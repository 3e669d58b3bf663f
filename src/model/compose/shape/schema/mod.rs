//! What the Compose specification takes: known keys, kinds of value, limits. Compose validates the merged
//! tree, after interpolation and before short forms are made long, against the specification's JSON schema,
//! and stops at one fault; this names all of them, each at its place.
//!
//! The schema (compose-go 2.9.1, as in Docker Compose 2.40.3) is a table of statics; see `data/compose-spec.txt`.
//! It says nothing of `format`. Of the forms that a place may take no two are of one kind of value, so that
//! what is wrong inside a long form is always said of that form.

mod hint;
mod place;
mod table;
#[cfg(test)]
mod tests;
mod words;

use crate::finding::{Own, Prose, Quote, prose};
use crate::model::compose::tree::{About, Entry, Fault, FaultKind, Kind, Node, Scalar, Value};
use crate::source::Span;
use hint::Hints;
use place::{KeyPath, Step};
use std::collections::HashMap;
use table::{FILE, Pattern, kinds};

/// The most characters of a value that a message repeats.
const MAX_SHOWN_CHARS: usize = 40;

/// Everything in a merged tree because of which Compose's validation refuses it, in the order of the tree.
/// A text with a variable that is set nowhere is no fault: what it will be is not known.
///
/// A tree that is no mapping is left to the caller.
pub(crate) fn check(tree: &Node) -> Vec<Fault> {
    let mut check = Check { faults: Vec::new(), hints: Hints::new() };
    if let Kind::Map(entries) = &tree.kind {
        check.mapping(entries, tree.span, &KeyPath::file(FILE));
    }
    check.faults
}

struct Check {
    faults: Vec<Fault>,
    hints: Hints,
}

impl Check {
    /// A value. `owner` is the key that holds it, or where its list has it.
    fn value(&mut self, node: &Node, owner: Span, place: &KeyPath<'_>) {
        if node.scalar().is_some_and(|s| !s.text.is_resolved()) {
            return;
        }
        if kinds(&node.kind) & place.shape.types == 0 {
            let (is, wanted) = (words::what(&node.kind), words::wanted(place.shape));
            let message =
                prose!("{} is {}, but Compose wants {}", place.value_name(), Own(is), wanted);
            let span = if node.span.is_empty() { owner } else { node.span };
            let mut fault = Fault::new(FaultKind::Value, span, message).label(is);
            fault.help = hint::cure(node, place);
            self.faults.push(fault);
            return;
        }
        match &node.kind {
            Kind::Null => {}
            Kind::Scalar(scalar) => self.scalar(scalar, node.span, place),
            Kind::List(items) => self.list(items, place),
            Kind::Map(entries) => self.mapping(entries, owner, place),
        }
    }

    fn scalar(&mut self, scalar: &Scalar, span: Span, place: &KeyPath<'_>) {
        let shape = place.shape;
        let (least, most) = match scalar.value {
            Value::Int(number) => {
                (shape.min.filter(|m| number < *m), shape.max.filter(|m| number > *m))
            }
            Value::Float(number) => {
                (shape.min.filter(|m| number < *m as f64), shape.max.filter(|m| number > *m as f64))
            }
            _ => (None, None),
        };
        let name = place.value_name();
        let text = scalar.text.as_str();
        let shown: String = if text.chars().count() > MAX_SHOWN_CHARS {
            text.chars().take(MAX_SHOWN_CHARS).chain(['…']).collect()
        } else {
            text.to_owned()
        };
        let shown = Quote::value(&shown).or_at(scalar.text.span());
        let mut fault = |message: Prose, label: &'static str, help: Option<Prose>| {
            let mut fault = Fault::new(FaultKind::Value, span, message).label(label);
            fault.help = help;
            self.faults.push(fault);
        };
        if let Some(limit) = least {
            fault(
                prose!("{} is {}, but Compose wants at least {}", name, shown, limit),
                "too small",
                None,
            );
        }
        if let Some(limit) = most {
            fault(
                prose!("{} is {}, but Compose wants at most {}", name, shown, limit),
                "too large",
                None,
            );
        }
        if scalar.value != Value::Text {
            return;
        }
        if !shape.words.is_empty() && !shape.words.contains(&text) {
            let help = match hint::nearest(text, shape.words.iter().copied(), 2, |_| true) {
                Some(word) => prose!("did you mean `{}`?", Own(word)),
                None => prose!("write {}", words::one_of(shape.words)),
            };
            fault(
                prose!("{} is `{}`, which Compose does not take there", name, shown),
                "not one of the words for it",
                Some(help),
            );
        }
        if let Some(pattern) = shape.like.filter(|p| !p.matches(text)) {
            fault(
                prose!("{} is `{}`, which Compose does not take there", name, shown),
                "refused",
                Some(words::like(pattern).into()),
            );
        }
    }

    fn list(&mut self, items: &[Node], place: &KeyPath<'_>) {
        if place.shape.unique {
            self.unique(items, place);
        }
        let Some(shape) = place.shape.items else { return };
        for item in items {
            self.value(item, item.span, &place.child(Step::Item, shape));
        }
    }

    /// No two items may be equal; numbers are so by what they count.
    fn unique(&mut self, items: &[Node], place: &KeyPath<'_>) {
        let mut seen: HashMap<String, Span> = HashMap::new();
        for item in items {
            let mut print = String::new();
            if !fingerprint(item, &mut print) {
                continue;
            }
            if let Some(first) = seen.get(&print) {
                let message = prose!(
                    "{} has an entry twice, but Compose wants each once",
                    place.value_name()
                );
                let fault = Fault::new(FaultKind::Value, item.span, message).label("again here");
                self.faults.push(fault.also(*first, "first here").help("remove one of the two"));
            } else {
                seen.insert(print, item.span);
            }
        }
    }

    fn mapping(&mut self, entries: &[Entry], owner: Span, place: &KeyPath<'_>) {
        let shape = place.shape;
        // Required keys that an unknown key here was meant to be; to say that they are missing is to say it twice.
        let mut meant = Vec::new();
        for entry in entries {
            let name = entry.key.as_str();
            let mut known = false;
            if let Some(shape) = shape.key(name) {
                known = true;
                self.value(&entry.value, entry.key.span(), &place.child(Step::Key(name), shape));
            }
            for (_, shape) in shape.patterns.iter().filter(|(p, _)| p.matches(name)) {
                known = true;
                self.value(&entry.value, entry.key.span(), &place.child(Step::Name(name), shape));
            }
            if !known && shape.closed {
                meant.extend(self.unknown(entry, entries, place));
                // Compose stops at the name; what stands below it is looked at all the same.
                if let (true, Some((_, named))) = (shape.keys.is_empty(), shape.patterns.first()) {
                    self.value(
                        &entry.value,
                        entry.key.span(),
                        &place.child(Step::Name(entry.key.as_str()), named),
                    );
                }
            }
        }
        for key in shape.required {
            if entries.iter().any(|e| e.key.as_str() == *key) || meant.iter().any(|m| m == key) {
                continue;
            }
            let item = matches!(place.above, Some((_, Step::Item)));
            let span = entries.first().filter(|_| item).map_or(owner, |e| e.key.span());
            let message =
                prose!("{} has no `{}`, which Compose wants there", place.value_name(), Own(key));
            let words = shape.key(key).map_or(&[][..], |s| s.words);
            let help = if words.is_empty() {
                prose!("add `{}`", Own(key))
            } else {
                prose!("add `{}`: {}", Own(key), words::one_of(words))
            };
            self.faults.push(
                Fault::new(FaultKind::Value, span, message)
                    .label(prose!("`{}` is missing", Own(key)))
                    .help(help),
            );
        }
    }

    /// A key that may not stand here; gives the required keys of the mapping that it may have been meant as.
    fn unknown(
        &mut self,
        entry: &Entry,
        entries: &[Entry],
        place: &KeyPath<'_>,
    ) -> Vec<&'static str> {
        let (key, shape) = (&entry.key, place.shape);
        let mut meant = Vec::new();
        let (message, label, help) = if shape.keys.is_empty() {
            let pattern = shape.patterns.first().map_or(Pattern::Filled, |(p, _)| *p);
            let message = prose!("`{}` is no name that Compose takes in {}", key, place.name());
            (message, "not taken as a name", Some(words::like(pattern).into()))
        } else {
            let message = match place.above {
                None => prose!("`{}` is no top-level key that Compose knows", key),
                Some(_) => prose!("`{}` is no key of {} that Compose knows", key, place.name()),
            };
            let help = self.hints.unknown_key(entry, entries, place, &mut meant);
            (message, "unknown key", help)
        };
        let bare = place.above.is_none()
            && !entries.iter().any(|e| e.key.as_str() == "services")
            && entry.value.entries().iter().any(|e| matches!(e.key.as_str(), "image" | "build"));
        // One file of the first notation is one fault, however many services it has.
        let (message, label, help) = if bare {
            let mut help = prose!(
                "put `services:` at the top, and indent what follows:\n    services:\n      {}:",
                key
            );
            // The first notation has the Dockerfile beside the folder.
            let apart = entries.iter().find_map(|e| {
                Some((&e.key, e.value.get("build")?.text()?, e.value.get("dockerfile")?.text()?))
            });
            if let Some((service, context, dockerfile)) = apart {
                help.push(&prose!(
                    "\nand move `dockerfile` into `build`:\n      {}:\n        build:\n          context: {}\n          dockerfile: {}",
                    service,
                    context,
                    dockerfile
                ));
            }
            let message = prose!(
                "`{}` is a service, but the file has no `services:` above it: Compose V2 does not read the notation of version 1",
                key
            );
            (message, "not below `services:`", Some(help))
        } else {
            (message, label, help)
        };
        let mut fault = Fault::new(FaultKind::Key, key.span(), message).label(label);
        fault.help = help;
        if bare {
            fault.about = Some(About { section: None, name: "services".to_owned() });
        }
        self.faults.push(fault);
        meant
    }
}

/// Writes what makes a value equal to another. False where it is equal to nothing: a text that is not known,
/// and what is no number that counts.
fn fingerprint(node: &Node, out: &mut String) -> bool {
    match &node.kind {
        Kind::Null => out.push('~'),
        Kind::Scalar(scalar) => {
            let (mark, text) = match scalar.value {
                _ if !scalar.text.is_resolved() => return false,
                Value::Date => return false,
                Value::Text => ('t', scalar.text.as_str().to_owned()),
                Value::Bool(truth) => ('b', truth.to_string()),
                Value::Int(number) => ('n', number.to_string()),
                Value::Float(number) if !number.is_finite() => return false,
                // Without an exponent, and `1.0` as `1`; adding nothing makes `-0.0` a `0`.
                Value::Float(number) => ('n', (number + 0.0).to_string()),
            };
            // With its length, so that no text can look like the end of a list.
            out.push_str(&format!("{mark}{}:{text}", text.len()));
        }
        Kind::List(items) => {
            out.push('[');
            if !items.iter().all(|i| fingerprint(i, out)) {
                return false;
            }
            out.push(']');
        }
        Kind::Map(entries) => {
            let mut sorted: Vec<&Entry> = entries.iter().collect();
            sorted.sort_by(|a, b| a.key.as_str().cmp(b.key.as_str()));
            out.push('{');
            for entry in sorted {
                out.push_str(&format!("{}:{}", entry.key.as_str().len(), entry.key));
                if !fingerprint(&entry.value, out) {
                    return false;
                }
            }
            out.push('}');
        }
    }
    true
}
