//! A configuration of nginx that is in the project and that the stack's nginx does not get.

use super::Proxy;
use crate::finding::prose;
use crate::model::image::LayerKind;
use crate::model::path;
use crate::model::roles::nginx::{Nginx, passed_to};
use crate::model::search_limit::SearchLimit;
use crate::model::stack::network::Resolved;
use crate::source::{EntryKind, Limit, RelPath, Span, Text};

/// The folder of pages that the configuration of the image serves.
const DEFAULT_ROOT: &str = "/usr/share/nginx/html";
/// The most files that are looked at.
const MAX_FILES: usize = 1_000;
/// The most folders.
const MAX_FOLDERS: usize = 5_000;

/// A configuration that is left out.
#[derive(Debug)]
pub struct UnusedConfig {
    /// The file.
    pub path: RelPath,
    /// The host of this stack that it passes requests on to.
    pub host: Text,
}

impl Proxy<'_> {
    /// The configuration in the project that passes requests to a service of this stack, where an nginx service runs with
    /// nothing but what its image brings.
    pub fn unused_config(&self, nginx: &Nginx) -> Option<UnusedConfig> {
        let container = self.stack.container(nginx.container);
        let service = container.service;
        let own = |at: &str| {
            ["/etc/nginx", "/usr/share/nginx", "/docker-entrypoint.d", "/etc", "/"]
                .iter()
                .any(|o| *o == at || o.len() > 5 && path::relative_to(at, o).is_some())
        };
        // What lies below the pages of the image may be there for the configuration that is missing.
        let targets = service.mounts.iter().map(|m| path::join("/", m.target.as_str()));
        let (below, targets): (Vec<String>, Vec<String>) = targets.partition(|at| {
            path::relative_to(at, DEFAULT_ROOT).is_some_and(|rest| !rest.is_empty())
        });
        let mounted = targets.iter().any(|at| own(at));
        let copies = container.built().is_some_and(|i| {
            i.chain()
                .iter()
                .flat_map(|s| &s.layers)
                .any(|l| matches!(l.kind, LayerKind::Copy { .. }))
        });
        let told = ["configs", "command", "entrypoint", "volumes_from", "develop"]
            .iter()
            .any(|k| service.node.get(k).is_some());
        if !nginx.files.is_empty()
            || nginx.unknown.is_some()
            || nginx.more_listens.is_some()
            || mounted
            || copies
            || told
        {
            return None;
        }
        if service.ports.is_empty() {
            return None;
        }
        let used: Vec<&RelPath> = self.stack.roles.nginx.iter().flat_map(|n| &n.files).collect();
        let mut open = vec![(self.stack.project.folder.clone(), 0)];
        let (mut read, mut seen) = (0, 0);
        while let Some((folder, depth)) = open.pop() {
            if seen == MAX_FOLDERS {
                self.stack.note_limit(prose!("a configuration of nginx is looked for in {} folders; the rest is not looked at", MAX_FOLDERS));
                return None;
            }
            seen += 1;
            for (name, kind) in self.stack.sources.listed(&folder) {
                let Some(at) = folder.join(&name).filter(|_| !name.starts_with('.')) else {
                    continue;
                };
                let skipped =
                    matches!(name.as_str(), "node_modules" | "venv" | "site-packages" | "vendor");
                match kind {
                    EntryKind::Folder if depth < 3 && !skipped => open.push((at, depth + 1)),
                    EntryKind::File if name.ends_with(".conf") && !used.contains(&&at) => {
                        let Ok(file) = self.stack.sources.read(&at, Limit::Config) else {
                            continue;
                        };
                        if read == MAX_FILES {
                            let message = prose!(
                                "a configuration of nginx is looked for in {} files; the rest is not read",
                                MAX_FILES
                            );
                            SearchLimit::note(Span::new(file.id, 0, 0), message);
                            return None;
                        }
                        read += 1;
                        if !file.text.contains("_pass") {
                            continue;
                        }
                        let host = passed_to(&file.body()).into_iter().find(|h| {
                            matches!(
                                self.stack.network().resolve(nginx.container, h),
                                Resolved::Service(_)
                            )
                        });
                        let named = |at: &String| file.text.contains(at.trim_end_matches('/'));
                        if let Some(host) = host.filter(|_| below.iter().all(named)) {
                            return Some(UnusedConfig { path: at, host });
                        }
                    }
                    _ => {}
                }
            }
        }
        None
    }
}
