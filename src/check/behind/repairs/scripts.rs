//! Faults of what a container starts.

use super::build::verbatim;
use super::cure;
use super::near::{files_below, nearest};
use crate::check::behind::repair::{New, Repair};
use crate::finding::{Change, Finding, Quote, RuleMeta, YamlEdit, YamlMap, YamlValue, prose};
use crate::model::compose::{Mount, MountKind};
use crate::model::container::Container;
use crate::model::exec_context::{ExecContext, PathLookup};
use crate::model::image::{ContextSource, Image, InContext, LayerKind, Origin};
use crate::model::path;
use crate::model::process::{How, Step, StepKind};
use crate::model::roles::django::{AppModule, DjangoService};
use crate::model::stack::Stack;
use crate::rules::meta;
use crate::source::{RelPath, Sources, Span, Text};

/// What a script that is not there may well do.
static LEFT_OPEN: [&RuleMeta; 12] = [
    &meta::DB_MIGRATE_NEVER_RUN,
    &meta::COLLECTSTATIC_NEVER_RUN,
    &meta::CELERY_BEFORE_MIGRATE,
    &meta::DEPENDS_ON_WITHOUT_HEALTH,
    &meta::MIGRATE_RACE_REPLICAS,
    &meta::ENV_VAR_NEVER_READ,
    &meta::REQUIRED_ENV_NOT_PROVIDED,
    &meta::STATIC_NO_SERVER_DEBUG_FALSE,
    &meta::STATIC_ROOT_UNSET,
    &meta::MOUNT_NEVER_USED,
    &meta::PYTHON_PACKAGE_NOT_INSTALLED,
    &meta::SCRIPT_TOOL_MISSING_IN_IMAGE,
];

/// The script that is named like it; without the mount that hides it; copied into the image; or one that hands over.
pub(super) fn script(
    repair: Repair,
    at: Span,
    stack: &Stack<'_>,
    sources: &Sources<'_>,
) -> Option<Repair> {
    let (container, called) = stack.containers.iter().find_map(|c| {
        let called = c.process.called.iter().find(|k| k.word.span() == at)?;
        Some((c, called))
    })?;
    let word = verbatim(&called.word)?;
    if called.beside && called.how == How::Itself && called.file.is_some() {
        return Some(repair.edit(word, called.path.as_str()));
    }
    let fs = stack.storage().filesystem(container);
    let name = called.path.rsplit('/').next().unwrap_or_default();
    let image = container.built();
    let folder =
        image.map_or_else(|| stack.repository().project_folder().clone(), |i| i.context.clone());
    // What is copied may bring it, once that is found.
    let missing =
        |s: &ContextSource| matches!(s.state, InContext::Missing(_) | InContext::Ignored(..));
    if image.is_some_and(|i| stack.images().context_sources(i).any(|s| missing(&s))) {
        return None;
    }
    let mut named = files_below(sources, &folder, |n| n == name);
    let alike = files_below(sources, &folder, |n| nearest(name, [n]).is_some());
    named.extend(alike);
    let elsewhere = |file: &RelPath| place_of(stack, container, file);
    if let Some(place) = named.iter().find_map(elsewhere) {
        return Some(repair.edit(word, place));
    }
    if let Some((mount, _)) = fs.mount(&called.path).filter(|(m, _)| m.kind == MountKind::Bind) {
        return cure::removal(repair, mount.span, sources);
    }
    let image = image?;
    match named.first() {
        Some(file) => copied(repair, image, file, &called.path),
        None => {
            let free = image.context.join(&format!("{}.assumed", name))?;
            let text = "#!/bin/sh\nexec \"$@\"\n".to_owned();
            let repair = copied(repair, image, &free, &called.path)?;
            let repair = repair.file(New { path: free, text, origin: None });
            Some(Repair { silences: &LEFT_OPEN, ..repair })
        }
    }
}

/// Copies a file to a path of an image.
fn copied(repair: Repair, image: &Image, file: &RelPath, to: &str) -> Option<Repair> {
    let stage = image.stage();
    let next = image.stages.get(image.target + 1).map(|s| s.span.start);
    let own = image.tree.instructions.iter().filter(|i| {
        i.span.start >= stage.span.start && next.is_none_or(|next| i.span.start < next)
    });
    let last = own.map(|i| i.span).max_by_key(|s| s.end)?;
    let from = file.relative_to(&image.context)?;
    let end = Span { start: last.end, ..last };
    Some(repair.edit(end, format!("\nCOPY --chmod=755 {from} {to}")))
}

