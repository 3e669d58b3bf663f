//! Which location of a server answers a request (nginx docs, core module: `location`).

use super::locations::Location;
use super::servers::ServerBlock;
use regex::RegexBuilder;

/// The size of a compiled pattern at most, in bytes.
const MAX_PATTERN: usize = 1 << 18;

/// The location of one server in which a request for the file `url` ends; `None` where a pattern may take it.
pub(super) fn serving<'n>(locations: &'n [Location], url: &str) -> Option<&'n Location> {
    let best = locations.iter().filter(|l| l.is_prefix_of(url)).max_by_key(|l| l.path.len())?;
    let pattern =
        locations.iter().any(|l| l.modifier.starts_with('~') && l.path.contains("static"));
    if pattern && best.modifier != "^~" || best.tries_other_names { None } else { Some(best) }
}

impl ServerBlock {
    /// The location that is written for a request for `url` (a path); `None` where that is not known, or the server
    /// answers.
    pub fn location(&self, url: &str) -> Option<&Location> {
        let found = self.matching(url)?;
        match &found.falls_to {
            Some(name) => self.locations.iter().find(|l| l.path.as_str() == name.as_str()),
            None => Some(found),
        }
    }

    fn matching(&self, url: &str) -> Option<&Location> {
        let written = || self.locations.iter().filter(|l| !l.implied);
        if let Some(exact) = written().find(|l| l.modifier == "=" && l.path.as_str() == url) {
            return Some(exact);
        }
        let best = written().filter(|l| l.is_prefix_of(url)).max_by_key(|l| l.path.len());
        if best.is_some_and(|b| b.modifier == "^~") {
            return best;
        }
        for location in written().filter(|l| l.modifier.starts_with('~')) {
            let pattern = RegexBuilder::new(location.path.as_str())
                .case_insensitive(location.modifier == "~*")
                .size_limit(MAX_PATTERN)
                .build();
            if pattern.ok()?.is_match(url) {
                return Some(location);
            }
        }
        best
    }
}
