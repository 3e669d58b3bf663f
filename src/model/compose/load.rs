//! Loading the files of one stack into one project, step by step as Compose does: each file is read,
//! interpolated, extended, completed with what it includes and laid over those before it; then the whole is
//! checked. What is wrong is noted, and the loading goes on.

use super::HOLE;
use super::canonical::canonical;
use super::canonical::volumes::clean;
use super::casts::interpolate;
use super::complete::complete;
use super::consistency::{self, Whole};
use super::dotenv::DotEnv;
use super::fault::{Fault, FaultKind};
use super::follow;
use super::interpolate::Unset;
use super::keys::KeyPath;
use super::lower::lower;
use super::merge::merge;
use super::name;
use super::node::{Kind, Node};
use super::project::{Project, Request};
use super::render::{Form, Frame, render};
use super::resets::{self, Resets};
use super::schema;
use super::service::Service;
use super::unique::unique;
use crate::source::{FileId, Limit, ReadError, RelPath, SourceFile, Sources, Span, Text};
use crate::syntax::SyntaxError;
use crate::syntax::yaml::Yaml;
use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::rc::Rc;
use std::sync::Arc;

/// How far `extends` and `include` are followed.
pub(super) const DEEPEST: usize = 32;
/// The most files that one project may consist of.
const MOST_FILES: usize = 256;

/// Loads `paths` (at least one) as one project of `folder`, as a stranger would find it: with the `.env` that
/// lies there, and no other variables.
///
/// Never fails: files that cannot be read are in [`Project::unusable`], what is wrong inside a file in
/// [`Project::errors`] and [`Project::faults`].
pub fn load(sources: &Sources<'_>, folder: &RelPath, paths: &[RelPath]) -> Project {
    load_with(
        sources,
        Request { folder, paths, env: DotEnv::of_folder(sources, folder), name: None, folder_name: None, root: None, profiles: None },
    )
}

/// Loads a project with the variables and the name that are given.
pub fn load_with(sources: &Sources<'_>, request: Request<'_>) -> Project {
    let Request { folder, paths, mut env, name: given, folder_name, root, profiles } = request;
    let mut loader = Loader::new(sources, std::mem::take(&mut env.errors), root);
    let folder_name = folder_name.unwrap_or_else(|| folder.file_name().to_owned());
    let name = name::of_project(paths, &folder_name, &mut env, given, &mut loader);
    let scope = Scope { folder: folder.clone(), env: &env, number: 0 };
    let mut tree = loader.model(&scope, paths, &[], 0);
    let nothing = matches!(&tree.kind, Kind::Map(entries) if entries.is_empty());
    if nothing
        && loader.unusable.is_empty()
        && loader.faults.is_empty()
        && loader.errors.is_empty()
        && let Some(first) = loader.files.first()
    {
        let at = first_line(Span::whole(first.id), first);
        loader.error(SyntaxError::new(at, "the file is empty, and Compose refuses it").help("put the services under `services:`"));
    }
    loader.faults(consistency::check(&Whole::new(&tree, profiles.as_deref())));
    if env.unset() == Unset::Hole {
        loader.faults(decoded(&tree));
    }
    follow::drop_what_follows(&mut loader, &env, &tree);
    let top = |key: &str| tree.get(key).map(|n| n.entries().to_vec()).unwrap_or_default();
    let (services, volumes, networks, secrets) = (top("services"), top("volumes"), top("networks"), top("secrets"));
    let services = services.into_iter().map(|e| Service::new(e.key, e.value, folder)).collect();
    let Loader { mut files, errors, unusable, faults, unset, versions, .. } = loader;
    files.sort_by_key(|f| !paths.contains(&f.path));
    let own = files.iter().filter(|f| paths.contains(&f.path)).count();
    if let Some(first) = files.first() {
        mark_overrides(&mut tree, first, paths, &files);
    }
    Project {
        folder: folder.clone(),
        name,
        files,
        own,
        tree,
        services,
        volumes,
        networks,
        secrets,
        versions,
        dotenv: env,
        errors,
        faults,
        unset,
        unusable,
    }
}

