//! The Compose files of the checked folder, and what they name.

use crate::source::{Limit, RelPath, Sources};
use std::collections::HashMap;
use std::ops::Deref;
use std::sync::OnceLock;

/// Every Compose file of the checked folder, shared by all of its stacks.
#[derive(Debug, Default)]
pub struct ComposeFiles {
    paths: Vec<RelPath>,
    /// By each key and container name the numbers of the files that have it, worked out when first asked for: each
    /// file is read once, however many stacks ask.
    names: OnceLock<HashMap<String, Vec<usize>>>,
}

impl ComposeFiles {
    /// These files.
    pub fn new(paths: Vec<RelPath>) -> Self {
        Self { paths, names: OnceLock::new() }
    }

    /// The files with a line `name:` or `container_name: name`.
    pub(super) fn with_name(
        &self,
        sources: &Sources<'_>,
        name: &str,
    ) -> impl Iterator<Item = &RelPath> {
        let all = self.names.get_or_init(|| self.index(sources));
        all.get(name).into_iter().flatten().filter_map(|number| self.paths.get(*number))
    }

    fn index(&self, sources: &Sources<'_>) -> HashMap<String, Vec<usize>> {
        let mut all: HashMap<String, Vec<usize>> = HashMap::new();
        for (number, path) in self.paths.iter().enumerate() {
            let Ok(file) = sources.read(path, Limit::Config) else { continue };
            for line in file.text.lines().map(str::trim) {
                let Some(name) =
                    line.strip_prefix("container_name: ").or_else(|| line.strip_suffix(':'))
                else {
                    continue;
                };
                let files = all.entry(name.to_owned()).or_default();
                if files.last() != Some(&number) {
                    files.push(number);
                }
            }
        }
        all
    }
}

impl Deref for ComposeFiles {
    type Target = [RelPath];

    fn deref(&self) -> &[RelPath] {
        &self.paths
    }
}
