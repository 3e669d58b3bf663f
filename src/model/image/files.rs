//! Which files a stage holds: `COPY` and `ADD` followed back to the project, `RUN` as far as it is known.

use super::effects::is_source;
use super::{Base, Image, Layer, LayerKind, Origin, stage::known_base, untracked::would_copy};
use crate::facts;
use crate::model::django::EnvAnswer;
use crate::model::exec_context::{Dialect, ExecContext, PathLookup};
use crate::model::path;
use crate::model::submodules::submodule;
use crate::source::{EntryKind, Limit, Reason, RelPath, Sources, Text, Unknown};

/// How deep stages may copy from each other.
const MAX_DEPTH: usize = 16;

/// A stage after its first `layers` layers: where a `RUN` line runs, or (with all of them) what a
/// container starts with.
pub struct StageContext<'i> {
    /// The files.
    pub sources: &'i Sources<'i>,
    pub image: &'i Image,
    /// The stage's number.
    pub stage: usize,
    /// How many of its layers are done.
    pub layers: usize,
}

impl<'i> StageContext<'i> {
    /// The finished stage that is run.
    pub fn finished(sources: &'i Sources<'i>, image: &'i Image) -> Self {
        Self { sources, image, stage: image.target, layers: image.stage().layers.len() }
    }

    /// The layer that is built next.
    fn layer(&self) -> Option<&'i Layer> {
        self.image.stages.get(self.stage)?.layers.get(self.layers)
    }
}

/// What a mount from `from` has at the absolute path `at`.
fn mounted(place: &StageContext<'_>, from: &Origin, at: &str) -> PathLookup {
    match from {
        Origin::Elsewhere => PathLookup::Unknown(Reason::CopiedFromElsewhere(at.to_owned()).into()),
        Origin::Stage(stage) => {
            find(place.sources, place.image, *stage, place.image.stages[*stage].layers.len(), at, 1)
        }
        Origin::Context => {
            let inside = at.trim_start_matches('/');
            let Some(host) = place.image.context.join(inside) else { return PathLookup::Missing };
            match place.sources.kind(&host) {
                _ if place.image.ignored.excludes(inside) => PathLookup::Missing,
                EntryKind::File | EntryKind::Folder => PathLookup::Host(host),
                EntryKind::Missing => {
                    submodule(place.sources, &host).map_or(PathLookup::Missing, PathLookup::Unknown)
                }
                EntryKind::Outside | EntryKind::Special => {
                    PathLookup::Unknown(Reason::FileUnreadable(host.as_str().to_owned()).into())
                }
            }
        }
    }
}

/// Whether `ADD` unpacks a file of this name.
fn is_archive(name: &str) -> bool {
    [".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tbz2", ".tar.xz", ".txz", ".tar.zst"]
        .iter()
        .any(|e| name.ends_with(e))
}

impl ExecContext for StageContext<'_> {
    fn find(&self, path: &str) -> PathLookup {
        // The line that runs next sees what it mounts.
        for mount in self.layer().into_iter().flat_map(|l| l.mounts.binds.iter().rev()) {
            if let Some(rest) = mount.target.as_deref().and_then(|t| path::relative_to(path, t)) {
                return mounted(
                    self,
                    &mount.from,
                    &path::join(&path::join("/", &mount.source), rest),
                );
            }
        }
        find(self.sources, self.image, self.stage, self.layers, path, 0)
    }

    fn env(&self, name: &str) -> EnvAnswer {
        let stage = &self.image.stages[self.stage];
        let vars = self
            .layer()
            .filter(|l| matches!(l.kind, LayerKind::Run(..)))
            .map_or(&stage.env, |l| &*l.vars);
        match vars.get(name) {
            Some(text) => EnvAnswer::of(text.clone()),
            None => EnvAnswer::Unset,
        }
    }

    fn may_come(&self, path: &str) -> bool {
        // A mount of the line that runs next may hold anything.
        self.layer().is_some_and(|l| l.mounts.secrets || !l.mounts.binds.is_empty())
            || would_copy(self.sources, self.image, self.stage, self.layers, path, 0)
    }

    fn text(&self, path: &RelPath) -> Option<Text> {
        self.sources.read(path, Limit::Code).ok().map(|f| f.body())
    }

    fn names(&self, folder: &RelPath) -> Vec<String> {
        self.sources
            .list(folder)
            .iter()
            .filter(|(_, kind)| *kind == EntryKind::Folder)
            .map(|(name, _)| name.clone())
            .collect()
    }

    fn entries(&self, folder: &RelPath) -> Option<Vec<String>> {
        let is_folder = self.sources.kind(folder) == EntryKind::Folder;
        is_folder.then(|| self.sources.list(folder).iter().map(|(name, _)| name.clone()).collect())
    }

    fn shell(&self) -> Dialect {
        self.image.shell()
    }
}

