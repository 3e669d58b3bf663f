//! The project as `docker compose config` shows it: what is implied written out, services left out that no profile
//! asks for, env and label files read into the services, and what nobody uses dropped.

use super::normalize::normalize;
use super::{Frame, Out, render};
use crate::finding::{Quote, prose};
use crate::model::compose::check::whole::takes_part;
use crate::model::compose::project::Project;
use crate::model::compose::shape::notations::pairs_to_map;
use crate::model::compose::tree::paths::in_root;
use crate::model::compose::tree::{Entry, Fault, FaultKind, Kind, Node, Scalar};
use crate::model::compose::values::dotenv::DotEnv;
use crate::source::{ReadError, RelPath, Sources, Text};
use crate::syntax::SyntaxError;
use std::collections::{BTreeSet, HashSet};

/// A project as Compose shows it.
#[derive(Debug)]
pub struct Effective {
    /// What is printed.
    pub out: Out,
    /// What is wrong, beyond what loading found.
    pub faults: Vec<Fault>,
    /// What could not be read in env files.
    pub errors: Vec<SyntaxError>,
    /// Variables that env and label files want and nobody sets, with the place.
    pub unset: Vec<(String, crate::source::Span)>,
    /// Files that are named but cannot be used: the place, the path as written, why.
    pub unusable: Vec<(crate::source::Span, String, ReadError)>,
}

impl Project {
    /// What `docker compose config` would print of this project, for these profiles.
    pub fn effective(
        &self,
        sources: &Sources<'_>,
        profiles: &[String],
        frame: &Frame<'_>,
    ) -> Effective {
        let mut tree = self.tree.clone();
        normalize(&mut tree, &self.name, &self.dotenv);
        let mut reading = Reading {
            sources,
            project: self,
            root: frame.root,
            faults: Vec::new(),
            errors: Vec::new(),
            unset: Vec::new(),
            unusable: Vec::new(),
        };
        if let Some(Node { kind: Kind::Map(services), .. }) = tree.get_mut("services") {
            services.retain(|s| takes_part(&s.value, profiles));
            for service in services {
                reading.left_out(service);
                reading.environment(&mut service.value);
                reading.labels(&mut service.value);
            }
        }
        drop_unused(&mut tree);
        if let Kind::Map(entries) = &mut tree.kind {
            entries.retain(|e| e.key.as_str() != "name");
            let span = tree.span;
            entries.push(Entry {
                key: Text::derived("name", span),
                value: Node::of_text(Text::derived(self.name.clone(), span)),
            });
        }
        let Reading { mut faults, errors, unset, unusable, .. } = reading;
        let out = render(&tree, frame, &mut faults);
        Effective { out, faults, errors, unset, unusable }
    }
}

/// Reading the files that services name.
struct Reading<'r, 's> {
    sources: &'r Sources<'s>,
    project: &'r Project,
    root: &'r str,
    faults: Vec<Fault>,
    errors: Vec<SyntaxError>,
    unset: Vec<(String, crate::source::Span)>,
    unusable: Vec<(crate::source::Span, String, ReadError)>,
}

impl Reading<'_, '_> {
    /// Drops what names files that lie beyond a limit, which loading has told.
    fn left_out(&self, service: &mut Entry) {
        if self.project.leaves_out_env_files(service.key.span())
            && let Kind::Map(keys) = &mut service.value.kind
        {
            keys.retain(|k| !matches!(k.key.as_str(), "env_file" | "label_file"));
        }
    }

    /// `environment` over the variables of the `env_file`s, which are then gone (Compose specification, `env_file`).
    fn environment(&mut self, service: &mut Node) {
        let span = service.span;
        let Kind::Map(keys) = &mut service.kind else { return };
        let files =
            keys.iter().position(|k| k.key.as_str() == "env_file").map(|at| keys.remove(at).value);
        let own =
            keys.iter().position(|k| k.key.as_str() == "environment").map(|at| keys.remove(at));
        let had = own.is_some();
        let key =
            own.as_ref().map_or_else(|| Text::derived("environment", span), |e| e.key.clone());
        let mut own = own.map_or_else(|| Node::map(span, Vec::new()), |e| e.value);
        self.trailing_space(&own);
        own = pairs_to_map(own);
        let Kind::Map(set) = &mut own.kind else {
            keys.push(Entry { key, value: own });
            return;
        };
        for entry in set.iter_mut().filter(|e| matches!(e.value.kind, Kind::Null)) {
            if let Some((value, _)) = self.project.dotenv.get(entry.key.as_str()) {
                entry.value.kind = Kind::Scalar(Scalar::of_text(value.seen_at(entry.value.span)));
            }
        }
        let mut around = DotEnv::with_outer(&self.project.dotenv);
        for entry in set.iter() {
            if let Some(scalar) = entry.value.scalar() {
                around.give(entry.key.as_str(), &scalar.shown());
            }
        }
        // In a file, what `environment` sets counts before what a file has set.
        let mut env = DotEnv::with_outer(&around);
        for file in files.iter().flat_map(Node::items) {
            self.env_file(file, &mut env);
        }
        self.errors.append(&mut env.errors);
        self.unset.append(&mut env.warned);
        if files.is_some() {
            let own = names(set);
            for (name, value) in env.iter() {
                if !own.contains(name) {
                    set.push(Entry {
                        key: Text::derived(name, value.span()),
                        value: Node::of_text(value),
                    });
                }
            }
        }
        if had || !set.is_empty() {
            keys.push(Entry { key, value: own });
        }
    }

