//! Env files with real secrets that a `COPY` takes into an image (Docker docs, "Build context": what
//! `.dockerignore` does not name is in it).

use super::{EnvSecrets, Environments};
use crate::model::image::{Image, LayerKind, Origin};
use crate::source::{EntryKind, RelPath, Span};
use globset::Glob;

/// An env file inside an image.
#[derive(Debug)]
pub struct DotenvInImage {
    /// The file and what is secret in it.
    pub file: EnvSecrets,
    /// The services whose image it is in, by the numbers of their containers.
    pub containers: Vec<usize>,
    /// The `COPY` that takes it.
    pub copy: Span,
    /// Whether the `COPY` names it by itself.
    pub named: bool,
    /// The file that would keep it out: a `.dockerignore`, which may not be there.
    pub ignore: RelPath,
    /// Its path in the build context.
    pub within: String,
    /// Whether every such service also gets it through `env_file`, so that nothing is lost without the copy.
    pub given: bool,
}

impl Environments<'_> {
    /// The env files with secrets that are in images built here.
    pub fn dotenv_in_images(&self) -> Vec<DotenvInImage> {
        let mut all: Vec<DotenvInImage> = Vec::new();
        let files = self.env_secrets();
        for (index, container) in
            self.stack.containers.iter().enumerate().filter(|_| !files.is_empty())
        {
            let Some(image) = container.built() else { continue };
            for file in &files {
                let Some((copy, named)) = copied(image, &file.path) else { continue };
                let given = container.environment.files.contains(&file.path);
                if let Some(known) =
                    all.iter_mut().find(|d| d.copy == copy && d.file.path == file.path)
                {
                    known.containers.push(index);
                    known.given &= given;
                    continue;
                }
                let (Some(within), Some(ignore)) =
                    (file.path.relative_to(&image.context), self.ignore_file(image))
                else {
                    continue;
                };
                let file = file.clone();
                all.push(DotenvInImage {
                    within: within.to_owned(),
                    file,
                    containers: vec![index],
                    copy,
                    named,
                    ignore,
                    given,
                });
            }
        }
        all
    }

    /// `<Dockerfile>.dockerignore`, where it is there, or `.dockerignore` of the context.
    fn ignore_file(&self, image: &Image) -> Option<RelPath> {
        let beside = RelPath::new(&format!("{}.dockerignore", image.file.path.as_str()));
        beside
            .filter(|p| self.stack.sources.kind(p) == EntryKind::File)
            .or_else(|| image.context.join(".dockerignore"))
    }
}

/// The `COPY` of the image's own stages that takes a file of the context, and whether it names it.
fn copied(image: &Image, file: &RelPath) -> Option<(Span, bool)> {
    let within = file.relative_to(&image.context).filter(|w| !w.is_empty())?;
    if image.ignored.excludes(within) {
        return None;
    }
    for layer in image.chain().iter().flat_map(|s| &s.layers) {
        let LayerKind::Copy { from: Origin::Context, sources, .. } = &layer.kind else { continue };
        for source in sources {
            let Some(path) = RelPath::new(source.trim_start_matches('/')) else { continue };
            if path.as_str() == within {
                return Some((layer.span, true));
            }
            let glob = || {
                source.contains(['*', '?', '['])
                    && Glob::new(path.as_str()).is_ok_and(|g| g.compile_matcher().is_match(within))
            };
            if RelPath::new(within).is_some_and(|w| w.relative_to(&path).is_some()) || glob() {
                return Some((layer.span, false));
            }
        }
    }
    None
}
