//! `extends` (Compose specification, "extends").

use super::dedupe::dedupe;
use super::loader::{Extended, LoadContext, Loader, MAX_DEPTH};
use super::merge::merge;
use super::resets::{self, Resets};
use crate::finding::{Own, Prose, Quote, prose};
use crate::model::compose::shape::base_folders::bases;
use crate::model::compose::shape::canonical::{self, canonical, shapes};
use crate::model::compose::tree::paths::in_root;
use crate::model::compose::tree::suggest::nearest;
use crate::model::compose::tree::{Entry, Fault, FaultKind, KeyPath, Kind, Node, Scalar};
use crate::source::{RelPath, Span, Text};
use std::cell::RefCell;
use std::rc::Rc;

/// The most names of services that a message lists where none of them is like the one that is missing.
const MAX_LISTED: usize = 8;

/// Services on the way down a chain of `extends`: file, name, and where the next one is named.
type Chain = Vec<(RelPath, String, Span)>;

/// The services among which names are looked up.
enum Among<'a> {
    /// Those of the file at hand.
    Own(&'a mut Node, &'a Resets),
    /// Those of a file that is extended.
    Other(Rc<RefCell<Extended>>),
}

impl Among<'_> {
    fn get(&self, name: &str) -> Option<Node> {
        match self {
            Self::Own(services, _) => services.get(name).cloned(),
            Self::Other(other) => other.borrow().services.get(name).cloned(),
        }
    }

    fn names(&self) -> Vec<String> {
        let names = |n: &Node| n.entries().iter().map(|e| e.key.as_str().to_owned()).collect();
        match self {
            Self::Own(services, _) => names(services),
            Self::Other(other) => names(&other.borrow().services),
        }
    }

    fn put(&mut self, name: &str, value: Node) {
        let slot = |services: &mut Node| {
            if let Some(slot) = services.get_mut(name) {
                *slot = value;
            }
        };
        match self {
            Self::Own(services, _) => slot(services),
            Self::Other(other) => slot(&mut other.borrow_mut().services),
        }
    }

    fn resets(&self) -> Resets {
        match self {
            Self::Own(_, resets) => (*resets).clone(),
            Self::Other(other) => other.borrow().resets.clone(),
        }
    }
}

/// Top-level keys that are often indented by mistake, below `services`.
const TOP_LEVEL: [&str; 4] = ["volumes", "networks", "configs", "secrets"];

/// How a top-level key is written that is below `services` by mistake. Its list becomes keys.
fn dedent(name: &Text, value: &Node) -> Prose {
    let mut help = prose!(
        "below `services`, `{}` is taken for a service; move it to the left to make it the top-level key:\n    {}:",
        name,
        name
    );
    for item in value.items().iter().filter_map(Node::text) {
        help.push(&prose!("\n      {}:", item));
    }
    help
}

impl Loader<'_, '_> {
    /// Resolves `extends` of every service of a file.
    pub(super) fn extend_services(
        &mut self,
        file: &mut Node,
        path: &RelPath,
        scope: &LoadContext<'_>,
        resets: &Resets,
    ) {
        let Some(services) = file.get_mut("services") else { return };
        let names: Vec<(Text, bool)> = match &services.kind {
            Kind::Map(entries) => entries
                .iter()
                .map(|e| (e.key.clone(), matches!(e.value.kind, Kind::Map(_) | Kind::Null)))
                .collect(),
            _ => {
                let span = services.span;
                let is = if matches!(services.kind, Kind::Null) { "nothing" } else { "no mapping" };
                self.fault(
                    Fault::new(
                        FaultKind::Value,
                        span,
                        prose!("`services` has to be a mapping, and this is {}", Own(is)),
                    )
                    .label("Compose refuses it")
                    .help("write `name:` with the service's keys indented under it"),
                );
                return;
            }
        };
        for (name, fine) in names {
            if !fine {
                let written = services.get(name.as_str());
                let span = written.map_or(name.span(), |n| n.span);
                let help = match written.filter(|_| TOP_LEVEL.contains(&name.as_str())) {
                    Some(value) => dedent(&name, value),
                    None => "indent its keys (`image:`, `build:`, …) under its name".into(),
                };
                self.fault(
                    Fault::new(
                        FaultKind::Value,
                        span,
                        prose!("the service `{}` has to be a mapping", name),
                    )
                    .label("this is none")
                    .help(help),
                );
                continue;
            }
            self.extended(&name, &mut Among::Own(services, resets), path, scope, &mut Vec::new());
        }
    }

