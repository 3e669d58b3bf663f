//! Patterns of paths, as in `.gitignore`.

use crate::finding::{Prose, Quote, prose};
use crate::source::{RelPath, Span};
use ignore::gitignore::{Gitignore, GitignoreBuilder};
use std::sync::Arc;

/// A pattern of paths below the folder of the configuration that holds it (gitignore(5), "PATTERN FORMAT"): `legacy/`,
/// `*.prod.yml`, `/deploy/**/test`.
#[derive(Debug, Clone)]
pub struct Pattern {
    /// As it is written.
    pub text: String,
    /// Where.
    pub span: Span,
    folder: RelPath,
    matcher: Arc<Gitignore>,
}

/// What the reader of patterns says, which quotes them.
fn refused(why: ignore::Error) -> Prose {
    prose!("{}", Quote::value(&why.to_string()))
}

impl Pattern {
    /// Reads a pattern. The error says what is wrong with it.
    pub(super) fn read(text: &str, span: Span, folder: &RelPath) -> Result<Self, Prose> {
        if text.trim().is_empty() || text.starts_with(['!', '#']) {
            return Err("a pattern names files or folders; `!` and `#` have no meaning here".into());
        }
        let mut builder = GitignoreBuilder::new("");
        builder.add_line(None, text).map_err(refused)?;
        let matcher = builder.build().map_err(refused)?;
        Ok(Self { text: text.to_owned(), span, folder: folder.clone(), matcher: Arc::new(matcher) })
    }

    /// Whether it matches a file, or a folder that the file is in.
    pub fn matches(&self, path: &RelPath) -> bool {
        path.relative_to(&self.folder).is_some_and(|below| {
            !below.is_empty() && self.matcher.matched_path_or_any_parents(below, false).is_ignore()
        })
    }
}
