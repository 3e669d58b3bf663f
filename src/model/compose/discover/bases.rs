//! Services that are only there for others to extend.

use super::usages::Usage;
use crate::model::compose::project::{Project, Service};
use crate::model::compose::tree::Node;
use crate::model::instructions::{Form, Verb, Word};
use std::collections::BTreeSet;

impl Project {
    /// Leaves out the services that others extend and that nothing starts or depends on, where the texts bring up services
    /// by name and never all of them: they are parts, and do not run.
    pub fn leave_out_bases(&mut self, usages: &[Usage]) {
        let written = || usages.iter().filter(|u| u.verb == Verb::Up && u.form == Form::Written);
        let picks = written().any(|u| u.services.iter().any(Word::is_given));
        if !picks || written().any(|u| u.services.is_empty()) {
            return;
        }
        let started = |name: &str| {
            let named = usages.iter().flat_map(|u| &u.services);
            named.into_iter().any(|w| w.known().map_or_else(|| w.may_be(name), |w| w == name))
        };
        let bases: BTreeSet<String> = self
            .extended()
            .into_iter()
            .filter(|name| !started(name) && !self.services.iter().any(|s| needs(s, name)))
            .collect();
        self.services.retain(|s| !bases.contains(s.name.as_str()));
    }

    /// The services that others of the same file extend.
    fn extended(&self) -> BTreeSet<String> {
        let mut all = BTreeSet::new();
        for (_, yaml) in self.pages() {
            let Some(services) = yaml.root.and_then(|root| yaml.entry(root, "services")) else {
                continue;
            };
            for (_, service) in yaml.pairs(services.value) {
                let Some(extends) = yaml.entry(*service, "extends").map(|e| e.value) else {
                    continue;
                };
                let named = match yaml.entry(extends, "service") {
                    Some(_) if yaml.entry(extends, "file").is_some() => continue,
                    Some(entry) => entry.value,
                    None => extends,
                };
                all.extend(yaml.scalar(named).map(|(text, _)| text.as_str().to_owned()));
            }
        }
        all
    }
}

/// Whether a service depends on the one called `name`.
fn needs(service: &Service, name: &str) -> bool {
    let is = |node: &Node, prefix: &str| {
        let texts = node.items().iter().chain([node]).filter_map(Node::text);
        let mut names = texts.map(|t| t.as_str().trim_start_matches(prefix).to_owned());
        names.any(|t| t.split(':').next() == Some(name))
    };
    let at = |key: &str, prefix: &str| service.node.get(key).is_some_and(|n| is(n, prefix));
    service.depends_on.iter().any(|d| d.service.as_str() == name)
        || ["network_mode", "ipc", "pid"].iter().any(|k| at(k, "service:"))
        || ["links", "volumes_from"].iter().any(|k| at(k, ""))
}
