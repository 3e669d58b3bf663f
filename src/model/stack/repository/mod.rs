//! The checkout: which files it has and ignores, what READMEs, Makefiles, scripts and CI files tell people to do, and what
//! the stack is for by that evidence.

mod ambiguous_defaults;
mod assumptions;
mod built_elsewhere;
mod checkout;
mod compose_files;
mod intent;
mod manual_steps;
mod nearby;
mod own_image;
mod parts;
mod paths;
mod python;
mod resources;
mod samples;
mod up_steps;
mod usage;

pub use ambiguous_defaults::{AmbiguousDefaults, DefaultFile};
pub(super) use built_elsewhere::built_elsewhere;
pub use compose_files::ComposeFiles;
pub use own_image::is_dockerfile_name;
pub(super) use own_image::{builder, presumed};
pub use parts::Supply;
pub use resources::{MissingSecret, Resource};

use super::Stack;
use crate::finding::{Intent, Prose};
use crate::model::compose::{Project, Usage, is_default_name};
use crate::model::container::Container;
use crate::model::roles::Roles;
use crate::source::{FileId, Sources};
use crate::syntax::python::Module;
use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;

/// The checkout beside the services: what files it has and ignores, what its texts tell people, and what the stack is for.
#[derive(Clone, Copy)]
pub struct Repository<'s> {
    stack: &'s Stack<'s>,
}

/// What the facet works out once.
#[derive(Debug)]
pub(super) struct State {
    intent: Intent,
    intent_evidence: Prose,
    named_for_development: bool,
    has_default_name: bool,
    /// Every Compose file of the checked folder.
    compose_files: Arc<ComposeFiles>,
    /// The calls of Compose in the project's texts with exactly the files of the stack.
    usages: Vec<Usage>,
    /// Python files that were read, by file.
    modules: RefCell<HashMap<FileId, Rc<Module>>>,
}

impl State {
    pub(super) fn new(
        sources: &Sources<'_>,
        project: &Project,
        containers: &[Container<'_>],
        roles: &Roles,
        compose_files: Arc<ComposeFiles>,
    ) -> Self {
        let (intent, intent_evidence) = intent::infer(sources, project, containers, roles);
        Self {
            intent,
            intent_evidence,
            named_for_development: intent::named_for_development(project),
            has_default_name: project
                .files
                .first()
                .is_some_and(|f| is_default_name(f.path.file_name())),
            compose_files,
            usages: Vec::new(),
            modules: RefCell::default(),
        }
    }

    /// Takes an intent that was given for one that is inferred.
    pub(super) fn set_intent(&mut self, intent: Intent, evidence: Prose) {
        self.intent = intent;
        self.intent_evidence = evidence;
    }

    /// Takes the calls of Compose with the files of the stack.
    pub(super) fn set_usages(&mut self, usages: Vec<Usage>) {
        self.usages = usages;
    }
}

impl Stack<'_> {
    /// The checkout beside the services: what files it has and ignores, what its texts tell people, and what the stack is for.
    pub fn repository(&self) -> Repository<'_> {
        Repository { stack: self }
    }
}