/// What stands at `path` after the first `layers` layers of a stage.
pub(super) fn find_in(
    sources: &Sources<'_>,
    image: &Image,
    stage: usize,
    layers: usize,
    path: &str,
) -> PathLookup {
    find(sources, image, stage, layers, path, 0)
}

/// The file of the project that one `COPY` puts at `path`.
pub(super) fn layer_brings(
    sources: &Sources<'_>,
    image: &Image,
    stage: usize,
    layer: usize,
    path: &str,
) -> Option<RelPath> {
    let LayerKind::Copy { from, sources: from_paths, dest: Some(dest) } =
        &image.stages.get(stage)?.layers.get(layer)?.kind
    else {
        return None;
    };
    match copied(sources, image, from, from_paths, dest, path, 0) {
        PathLookup::Host(file) => Some(file),
        _ => None,
    }
}

fn find(
    sources: &Sources<'_>,
    image: &Image,
    stage: usize,
    layers: usize,
    path: &str,
    depth: usize,
) -> PathLookup {
    find_below(sources, image, stage, layers, path, depth, false)
}

/// The same below layers of which one copies the project to where `path` is: a `RUN` line before that makes no source of it.
fn find_below(
    sources: &Sources<'_>,
    image: &Image,
    stage: usize,
    layers: usize,
    path: &str,
    depth: usize,
    mut copied_above: bool,
) -> PathLookup {
    let Some(this) = image.stages.get(stage).filter(|_| depth < MAX_DEPTH) else {
        return PathLookup::Unknown(Reason::StagesTooDeep.into());
    };
    // What a RUN line may have put there counts only when nothing surer is found below it.
    let mut maybe = None;
    let source = is_source(path);
    for layer in this.layers.iter().take(layers).rev() {
        match &layer.kind {
            LayerKind::Copy { from, sources: from_paths, dest } => {
                let Some(dest) = dest else {
                    maybe.get_or_insert(Unknown::at(Reason::CopiedSomewhere, layer.span));
                    continue;
                };
                if layer.adds
                    && from_paths.iter().any(|s| is_archive(s))
                    && path::relative_to(path, dest.trim_end_matches('/')).is_some()
                {
                    return PathLookup::Unknown(Unknown::at(Reason::Archive, layer.span));
                }
                match copied(sources, image, from, from_paths, dest, path, depth) {
                    PathLookup::Missing => {
                        copied_above |= *from == Origin::Context
                            && path::relative_to(path, dest.trim_end_matches('/')).is_some()
                            && from_paths.iter().any(|s| is_folder(sources, image, s));
                    }
                    found => return found,
                }
            }
            LayerKind::Run(_, effects) => match effects.makes(path, source) {
                Some(true) => return PathLookup::Made(layer.span),
                Some(false) => {}
                None if copied_above && source => {}
                None => {
                    maybe.get_or_insert(Unknown::at(Reason::MadeByRun, layer.span));
                }
            },
        }
    }
    let below = match &this.base {
        Base::Stage(base) => {
            let layers = image.stages[*base].layers.len();
            find_below(sources, image, *base, layers, path, depth + 1, copied_above)
        }
        Base::External(name) if known_base(name) => PathLookup::Missing,
        Base::External(name) => {
            let reason = Reason::BaseImage(name.as_str().to_owned());
            PathLookup::Unknown(Unknown::at(reason, name.span()))
        }
        Base::Unknown(why) => PathLookup::Unknown(why.clone()),
    };
    match (below, maybe) {
        (PathLookup::Missing, Some(why)) => PathLookup::Unknown(why),
        (below, _) => below,
    }
}

