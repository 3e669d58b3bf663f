//! Faults of a Compose file.

use super::build::verbatim;
use super::cure;
use crate::check::behind::repair::Repair;
use crate::facts;
use crate::finding::{Change, Finding, Quote, RuleMeta, YamlEdit, YamlMap, YamlValue, prose};
use crate::model::container::Container;
use crate::model::stack::Stack;
use crate::rules::meta;
use crate::source::{ReadError, Sources, Span};

/// Images that a service may be meant to run, by what its variables and its name tell.
const IMAGES: [&str; 7] =
    ["postgres", "mysql", "mariadb", "redis", "rabbitmq", "mongo", "memcached"];

/// Rules of what differs between releases, which a name alone does not tell.
static OF_RELEASES: [&RuleMeta; 4] = [
    &meta::PG18_DATA_DIR_MOUNT,
    &meta::PG_DATA_MOUNT_PARENT_PRE18,
    &meta::DB_IMAGE_MAJOR_UNPINNED,
    &meta::IMAGE_REMOVED_FROM_REGISTRY,
];

/// The env file that is named like the one that is not there. What is assumed of a template is not repaired.
pub(super) fn env_file(repair: Repair, at: Span, stack: &Stack<'_>) -> Option<Repair> {
    let missing = stack
        .containers
        .iter()
        .flat_map(|c| &c.environment.unusable)
        .find(|f| f.why == ReadError::Missing && f.named.span() == at)?;
    let path = missing.path.as_ref()?;
    let near = stack.repository().similar_file(path)?;
    let is_env = near.file_name().contains("env") || path.parent().file_name().contains("env");
    // What is read beside it is another file.
    let is_read = stack.containers.iter().any(|c| c.environment.files.contains(&near));
    let is_sample = stack.repository().sample_of(path).is_some_and(|s| s == near);
    if !is_env || is_sample || is_read {
        return None;
    }
    let written = &missing.named;
    let folder = written.strip_suffix(path.file_name())?;
    Some(repair.edit(verbatim(written)?, format!("{folder}{}", near.file_name())))
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
    Some(Repair { silences: &OF_RELEASES, ..repair })
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
    let best = IMAGES.iter().map(|i| (score(i), *i)).rev().max_by_key(|(score, _)| *score)?;
    (best.0 > 0).then_some(best.1)
}
