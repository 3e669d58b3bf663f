//! Which release of a well-known database image a service runs: its version, its data folder, its options.

use crate::model::compose::{Mount, MountKind};
use crate::model::container::Container;
use crate::model::image::{DatabaseImage, DatabaseKind};
use crate::model::path;
use crate::source::{EntryKind, Limit, RelPath, Sources, Span, Text};
use crate::syntax::ini::Ini;

/// What the tag and the options of a database server tell, where its image is a well-known one.
#[derive(Debug)]
pub struct DatabaseRelease {
    pub image: DatabaseImage,
    /// Where the image is named: in Compose or after `FROM`.
    pub named: Text,
    /// Options that the server is given, with dashes: on the command line, and in files that are mounted.
    pub options: Vec<(String, Span)>,
}

impl DatabaseRelease {
    /// The mount that keeps what the server writes below its volume: a named volume or a folder of the host.
    pub fn kept<'c>(&self, container: &'c Container<'_>) -> Option<&'c Mount> {
        let volume = self.image.volume();
        let holds = |m: &&Mount| {
            let target = path::join("/", m.target.as_str());
            matches!(m.kind, MountKind::Volume | MountKind::Bind)
                && (path::relative_to(volume, &target).is_some()
                    || path::relative_to(&target, volume).is_some())
        };
        container.service.mounts.iter().find(holds)
    }

    /// The release that a database service runs; `None` where its image keeps its data in a way of its own. `folder` is
    /// the project folder.
    pub(in crate::model) fn of_container(
        sources: &Sources<'_>,
        folder: &RelPath,
        container: &Container<'_>,
    ) -> Option<Self> {
        let named = match (container.built(), &container.service.build) {
            (Some(image), _) => image.external_base()?,
            (None, Some(_)) => return None,
            (None, None) => container.service.image.as_ref()?.known()?,
        };
        let image = DatabaseImage::of_image(named)?;
        let options = options(sources, folder, container, image.kind);
        Some(Self { image, named: named.clone(), options })
    }
}

/// The options that a server is given.
fn options(
    sources: &Sources<'_>,
    folder: &RelPath,
    container: &Container<'_>,
    kind: DatabaseKind,
) -> Vec<(String, Span)> {
    let mut options = Vec::new();
    for word in container.service.command.iter().flat_map(|c| &c.words) {
        if let Some(name) = word.strip_prefix("--").and_then(|w| w.split('=').next()) {
            options.push((dashes(name), word.span()));
        }
    }
    if matches!(kind, DatabaseKind::Mysql | DatabaseKind::Mariadb) {
        for file in configured(sources, folder, container) {
            let Ok(file) = sources.read(&file, Limit::Config) else { continue };
            let entries = Ini::read(&file.body(), '=').entries;
            let of_server = entries.into_iter().filter(|e| {
                matches!(e.section.as_str(), "mysqld" | "server" | "mariadb" | "mariadbd")
            });
            options.extend(of_server.map(|e| (dashes(e.key.as_str()), e.key.span())));
        }
    }
    options
}

/// MySQL takes both `_` and `-` in the name of an option (MySQL manual, "Using Options on the Command Line").
fn dashes(name: &str) -> String {
    name.replace('_', "-")
}

/// The option files of MySQL that are mounted from the project.
fn configured(sources: &Sources<'_>, folder: &RelPath, container: &Container<'_>) -> Vec<RelPath> {
    let mut files = Vec::new();
    for mount in &container.service.mounts {
        let target = path::join("/", mount.target.as_str());
        let read = matches!(target.as_str(), "/etc/my.cnf" | "/etc/mysql/my.cnf")
            || path::relative_to(&target, "/etc/mysql/conf.d").is_some();
        let Some(host) = mount.host(folder).filter(|_| read) else { continue };
        match sources.kind(&host) {
            EntryKind::File => files.push(host),
            EntryKind::Folder => {
                let inside = sources.listed(&host);
                let options = inside
                    .into_iter()
                    .filter(|(name, kind)| *kind == EntryKind::File && name.ends_with(".cnf"));
                files.extend(options.filter_map(|(name, _)| host.join(&name)));
            }
            _ => {}
        }
    }
    files
}