/// What one `COPY` put at `path`.
fn copied(
    sources: &Sources<'_>,
    image: &Image,
    from: &Origin,
    from_paths: &[Text],
    dest: &str,
    path: &str,
    depth: usize,
) -> PathLookup {
    let folder = dest.trim_end_matches('/');
    let folder = if folder.is_empty() { "/" } else { folder };
    let Some(rest) = path::relative_to(path, folder) else { return PathLookup::Missing };
    // Several sources, or a slash at the end, make the destination a folder.
    let into = dest.ends_with('/') || from_paths.len() > 1;
    for source in from_paths {
        match from {
            // A program that is known to be one file, beside others of the folder.
            Origin::Elsewhere
                if into
                    && source.rsplit('/').next().is_some_and(|name| {
                        rest != name && facts::program_is(name, |p| p.copied)
                    }) => {}
            Origin::Elsewhere => {
                let reason = Reason::CopiedFromElsewhere(dest.to_owned());
                return PathLookup::Unknown(Unknown::at(reason, source.span()));
            }
            Origin::Stage(stage) => {
                let at = path::join("/", source);
                let layers = image.stages[*stage].layers.len();
                let name = at.rsplit('/').next().unwrap_or("");
                if into && rest.split('/').next() == Some(name) && !name.is_empty() {
                    // A file, or a folder whose name happens to be that of an item in it.
                    let found = find(sources, image, *stage, layers, &at, depth + 1);
                    if rest == name && is_file(sources, &found) {
                        return found;
                    }
                }
                match find(sources, image, *stage, layers, &path::join(&at, rest), depth + 1) {
                    PathLookup::Missing => {}
                    found => return found,
                }
            }
            Origin::Context => match from_context(sources, image, source, into, rest) {
                Some(found) => return PathLookup::Host(found),
                None => {
                    let below = image.context.join(&format!("{}/{rest}", source.as_str()));
                    let missing = below.filter(|p| sources.kind(p) == EntryKind::Missing);
                    if let Some(why) = missing.and_then(|p| submodule(sources, &p)) {
                        return PathLookup::Unknown(why);
                    }
                }
            },
        }
    }
    PathLookup::Missing
}

/// Whether a source of a `COPY` is a folder of the context.
fn is_folder(sources: &Sources<'_>, image: &Image, source: &str) -> bool {
    let at = path::join("/", source);
    image
        .context
        .join(at.trim_start_matches('/'))
        .is_some_and(|host| sources.kind(&host) == EntryKind::Folder)
}

fn is_file(sources: &Sources<'_>, found: &PathLookup) -> bool {
    match found {
        PathLookup::Host(path) => sources.kind(path) == EntryKind::File,
        _ => false,
    }
}

/// The file of the context that a `COPY` put at `rest` below its destination.
fn from_context(
    sources: &Sources<'_>,
    image: &Image,
    source: &Text,
    into: bool,
    rest: &str,
) -> Option<RelPath> {
    // A path never leaves the context: `..` at its begin leads nowhere (BuildKit).
    let clean =
        if source.contains("..") { path::join("/", source) } else { source.as_str().to_owned() };
    let source = clean.trim_start_matches('/');
    let there = |relative: &str| {
        let path = image.context.join(relative)?;
        let inside = path.relative_to(&image.context)?;
        (inside.is_empty() || !image.ignored.excludes(inside)).then_some(())?;
        match sources.kind(&path) {
            EntryKind::File | EntryKind::Folder => Some(path),
            EntryKind::Missing => None,
            // Asking for it notes it as passed over.
            EntryKind::Outside | EntryKind::Special => {
                sources.read(&path, Limit::Code).is_ok().then_some(path)
            }
        }
    };
    if source.contains(['*', '?', '[']) {
        let (folder, pattern) = source.rsplit_once('/').unwrap_or(("", source));
        let matcher = globset::Glob::new(pattern).ok()?.compile_matcher();
        // A folder that matches is copied by its content, a file by its name.
        let first = rest.split('/').next().unwrap_or("");
        if !first.is_empty() && matcher.is_match(first) && !rest.contains('/') {
            return there(format!("{folder}/{first}").trim_start_matches('/'));
        }
        return sources
            .files()
            .list(&image.context.join(folder)?)
            .into_iter()
            .filter(|(name, kind)| *kind == EntryKind::Folder && matcher.is_match(name))
            .find_map(|(name, _)| {
                there(format!("{folder}/{name}/{rest}").trim_start_matches('/'))
            });
    }
    let whole = image.context.join(source)?;
    match sources.kind(&whole) {
        EntryKind::Folder => there(&format!("{source}/{rest}")),
        EntryKind::File => {
            let name = whole.file_name();
            // `COPY requirements.txt /app` writes into /app where that is a folder, and else to a file of that name.
            if rest == name || (rest.is_empty() && !into) { there(source) } else { None }
        }
        _ => None,
    }
}

impl Image {
    /// The file of the project that one `COPY` of a stage puts at `path`.
    pub(in crate::model) fn brought(
        &self,
        sources: &Sources<'_>,
        stage: usize,
        layer: usize,
        path: &str,
    ) -> Option<RelPath> {
        layer_brings(sources, self, stage, layer, path)
    }

    /// Whether a `COPY` would bring a file that is not in the checkout to `path`.
    pub fn may_come(&self, sources: &Sources<'_>, path: &str) -> bool {
        would_copy(sources, self, self.target, self.stage().layers.len(), path, 0)
    }

    /// What stands at `path` in the finished image.
    pub fn find(&self, sources: &Sources<'_>, path: &str) -> PathLookup {
        find(sources, self, self.target, self.stage().layers.len(), path, 0)
    }
}
