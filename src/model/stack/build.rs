//! Bringing a stack up on paper.

use super::{Stack, lifecycle, network, repository, storage};
use crate::model::compose::Project;
use crate::model::container::Container;
use crate::model::image::{Image, ImageError, Packages};
use crate::model::instructions::Instructions;
use crate::model::roles::Roles;
use crate::model::roles::python_modules::Modules;
use crate::model::stack::repository::ComposeFiles;
use crate::source::{ReadError, RelPath, Sources, Span, Text};
use crate::syntax::SyntaxError;
use crate::syntax::python::Module;
use std::cell::{OnceCell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;

/// Something wrong with a file as such.
#[derive(Debug, Clone)]
pub enum Problem {
    /// A place that cannot be read as what the file claims to be.
    Syntax(SyntaxError),
    /// A file that something names and that cannot be used: the place that names it, the path as written, why.
    Unusable(Span, String, ReadError),
    /// A service builds from a Dockerfile (or a context) that is not there: the place, the path looked for.
    NoDockerfile {
        /// Where Compose names it.
        span: Span,
        /// The path that is not there.
        path: RelPath,
        /// Whether it is the whole build context that is missing.
        context: bool,
        service: String,
        /// The image that is named as well, where a registry may have it.
        pulled: Option<Text>,
    },
}

/// What the stacks of one folder share: images and Python modules are worked out once.
#[derive(Default)]
pub struct Shared {
    images: RefCell<HashMap<String, Result<Rc<Image>, ImageError>>>,
    packages: RefCell<HashMap<String, Rc<Packages>>>,
    modules: Modules,
    /// Dockerfiles of the checked folder, for images that are only named.
    dockerfiles: Vec<RelPath>,
    /// Compose files of the checked folder, which may hold what a stack lacks.
    compose: Arc<ComposeFiles>,
}

impl Shared {
    /// Nothing worked out yet. `dockerfiles` may be those of images that Compose only names.
    pub fn new(dockerfiles: Vec<RelPath>) -> Self {
        Self { dockerfiles, ..Self::default() }
    }

    /// The same, among all Compose files of the checked folder.
    #[must_use]
    pub fn with_compose_files(self, compose: Arc<ComposeFiles>) -> Self {
        Self { compose, ..self }
    }

    /// Every Python module that was read.
    pub fn modules(&self) -> Vec<(RelPath, Rc<Module>)> {
        self.modules.all()
    }

    /// Every Dockerfile that was read.
    pub fn images(&self) -> Vec<Rc<Image>> {
        self.images.borrow().values().filter_map(|i| i.as_ref().ok().cloned()).collect()
    }
}

impl<'s> Stack<'s> {
    /// Works out everything there is to know about a project.
    pub fn bring_up(
        sources: &'s Sources<'s>,
        project: &'s Project,
        shared: &Shared,
        instructions: &'s Instructions,
        checked: &RelPath,
    ) -> Self {
        let mut problems: Vec<Problem> =
            project.errors.iter().cloned().map(Problem::Syntax).collect();
        problems.extend(
            project
                .unusable
                .iter()
                .map(|(span, path, why)| Problem::Unusable(*span, path.clone(), why.clone())),
        );
        let mut containers = Vec::new();
        for service in &project.services {
            let builder = repository::builder(project, service);
            let guess = if builder.is_none() && service.build.is_none() {
                let compose = &shared.compose;
                repository::built_elsewhere(sources, project, service, compose, instructions)
                    .or_else(|| repository::presumed(sources, service, &shared.dockerfiles))
            } else {
                None
            };
            let presumed = guess.is_some();
            let image = service.build.as_ref().or(builder).or(guess.as_ref()).map(|build| {
                let args: Vec<String> = build
                    .args
                    .iter()
                    .map(|(n, v)| format!("{n}={}", v.as_ref().map_or("", |v| v.text.as_str())))
                    .collect();
                let key = format!(
                    "{:?}|{:?}|{:?}|{args:?}|{:?}",
                    build.context,
                    build.dockerfile.as_ref().map(|d| d.as_str()),
                    build.target.as_ref().map(|d| d.as_str()),
                    build.contexts
                );
                let image = shared
                    .images
                    .borrow_mut()
                    .entry(key.clone())
                    .or_insert_with(|| Image::of_build(sources, build).map(Rc::new))
                    .clone();
                (key, image)
            });
            if let (Some((_, Err(error))), Some(build)) = (&image, &service.build) {
                let named =
                    build.dockerfile.as_ref().map_or(build.context_text.span(), |d| d.span());
                let pulled = service
                    .image
                    .as_ref()
                    .filter(|_| {
                        !matches!(
                            service.text("pull_policy").map(Text::as_str),
                            Some("never" | "build")
                        )
                    })
                    .map(|i| i.text.clone());
                let pulled = pulled.filter(|i| i.contains('/') || crate::facts::image(i).is_some());
                match error {
                    // A Dockerfile may be made by whoever builds; an image that is named as well can be pulled.
                    ImageError::Missing(path)
                        if service.image.is_none() || build.dockerfile.is_some() =>
                    {
                        problems.push(Problem::NoDockerfile {
                            span: named,
                            path: path.clone(),
                            context: false,
                            service: service.name.as_str().to_owned(),
                            pulled,
                        });
                    }
                    ImageError::NoContext(path) => {
                        problems.push(Problem::NoDockerfile {
                            span: build.context_text.span(),
                            path: path.clone(),
                            context: true,
                            service: service.name.as_str().to_owned(),
                            pulled,
                        });
                    }
                    ImageError::NoStage(errors) => {
                        problems.extend(errors.iter().cloned().map(Problem::Syntax))
                    }
                    ImageError::Unusable(path, why) => problems.push(Problem::Unusable(
                        named,
                        path.as_str().to_owned(),
                        why.clone(),
                    )),
                    _ => {}
                }
            }
            let packages = image.as_ref().and_then(|(key, image)| {
                let image = image.as_ref().ok()?;
                Some(
                    shared
                        .packages
                        .borrow_mut()
                        .entry(key.clone())
                        .or_insert_with(|| Rc::new(Packages::of_image(sources, image)))
                        .clone(),
                )
            });
            let image = image.map(|(_, i)| i).filter(|i| !presumed || i.is_ok());
            let mut container = Container::new(sources, project, service, image, packages);
            container.presumed = presumed;
            problems.extend(container.environment.errors.iter().cloned().map(Problem::Syntax));
            let unusable =
                container.environment.unusable.iter().filter(|f| f.why != ReadError::Missing);
            problems.extend(unusable.map(|f| {
                Problem::Unusable(f.named.span(), f.named.as_str().to_owned(), f.why.clone())
            }));
            if let Some(image) = container.built() {
                problems.extend(image.tree.errors.iter().cloned().map(Problem::Syntax));
            }
            containers.push(container);
        }
        let roles = Roles::of_containers(sources, &project.folder, &shared.modules, &containers);
        problems
            .extend(roles.nginx.iter().flat_map(|n| n.errors.iter().cloned()).map(Problem::Syntax));
        for (path, module) in shared.modules.all() {
            let used = roles
                .django
                .iter()
                .filter_map(|d| d.settings())
                .any(|s| s.files.iter().any(|f| sources.file(*f).path == path));
            if used {
                problems.extend(module.errors.iter().cloned().map(Problem::Syntax));
            }
        }
        let repository =
            repository::State::new(sources, project, &containers, &roles, shared.compose.clone());
        Self {
            sources,
            checked: checked.clone(),
            project,
            containers,
            roles,
            repository,
            lifecycle: lifecycle::Cache::default(),
            network: network::Cache::default(),
            storage: storage::Cache::default(),
            instructions,
            problems,
            named: OnceCell::new(),
        }
    }
}