/// What cannot be read as what its place wants; what hangs on a variable that is not set is not known.
fn decoded(tree: &Node) -> Vec<Fault> {
    let mut faults = Vec::new();
    render(tree, &Frame { root: "", home: None, form: Form::Yaml }, &mut faults);
    if faults.is_empty() {
        return faults;
    }
    let mut unknown = Vec::new();
    tree.each(&mut |s| {
        if s.text.contains(HOLE) {
            unknown.push(s.text.span());
        }
    });
    faults.retain(|f| !unknown.iter().any(|u| u.file == f.span.file && u.start <= f.span.start && f.span.end <= u.end));
    faults
}

/// Values of files that are laid over the first one came by an override.
fn mark_overrides(tree: &mut Node, first: &SourceFile, paths: &[RelPath], files: &[Arc<SourceFile>]) {
    let over: HashSet<_> = files.iter().filter(|f| paths.contains(&f.path) && f.id != first.id).map(|f| f.id).collect();
    if !over.is_empty() {
        tree.each_scalar(&mut |s| s.via.over = over.contains(&s.text.span().file));
    }
}

/// Where a file is loaded: an included file has a folder and variables of its own.
pub(super) struct Scope<'e> {
    /// The folder relative paths start from.
    pub(super) folder: RelPath,
    pub(super) env: &'e DotEnv,
    /// Tells scopes apart, so that what was read in one is not used in another.
    pub(super) number: usize,
}

/// The services of a file that another extends, and what the file resets.
pub(super) struct Extended {
    pub(super) services: Node,
    pub(super) resets: Resets,
}

pub(super) struct Loader<'s, 'f> {
    pub(super) sources: &'s Sources<'f>,
    pub(super) root: Option<String>,
    pub(super) files: Vec<Arc<SourceFile>>,
    pub(super) faults: Vec<Fault>,
    pub(super) unusable: Vec<(Span, String, ReadError)>,
    errors: Vec<SyntaxError>,
    unset: Vec<(String, Span)>,
    versions: Vec<(Text, Span)>,
    /// The documents of the files that were read.
    parsed: HashMap<FileId, Vec<Node>>,
    /// What was said already: a file that is read again says the same again.
    said: HashSet<(Span, String)>,
    /// Files that services extend, by scope and path.
    pub(super) known: HashMap<(usize, RelPath), Option<Rc<RefCell<Extended>>>>,
    pub(super) scopes: usize,
    /// Services that lack what they should extend, by the place of their names.
    pub(super) incomplete: HashSet<Span>,
    /// Whether something that is included could not be.
    pub(super) left_out: bool,
    /// What was left out of a file after an error.
    pub(super) unread: Vec<Span>,
}

impl<'s, 'f> Loader<'s, 'f> {
    fn new(sources: &'s Sources<'f>, errors: Vec<SyntaxError>, root: Option<String>) -> Self {
        Self {
            sources,
            root,
            files: Vec::new(),
            faults: Vec::new(),
            unusable: Vec::new(),
            errors,
            unset: Vec::new(),
            versions: Vec::new(),
            parsed: HashMap::new(),
            said: HashSet::new(),
            known: HashMap::new(),
            scopes: 0,
            incomplete: HashSet::new(),
            left_out: false,
            unread: Vec::new(),
        }
    }

    pub(super) fn fault(&mut self, fault: Fault) {
        if self.said.insert((fault.span, fault.message.clone())) {
            self.faults.push(fault);
        }
    }

    fn faults(&mut self, faults: Vec<Fault>) {
        faults.into_iter().for_each(|f| self.fault(f));
    }

    pub(super) fn error(&mut self, error: SyntaxError) {
        if self.said.insert((error.span, error.message.clone())) {
            self.errors.push(error);
        }
    }

    /// Some files laid one over the other, with everything they take in, complete.
    pub(super) fn model(&mut self, scope: &Scope<'_>, paths: &[RelPath], included: &[RelPath], depth: usize) -> Node {
        let mut whole: Option<Node> = None;
        for path in paths {
            let chain: Vec<RelPath> = included.iter().chain([path]).cloned().collect();
            for document in self.documents(path, scope) {
                whole = Some(self.lay_over(whole, document, path, scope, &chain, depth));
            }
        }
        let mut tree = whole.unwrap_or_else(|| Node::map(self.nowhere(), Vec::new()));
        let mut faults = Vec::new();
        complete(&mut tree, scope, &mut faults);
        self.faults(faults);
        tree
    }

