//! Images of small projects: what is in them, what they install and what they run.
#![allow(clippy::unwrap_used, reason = "a test that fails may panic")]

mod given;
mod installed;
mod kept;
mod staged;

use super::*;
use crate::model::compose::load;
use crate::model::exec_context::PathLookup;
use crate::source::MemoryFiles;

fn world(files: &[(&str, &str)]) -> &'static Sources<'static> {
    let mut memory = MemoryFiles::new();
    for (path, text) in files {
        memory.add(path, *text);
    }
    let memory: &'static MemoryFiles = Box::leak(Box::new(memory));
    Box::leak(Box::new(Sources::new(memory)))
}

/// The image of the only service of `compose.yml`, whose `build` is `build`.
fn built(
    build: &str,
    files: &[(&str, &str)],
) -> (&'static Sources<'static>, Result<Image, ImageError>) {
    let compose = format!("services:\n  w:\n    build: {build}\n");
    let files: Vec<(&str, &str)> =
        files.iter().copied().chain([("compose.yml", compose.as_str())]).collect();
    let sources = world(&files);
    let project = load(sources, &RelPath::root(), &[RelPath::new("compose.yml").unwrap()]);
    (sources, Image::of_build(sources, project.services[0].build.as_ref().unwrap()))
}

/// The image of a Dockerfile beside `files`, built from the root.
fn image(dockerfile: &str, files: &[(&str, &str)]) -> (&'static Sources<'static>, Image) {
    let files: Vec<(&str, &str)> =
        files.iter().copied().chain([("Dockerfile", dockerfile)]).collect();
    let (sources, image) = built(".", &files);
    (sources, image.unwrap())
}

/// What stands at a path: the project's file, `made`, `-` for nothing, `?` for not known.
fn kind_at(sources: &Sources<'_>, image: &Image, path: &str) -> String {
    match image.find(sources, path) {
        PathLookup::Host(file) => file.as_str().to_owned(),
        PathLookup::Made(_) => "made".into(),
        PathLookup::Missing => "-".into(),
        PathLookup::Unknown(_) => "?".into(),
    }
}

fn command(command: Option<&Command>) -> String {
    match command {
        None => "-".into(),
        Some(Command::Shell(text)) => format!("sh: {text}"),
        Some(Command::Exec(words)) => {
            words.iter().map(|w| w.as_str()).collect::<Vec<_>>().join(" ")
        }
    }
}
