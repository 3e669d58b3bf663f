//! Which code of a project imports a module.

use crate::model::stack::Stack;
use crate::source::{EntryKind, Limit, RelPath, Span};
use crate::syntax::python::{Stmt, StmtKind};

/// The most Python files that are looked through.
const MAX_FILES: usize = 2_000;
/// The most folders.
const MAX_FOLDERS: usize = 5_000;
/// Folders whose code is not the project's own, or does not run in a service.
const PASSED_OVER: [&str; 6] = ["node_modules", "tests", "test", "venv", "site-packages", "docs"];

/// The first import of a module below a folder that no `try` surrounds.
pub(super) fn find(stack: &Stack<'_>, folder: &RelPath, module: &str) -> Option<Span> {
    let mut open = vec![folder.clone()];
    let (mut files, mut folders) = (0, 0);
    while let Some(folder) = open.pop() {
        folders += 1;
        if folders > MAX_FOLDERS || files > MAX_FILES {
            return None;
        }
        for (name, kind) in stack.sources.listed(&folder) {
            let Some(path) = folder.join(&name) else { continue };
            match kind {
                EntryKind::Folder
                    if !name.starts_with('.') && !PASSED_OVER.contains(&name.as_str()) =>
                {
                    open.push(path);
                }
                EntryKind::File if name.ends_with(".py") && !name.starts_with("test") => {
                    files += 1;
                    let Ok(file) = stack.sources.read(&path, Limit::Code) else { continue };
                    // Most files need not be parsed.
                    if !file.text.contains(module) {
                        continue;
                    }
                    let parsed = stack.repository().parsed(&file);
                    if let Some(span) = imported(&parsed.body, module) {
                        return Some(span);
                    }
                }
                _ => {}
            }
        }
    }
    None
}

fn imported(body: &[Stmt], module: &str) -> Option<Span> {
    let of_module = |name: &str| name.split('.').next() == Some(module);
    body.iter().find_map(|stmt| match &stmt.kind {
        StmtKind::Import(names) => {
            names.iter().find(|(n, _)| of_module(&n.value)).map(|(n, _)| n.span)
        }
        StmtKind::ImportFrom { level: 0, module: from, .. } => {
            of_module(&from.value).then_some(from.span)
        }
        StmtKind::Try { .. } => None,
        kind => kind.blocks().into_iter().find_map(|block| imported(block, module)),
    })
}
