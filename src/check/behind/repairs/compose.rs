//! Faults of a Compose file.

use super::build::verbatim;
use super::cure;
use super::near::nearest;
use crate::check::behind::repair::Repair;
use crate::facts;
use crate::finding::{Change, Finding, Quote, RuleMeta, YamlEdit, YamlMap, YamlValue, prose};
use crate::model::container::Container;
use crate::model::sample::is_sample;
use crate::model::stack::Stack;
use crate::rules::meta;
use crate::source::{EntryKind, ReadError, Sources, Span};

/// Words that tell what a file is for.
const ENVIRONMENTS: [&str; 22] = [
    "prod",
    "production",
    "prd",
    "live",
    "staging",
    "stage",
    "dev",
    "develop",
    "development",
    "local",
    "test",
    "testing",
    "ci",
    "docker",
    "db",
    "postgres",
    "web",
    "app",
    "django",
    "backend",
    "frontend",
    "secret",
];

/// Rules of what differs between releases, which a name alone does not tell.
static OF_RELEASES: [&RuleMeta; 4] = [
    &meta::PG18_DATA_DIR_MOUNT,
    &meta::PG_DATA_MOUNT_PARENT_PRE18,
    &meta::DB_IMAGE_MAJOR_UNPINNED,
    &meta::IMAGE_REMOVED_FROM_REGISTRY,
];

/// The env file that is named like the one that is not there. What is assumed of a template is not repaired.
pub(super) fn env_file(
    repair: Repair,
    at: Span,
    stack: &Stack<'_>,
    sources: &Sources<'_>,
) -> Option<Repair> {
    let missing = stack
        .containers
        .iter()
        .flat_map(|c| &c.environment.unusable)
        .find(|f| f.why == ReadError::Missing && f.named.span() == at)?;
    let path = missing.path.as_ref()?;
    let folder = path.parent();
    let list = sources.list(&folder);
    let files = list.iter().filter(|(_, kind)| *kind == EntryKind::File).map(|(n, _)| n.as_str());
    let envs = files.filter(|n| n.contains("env") || folder.file_name().contains("env"));
    // What is read beside it is another file.
    let is_read = |name: &str| {
        let at = folder.join(name);
        stack.containers.iter().flat_map(|c| &c.environment.files).any(|f| Some(f) == at.as_ref())
    };
    let near =
        envs.filter(|n| !is_sample(n) && !is_read(n)).find(|n| is_misnamed(path.file_name(), n))?;
    let written = &missing.named;
    let before = written.strip_suffix(path.file_name())?;
    Some(repair.edit(verbatim(written)?, format!("{before}{near}")))
}

/// Whether an env file that is not there is one that is, with a letter or a word too much. Files for different environments
/// are different files, however alike their names are.
fn is_misnamed(missing: &str, there: &str) -> bool {
    let words = |name: &str| -> Vec<String> {
        let parts = name.split(['.', '-', '_']).filter(|w| !w.is_empty());
        parts.map(str::to_lowercase).collect()
    };
    let (wanted, own) = (words(missing), words(there));
    let more = wanted.iter().filter(|w| !own.contains(w));
    strsim::damerau_levenshtein(missing, there) == 1
        || own.iter().all(|w| wanted.contains(w))
            && more.into_iter().all(|w| !ENVIRONMENTS.contains(&w.as_str()))
}

/// The service that is named like the one that is not there.
pub(super) fn dependency(
    repair: Repair,
    at: Span,
    stack: &Stack<'_>,
    sources: &Sources<'_>,
) -> Option<Repair> {
    let file = sources.file(at.file);
    let name = file.text.get(at.range())?;
    if stack.named(name).is_some() {
        return None;
    }
    let near = nearest(name, stack.containers.iter().map(Container::name))?;
    Some(repair.edit(at, near))
}

/// The command of the image, in the place of one in the Compose file that comes to an end.
pub(super) fn command(
    repair: Repair,
    fault: &Finding,
    stack: &Stack<'_>,
    sources: &Sources<'_>,
) -> Option<Repair> {
    let within = |at: Span, whole: Span| {
        at.file == whole.file && whole.start <= at.start && at.end <= whole.end
    };
    let container = stack.containers.iter().find(|c| {
        let command = c.service.node.get("command").filter(|_| !c.service.ports.is_empty());
        command.is_some_and(|n| fault.labels.iter().any(|l| within(l.span, n.span)))
    })?;
    let image = container.built().filter(|_| container.service.entrypoint.is_none())?;
    image.cmd()?;
    let remove = YamlEdit::Remove(vec!["command".to_owned()]);
    let fault = Finding::new(repair.fault.rule, "");
    cure::change(repair, &fault, Change::Yaml(YamlMap::Of(container.name_span()), remove), sources)
}

/// The image that the variables of a service are for.
pub(super) fn image(
    repair: Repair,
    at: Span,
    stack: &Stack<'_>,
    sources: &Sources<'_>,
) -> Option<Repair> {
    let container = stack.containers.iter().find(|c| c.name_span() == at)?;
    let image = likely_image(container)?;
    let value = YamlValue::text(prose!("{}", Quote::value(image)));
    let set = YamlEdit::Set(vec!["image".to_owned()], value);
    let fault = Finding::new(repair.fault.rule, "");
    let repair = cure::change(repair, &fault, Change::Yaml(YamlMap::Of(at), set), sources)?;
    Some(Repair { silences: &OF_RELEASES, stands_at: Some(at), ..repair })
}

fn likely_image(container: &Container<'_>) -> Option<&'static str> {
    let score = |image: &&'static str| {
        let facts = facts::image(image);
        let read = container
            .environment
            .vars
            .keys()
            .filter(|name| facts.is_some_and(|f| f.reads(name)))
            .count();
        2 * read + usize::from(container.name().to_lowercase().contains(*image))
    };
    let images: Vec<&str> = facts::official_datastores().collect();
    let best = images.into_iter().map(|i| (score(&i), i)).rev().max_by_key(|(score, _)| *score)?;
    (best.0 > 0).then_some(best.1)
}
