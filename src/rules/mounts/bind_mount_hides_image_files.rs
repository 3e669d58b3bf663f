//! A bind mount lies over what the image built.

use crate::finding::{Finding, Prose, Quote, Severity, prose};
use crate::model::compose::MountKind;
use crate::model::container::Container;
use crate::model::exec_context::{ExecContext, PathLookup};
use crate::model::image::{LayerKind, Origin};
use crate::model::path;
use crate::model::process::{Step, StepKind};
use crate::model::stack::Stack;
use crate::rules::{Check, Rule, Sink, meta};
use crate::source::{EntryKind, Span};

pub(super) static RULE: Rule =
    Rule { meta: &meta::BIND_MOUNT_HIDES_IMAGE_FILES, check: Check::Stack(check) };

fn check(stack: &Stack<'_>, sink: &mut Sink) {
    for container in &stack.containers {
        translations(stack, container, sink);
        configuration(stack, container, sink);
        let made = made(stack, container);
        for (at, span, what) in made {
            let covering = container
                .service
                .mounts
                .iter()
                .filter(|m| path::relative_to(&at, m.target.trim_end_matches('/')).is_some());
            let Some(mount) = covering.max_by_key(|m| m.target.trim_end_matches('/').len()) else {
                continue;
            };
            if !needs(container, &at) {
                continue;
            }
            // A mount on the path itself was put there for it.
            if mount.kind != MountKind::Bind || mount.target.trim_end_matches('/') == at {
                continue;
            }
            let rest = path::relative_to(&at, mount.target.trim_end_matches('/')).unwrap_or("");
            let Some(host) = stack.storage().host_path(mount).and_then(|h| h.join(rest)) else {
                continue;
            };
            if stack.repository().entry_kind(&host) != EntryKind::Missing
                || stack.repository().is_in_submodule(&host)
            {
                continue;
            }
            // The container makes it again when it starts.
            if let Some(image) = container.built()
                && container
                    .process
                    .steps
                    .iter()
                    .any(|s| product(s, image).is_some_and(|(again, _)| again == at))
            {
                continue;
            }
            let source = Prose::value_or(mount.source.as_ref(), "");
            // Another service may build it into the folder that both mount.
            let builds = |w: &&str| {
                w.split_whitespace()
                    .any(|w| ["npm", "yarn", "pnpm", "gulp", "webpack", "vite", "npx"].contains(&w))
            };
            let shared =
                stack.containers.iter().filter(|o| o.name() != container.name()).any(|o| {
                    let command = o
                        .service
                        .command
                        .iter()
                        .chain(&o.service.entrypoint)
                        .flat_map(|c| &c.words)
                        .map(|w| w.as_str());
                    command.into_iter().any(|w| builds(&w))
                        && o.service.mounts.iter().any(|m| {
                            stack.storage().host_path(m) == stack.storage().host_path(mount)
                        })
                });
            if shared {
                continue;
            }
            sink.report(
                Finding::new(
                    &meta::BIND_MOUNT_HIDES_IMAGE_FILES,
                    prose!("{} does not find {}: the mount of {} hides what the image built there", container, Quote::path(&at), source),
                )
                .label(mount.span, prose!("replaces all of {}; {} has no {}", mount.target, source, Quote::path(rest)))
                .label(span, what)
                .help(prose!("keep the image's folder visible with a volume over it:\n    volumes:\n      - {}", Quote::path(&at))),
            );
            break;
        }
    }
}

