//! Where the files of a service come from, and which mount hides what the image has.

use crate::finding::{Fact, Prose, Quote, prose};
use crate::model::compose::{Mount, MountKind};
use crate::model::container::Container;
use crate::model::exec_context::{ExecContext, PathLookup};
use crate::model::image::{Image, Layer, LayerKind};
use crate::model::path;
use crate::model::roles::django::DjangoService;
use crate::model::stack::Stack;
use crate::source::{RelPath, Span};

/// The folder it starts in, its code, and every mount with what it hides.
pub(super) fn file_facts(
    stack: &Stack<'_>,
    container: &Container<'_>,
    django: Option<&DjangoService>,
) -> Vec<Fact> {
    let mut all = Vec::new();
    let service = container.service;
    let workdir = service.working_dir.as_ref().map(|w| (w.as_str().to_owned(), w.span()));
    let of_image = || {
        let image = container.built()?;
        let stage = image.stage();
        Some((image.workdir()?.to_owned(), stage.workdir_span.unwrap_or(stage.span)))
    };
    all.extend(workdir.or_else(of_image).map(|(folder, at)| {
        Fact::words("working directory", prose!("{}", Quote::path(&folder)), at)
    }));
    if let Some(code) = django.and_then(|d| d.python_path.first()) {
        all.push(code_fact(stack, container, code));
    }
    for mount in &service.mounts {
        all.push(mount_fact(container, mount));
    }
    all
}

/// What is at the folder that the code is imported from.
fn code_fact(stack: &Stack<'_>, container: &Container<'_>, folder: &str) -> Fact {
    let subject = prose!("code {}", Quote::path(folder));
    let fs = stack.storage().filesystem(container);
    let brought = match (fs.mount(folder), container.built()) {
        (Some((mount, _)), _) => Some((mount_kind(mount), mount.span)),
        (None, Some(image)) => {
            copies(image, folder, Covers::Holds).last().map(|(_, span)| ("COPY", *span))
        }
        _ => None,
    };
    let place = brought.map_or(container.name_span(), |(_, at)| at);
    let fact = match fs.find(folder) {
        PathLookup::Host(host) => Fact::words(subject, shown(stack, &host), place),
        PathLookup::Missing => Fact::words(subject, "nothing", place),
        PathLookup::Made(span) => return Fact::words(subject, "made by the image", span),
        PathLookup::Unknown(why) => return Fact::unknown(subject, why),
    };
    match brought {
        Some((by, at)) => fact.through(by, at),
        None => fact,
    }
}

fn shown(stack: &Stack<'_>, path: &RelPath) -> Prose {
    if path.is_root() { ".".into() } else { prose!("{}", stack.repository().display_path(path)) }
}

/// What a mount brings, and the instructions of the image whose files it hides.
fn mount_fact(container: &Container<'_>, mount: &Mount) -> Fact {
    let target = mount.target.trim_end_matches('/');
    let source = mount.source.as_ref().map(Quote::path).unwrap_or_default();
    let what = match mount.kind {
        MountKind::Bind => prose!("{} (bind mount)", source),
        MountKind::Volume => prose!("{} (volume)", source),
        MountKind::Anonymous => "an anonymous volume".into(),
        MountKind::Tmpfs => "memory (tmpfs)".into(),
        MountKind::Unknown => prose!("{} (a variable decides what it is)", source),
    };
    let target_place = mount.target.span();
    let mut fact =
        Fact::words(prose!("{}", Quote::path(target).or_at(target_place)), what, mount.span);
    if let Some(why) = mount.source.as_ref().and_then(|s| s.why()) {
        fact = Fact { uncertain: Some(why), ..fact };
    }
    // A named volume takes over what the image has when it is first used.
    let hides = matches!(mount.kind, MountKind::Bind | MountKind::Tmpfs) || mount.nocopy;
    let hidden = container
        .built()
        .filter(|_| hides)
        .into_iter()
        .flat_map(|image| copies(image, target, Covers::IsBelow));
    hidden.fold(fact, |fact, (dest, span)| {
        fact.through(prose!("hides COPY to {}", Quote::path(&dest)), span)
    })
}

fn mount_kind(mount: &Mount) -> &'static str {
    match mount.kind {
        MountKind::Bind => "bind mount",
        MountKind::Volume => "volume",
        MountKind::Anonymous => "anonymous volume",
        MountKind::Tmpfs => "tmpfs",
        MountKind::Unknown => "mount",
    }
}

/// How the destination of a `COPY` and a path of the container hang together.
#[derive(Clone, Copy)]
enum Covers {
    /// The destination holds the path.
    Holds,
    /// The destination is the path, or below it.
    IsBelow,
}

/// The `COPY` instructions of the stages that the image consists of, in the order they run.
fn copies(image: &Image, at: &str, covers: Covers) -> Vec<(String, Span)> {
    let layers = image.chain().into_iter().rev().flat_map(|stage| &stage.layers);
    let dest = |layer: &Layer| match &layer.kind {
        LayerKind::Copy { dest: Some(dest), .. } => Some((dest.clone(), layer.span)),
        _ => None,
    };
    let fits = |(dest, _): &(String, Span)| {
        let dest = path::join("/", dest);
        match covers {
            Covers::Holds => path::relative_to(at, &dest).is_some(),
            Covers::IsBelow => path::relative_to(&dest, at).is_some(),
        }
    };
    layers.filter_map(dest).filter(fits).collect()
}
