//! The items of `environment` lists as they are written: what of them is no `NAME=value`, and what quotes
//! their values hold (Compose specification, `environment`: a mapping or a list of `NAME=value`).

use super::Environments;
use crate::source::{Span, Text};
use crate::syntax::yaml::{NodeId, NodeKind, Style, Yaml};
use std::collections::HashSet;

/// An item of an `environment` list.
#[derive(Debug, Clone)]
pub struct EnvItem {
    pub service: String,
    pub item: Item,
    /// Its place.
    pub span: Span,
}

/// What an item of an `environment` list is.
#[derive(Debug, Clone)]
pub enum Item {
    /// A text, and whether it is written without quotes around the whole.
    Text(Text, bool),
    /// A mapping: the names in it.
    Mapping(Vec<Text>),
}

impl<'s> Environments<'s> {
    /// The items of every `environment` list of the project's files, each place once, those of a service together.
    pub fn env_items(&self) -> Vec<EnvItem> {
        let mut all: Vec<EnvItem> = Vec::new();
        let mut seen = HashSet::new();
        for (_, yaml) in self.stack.project.pages() {
            let Some(services) =
                yaml.root.and_then(|root| yaml.entry(root, "services")).map(|e| e.value)
            else {
                continue;
            };
            for service in yaml.entries(services) {
                let Some(environment) = yaml.entry(service.value, "environment") else { continue };
                for item in yaml.items(environment.value) {
                    let span = yaml.node(*item).span;
                    // Services share an anchor's items.
                    if !seen.insert(span) {
                        continue;
                    }
                    if let Some(item) = kind(yaml, *item) {
                        all.push(EnvItem { service: service.name.as_str().to_owned(), item, span });
                    }
                }
            }
        }
        all
    }
}

fn kind(yaml: &Yaml, item: NodeId) -> Option<Item> {
    match yaml.kind(item)? {
        NodeKind::Scalar(text, style) => Some(Item::Text(text.clone(), *style == Style::Plain)),
        NodeKind::Mapping(_) => {
            Some(Item::Mapping(yaml.entries(item).map(|e| e.name.clone()).collect()))
        }
        _ => None,
    }
}