/// The configuration that the command line of a server names, in the image and below a mount that has no such file.
fn configuration(stack: &Stack<'_>, container: &Container<'_>, sink: &mut Sink) {
    let fs = stack.storage().filesystem(container);
    let steps = container.process.steps.iter();
    // One whose application is known fails for that, which is reported already.
    let servers = steps
        .filter(|s| matches!(&s.kind, StepKind::Server(v) if v.app.is_none()) && !s.conditional);
    let named = servers.flat_map(|s| s.words.iter().skip(1)).filter(|w| w.starts_with('/'));
    for path in named {
        let Some(path_text) = path.resolved() else { continue };
        let hidden =
            matches!(fs.under_mounts(path_text), PathLookup::Host(_) | PathLookup::Made(_))
                && matches!(fs.find(path_text), PathLookup::Missing);
        let mount = fs.mount(path_text).map(|(mount, _)| mount);
        let Some(mount) = mount.filter(|m| hidden && m.kind == MountKind::Bind) else { continue };
        let source = Prose::value_or(mount.source.as_ref(), "");
        sink.report(
            Finding::new(
                &meta::BIND_MOUNT_HIDES_IMAGE_FILES,
                prose!(
                    "{} does not start: the mount of {} hides {}, which its server reads",
                    container,
                    source,
                    path
                ),
            )
            .label(mount.span, prose!("replaces all of {}", mount.target))
            .label(path.span(), "is in the image, and not in the mounted folder")
            .help(prose!("mount the folder that holds the code, or remove the mount")),
        );
        return;
    }
}

/// Compiled translations that the image built below a mount of the code, whose folder has none.
fn translations(stack: &Stack<'_>, container: &Container<'_>, sink: &mut Sink) {
    let Some(image) = container.built() else { return };
    let compiles = |s: &&Step| s.manages("compilemessages");
    if container.process.unknown.is_some() || container.process.steps.iter().any(|s| compiles(&s)) {
        return;
    }
    for step in image.runs.iter().flat_map(|r| &r.process.steps).filter(compiles) {
        let Some(workdir) = step.workdir.as_deref() else { continue };
        let covering = container
            .service
            .mounts
            .iter()
            .filter(|m| path::relative_to(workdir, m.target.trim_end_matches('/')).is_some());
        let Some(mount) = covering.max_by_key(|m| m.target.trim_end_matches('/').len()) else {
            continue;
        };
        let Some(host) = stack.storage().host_path(mount).filter(|_| mount.kind == MountKind::Bind)
        else {
            continue;
        };
        let compiled = stack.repository().find_files(&host, "django.mo");
        let sources = stack.repository().find_files(&host, "django.po");
        if !compiled.is_empty() || sources.is_empty() {
            continue;
        }
        sink.report(
            Finding::new(
                &meta::BIND_MOUNT_HIDES_IMAGE_FILES,
                prose!("{} shows no translations: the mount of {} hides the .mo files that the image built", container, Prose::value_or(mount.source.as_ref(), "")),
            )
            .label(mount.span, prose!("replaces all of {}, and has no django.mo", mount.target))
            .label(step.span, "compiles the translations there")
            .at_most(Severity::Warning)
            .help(prose!("compile them when the service starts:\n    python manage.py compilemessages")),
        );
        return;
    }
}

/// Whether the start of a service needs a folder of packages: `node_modules` when it runs something of Node, a virtual
/// environment unless each program of Python in it is run by `uv run`, which makes the environment again.
fn needs(container: &Container<'_>, folder: &str) -> bool {
    let process = &container.process;
    if process.unknown.is_some() && process.steps.is_empty() {
        return true;
    }
    let name = folder.rsplit('/').next().unwrap_or("");
    if name == "node_modules" {
        // Servers and workers of Python have no use for it.
        let python = |s: &Step| !matches!(s.kind, StepKind::Other | StepKind::Wait { .. });
        let node = |s: &Step| {
            s.words.iter().any(|w| {
                let program = w.rsplit('/').next().unwrap_or("");
                matches!(program, "node" | "npm" | "npx" | "yarn" | "pnpm" | "next" | "vite" | "ng")
            })
        };
        return process.steps.iter().any(node) || !process.steps.iter().any(python);
    }
    if name == ".venv" {
        let uv = process.programs.iter().any(|p| p.word.rsplit('/').next() == Some("uv"));
        let kept = process.argv.iter().any(|w| w.contains("--no-sync"))
            || container.environment.vars.contains_key("UV_NO_SYNC");
        // Of an image that starts nothing of the project's, nothing needs it.
        let idle = process.steps.is_empty() && process.argv.is_empty() && process.unknown.is_none();
        return !idle && (!uv || kept);
    }
    true
}

