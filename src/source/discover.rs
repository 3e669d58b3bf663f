//! Finding the files that a run starts from.
//!
//! The walk goes level by level, so that where there is too much to look at, what lies near the top was looked at.
//! What git ignores is left out; the files that say so come from the project as well, and are read like all others.

use super::{Files, ReadError, RelPath, Skipped};
use ignore::Match;
use ignore::gitignore::{Gitignore, GitignoreBuilder};
use std::collections::VecDeque;
use std::rc::Rc;

/// What a walk over the checked folder found.
#[derive(Debug, Default)]
pub struct Discovery {
    /// Every file whose name the caller asked for, sorted.
    pub files: Vec<RelPath>,
    /// Folders with such a name, sorted. They are looked into like others.
    pub folders: Vec<RelPath>,
    /// What was not looked into, and why.
    pub skipped: Vec<Skipped>,
    /// Set when the walk, or the look into one folder, stopped at a limit.
    pub truncated: bool,
}

/// The most entries a walk looks at, and those of one folder: it may hold people's uploads, and its neighbours are looked
/// at all the same.
const MAX_ENTRIES: usize = 100_000;
const MAX_IN_FOLDER: usize = 25_000;
/// The deepest folder a walk enters, counted from the checked one.
const MAX_DEPTH: usize = 32;
/// The most lines that are taken from one `.gitignore`, and from all of a walk.
const MAX_LINES: (usize, usize) = (1_000, 10_000);
/// The most bytes of a `.gitignore`.
const MAX_BYTES: u64 = 256 * 1024;
/// The most things that are told of one walk; more of them say nothing new.
const MAX_TOLD: usize = 100;
/// Folders that hold other people's code, or a tool's own state.
const FOREIGN: [&str; 12] = [
    ".git",
    // Snapshots that editors keep of files, and their own settings.
    ".history",
    ".idea",
    ".vscode",
    "node_modules",
    "venv",
    ".venv",
    "site-packages",
    "__pycache__",
    ".tox",
    ".mypy_cache",
    "target",
];
/// Files that tell what is left out, the weaker first.
const IGNORING: [&str; 2] = [".gitignore", ".ignore"];

/// Walks `folder` without following links, skipping what git ignores, and keeps the files whose
/// name `wanted` accepts.
pub fn discover(
    files: &dyn Files,
    folder: &RelPath,
    wanted: &(dyn Fn(&str) -> bool + Sync),
) -> Discovery {
    let mut walk = Walk {
        files,
        wanted,
        found: Discovery::default(),
        seen: 0,
        lines: 0,
        ended: false,
        open: VecDeque::new(),
    };
    walk.open.push_back(Open { folder: folder.clone(), depth: 0, rules: None });
    while let Some(open) = walk.open.pop_front() {
        walk.enter(open);
        if walk.ended {
            break;
        }
    }
    let mut found = walk.found;
    found.files.sort();
    found.folders.sort();
    found
}

/// What the ignore files of one folder say, and those above it.
struct Rules {
    above: Option<Rc<Self>>,
    /// One for each of [`IGNORING`].
    own: [Option<Gitignore>; 2],
}

impl Rules {
    /// Whether a path is left out: `.ignore` has the last word over `.gitignore`, and below them the nearest one.
    fn leave_out(&self, path: &RelPath, folder: bool) -> bool {
        for kind in (0..IGNORING.len()).rev() {
            let mut level = Some(self);
            while let Some(rules) = level {
                match rules.own[kind].as_ref().map(|own| own.matched(path.as_str(), folder)) {
                    Some(Match::Ignore(_)) => return true,
                    Some(Match::Whitelist(_)) => return false,
                    _ => level = rules.above.as_deref(),
                }
            }
        }
        false
    }
}

/// A folder that is still to be looked into.
struct Open {
    folder: RelPath,
    depth: usize,
    rules: Option<Rc<Rules>>,
}

struct Walk<'a> {
    files: &'a dyn Files,
    wanted: &'a (dyn Fn(&str) -> bool + Sync),
    found: Discovery,
    seen: usize,
    lines: usize,
    ended: bool,
    open: VecDeque<Open>,
}

