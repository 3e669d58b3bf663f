//! Images that a Compose file only names, but that the repository itself has a Dockerfile for: the usual
//! way of a production file, whose images a CI builds and pushes. The link is a guess by names, so
//! whatever rests on it is at most of medium confidence.

use crate::model::compose::{Build, Project, Scalar, Service};
use crate::source::{EntryKind, RelPath, Sources, Text};

/// The build of another service of the project that makes the image this one only names: Compose builds it once,
/// and does not pull it (Compose specification, `image` beside `build`).
pub(in crate::model::stack) fn builder<'p>(
    project: &'p Project,
    service: &Service,
) -> Option<&'p Build> {
    let image = service
        .image
        .as_ref()
        .filter(|i| service.build.is_none() && !(i.text.is_empty() && i.vars.is_empty()))?;
    let same = |other: &&Service| other.image.as_ref().is_some_and(|o| is_same(o, image));
    project.services.iter().filter(same).find_map(|other| other.build.as_ref())
}

/// Whether two names of images are the same as they are written: of two variables that nothing sets, each may be anything.
fn is_same(one: &Scalar, other: &Scalar) -> bool {
    let names =
        |image: &Scalar| -> Vec<String> { image.vars.iter().map(|v| v.name.clone()).collect() };
    let text = one.text.as_str();
    let resolved = one.text.is_resolved() && other.text.is_resolved();
    text == other.text.as_str() && (resolved && !text.is_empty() || names(one) == names(other))
}

/// The build that a service's image seems to come from; `None` unless exactly one Dockerfile fits.
pub(in crate::model::stack) fn presumed(
    sources: &Sources<'_>,
    service: &Service,
    dockerfiles: &[RelPath],
) -> Option<Build> {
    let image = service.image.as_ref().filter(|_| service.build.is_none())?.known()?;
    let path = image
        .split('@')
        .next()?
        .rsplit_once(':')
        .filter(|(_, tag)| !tag.contains('/'))
        .map_or(image.as_str(), |(p, _)| p);
    let wanted: Vec<String> =
        words(path.rsplit('/').next()?).chain(words(service.name.as_str())).collect();
    // The image of a well-known program is that program's, whatever lies in the repository. One with a
    // registry or a user in front may be the project's own.
    let own = path.contains('/');
    let fits = |d: &RelPath| {
        let here: Vec<String> = d.parent().as_str().split('/').flat_map(words).collect();
        wanted.iter().filter(|w| here.contains(w)).count()
    };
    // Dockerfiles of front ends and proxies compete as well, so that their images are not taken for Django's.
    let best = dockerfiles.iter().map(fits).max()?;
    let mut of_best = dockerfiles.iter().filter(|d| fits(d) == best);
    let one = of_best.next().filter(|one| {
        best > 0 && own && of_best.next().is_none() && holds_manage_py(sources, &one.parent())
    })?;
    let span = image.span();
    Some(Build {
        context: Some(one.parent()),
        context_text: Text::derived(one.parent().as_str(), span),
        dockerfile: Some(Text::derived(one.file_name(), span)),
        inline: false,
        target: None,
        contexts: Vec::new(),
        args: Vec::new(),
        span,
    })
}

fn words(name: &str) -> impl Iterator<Item = String> {
    name.split(['-', '_', '.']).filter(|w| w.len() > 2).map(str::to_ascii_lowercase)
}

/// Whether a build context holds a Django project: `manage.py` at its top or one folder below.
fn holds_manage_py(sources: &Sources<'_>, folder: &RelPath) -> bool {
    let is = |f: &RelPath| f.join("manage.py").is_some_and(|m| sources.kind(&m) == EntryKind::File);
    is(folder)
        || sources
            .listed(folder)
            .into_iter()
            .filter(|(_, k)| *k == EntryKind::Folder)
            .any(|(n, _)| folder.join(&n).is_some_and(|f| is(&f)))
}

/// Whether a file of this name is a Dockerfile by its name.
pub fn is_dockerfile_name(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    lower == "dockerfile" || lower.starts_with("dockerfile.") || lower.ends_with(".dockerfile")
}
