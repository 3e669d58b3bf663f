//! What the project's own texts do with the stack: which services they start, which profiles they switch on.

use super::Repository;
use crate::model::compose::Usage;
use crate::model::instructions::{ComposeCall, Form, Instructions, Invocation, Verb, Word};
use crate::source::{RelPath, SourceFile, Span};
use std::sync::Arc;

impl<'s> Repository<'s> {
    /// The texts in which people are told what to run by hand.
    pub(in crate::model::stack) fn instructions(&self) -> &'s Instructions {
        self.stack.instructions
    }

    /// What those texts have people and machines run, each text with its commands in order.
    pub(in crate::model::stack) fn invocations(&self) -> Vec<(Arc<SourceFile>, Arc<[Invocation]>)> {
        self.stack.instructions.invocations(self.stack.sources, &self.stack.project.folder)
    }

    /// The calls of Compose with exactly the files of this stack.
    pub(in crate::model::stack) fn usages(&self) -> &'s [Usage] {
        &self.stack.repository.usages
    }

    /// Whether the texts bring up services by name (`docker compose up -d nginx mysql`) as good as always: the file is a
    /// stock to choose from, and is not brought up as a whole. A sentence that speaks of the command says nothing of which.
    pub(in crate::model::stack) fn picks_services(&self) -> bool {
        let written =
            || self.usages().iter().filter(|u| u.verb == Verb::Up && u.form == Form::Written);
        let picks = written().filter(|u| u.services.iter().any(Word::is_given)).count();
        // A manual that compares the project with others shows how those are brought up.
        picks > 2 * written().filter(|u| u.services.is_empty()).count()
    }

    /// Whether a command in the texts switches on a profile of Compose.
    pub(in crate::model::stack) fn shows_profile(&self, profile: &str) -> bool {
        self.calls(&|c| c.profiles.iter().any(|p| p.known() == Some("*") || p.may_be(profile)))
    }

    /// Whether a command in the texts hands a stack to Swarm.
    pub(in crate::model::stack) fn is_deployed_to_swarm(&self) -> bool {
        self.calls(&|c| c.swarm)
    }

    /// Whether a command in the texts gives Compose a project folder of its own (`--project-directory`).
    pub fn names_project_folder(&self) -> bool {
        self.calls(&|c| c.project_directory.is_some())
    }

    /// The place where a text hands the env file to Compose itself: `--env-file`, `COMPOSE_ENV_FILES`, or a shell or make
    /// that reads it in, or makes it another file's content.
    pub fn passed_to_compose(&self, path: &RelPath) -> Option<Span> {
        // `.env` itself is copied from its sample everywhere.
        let moves = path.file_name() != ".env";
        let hands = |i: &Invocation| {
            let read = match i.words.first().and_then(Word::known).unwrap_or_default() {
                "source" | "." | "include" | "dotenv" | "xargs" | "export" => true,
                "cp" | "mv" | "ln" | "cat" | "grep" | "sed" => moves,
                _ => false,
            };
            read && i.words[1..].iter().any(|w| names(w, path))
                || i.call.as_ref().is_some_and(|c| c.env_files.iter().any(|w| names(w, path)))
        };
        let texts = self.invocations();
        texts.iter().flat_map(|(_, read)| read.iter()).find(|i| hands(i)).map(|i| i.span)
    }

    fn calls(&self, fits: &dyn Fn(&ComposeCall) -> bool) -> bool {
        self.invocations()
            .iter()
            .flat_map(|(_, read)| read.iter())
            .any(|i| i.call.as_ref().is_some_and(|c| fits(c)))
    }
}

/// Whether a word is the path of a file, from whatever folder it is seen.
fn names(word: &Word, path: &RelPath) -> bool {
    word.split("/").last().is_some_and(|last| last.head() != "" && last.may_be(path.file_name()))
}
