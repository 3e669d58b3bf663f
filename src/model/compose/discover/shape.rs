//! What a file is by what it holds: a Compose file that may stand alone, one that lies over another, or none.

use crate::facts::{FileKind, is_named};
use crate::model::sample::{is_sample, words};
use crate::source::{Limit, RelPath, SourceFile, Sources, Span};
use crate::syntax::yaml::{NodeId, NodeKind, Yaml};
use std::sync::Arc;

/// Keys of Compose at the top of a file (Compose specification).
const TOP: [&str; 9] = [
    "version", "name", "services", "networks", "volumes", "configs", "secrets", "include", "models",
];
/// Keys of a service by which a file is told to be one of Compose.
const OF_SERVICES: [&str; 8] =
    ["image", "build", "command", "environment", "ports", "volumes", "extends", "env_file"];
/// Keys of a service that say how its image is made, and nothing of how it runs.
const OF_BUILDS: [&str; 7] =
    ["image", "build", "platform", "pull_policy", "depends_on", "profiles", "extends"];

/// Words in the name of a folder with files that only tests use.
const TESTS: [&str; 8] =
    ["test", "tests", "testing", "testdata", "fixtures", "mocks", "e2e", "cassettes"];

/// What a Compose file can be used as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// Every service has an image, a build or an `extends`: it can stand alone.
    Whole,
    /// Some service has neither.
    Partial,
}

/// Whether a file of this name may be a Compose file.
pub fn is_compose_name(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    let Some(stem) = stem(&lower) else { return false };
    stem.split(['.', '-', '_']).any(|part| part == "compose")
        || is_named(stem, FileKind::ComposeStem)
}

/// Whether a file is YAML by its name, so that it may be a Compose file by what it holds.
pub fn is_yaml_name(name: &str) -> bool {
    stem(&name.to_ascii_lowercase()).is_some()
}

fn stem(lower: &str) -> Option<&str> {
    lower.strip_suffix(".yaml").or_else(|| lower.strip_suffix(".yml"))
}

/// Whether Compose looks for a file of this name by itself.
pub fn is_default_name(name: &str) -> bool {
    is_named(name, FileKind::Compose)
}

/// Whether a file whose name does not say so is one of Compose all the same: it has services with an image or a build, and
/// no key at its top that Compose does not know. A sample, and what lies among tests, is none that is brought up.
pub fn is_compose_content(sources: &Sources<'_>, path: &RelPath) -> bool {
    let parent = path.parent();
    let mut folders = parent.as_str().split('/').flat_map(words);
    if is_sample(path.file_name()) || folders.any(|w| TESTS.contains(&w.as_str())) {
        return false;
    }
    let Ok(file) = sources.read(path, Limit::Config) else { return false };
    let starts = |key: &str| file.text.lines().any(|l| l.starts_with(key));
    if !starts("services:") {
        return false;
    }
    let yaml = Yaml::shared(sources, &file);
    let Some(root) = yaml.root else { return false };
    let top = |id: NodeId| {
        let key = yaml.scalar(id).map(|(k, _)| k.as_str());
        key.is_some_and(|k| TOP.contains(&k) || k.starts_with("x-"))
    };
    let services = yaml.entry(root, "services").map_or(&[][..], |e| yaml.pairs(e.value));
    let runs = |id: NodeId| {
        ["image", "build"].iter().any(|k| yaml.entry(id, k).is_some()) && !is_placeholder(&yaml, id)
    };
    yaml.errors.is_empty()
        && yaml.pairs(root).iter().all(|(key, _)| top(*key))
        && !services.is_empty()
        && services.iter().all(|(_, s)| matches!(yaml.kind(*s), Some(NodeKind::Mapping(_))))
        && services.iter().any(|(_, s)| runs(*s))
}

/// Whether one reference stands for the image and for another value of a service: no value fits both, so that it is a sample
/// or the data of a test.
fn is_placeholder(yaml: &Yaml, service: NodeId) -> bool {
    let reference = |id: NodeId| {
        let text = yaml.scalar(id)?.0.as_str();
        (text.starts_with("${") && text.ends_with('}')).then_some(text)
    };
    let image = yaml.entry(service, "image").and_then(|e| reference(e.value));
    image.is_some()
        && yaml.pairs(service).iter().filter(|(_, value)| reference(*value) == image).count() > 1
}

