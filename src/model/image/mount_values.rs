//! Fields of `RUN --mount` that BuildKit does not accept (its package `instructions`).

use super::values::InvalidValue;
use crate::finding::{Own, Prose, Quote, prose};
use crate::model::compose::nearest;
use crate::source::Text;

const MOUNT_TYPES: [&str; 5] = ["bind", "cache", "secret", "ssh", "tmpfs"];
const SHARING: [&str; 3] = ["locked", "private", "shared"];
const MOUNT_KEYS: [&str; 19] = [
    "type",
    "from",
    "source",
    "target",
    "readonly",
    "id",
    "sharing",
    "required",
    "size",
    "mode",
    "uid",
    "gid",
    "src",
    "dst",
    "destination",
    "ro",
    "rw",
    "readwrite",
    "env",
];
/// Keys of a mount that stand without a value.
const MOUNT_WORDS: [&str; 5] = ["readonly", "readwrite", "required", "ro", "rw"];
/// What is wrong with a `--mount`, its first fault.
pub(super) fn mount(value: &Text) -> Option<InvalidValue> {
    // A value in quotes may hold commas.
    if value.contains('"') {
        return None;
    }
    let mut start = 0;
    for part in value.split(',') {
        let at = start;
        start += part.len() + 1;
        let field = || value.slice(at..at + part.len());
        let (key, given) = match part.split_once('=') {
            Some((key, given)) => (key, Some(given)),
            None => (part, None),
        };
        let lower = key.to_ascii_lowercase();
        let key_text = || value.slice(at..at + key.len());
        let given_text = || value.slice(at + key.len() + 1..at + part.len());
        if !MOUNT_KEYS.contains(&lower.as_str()) {
            let near = nearest(&lower, MOUNT_KEYS.into_iter());
            let shown = Quote::code(key);
            let answer = match given {
                Some(_) => {
                    prose!("unexpected key '{}' in '{}'", shown, Quote::code(part))
                }
                None => prose!("invalid field '{}' must be a key=value pair", shown),
            };
            return Some(InvalidValue {
                text: key_text(),
                answer,
                instead: near.map(str::to_owned),
                help: "the fields of a mount stand behind commas, without blanks:\n    --mount=type=cache,target=/root/.cache/pip".into(),
            });
        }
        let Some(given) = given else {
            if MOUNT_WORDS.contains(&lower.as_str()) {
                continue;
            }
            return Some(InvalidValue {
                text: field(),
                answer: prose!("invalid field '{}' must be a key=value pair", Quote::code(part)),
                instead: None,
                help: prose!("write `{}=` and its value", Quote::code(key)),
            });
        };
        let allowed: &[&'static str] = match lower.as_str() {
            "type" => &MOUNT_TYPES,
            "sharing" => &SHARING,
            _ => continue,
        };
        if allowed.contains(&given.to_ascii_lowercase().as_str()) {
            continue;
        }
        let near = nearest(given, allowed.iter().copied());
        let shown = Quote::code(given);
        let listed = Prose::join(allowed.iter().map(|a| prose!("{}", Own(a))), ", ");
        return Some(InvalidValue {
            text: given_text(),
            answer: match lower.as_str() {
                "type" => prose!("unsupported mount type \"{}\"", shown),
                _ => prose!("unsupported sharing value \"{}\"", shown),
            },
            instead: near.map(str::to_owned),
            help: prose!("one of {}", listed),
        });
    }
    None
}
