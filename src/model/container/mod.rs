//! One service as it runs: its environment, its file system, its process.

mod environment;
mod filesystem;
mod health;
mod health_command;
mod login;
mod probe_arguments;
mod shell_words;
mod start;
#[cfg(test)]
mod tests;

pub use environment::{EnvValue, Environment, SetBy, UnusableEnvFile};
pub use filesystem::{Filesystem, Volume};
pub use health::Health;
pub use health_command::{HealthCommand, NoProgram, SplitCheck};
pub use login::{Login, exec_form};
pub use probe_arguments::WrongArgument;

use super::compose::{Mount, Project, Service};
use super::image::{Image, ImageError, Packages};
use super::path;
use super::process::{Process, Server, Step};
use crate::facts::{self, Family, Reference, bare_name};
use crate::finding::{Insert, Prose, Quote};
use crate::source::{RelPath, Sources, Span, Text};
use std::rc::Rc;

/// A service as it runs.
pub struct Container<'p> {
    pub service: &'p Service,
    /// The image it builds; `None` for one that only names an image.
    pub image: Option<Result<Rc<Image>, ImageError>>,
    /// Packages of that image.
    pub packages: Option<Rc<Packages>>,
    /// Its variables.
    pub environment: Environment,
    /// What it does when it starts. For an image from elsewhere only what Compose says is known.
    pub process: Process,
    /// Where the effective command is written: the Compose value, or the instruction's arguments.
    pub command_span: Option<Span>,
    /// Whether that place is in a Compose file.
    pub command_in_compose: bool,
    /// What the image would do without Compose's `command` and `entrypoint`.
    pub image_process: Option<Process>,
    /// A command that is given to an entrypoint which does not look at what it is given.
    pub ignored: Option<Ignored>,
    /// Whether the image is one that Compose only names, and that was guessed to be built here.
    pub presumed: bool,
}

/// A command that nothing runs.
pub struct Ignored {
    pub words: Vec<Text>,
    /// Where it is written.
    pub span: Span,
    /// Whether Compose gives it, rather than the image.
    pub in_compose: bool,
    /// The entrypoint that ignores it.
    pub entrypoint: Span,
    /// The script that does; `None` for a shell line.
    pub script: Option<RelPath>,
    /// What it would do.
    pub process: Process,
}

/// In a sentence it is its service's name.
impl Insert for Container<'_> {
    fn insert_into(&self, prose: &mut Prose) {
        Quote::name(&self.service.name).insert_into(prose);
    }
}

impl<'p> Container<'p> {
    /// Brings a service up on paper. `image` is shared between services that build the same.
    pub fn new(
        sources: &Sources<'_>,
        project: &Project,
        service: &'p Service,
        image: Option<Result<Rc<Image>, ImageError>>,
        packages: Option<Rc<Packages>>,
    ) -> Self {
        let built = image.as_ref().and_then(|i| i.as_ref().ok()).cloned();
        let environment = Environment::of_service(sources, project, service, built.as_deref());
        let mut container = Self {
            service,
            image,
            packages,
            environment,
            process: Process::default(),
            command_span: None,
            command_in_compose: false,
            image_process: None,
            ignored: None,
            presumed: false,
        };
        let fs = Filesystem {
            sources,
            folder: &project.folder,
            service,
            image: built.as_deref(),
            environment: &container.environment,
        };
        let started = start::start(&fs, service, built.as_deref());
        let ignored = start::ignored(&fs, service, built.as_deref(), &started.0);
        let alone = built.as_deref().map(|image| start::image_alone(sources, image));
        (container.process, container.command_span, container.command_in_compose) = started;
        container.image_process = alone;
        container.ignored = ignored;
        container
    }

    /// The service's name.
    pub fn name(&self) -> &str {
        self.service.name.as_str()
    }

