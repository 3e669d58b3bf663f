//! The walk over the files of a project: each is read once, interpolated, extended, completed with what it includes,
//! and laid over those before it.

use super::dedupe::dedupe;
use super::merge::merge;
use super::resets::{self, Resets};
use crate::finding::{Prose, Quote, prose};
use crate::model::compose::read::documents::documents;
use crate::model::compose::shape::canonical::{self, canonical};
use crate::model::compose::shape::defaults::add_defaults;
use crate::model::compose::shape::schema;
use crate::model::compose::tree::limits::{
    MAX_FAULTS, MAX_LAYERS, MAX_PORTS, MAX_TEXT, MAX_VALUES,
};
use crate::model::compose::tree::{Fault, FaultKind, KeyPath, Kind, Node};
use crate::model::compose::values::casts::interpolate;
use crate::model::compose::values::dotenv::DotEnv;
use crate::source::{FileId, Limit, ReadError, RelPath, SourceFile, Sources, Span, Text};
use crate::syntax::SyntaxError;
use crate::syntax::yaml::Yaml;
use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::rc::Rc;
use std::sync::Arc;

/// How far `extends` and `include` are followed.
pub(crate) const MAX_DEPTH: usize = 32;
/// The most files that one project may consist of.
const MAX_FILES: usize = 256;

/// Where a file is loaded: an included file has a folder and variables of its own.
pub(crate) struct LoadContext<'e> {
    /// The folder relative paths start from.
    pub(crate) folder: RelPath,
    pub(crate) env: &'e DotEnv,
    /// Tells scopes apart, so that what was read in one is not used in another.
    pub(crate) number: usize,
}

/// The services of a file that another extends, and what the file resets.
pub(super) struct Extended {
    pub(crate) services: Node,
    pub(super) resets: Resets,
}

pub(crate) struct Loader<'s, 'f> {
    pub(crate) sources: &'s Sources<'f>,
    pub(crate) root: Option<String>,
    pub(crate) files: Vec<Arc<SourceFile>>,
    pub(crate) faults: Vec<Fault>,
    pub(crate) unusable: Vec<(Span, String, ReadError)>,
    pub(crate) errors: Vec<SyntaxError>,
    pub(crate) unset: Vec<(String, Span)>,
    pub(crate) versions: Vec<(Text, Span)>,
    /// The files that were read, as YAML.
    pub(crate) pages: HashMap<FileId, Arc<Yaml>>,
    /// The documents of the files that were read.
    parsed: HashMap<FileId, Vec<Node>>,
    /// What was said already: a file that is read again says the same again.
    said: HashSet<(Span, Prose)>,
    /// Files that services extend, by scope and path.
    pub(super) known: HashMap<(usize, RelPath), Option<Rc<RefCell<Extended>>>>,
    pub(super) scopes: usize,
    /// Services that lack what they should extend, by the place of their names.
    pub(crate) incomplete: HashSet<Span>,
    /// Whether something that is included could not be.
    pub(crate) left_out: bool,
    /// What was left out of a file after an error.
    pub(crate) unread: Vec<Span>,
    /// What may still be read: values, ports, items of `include`, bytes of Compose files.
    values_left: usize,
    pub(super) ports_left: usize,
    pub(crate) includes: usize,
    text_left: usize,
}

impl<'s, 'f> Loader<'s, 'f> {
    pub(crate) fn new(
        sources: &'s Sources<'f>,
        errors: Vec<SyntaxError>,
        root: Option<String>,
    ) -> Self {
        Self {
            sources,
            root,
            files: Vec::new(),
            faults: Vec::new(),
            unusable: Vec::new(),
            errors,
            unset: Vec::new(),
            versions: Vec::new(),
            pages: HashMap::new(),
            parsed: HashMap::new(),
            said: HashSet::new(),
            known: HashMap::new(),
            scopes: 0,
            incomplete: HashSet::new(),
            left_out: false,
            unread: Vec::new(),
            values_left: MAX_VALUES,
            ports_left: MAX_PORTS,
            includes: 0,
            text_left: MAX_TEXT,
        }
    }

    pub(crate) fn fault(&mut self, fault: Fault) {
        if self.faults.len() > MAX_FAULTS || !self.said.insert((fault.span, fault.message.clone()))
        {
            return;
        }
        if self.faults.len() < MAX_FAULTS {
            return self.faults.push(fault);
        }
        let message =
            prose!("more than {} places of this project are wrong; no more are told", MAX_FAULTS);
        self.faults.push(Fault::new(FaultKind::Limit, fault.span, message).label("the next one"));
    }

    /// Takes note of values that the project gets; `false` where that are too many.
    pub(crate) fn takes(&mut self, node: &Node, at: Span) -> bool {
        let values = if self.values_left == 0 { 1 } else { node.size() };
        if let Some(left) = self.values_left.checked_sub(values) {
            self.values_left = left;
            return true;
        }
        // Nothing smaller that comes later is taken in its stead.
        self.values_left = 0;
        self.limit(
            at,
            prose!("the project has more than {} values, with all that it extends and includes; the rest is not read", MAX_VALUES),
        );
        false
    }

    /// Whether no more values may be taken in.
    pub(crate) fn full(&self) -> bool {
        self.values_left == 0
    }

    /// Notes that a limit was reached; each limit once.
    pub(crate) fn limit(&mut self, at: Span, message: Prose) {
        if !self.faults.iter().any(|f| f.kind == FaultKind::Limit && f.message == message) {
            self.fault(Fault::new(FaultKind::Limit, at, message).label("here reading stops"));
        }
    }

