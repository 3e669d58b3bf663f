//! `include` (Compose specification, "include").

use super::loader::{LoadContext, Loader, MAX_DEPTH};
use crate::finding::{Prose, prose};
use crate::model::compose::tree::limits::{MAX_INCLUDES, MAX_LAYERS};
use crate::model::compose::tree::paths::in_root;
use crate::model::compose::tree::{Entry, Fault, FaultKind, Kind, Node, Scalar};
use crate::model::compose::values::dotenv::DotEnv;
use crate::source::{RelPath, Text};

/// The way to say that not even the `.env` beside the file is read.
const NO_FILE: &str = "/dev/null";
/// What an included project brings along.
const BROUGHT: [&str; 6] = ["services", "volumes", "networks", "secrets", "configs", "models"];

impl Loader<'_, '_> {
    /// Adds to a file what it includes.
    pub(crate) fn include(
        &mut self,
        file: &mut Node,
        scope: &LoadContext<'_>,
        included: &[RelPath],
        depth: usize,
    ) {
        let Some(include) = file.get("include").cloned() else { return };
        if let Kind::Map(entries) = &mut file.kind {
            entries.retain(|e| e.key.as_str() != "include");
        }
        let Kind::List(items) = &include.kind else {
            if !matches!(include.kind, Kind::Null) {
                self.fault(
                    Fault::new(
                        FaultKind::ExtendsInclude,
                        include.span,
                        "`include` has to be a list",
                    )
                    .label("this is none")
                    .help("write each file as an item: `- path/to/compose.yaml`"),
                );
            }
            return;
        };
        if depth >= MAX_DEPTH {
            let message = prose!(
                "`include` is followed {} files deep; what lies deeper is not read",
                MAX_DEPTH
            );
            self.limit(include.span, message);
            return;
        }
        for item in items {
            self.includes += 1;
            if self.full() {
                self.left_out = true;
                return;
            }
            if self.includes > MAX_INCLUDES {
                self.limit(
                    item.span,
                    prose!(
                        "more than {} items of `include` are followed; the rest is not read",
                        MAX_INCLUDES
                    ),
                );
                self.left_out = true;
                return;
            }
            match self.included(item, scope, included, depth) {
                Some((taken, by)) => self.bring(taken, file, &by),
                None => self.left_out = true,
            }
        }
    }

    /// The project that an item of `include` names, and the path that names it.
    fn included(
        &mut self,
        item: &Node,
        scope: &LoadContext<'_>,
        included: &[RelPath],
        depth: usize,
    ) -> Option<(Node, Text)> {
        let texts = |node: &Node| -> Vec<Scalar> {
            let own = node.scalar().cloned().into_iter();
            own.chain(node.items().iter().filter_map(|i| i.scalar().cloned())).collect()
        };
        let written = if item.scalar().is_some() {
            texts(item)
        } else {
            item.get("path").map(texts).unwrap_or_default()
        };
        let first = written.first()?.text.clone();
        let layers = written.len().min(MAX_LAYERS + 1);
        let paths: Option<Vec<RelPath>> = written[..layers]
            .iter()
            .map(|w| self.path(&scope.folder, &w.text, "include"))
            .collect();
        let paths = paths?;
        let paths = self.layers(&paths);
        let main = paths.first()?;
        if included.contains(main) {
            let names = Prose::join(included.iter().chain([main]), " → ");
            let message = prose!("`include` goes round in a circle: {}", names);
            self.fault(
                Fault::new(FaultKind::ExtendsInclude, first.span(), message)
                    .label("back to where it came from")
                    .help("remove one of these includes"),
            );
            return None;
        }
        let folder = match item.get("project_directory").and_then(Node::scalar) {
            None => main.parent(),
            Some(wanted) => {
                match in_root(&scope.folder, wanted.text.as_str(), self.root.as_deref()) {
                    Some(folder) => folder,
                    None => {
                        self.unusable.push((
                            wanted.text.span(),
                            wanted.text.as_str().to_owned(),
                            crate::source::ReadError::Outside,
                        ));
                        return None;
                    }
                }
            }
        };
        let env = self.env_of(item, scope, &folder);
        self.scopes += 1;
        let inner = LoadContext { folder, env: &env, number: self.scopes };
        let mut taken = self.model(&inner, paths, included, depth + 1);
        taken.each_scalar(&mut |s| s.via.include = true);
        Some((taken, first))
    }

