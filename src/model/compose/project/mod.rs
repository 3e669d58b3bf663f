//! A loaded project.

pub(super) mod command_split;
mod ports_keys;
pub(super) mod service;
mod service_reader;
mod short_syntax;

pub use command_split::{Words, split_words};
pub use ports_keys::{PortsKey, PortsKeys};
pub use service::{
    Build, Condition, Dependency, EnvFileRef, EnvVar, Healthcheck, Mount, MountKind, MountSyntax,
    Port, Service,
};

use crate::model::assumptions::Assumptions;
use crate::model::compose::tree::{Entry, Fault, Node, Scalar, VarSource, VarUse};
use crate::model::compose::values::dotenv::DotEnv;
use crate::source::{FileId, ReadError, RelPath, SourceFile, Span, Text};
use crate::syntax::SyntaxError;
use crate::syntax::yaml::Yaml;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// A Compose project.
#[derive(Debug)]
pub struct Project {
    /// The folder relative paths start from.
    pub folder: RelPath,
    /// Its name, where one can be told: `name`, `COMPOSE_PROJECT_NAME`, or the folder's.
    pub name: String,
    /// The files, in merge order.
    pub(in crate::model) files: Vec<Arc<SourceFile>>,
    /// The files as YAML.
    pub(in crate::model::compose) pages: HashMap<FileId, Arc<Yaml>>,
    /// How many of them were named, and not taken in by another.
    pub own: usize,
    /// The whole of it: merged, in long notation, with defaults; paths not yet absolute.
    pub tree: Node,
    /// Services in file order.
    pub services: Vec<Service>,
    /// Top-level volumes: name and definition.
    pub volumes: Vec<Entry>,
    /// Top-level networks: name and definition.
    pub networks: Vec<Entry>,
    /// Top-level secrets: name and definition.
    pub secrets: Vec<Entry>,
    /// The top-level `version` keys, with their values.
    pub versions: Vec<(Text, Span)>,
    /// What `.env` gives for interpolation.
    pub dotenv: DotEnv,
    /// What could not be read, in any of the files.
    pub errors: Vec<SyntaxError>,
    /// What Compose refuses, or does otherwise than it looks, in the order of the loading.
    pub faults: Vec<Fault>,
    /// Variables that Compose warns about because they are not set, each with a place, in the order met.
    pub unset: Vec<(String, Span)>,
    /// Files that are named but cannot be used: the place that names it, the path as written, why.
    pub unusable: Vec<(Span, String, ReadError)>,
    /// Services whose env files lie beyond a limit, by the places of their names.
    pub(in crate::model::compose) env_beyond: HashSet<Span>,
    /// What it was loaded with beside what the checkout has.
    pub assumptions: Assumptions,
}

/// What to load.
#[derive(Debug)]
pub struct Request<'a> {
    /// The folder relative paths start from, and whose `.env` was read.
    pub folder: &'a RelPath,
    /// The files, one laid over the other; at least one.
    pub paths: &'a [RelPath],
    /// The variables.
    pub env: DotEnv,
    /// A name that was given, which wins over that in a file.
    pub name: Option<String>,
    /// The folder's own name, where the root's path does not tell it.
    pub folder_name: Option<String>,
    /// The absolute path of the root, by which absolute paths in the files are told to lie below it.
    pub root: Option<String>,
    /// The profiles that are asked for; `None` for all services, whatever their profiles.
    pub profiles: Option<Vec<String>>,
}

impl Project {
    /// The paths of its Compose files, in the order they are laid over each other.
    pub fn paths(&self) -> impl Iterator<Item = &RelPath> {
        self.files.iter().map(|f| &f.path)
    }

    /// Whether a file is one of its Compose files.
    pub fn has_file(&self, file: FileId) -> bool {
        self.files.iter().any(|f| f.id == file)
    }

    /// Its first Compose file.
    pub fn first_file(&self) -> Option<FileId> {
        self.files.first().map(|f| f.id)
    }

    /// Each of its files with the YAML that was read of it: what a file says, before files are merged.
    pub fn pages(&self) -> impl Iterator<Item = (&SourceFile, &Yaml)> {
        self.files.iter().filter_map(|f| Some((f.as_ref(), self.pages.get(&f.id)?.as_ref())))
    }

    /// Whether a service's env files are not read because of a limit. `name` is the place of its name.
    pub fn leaves_out_env_files(&self, name: Span) -> bool {
        self.env_beyond.contains(&name)
    }

    /// The variables a scalar of the tree took in, wherever it stands.
    pub fn variables(&self) -> Vec<VarUse> {
        let mut all = Vec::new();
        self.tree.each(&mut |s| all.extend(s.vars.iter().cloned()));
        all
    }

    /// Where a value of the project comes from: `path` is its keys from the top, with numbers for the items of lists, in the
    /// form that `docker compose config` prints. `None` where no scalar stands there.
    pub fn provenance(&self, path: &[&str]) -> Option<Provenance> {
        let node = path.iter().try_fold(&self.tree, |node, key| {
            node.get(key).or_else(|| node.items().get(key.parse::<usize>().ok()?))
        })?;
        Some(Provenance::of_scalar(node.scalar()?))
    }
}

/// By which way a value came to where it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Route {
    /// A variable, with its name and where its text came from.
    Variable(String, VarSource),
    /// An alias or merge key.
    Anchor,
    /// `extends`.
    Extends,
    /// `include`.
    Include,
    /// A file laid over others.
    Override,
}

/// Where a value was written, and by which ways it came to where it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Provenance {
    /// The place in the file that has it.
    pub span: Span,
    /// The ways, the nearest to the text first; none for what is written where it is used.
    pub routes: Vec<Route>,
}

impl Provenance {
    pub fn of_scalar(scalar: &Scalar) -> Self {
        let mut routes: Vec<Route> =
            scalar.vars.iter().map(|v| Route::Variable(v.name.clone(), v.source.clone())).collect();
        let via = [
            (scalar.via.anchor, Route::Anchor),
            (scalar.via.extends, Route::Extends),
            (scalar.via.include, Route::Include),
            (scalar.via.over, Route::Override),
        ];
        routes.extend(via.into_iter().filter(|(taken, _)| *taken).map(|(_, route)| route));
        Self { span: scalar.text.span(), routes }
    }
}
