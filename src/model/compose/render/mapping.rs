//! Mappings to texts, in each of the ways in which Compose takes them.

use super::{Decoder, Out, gathered};
use crate::finding::{Quote, prose};
use crate::model::compose::tree::{Kind, Node};
use std::collections::BTreeMap;

impl Decoder<'_> {
    /// A value as it is written where a text is wanted.
    pub(super) fn written(&self, node: &Node) -> String {
        match &node.kind {
            Kind::Null => "<nil>".into(),
            Kind::Scalar(scalar) => self.shown(scalar),
            Kind::List(items) => {
                format!("[{}]", items.iter().map(|i| self.written(i)).collect::<Vec<_>>().join(" "))
            }
            Kind::Map(entries) => {
                let entries: BTreeMap<&str, String> =
                    entries.iter().map(|e| (e.key.as_str(), self.written(&e.value))).collect();
                format!(
                    "map[{}]",
                    entries
                        .iter()
                        .map(|(key, value)| format!("{key}:{value}"))
                        .collect::<Vec<_>>()
                        .join(" ")
                )
            }
        }
    }

    /// The same, where nothing is the empty text.
    fn written_or_empty(&self, node: &Node) -> String {
        if matches!(node.kind, Kind::Null) { String::new() } else { self.written(node) }
    }

    /// Texts by their names; a name that comes again replaces what was there.
    fn texts(&self, entries: impl Iterator<Item = (String, Out)>) -> Out {
        let entries: BTreeMap<String, Out> = entries.collect();
        self.in_order(entries.into_iter().collect())
    }

    /// A mapping to texts that takes nothing else.
    pub(super) fn text_map(&mut self, node: &Node, name: &str) -> Option<Out> {
        let Kind::Map(_) = &node.kind else { return self.wrong(name, "a mapping", node) };
        let mut texts = Vec::new();
        for entry in gathered(node).iter() {
            texts.push((
                entry.key.to_string(),
                Out::Text(self.text_or_empty(&entry.value, &entry.key)),
            ));
        }
        Some(self.in_order(texts))
    }

    /// A mapping, or a list of `name=value`; no value is the empty text.
    pub(super) fn mapping(&mut self, node: &Node, name: &str) -> Option<Out> {
        match &node.kind {
            Kind::Map(_) => self.options(node, name),
            Kind::List(items) => Some(self.texts(items.iter().map(|item| {
                let text = self.written(item);
                let (key, value) = text.split_once('=').unwrap_or((&text, ""));
                (key.to_owned(), Out::from(value))
            }))),
            _ => self.wrong(name, "a mapping or a list", node),
        }
    }

    /// A mapping to anything, written as texts.
    pub(super) fn options(&mut self, node: &Node, name: &str) -> Option<Out> {
        let Kind::Map(_) = &node.kind else { return self.wrong(name, "a mapping", node) };
        let entries = gathered(node);
        Some(self.texts(
            entries.iter().map(|e| (e.key.to_string(), Out::Text(self.written_or_empty(&e.value)))),
        ))
    }

    /// A mapping to lists of texts; one value alone is a list of one.
    pub(super) fn multi_options(&mut self, node: &Node, name: &str) -> Option<Out> {
        let Kind::Map(_) = &node.kind else { return self.wrong(name, "a mapping", node) };
        let entries = gathered(node);
        Some(self.texts(entries.iter().filter_map(|entry| {
            let values = match &entry.value.kind {
                // A list without items adds nothing, not even its name.
                Kind::List(items) if items.is_empty() => return None,
                Kind::List(items) => items.iter().map(|i| Out::Text(self.written(i))).collect(),
                _ => vec![Out::Text(self.written(&entry.value))],
            };
            Some((entry.key.to_string(), Out::List(values)))
        })))
    }

    /// Variables: a mapping, or a list of `NAME=value`; no value is null.
    pub(super) fn environment(&mut self, node: &Node, name: &str) -> Option<Out> {
        let items = match &node.kind {
            Kind::Map(_) => {
                let entries = gathered(node);
                return Some(self.texts(entries.iter().map(|e| {
                    let nothing = matches!(e.value.kind, Kind::Null);
                    (
                        e.key.to_string(),
                        if nothing { Out::Null } else { Out::Text(self.written(&e.value)) },
                    )
                })));
            }
            Kind::List(items) => items,
            _ => return self.wrong(name, "a mapping or a list", node),
        };
        let mut variables = Vec::new();
        for item in items {
            let text = self.written(item);
            let (key, value) = match text.split_once('=') {
                Some((key, value)) => (key, Out::from(value)),
                None => (text.as_str(), Out::Null),
            };
            if key.ends_with(char::is_whitespace) {
                let message = prose!(
                    "the name of the variable `{}` ends with a blank",
                    Quote::name(key.trim_end())
                );
                self.unreadable::<()>(item.span, message, "take the blank before `=` away");
                continue;
            }
            variables.push((key.to_owned(), value));
        }
        Some(self.texts(variables.into_iter()))
    }

    /// Hosts and their addresses, as a sorted list of `host=address`.
    pub(super) fn hosts(&mut self, node: &Node, name: &str) -> Option<Out> {
        let mut hosts: Vec<(String, String)> = Vec::new();
        match &node.kind {
            Kind::Map(entries) => {
                for entry in entries {
                    match &entry.value.kind {
                        Kind::List(items) => hosts
                            .extend(items.iter().map(|i| (entry.key.to_string(), self.written(i)))),
                        Kind::Null => hosts.push((entry.key.to_string(), String::new())),
                        _ => {
                            if let Some(address) = self.pure_text(&entry.value, &entry.key) {
                                hosts.push((entry.key.to_string(), address));
                            }
                        }
                    }
                    self.check_host(&entry.key, entry.key.span());
                }
            }
            Kind::List(items) => {
                for item in items {
                    let text = self.written(item);
                    let Some((host, addresses)) =
                        text.split_once('=').or_else(|| text.split_once(':'))
                    else {
                        self.unreadable::<()>(
                            item.span,
                            prose!("`{}` has no address", Quote::value(&text)),
                            "write `host=address`",
                        );
                        continue;
                    };
                    self.check_host(host, item.span);
                    hosts.extend(
                        addresses.split(',').map(|address| (host.to_owned(), address.to_owned())),
                    );
                }
            }
            _ => return self.wrong(name, "a mapping or a list", node),
        }
        let bare = |address: &str| match address.strip_prefix('[').and_then(|a| a.strip_suffix(']'))
        {
            Some(inner) if !inner.is_empty() => inner.to_owned(),
            _ => address.to_owned(),
        };
        let mut lines: Vec<String> =
            hosts.iter().map(|(host, address)| format!("{host}={}", bare(address))).collect();
        lines.sort();
        Some(Out::List(lines.into_iter().map(Out::Text).collect()))
    }

    fn check_host(&mut self, host: &str, span: crate::source::Span) {
        if host.is_empty() || host.contains([':', '=']) {
            self.unreadable::<()>(
                span,
                prose!("`{}` is no name of a host", Quote::value(host)),
                "write `host=address`",
            );
        }
    }

    /// Keys of an SSH agent: `id`, or `id: path`. Compose prints the second form in YAML only; its JSON output
    /// fails there.
    pub(super) fn ssh(&mut self, node: &Node, name: &str) -> Option<Out> {
        let Kind::Map(_) = &node.kind else { return self.wrong(name, "a mapping", node) };
        let entries = gathered(node);
        let keys: BTreeMap<&str, String> =
            entries.iter().map(|e| (e.key.as_str(), self.written_or_empty(&e.value))).collect();
        let line = |(id, path): (&&str, &String)| {
            if path.is_empty() { (*id).to_owned() } else { format!("{id}: {path}") }
        };
        Some(Out::List(keys.iter().map(line).map(Out::Text).collect()))
    }
}
