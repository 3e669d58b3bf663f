//! What is installed beside the packages that are named: whether a list of packages is all there is.

use super::{Image, Package, Packages};
use crate::facts::{self, Makes};
use crate::source::Text;

/// Extras that bring drivers and compiled parts, and no packages of Django's.
const HARMLESS_EXTRAS: [&str; 16] = [
    "binary",
    "c",
    "pool",
    "standard",
    "redis",
    "hiredis",
    "crypto",
    "argon2",
    "bcrypt",
    "s3",
    "boto3",
    "librabbitmq",
    "security",
    "socks",
    "speedups",
    "brotli",
];

impl Package {
    /// Whether it may be installed in a version below this one. Without a bound it is the newest.
    fn may_be_below(&self, version: &str) -> bool {
        let bounds = self.version.split(',').map(str::trim).filter(|b| !b.is_empty());
        let number = |b: &str| b.trim_start_matches(['=', '<', '>', '~', '^', '!', ' ']).to_owned();
        let mut below = false;
        for bound in bounds {
            let low = !facts::at_least(&number(bound), version);
            match bound.trim_end_matches(|c: char| !matches!(c, '=' | '<' | '>' | '~' | '^' | '!'))
            {
                b if b.starts_with(['=', '~', '^']) => return low,
                b if b.starts_with('<') => below |= low || number(bound) == version,
                _ => {}
            }
        }
        below
    }
}

impl Packages {
    /// Whether nothing is installed but what is listed, and what `brought` says of it: a lock file or `pip freeze` named
    /// everything, or of all that is listed it is known what it brings along.
    pub fn is_closed(&self) -> bool {
        if self.incomplete.is_some() {
            return false;
        }
        // Django itself asks for `sqlparse` since 2.2, and for `asgiref` since 3.0: who lists both lists everything.
        let pinned = |p: &Package| {
            p.version.trim_start().starts_with("==") || facts::brings_nothing(&p.name)
        };
        let lists = |name: &str| self.python.iter().any(|p| p.name == name);
        let old = self.get("django").and_then(Package::exact);
        let asks = old.is_none_or(|version| facts::at_least(&version, "3.0"));
        let frozen =
            self.python.iter().all(pinned) && lists("sqlparse") && (lists("asgiref") || !asks);
        let plain = |p: &Package| {
            facts::brings_nothing(&p.name)
                && p.extras.iter().all(|e| HARMLESS_EXTRAS.contains(&e.as_str()))
        };
        let locked = !self.unlocked && !self.locked.is_empty();
        locked || frozen || self.python.iter().all(plain)
    }

    /// Whether a package brings another along that `brought` names: how its name starts, or, as `name<version`, the whole
    /// name and below which version it does.
    pub fn bring(&self, brought: &str) -> bool {
        match brought.split_once('<') {
            None => self.python.iter().any(|p| p.name.starts_with(brought)),
            Some((name, below)) => {
                self.python.iter().any(|p| p.name == name && p.may_be_below(below))
            }
        }
    }
}

/// Whether a stage builds what browsers load, and installs no Python packages.
pub(super) fn is_front_end(image: &Image, stage: usize) -> bool {
    let steps = || {
        let runs = image.runs.iter().filter(move |r| r.stage == stage);
        runs.flat_map(|r| &r.process.steps).filter_map(|s| s.words.first())
    };
    let program = |word: &Text| word.rsplit('/').next().unwrap_or("").to_owned();
    let builds =
        |w: &Text| facts::program(&program(w)).and_then(|p| p.makes) == Some(Makes::Assets);
    let python = |w: &Text| {
        let name = program(w);
        name.starts_with("python")
            || name.starts_with("pip")
            || matches!(name.as_str(), "uv" | "poetry" | "pdm" | "conda" | "mamba")
    };
    steps().any(builds) && !steps().any(python)
}