    /// The files that may be laid one over the other.
    pub(crate) fn layers<'p>(&mut self, paths: &'p [RelPath]) -> &'p [RelPath] {
        let Some((first, _)) =
            paths.split_at_checked(MAX_LAYERS).filter(|(_, rest)| !rest.is_empty())
        else {
            return paths;
        };
        let at = self
            .sources
            .read(&paths[MAX_LAYERS], Limit::Config)
            .map_or_else(|_| self.nowhere(), |f| Span::new(f.id, 0, 0));
        self.limit(
            at,
            prose!(
                "more than {} files are laid one over the other; the rest is not read",
                MAX_LAYERS
            ),
        );
        first
    }

    pub(crate) fn faults(&mut self, faults: Vec<Fault>) {
        faults.into_iter().for_each(|f| self.fault(f));
    }

    pub(crate) fn error(&mut self, error: SyntaxError) {
        if self.said.insert((error.span, error.message.clone())) {
            self.errors.push(error);
        }
    }

    /// Some files laid one over the other, with everything they take in, complete.
    pub(crate) fn model(
        &mut self,
        scope: &LoadContext<'_>,
        paths: &[RelPath],
        included: &[RelPath],
        depth: usize,
    ) -> Node {
        let mut whole: Option<Node> = None;
        for path in paths {
            let chain: Vec<RelPath> = included.iter().chain([path]).cloned().collect();
            for document in self.documents(path, scope) {
                whole = Some(self.lay_over(whole, document, path, scope, &chain, depth));
            }
        }
        let mut tree = whole.unwrap_or_else(|| Node::map(self.nowhere(), Vec::new()));
        let mut faults = Vec::new();
        add_defaults(&mut tree, &scope.folder, scope.env, &mut faults);
        self.faults(faults);
        tree
    }

    /// A place for what stands nowhere.
    pub(crate) fn nowhere(&self) -> Span {
        self.files.first().map_or_else(Span::nowhere, |f| Span::new(f.id, 0, 0))
    }

    /// The documents of a file as they are written. Read once, however often the file is taken in.
    pub(crate) fn written(&mut self, path: &RelPath) -> Vec<Node> {
        let Ok(file) = self.sources.read(path, Limit::Config) else { return Vec::new() };
        if let Some(known) = self.parsed.get(&file.id) {
            return known.clone();
        }
        if self.files.len() == MAX_FILES {
            let at = Span::new(file.id, 0, 0);
            self.limit(
                at,
                prose!("the project takes in more than {} files; the rest is not read", MAX_FILES),
            );
            return Vec::new();
        }
        let Some(left) = self.text_left.checked_sub(file.text.len()) else {
            let message = prose!(
                "the Compose files of the project have more than {} MiB together; the rest is not read",
                MAX_TEXT >> 20
            );
            self.limit(Span::new(file.id, 0, 0), message);
            return Vec::new();
        };
        self.text_left = left;
        self.files.push(file.clone());
        let yaml = Yaml::shared(self.sources, &file);
        self.pages.insert(file.id, yaml.clone());
        self.unread.extend(&yaml.unread);
        for error in &yaml.errors {
            // A tab is the one thing that cannot be seen.
            let tab = file.text.get(error.span.range()).is_some_and(|t| t.starts_with('\t'));
            if tab {
                let fault =
                    Fault::new(FaultKind::Key, error.span, error.message.clone()).label("a tab");
                self.fault(match &error.help {
                    Some(help) => fault.help(help.clone()),
                    None => fault,
                });
            } else {
                self.error(error.clone());
            }
        }
        let mut faults = Vec::new();
        let documents = documents(&file, &yaml, &mut faults);
        self.faults(faults);
        self.parsed.insert(file.id, documents.clone());
        documents
    }

    /// The documents of a file, interpolated.
    pub(crate) fn documents(&mut self, path: &RelPath, scope: &LoadContext<'_>) -> Vec<Node> {
        let mut documents = self.written(path);
        documents.retain(|d| self.takes(d, Span { end: d.span.start, ..d.span }));
        for document in &mut documents {
            let said = interpolate(document, scope.env, scope.env.unset());
            self.faults(said.faults);
            self.warned(said.warned);
        }
        documents
    }

    /// Variables that are wanted and not set.
    pub(crate) fn warned(&mut self, names: Vec<(String, Span)>) {
        for (name, span) in names {
            if self.said.insert((span, prose!("unset {}", Quote::name(&name)))) {
                self.unset.push((name, span));
            }
        }
    }

    fn lay_over(
        &mut self,
        below: Option<Node>,
        mut document: Node,
        path: &RelPath,
        scope: &LoadContext<'_>,
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
        dedupe(&mut whole, &mut faults);
        faults.extend(schema::check(&whole));
        if let Kind::Map(entries) = &mut whole.kind {
            let versions = entries.iter().filter(|e| e.key.as_str() == "version");
            self.versions.extend(versions.map(|e| (e.key.clone(), e.value.span)));
            entries.retain(|e| e.key.as_str() != "version");
        }
        canonical::cap_ports(&mut whole, &mut self.ports_left, &mut faults);
        canonical(&mut whole, &mut faults);
        dedupe(&mut whole, &mut faults);
        self.faults(faults);
        whole
    }
}
