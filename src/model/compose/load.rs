//! Loading the files of one stack into one project.

use super::dotenv::DotEnv;
use super::fault::Fault;
use super::interpolate::interpolate;
use super::lower::lower;
use super::merge::merge;
use super::node::{Entry, Kind, Node};
use super::service::Service;
use crate::source::{Limit, ReadError, RelPath, SourceFile, Sources, Span, Text};
use crate::syntax::SyntaxError;
use crate::syntax::yaml::Yaml;
use std::collections::HashMap;
use std::sync::Arc;

/// How far `extends` and `include` are followed.
const DEEPEST: usize = 32;

/// A Compose project.
#[derive(Debug)]
pub struct Project {
    /// The folder relative paths start from.
    pub folder: RelPath,
    /// The files, in merge order.
    pub files: Vec<Arc<SourceFile>>,
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
    /// Files that are named but cannot be used: the place that names it, the path as written, why.
    pub unusable: Vec<(Span, String, ReadError)>,
}

/// Loads `paths` (at least one) as one project of `folder`, from which its relative paths start.
///
/// Never fails: files that cannot be read are in [`Project::unusable`], what is wrong inside a file in
/// [`Project::errors`].
pub fn load(sources: &Sources<'_>, folder: &RelPath, paths: &[RelPath]) -> Project {
    let folder = folder.clone();
    let mut dotenv = DotEnv::of_folder(sources, &folder);
    let mut loader =
        Loader { sources, files: Vec::new(), errors: std::mem::take(&mut dotenv.errors), unusable: Vec::new(), known: HashMap::new() };
    let mut whole: Option<Node> = None;
    for path in paths {
        let Some(node) = loader.file(path, &dotenv, 0) else { continue };
        whole = Some(match whole {
            Some(base) => merge(base, node, &mut Vec::new()),
            None => node,
        });
    }
    let top = |key: &str| whole.as_ref().and_then(|w| w.get(key)).map(|n| n.entries().to_vec()).unwrap_or_default();
    let mut versions = Vec::new();
    if let Some(entry) = whole.as_ref().and_then(|w| w.entry("version")) {
        versions.push((entry.key.clone(), entry.value.span));
    }
    let (services, volumes, networks, secrets) = (top("services"), top("volumes"), top("networks"), top("secrets"));
    let services = services.into_iter().map(|e| Service::new(e.key, e.value, &folder)).collect();
    let Loader { mut files, errors, unusable, .. } = loader;
    files.sort_by_key(|f| !paths.contains(&f.path));
    Project { folder, files, services, volumes, networks, secrets, versions, dotenv, errors, faults: Vec::new(), unusable }
}

struct Loader<'s, 'f> {
    sources: &'s Sources<'f>,
    files: Vec<Arc<SourceFile>>,
    errors: Vec<SyntaxError>,
    unusable: Vec<(Span, String, ReadError)>,
    /// Files that are done.
    known: HashMap<RelPath, Option<Node>>,
}

impl Loader<'_, '_> {
    /// One file with its includes and `extends` resolved.
    fn file(&mut self, path: &RelPath, dotenv: &DotEnv, depth: usize) -> Option<Node> {
        if let Some(known) = self.known.get(path) {
            return known.clone();
        }
        let node = self.read(path, dotenv, depth);
        // A file is extended many times, and says the same each time (included ones have an environment
        // of their own and are read once).
        if depth <= DEEPEST {
            self.known.insert(path.clone(), node.clone());
        }
        node
    }

    fn read(&mut self, path: &RelPath, dotenv: &DotEnv, depth: usize) -> Option<Node> {
        let file = self.sources.read(path, Limit::Config).ok()?;
        let fresh = !self.files.iter().any(|f| f.id == file.id);
        let yaml = Yaml::read(&file);
        // A file that is extended many times is read as often, but complained about once.
        let mut errors = yaml.errors.clone();
        let mut node = lower(&yaml, &mut errors);
        match &mut node {
            Some(node) => {
                interpolate(node, dotenv, &mut errors);
                self.check_shape(node, &file, &mut errors);
            }
            None if errors.is_empty() => errors.push(
                SyntaxError::new(Span::whole(file.id), "the file is empty, and Compose refuses it")
                    .help("put the services under `services:`"),
            ),
            None => {}
        }
        if fresh {
            self.files.push(file.clone());
            self.errors.extend(errors);
        }
        let mut node = node?;
        if !matches!(node.kind, Kind::Map(_)) {
            return None;
        }
        self.extend_services(&mut node, path, dotenv, depth);
        self.include(node, path, dotenv, depth)
    }

