//! `.dockerignore` (Docker docs, "Build context": .dockerignore files).

use crate::finding::prose;
use crate::model::search_limit::SearchLimit;
use crate::source::{FileId, Limit, RelPath, Sources, Span};
use globset::{GlobBuilder, GlobMatcher};

/// The patterns of a `.dockerignore`, in order.
#[derive(Debug, Default)]
pub struct DockerIgnore {
    patterns: Vec<Pattern>,
}

/// One line.
#[derive(Debug)]
struct Pattern {
    fits: GlobMatcher,
    /// Whether it begins with `!`.
    keep: bool,
    span: Span,
}

/// The most patterns that are read.
const MAX_PATTERNS: usize = 1_000;

impl DockerIgnore {
    /// Reads `<Dockerfile>.dockerignore` beside the Dockerfile, or `.dockerignore` in the context.
    pub fn read(sources: &Sources<'_>, context: &RelPath, dockerfile: &RelPath) -> Self {
        let beside = RelPath::new(&format!("{}.dockerignore", dockerfile.as_str()));
        let file = beside
            .and_then(|p| sources.read(&p, Limit::Code).ok())
            .or_else(|| sources.read(&context.join(".dockerignore")?, Limit::Code).ok());
        let Some(file) = file else { return Self::default() };
        Self::parse(&file.text[file.bom()..], file.id, file.bom())
    }

    /// Reads patterns; `text` stands at `base` of a file.
    fn parse(text: &str, file: FileId, base: usize) -> Self {
        let mut patterns = Vec::new();
        for line in text.lines().map(str::trim).filter(|l| !l.is_empty() && !l.starts_with('#')) {
            let start = base + (line.as_ptr() as usize - text.as_ptr() as usize);
            let span = Span::new(file, start, start + line.len());
            if patterns.len() == MAX_PATTERNS {
                let message =
                    prose!("more than {} patterns are listed; the rest is not read", MAX_PATTERNS);
                SearchLimit::note(span, message);
                break;
            }
            let (keep, line) = line.strip_prefix('!').map_or((false, line), |l| (true, l));
            // Docker cleans patterns as it cleans paths.
            let Some(line) = RelPath::new(line.trim().trim_start_matches('/')) else { continue };
            let line = line.as_str();
            // Docker's patterns know no braces.
            let line = line.replace('{', "[{]").replace('}', "[}]");
            if let Ok(glob) = GlobBuilder::new(&line).literal_separator(true).build() {
                patterns.push(Pattern { fits: glob.compile_matcher(), keep, span });
            }
        }
        Self { patterns }
    }

    /// Whether a path of the context (relative to it) is left out: the last pattern that matches it or a
    /// folder above it decides.
    pub fn excludes(&self, path: &str) -> bool {
        self.why(path).is_some()
    }

    /// The pattern that leaves a path of the context out.
    pub fn why(&self, path: &str) -> Option<Span> {
        let mut out = None;
        for pattern in &self.patterns {
            if out.is_some() == pattern.keep && prefixes(path).any(|p| pattern.fits.is_match(p)) {
                out = (!pattern.keep).then_some(pattern.span);
            }
        }
        out
    }

    /// Whether a pattern takes something back in (`!`).
    pub fn first_exception(&self) -> Option<Span> {
        self.patterns.iter().find(|p| p.keep).map(|p| p.span)
    }
}

/// The path and the folders above it.
fn prefixes(path: &str) -> impl Iterator<Item = &str> {
    path.char_indices()
        .filter(|(_, c)| *c == '/')
        .map(|(i, _)| &path[..i])
        .chain(std::iter::once(path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_match_decides() {
        let ignore = DockerIgnore::parse(
            "# a comment\n*\n!backend\nbackend/*.log\n**/__pycache__\n",
            FileId(0),
            0,
        );
        assert!(ignore.excludes("README.md"));
        assert!(!ignore.excludes("backend/manage.py"));
        assert!(ignore.excludes("backend/x.log"));
        assert!(ignore.excludes("backend/a/b/__pycache__/x.pyc"));
    }

    #[test]
    fn a_pattern_without_slash_stands_at_the_top_only() {
        let ignore = DockerIgnore::parse(".env\nnode_modules/\n", FileId(0), 3);
        assert!(ignore.excludes(".env"));
        assert!(!ignore.excludes("deploy/.env"));
        assert!(ignore.excludes("node_modules/x/y.js"));
        assert_eq!(ignore.why("node_modules/x"), Some(Span::new(FileId(0), 8, 21)));
    }
}
