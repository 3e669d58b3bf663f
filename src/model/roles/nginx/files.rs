//! Which configuration files an nginx container reads.

use super::Container;
use crate::model::compose::MountKind;
use crate::model::image::{LayerKind, Origin};
use crate::model::path;
use crate::source::{EntryKind, Limit, Reason, RelPath, Sources, Text, Unknown};
use std::collections::BTreeMap;

/// Where nginx's configuration lies.
const FOLDER: &str = "/etc/nginx";

/// A file of the configuration.
pub(super) struct ConfigFile {
    /// The file of the project.
    pub(super) path: RelPath,
    /// Where it stands in the container.
    pub(super) at: String,
    /// Its text, variables of templates put in.
    pub(super) text: Text,
}

/// The files that make up the configuration, and why there may be more.
pub(super) fn configuration(
    sources: &Sources<'_>,
    folder: &RelPath,
    container: &Container<'_>,
) -> (Vec<ConfigFile>, Option<Unknown>) {
    let mut by_path: BTreeMap<String, RelPath> = BTreeMap::new();
    let mut unknown = None;
    if let Some(image) = container.built() {
        for stage in image.chain().iter().rev() {
            for layer in &stage.layers {
                let LayerKind::Copy { from, sources: from_paths, dest: Some(dest) } = &layer.kind
                else {
                    continue;
                };
                if path::relative_to(dest.trim_end_matches('/'), FOLDER).is_none() {
                    continue;
                }
                if *from != Origin::Context {
                    let reason = Reason::CopiedFromElsewhere(dest.clone());
                    unknown.get_or_insert(Unknown::at(reason, layer.span));
                    continue;
                }
                for source in from_paths {
                    match image.context.join(source) {
                        // Such as a file of production that is kept out of the checkout.
                        Some(host) if sources.kind(&host) == EntryKind::Missing => {
                            let reason = Reason::FileMissing(source.as_str().to_owned());
                            unknown = Some(Unknown::at(reason, source.span()));
                        }
                        Some(host) => add(sources, &host, dest, &mut by_path),
                        None => {
                            let reason = Reason::FileElsewhere(source.as_str().to_owned());
                            unknown = Some(Unknown::at(reason, source.span()));
                        }
                    }
                }
            }
        }
    }
    // Docker mounts the outer folders first, in whatever order they are written.
    let mut mounts: Vec<_> = container.service.mounts.iter().collect();
    mounts.sort_by_key(|m| m.target.trim_end_matches('/').len());
    for mount in mounts {
        let target = mount.target.as_str().trim_end_matches('/');
        if path::relative_to(target, FOLDER).is_none() {
            continue;
        }
        by_path.retain(|at, _| path::relative_to(at, target).is_none());
        match mount.host(folder).filter(|_| mount.kind == MountKind::Bind) {
            Some(host) if sources.kind(&host) != EntryKind::Missing => {
                add(sources, &host, target, &mut by_path)
            }
            _ if holds_secrets(target) => {}
            _ => {
                let source = mount.source.as_ref().map_or("a mount", |s| s.as_str());
                let reason = Reason::FileMissing(source.to_owned());
                unknown = Some(Unknown::at(reason, mount.span));
            }
        }
    }
    if by_path.is_empty()
        && unknown.is_none()
        && container.built().is_none()
        && container.image_name() != Some("nginx")
    {
        let image = container.service.image.as_ref().map(|i| i.text.span());
        unknown = Some(Unknown { reason: Reason::ImageElsewhere, place: image });
    }
    let files = by_path
        .into_iter()
        .filter(|(at, _)| read_by_nginx(at))
        .filter_map(|(at, host)| {
            let text = sources.read(&host, Limit::Config).ok()?.body();
            let text = if at.ends_with(".template") { envsubst(&text, container) } else { text };
            Some(ConfigFile { path: host, at, text })
        })
        .collect();
    (files, unknown)
}

/// A pattern in `include` fits no name that begins with a dot: nginx asks glob(3), without `GLOB_PERIOD`.
fn read_by_nginx(at: &str) -> bool {
    let name = at.rsplit('/').next().unwrap_or("");
    let kept_aside = [".example", ".sample", ".dist", ".disabled", ".off", ".bak", ".md"]
        .iter()
        .any(|e| name.ends_with(e));
    if name.starts_with('.') || kept_aside {
        return false;
    }
    // READMEs are no configuration.
    let plain =
        !name.contains('.') && name.chars().any(|c| c.is_ascii_lowercase()) && !holds_secrets(at);
    name.ends_with(".conf") || name.ends_with(".template") || at.contains("/sites-") || plain
}

/// Whether what stands there are certificates, keys or passwords, by the names of its folders.
fn holds_secrets(at: &str) -> bool {
    let inside = at.strip_prefix(FOLDER).unwrap_or(at).to_ascii_lowercase();
    !inside.ends_with(".conf")
        && ["cert", "ssl", "tls", "key", "pki", "passwd", "dhparam"]
            .iter()
            .any(|w| inside.contains(w))
}

/// Adds a file, or the files of a folder, that stand at `dest`.
fn add(sources: &Sources<'_>, host: &RelPath, dest: &str, by_path: &mut BTreeMap<String, RelPath>) {
    match sources.kind(host) {
        EntryKind::File => {
            let into = dest.ends_with('/')
                || matches!(
                    dest,
                    "/etc/nginx"
                        | "/etc/nginx/conf.d"
                        | "/etc/nginx/templates"
                        | "/etc/nginx/sites-enabled"
                        | "/etc/nginx/sites-available"
                );
            let at = if into { path::join(dest, host.file_name()) } else { path::join("/", dest) };
            by_path.insert(at, host.clone());
        }
        EntryKind::Folder => {
            for (name, kind) in sources.listed(host) {
                if let Some(inner) = host.join(&name)
                    && kind == EntryKind::File
                {
                    by_path.insert(path::join(dest, &name), inner);
                }
            }
        }
        _ => {}
    }
}

/// `${NAME}` and `$NAME` of a template, for variables the container has (the image's envsubst script
/// leaves others, such as nginx's own `$host`, alone).
fn envsubst(text: &Text, container: &Container<'_>) -> Text {
    let s = text.as_str();
    let mut out = Text::empty(text.span());
    let mut from = 0;
    for (dollar, _) in s.match_indices('$') {
        if dollar < from {
            continue;
        }
        let rest = &s[dollar + 1..];
        let (name, len) = match rest.strip_prefix('{') {
            Some(inner) => match inner.find('}') {
                Some(end) => (&inner[..end], end + 2),
                None => continue,
            },
            None => {
                let end = rest
                    .find(|c: char| c != '_' && !c.is_ascii_alphanumeric())
                    .unwrap_or(rest.len());
                (&rest[..end], end)
            }
        };
        let Some(value) = container.env(name) else { continue };
        out.push_text(&text.slice(from..dollar));
        out.push_derived(value, text.span_of(dollar..dollar + 1 + len));
        from = dollar + 1 + len;
    }
    out.push_text(&text.slice(from..s.len()));
    out
}
