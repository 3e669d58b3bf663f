//! Paths inside the root.

use std::sync::Arc;

/// A path below the root, with `/`, without `.`, `..` or doubled slashes; empty for the root itself.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RelPath(Arc<str>);

impl RelPath {
    /// The root itself.
    pub fn root() -> Self {
        Self(Arc::from(""))
    }

    /// Normalises a path written relative to the root; `None` when it leaves the root or is absolute.
    pub fn new(path: &str) -> Option<Self> {
        Self::root().join(path)
    }

    /// The path `path` as seen from this folder; `None` when it leaves the root or is absolute.
    pub fn join(&self, path: &str) -> Option<Self> {
        if path.starts_with('/') || path.contains('\0') {
            return None;
        }
        let mut parts: Vec<&str> = self.0.split('/').filter(|p| !p.is_empty()).collect();
        for part in path.split('/') {
            match part {
                "" | "." => {}
                ".." => {
                    parts.pop()?;
                }
                part => parts.push(part),
            }
        }
        Some(Self(Arc::from(parts.join("/"))))
    }

    /// The path as text; empty for the root.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub fn is_root(&self) -> bool {
        self.0.is_empty()
    }

    /// The folder that holds this path; the root is its own parent.
    pub fn parent(&self) -> Self {
        match self.0.rsplit_once('/') {
            Some((folder, _)) => Self(Arc::from(folder)),
            None => Self::root(),
        }
    }

    /// The last component; empty for the root.
    pub fn file_name(&self) -> &str {
        self.0.rsplit('/').next().unwrap_or("")
    }

    /// The rest of this path below `folder`: empty when they are equal, `None` when it lies elsewhere.
    pub fn relative_to(&self, folder: &Self) -> Option<&str> {
        if folder.is_root() {
            return Some(&self.0);
        }
        let rest = self.0.strip_prefix(&*folder.0)?;
        if rest.is_empty() { Some("") } else { rest.strip_prefix('/') }
    }
}

impl std::fmt::Display for RelPath {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(if self.is_root() { "." } else { &self.0 })
    }
}