impl Walk<'_> {
    fn skip(&mut self, path: RelPath, reason: ReadError) {
        if self.found.skipped.len() < MAX_TOLD {
            self.found.skipped.push(Skipped { path, reason });
        }
    }

    fn enter(&mut self, Open { folder, depth, rules }: Open) {
        let left = (MAX_ENTRIES - self.seen).min(MAX_IN_FOLDER);
        let mut entries = match self.files.entries(&folder, left + 1) {
            Ok(entries) => entries,
            Err(ReadError::Missing) => return,
            Err(why) => return self.skip(folder, why),
        };
        self.seen += entries.len().min(left);
        if entries.len() > left {
            self.found.truncated = true;
            let whole = left < MAX_IN_FOLDER;
            let why = if whole {
                ReadError::TooManyEntries(MAX_ENTRIES)
            } else {
                ReadError::TooManyNames(MAX_IN_FOLDER)
            };
            self.ended |= whole;
            self.skip(folder.clone(), why);
            entries.truncate(left);
        }
        entries.sort_unstable_by(|a, b| a.name.cmp(&b.name));
        let rules = self
            .rules(&folder, rules, |name| entries.iter().any(|e| e.name.as_deref() == Ok(name)));
        for entry in entries {
            let name = match entry.name {
                Ok(name) => name,
                Err(shown) => {
                    // Only a name that can be written can be the name of a file that is asked for.
                    if entry.folder || (self.wanted)(&shown) {
                        self.skip(
                            folder.join(&shown).unwrap_or_else(|| folder.clone()),
                            ReadError::NameNotUtf8,
                        );
                    }
                    continue;
                }
            };
            let asked = (self.wanted)(&name);
            if !(asked || entry.folder) || entry.folder && FOREIGN.contains(&name.as_str()) {
                continue;
            }
            let Some(path) = folder.join(&name) else { continue };
            if rules.as_ref().is_some_and(|r| r.leave_out(&path, entry.folder)) {
                continue;
            }
            if !entry.folder {
                self.found.files.push(path);
                continue;
            }
            if asked {
                self.found.folders.push(path.clone());
            }
            if depth + 1 > MAX_DEPTH {
                self.skip(path, ReadError::TooDeep(MAX_DEPTH));
            } else {
                self.open.push_back(Open { folder: path, depth: depth + 1, rules: rules.clone() });
            }
        }
    }

    /// The rules that hold in a folder.
    fn rules(
        &mut self,
        folder: &RelPath,
        above: Option<Rc<Rules>>,
        there: impl Fn(&str) -> bool,
    ) -> Option<Rc<Rules>> {
        let own = IGNORING.map(|name| if there(name) { self.ignoring(folder, name) } else { None });
        if own.iter().all(Option::is_none) { above } else { Some(Rc::new(Rules { above, own })) }
    }

    /// Reads one of [`IGNORING`]; one that cannot be read leaves nothing out.
    fn ignoring(&mut self, folder: &RelPath, name: &str) -> Option<Gitignore> {
        let path = folder.join(name)?;
        let bytes = match self.files.read(&path, MAX_BYTES) {
            Ok(bytes) => bytes,
            Err(why) => {
                self.skip(path, why);
                return None;
            }
        };
        let text = String::from_utf8_lossy(&bytes);
        let mut builder = GitignoreBuilder::new(folder.as_str());
        let most = MAX_LINES.0.min(MAX_LINES.1 - self.lines);
        let mut count = 0;
        for line in text
            .trim_start_matches('\u{feff}')
            .lines()
            .filter(|l| !l.trim().is_empty() && !l.starts_with('#'))
        {
            if count == most {
                self.skip(path, ReadError::TooManyLines(most));
                break;
            }
            count += 1;
            // A pattern that git would not take leaves nothing out.
            let _ = builder.add_line(None, line);
        }
        self.lines += count;
        builder.build().ok()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that fails may panic")]
mod tests {
    use super::super::MemoryFiles;
    use super::*;

    fn found(files: &[(&str, &str)]) -> Vec<String> {
        let mut all = MemoryFiles::new();
        files.iter().for_each(|(path, text)| all.add(path, *text));
        discover(&all, &RelPath::root(), &|n| n == "compose.yaml")
            .files
            .iter()
            .map(ToString::to_string)
            .collect()
    }

    #[test]
    fn memory_files_are_walked_without_foreign_folders() {
        assert_eq!(
            found(&[
                ("a/compose.yaml", ""),
                ("node_modules/x/compose.yaml", ""),
                (".history/compose.yaml", ""),
                ("a/other.txt", "")
            ]),
            ["a/compose.yaml"]
        );
    }

    #[test]
    fn what_git_ignores_is_left_out() {
        let of = |rules: &str| {
            found(&[
                (".gitignore", rules),
                ("a/compose.yaml", ""),
                ("b/c/compose.yaml", ""),
                ("compose.yaml", ""),
            ])
        };
        assert_eq!(of("a\n"), ["b/c/compose.yaml", "compose.yaml"]);
        assert_eq!(of("/compose.yaml\n# b\n"), ["a/compose.yaml", "b/c/compose.yaml"]);
        assert_eq!(of("compose.yaml\n!b/c/compose.yaml\n"), ["b/c/compose.yaml"]);
        assert_eq!(of("b/*\n!b/c/\n"), ["a/compose.yaml", "b/c/compose.yaml", "compose.yaml"]);
        assert_eq!(of("[\n\\\n"), ["a/compose.yaml", "b/c/compose.yaml", "compose.yaml"]);
    }

    #[test]
    fn the_nearest_rules_count_and_ignore_before_gitignore() {
        let files = [("b/compose.yaml", ""), (".gitignore", "compose.yaml\n")];
        assert!(found(&files).is_empty());
        assert_eq!(
            found(&[&files[..], &[("b/.gitignore", "!compose.yaml\n")]].concat()),
            ["b/compose.yaml"]
        );
        assert_eq!(
            found(&[&files[..], &[(".ignore", "!compose.yaml\n")]].concat()),
            ["b/compose.yaml"]
        );
        assert!(
            found(
                &[&files[..], &[("b/.gitignore", "!compose.yaml\n"), (".ignore", "b\n")]].concat()
            )
            .is_empty()
        );
    }

    #[test]
    fn too_deep_and_too_many_is_told() {
        let deep = format!("{}compose.yaml", "d/".repeat(MAX_DEPTH + 1));
        let mut files = MemoryFiles::new();
        files.add(&deep, "");
        files.add(&deep[2..], "");
        files.add(".gitignore", "x\n".repeat(MAX_LINES.0 + 1));
        let found = discover(&files, &RelPath::root(), &|n| n == "compose.yaml");
        assert_eq!(found.files.len(), 1);
        let told: Vec<_> =
            found.skipped.iter().map(|s| (s.path.as_str(), s.reason.clone())).collect();
        assert_eq!(told[0], (".gitignore", ReadError::TooManyLines(MAX_LINES.0)));
        assert!(told[1].0.ends_with('d') && told[1].1 == ReadError::TooDeep(MAX_DEPTH), "{told:?}");
    }
}
