//! The script that a container starts is not in it.

use crate::finding::Finding;
use crate::model::compose::MountKind;
use crate::model::container::Container;
use crate::model::exec_context::PathLookup;
use crate::model::process::{Called, How};
use crate::model::stack::Stack;
use crate::rules::{Check, Rule, Sink, meta};
use crate::source::EntryKind;

pub(super) static RULE: Rule =
    Rule { meta: &meta::ENTRYPOINT_HIDDEN_OR_MISSING, check: Check::Stack(check) };

fn check(stack: &Stack<'_>, sink: &mut Sink) {
    for container in &stack.containers {
        let fs = stack.storage().filesystem(container);
        for called in container.process.called.iter().filter(|c| !c.conditional) {
            if called.beside && called.how == How::Itself && !has_own_path(container) {
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
                // A mount of what is not there at all is another rule's.
                if mount.kind != MountKind::Bind
                    || !folder
                    || host.is_none_or(|h| stack.repository().is_ignored(&h))
                {
                    continue;
                }
            } else {
                let name = called.path.rsplit('/').next().unwrap_or("");
                match container.built() {
                    Some(image)
                        if !image
                            .context
                            .join(name)
                            .is_some_and(|f| stack.repository().is_ignored(&f)) => {}
                    _ => continue,
                }
            }
            let message = match (called.by_docker, called.how) {
                (true, _) => format!(
                    "{} does not start: exec: \"{}\": no such file or directory",
                    container.name(),
                    called.word.as_str()
                ),
                (_, How::Itself) => {
                    format!("{} stops: {}: not found", container.name(), called.word.as_str())
                }
                _ => format!(
                    "{} does not start: sh: can't open '{}': No such file",
                    container.name(),
                    called.word.as_str()
                ),
            };
            let mut finding = Finding::new(&meta::ENTRYPOINT_HIDDEN_OR_MISSING, message);
            let name = called.path.rsplit('/').next().unwrap_or("");
            let help = match (&mount, container.built()) {
                (Some((mount, rest)), _) => {
                    let hidden = !matches!(fs.under_mounts(&called.path), PathLookup::Missing);
                    let source = mount.source.as_ref().map_or("the folder", |s| s.as_str());
                    finding =
                        finding.label(called.word.span(), "the script that is started").label(
                            mount.span,
                            if hidden {
                                format!("hides what the image has there; {source} has no {rest}")
                            } else {
                                format!("{source} has no {rest}")
                            },
                        );
                    if hidden {
                        format!(
                            "copy the script to a folder that no mount covers, and start it there:\n    COPY {name} /usr/local/bin/{name}"
                        )
                    } else {
                        format!("put {name} into {source}, or correct the path")
                    }
                }
                (None, Some(image)) => {
                    finding = finding
                        .label(called.word.span(), format!("nothing stands at {}", called.path))
                        .label(image.stage().span, "no instruction of this image puts it there");
                    match stack.repository().find_files(&image.context, name).first() {
                        Some(there) => format!(
                            "it is at {} in the project: copy it there, or correct the path",
                            stack.repository().display_path(there)
                        ),
                        None => format!(
                            "add {name} to the project and copy it there, or correct the path"
                        ),
                    }
                }
                (None, None) => continue,
            };
            sink.report(finding.help(help));
            break;
        }
    }
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
        format!(
            "{} does not start: exec: \"{}\": executable file not found in $PATH",
            container.name(),
            called.word.as_str()
        ),
    )
    .label(
        called.word.span(),
        format!("a name without a slash is looked up in PATH only; the script is {}", called.path),
    )
    .help(format!("write its path:\n    {}", called.path))
}
