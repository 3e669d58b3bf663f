//! Which Compose files of a folder are brought up together.

use crate::facts::{FileKind, file_names, is_named};
use crate::model::compose::values::dotenv::DotEnv;
use crate::source::{Limit, RelPath, Sources};
use crate::syntax::yaml::{NodeKind, Yaml};
use regex::Regex;
use std::sync::LazyLock;

/// The files of one stack, in merge order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StackFiles {
    /// At least one.
    pub files: Vec<RelPath>,
}

/// `-f a.yml -f b.yml` on one line of a Makefile, script, CI file or README.
static DASH_F: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r#"(?:-f|--file)[ =]["']?([\w./-]+\.ya?ml)"#).ok());

/// Whether a file of this name may be a Compose file.
pub fn is_compose_name(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    let Some(stem) = lower.strip_suffix(".yaml").or_else(|| lower.strip_suffix(".yml")) else {
        return false;
    };
    stem.split(['.', '-', '_']).any(|part| part == "compose")
        || is_named(stem, FileKind::ComposeStem)
}

/// Whether Compose looks for a file of this name by itself.
pub fn is_default_name(name: &str) -> bool {
    is_named(name, FileKind::Compose)
}

/// Groups the candidates of one folder into stacks. A candidate that is no Compose file (no
/// `services`) is left out, unless its name is one of Compose's own.
pub fn stacks(
    sources: &Sources<'_>,
    folder: &RelPath,
    candidates: &[RelPath],
    docs: &[RelPath],
) -> Vec<StackFiles> {
    let shapes: Vec<(RelPath, Shape)> =
        candidates.iter().filter_map(|p| shape(sources, p).map(|s| (p.clone(), s))).collect();
    let named =
        |name: &str| shapes.iter().find(|(p, _)| p.file_name() == name).map(|(p, _)| p.clone());
    let base = file_names(FileKind::Compose).iter().find_map(|n| named(n));
    let over = file_names(FileKind::Override).iter().find_map(|n| named(n));
    let mut stacks = Vec::new();
    match (set_in_env(sources, folder), &base) {
        // `COMPOSE_FILE` in `.env` says what a plain `docker compose up` takes.
        (Some(files), _) if files.iter().all(|f| sources.read(f, Limit::Config).is_ok()) => {
            stacks.push(StackFiles { files })
        }
        (_, Some(base)) => stacks.push(StackFiles {
            files: std::iter::once(base.clone()).chain(over.clone()).collect(),
        }),
        _ => {}
    }
    let known = |files: &[RelPath]| files.iter().all(|f| shapes.iter().any(|(p, _)| p == f));
    for files in combinations(sources, folder, docs) {
        let stack = StackFiles { files };
        if stack.files.len() > 1 && known(&stack.files) && !stacks.contains(&stack) {
            stacks.push(stack);
        }
    }
    for (path, shape) in &shapes {
        if stacks.iter().any(|s| s.files.contains(path))
            || is_named(path.file_name(), FileKind::Override) && base.is_some()
        {
            continue;
        }
        let other_default = is_named(path.file_name(), FileKind::Compose);
        match (&base, shape) {
            // Compose would never read it beside the better-named one.
            (Some(_), _) if other_default => {}
            // Its services have no image of their own: it is meant to lie over the default file.
            (Some(base), Shape::Partial) => {
                let below = shapes
                    .iter()
                    .filter(|(p, s)| matches!(s, Shape::Whole) && extends_name(p, path))
                    .max_by_key(|(p, _)| p.as_str().len());
                let below = below.map_or(base, |(p, _)| p);
                stacks.push(StackFiles { files: vec![below.clone(), path.clone()] });
            }
            // A part of something else, whose rest is not known.
            (None, Shape::Partial) => {}
            (None, _) if is_override(path) => {}
            (Some(base), _) if is_override(path) => {
                stacks.push(StackFiles { files: vec![base.clone(), path.clone()] })
            }
            _ => stacks.push(StackFiles { files: vec![path.clone()] }),
        }
    }
    stacks
}

/// The files that `COMPOSE_FILE` in a folder's `.env` names (Compose CLI reference, "Pre-defined environment variables").
fn set_in_env(sources: &Sources<'_>, folder: &RelPath) -> Option<Vec<RelPath>> {
    let env = DotEnv::of_folder(sources, folder);
    let separator = env
        .get("COMPOSE_PATH_SEPARATOR")
        .map(|(s, _)| s.as_str().to_owned())
        .filter(|s| !s.is_empty())
        .unwrap_or_else(|| ":".into());
    let (list, _) = env.get("COMPOSE_FILE").filter(|(list, _)| !list.is_empty())?;
    list.split(separator.as_str()).map(|file| folder.join(file)).collect()
}