/// Folders the image makes, with the instruction and what to say of it.
fn made(stack: &Stack<'_>, container: &Container<'_>) -> Vec<(String, Span, &'static str)> {
    let Some(image) = container.built() else { return Vec::new() };
    let chain: Vec<usize> = image.chain().iter().map(|s| s.index).collect();
    let mut all = Vec::new();
    for run in image.runs.iter().filter(|r| chain.contains(&r.stage)) {
        for step in &run.process.steps {
            // A package manager's own configuration may send the packages elsewhere.
            let configured = step.workdir.as_deref().is_some_and(|w| {
                [".yarnrc", ".yarnrc.yml", ".npmrc"].iter().any(|f| {
                    matches!(stack.images().find(image, &path::join(w, f)), PathLookup::Host(_))
                })
            });
            if let Some((at, what)) = product(step, image).filter(|_| !configured) {
                all.push((at, step.span, what));
            }
        }
    }
    // What a later line moves away or removes is not there to be hidden.
    let lines =
        image.runs.iter().filter(|r| chain.contains(&r.stage)).flat_map(|r| &r.process.steps);
    for step in lines.filter(|s| s.words.first().is_some_and(|w| matches!(w.as_str(), "mv" | "rm")))
    {
        let gone: Vec<String> = step.words[1..]
            .iter()
            .map(|w| path::join(step.workdir.as_deref().unwrap_or("/"), w))
            .collect();
        all.retain(|(at, span, _)| span.start >= step.span.start || !gone.contains(at));
    }
    for stage in image.chain() {
        for layer in &stage.layers {
            if let LayerKind::Copy { from: Origin::Stage(_), dest: Some(dest), .. } = &layer.kind {
                all.push((
                    dest.trim_end_matches('/').to_owned(),
                    layer.span,
                    "copied from an earlier stage",
                ));
            }
        }
    }
    all
}

fn product(step: &Step, image: &crate::model::image::Image) -> Option<(String, &'static str)> {
    let words: Vec<&str> = step.words.iter().map(|w| w.as_str()).collect();
    let workdir = step.workdir.as_deref()?;
    let on = |name: &str| {
        image.env().get(name).is_some_and(|v| matches!(v.as_str(), "1" | "true" | "True" | "yes"))
    };
    match words.as_slice() {
        ["npm", rest @ ..]
            if rest.first().is_some_and(|w| matches!(*w, "install" | "ci" | "i"))
                && !words.iter().any(|w| matches!(*w, "-g" | "--global")) =>
        {
            let named = rest.iter().skip(1).any(|w| !w.starts_with('-'));
            (!named).then(|| (path::join(workdir, "node_modules"), "installs the packages there"))
        }
        ["yarn" | "pnpm"] | ["yarn" | "pnpm", "install", ..] => {
            Some((path::join(workdir, "node_modules"), "installs the packages there"))
        }
        ["poetry", "install", ..]
            if on("POETRY_VIRTUALENVS_IN_PROJECT")
                && !image.env().contains_key("POETRY_VIRTUALENVS_PATH") =>
        {
            Some((path::join(workdir, ".venv"), "makes the environment there"))
        }
        ["uv", "sync", ..] if !image.env().contains_key("UV_PROJECT_ENVIRONMENT") => {
            Some((path::join(workdir, ".venv"), "makes the environment there"))
        }
        ["venv", rest @ ..] => rest
            .iter()
            .find(|w| !w.starts_with('-'))
            .map(|at| (path::join(workdir, at), "makes the environment there")),
        ["virtualenv", rest @ ..] => rest
            .iter()
            .find(|w| !w.starts_with('-'))
            .map(|at| (path::join(workdir, at), "makes the environment there")),
        _ => None,
    }
}
