//! Settings modules for production that are there and that nothing selects.

use super::Django;
use crate::model::roles::django::DjangoService;
use crate::source::EntryKind;

/// Settings modules that are there to be built upon, or for the desk.
const OF_THE_DESK: [&str; 10] = [
    "base",
    "common",
    "dev",
    "develop",
    "development",
    "local",
    "test",
    "testing",
    "default",
    "defaults",
];
/// Settings modules for production.
const OF_PRODUCTION: [&str; 5] = ["production", "prod", "prd", "live", "deploy"];

impl Django<'_> {
    /// The settings module for production beside the one that a service loads, where the stack is for production and
    /// these are not, and have DEBUG on.
    pub fn settings_for_production(&self, service: &DjangoService) -> Option<String> {
        let settings = service.settings()?;
        let module = service.module.as_ref().filter(|m| m.uncertain.is_none())?.name.as_str();
        let debug = settings.get("DEBUG").filter(|d| d.is_certain())?.value.as_bool()?;
        let (package, last) = module.rsplit_once('.').unwrap_or(("", module));
        if !debug
            || !self.stack.repository().is_production()
            || self.stack.repository().is_named_for_development()
            || !OF_THE_DESK.contains(&last)
        {
            return None;
        }
        let folder = self.stack.sources.file(settings.file).path.parent();
        let there = |m: &&str| {
            folder
                .join(&format!("{m}.py"))
                .is_some_and(|p| self.stack.sources.kind(&p) == EntryKind::File)
        };
        let meant = OF_PRODUCTION.into_iter().find(there)?;
        Some(if package.is_empty() { meant.to_owned() } else { format!("{package}.{meant}") })
    }
}
