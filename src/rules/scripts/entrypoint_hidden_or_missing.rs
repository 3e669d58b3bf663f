//! The script that a container starts is not in it.

use crate::finding::{Finding, Prose, Quote, Severity, prose};
use crate::model::compose::{Mount, MountKind};
use crate::model::container::Container;
use crate::model::exec_context::PathLookup;
use crate::model::process::{Called, How, Program};
use crate::model::stack::Stack;
use crate::rules::{Check, Rule, Sink, meta};
use crate::source::EntryKind;

pub(super) static RULE: Rule =
    Rule { meta: &meta::ENTRYPOINT_HIDDEN_OR_MISSING, check: Check::Stack(check) };

fn check(stack: &Stack<'_>, sink: &mut Sink) {
    for container in &stack.containers {
        let fs = stack.storage().filesystem(container);
        for called in container.process.called.iter().filter(|c| !c.conditional) {
            if called.beside
                && called.how == How::Itself
                && !has_own_path(container)
                && !read_by_uv(container, called)
            {
                sink.report(not_in_path(container, called));
                break;
            }
            if called.file.is_some() || !is_script(&called.word) {
                continue;
            }
            let mount =
                fs.mount(&called.path).map(|(mount, rest)| (mount.clone(), rest.to_owned()));
            if let Some((mount, rest)) = &mount {
                // A file that git leaves out is made on the spot.
                let host = stack.storage().host_path(mount).and_then(|h| h.join(rest));
                let folder = stack
                    .storage()
                    .host_path(mount)
                    .is_some_and(|h| stack.repository().entry_kind(&h) == EntryKind::Folder);
                // A file that is mounted and not there is another rule's; a folder that is not, Docker makes empty.
                if mount.kind != MountKind::Bind
                    || !folder && (rest.is_empty() || !is_made(stack, mount))
                    || host.is_none_or(|h| stack.repository().is_ignored(&h))
                {
                    continue;
                }
            } else {
                let name = called.path.rsplit('/').next().unwrap_or("");
                match container.built() {
                    // The build stops before, at the instruction that takes it from the context.
                    Some(image) if stack.images().failing_copy(image, &called.path).is_some() => {
                        continue;
                    }
                    Some(image)
                        if !image
                            .context
                            .join(name)
                            .is_some_and(|f| stack.repository().is_ignored(&f)) => {}
                    _ => continue,
                }
            }
            let message = match (called.by_docker, called.how) {
                (true, _) => prose!(
                    "{} does not start: exec: \"{}\": no such file or directory",
                    container,
                    called.word
                ),
                // A shell without `set -e` goes on after a command that fails; `.` ends it.
                (_, How::Itself | How::Shell) if !called.stops => {
                    prose!("{} goes on without a script: {}: not found", container, called.word)
                }
                (_, How::Itself) => {
                    prose!("{} stops: {}: not found", container, called.word)
                }
                _ => prose!(
                    "{} does not start: sh: can't open '{}': No such file",
                    container,
                    called.word
                ),
            };
            let mut finding = Finding::new(&meta::ENTRYPOINT_HIDDEN_OR_MISSING, message);
            let name = called.path.rsplit('/').next().unwrap_or("");
            let script = Quote::path(name).or_at(called.word.span());
            let help = match (&mount, container.built()) {
                (Some((mount, rest)), _) => {
                    let hidden = !matches!(fs.under_mounts(&called.path), PathLookup::Missing);
                    let source = Prose::value_or(mount.source.as_ref(), "the folder");
                    finding =
                        finding.label(called.word.span(), "the script that is started").label(
                            mount.span,
                            if is_made(stack, mount) {
                                prose!("{} is not there: Docker makes an empty folder", source)
                            } else if hidden {
                                prose!(
                                    "hides what the image has there; {} has no {}",
                                    source,
                                    Quote::path(rest)
                                )
                            } else {
                                prose!("{} has no {}", source, Quote::path(rest))
                            },
                        );
                    if hidden {
                        prose!(
                            "copy the script to a folder that no mount covers, and start it there:\n    COPY {} /usr/local/bin/{}",
                            script,
                            script
                        )
                    } else {
                        prose!("put {} into {}, or correct the path", script, source)
                    }
                }
                (None, Some(image)) => {
                    finding = finding
                        .label(
                            called.word.span(),
                            prose!("nothing stands at {}", Quote::path(&called.path)),
                        )
                        .label(image.stage().span, "no instruction of this image puts it there");
                    match stack.repository().find_files(&image.context, name).first() {
                        Some(there) => prose!(
                            "it is at {} in the project: copy it there, or correct the path",
                            stack.repository().display_path(there)
                        ),
                        None => prose!(
                            "add {} to the project and copy it there, or correct the path",
                            script
                        ),
                    }
                }
                (None, None) => continue,
            };
            if !called.stops && called.how != How::Sourced {
                sink.report(finding.help(help).at_most(Severity::Warning));
                continue;
            }
            sink.report(finding.help(help));
            break;
        }
    }
}

/// Whether `uv run x.py` may start it, which gives files of that name to Python.
fn read_by_uv(container: &Container<'_>, called: &Called) -> bool {
    let uv = |p: &Program| p.word.rsplit('/').next() == Some("uv");
    called.word.ends_with(".py") && container.process.programs.iter().any(uv)
}

/// Whether Docker makes the source of a mount, because the project has no such folder and should have.
fn is_made(stack: &Stack<'_>, mount: &Mount) -> bool {
    let host = stack.storage().host_path(mount);
    mount.makes_host_path
        && host.is_some_and(|h| {
            stack.repository().entry_kind(&h) == EntryKind::Missing
                && !stack.repository().is_ignored(&h)
        })
}

/// Whether a word names a script rather than something that a build may make.
fn is_script(word: &str) -> bool {
    let name = word.rsplit('/').next().unwrap_or("");
    name.ends_with(".sh")
        || name.ends_with(".bash")
        || name.contains("entrypoint") && !name.contains('.')
}

fn has_own_path(container: &Container<'_>) -> bool {
    container.environment.vars.contains_key("PATH")
        || container.environment.open.is_some()
        || container.built().is_none_or(|i| !i.starts_bare())
}

fn not_in_path(container: &Container<'_>, called: &Called) -> Finding {
    Finding::new(
        &meta::ENTRYPOINT_HIDDEN_OR_MISSING,
        prose!(
            "{} does not start: exec: \"{}\": executable file not found in $PATH",
            container,
            called.word
        ),
    )
    .label(
        called.word.span(),
        prose!(
            "a name without a slash is looked up in PATH only; the script is {}",
            Quote::path(&called.path)
        ),
    )
    .help(prose!("write its path:\n    {}", Quote::path(&called.path)))
}