    /// The image it builds, where it is known.
    pub fn built(&self) -> Option<&Image> {
        self.image.as_ref().and_then(|i| i.as_ref().ok()).map(Rc::as_ref)
    }

    /// The mount at a path exactly.
    pub fn mount_at(&self, folder: &str) -> Option<&'p Mount> {
        self.service.mounts.iter().find(|m| path::join("/", m.target.as_str()) == folder)
    }

    /// Whether Compose gives it a command that does nothing but stay up, so that a person can work in it.
    pub fn only_stays_up(&self) -> bool {
        let commands = [&self.service.entrypoint, &self.service.command];
        commands.into_iter().flatten().any(|command| {
            let has = |word: &str| command.words.iter().any(|w| w.contains(word));
            has("sleep") && has("infinity") || has("tail") && has("/dev/null")
        })
    }

    /// Its file system.
    pub(in crate::model) fn filesystem<'c>(
        &'c self,
        sources: &'c Sources<'c>,
        folder: &'c RelPath,
    ) -> Filesystem<'c> {
        Filesystem {
            sources,
            folder,
            service: self.service,
            image: self.built(),
            environment: &self.environment,
        }
    }

    /// The HTTP server it ends in.
    pub fn server(&self) -> Option<(&Step, &Server)> {
        self.process.server()
    }

    /// Whether packages may be added once it runs: by its own command, or by a mount over the folders they lie in.
    pub fn adds_packages(&self) -> bool {
        let installs = |s: &Step| {
            let named = s.words.first().map_or("", |w| w.rsplit('/').next().unwrap_or(""));
            let first = facts::program_is(named, |p| p.installs)
                || s.words.iter().any(|w| w.as_str() == "pip");
            first && s.words.iter().any(|w| matches!(w.as_str(), "install" | "sync" | "add"))
        };
        let covers = |target: &str| {
            ["site-packages", "venv", ".local"].iter().any(|f| target.contains(f))
                || matches!(
                    target.trim_end_matches('/'),
                    "/opt"
                        | "/root"
                        | "/usr"
                        | "/usr/lib"
                        | "/usr/local"
                        | "/usr/local/lib"
                        | "/usr/local/bin"
                )
        };
        self.process.steps.iter().any(installs)
            || self.service.mounts.iter().any(|m| covers(&m.target))
    }

    /// The name of the image it runs, without registry, tag and digest: `postgres`, `nginx`.
    pub fn image_name(&self) -> Option<&str> {
        let image = self.service.image.as_ref().filter(|_| self.service.build.is_none())?;
        Some(bare_name(image.text.as_str()))
    }

    /// The place to point at for the service as such: its name.
    pub fn name_span(&self) -> Span {
        self.service.name.span()
    }

    /// Where Compose says what is run: the image, where one is guessed to be built here, else the service's name.
    pub fn named_at(&self) -> Span {
        match &self.service.image {
            Some(image) if self.presumed => image.text.span(),
            _ => self.name_span(),
        }
    }

    /// A variable's known text.
    pub fn env(&self, name: &str) -> Option<&Text> {
        self.environment.known(name)
    }
}

/// An image's tag; `None` where none is written.
pub fn image_tag(image: &str) -> Option<&str> {
    let image = image.split('@').next().unwrap_or(image);
    image.rsplit('/').next().and_then(|last| last.split_once(':')).map(|(_, tag)| tag)
}

/// Whether an image is the official one of Airflow. Its entrypoint waits for the database, and hands its arguments to
/// `airflow`, `bash` or `python` (Airflow docs, "Entrypoint").
pub fn is_airflow_image(image: &str) -> bool {
    let name = Reference::of_image(image).name;
    let official = facts::IMAGES.iter().filter(|i| i.family == Family::Airflow);
    // Of any registry: it is often kept on one's own.
    official.flat_map(|i| i.names).any(|own| {
        name.strip_suffix(own).is_some_and(|rest| rest.is_empty() || rest.ends_with('/'))
    })
}
