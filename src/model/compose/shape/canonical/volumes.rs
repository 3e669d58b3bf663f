//! `[SOURCE:]TARGET[:OPTIONS]` (Compose specification, `volumes`, short syntax).

use crate::finding::{Own, Prose, prose};
use crate::model::compose::tree::paths::clean;
use crate::model::compose::tree::{Entry, Fault, FaultKind, Kind, Node, Scalar, VarSource};
use crate::source::Text;
use std::ops::Range;

/// The parts of a short form.
#[derive(Debug, Default)]
struct Parts {
    source: Option<Range<usize>>,
    target: Option<Range<usize>>,
    options: Option<Range<usize>>,
}

/// The sections between the colons. The colon after a lone letter is that of a Windows drive.
fn sections(s: &str) -> Vec<Range<usize>> {
    let mut all = Vec::new();
    let mut start = 0;
    for (i, _) in s.match_indices(':') {
        let mut section = s[start..i].chars();
        if !matches!((section.next(), section.next()), (Some(c), None) if c.is_alphabetic()) {
            all.push(start..i);
            start = i + 1;
        }
    }
    all.push(start..s.len());
    all
}

fn parts(s: &str) -> Result<Parts, &'static str> {
    match s.len() {
        0 => return Err("it is empty"),
        1 | 2 => return Ok(Parts { target: Some(0..s.len()), ..Parts::default() }),
        _ => {}
    }
    let sections = sections(s);
    if sections.iter().any(Range::is_empty) {
        return Err("nothing stands between its colons");
    }
    match sections.as_slice() {
        [target] => Ok(Parts { target: Some(target.clone()), ..Parts::default() }),
        [source, target] => {
            Ok(Parts { source: Some(source.clone()), target: Some(target.clone()), options: None })
        }
        [source, target, options] => Ok(Parts {
            source: Some(source.clone()),
            target: Some(target.clone()),
            options: Some(options.clone()),
        }),
        _ => Err("it has too many colons"),
    }
}

/// The path in the container of a short form, as it is written.
pub(crate) fn volume_target(text: &Text) -> Option<String> {
    let target = parts(text.as_str()).ok()?.target?;
    text.as_str().get(target).map(str::to_owned)
}

/// Whether a source is a path of the host and no volume's name.
fn is_path(source: &str) -> bool {
    let mut chars = source.chars();
    let drive = matches!((chars.next(), chars.next()), (Some(c), Some(':')) if c.is_alphabetic());
    source.starts_with(['.', '/', '~']) || source.starts_with(r"\\") || drive
}

/// The long form of an item of `volumes`.
pub(super) fn volume(node: Node, faults: &mut Vec<Fault>) -> Node {
    let Some(scalar) = node.scalar() else { return node };
    let text = &scalar.text;
    let parts = match parts(text.as_str()) {
        Ok(parts) => parts,
        Err(_) if !text.is_resolved() => return node,
        Err(why) => {
            let unset = unset_names(scalar);
            let help = if unset.is_empty() {
                prose!("write `source:/path/in/container`, or only `/path/in/container`")
            } else {
                prose!(
                    "{} is not set, so nothing stands in its place; set it in .env or give it a default",
                    unset
                )
            };
            faults.push(
                Fault::new(
                    FaultKind::Value,
                    node.span,
                    prose!("`{}` is no volume: {}", text, Own(why)),
                )
                .help(help),
            );
            return node;
        }
    };
    let piece = |range: &Option<Range<usize>>| range.clone().map(|r| text.slice(r));
    let (source, target) = (piece(&parts.source), piece(&parts.target));
    // It could be a path or a name.
    if source
        .as_ref()
        .is_some_and(|s| s.starts_unresolved() || (!s.is_resolved() && !is_path(s.as_str())))
    {
        return node;
    }
    let bind = source.as_ref().is_some_and(|s| is_path(s.as_str()));
    let mut entries = vec![Entry::implied(
        "type",
        Node::of_text(Text::derived(if bind { "bind" } else { "volume" }, node.span)),
    )];
    if let Some(source) = source {
        entries.push(Entry::implied("source", kept(scalar, source)));
    }
    if let Some(target) = target {
        let cleaned = clean(target.as_str());
        // What is not known of a path may lead out of what stands before it.
        let target = if cleaned == target.as_str() || !target.is_resolved() {
            target
        } else {
            Text::derived(cleaned, target.span())
        };
        entries.push(Entry::implied("target", kept(scalar, target)));
    }
    let (mut binding, mut volume) = (Vec::new(), Vec::new());
    if let Some(range) = parts.options {
        let mut at = range.start;
        for option in text.as_str()[range].split(',') {
            let place = text.slice(at..at + option.len());
            at += option.len() + 1;
            let set = |key: &str| Entry::implied(key, Node::of_bool(true, place.span()));
            match option {
                "ro" | "rw" => {
                    entries.retain(|e| e.key.as_str() != "read_only");
                    if option == "ro" {
                        entries.push(set("read_only"));
                    }
                }
                "nocopy" => volume = vec![set("nocopy")],
                "rprivate" | "private" | "rshared" | "shared" | "rslave" | "slave" => {
                    put(&mut binding, Entry::implied("propagation", Node::of_text(place)));
                }
                "z" | "Z" => put(&mut binding, Entry::implied("selinux", Node::of_text(place))),
                // Compose takes other options without a word and drops them.
                _ => {}
            }
        }
    }
    if bind {
        binding.push(Entry::implied("create_host_path", Node::of_bool(true, node.span)));
    }
    if !binding.is_empty() {
        entries.push(Entry::implied("bind", Node::map(node.span, binding)));
    }
    if (!bind && text.len() > 2) || !volume.is_empty() {
        entries.push(Entry::implied("volume", Node::map(node.span, volume)));
    }
    Node::map(node.span, entries)
}

fn put(entries: &mut Vec<Entry>, entry: Entry) {
    entries.retain(|e| e.key.as_str() != entry.key.as_str());
    entries.push(entry);
}

/// A part of a scalar, with the variables that stand in it.
fn kept(scalar: &Scalar, text: Text) -> Node {
    let within = text.span();
    let vars = scalar
        .vars
        .iter()
        .filter(|v| within.start <= v.span.start && v.span.end <= within.end)
        .cloned()
        .collect();
    Node {
        span: within,
        kind: Kind::Scalar(Scalar { vars, via: scalar.via, ..Scalar::of_text(text) }),
        tag: None,
    }
}

/// The names of the variables in a scalar that are set nowhere, for a message.
pub(super) fn unset_names(scalar: &Scalar) -> Prose {
    let unset = scalar.vars.iter().filter(|v| v.source == VarSource::Unset);
    Prose::join(unset.map(|v| prose!("`{}`", v)), ", ")
}
