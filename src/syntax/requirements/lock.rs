//! Lock files: `Pipfile.lock` (Pipenv), `poetry.lock`, `uv.lock` and `pdm.lock`. They name all that is installed, also what
//! only others ask for.

use super::normalise;
use crate::source::SourceFile;
use std::collections::BTreeSet;

/// The names that a lock file holds, normalised; `None` where it cannot be read.
pub fn locked_names(file: &SourceFile) -> Option<BTreeSet<String>> {
    let body = file.body();
    if file.path.file_name() == "Pipfile.lock" {
        let whole: serde_json::Value = serde_json::from_str(body.as_str()).ok()?;
        let sections = whole.as_object()?.iter().filter(|(name, _)| name.as_str() != "_meta");
        let packages = sections.filter_map(|(_, section)| section.as_object());
        return Some(packages.flat_map(|p| p.keys().map(|name| normalise(name))).collect());
    }
    let whole: toml::Table = body.as_str().parse().ok()?;
    let packages = whole.get("package")?.as_array()?.iter();
    Some(packages.filter_map(|p| p.get("name")?.as_str().map(normalise)).collect())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that fails may panic")]
    use super::*;
    use crate::source::{Limit, MemoryFiles, RelPath, Sources};

    #[test]
    fn locks_name_what_others_ask_for() {
        let names = |path: &str, text: &str| {
            let mut files = MemoryFiles::new();
            files.add(path, text);
            let sources = Sources::new(&files);
            let file = sources.read(&RelPath::new(path).unwrap(), Limit::Config).unwrap();
            locked_names(&file).map(|n| n.into_iter().collect::<Vec<_>>().join(" "))
        };
        let poetry = "[[package]]\nname = \"Django\"\nversion = \"5.1\"\n\n[[package]]\nname = \"django_mptt\"\nversion = \"1\"\n";
        assert_eq!(names("poetry.lock", poetry).as_deref(), Some("django django-mptt"));
        let pipenv = r#"{"_meta": {"hash": {}}, "default": {"django": {"version": "==5.1"}}, "develop": {"Pytest": {}}}"#;
        assert_eq!(names("Pipfile.lock", pipenv).as_deref(), Some("django pytest"));
        assert_eq!(names("uv.lock", "version = 1\n"), None);
        assert_eq!(names("uv.lock", "[[package"), None);
    }
}