/// What a file can be used as; `None` for one that is none of Compose (no `services`), unless its name is one of Compose's
/// own, and for a workflow. `handed` tells that a text hands it to Compose.
pub(super) fn shape(sources: &Sources<'_>, path: &RelPath, handed: bool) -> Option<Shape> {
    let own_name = is_named(path.file_name(), FileKind::Compose)
        || is_named(path.file_name(), FileKind::Override);
    // A file that cannot be read is noted as passed over; it must not stand in the way of one that can.
    let file = sources.read(path, Limit::Config).ok()?;
    if !own_name && !handed && !file.text.contains("services") && !file.text.contains("include") {
        return None;
    }
    let yaml = Yaml::shared(sources, &file);
    let has = |key: &str| yaml.root.is_some_and(|root| yaml.entry(root, key).is_some());
    // A workflow of GitHub has services in its jobs.
    if has("jobs") && (has("on") || has("true")) {
        return None;
    }
    let Some(services) = yaml.root.and_then(|root| yaml.entry(root, "services")) else {
        let shape = if handed && !own_name { Shape::Partial } else { Shape::Whole };
        return (own_name || handed || has("include")).then_some(shape);
    };
    let Some(NodeKind::Mapping(pairs)) = yaml.kind(services.value) else {
        return own_name.then_some(Shape::Whole);
    };
    // Another program's services are none of Compose.
    let looks = pairs.iter().any(|(_, v)| OF_SERVICES.iter().any(|k| yaml.entry(*v, k).is_some()));
    let named = path.file_name().to_ascii_lowercase().contains("compose");
    if !looks && !own_name && !named && !handed {
        return None;
    }
    // A `build` that names neither a context nor a Dockerfile only adds to one that does.
    let builds = |v| {
        let Some(build) = yaml.entry(v, "build") else { return false };
        !matches!(yaml.kind(build.value), Some(NodeKind::Mapping(_)))
            || ["context", "dockerfile", "dockerfile_inline"]
                .iter()
                .any(|k| yaml.entry(build.value, k).is_some())
    };
    let whole = pairs.iter().all(|(_, v)| {
        builds(*v) || ["image", "extends", "<<"].iter().any(|k| yaml.entry(*v, k).is_some())
    });
    Some(if whole { Shape::Whole } else { Shape::Partial })
}

/// Whether the services of a file say how their images are made, and nothing of how they run.
pub(super) fn only_builds(sources: &Sources<'_>, path: &RelPath) -> bool {
    let Ok(file) = sources.read(path, Limit::Config) else { return false };
    let yaml = Yaml::shared(sources, &file);
    let services = yaml.root.and_then(|root| yaml.entry(root, "services"));
    let services = services.map_or(&[][..], |e| yaml.pairs(e.value));
    services.iter().all(|(_, s)| {
        let known =
            |key: NodeId| yaml.scalar(key).is_some_and(|(k, _)| OF_BUILDS.contains(&k.as_str()));
        yaml.entry(*s, "build").is_some() && yaml.pairs(*s).iter().all(|(k, _)| known(*k))
    })
}

/// Where a Compose file has the key `name` in a top-level section; a service must have something to run, too.
pub fn entry_in_file(
    sources: &Sources<'_>,
    file: &Arc<SourceFile>,
    section: &str,
    name: &str,
) -> Option<Span> {
    if !file.text.contains(name) || !file.text.contains(section) {
        return None;
    }
    let yaml = Yaml::shared(sources, file);
    let section_node = yaml.entry(yaml.root?, section)?.value;
    let (key, value) = yaml
        .pairs(section_node)
        .iter()
        .find(|(k, _)| yaml.scalar(*k).is_some_and(|(text, _)| text.as_str() == name))?;
    let runs = ["image", "build", "extends", "<<"].iter().any(|k| yaml.entry(*value, k).is_some());
    (section != "services" || runs).then(|| yaml.node(*key).span)
}

/// The files that a Compose file takes in with `extends` and `include`.
pub(super) fn taken_in(sources: &Sources<'_>, path: &RelPath) -> Vec<RelPath> {
    let Ok(file) = sources.read(path, Limit::Config) else { return Vec::new() };
    if !file.text.contains("extends") && !file.text.contains("include") {
        return Vec::new();
    }
    let yaml = Yaml::shared(sources, &file);
    let Some(root) = yaml.root else { return Vec::new() };
    let value = |id: NodeId, key: &str| yaml.entry(id, key).map(|e| e.value);
    let one_or_more = |id: NodeId| match yaml.items(id) {
        [] => vec![id],
        items => items.to_vec(),
    };
    let services = value(root, "services").map_or(&[][..], |s| yaml.pairs(s));
    let extended = services.iter().filter_map(|(_, s)| value(value(*s, "extends")?, "file"));
    let included = value(root, "include").into_iter().flat_map(one_or_more);
    let included = included.flat_map(|i| one_or_more(value(i, "path").unwrap_or(i)));
    extended
        .chain(included)
        .filter_map(|id| path.parent().join(yaml.scalar(id)?.0.as_str()))
        .collect()
}
