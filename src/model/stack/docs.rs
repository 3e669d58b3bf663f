//! Where a project tells people (or its CI) what to run by hand.

use crate::source::{Limit, RelPath, SourceFile, Sources, Span};
use std::sync::Arc;

/// READMEs, Makefiles, scripts and CI files of the checked folder.
#[derive(Debug, Default)]
pub struct Docs {
    files: Vec<Arc<SourceFile>>,
}

/// The most such files that are read.
const MOST: usize = 40;

impl Docs {
    /// Reads the files.
    pub fn read(sources: &Sources<'_>, paths: &[RelPath]) -> Self {
        Self { files: paths.iter().take(MOST).filter_map(|p| sources.read(p, Limit::Code).ok()).collect() }
    }

    /// Whether a file of this name is worth reading.
    pub fn is_name(name: &str) -> bool {
        let lower = name.to_ascii_lowercase();
        lower.starts_with("readme")
            || matches!(
                lower.as_str(),
                "makefile"
                    | "justfile"
                    | "taskfile.yml"
                    | ".gitlab-ci.yml"
                    | "procfile"
                    | "fabfile.py"
                    | "tasks.py"
                    | "deploy.sh"
                    | "run"
                    | "manage.sh"
            )
    }

    /// The first place that shows the management command `name` being run.
    pub fn mention(&self, name: &str) -> Option<Span> {
        self.files.iter().find_map(|file| {
            file.text.match_indices(name).find_map(|(at, _)| {
                let line_start = file.text[..at].rfind('\n').map_or(0, |i| i + 1);
                let line_end = file.text[at..].find('\n').map_or(file.text.len(), |i| at + i);
                let before = &file.text[line_start..at];
                let after = file.text[at + name.len()..line_end].chars().next();
                let whole_word =
                    before.ends_with([' ', '\t', '"', '\'']) && after.is_none_or(|c| !c.is_ascii_alphanumeric() && c != '_' && c != '-');
                // A command, not a sentence that has the word in it.
                let command = before.contains("manage")
                    || before.contains("django-admin")
                    || before.contains("compose ")
                    || before.contains("docker ");
                (whole_word && command).then(|| Span::new(file.id, line_start + (before.len() - before.trim_start().len()), line_end))
            })
        })
    }
}
