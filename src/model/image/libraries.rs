//! C libraries that database drivers of Python want: to be compiled, and to be loaded. Packages as Debian and Alpine
//! name them (installation pages of psycopg 2 and 3, and of mysqlclient).

use super::tools::content_of;
use super::{Image, LayerKind, Origin, Package, Packages, StageContext};
use crate::facts::{self, Contents, Library, WHEELS, at_least};
use crate::finding::{Own, Prose, Quote, prose};
use crate::model::exec_context::{ExecContext, PathLookup};
use crate::source::{Sources, Span, Text};

/// What goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LibraryKind {
    /// It cannot be compiled.
    Build,
    /// It cannot be loaded.
    Run,
}

/// A driver whose library is not there.
#[derive(Debug, Clone)]
pub struct LibraryFault {
    /// What goes wrong.
    pub kind: LibraryKind,
    /// The driver's name.
    pub name: String,
    /// Where it is asked for.
    pub span: Span,
    /// The image that has nothing of the kind.
    pub base: Text,
    /// What the log says.
    pub log: &'static str,
    /// Why it is compiled at all, where that is not its nature.
    pub why: Option<Prose>,
    /// The line that cures it.
    pub install: Prose,
    /// A driver that brings the library along.
    pub instead: Option<Prose>,
}

/// The library of PostgreSQL's drivers.
const LIBPQ: &str = "libpq";
/// The library of MySQL's driver.
const LIBMARIADB: &str = "libmariadb";

impl Image {
    /// The drivers among `packages` whose libraries are not there.
    pub fn library_faults(&self, sources: &Sources<'_>, packages: &Packages) -> Vec<LibraryFault> {
        let mut all = Vec::new();
        for package in &packages.python {
            let fault =
                self.build_fault(package).or_else(|| self.run_fault(sources, package, packages));
            all.extend(fault);
        }
        all
    }

    fn build_fault(&self, package: &Package) -> Option<LibraryFault> {
        let (stage, layer) = package.layer?;
        let (library, why) = self.compiled(package)?;
        let base = self.outer_base(stage)?;
        let alpine = little(base)?;
        let installed = self.system_at(stage, layer)?;
        let has =
            |begins: &[&str]| installed.iter().any(|p| begins.iter().any(|b| p.starts_with(b)));
        let headers = has(library.headers)
            || alpine
                && installed.iter().any(|p| p.starts_with("postgresql") && p.ends_with("dev"));
        let compiler = installed.iter().any(|p| facts::brings_compiler(p));
        let mysql = package.name == "mysqlclient";
        let log = match (headers, compiler) {
            (true, true)
                if mysql
                    && !alpine
                    && asks_pkg_config(package)
                    && !has(&["pkg-config", "pkgconf"]) =>
            {
                "Exception: Can not find valid pkg-config name"
            }
            (true, true) => return None,
            (false, _) if mysql => "Exception: Can not find valid pkg-config name",
            (false, _) => "Error: pg_config executable not found",
            (true, false) => "error: command 'gcc' failed: No such file or directory",
        };
        Some(LibraryFault {
            kind: LibraryKind::Build,
            name: package.name.clone(),
            span: package.span,
            base: base.clone(),
            log,
            why,
            install: install(
                if alpine { library.alpine_build } else { library.debian_build },
                alpine,
            ),
            instead: match package.name.as_str() {
                "psycopg2" => Some("psycopg2-binary".into()),
                "psycopg" | "psycopg-c" => Some("psycopg[binary]".into()),
                "psycopg2-binary" => self
                    .wheel(package)
                    .map(|(_, since)| prose!("psycopg2-binary {} or later", Own(since))),
                _ => None,
            },
        })
    }

    fn run_fault(
        &self,
        sources: &Sources<'_>,
        package: &Package,
        packages: &Packages,
    ) -> Option<LibraryFault> {
        let (stage, _) = package.layer?;
        if packages.incomplete.is_some() {
            return None;
        }
        let alone = || {
            !["psycopg2", "psycopg2-binary", "psycopg-binary", "psycopg-c"]
                .iter()
                .any(|p| packages.has(p) == Some(true))
                && !packages.python.iter().any(|p| p.name == "psycopg" && !p.extras.is_empty())
        };
        let in_chain = self.chain().iter().any(|s| s.index == stage);
        let (library, log, instead) = match package.name.as_str() {
            "psycopg" if alone() => (
                facts::library(LIBPQ)?,
                "ImportError: no pq wrapper available",
                Some("psycopg[binary]"),
            ),
            "psycopg2" if !in_chain => (
                facts::library(LIBPQ)?,
                "ImportError: libpq.so.5: cannot open shared object file: No such file or directory",
                Some("psycopg2-binary"),
            ),
            "mysqlclient" if !in_chain => (
                facts::library(LIBMARIADB)?,
                "ImportError: libmariadb.so.3: cannot open shared object file: No such file or directory",
                None,
            ),
            _ => return None,
        };
        let base = self.external_base()?;
        let alpine = little(base)?;
        let installed = self.system_at(self.target, usize::MAX)?;
        if installed.iter().any(|p| library.runtime.iter().any(|b| p.starts_with(b))) {
            return None;
        }
        let place = StageContext::finished(sources, self);
        let copied = self.copies_libraries();
        if copied || library.files.iter().any(|f| place.find(f) != PathLookup::Missing) {
            return None;
        }
        Some(LibraryFault {
            kind: LibraryKind::Run,
            name: package.name.clone(),
            span: package.span,
            base: base.clone(),
            log,
            why: None,
            install: install(if alpine { library.alpine_run } else { library.debian_run }, alpine),
            instead: instead.map(Prose::from),
        })
    }