    /// The variables of an included project: those around it, and what its own files add.
    fn env_of(&mut self, item: &Node, scope: &LoadContext<'_>, folder: &RelPath) -> DotEnv {
        let mut env = DotEnv::with_outer(scope.env);
        let Some(named) = item.get("env_file") else {
            env.add_folder(self.sources, folder);
            env.errors.drain(..).for_each(|e| self.error(e));
            self.warned(std::mem::take(&mut env.warned));
            self.unusable.extend(
                env.unusable
                    .drain(..)
                    .map(|(path, why)| (item.span, path.as_str().to_owned(), why)),
            );
            return env;
        };
        let named: Vec<Text> = named
            .scalar()
            .into_iter()
            .chain(named.items().iter().filter_map(Node::scalar))
            .map(|s| s.text.clone())
            .collect();
        let mut paths = Vec::new();
        for text in named.iter().filter(|t| t.is_resolved() && t.as_str() != NO_FILE) {
            match in_root(&scope.folder, text.as_str(), self.root.as_deref())
                .map(|p| (self.sources.read(&p, crate::source::Limit::Code), p))
            {
                Some((Ok(_), path)) => paths.push(path),
                _ => {
                    let message =
                        prose!("`include` reads the env file {}, which is not there", text);
                    let help = prose!("the path starts from {}", scope.folder);
                    self.fault(
                        Fault::new(FaultKind::ExtendsInclude, text.span(), message)
                            .label("no such file")
                            .help(help),
                    );
                }
            }
        }
        // Each of them could be read a moment ago.
        let _ = env.add_files(self.sources, &paths);
        env.errors.drain(..).for_each(|e| self.error(e));
        self.warned(std::mem::take(&mut env.warned));
        env
    }

    /// Adds what an included project defines. The same name twice is a conflict, unless both are the same.
    fn bring(&mut self, taken: Node, file: &mut Node, by: &Text) {
        let Kind::Map(parts) = taken.kind else { return };
        for Entry { key, value } in parts {
            let Some(section) = BROUGHT.into_iter().find(|s| *s == key.as_str()) else { continue };
            let Kind::Map(brought) = value.kind else { continue };
            if file.get(key.as_str()).is_none()
                && let Kind::Map(entries) = &mut file.kind
            {
                entries.push(Entry { key: key.clone(), value: Node::map(value.span, Vec::new()) });
            }
            let Some(Node { kind: Kind::Map(own), .. }) = file.get_mut(key.as_str()) else {
                continue;
            };
            let mut conflicts = Vec::new();
            for entry in brought {
                match own.iter().find(|o| o.key.as_str() == entry.key.as_str()) {
                    None => own.push(entry),
                    Some(known) if same(&known.value, &entry.value) => {}
                    Some(known) => conflicts.push((known.key.clone(), entry.key.clone())),
                }
            }
            for (known, other) in conflicts {
                let message = prose!(
                    "`{}` in `{}` is defined twice: in this file, and in what it includes",
                    known,
                    key
                );
                self.fault(
                    Fault::new(FaultKind::ExtendsInclude, by.span(), message)
                        .about_entry(section, known.as_str())
                        .label("takes in a second one")
                        .also(known.span(), "one")
                        .also(other.span(), "another")
                        .help("rename one, or lay the change over it with `extends` or a second path in the same `include` item"),
                );
            }
        }
    }
}

/// Whether two values are the same to Compose, wherever they were written.
fn same(a: &Node, b: &Node) -> bool {
    match (&a.kind, &b.kind) {
        (Kind::Null, Kind::Null) => true,
        (Kind::Scalar(a), Kind::Scalar(b)) => {
            a.value == b.value && a.text.as_str() == b.text.as_str() && a.base == b.base
        }
        (Kind::List(a), Kind::List(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b))
        }
        (Kind::Map(a), Kind::Map(b)) => {
            a.len() == b.len()
                && a.iter().all(|x| {
                    b.iter().any(|y| x.key.as_str() == y.key.as_str() && same(&x.value, &y.value))
                })
        }
        _ => false,
    }
}
