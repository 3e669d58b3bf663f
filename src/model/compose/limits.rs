//! How much of a project is read, so that no checkout can use up the memory or the time of the machine. Each
//! limit is far above what people write, and told where it is met. The page of `limit-reached` lists them all.

use super::fault::{Fault, FaultKind};
use super::loader::in_root;
use super::node::{Entry, Kind, Node};
use super::project::Project;
use crate::source::{Limit, RelPath, Sources, Span};
use std::collections::HashSet;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// The most values of a project, those that `extends` and `include` take in counted each time.
pub(super) const MAX_VALUES: usize = 120_000;
/// The most services of a project: rules look at pairs of them.
const MAX_SERVICES: usize = 1_000;
/// The most files and documents that are laid one over the other.
pub(super) const MAX_LAYERS: usize = 100;
/// The most items of `include` that are followed, the same file counted each time.
pub(super) const MAX_INCLUDES: usize = 1_000;
/// The most text of all Compose files of a project, in bytes.
pub(super) const MAX_TEXT: usize = 8 * 1024 * 1024;
/// The most ports that the short notations of `ports` stand for.
pub(super) const MAX_PORTS: usize = 20_000;
/// The most lines of the env and label files that services get, a file counted for each service.
const MAX_ENV_LINES: usize = 100_000;
/// The most bytes of these files.
const MAX_ENV_BYTES: usize = 8 * 1024 * 1024;
/// The most faults that are noted.
pub(super) const MAX_FAULTS: usize = 5_000;
/// How often variables are put into the texts of a project and its env files.
const MAX_PUT_IN: usize = 100_000;
/// The most bytes that they put in.
const MAX_PUT_IN_BYTES: usize = 4 * 1024 * 1024;

/// What variables have put into texts so far. Shared by everything that one project interpolates.
#[derive(Debug, Default)]
pub(super) struct PutIn {
    times: AtomicUsize,
    bytes: AtomicUsize,
    told: AtomicBool,
}

impl PutIn {
    /// Takes note of one more; an error where that is too much, with a fault for the first of them.
    pub(super) fn one(&self, bytes: usize, span: Span) -> Result<(), Option<Box<Fault>>> {
        let times = self.times.fetch_add(1, Ordering::Relaxed);
        let before = self.bytes.fetch_add(bytes, Ordering::Relaxed);
        if times < MAX_PUT_IN && before.saturating_add(bytes) <= MAX_PUT_IN_BYTES {
            return Ok(());
        }
        // What is left out takes no room.
        self.bytes.fetch_sub(bytes, Ordering::Relaxed);
        if self.told.swap(true, Ordering::Relaxed) {
            return Err(None);
        }
        let message = if times < MAX_PUT_IN {
            "variables put more than 4 MiB of text into this project; no more is put in".to_owned()
        } else {
            format!("variables are put in more than {MAX_PUT_IN} times; no more are put in")
        };
        Err(Some(Box::new(Fault::new(FaultKind::Limit, span, message).label("from here on"))))
    }
}

/// How many values a tree has.
pub(super) fn values(node: &Node) -> usize {
    1 + match &node.kind {
        Kind::Map(entries) => entries.iter().map(|e| values(&e.value)).sum(),
        Kind::List(items) => items.iter().map(values).sum(),
        Kind::Null | Kind::Scalar(_) => 0,
    }
}

/// Leaves out the services beyond the limit.
pub(super) fn services(tree: &mut Node, faults: &mut Vec<Fault>) {
    let Some(Node { kind: Kind::Map(services), .. }) = tree.get_mut("services") else { return };
    if let Some(next) = services.get(MAX_SERVICES) {
        let message =
            format!("the project has more than {MAX_SERVICES} services; the rest is not read");
        faults.push(
            Fault::new(FaultKind::Limit, next.key.span(), message).label("here reading stops"),
        );
        services.truncate(MAX_SERVICES);
    }
}

/// The services whose env and label files are not read, because those before them have used up what is read; by the places
/// of their names. Reads the files, as whoever asks for the environment does.
pub(super) fn env_files(
    tree: &Node,
    sources: &Sources<'_>,
    folder: &RelPath,
    root: Option<&str>,
    faults: &mut Vec<Fault>,
) -> HashSet<Span> {
    let mut beyond = HashSet::new();
    let (mut lines, mut bytes) = (0usize, 0usize);
    for Entry { key, value } in tree.get("services").map(Node::entries).unwrap_or_default() {
        let named = |key: &str| value.get(key).map(Node::items).unwrap_or_default().iter();
        let paths = named("env_file")
            .filter_map(|i| i.get("path"))
            .chain(named("label_file"))
            .filter_map(Node::scalar);
        for path in paths.filter(|p| !p.text.contains(super::HOLE)) {
            let at = in_root(path.base.as_ref().unwrap_or(folder), path.text.as_str(), root);
            let Some(Ok(file)) = at.map(|at| sources.read(&at, Limit::Code)) else { continue };
            lines = lines.saturating_add(file.line_count());
            bytes = bytes.saturating_add(file.text.len());
            if lines <= MAX_ENV_LINES && bytes <= MAX_ENV_BYTES {
                continue;
            }
            if beyond.is_empty() {
                let message = format!(
                    "the env files of all services have more than {MAX_ENV_LINES} lines or 8 MiB, counted for each service; the rest is not read"
                );
                faults.push(
                    Fault::new(FaultKind::Limit, path.text.span(), message)
                        .label("here reading stops"),
                );
            }
            beyond.insert(key.span());
            break;
        }
    }
    beyond
}

impl Project {
    /// Whether a service's env files are not read because of a limit. `name` is the place of its name.
    pub fn leaves_out_env_files(&self, name: Span) -> bool {
        self.env_beyond.contains(&name)
    }
}