    /// A place for what stands nowhere.
    pub(super) fn nowhere(&self) -> Span {
        self.files.first().map_or_else(Span::nowhere, |f| Span::new(f.id, 0, 0))
    }

    /// The documents of a file as they are written. Read once, however often the file is taken in.
    pub(super) fn written(&mut self, path: &RelPath) -> Vec<Node> {
        let Ok(file) = self.sources.read(path, Limit::Config) else { return Vec::new() };
        if let Some(known) = self.parsed.get(&file.id) {
            return known.clone();
        }
        if self.files.len() == MOST_FILES {
            let at = Span::new(file.id, 0, 0);
            let message = format!("the project takes in more than {MOST_FILES} files; the rest is not read");
            self.fault(Fault::new(FaultKind::Limit, at, message).label("this file and those after it"));
            return Vec::new();
        }
        self.files.push(file.clone());
        let yaml = Yaml::read(&file);
        self.unread.extend(&yaml.unread);
        for error in &yaml.errors {
            // A tab is the one thing that cannot be seen.
            let tab = file.text.get(error.span.range()).is_some_and(|t| t.starts_with('\t'));
            if tab {
                let fault = Fault::new(FaultKind::Key, error.span, error.message.clone()).label("a tab");
                self.fault(match &error.help {
                    Some(help) => fault.help(help.clone()),
                    None => fault,
                });
            } else {
                self.error(error.clone());
            }
        }
        let mut faults = Vec::new();
        let mut documents = lower(&yaml, &mut faults);
        for document in documents.iter().filter(|d| !matches!(d.kind, Kind::Map(_)) && yaml.errors.is_empty()) {
            let message = "a Compose file is a mapping at its top, and this is none";
            faults.push(
                Fault::new(FaultKind::Value, first_line(document.span, &file), message)
                    .label("Compose refuses it")
                    .help("put the services under `services:`"),
            );
        }
        documents.retain(|d| matches!(d.kind, Kind::Map(_)));
        self.faults(faults);
        self.parsed.insert(file.id, documents.clone());
        documents
    }

    /// The documents of a file, interpolated.
    pub(super) fn documents(&mut self, path: &RelPath, scope: &Scope<'_>) -> Vec<Node> {
        let mut documents = self.written(path);
        for document in &mut documents {
            let said = interpolate(document, scope.env, scope.env.unset());
            self.faults(said.faults);
            for (name, span) in said.warned {
                if self.said.insert((span, format!("unset {name}"))) {
                    self.unset.push((name, span));
                }
            }
        }
        documents
    }

    fn lay_over(
        &mut self,
        below: Option<Node>,
        mut document: Node,
        path: &RelPath,
        scope: &Scope<'_>,
        included: &[RelPath],
        depth: usize,
    ) -> Node {
        let resets = resets::take(&mut document);
        self.extend_services(&mut document, path, scope, &resets);
        self.include(&mut document, scope, included, depth);
        let mut faults = Vec::new();
        let mut whole = match below {
            Some(mut below) => {
                resets::apply(&resets, &mut below, &KeyPath::TOP);
                merge(below, document, &KeyPath::TOP, &mut faults)
            }
            None => document,
        };
        unique(&mut whole);
        faults.extend(schema::check(&whole));
        if let Kind::Map(entries) = &mut whole.kind {
            let versions = entries.iter().filter(|e| e.key.as_str() == "version");
            self.versions.extend(versions.map(|e| (e.key.clone(), e.value.span)));
            entries.retain(|e| e.key.as_str() != "version");
        }
        canonical(&mut whole, &mut faults);
        unique(&mut whole);
        self.faults(faults);
        whole
    }
}

/// The path below the root that a path written in `folder` leads to; `None` when it leads out of the root.
pub(super) fn in_root(folder: &RelPath, written: &str, root: Option<&str>) -> Option<RelPath> {
    match root {
        Some(root) if written.starts_with('/') => RelPath::new(clean(written).strip_prefix(root)?.trim_start_matches('/')),
        _ => folder.join(written),
    }
}

/// The first line of a span, so that a whole file is not underlined.
fn first_line(span: Span, file: &SourceFile) -> Span {
    let text = file.text.get(span.range()).unwrap_or("");
    Span::new(span.file, span.start as usize, span.start as usize + text.lines().next().unwrap_or("").len())
}