    /// Whether folders in which libraries lie may come from another image.
    pub(super) fn copies_libraries(&self) -> bool {
        let wide = |s: &Text| {
            ["/", "/usr", "/lib", "/usr/lib"].contains(&s.trim_end_matches('/'))
                || s.starts_with("/usr/lib")
        };
        self.chain().into_iter().flat_map(|s| &s.layers).any(|l| match &l.kind {
            LayerKind::Copy { from: Origin::Stage(_) | Origin::Elsewhere, sources, .. } => {
                sources.iter().any(wide)
            }
            _ => false,
        })
    }

    /// The library a package is compiled against, and why it is compiled where it also comes as a wheel.
    fn compiled(&self, package: &Package) -> Option<(&'static Library, Option<Prose>)> {
        match package.name.as_str() {
            // Up to 2.7 this name came compiled as well (psycopg2's news, 2.8).
            "psycopg2" if package.exact().is_some_and(|v| !at_least(&v, "2.8")) => None,
            "psycopg2" | "psycopg-c" => Some((facts::library(LIBPQ)?, None)),
            "psycopg" if package.extras.iter().any(|e| e == "c") => {
                Some((facts::library(LIBPQ)?, None))
            }
            "mysqlclient" => Some((facts::library(LIBMARIADB)?, None)),
            "psycopg2-binary" => {
                let (python, since) = self.wheel(package)?;
                Some((
                    facts::library(LIBPQ)?,
                    Some(prose!(
                        "{} has no wheel for Python {} (since {})",
                        Quote::value(&package.exact()?).or_at(package.span),
                        Quote::value(&python),
                        Own(since)
                    )),
                ))
            }
            _ => None,
        }
    }

    /// The Python for which a release has no wheel yet, and the first release that has one.
    fn wheel(&self, package: &Package) -> Option<(String, &'static str)> {
        let python = self.python(package.layer?.0)?;
        let version = package.exact()?;
        let missing = |w: &&crate::facts::Wheel| {
            w.package == package.name
                && at_least(&python.version, w.python)
                && !at_least(&version, w.since)
        };
        let since = WHEELS.iter().find(missing)?.since;
        Some((python.version, since))
    }

    /// The packages of the distribution that a stage has once `layer` has run; `None` when not all are known.
    pub(super) fn system_at(&self, stage: usize, layer: usize) -> Option<Vec<String>> {
        let mut chain = vec![stage];
        while let Some(super::Base::Stage(base)) =
            chain.last().and_then(|s| self.stages.get(*s)).map(|s| &s.base)
        {
            if chain.len() > self.stages.len() {
                return None;
            }
            chain.push(*base);
        }
        let mut all = Vec::new();
        for run in self
            .runs
            .iter()
            .filter(|r| chain.contains(&r.stage) && (r.stage != stage || r.layer <= layer))
        {
            if run.process.unknown.is_some() {
                return None;
            }
            for step in &run.process.steps {
                match step.words.first().map_or("", |w| w.rsplit('/').next().unwrap_or("")) {
                    "apt-get" | "apt" | "apk" | "aptitude" => {
                        if !step.words.iter().all(Text::is_resolved) {
                            return None;
                        }
                        let named = step
                            .words
                            .iter()
                            .skip_while(|w| !matches!(w.as_str(), "install" | "add" | "build-dep"))
                            .skip(1);
                        all.extend(
                            named.filter(|w| !w.starts_with('-')).map(|w| w.as_str().to_owned()),
                        );
                    }
                    "dpkg" | "gdebi" | "yum" | "dnf" | "conda" | "brew" | "nix-env" | "xargs"
                    | "make" => return None,
                    _ => {}
                }
            }
        }
        Some(all)
    }
}

/// Whether a release of mysqlclient looks its library up with pkg-config: since 2.2 (its README). Debian's packages of headers
/// bring none, those of Alpine do.
fn asks_pkg_config(package: &Package) -> bool {
    match package.exact() {
        Some(version) => at_least(&version, "2.2"),
        None => package.version.trim().is_empty(),
    }
}

/// Whether an image with neither a compiler nor libraries stands on Alpine; `None` for other images.
fn little(image: &str) -> Option<bool> {
    match content_of(image)? {
        Contents::Busybox => Some(true),
        Contents::Little => Some(false),
        Contents::Full => None,
    }
}

pub(super) fn install(packages: &'static str, alpine: bool) -> Prose {
    if alpine {
        prose!("RUN apk add --no-cache {}", Own(packages))
    } else {
        prose!(
            "RUN apt-get update && apt-get install -y --no-install-recommends {} && rm -rf /var/lib/apt/lists/*",
            Own(packages)
        )
    }
}
