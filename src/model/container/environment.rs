//! The variables of a container: Compose's `environment` over `env_file` over the image's `ENV`
//! (Docker docs, "Environment variables precedence in Docker Compose").

use crate::model::assumptions::{Assumptions, TemplateUse};
use crate::model::compose::{DotEnv, Project, Service, VarSource};
use crate::model::django::EnvAnswer;
use crate::model::image::Image;
use crate::model::sample;
use crate::source::{Known, ReadError, Reason, RelPath, Sources, Span, Text, Unknown};
use std::collections::BTreeMap;

/// Who set a variable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum SetBy {
    Image,
    EnvFile,
    /// Compose's `environment`.
    Compose,
}

/// A variable of a container.
#[derive(Debug, Clone)]
pub struct EnvValue {
    /// Its text, as far as it is known.
    pub text: Known<Text>,
    /// Where it is set.
    pub span: Span,
    /// Who set it.
    pub by: SetBy,
    /// Where its text comes from when the place only names a variable: entries of `.env`.
    pub via: Vec<Span>,
    /// Whether the text is written out at `span`.
    pub literal: bool,
}

/// The variables of a container.
#[derive(Debug, Clone, Default)]
pub struct Environment {
    /// By name.
    pub vars: BTreeMap<String, EnvValue>,
    /// Why there may be more: an env file that is not in the checkout. `None` when these are all.
    pub open: Option<Unknown>,
    /// Why the image may set others: one that it is built from is not known.
    pub image_open: Option<Unknown>,
    /// Env files that could not be used.
    pub unusable: Vec<UnusableEnvFile>,
    /// Env files that were read.
    pub files: Vec<RelPath>,
    /// Templates that were read in the place of env files that are not there.
    pub templates: Vec<TemplateUse>,
    /// What is assumed of the variables that an env file that is not there may set.
    assumptions: Assumptions,
    /// What could not be read in env files.
    pub errors: Vec<crate::syntax::SyntaxError>,
}

/// An env file that could not be used.
#[derive(Debug, Clone)]
pub struct UnusableEnvFile {
    /// Its path as written, where it is named.
    pub named: Text,
    /// Where that is; `None` outside of the root. A file that is extended or included starts its paths from its own folder.
    pub path: Option<RelPath>,
    /// Why it could not be used.
    pub why: ReadError,
}

impl Environment {
    /// Where a person changes a variable's text: the entry of `.env` where Compose only names a variable, else the place
    /// in Compose, the env file or the Dockerfile.
    pub fn written_at(&self, name: &str) -> Option<Span> {
        let value = self.vars.get(name)?;
        Some(value.via.first().copied().unwrap_or(value.span))
    }

