//! The images that are built here, as far as the files around them tell: what a `COPY` finds, which programs and libraries
//! are missing, what is at a path.

mod imports;

use super::Stack;
use crate::model::container::{Container, NoProgram};
use crate::model::exec_context::PathLookup;
use crate::model::image::{
    ContextSource, Image, Lacking, LibraryFault, NativeFault, RemovedToolCommand,
};
use crate::source::Span;

/// The images that are built here, as far as the files around them tell.
#[derive(Clone, Copy)]
pub struct Images<'s> {
    stack: &'s Stack<'s>,
}

impl Stack<'_> {
    /// The images that are built here, as far as the files around them tell.
    pub fn images(&self) -> Images<'_> {
        Images { stack: self }
    }
}

impl Images<'_> {
    /// What a container's image installs and can neither compile nor load, for want of a C library.
    pub fn library_faults(&self, container: &Container<'_>) -> Vec<LibraryFault> {
        match (container.built(), container.packages.as_deref()) {
            (Some(image), Some(packages)) => image.library_faults(self.stack.sources, packages),
            _ => Vec::new(),
        }
    }

    /// What the packages of a container's image want of the system and the image surely lacks.
    pub fn native_faults(&self, container: &Container<'_>) -> Vec<NativeFault> {
        match (container.built(), container.packages.as_deref()) {
            (Some(image), Some(packages)) => image.native_faults(packages),
            _ => Vec::new(),
        }
    }

    /// Where code of the build context imports a module without being prepared for its absence; tests are left out.
    pub fn import_of(&self, image: &Image, module: &str) -> Option<Span> {
        imports::find(self.stack, &image.context, module)
    }

    /// Lines of a container's image that call a build tool in a way that it no longer knows.
    pub fn removed_tool_commands(&self, container: &Container<'_>) -> Vec<RemovedToolCommand> {
        match (container.built(), container.packages.as_deref()) {
            (Some(image), Some(packages)) => {
                image.removed_tool_commands(self.stack.sources, packages)
            }
            _ => Vec::new(),
        }
    }

    /// What the `COPY` instructions of an image take from its build context.
    pub fn context_sources<'a>(
        &'a self,
        image: &'a Image,
    ) -> impl Iterator<Item = ContextSource> + 'a {
        image.context_sources(self.stack.sources)
    }

    /// The one of these that is written at a place.
    pub fn context_source_at(&self, image: &Image, at: Span) -> Option<ContextSource> {
        image.context_source_at(self.stack.sources, at)
    }

    /// The instruction that would put a path into an image, if its build context had what it takes.
    pub fn failing_copy(&self, image: &Image, path: &str) -> Option<Span> {
        image.failing_copy(self.stack.sources, path)
    }

    /// Whether an image surely lacks a program.
    pub fn lacks(&self, image: &Image, program: &str) -> Option<Lacking> {
        image.lacks(self.stack.sources, program)
    }

    /// Whether the image of a container, built here or only named, surely lacks a program.
    pub fn missing_program(&self, container: &Container<'_>, program: &str) -> Option<NoProgram> {
        container.has_no(self.stack.sources, program)
    }

    /// What is at an absolute path in an image.
    pub fn find(&self, image: &Image, path: &str) -> PathLookup {
        image.find(self.stack.sources, path)
    }
}
