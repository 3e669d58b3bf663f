//! `.dockerignore` (Docker docs, "Build context": .dockerignore files).

use crate::source::{Limit, RelPath, Sources};
use globset::{GlobBuilder, GlobMatcher};

/// The patterns of a `.dockerignore`, in order.
#[derive(Debug, Default)]
pub struct DockerIgnore {
    patterns: Vec<(GlobMatcher, bool)>,
}

/// The most patterns that are read.
const MOST: usize = 1_000;

impl DockerIgnore {
    /// Reads `<Dockerfile>.dockerignore` beside the Dockerfile, or `.dockerignore` in the context.
    pub fn read(sources: &Sources<'_>, context: &RelPath, dockerfile: &RelPath) -> Self {
        let beside = RelPath::new(&format!("{}.dockerignore", dockerfile.as_str()));
        let file = beside
            .and_then(|p| sources.read(&p, Limit::Code).ok())
            .or_else(|| sources.read(&context.join(".dockerignore")?, Limit::Code).ok());
        let Some(file) = file else { return Self::default() };
        Self::parse(&file.text[file.bom()..])
    }

    fn parse(text: &str) -> Self {
        let mut patterns = Vec::new();
        for line in text.lines().map(str::trim).filter(|l| !l.is_empty() && !l.starts_with('#')).take(MOST) {
            let (keep, line) = line.strip_prefix('!').map_or((false, line), |l| (true, l));
            // Docker cleans patterns as it cleans paths.
            let Some(line) = RelPath::new(line.trim().trim_start_matches('/')) else { continue };
            let line = line.as_str();
            // Docker's patterns know no braces.
            let line = line.replace('{', "[{]").replace('}', "[}]");
            if let Ok(glob) = GlobBuilder::new(&line).literal_separator(true).build() {
                patterns.push((glob.compile_matcher(), keep));
            }
        }
        Self { patterns }
    }

    /// Whether a path of the context (relative to it) is left out: the last pattern that matches it or a
    /// folder above it decides.
    pub fn excludes(&self, path: &str) -> bool {
        let mut out = false;
        for (pattern, keep) in &self.patterns {
            if out == *keep && prefixes(path).any(|p| pattern.is_match(p)) {
                out = !keep;
            }
        }
        out
    }
}

/// The path and the folders above it.
fn prefixes(path: &str) -> impl Iterator<Item = &str> {
    path.char_indices().filter(|(_, c)| *c == '/').map(|(i, _)| &path[..i]).chain(std::iter::once(path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_match_decides() {
        let ignore = DockerIgnore::parse("# a comment\n*\n!backend\nbackend/*.log\n**/__pycache__\n");
        assert!(ignore.excludes("README.md"));
        assert!(!ignore.excludes("backend/manage.py"));
        assert!(ignore.excludes("backend/x.log"));
        assert!(ignore.excludes("backend/a/b/__pycache__/x.pyc"));
    }

    #[test]
    fn a_pattern_without_slash_stands_at_the_top_only() {
        let ignore = DockerIgnore::parse(".env\nnode_modules/\n");
        assert!(ignore.excludes(".env"));
        assert!(!ignore.excludes("deploy/.env"));
        assert!(ignore.excludes("node_modules/x/y.js"));
    }
}