    /// A service with what it extends, which is put in its place as well; `None` for one that is null or is not there.
    fn extended(
        &mut self,
        name: &Text,
        among: &mut Among<'_>,
        file: &RelPath,
        scope: &LoadContext<'_>,
        chain: &mut Chain,
    ) -> Option<Node> {
        let service = among.get(name.as_str()).filter(|s| matches!(s.kind, Kind::Map(_)))?;
        let Some(extends) = service.get("extends").cloned() else { return Some(service) };
        let mut own = service;
        if let Kind::Map(entries) = &mut own.kind {
            entries.retain(|e| e.key.as_str() != "extends");
        }
        let whole = self.laid_over_base(&extends, own, name, among, file, scope, chain);
        among.put(name.as_str(), whole.clone());
        Some(whole)
    }

    #[allow(clippy::too_many_arguments, reason = "a step of a walk that carries all of its state")]
    fn laid_over_base(
        &mut self,
        extends: &Node,
        own: Node,
        name: &Text,
        among: &mut Among<'_>,
        file: &RelPath,
        scope: &LoadContext<'_>,
        chain: &mut Chain,
    ) -> Node {
        let written = match &extends.kind {
            Kind::Scalar(s) => Some(s.text.clone()),
            _ => extends.get("service").and_then(Node::scalar).map(|s| s.text.clone()),
        };
        let Some(written) = written else {
            if matches!(extends.kind, Kind::Map(_)) {
                let message = prose!("`extends` of `{}` names no service", name);
                self.fault(
                    Fault::new(FaultKind::ExtendsInclude, extends.span, message)
                        .help("add `service:` with its name"),
                );
            } else {
                self.no_such_service(&Text::empty(extends.span), file, &among.names());
            }
            return own;
        };
        if !written.is_resolved() {
            return own;
        }
        if self.full() {
            self.incomplete.insert(name.span());
            return own;
        }
        let (mut other, path) = match extends.get("file").and_then(Node::scalar) {
            None => (None, file.clone()),
            Some(wanted) => match self.extended_file(wanted, scope) {
                Some((path, services)) => (Some(Among::Other(services)), path),
                None => {
                    self.incomplete.insert(name.span());
                    return own;
                }
            },
        };
        let target = other.as_mut().unwrap_or(among);
        let Some(base) = target.get(written.as_str()) else {
            self.no_such_service(&written, &path, &target.names());
            self.incomplete.insert(name.span());
            return own;
        };
        if matches!(base.kind, Kind::Null) {
            return with_extends(own, extends);
        }
        chain.push((file.clone(), name.as_str().to_owned(), written.span()));
        if let Some(first) = chain.iter().position(|(f, n, _)| *f == path && n == written.as_str())
        {
            let round = &chain[first..];
            let names: Vec<&str> =
                round.iter().map(|(_, n, _)| n.as_str()).chain([written.as_str()]).collect();
            let message = prose!(
                "`extends` goes round in a circle: {}",
                Prose::join(names.into_iter().map(Quote::name), " → ")
            );
            let mut fault = Fault::new(FaultKind::ExtendsInclude, round[0].2, message)
                .label("from here")
                .help("break the chain");
            for (_, name, span) in &round[1..] {
                fault = fault.also(*span, prose!("on from `{}`", Quote::name(name)));
            }
            chain.pop();
            self.incomplete.insert(name.span());
            self.fault(fault);
            return own;
        }
        if chain.len() >= MAX_DEPTH {
            let message = prose!(
                "`extends` is followed {} services deep; what lies deeper is not read",
                MAX_DEPTH
            );
            self.limit(written.span(), message);
            chain.pop();
            return own;
        }
        let base = self.extended(&written, target, &path, scope, chain);
        chain.pop();
        let Some(mut base) = base else { return with_extends(own, extends) };
        if !self.takes(&base, written.span()) {
            self.incomplete.insert(name.span());
            return own;
        }
        if let Kind::Map(entries) = &mut base.kind {
            entries.retain(|e| e.key.as_str() != "extends");
        }
        base.each_scalar(&mut |s| s.via.extends = true);
        let top = KeyPath::TOP;
        let services = top.next("services");
        let here = services.next(name.as_str());
        resets::apply(&among.resets(), &mut base, &here);
        let span = own.span;
        let mut faults = Vec::new();
        let merged = merge(base, own, &here, &mut faults);
        faults.into_iter().for_each(|f| self.fault(f));
        Node { span, ..merged }
    }

