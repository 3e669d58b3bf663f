//! Faults of a build.

use super::near::{entry_like, files_below, nearest, only};
use crate::check::behind::repair::{New, Repair};
use crate::model::image::{ImageError, InContext};
use crate::model::stack::{Problem, Stack};
use crate::source::{EntryKind, Limit, RelPath, Sources, Span, Text};
use crate::syntax::dockerfile::{Dockerfile, Kind};

/// The stage that is named like the target, or the last one under the name that is asked for.
pub(super) fn target(
    repair: Repair,
    at: Span,
    stack: &Stack<'_>,
    sources: &Sources<'_>,
) -> Option<Repair> {
    let (path, stages, target) = stack.containers.iter().find_map(|c| {
        let target = c.service.build.as_ref()?.target.as_ref().filter(|t| t.span() == at)?;
        match &c.image {
            Some(Err(ImageError::NoTarget(path, stages))) => Some((path, stages, target)),
            _ => None,
        }
    })?;
    if let Some(near) = nearest(target.as_str(), stages.iter().map(Text::as_str)) {
        return Some(repair.edit(verbatim(target)?, near));
    }
    let file = sources.read(path, Limit::Code).ok()?;
    let tree = Dockerfile::read(&file);
    let last = tree.instructions.iter().rev().find_map(|i| match &i.kind {
        Kind::From { alias, .. } => Some((i.span, alias)),
        _ => None,
    })?;
    match last {
        (_, Some(name)) => Some(repair.edit(verbatim(target)?, name.as_str())),
        (from, None) => {
            let end = Span { start: from.end, ..from };
            Some(repair.edit(end, format!(" AS {}", target.as_str())))
        }
    }
}

/// The Dockerfile of that name elsewhere, or the one that is named like it, read as if it were there.
pub(super) fn dockerfile(
    repair: Repair,
    at: Span,
    stack: &Stack<'_>,
    sources: &Sources<'_>,
) -> Option<Repair> {
    let (path, is_context, written) = stack.problems.iter().find_map(|p| match p {
        Problem::NoDockerfile { span, path, context, service, .. } if *span == at => {
            let build = stack.container(stack.named(service)?).service.build.as_ref()?;
            Some((path, *context, &build.context_text))
        }
        _ => None,
    })?;
    // Paths start from another folder than the one that is taken.
    if stack.repository().found_from_above(path).is_some() {
        return None;
    }
    if is_context {
        // The folder is named wrongly.
        let near = entry_like(sources, path)
            .filter(|folder| !files_below(sources, folder, is_dockerfile).is_empty())?;
        let relative = near.relative_to(stack.repository().project_folder())?;
        return Some(repair.edit(verbatim(written)?, format!("./{relative}")));
    }
    // That of another service is meant for it.
    let is_free = |file: &RelPath| {
        !stack.containers.iter().filter_map(|c| c.built()).any(|i| i.dockerfile() == file)
    };
    let top = stack.repository().project_folder();
    let below = |is_meant: &dyn Fn(&str) -> bool| {
        only(files_below(sources, top, is_meant).into_iter().filter(is_free).collect())
    };
    let alike = entry_like(sources, path).filter(|p| is_dockerfile(p.file_name()));
    let from = alike
        .or_else(|| below(&|name| name == path.file_name()))
        .or_else(|| below(&is_dockerfile))?;
    let context = stack.containers.iter().find_map(|c| {
        let build = c.service.build.as_ref().filter(|b| b.context_text.span() == written.span())?;
        build.context.clone()
    })?;
    // Elsewhere it may be meant for another build context: one that has all that it copies.
    if holds_sources(&context, &from, sources) {
        return copied(repair, &from, path, sources);
    }
    let other =
        [top.clone(), from.parent()].into_iter().find(|c| holds_sources(c, &from, sources))?;
    let relative = other.relative_to(top)?;
    let there = other.join(path.relative_to(&context)?)?;
    let repair = repair.edit(verbatim(written)?, if relative.is_empty() { "." } else { relative });
    match sources.kind(&there) {
        EntryKind::File => Some(repair),
        _ => copied(repair, &from, &there, sources),
    }
}

/// Whether a build context has all that a Dockerfile copies from it.
fn holds_sources(context: &RelPath, dockerfile: &RelPath, sources: &Sources<'_>) -> bool {
    let Ok(file) = sources.read(dockerfile, Limit::Code) else { return false };
    let tree = Dockerfile::read(&file);
    let copies =
        tree.instructions.iter().filter(|i| !i.flags.iter().any(|f| f.name.as_str() == "from"));
    let named = copies.flat_map(|i| match &i.kind {
        Kind::Copy { sources, .. } => sources.as_slice(),
        _ => &[],
    });
    let mut plain = named.filter(|s| !s.contains(['$', '*', '?', '[', '<', ':']));
    plain.all(|source| {
        let path = context.join(source.trim_start_matches('/'));
        path.is_some_and(|p| sources.kind(&p) != EntryKind::Missing)
    })
}

/// A file read as if it were elsewhere.
pub(super) fn copied(
    repair: Repair,
    from: &RelPath,
    to: &RelPath,
    sources: &Sources<'_>,
) -> Option<Repair> {
    let file = sources.read(from, Limit::Code).ok()?;
    let text = file.text.to_string();
    Some(repair.file(New { path: to.clone(), text, origin: Some(from.clone()) }))
}

fn is_dockerfile(name: &str) -> bool {
    crate::model::stack::repository::is_dockerfile_name(name)
}

/// What is copied: kept by `.dockerignore`, or what is named like it.
pub(super) fn copy_source(
    repair: Repair,
    at: Span,
    stack: &Stack<'_>,
    sources: &Sources<'_>,
) -> Option<Repair> {
    let (image, source) = stack.containers.iter().find_map(|c| {
        let image = c.built()?;
        Some((image, stack.images().context_source_at(image, at)?))
    })?;
    match &source.state {
        InContext::Ignored(path, pattern) => {
            let file = sources.file(pattern.file);
            let end = Span::new(file.id, file.text.len(), file.text.len());
            let kept = path.relative_to(&image.context)?;
            Some(repair.edit(end, format!("\n!{kept}\n")))
        }
        InContext::Missing(path) if stack.repository().found_from_above(path).is_none() => {
            let elsewhere = || {
                let name = path.file_name();
                let all = files_below(sources, &image.context, |n| n == name);
                let all = if all.is_empty() {
                    files_below(sources, &image.context, |n| nearest(name, [n]).is_some())
                } else {
                    all
                };
                only(all)
            };
            let meant = entry_like(sources, path).or_else(elsewhere)?;
            Some(repair.edit(verbatim(&source.text)?, meant.relative_to(&image.context)?))
        }
        _ => None,
    }
}

/// Where a text is written byte for byte and in one piece.
pub(super) fn verbatim(text: &Text) -> Option<Span> {
    match text.pieces() {
        [piece] if piece.verbatim() => Some(piece.src),
        _ => None,
    }
}
