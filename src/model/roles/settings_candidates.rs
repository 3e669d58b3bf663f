//! The settings modules that may be meant where none is known.

use super::python_modules::Finder;
use crate::model::exec_context::{ExecContext, PathLookup};
use crate::model::path;
use crate::source::EntryKind;

/// Names of settings modules by what they are for, those of deployments first.
const KINDS: [&str; 14] = [
    "production",
    "prod",
    "prd",
    "live",
    "staging",
    "deploy",
    "docker",
    "development",
    "develop",
    "dev",
    "local",
    "test",
    "testing",
    "ci",
];
/// Names of modules that others are made of.
const BASES: [&str; 7] = ["base", "common", "defaults", "default", "settings", "main", "__init__"];
/// The most candidates that are tried.
const MAX_CANDIDATES: usize = 4;

/// Whether a settings module stands beside others that could be meant in its place: `production` beside `development`.
pub(super) fn one_of_several(finder: &Finder<'_>, name: &str) -> bool {
    let Some(found) = finder.find(name).filter(|f| !f.package) else { return false };
    let own = found.path.file_name();
    finder
        .sources
        .list(&found.path.parent())
        .iter()
        .any(|(n, _)| n != own && n.strip_suffix(".py").is_some_and(|n| KINDS.contains(&n)))
}

/// Whether a module that is not for a deployment stands beside one that is: an env file that is not there may well choose
/// the other.
pub(super) fn is_beside_production(finder: &Finder<'_>, name: &str) -> bool {
    const DEPLOYED: [&str; 7] =
        ["production", "prod", "prd", "live", "staging", "deploy", "docker"];
    let (package, last) = name.rsplit_once('.').unwrap_or(("", name));
    let joined = |last: &str| {
        if package.is_empty() { last.to_owned() } else { format!("{package}.{last}") }
    };
    !DEPLOYED.contains(&last)
        && ["production", "prod", "prd", "live", "staging"]
            .iter()
            .any(|p| finder.find(&joined(p)).is_some())
}

/// The modules that may be meant where the name is not known, by the one that `manage.py` or `wsgi.py` sets: that one, those
/// beside it, or those in it. Tests have settings of their own, which no service runs with.
pub(super) fn candidates(finder: &Finder<'_>, default: &str) -> Vec<String> {
    let mut all = Vec::new();
    let home = match finder.find(default) {
        Some(found) => {
            all.push(default.to_owned());
            (!found.package).then(|| default.rsplit_once('.').map(|(home, _)| home)).flatten()
        }
        None => Some(default),
    };
    let folder = home.and_then(|home| {
        let relative = home.replace('.', "/");
        let mut places = finder.path.iter().map(|base| path::join(base, &relative));
        places.find_map(|at| match finder.fs.find(&at) {
            PathLookup::Host(host) if finder.sources.kind(&host) == EntryKind::Folder => Some(host),
            _ => None,
        })
    });
    let (Some(home), Some(folder)) = (home, folder) else { return all };
    let modules: Vec<String> = finder
        .sources
        .listed(&folder)
        .into_iter()
        .filter_map(|(name, _)| name.strip_suffix(".py").map(str::to_owned))
        .collect();
    let of_kind = KINDS.iter().filter(|k| !matches!(**k, "test" | "testing" | "ci"));
    let named = of_kind.filter(|kind| modules.iter().any(|m| m == **kind)).copied();
    // A folder that is no package holds nothing but settings.
    let mut named: Vec<&str> = named.collect();
    if all.is_empty() && named.is_empty() {
        named.extend(modules.iter().map(String::as_str).filter(|m| !BASES.contains(m)));
    }
    for name in named {
        let module = format!("{home}.{name}");
        if all.len() < MAX_CANDIDATES && !all.contains(&module) {
            all.push(module);
        }
    }
    all
}
