//! A project whose services are all merged, with those of them that take part.

use crate::model::compose::tree::{Entry, Kind, Node};

/// A project whose services are all merged.
pub(crate) struct Whole<'t> {
    /// Services that take part.
    pub(crate) services: Vec<&'t Entry>,
    /// Services that are there but left out, because none of their profiles is asked for.
    pub(crate) disabled: Vec<&'t Entry>,
    /// Whether services are looked at whatever their profiles.
    pub(crate) all: bool,
    tree: &'t Node,
}

/// Whether a service takes part when these profiles are asked for (Compose specification, "Profiles").
pub(crate) fn takes_part(service: &Node, profiles: &[String]) -> bool {
    let own: Vec<&str> = service
        .get("profiles")
        .map(Node::items)
        .unwrap_or_default()
        .iter()
        .filter_map(Node::scalar)
        .map(|s| s.text.as_str())
        .collect();
    // Where none is asked for, Compose asks for the one without a name.
    let none = profiles.is_empty() && own.contains(&"");
    own.is_empty() || none || profiles.iter().any(|p| p == "*" || own.contains(&p.as_str()))
}

impl<'t> Whole<'t> {
    /// The project with those services that `profiles` select; `None` for all of them.
    pub(crate) fn new(tree: &'t Node, profiles: Option<&[String]>) -> Self {
        let all = tree.get("services").map(Node::entries).unwrap_or_default();
        let (services, disabled) = all
            .iter()
            .filter(|s| matches!(s.value.kind, Kind::Map(_)))
            .partition(|s| profiles.is_none_or(|p| takes_part(&s.value, p)));
        Self { services, disabled, all: profiles.is_none(), tree }
    }

    pub(crate) fn defined(&self, section: &str) -> &'t [Entry] {
        self.tree.get(section).map(Node::entries).unwrap_or_default()
    }

    /// A service that takes part.
    pub(crate) fn service(&self, name: &str) -> Option<&'t Entry> {
        self.services.iter().find(|s| s.key.as_str() == name).copied()
    }
}
