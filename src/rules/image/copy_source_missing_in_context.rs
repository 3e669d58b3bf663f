//! `COPY` takes something that the build context does not hold.

use crate::finding::{Confidence, Finding, Prose, Quote, prose};
use crate::model::image::InContext;
use crate::model::stack::Stack;
use crate::rules::{Check, MAX_OF_RULE, Rule, Sink, meta};
use crate::source::{EntryKind, FileId, RelPath};

pub(super) static RULE: Rule =
    Rule { meta: &meta::COPY_SOURCE_MISSING_IN_CONTEXT, check: Check::Stack(check) };

/// Names of what is mostly made before the build, on the machine that builds.
const MADE: [&str; 16] = [
    "dist",
    "build",
    "target",
    "out",
    "node_modules",
    ".next",
    ".output",
    "wheels",
    "wheelhouse",
    "vendor",
    "bin",
    "staticfiles",
    "certs",
    "ssl",
    "tmp",
    "secrets",
];
/// Endings of what is made, downloaded or kept from others.
const MADE_FILES: [&str; 13] = [
    ".whl", ".jar", ".war", ".tar", ".gz", ".tgz", ".zip", ".pem", ".crt", ".key", ".deb", ".env",
    ".sql",
];

fn check(stack: &Stack<'_>, sink: &mut Sink) {
    for container in stack.containers.iter().filter(|c| !c.presumed) {
        let (Some(image), Some(build)) = (container.built(), &container.service.build) else {
            continue;
        };
        // One folder that is not there is one finding, however many lines take something out of it.
        let mut gone: Vec<String> = Vec::new();
        let mut reported = 0;
        let images = stack.images();
        for source in images.context_sources(image) {
            if reported == MAX_OF_RULE
                && !matches!(source.state, InContext::There | InContext::Unknown)
            {
                let of_long_list = Finding::new(
                    &meta::COPY_SOURCE_MISSING_IN_CONTEXT,
                    prose!(
                        "the image of {} does not build: more sources than the first {} are not there",
                        container,
                        MAX_OF_RULE
                    ),
                );
                sink.report(
                    of_long_list.label(source.text.span(), "from here on nothing was looked for"),
                );
                break;
            }
            let written = source.text.as_str();
            let top = written.trim_start_matches("./").trim_start_matches('/');
            let named = Quote::path(top).or_at(source.text.span());
            let message =
                prose!("the image of {} does not build: \"/{}\": not found", container, named);
            let shown = (image.context != *stack.repository().checked_folder()
                && !image.context.is_root())
            .then(|| stack.repository().display_path(&image.context));
            let context = shown
                .as_ref()
                .map_or_else(|| prose!("the build context"), |c| prose!("the build context {}", c));
            let finding = match &source.state {
                InContext::There | InContext::Unknown => continue,
                InContext::Ignored(_, pattern) => {
                    Finding::new(&meta::COPY_SOURCE_MISSING_IN_CONTEXT, message)
                        .label(source.text.span(), prose!("is left out of {}", context))
                        .label(*pattern, "this pattern leaves it out")
                        .help(prose!(
                            "take the pattern out of {}, or add a line below it:\n    !{}",
                            stack.repository().file_name(*pattern),
                            named
                        ))
                }
                InContext::Missing(path) => {
                    let absent = prose!("is not in {}", context);
                    let finding = Finding::new(&meta::COPY_SOURCE_MISSING_IN_CONTEXT, message)
                        .label(source.text.span(), absent)
                        .label(
                            build.context_text.span(),
                            "is the build context: paths are counted from there",
                        );
                    let sure = how_sure(stack, path, image.file_id());
                    let folder = missing_folder(stack, path);
                    if sure == Confidence::Low || gone.contains(&folder) {
                        continue;
                    }
                    gone.push(folder);
                    finding
                        .help(help(stack, image.dockerfile(), path, top, &image.context))
                        .sure(sure)
                }
            };
            reported += 1;
            sink.report(
                if stack.repository().has_default_name()
                    && !stack.repository().names_project_folder()
                {
                    finding
                } else {
                    finding.sure(Confidence::Medium)
                },
            );
        }
    }
}

/// The topmost folder of a path that is not there, or the path itself.
fn missing_folder(stack: &Stack<'_>, path: &RelPath) -> String {
    let mut at = path.clone();
    while !at.parent().is_root()
        && stack.repository().entry_kind(&at.parent()) == EntryKind::Missing
    {
        at = at.parent();
    }
    at.to_string()
}

/// What is ignored, or has the name of something that is made, is there on other machines.
fn how_sure(stack: &Stack<'_>, path: &RelPath, dockerfile: FileId) -> Confidence {
    let parts: Vec<&str> = path.as_str().split('/').collect();
    let name = path.file_name();
    let kept = ["key", "cert", "ssh", "secret", "token", "credential"]
        .iter()
        .any(|w| path.as_str().to_ascii_lowercase().contains(w));
    // What git keeps for itself is in a clone, and in no other copy.
    let kept = kept || parts.contains(&".git");
    let made = kept
        || parts.iter().any(|p| MADE.contains(p))
        || MADE_FILES.iter().any(|e| name.ends_with(e))
        || name.starts_with(".env");
    if made || stack.repository().is_ignored(path) || stack.repository().sample_of(path).is_some() {
        return Confidence::Low;
    }
    // A script or a CI file that names it may make it; a manual that does tells people to.
    if stack.repository().line_making(path).is_some_and(|place| place.file != dockerfile) {
        Confidence::Low
    } else {
        Confidence::High
    }
}

fn help(
    stack: &Stack<'_>,
    dockerfile: &RelPath,
    path: &RelPath,
    top: &str,
    context: &RelPath,
) -> Prose {
    let beside = dockerfile
        .parent()
        .join(top)
        .filter(|p| stack.repository().entry_kind(p) != EntryKind::Missing);
    let from_here = |p: &RelPath| p.relative_to(context).map(str::to_owned);
    if let Some(there) = beside.as_ref().and_then(from_here).filter(|t| t != top) {
        return prose!(
            "it lies beside the Dockerfile; name it from the context:\n    {}",
            Quote::path(&there)
        );
    }
    if beside.is_some() {
        return prose!(
            "it lies beside the Dockerfile, in {}; make that folder the context",
            stack.repository().display_path(&dockerfile.parent())
        );
    }
    if let Some(near) = stack.repository().similar_file(path).as_ref().and_then(from_here) {
        return prose!("there is {}; name it here", Quote::path(&near));
    }
    let named = stack.repository().find_files(context, path.file_name());
    if let [there] = named.as_slice()
        && let Some(there) = from_here(there)
    {
        return prose!("there is {}; name it here", Quote::path(&there));
    }
    let above = context
        .parent()
        .join(top)
        .filter(|p| !context.is_root() && stack.repository().entry_kind(p) != EntryKind::Missing);
    match above {
        Some(there) => prose!(
            "there is {}, outside the context: make the folder above the context, or move it",
            stack.repository().display_path(&there)
        ),
        None => {
            prose!("add {} to the project, or take it out of the instruction", Quote::path(top))
        }
    }
}
