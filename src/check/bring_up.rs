//! A stack, brought up on paper and judged: over the files as they are, or as they would be.

use super::assumed;
use crate::finding::{Intent, Prose};
use crate::model::assumptions::Assumptions;
use crate::model::budget::Budget;
use crate::model::compose::{self, Project, Usage};
use crate::model::instructions::Instructions;
use crate::model::stack::repository::ComposeFiles;
use crate::model::stack::{Shared, Stack};
use crate::rules::Judged;
use crate::source::{RelPath, Sources};
use std::sync::Arc;

/// What a stack is brought up with, whichever files it is brought up over.
pub(super) struct BringUp<'a> {
    /// The folder that is checked.
    pub(super) checked: &'a RelPath,
    /// The folder that relative paths of the Compose files start from.
    pub(super) folder: &'a RelPath,
    /// The files that are brought up together.
    pub(super) files: &'a [RelPath],
    /// What the texts do with its files.
    pub(super) usages: &'a [Usage],
    /// What people are told to run by hand.
    pub(super) texts: &'a Instructions,
    /// Dockerfiles nearby.
    pub(super) dockerfiles: &'a [RelPath],
    /// Compose files of the checked folder.
    pub(super) compose: &'a Arc<ComposeFiles>,
}

impl BringUp<'_> {
    /// Nothing worked out yet.
    pub(super) fn shared(&self) -> Shared {
        Shared::new(self.dockerfiles.to_vec()).with_compose_files(self.compose.clone())
    }

    /// Loads the project; `None` where none of its files can be read.
    pub(super) fn load(&self, sources: &Sources<'_>, assumptions: &Assumptions) -> Option<Project> {
        let mut project = match assumptions.is_empty() {
            true => compose::load(sources, self.folder, self.files),
            false => compose::load_assuming(sources, self.folder, self.files, assumptions),
        };
        project.leave_out_bases(self.usages);
        project.first_file().is_some().then_some(project)
    }

    /// Brings a project up. `intent` is what it is for, where that is known already.
    pub(super) fn stack<'s>(
        &'s self,
        sources: &'s Sources<'s>,
        project: &'s Project,
        shared: &Shared,
        intent: Option<&(Intent, Prose)>,
    ) -> Stack<'s> {
        let mut stack = Stack::bring_up(sources, project, shared, self.texts, self.checked);
        stack.set_usages(self.usages.to_vec());
        if let Some((intent, evidence)) = intent {
            stack.set_intent(*intent, evidence.clone());
        }
        stack
    }

    /// What the rules report, with what can be assumed; `look` is shown each stack that is brought up for it.
    pub(super) fn judge(
        &self,
        sources: &Sources<'_>,
        stack: &Stack<'_>,
        shared: &Shared,
        look: &mut dyn FnMut(&Stack<'_>),
    ) -> Judged {
        let intent = intent_of(stack);
        let mut bring_up = |assumptions: &Assumptions, look: &mut dyn FnMut(&Stack<'_>)| {
            self.assuming(sources, shared, &intent, assumptions, look);
        };
        assumed::judge(stack, &mut bring_up, look)
    }

    /// Brings the stack up with what is assumed, and shows it.
    pub(super) fn assuming(
        &self,
        sources: &Sources<'_>,
        shared: &Shared,
        intent: &(Intent, Prose),
        assumptions: &Assumptions,
        look: &mut dyn FnMut(&Stack<'_>),
    ) {
        Budget::refill();
        if let Some(project) = self.load(sources, assumptions) {
            look(&self.stack(sources, &project, shared, Some(intent)));
        }
    }
}

/// What a stack is for, with the evidence.
pub(super) fn intent_of(stack: &Stack<'_>) -> (Intent, Prose) {
    let repository = stack.repository();
    (repository.intent(), repository.intent_evidence().clone())
}