    /// The shape without which nothing below makes sense.
    fn check_shape(&self, node: &Node, file: &SourceFile, errors: &mut Vec<SyntaxError>) {
        let wrong = |node: &Node, what: &str| {
            let is = match node.kind {
                Kind::List(_) => "a list",
                Kind::Scalar(_) => "a single value",
                Kind::Null => "empty",
                Kind::Map(_) => "a mapping",
            };
            SyntaxError::new(first_line(node.span, file), format!("{what} must be a mapping, this is {is}"))
        };
        if !matches!(node.kind, Kind::Map(_)) {
            errors.push(wrong(node, "a Compose file").help("put the services under `services:`"));
            return;
        }
        let Some(services) = node.get("services") else { return };
        match &services.kind {
            Kind::Map(entries) => {
                for entry in entries {
                    if matches!(entry.value.kind, Kind::Scalar(_) | Kind::List(_)) {
                        errors.push(
                            wrong(&entry.value, &format!("the service `{}`", entry.key))
                                .help("indent its keys (`image:`, `build:`, …) under its name"),
                        );
                    }
                }
            }
            Kind::Null => {}
            _ => errors.push(wrong(services, "`services`").help("write `name:` with the service's keys indented under it")),
        }
    }

    /// Resolves `extends` of every service of a file (Compose specification, "extends").
    fn extend_services(&mut self, node: &mut Node, path: &RelPath, dotenv: &DotEnv, depth: usize) {
        let Kind::Map(entries) = &mut node.kind else { return };
        let Some(services) = entries.iter_mut().find(|e| e.key.as_str() == "services") else { return };
        let snapshot = services.value.clone();
        let Kind::Map(services) = &mut services.value.kind else { return };
        for service in services {
            if service.value.get("extends").is_some() {
                let resolved = self.extended(&service.value, &snapshot, path, dotenv, depth);
                service.value = resolved;
            }
        }
    }

    fn extended(&mut self, service: &Node, siblings: &Node, path: &RelPath, dotenv: &DotEnv, depth: usize) -> Node {
        let Some(extends) = service.get("extends") else { return service.clone() };
        if depth > DEEPEST {
            self.errors.push(SyntaxError::new(extends.span, "`extends` goes round in a circle, or too deep").help("break the chain"));
            return service.clone();
        }
        let (name, file) = match &extends.kind {
            Kind::Scalar(s) => (Some(s.text.clone()), None),
            _ => (extends.get("service").and_then(|n| n.text().cloned()), extends.get("file").and_then(|n| n.text().cloned())),
        };
        let Some(name) = name else { return service.clone() };
        let base = match file {
            None => siblings.get(name.as_str()).map(|base| self.extended(base, siblings, path, dotenv, depth + 1)),
            Some(file) => match self.path(&path.parent(), &file) {
                Some(other) if other != *path => self
                    .file(&other, dotenv, depth + 1)
                    .and_then(|n| n.get("services").and_then(|s| s.get(name.as_str())).cloned())
                    .map(|mut n| {
                        rebase(&mut n, &other.parent(), &path.parent());
                        n
                    }),
                _ => siblings.get(name.as_str()).cloned(),
            },
        };
        let mut own = service.clone();
        if let Kind::Map(entries) = &mut own.kind {
            entries.retain(|e| e.key.as_str() != "extends");
        }
        match base {
            Some(base) => {
                let span = own.span;
                let merged = merge(base, own, &mut vec!["services".into(), name.as_str().to_owned()]);
                Node { span, ..merged }
            }
            None => own,
        }
    }

    /// The path of another file named by this one; what cannot be opened is noted.
    fn path(&mut self, folder: &RelPath, written: &Text) -> Option<RelPath> {
        if written.contains("://") || written.starts_with("git@") {
            return None;
        }
        let Some(path) = folder.join(written.as_str()) else {
            self.unusable.push((written.span(), written.as_str().to_owned(), ReadError::Outside));
            return None;
        };
        if let Err(why) = self.sources.read(&path, Limit::Config) {
            self.unusable.push((written.span(), written.as_str().to_owned(), why));
            return None;
        }
        Some(path)
    }

