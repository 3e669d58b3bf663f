//! What the top level declares for services to use, and who uses it.

use super::Repository;
use crate::model::compose::{Entry, MountKind, Node, Service, is_compose_name};
use crate::source::{EntryKind, Limit, RelPath, Text};
use std::collections::BTreeSet;

/// A kind of thing that is declared at the top level and used by services.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Resource {
    Volume,
    Network,
    Secret,
}

impl Resource {
    /// Every kind.
    pub const ALL: [Self; 3] = [Self::Volume, Self::Network, Self::Secret];
}

/// A secret whose file is not in the checkout.
#[derive(Debug)]
pub struct MissingSecret<'s> {
    /// The path as it is written.
    pub file: &'s Text,
    /// Where that is.
    pub path: RelPath,
    /// The first service that is given it.
    pub service: &'s Text,
}

impl<'s> Repository<'s> {
    /// Secrets that services are given from files that are not in the checkout, in the order they are declared.
    pub fn missing_secrets(&self) -> Vec<MissingSecret<'s>> {
        let project = self.stack.project;
        let missing = |entry: &'s Entry| {
            let scalar = entry.value.get("file")?.scalar()?;
            let file = scalar.known()?;
            if file.is_empty() || file.starts_with(['/', '~', '\\']) {
                return None;
            }
            let folder = scalar.base.as_ref().unwrap_or(&project.folder);
            let path = folder.join(file.as_str())?;
            let given = |service: &&Service| {
                let list = service.node.get("secrets").map(Node::items).unwrap_or_default();
                list.iter().any(|item| names(item, "source", entry.key.as_str()))
            };
            let service = &project.services.iter().find(given)?.name;
            (self.entry_kind(&path) == EntryKind::Missing).then_some(MissingSecret {
                file,
                path,
                service,
            })
        };
        project.secrets.iter().filter_map(missing).collect()
    }

    /// The top-level entries of a kind.
    pub fn declared_resources(&self, kind: Resource) -> &'s [Entry] {
        match kind {
            Resource::Volume => &self.stack.project.volumes,
            Resource::Network => &self.stack.project.networks,
            Resource::Secret => &self.stack.project.secrets,
        }
    }

    /// Whether a service, also one of a profile, uses the resource called `name`, or may: one that takes
    /// its name from a variable that is not set can be any of them.
    pub fn uses_resource(&self, kind: Resource, name: &str) -> bool {
        self.stack.project.services.iter().any(|service| match kind {
            Resource::Volume => service.mounts.iter().any(|m| match m.kind {
                MountKind::Volume => m.source.as_ref().is_none_or(|s| s.as_str() == name),
                MountKind::Unknown => true,
                _ => false,
            }),
            Resource::Network => joins(service, name),
            Resource::Secret => [
                service.node.get("secrets"),
                service.node.get("build").and_then(|b| b.get("secrets")),
            ]
            .into_iter()
            .flatten()
            .any(|list| list.items().iter().any(|item| names(item, "source", name))),
        })
    }

    /// Which of these names of top-level entries stand in another Compose file beside those of the stack, which
    /// may be laid over them, or twice in a stack of several files, of which one may take away what another says.
    pub fn named_elsewhere<'n>(&self, names: &BTreeSet<&'n str>) -> BTreeSet<&'n str> {
        let files = &self.stack.project.files;
        let own: BTreeSet<&RelPath> = files.iter().map(|f| &f.path).collect();
        let mut found = BTreeSet::new();
        if files.len() > 1 {
            let mut declared = BTreeSet::new();
            for name in files.iter().flat_map(|f| words(&f.text)).filter_map(|word| names.get(word))
            {
                if !declared.insert(*name) {
                    found.insert(*name);
                }
            }
        }
        let folders: BTreeSet<RelPath> =
            own.iter().map(|p| p.parent()).chain([self.stack.project.folder.clone()]).collect();
        for folder in folders {
            let entries = self.stack.sources.listed(&folder);
            let compose = entries
                .iter()
                .filter(|(name, kind)| *kind == EntryKind::File && is_compose_name(name));
            let paths =
                compose.filter_map(|(name, _)| folder.join(name)).filter(|p| !own.contains(p));
            for file in paths.filter_map(|p| self.stack.sources.read(&p, Limit::Config).ok()) {
                found.extend(words(&file.text).filter_map(|word| names.get(word)));
            }
        }
        found
    }
}

/// Whether a service is on a network: by `networks`, by the name in `network_mode`, or while it is built.
fn joins(service: &Service, name: &str) -> bool {
    let build = service.node.get("build").and_then(|b| b.get("network"));
    let modes = [service.node.get("network_mode"), build];
    service.networks.iter().any(|(network, _)| network.as_str() == name)
        || modes.into_iter().flatten().any(|m| scalar(m, name))
}

/// An item in the short notation, or in the long one with `key`.
fn names(item: &Node, key: &str, name: &str) -> bool {
    item.get(key).map_or_else(|| scalar(item, name), |n| scalar(n, name))
}

fn scalar(node: &Node, name: &str) -> bool {
    node.scalar().is_some_and(|s| s.known().is_none_or(|t| t.as_str() == name))
}

/// What may be a name in a text: a part of a longer name or of a path is none, the default of a variable is one.
fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric() && !matches!(c, '_' | '-' | '.' | '/'))
        .map(|word| word.trim_start_matches('-'))
        .filter(|word| !word.is_empty())
}

#[cfg(test)]
mod tests {
    use super::words;

    #[test]
    fn a_name_is_a_word_of_its_own() {
        let text = "  pgdata: # 자료\n- data:/var/lib\n- ./data/x:/data\n- data-old:/x\n- \"${V:-blue}:/y\"";
        let all: Vec<&str> = words(text).collect();
        assert_eq!(
            all,
            [
                "pgdata", "자료", "data", "/var/lib", "./data/x", "/data", "data-old", "/x", "V",
                "blue", "/y"
            ]
        );
    }
}
