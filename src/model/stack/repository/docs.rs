//! Where a project tells people (or its CI) what to run by hand.

use super::Repository;
use crate::finding::prose;
use crate::model::search_limit::SearchLimit;
use crate::source::{Limit, RelPath, SourceFile, Sources, Span};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;

/// READMEs, Makefiles, scripts and CI files of the checked folder.
#[derive(Debug, Default)]
pub struct Docs {
    files: Vec<Arc<SourceFile>>,
    /// All texts around a project folder in which people or machines are told what to do, once they were asked for.
    around: RefCell<BTreeMap<RelPath, Rc<Vec<Arc<SourceFile>>>>>,
}

/// The most such files that are read.
const MAX_DOCS: usize = 500;

impl Docs {
    /// Reads the files.
    pub fn read(sources: &Sources<'_>, paths: &[RelPath]) -> Self {
        let mut files = Vec::new();
        for file in paths.iter().filter_map(|p| sources.read(p, Limit::Code).ok()) {
            if files.len() == MAX_DOCS {
                let message = prose!(
                    "more than {} manuals speak of the stacks here; the rest is not read",
                    MAX_DOCS
                );
                SearchLimit::note(Span::new(file.id, 0, 0), message);
                break;
            }
            files.push(file);
        }
        Self { files, ..Self::default() }
    }

    /// The texts around a project folder, gathered when they are first asked for.
    pub(super) fn texts_around(
        &self,
        folder: &RelPath,
        gather: impl FnOnce() -> Vec<Arc<SourceFile>>,
    ) -> Rc<Vec<Arc<SourceFile>>> {
        if let Some(known) = self.around.borrow().get(folder) {
            return known.clone();
        }
        let all = Rc::new(gather());
        self.around.borrow_mut().insert(folder.clone(), all.clone());
        all
    }

    pub(super) fn files(&self) -> &[Arc<SourceFile>] {
        &self.files
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
}

impl Docs {
    /// Whether any of them has these words.
    pub fn has(&self, words: &str) -> bool {
        self.files.iter().any(|f| f.text.contains(words))
    }

    /// Whether they only ever bring up services by name (`docker compose up -d nginx mysql`): the file is a
    /// stock to choose from, and is never brought up as a whole.
    pub fn picks_services(&self, services: &[&str]) -> bool {
        let mut picks = false;
        for line in self.files.iter().flat_map(|f| f.text.lines()) {
            // A line of prose that speaks of the command says nothing about which services.
            let line = line.trim_start().trim_start_matches(['$', '@', '>', ' ']);
            let line = line.strip_prefix("sudo ").unwrap_or(line);
            if !line.starts_with("docker compose ") && !line.starts_with("docker-compose ") {
                continue;
            }
            // A file of another folder is another stack.
            if line
                .split_whitespace()
                .any(|w| w.contains('/') && (w.ends_with(".yml") || w.ends_with(".yaml")))
            {
                continue;
            }
            let mut words = line.split_whitespace();
            if !words.any(|w| w == "up") {
                continue;
            }
            if !words.any(|w| services.contains(&w)) {
                return false;
            }
            picks = true;
        }
        picks
    }

    /// Whether a command in them switches on a profile of Compose: `--profile NAME`, `COMPOSE_PROFILES=…`.
    pub fn shows_profile(&self, profile: &str) -> bool {
        let word = |c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '`' | '=' | ',' | ';');
        self.files.iter().flat_map(|f| f.text.lines()).any(|line| {
            let mut words = line.split(word).filter(|w| !w.is_empty());
            words.any(|w| w == "--profile" || w == "COMPOSE_PROFILES")
                && words.any(|w| w == profile || w == "*")
        })
    }
}

impl<'s> Repository<'s> {
    /// The texts in which people are told what to run by hand.
    pub(in crate::model::stack) fn docs(&self) -> &'s Docs {
        self.stack.docs
    }
}