    /// Lays a file over what it includes (Compose specification, "include").
    fn include(&mut self, node: Node, path: &RelPath, dotenv: &DotEnv, depth: usize) -> Option<Node> {
        let Some(include) = node.get("include").cloned() else { return Some(node) };
        if depth > DEEPEST {
            self.errors.push(SyntaxError::new(include.span, "`include` goes round in a circle, or too deep").help("break the chain"));
            return Some(node);
        }
        let mut below: Option<Node> = None;
        for item in include.items() {
            let base = item.get("project_directory").and_then(Node::text).and_then(|d| path.parent().join(d));
            let paths: Vec<Text> = match item.get("path") {
                Some(p) if p.items().is_empty() => p.text().cloned().into_iter().collect(),
                Some(p) => p.items().iter().filter_map(|i| i.text().cloned()).collect(),
                None => item.text().cloned().into_iter().collect(),
            };
            for written in paths {
                let Some(other) = self.path(&path.parent(), &written) else { continue };
                if other == *path {
                    self.errors.push(SyntaxError::new(written.span(), "a file includes itself").help("remove the line"));
                    continue;
                }
                let inner = DotEnv::of_folder(self.sources, &other.parent());
                let env = if inner.files.is_empty() { dotenv.clone() } else { inner };
                let Some(mut taken) = self.file(&other, &env, depth + 1) else { continue };
                if let Kind::Map(entries) = &mut taken.kind
                    && let Some(services) = entries.iter_mut().find(|e| e.key.as_str() == "services")
                    && let Kind::Map(services) = &mut services.value.kind
                {
                    let base = base.clone().unwrap_or_else(|| other.parent());
                    services.iter_mut().for_each(|s| rebase(&mut s.value, &base, &path.parent()));
                }
                below = Some(match below {
                    Some(b) => merge(b, taken, &mut Vec::new()),
                    None => taken,
                });
            }
        }
        Some(match below {
            Some(below) => merge(below, node, &mut Vec::new()),
            None => node,
        })
    }
}

/// The first line of a span, so that a whole file is not underlined.
fn first_line(span: Span, file: &SourceFile) -> Span {
    let text = file.text.get(span.range()).unwrap_or("");
    Span::new(span.file, span.start as usize, span.start as usize + text.lines().next().unwrap_or("").len())
}

/// Rewrites the relative paths of a service that was written in folder `from` as seen from `to`.
fn rebase(service: &mut Node, from: &RelPath, to: &RelPath) {
    if from == to {
        return;
    }
    let shift = |node: &mut Node| {
        if let Kind::Scalar(s) = &mut node.kind
            && let Some(path) = from.join(s.text.as_str())
        {
            let ups = to.as_str().split('/').filter(|p| !p.is_empty()).count();
            let moved = match path.below(to) {
                Some(rest) => format!("./{rest}"),
                None => format!("{}{}", "../".repeat(ups), path.as_str()),
            };
            s.text = Text::derived(moved, s.text.span());
        }
    };
    let Kind::Map(entries) = &mut service.kind else { return };
    for entry in entries {
        match (entry.key.as_str(), &mut entry.value.kind) {
            ("build", Kind::Scalar(_)) | ("env_file", Kind::Scalar(_)) => shift(&mut entry.value),
            ("build", Kind::Map(build)) => build.iter_mut().filter(|e| e.key.as_str() == "context").for_each(|e| shift(&mut e.value)),
            ("env_file", Kind::List(items)) => items.iter_mut().for_each(|i| match &mut i.kind {
                Kind::Map(m) => m.iter_mut().filter(|e| e.key.as_str() == "path").for_each(|e| shift(&mut e.value)),
                _ => shift(i),
            }),
            ("volumes", Kind::List(items)) => items.iter_mut().for_each(|i| match &mut i.kind {
                Kind::Map(m) => m.iter_mut().filter(|e| e.key.as_str() == "source").for_each(|e| {
                    if e.value.text().is_some_and(|t| t.starts_with('.')) {
                        shift(&mut e.value);
                    }
                }),
                Kind::Scalar(s) if s.text.starts_with('.') => {
                    if let Some((source, rest)) = s.text.as_str().split_once(':') {
                        let mut node = Node {
                            span: i.span,
                            kind: Kind::Scalar(super::node::Scalar::of(Text::derived(source, s.text.span()))),
                            tag: None,
                        };
                        shift(&mut node);
                        if let Some(moved) = node.text() {
                            s.text = Text::derived(format!("{moved}:{rest}"), s.text.span());
                        }
                    }
                }
                _ => {}
            }),
            _ => {}
        }
    }
}
