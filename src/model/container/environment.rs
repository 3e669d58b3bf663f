//! The variables of a container: Compose's `environment` over `env_file` over the image's `ENV`
//! (Docker docs, "Environment variables precedence in Docker Compose").

use crate::model::compose::{DotEnv, HOLE, Project, Scalar, Service, Value, VarSource};
use crate::model::django::EnvAnswer;
use crate::model::image::Image;
use crate::source::{ReadError, RelPath, Sources, Span, Text};
use std::collections::BTreeMap;

/// Who set a variable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum SetBy {
    /// The image.
    Image,
    /// An env file.
    EnvFile,
    /// Compose's `environment`.
    Compose,
}

/// A variable of a container.
#[derive(Debug, Clone)]
pub struct EnvValue {
    /// Its text; `None` when it is set to something that is not known.
    pub text: Option<Text>,
    /// Where it is set.
    pub span: Span,
    /// Who set it.
    pub by: SetBy,
    /// Where its text comes from when the place only names a variable: entries of `.env`.
    pub via: Vec<Span>,
    /// Whether the text is written out at `span`.
    pub literal: bool,
    /// The text with [`HOLE`](crate::model::compose::HOLE)s for what is not known, where part of it is.
    pub partly: Option<Text>,
}

/// The variables of a container.
#[derive(Debug, Clone, Default)]
pub struct Environment {
    /// By name.
    pub vars: BTreeMap<String, EnvValue>,
    /// Why there may be more: an env file that is not in the checkout. `None` when these are all.
    pub open: Option<String>,
    /// Env files that could not be used.
    pub unusable: Vec<UnusableEnvFile>,
    /// Env files that were read.
    pub files: Vec<RelPath>,
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
        let mut all = Self::default();
        for (name, value) in image.into_iter().flat_map(Image::env) {
            let span = value.as_ref().map_or_else(
                || image.map_or_else(|| service.name.span(), |i| i.stage().span),
                Text::span,
            );
            all.vars.insert(
                name.clone(),
                EnvValue {
                    text: value.clone(),
                    span,
                    by: SetBy::Image,
                    via: Vec::new(),
                    literal: true,
                    partly: None,
                },
            );
        }
        let mut env = DotEnv::with_outer(&project.dotenv);
        let left_out = project.leaves_out_env_files(service.name.span());
        if left_out {
            all.open.get_or_insert("its env files are not read: there are too many".into());
        }
        for file in service.env_files.iter().filter(|_| !left_out) {
            let Some(path) = file.folder.join(file.path.as_str()) else {
                all.unusable.push(UnusableEnvFile {
                    named: file.path.clone(),
                    path: None,
                    why: ReadError::Outside,
                });
                all.open.get_or_insert(format!("{} is not in this project", file.path));
                continue;
            };
            if let Err(why) = env.add_path(sources, &path) {
                all.open.get_or_insert(format!("{} is not in this checkout", file.path));
                if file.required || why != ReadError::Missing {
                    all.unusable.push(UnusableEnvFile {
                        named: file.path.clone(),
                        path: Some(path),
                        why,
                    });
                }
                continue;
            }
            // An empty file is there to be filled in.
            if env.files.last().is_some_and(|f| f.text.trim().is_empty()) {
                all.open.get_or_insert(format!("{} is empty", file.path));
            }
            all.files.push(path);
        }
        all.errors.extend(env.errors.iter().cloned());
        for (name, text) in env.iter() {
            let span = text.span();
            let (known, partly) =
                if text.contains(HOLE) { (None, Some(text)) } else { (Some(text), None) };
            all.vars.insert(
                name.to_owned(),
                EnvValue {
                    text: known,
                    span,
                    by: SetBy::EnvFile,
                    via: Vec::new(),
                    literal: true,
                    partly,
                },
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
                        text: scalar.known().map(|text| given(scalar, text)),
                        span: scalar.text.span(),
                        by: SetBy::Compose,
                        via,
                        literal: scalar.literal(),
                        partly: Some(scalar.text.clone()),
                    }
                }
                // `- NAME` passes on what `.env` (or whoever runs Compose) has.
                None => match project.dotenv.get(var.name.as_str()) {
                    Some((text, place)) => EnvValue {
                        text: Some(Text::derived(text, var.span)),
                        span: var.span,
                        by: SetBy::Compose,
                        via: place.into_iter().collect(),
                        literal: false,
                        partly: None,
                    },
                    None => EnvValue {
                        text: None,
                        span: var.span,
                        by: SetBy::Compose,
                        via: Vec::new(),
                        literal: false,
                        partly: None,
                    },
                },
            };
            all.vars.insert(var.name.as_str().to_owned(), value);
        }
        all
    }

    /// A variable's text, where it is set and known.
    pub fn known(&self, name: &str) -> Option<&Text> {
        self.vars.get(name)?.text.as_ref()
    }

    /// What the process sees.
    pub fn answer(&self, name: &str) -> EnvAnswer {
        match (self.vars.get(name), &self.open) {
            // What an image sets, an env file that we cannot see may set differently.
            (Some(value), Some(why)) if value.by == SetBy::Image => {
                EnvAnswer::SetUnknown(why.clone())
            }
            (Some(EnvValue { text: Some(text), .. }), _) => EnvAnswer::Set(text.clone()),
            // Of a URL with an unknown password, host and database name are known all the same.
            (Some(EnvValue { partly: Some(text), .. }), _)
                if text.contains("://") && !text.starts_with(HOLE) =>
            {
                EnvAnswer::Set(text.clone())
            }
            (Some(_), _) => EnvAnswer::SetUnknown(
                "it comes from a variable that is set outside the project".into(),
            ),
            (None, Some(why)) => EnvAnswer::Unknown(why.clone()),
            (None, None) => EnvAnswer::Unset,
        }
    }
}

/// The text as the container gets it: a number or boolean without quotes is written anew (`True` arrives as `true`,
/// `0123` as `83`; measured with Compose v2.40.3).
fn given(scalar: &Scalar, text: &Text) -> Text {
    if scalar.value == Value::Text {
        text.clone()
    } else {
        Text::derived(scalar.display(), text.span())
    }
}