/// Where a file of the project is in a container.
fn place_of(stack: &Stack<'_>, container: &Container<'_>, file: &RelPath) -> Option<String> {
    let fs = stack.storage().filesystem(container);
    let below = |top: &RelPath, target: &str| {
        let rest = file.relative_to(top)?;
        Some(if rest.is_empty() { target.to_owned() } else { path::join(target, rest) })
    };
    let mounted = container
        .service
        .mounts
        .iter()
        .filter_map(|m| below(&stack.storage().host_path(m)?, m.target.trim_end_matches('/')));
    let mut places: Vec<String> = mounted.collect();
    if let Some(image) = container.built() {
        for layer in image.chain().into_iter().flat_map(|s| &s.layers) {
            let LayerKind::Copy { from: Origin::Context, sources, dest: Some(dest) } = &layer.kind
            else {
                continue;
            };
            for source in sources {
                let Some(top) = image.context.join(source.trim_start_matches('/')) else {
                    continue;
                };
                places.extend(below(&top, dest.trim_end_matches('/')));
                if top == *file {
                    places.push(path::join(dest, file.file_name()));
                }
            }
        }
    }
    let own = |p: &&String| matches!(fs.find(p), PathLookup::Host(host) if host == *file);
    places.iter().find(own).cloned()
}

/// The path of `manage.py`, the folder that holds it, or no mount over it.
pub(super) fn workdir(
    repair: Repair,
    at: Span,
    stack: &Stack<'_>,
    sources: &Sources<'_>,
) -> Option<Repair> {
    let (number, container, step, word) =
        stack.containers.iter().enumerate().find_map(|(n, c)| {
            let named = c.process.steps.iter().filter_map(|s| Some((s, manage_py(s)?)));
            named
                .filter(|(_, word)| word.span() == at)
                .map(|(step, word)| (n, c, step, word))
                .next()
        })?;
    let file = path::join(step.workdir.as_deref()?, word);
    let folder = container
        .built()
        .map_or_else(|| stack.repository().project_folder().clone(), |i| i.context.clone());
    let name = word.rsplit('/').next().unwrap_or_default();
    let there = files_below(sources, &folder, |n| n == name);
    let Some(place) = there.iter().find_map(|f| place_of(stack, container, f)) else {
        let mount = covering(stack, container, &file)?;
        return cure::removal(repair, mount.span, sources);
    };
    let serves =
        |d: &DjangoService| d.container == number && matches!(d.app, Some(AppModule::Found(_)));
    if stack.roles.django.iter().any(serves) {
        // The folder is right for what else runs there.
        let words = container.process.steps.iter().filter_map(manage_py);
        let same = words.filter(|w| w.as_str() == word.as_str()).filter_map(verbatim);
        return Some(same.fold(repair, |repair, word| repair.edit(word, place.as_str())));
    }
    let home = path::parent(&place);
    let top = match word.rsplit_once('/') {
        // The word names a folder as well.
        Some((below, _)) => home.strip_suffix(below.trim_start_matches("./"))?,
        None => home,
    };
    let top = prose!("{}", Quote::path(top));
    let set = YamlEdit::Set(vec!["working_dir".to_owned()], YamlValue::text(top));
    let fault = Finding::new(repair.fault.rule, "");
    let change = Change::Yaml(YamlMap::Of(container.name_span()), set);
    cure::change(repair, &fault, change, sources)
}

/// The word of a step that names `manage.py`.
fn manage_py(step: &Step) -> Option<&Text> {
    match &step.kind {
        StepKind::Manage { manage_py, .. } => manage_py.as_ref(),
        StepKind::Server(server) => server.manage_py.as_ref(),
        _ => None,
    }
}

/// The bind mount that hides a path of a container.
pub(super) fn covering<'s>(
    stack: &'s Stack<'_>,
    container: &'s Container<'_>,
    at: &str,
) -> Option<&'s Mount> {
    let fs = stack.storage().filesystem(container);
    fs.mount(at).map(|(mount, _)| mount).filter(|m| m.kind == MountKind::Bind)
}