    fn no_such_service(&mut self, name: &Text, file: &RelPath, names: &[String]) {
        let near = nearest(name.as_str(), names.iter().map(String::as_str));
        let help = match near {
            Some(near) => prose!("did you mean `{}`?", Quote::name(near)),
            None if names.is_empty() => prose!("{} has no services", file),
            None => prose!(
                "{} has {}",
                file,
                Prose::join(
                    names.iter().take(MAX_LISTED).map(|n| prose!("`{}`", Quote::name(n))),
                    ", "
                )
            ),
        };
        let message = prose!("there is no service `{}` in {} to extend", name, file);
        self.fault(
            Fault::new(FaultKind::ExtendsInclude, name.span(), message)
                .label("not there")
                .help(help),
        );
    }

    /// The services of a file that a service extends, in long notation, their paths starting from its folder.
    fn extended_file(
        &mut self,
        wanted: &Scalar,
        scope: &LoadContext<'_>,
    ) -> Option<(RelPath, Rc<RefCell<Extended>>)> {
        let from = wanted.base.clone().unwrap_or_else(|| scope.folder.clone());
        let path = self.path(&from, &wanted.text, "extends")?;
        let key = (scope.number, path.clone());
        if let Some(known) = self.known.get(&key) {
            return known.clone().map(|k| (path, k));
        }
        let mut whole: Option<Node> = None;
        let mut all_resets = Vec::new();
        for mut document in self.documents(&path, scope) {
            let found = resets::take(&mut document);
            let mut faults = Vec::new();
            let mut merged = match whole {
                Some(mut below) => {
                    resets::apply(&found, &mut below, &KeyPath::TOP);
                    merge(below, document, &KeyPath::TOP, &mut faults)
                }
                None => document,
            };
            dedupe(&mut merged, &mut faults);
            canonical::cap_ports(&mut merged, &mut self.ports_left, &mut faults);
            shapes::check(&merged, &mut faults);
            canonical(&mut merged, &mut faults);
            dedupe(&mut merged, &mut faults);
            bases(&mut merged, &path.parent());
            faults.into_iter().for_each(|f| self.fault(f));
            all_resets = found;
            whole = Some(merged);
        }
        let services = whole.as_ref().and_then(|w| w.get("services")).cloned();
        let found = match services {
            Some(services @ Node { kind: Kind::Map(_), .. }) => {
                Some(Rc::new(RefCell::new(Extended { services, resets: all_resets })))
            }
            _ => {
                if whole.is_some() {
                    let message = prose!("{} has no services to extend", path);
                    self.fault(
                        Fault::new(FaultKind::ExtendsInclude, wanted.text.span(), message)
                            .label("this file"),
                    );
                }
                None
            }
        };
        self.known.insert(key, found.clone());
        found.map(|f| (path, f))
    }

    /// The path of another file named by this one; what cannot be opened is noted.
    pub(crate) fn path(
        &mut self,
        folder: &RelPath,
        written: &Text,
        by: &'static str,
    ) -> Option<RelPath> {
        if !written.is_resolved() {
            return None;
        }
        if written.contains("://")
            || written.starts_with("git@")
            || written.starts_with("github.com/")
        {
            let message = prose!(
                "`{}` names a remote file, which is not fetched: what it holds is not known",
                Own(by)
            );
            let help = "what is said about this stack is said without it";
            self.fault(
                Fault::new(FaultKind::Remote, written.span(), message)
                    .label("remote")
                    .help(help)
                    .accepted(),
            );
            return None;
        }
        let why = match in_root(folder, written.as_str(), self.root.as_deref()) {
            None => crate::source::ReadError::Outside,
            Some(path) => match self.sources.read(&path, crate::source::Limit::Config) {
                Ok(_) => return Some(path),
                Err(why) => why,
            },
        };
        if why == crate::source::ReadError::Missing {
            let message = prose!("`{}` names {}, which is not there", Own(by), written);
            self.fault(
                Fault::new(FaultKind::ExtendsInclude, written.span(), message)
                    .label("no such file")
                    .help(prose!("the path starts from {}", folder)),
            );
        } else {
            self.unusable.push((written.span(), written.as_str().to_owned(), why));
        }
        None
    }
}

/// A service as it was: Compose keeps `extends` where what is extended is null.
fn with_extends(mut own: Node, extends: &Node) -> Node {
    if let Kind::Map(entries) = &mut own.kind {
        entries.push(Entry::implied("extends", extends.clone()));
    }
    own
}
