//! Directives on a level of the configuration where nginx refuses them.
//!
//! What stands in `conf.d` is taken in inside `http`; what stands at `/etc/nginx/nginx.conf` is the whole. nginx stops
//! at the first directive that does not belong where it stands (seen with nginx 1.18 and 1.27).

use super::files::{ConfigFile, MAIN};
use super::includes::fits;
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

/// The directive of a file that stands on the wrong level. `own_main` says whether the whole configuration is the
/// project's: it may include the file elsewhere.
pub(super) fn misplaced(part: &ConfigFile, config: &Config, own_main: bool) -> Option<Misplaced> {
    if !config.errors.is_empty() {
        return None;
    }
    let whole = part.at == MAIN;
    let refused: &[&str] = match whole {
        true => &OF_HTTP,
        false if !own_main && fits("conf.d/*.conf", &part.at) => &OF_MAIN,
        false => return None,
    };
    let directive = config.directives.first().filter(|d| refused.contains(&d.name.as_str()))?;
    Some(Misplaced {
        name: directive.name.as_str().to_owned(),
        directive: directive.name.clone(),
        at: part.at.clone(),
        whole,
    })
}