    /// The variables of `service`.
    pub(super) fn of_service(
        sources: &Sources<'_>,
        project: &Project,
        service: &Service,
        image: Option<&Image>,
    ) -> Self {
        let assumptions = project.assumptions.clone();
        let image_open = image.and_then(Image::open_environment);
        let mut all = Self { assumptions, image_open, ..Self::default() };
        for (name, value) in image.into_iter().flat_map(Image::env) {
            all.vars.insert(
                name.clone(),
                EnvValue {
                    text: value.clone().known(),
                    span: value.span(),
                    by: SetBy::Image,
                    via: Vec::new(),
                    literal: true,
                },
            );
        }
        let mut env = DotEnv::with_outer(&project.dotenv);
        // What earlier files set, a later one that is not there may set differently.
        let mut doubted: BTreeMap<String, (Span, Unknown)> = BTreeMap::new();
        let left_out = project.leaves_out_env_files(service.name.span());
        if left_out {
            all.open
                .get_or_insert(Unknown::at(Reason::TooManyFiles("env files"), service.name.span()));
        }
        for file in service.env_files.iter().filter(|_| !left_out) {
            let Some(path) = file.folder.join(file.path.as_str()) else {
                all.unusable.push(UnusableEnvFile {
                    named: file.path.clone(),
                    path: None,
                    why: ReadError::Outside,
                });
                let reason = Reason::FileElsewhere(file.path.as_str().to_owned());
                all.open.get_or_insert(Unknown::at(reason, file.path.span()));
                continue;
            };
            if let Err(error) = env.add_path(sources, &path) {
                let template = project.assumptions.templates.get(&path);
                let before: Vec<(String, Span)> =
                    env.iter().map(|(name, text)| (name.to_owned(), text.span())).collect();
                let read = template.filter(|t| {
                    error == ReadError::Missing && env.add_template(sources, &t.path).is_ok()
                });
                if let Some(template) = read {
                    // The sample of another file tells neither which settings are chosen nor what is not set.
                    if !template.exact {
                        let reason = Reason::FileMissing(file.path.as_str().to_owned());
                        let why = Unknown::at(reason, file.path.span());
                        let chosen = env.iter().filter(|(name, _)| sample::chooses(name));
                        let chosen = chosen.map(|(name, text)| (name.to_owned(), text.span()));
                        let doubtful = before.into_iter().chain(chosen);
                        doubted.extend(doubtful.map(|(name, at)| (name, (at, why.clone()))));
                        all.open.get_or_insert(why);
                    }
                    all.templates.push(TemplateUse {
                        named: file.path.span(),
                        template: template.path.clone(),
                    });
                    all.unusable.push(UnusableEnvFile {
                        named: file.path.clone(),
                        path: Some(path),
                        why: error,
                    });
                    continue;
                }
                // Compose goes on without it.
                if !file.required && error == ReadError::Missing {
                    continue;
                }
                let reason = Reason::FileMissing(file.path.as_str().to_owned());
                let why = Unknown::at(reason, file.path.span());
                doubted.extend(before.into_iter().map(|(name, at)| (name, (at, why.clone()))));
                all.open.get_or_insert(why);
                all.unusable.push(UnusableEnvFile {
                    named: file.path.clone(),
                    path: Some(path),
                    why: error,
                });
                continue;
            }
            // An empty file that git does not have is there to be filled in.
            if sources.tracked(&path) == Some(false)
                && env.files.last().is_some_and(|f| f.text.trim().is_empty())
            {
                let reason = Reason::FileEmpty(file.path.as_str().to_owned());
                all.open.get_or_insert(Unknown::at(reason, file.path.span()));
            }
            all.files.push(path);
        }
        all.errors.extend(env.errors.iter().chain(&env.nameless).cloned());
        for (name, text) in env.iter() {
            let span = text.span();
            let text = match doubted.remove(name).filter(|(at, _)| *at == span) {
                Some((_, why)) => Known::Unknown(why),
                None => text.known(),
            };
            all.vars.insert(
                name.to_owned(),
                EnvValue { span, text, by: SetBy::EnvFile, via: Vec::new(), literal: true },
            );
        }
        for var in &service.environment {
            let value = match &var.value {
                Some(scalar) => {
                    let via = scalar
                        .vars
                        .iter()
                        .filter_map(|v| {
                            if let VarSource::EnvFile(span) = v.source { Some(span) } else { None }
                        })
                        .collect();
                    EnvValue {
                        text: scalar.shown().known(),
                        span: scalar.text.span(),
                        by: SetBy::Compose,
                        via,
                        literal: scalar.literal(),
                    }
                }
                // `- NAME` passes on what `.env` (or whoever runs Compose) has.
                None => match project.dotenv.get(var.name.as_str()) {
                    Some((text, place)) => EnvValue {
                        text: text.seen_at(var.span).known(),
                        span: var.span,
                        by: SetBy::Compose,
                        via: place.into_iter().collect(),
                        literal: false,
                    },
                    None => EnvValue {
                        text: Known::Unknown(Unknown::at(
                            Reason::NotSet(var.name.as_str().to_owned()),
                            var.span,
                        )),
                        span: var.span,
                        by: SetBy::Compose,
                        via: Vec::new(),
                        literal: false,
                    },
                },
            };
            all.vars.insert(var.name.as_str().to_owned(), value);
        }
        all
    }

    /// Whether some of the variables are those of a template.
    pub fn rests_on_templates(&self) -> bool {
        !self.assumptions.templates.is_empty()
    }

    /// What is assumed of what is not in the checkout.
    pub fn assumptions(&self) -> &Assumptions {
        &self.assumptions
    }

    /// A variable's text, where it is set and known.
    pub fn known(&self, name: &str) -> Option<&Text> {
        self.vars.get(name)?.text.known()
    }

    /// What the process sees.
    pub fn answer(&self, name: &str) -> EnvAnswer {
        match (self.vars.get(name), &self.open) {
            // What an image sets, an env file that we cannot see may set differently.
            (Some(value), Some(why)) if value.by == SetBy::Image && !self.assumptions.defaults => {
                EnvAnswer::Set(Known::Unknown(why.clone()))
            }
            // Of a URL with an unknown password, host and database name are known all the same; other texts are used whole.
            (Some(EnvValue { text: Known::Partly(text, why), .. }), _)
                if !text.contains("://") || text.starts_unresolved() =>
            {
                EnvAnswer::Set(Known::Unknown(why.clone()))
            }
            (Some(value), _) => EnvAnswer::Set(value.text.clone()),
            (None, Some(why)) => EnvAnswer::Unknown(why.clone()),
            (None, None) => match &self.image_open {
                Some(why) => EnvAnswer::Unknown(why.clone()),
                None => EnvAnswer::Unset,
            },
        }
    }
}
