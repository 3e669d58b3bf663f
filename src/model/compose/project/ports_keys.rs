//! What each file of a project says of a service's `ports`, before the files are merged.
//!
//! The merged project does not tell that a file wrote an empty list: `ports: []` adds nothing, and so
//! changes nothing (Compose specification, "Merge"; measured with Compose v2.40.3).

use super::Project;
use crate::source::Span;
use crate::syntax::yaml::NodeKind;

/// A `ports` key of one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PortsKey {
    /// The service it stands in.
    pub service: String,
    pub key: Span,
    /// The point behind its colon, where a tag may be put in; `None` where the colon does not follow at once.
    pub behind: Option<Span>,
    /// Its value; a point where there is none.
    pub value: Span,
    /// Whether it is an empty list.
    pub empty: bool,
    /// Whether it has a tag: `!override`, `!reset`.
    pub tagged: bool,
}

/// The `ports` keys of a project's files, in merge order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PortsKeys {
    pub keys: Vec<PortsKey>,
    /// Whether some file takes in another one, so that the order of files is not the order of layers.
    pub takes_in: bool,
}

impl Project {
    /// The `ports` keys of its files as they were written.
    pub fn ports_keys(&self) -> PortsKeys {
        let mut all = PortsKeys::default();
        for (file, yaml) in self.pages() {
            let Some(root) = yaml.root else { continue };
            all.takes_in |= yaml.entry(root, "include").is_some();
            let Some(services) = yaml.entry(root, "services") else { continue };
            for service in yaml.entries(services.value) {
                let extends = yaml.entry(service.value, "extends");
                all.takes_in |= extends.is_some_and(|e| yaml.entry(e.value, "file").is_some());
                let Some(ports) = yaml.entry(service.value, "ports") else { continue };
                let key = yaml.node(ports.key).span;
                let colon =
                    file.text.get(key.end as usize..).is_some_and(|rest| rest.starts_with(':'));
                let behind = key.end as usize + 1;
                all.keys.push(PortsKey {
                    service: service.name.as_str().to_owned(),
                    key,
                    behind: colon.then(|| Span::new(file.id, behind, behind)),
                    value: yaml.node(ports.value).span,
                    empty: matches!(yaml.kind(ports.value), Some(NodeKind::Sequence(items)) if items.is_empty()),
                    tagged: yaml.node(ports.value).tag.is_some(),
                });
            }
        }
        all
    }
}