/// Whether a file's name says that it is laid over another one.
fn is_override(path: &RelPath) -> bool {
    path.file_name()
        .to_ascii_lowercase()
        .split(['.', '-', '_'])
        .any(|part| part == "override" || part == "overrides")
}

/// Whether `path` is named after `base`: `docker-compose.prod.local.yml` after `docker-compose.prod.yml`.
fn extends_name(base: &RelPath, path: &RelPath) -> bool {
    let stem = |p: &RelPath| {
        p.file_name().rsplit_once('.').map_or_else(String::new, |(s, _)| s.to_owned())
    };
    stem(path).strip_prefix(&stem(base)).is_some_and(|rest| rest.starts_with(['.', '-', '_']))
}

enum Shape {
    /// Every service has an image, a build or an `extends`: it can stand alone.
    Whole,
    /// Some service has neither.
    Partial,
}

fn shape(sources: &Sources<'_>, path: &RelPath) -> Option<Shape> {
    let own_name = is_named(path.file_name(), FileKind::Compose)
        || is_named(path.file_name(), FileKind::Override);
    // A file that cannot be read is noted as passed over; it must not stand in the way of one that can.
    let file = sources.read(path, Limit::Config).ok()?;
    if !own_name && !file.text.contains("services") && !file.text.contains("include") {
        return None;
    }
    let yaml = Yaml::read(&file);
    let services = yaml.root.and_then(|root| child(&yaml, root, "services"));
    let Some(services) = services else {
        let include = yaml.root.and_then(|root| child(&yaml, root, "include")).is_some();
        return (own_name || include).then_some(Shape::Whole);
    };
    let NodeKind::Mapping(pairs) = &yaml.node(yaml.resolve(services)?).kind else {
        return own_name.then_some(Shape::Whole);
    };
    // A GitLab or GitHub workflow has `services` as well, but its items are no services of Compose.
    let looks = pairs.iter().any(|(_, v)| {
        ["image", "build", "command", "environment", "ports", "volumes", "extends", "env_file"]
            .iter()
            .any(|k| child(&yaml, *v, k).is_some())
    });
    if !looks && !own_name {
        return None;
    }
    // A `build` that names neither a context nor a Dockerfile only adds to one that does.
    let builds = |v| {
        let Some(build) = child(&yaml, v, "build") else { return false };
        let mapping =
            matches!(yaml.resolve(build).map(|b| &yaml.node(b).kind), Some(NodeKind::Mapping(_)));
        !mapping
            || ["context", "dockerfile", "dockerfile_inline"]
                .iter()
                .any(|k| child(&yaml, build, k).is_some())
    };
    let whole = pairs.iter().all(|(_, v)| {
        builds(*v) || ["image", "extends", "<<"].iter().any(|k| child(&yaml, *v, k).is_some())
    });
    Some(if whole { Shape::Whole } else { Shape::Partial })
}

fn child(
    yaml: &Yaml,
    id: crate::syntax::yaml::NodeId,
    key: &str,
) -> Option<crate::syntax::yaml::NodeId> {
    let NodeKind::Mapping(pairs) = &yaml.node(yaml.resolve(id)?).kind else { return None };
    pairs
        .iter()
        .find(|(k, _)| matches!(&yaml.node(*k).kind, NodeKind::Scalar(t, _) if t.as_str() == key))
        .map(|(_, v)| *v)
}

/// Combinations of files that the project's own texts use.
fn combinations(sources: &Sources<'_>, folder: &RelPath, docs: &[RelPath]) -> Vec<Vec<RelPath>> {
    let mut all = Vec::new();
    for doc in docs {
        let Ok(file) = sources.read(doc, Limit::Code) else { continue };
        for line in file
            .text
            .lines()
            .filter(|l| l.contains("compose") && (l.contains("-f") || l.contains("--file")))
        {
            // Compiled only where a line may match: it takes longer than reading a small project.
            let Some(pattern) = DASH_F.as_ref() else { return all };
            let files: Vec<RelPath> =
                pattern.captures_iter(line).filter_map(|c| folder.join(&c[1])).collect();
            if files.len() > 1 && !all.contains(&files) {
                all.push(files);
            }
        }
    }
    all
}
