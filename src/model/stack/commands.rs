//! Management commands that the project or its packages bring.

use super::Stack;
use crate::facts;
use crate::source::EntryKind;

impl Stack<'_> {
    /// Whether a management command that Django does not bring may do what `word` says: its file in the
    /// project mentions it, or its file is not in the project.
    pub fn command_mentions(&self, command: &str, word: &str) -> bool {
        if facts::management(command).is_some() || command.is_empty() {
            return false;
        }
        let name = format!("{command}.py");
        let mut open = vec![(self.checked.clone(), 0)];
        while let Some((folder, depth)) = open.pop() {
            for (entry, kind) in self.sources.listed(&folder) {
                let Some(path) = folder.join(&entry) else { continue };
                if kind == EntryKind::File
                    && entry == name
                    && path.as_str().contains("management/commands/")
                {
                    return self
                        .sources
                        .read(&path, crate::source::Limit::Code)
                        .is_ok_and(|f| f.text.trim().is_empty() || f.text.contains(word));
                }
                if kind == EntryKind::Folder
                    && depth < 8
                    && open.len() < 500
                    && !entry.starts_with('.')
                    && !matches!(entry.as_str(), "node_modules" | "venv" | "site-packages")
                {
                    open.push((path, depth + 1));
                }
            }
        }
        // A command of an installed package, of which nothing is known.
        true
    }
}
