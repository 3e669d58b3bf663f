//! Directives on a level of the configuration where nginx refuses them.
//!
//! What stands in `conf.d` is taken in inside `http`; what stands at `/etc/nginx/nginx.conf` is the whole. nginx stops
//! at the first directive that does not belong where it stands (seen with nginx 1.18 and 1.27).

use super::files::ConfigFile;
use crate::facts::Reference;
use crate::model::container::Container;
use crate::source::Text;
use crate::syntax::nginx::Config;

/// A directive that stands where nginx refuses it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Misplaced {
    /// Its name, as nginx says it.
    pub name: String,
    /// The directive's name where it stands.
    pub directive: Text,
    /// The path of its file in the container.
    pub at: String,
    /// Whether the file is taken for the whole configuration, though it is a part for `conf.d`.
    pub whole: bool,
}

/// Directives of `http` and of parts for it.
const OF_HTTP: [&str; 8] = [
    "server",
    "upstream",
    "map",
    "location",
    "limit_req_zone",
    "proxy_cache_path",
    "log_format",
    "gzip",
];
/// Directives of the whole configuration.
const OF_MAIN: [&str; 6] = ["events", "http", "worker_processes", "user", "pid", "stream"];

pub(super) fn misplaced(
    part: &ConfigFile,
    config: &Config,
    container: &Container<'_>,
) -> Option<Misplaced> {
    // Templates can be filled in to another folder than `conf.d`.
    if part.at.ends_with(".template")
        && container.environment.vars.keys().any(|n| n.starts_with("NGINX_ENVSUBST_"))
    {
        return None;
    }
    // A command may start nginx with another file.
    let other = container
        .service
        .command
        .iter()
        .chain(&container.service.entrypoint)
        .flat_map(|w| &w.words)
        .any(|w| w.contains("-c"));
    let official = match container.built() {
        Some(image) => {
            image.external_base().is_some_and(|b| Reference::of_image(b).name == "nginx")
        }
        None => container
            .service
            .image
            .as_ref()
            .and_then(|i| i.known())
            .is_some_and(|i| Reference::of_image(i).name == "nginx"),
    };
    if other || !official || !config.errors.is_empty() {
        return None;
    }
    let whole = part.at == "/etc/nginx/nginx.conf";
    let name = part
        .at
        .strip_prefix("/etc/nginx/conf.d/")
        .or_else(|| part.at.strip_prefix("/etc/nginx/templates/"))
        .map(|n| n.strip_suffix(".template").unwrap_or(n));
    let in_http = name.is_some_and(|n| n.ends_with(".conf") && !n.contains('/'));
    let refused: &[&str] = match (whole, in_http) {
        (true, _) => &OF_HTTP,
        // A custom nginx.conf may take the folder in elsewhere.
        (false, true) if !has_own_main(container) => &OF_MAIN,
        _ => return None,
    };
    let directive = config.directives.first().filter(|d| refused.contains(&d.name.as_str()))?;
    Some(Misplaced {
        name: directive.name.as_str().to_owned(),
        directive: directive.name.clone(),
        at: part.at.clone(),
        whole,
    })
}

/// Whether the main configuration is the project's.
fn has_own_main(container: &Container<'_>) -> bool {
    let mounted =
        container.service.mounts.iter().any(|m| {
            matches!(m.target.trim_end_matches('/'), "/etc/nginx/nginx.conf" | "/etc/nginx")
        });
    let copied = container.built().is_some_and(|i| i.file.text.contains("nginx.conf"));
    mounted || copied
}