    fn trailing_space(&mut self, environment: &Node) {
        for scalar in environment.items().iter().filter_map(Node::scalar) {
            let name = scalar.text.as_str().split('=').next().unwrap_or_default();
            if name.ends_with(char::is_whitespace) {
                let message = prose!(
                    "the variable `{}` is followed by a space",
                    Quote::name(name.trim_end())
                );
                self.faults.push(
                    Fault::new(FaultKind::Value, scalar.text.span_of(0..name.len()), message)
                        .label("Compose refuses the space before `=`")
                        .help("write `NAME=value`"),
                );
            }
        }
    }

    fn env_file(&mut self, file: &Node, env: &mut DotEnv) {
        let Some(path) = file.get("path").and_then(Node::scalar) else { return };
        let required = file.get("required").and_then(Node::bool).unwrap_or(true);
        let format = file.get("format").and_then(Node::scalar).filter(|f| !f.text.is_empty());
        let read = match self.locate(path) {
            Some(at) => match format {
                None => env.add_path(self.sources, &at),
                Some(f) if f.text.as_str() == "raw" => env.add_raw(self.sources, &at),
                Some(f) => {
                    let message =
                        prose!("`{}` is no format of an env file that Compose knows", f.text);
                    self.faults.push(
                        Fault::new(FaultKind::Value, f.text.span(), message)
                            .help("write `raw`, or leave `format` out"),
                    );
                    Ok(())
                }
            },
            None => Err(ReadError::Outside),
        };
        if let Err(why) = read
            && (required || !matches!(why, ReadError::Missing | ReadError::Outside))
        {
            self.unusable.push((path.text.span(), path.text.as_str().to_owned(), why));
        }
    }

    fn locate(&self, path: &Scalar) -> Option<RelPath> {
        in_root(
            path.base.as_ref().unwrap_or(&self.project.folder),
            path.text.as_str(),
            Some(self.root),
        )
    }

    /// `labels` over those of the `label_file`s, which are then gone (Compose specification, `label_file`).
    fn labels(&mut self, service: &mut Node) {
        let span = service.span;
        let Kind::Map(keys) = &mut service.kind else { return };
        let Some(at) = keys.iter().position(|k| k.key.as_str() == "label_file") else { return };
        let files = keys.remove(at).value;
        let mut env = DotEnv::of_shell([]);
        for path in files.items().iter().filter_map(Node::scalar) {
            let read = self
                .locate(path)
                .map_or(Err(ReadError::Outside), |at| env.add_path(self.sources, &at));
            if let Err(why) = read {
                self.unusable.push((path.text.span(), path.text.as_str().to_owned(), why));
            }
        }
        self.errors.append(&mut env.errors);
        self.unset.append(&mut env.warned);
        let own =
            keys.iter().position(|k| k.key.as_str() == "labels").map(|at| keys.remove(at).value);
        let mut own = pairs_to_map(own.unwrap_or_else(|| Node::map(span, Vec::new())));
        if let Kind::Map(set) = &mut own.kind {
            let own = names(set);
            for (name, value) in env.iter() {
                if !own.contains(name) {
                    set.push(Entry {
                        key: Text::derived(name, value.span()),
                        value: Node::of_text(value),
                    });
                }
            }
        }
        keys.push(Entry { key: Text::derived("labels", span), value: own });
    }
}

/// The keys of a mapping.
fn names(entries: &[Entry]) -> HashSet<String> {
    entries.iter().map(|e| e.key.as_str().to_owned()).collect()
}

/// Drops networks, volumes, secrets, configs and models that no service uses.
fn drop_unused(tree: &mut Node) {
    let mut used: BTreeSet<(&str, String)> = BTreeSet::new();
    for service in
        tree.get("services").map(Node::entries).unwrap_or_default().iter().map(|e| &e.value)
    {
        for section in ["networks", "models"] {
            used.extend(
                service
                    .get(section)
                    .map(Node::entries)
                    .unwrap_or_default()
                    .iter()
                    .map(|e| (section, e.key.as_str().to_owned())),
            );
        }
        let sources = |node: Option<&Node>| -> Vec<String> {
            let items = node.map(Node::items).unwrap_or_default().iter();
            items
                .filter_map(|i| i.get("source").and_then(Node::scalar))
                .map(|s| s.text.as_str().to_owned())
                .collect()
        };
        let volumes = service.get("volumes").map(Node::items).unwrap_or_default().iter();
        let named = volumes.filter(|v| {
            v.get("type").and_then(Node::scalar).is_some_and(|t| t.text.as_str() == "volume")
        });
        used.extend(
            named
                .filter_map(|v| v.get("source").and_then(Node::scalar))
                .map(|s| ("volumes", s.text.as_str().to_owned())),
        );
        used.extend(sources(service.get("secrets")).into_iter().map(|s| ("secrets", s)));
        used.extend(
            sources(service.get("build").and_then(|b| b.get("secrets")))
                .into_iter()
                .map(|s| ("secrets", s)),
        );
        used.extend(sources(service.get("configs")).into_iter().map(|s| ("configs", s)));
    }
    for section in ["networks", "volumes", "secrets", "configs", "models"] {
        if let Some(Node { kind: Kind::Map(all), .. }) = tree.get_mut(section) {
            all.retain(|e| used.contains(&(section, e.key.as_str().to_owned())));
        }
    }
}
