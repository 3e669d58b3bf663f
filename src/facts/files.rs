//! Names of files that programs look for by themselves: `data/files.toml`.

/// What looks for a file, and what for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileKind {
    /// Compose's own file.
    Compose,
    /// What Compose lays over it.
    Override,
    /// Compose files that do not say so, without the ending.
    ComposeStem,
    /// What an image is built from.
    Dockerfile,
    /// Variables for Compose.
    Env,
}

/// The names of one kind.
#[derive(Debug, PartialEq, Eq)]
pub struct FileNames {
    pub kind: FileKind,
    /// The one that is taken first in front.
    pub names: &'static [&'static str],
    /// When the entry was gone over.
    pub checked: &'static str,
    /// Where to read of it.
    pub source: &'static str,
}

include!(concat!(env!("OUT_DIR"), "/files.rs"));

/// The names of a kind, the one that is taken first in front.
pub fn file_names(kind: FileKind) -> &'static [&'static str] {
    FILE_NAMES.iter().find(|f| f.kind == kind).map_or(&[], |f| f.names)
}

/// The name of a kind that is taken where nothing is named.
pub fn default_name(kind: FileKind) -> &'static str {
    file_names(kind).first().copied().unwrap_or_default()
}

/// Whether a file has a name of a kind.
pub fn is_named(name: &str, kind: FileKind) -> bool {
    file_names(kind).contains(&name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_has_its_names_in_order() {
        assert_eq!(file_names(FileKind::Compose)[0], "compose.yaml");
        assert!(is_named("docker-compose.override.yml", FileKind::Override));
        assert!(is_named("production", FileKind::ComposeStem));
        assert_eq!(default_name(FileKind::Dockerfile), "Dockerfile");
        assert_eq!(default_name(FileKind::Env), ".env");
    }
}
