//! Whether what `COPY` and `ADD` take is in the build context. BuildKit counts each source from the context's top:
//! `../x` and `/x` both mean `x` there. A pattern that fits nothing is no error to it.

use super::{Image, LayerKind, Origin};
use crate::finding::prose;
use crate::model::path;
use crate::model::search_limit::SearchLimit;
use crate::model::submodules::submodule;
use crate::source::{EntryKind, RelPath, Sources, Span, Text};

/// The most entries of a folder that are looked through for one that is kept.
const MAX_ENTRIES: usize = 20_000;
/// What makes a source a pattern, or leaves it open.
const OPEN: [char; 5] = ['*', '?', '[', '$', '\\'];

/// What an instruction takes from the context.
#[derive(Debug, Clone)]
pub struct ContextSource {
    /// The path as written.
    pub text: Text,
    pub instruction: Span,
    /// Whether it is there.
    pub state: InContext,
}

/// Whether something is in the context.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum InContext {
    There,
    /// It is not in the checkout: where it would be.
    Missing(RelPath),
    /// It is, but `.dockerignore` leaves it out: the file, and the pattern that does.
    Ignored(RelPath, Span),
    /// It cannot be told.
    Unknown,
}

impl Image {
    /// What the stages that are built take from the context, in the order of the file. Each is looked for when it is
    /// asked for: one line may name thousands.
    pub fn context_sources<'a>(
        &'a self,
        sources: &'a Sources<'_>,
    ) -> impl Iterator<Item = ContextSource> + 'a {
        self.context_texts().into_iter().map(|(text, instruction)| ContextSource {
            text: text.clone(),
            instruction,
            state: self.in_context(sources, text),
        })
    }

    /// The one of these that is written at a place.
    pub fn context_source_at(&self, sources: &Sources<'_>, at: Span) -> Option<ContextSource> {
        let (text, instruction) =
            self.context_texts().into_iter().find(|(text, _)| text.span() == at)?;
        let state = self.in_context(sources, text);
        Some(ContextSource { text: text.clone(), instruction, state })
    }

    fn context_texts(&self) -> Vec<(&Text, Span)> {
        let mut all = Vec::new();
        for layer in self.contributing().into_iter().flat_map(|s| &s.layers) {
            match &layer.kind {
                LayerKind::Copy { from: Origin::Context, sources: from, .. } => {
                    all.extend(from.iter().map(|text| (text, layer.span)));
                }
                LayerKind::Copy { .. } => {}
                LayerKind::Run(..) => {
                    let binds = layer.mounts.binds.iter().filter(|b| b.from == Origin::Context);
                    all.extend(binds.map(|b| (&b.source, layer.span)));
                }
            }
        }
        all.sort_by_key(|(text, _)| (text.span().file, text.span().start));
        all
    }

    /// The instruction that would put a path into the image, if the context had what it takes.
    pub fn failing_copy(&self, sources: &Sources<'_>, path: &str) -> Option<Span> {
        let layers = self.contributing().into_iter().flat_map(|s| &s.layers);
        layers
            .filter(|layer| match &layer.kind {
                LayerKind::Copy { from: Origin::Context, sources: from, dest: Some(dest) } => {
                    let rest = path.strip_prefix(dest.trim_end_matches('/'));
                    rest.is_some_and(|r| r.is_empty() || r.starts_with('/'))
                        && from.iter().any(|source| {
                            matches!(
                                self.in_context(sources, source),
                                InContext::Missing(_) | InContext::Ignored(..)
                            )
                        })
                }
                _ => false,
            })
            .map(|layer| layer.span)
            .next()
    }

    fn in_context(&self, sources: &Sources<'_>, source: &str) -> InContext {
        let absolute = path::join("/", source);
        let inside = absolute.trim_start_matches('/');
        if source.contains(OPEN) {
            return InContext::Unknown;
        }
        if inside.is_empty() {
            return InContext::There;
        }
        let Some(path) = self.context.join(inside) else { return InContext::Unknown };
        let kind = sources.kind(&path);
        match (kind, self.ignored.why(inside)) {
            (EntryKind::Outside | EntryKind::Special, _) => InContext::Unknown,
            (EntryKind::Missing, _) if submodule(sources, &path).is_some() => InContext::Unknown,
            (EntryKind::Missing, _) if self.closed(sources, &path) => InContext::Missing(path),
            (EntryKind::Missing, _) => InContext::Unknown,
            (EntryKind::Folder, Some(_)) if self.keeps_some(sources, inside) => InContext::There,
            (_, Some(pattern)) => InContext::Ignored(path, pattern),
            (_, None) => InContext::There,
        }
    }

    /// Whether the folders above a path are folders of the checkout: an empty one may be a submodule that is not
    /// checked out, and a link may lead anywhere.
    fn closed(&self, sources: &Sources<'_>, path: &RelPath) -> bool {
        let mut folder = path.parent();
        while folder != self.context && !folder.is_root() {
            match sources.kind(&folder) {
                EntryKind::Folder => return !sources.listed(&folder).is_empty(),
                EntryKind::Missing => folder = folder.parent(),
                _ => return false,
            }
        }
        sources.kind(&folder) == EntryKind::Folder
    }

    /// Whether something below a folder that is left out is kept all the same (`!` in `.dockerignore`).
    fn keeps_some(&self, sources: &Sources<'_>, inside: &str) -> bool {
        let Some(exception) = self.ignored.first_exception() else { return false };
        let mut open = vec![inside.to_owned()];
        let mut left = MAX_ENTRIES;
        while let Some(folder) = open.pop() {
            let Some(path) = self.context.join(&folder) else { continue };
            for (name, kind) in sources.listed(&path) {
                // Too many to tell: taken as kept.
                if left == 0 {
                    let message = prose!(
                        "more than {} files are left out where this may keep some; it is not known which",
                        MAX_ENTRIES
                    );
                    SearchLimit::note(exception, message);
                    return true;
                }
                left -= 1;
                let at = format!("{folder}/{name}");
                match kind {
                    EntryKind::Folder => open.push(at),
                    _ if !self.ignored.excludes(&at) => return true,
                    _ => {}
                }
            }
        }
        false
    }
}
