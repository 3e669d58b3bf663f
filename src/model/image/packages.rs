//! Which Python packages and system packages an image installs.

use super::closed::is_front_end;
use super::selection::Selection;
use super::{Base, Image, StageContext, stage::known_base};
use crate::model::exec_context::{ExecContext, PathLookup};
use crate::model::path;
use crate::model::process::Step;
use crate::source::{FileId, Reason, Sources, Span, Text, Unknown};
use crate::syntax::requirements::normalise;
use std::collections::BTreeSet;

/// What is installed.
#[derive(Debug, Clone, Default)]
pub struct Packages {
    /// Python packages, by their normalised names.
    pub python: Vec<Package>,
    /// Packages of the distribution (`apt-get install`, `apk add`).
    pub system: Vec<Text>,
    /// Those of them that are installed with all they recommend.
    pub recommended: Vec<Text>,
    /// What lock files beside those files name: all that is installed of them, also what only others ask for.
    pub locked: BTreeSet<String>,
    /// Whether one of those files has no lock file that could be read.
    pub unlocked: bool,
    /// Why there may be more; `None` when the lists are all there is.
    pub incomplete: Option<Unknown>,
    /// Files that the packages were read from, with the words of the Dockerfile that name them.
    pub files: Vec<(FileId, Span)>,
    /// Lines that install Python packages.
    pub installs: Vec<Span>,
}

/// A Python package.
#[derive(Debug, Clone)]
pub struct Package {
    /// Normalised name.
    pub name: String,
    /// Extras in brackets.
    pub extras: Vec<String>,
    /// The version part, as written.
    pub version: String,
    /// Whether a lock file stands beside the file that asks for it, which says more precisely what is installed.
    pub locked: bool,
    /// The stage and the layer that surely install it, with pip.
    pub layer: Option<(usize, usize)>,
    /// The first release that does not install on the image's Python: pip passes over it where an older one is allowed.
    pub unsuited: Option<&'static str>,
    /// Where it is asked for.
    pub span: Span,
}

impl Package {
    /// A package with nothing but its name.
    pub fn named(name: &str, span: Span) -> Self {
        Self {
            name: normalise(name),
            extras: Vec::new(),
            version: String::new(),
            locked: false,
            layer: None,
            unsuited: None,
            span,
        }
    }
}

/// Options by which pip takes packages from a folder, or nothing that is to be compiled.
const PREBUILT: [&str; 4] = ["--no-index", "--find-links", "--only-binary", "--prefer-binary"];

impl Packages {
    /// What the stages of `image` install.
    pub fn of_image(sources: &Sources<'_>, image: &Image) -> Self {
        let mut all = Self::default();
        let front: Vec<usize> = image
            .contributing()
            .into_iter()
            .filter(|s| s.index != image.target && is_front_end(image, s.index))
            .map(|s| s.index)
            .collect();
        for stage in image.contributing().into_iter().filter(|s| !front.contains(&s.index)) {
            match &stage.base {
                Base::External(name) if !known_base(name) => {
                    let reason = Reason::BaseImage(name.as_str().to_owned());
                    all.unsure(Unknown::at(reason, name.span()))
                }
                Base::Unknown(why) => all.unsure(why.clone()),
                _ => {}
            }
        }
        for run in image.runs.iter().filter(|r| !front.contains(&r.stage)) {
            if let Some(why) = &run.process.unknown {
                all.unsure(why.clone());
            }
            let place = StageContext { sources, image, stage: run.stage, layers: run.layer };
            for step in &run.process.steps {
                let before = all.python.len();
                all.step(step, &place, sources);
                // uv and Poetry may bring a Python of their own.
                let pip = !step.conditional
                    && step.words.iter().any(|w| w.as_str() == "install")
                    // What an earlier stage compiled is only unpacked.
                    && !step.words.iter().any(|w| PREBUILT.iter().any(|p| w.starts_with(p)))
                    && !step.words.iter().any(|w| w.as_str() == "poetry");
                for package in all.python.iter_mut().skip(before) {
                    package.layer = pip.then_some((run.stage, run.layer));
                    package.unsuited = image.first_unsuited(run.stage, &package.name);
                }
            }
        }
        all
    }

    /// Whether a Python package is installed; `None` when that is not known.
    pub fn has(&self, name: &str) -> Option<bool> {
        if self.python.iter().any(|p| p.name == name) {
            return Some(true);
        }
        if self.incomplete.is_some() { None } else { Some(false) }
    }

    /// The package called `name`.
    pub fn get(&self, name: &str) -> Option<&Package> {
        self.python.iter().find(|p| p.name == name)
    }

    pub(super) fn unsure(&mut self, why: Unknown) {
        self.incomplete.get_or_insert(why);
    }

    fn step(&mut self, step: &Step, place: &StageContext<'_>, sources: &Sources<'_>) {
        // Options before the subcommand say nothing of interest: `pip --no-cache-dir install`.
        let all: Vec<&str> = step.words.iter().map(|w| w.as_str()).collect();
        let mut name = all.first().map_or("", |w| w.rsplit('/').next().unwrap_or(""));
        let mut program = 0;
        if name.starts_with("python")
            && let Some(at) = all.windows(2).position(|w| w == ["-m", "pip"])
        {
            (name, program) = ("pip", at + 1);
        } else if name
            .strip_prefix("pip")
            .is_some_and(|v| v.chars().all(|c| c.is_ascii_digit() || c == '.'))
        {
            name = "pip";
        }
        let options =
            all[(program + 1).min(all.len())..].iter().take_while(|w| w.starts_with('-')).count();
        let first = program + 1 + options;
        let words: Vec<&str> = all.get(first..).unwrap_or_default().to_vec();
        let rest = match (name, &words[..]) {
            ("apt-get" | "apt" | "apk" | "yum" | "dnf", rest) => {
                if let Some(at) = rest.iter().position(|w| matches!(*w, "install" | "add")) {
                    let named = step.words[first + at + 1..].iter().filter(|w| !w.starts_with('-'));
                    let named: Vec<Text> = named.cloned().collect();
                    if !all.contains(&"--no-install-recommends") {
                        self.recommended.extend(named.iter().cloned());
                    }
                    self.system.extend(named);
                }
                return;
            }
            ("pip" | "pipx", ["install" | "wheel" | "download", ..]) => first + 1,
            ("uv", ["pip", "install" | "sync", ..]) => first + 2,
            ("pip-sync", _) => first,
            ("poetry", ["install" | "export" | "sync", ..])
            | ("uv", ["sync" | "export", ..])
            | ("pdm", ["install" | "sync" | "export", ..]) => {
                self.installs.push(step.span);
                let take = Selection::of_command(name, &words);
                return self.file(
                    &path::join(step.workdir.as_deref().unwrap_or("/"), "pyproject.toml"),
                    step.span,
                    place,
                    sources,
                    &take,
                );
            }
            ("pipenv", ["install" | "sync" | "requirements" | "lock", ..]) => {
                self.installs.push(step.span);
                let take = Selection::of_command(name, &words);
                return self.file(
                    &path::join(step.workdir.as_deref().unwrap_or("/"), "Pipfile"),
                    step.span,
                    place,
                    sources,
                    &take,
                );
            }
            ("poetry" | "uv" | "pdm", ["add" | "tool", ..])
            | ("xargs" | "su" | "runuser" | "eval", _) => {
                return self.unsure(may_install(name, step.span));
            }
            ("conda" | "mamba" | "micromamba" | "easy_install" | "hatch" | "rye" | "pixi", _) => {
                return self.unsure(may_install(name, step.span));
            }
            (n, [file, ..])
                if n.starts_with("python")
                    && file.ends_with(".py")
                    && !file.ends_with("manage.py") =>
            {
                return self.unsure(may_install(file, step.span));
            }
            _ => return,
        };
        self.installs.push(step.span);
        self.pip(step, rest.min(step.words.len()), place, sources);
    }

    /// The arguments of `pip install`.
    fn pip(&mut self, step: &Step, from: usize, place: &StageContext<'_>, sources: &Sources<'_>) {
        const VALUED: [&str; 22] = [
            "-c",
            "--constraint",
            "-i",
            "--index-url",
            "--extra-index-url",
            "--find-links",
            "-f",
            "--prefix",
            "-t",
            "--target",
            "--root",
            "--trusted-host",
            "--wheel-dir",
            "-w",
            "--cache-dir",
            "--src",
            "--platform",
            "--python-version",
            "--upgrade-strategy",
            "--retries",
            "--timeout",
            "--progress-bar",
        ];
        let workdir = step.workdir.clone();
        let absolute = |file: &str| {
            (file.starts_with('/') || workdir.is_some())
                .then(|| path::join(workdir.as_deref().unwrap_or("/"), file))
        };
        let mut at = from;
        while let Some(word) = step.words.get(at) {
            at += 1;
            if let Some(why) = word.why() {
                self.unsure(why);
                continue;
            }
            let file = match word.as_str() {
                "-r" | "--requirement" => {
                    at += 1;
                    step.words.get(at - 1).cloned()
                }
                w if w.starts_with("--requirement=") => Some(word.slice(14..word.len())),
                w if w.starts_with("-r") && !w.starts_with("-re") || w.starts_with("-rreq") => {
                    Some(word.slice(2..word.len()))
                }
                // `uv pip sync requirements.txt`, `pip-sync requirements.txt`
                w if w.ends_with(".txt") && !w.starts_with('-') => Some(word.clone()),
                _ => None,
            };
            if let Some(file) = file {
                if let Some(why) = file.why() {
                    self.unsure(why);
                    continue;
                }
                match absolute(&file) {
                    Some(path) => {
                        self.file(&path, file.span(), place, sources, &Selection::default())
                    }
                    None => self.unsure(Unknown::at(Reason::WorkingFolder, file.span())),
                }
                continue;
            }
            // `--group dev`, `--group path/pyproject.toml:dev` (PEP 735, pip 25.1)
            let group = match word.as_str() {
                "--group" => {
                    at += 1;
                    step.words.get(at - 1).map(|w| w.as_str().to_owned())
                }
                w => w.strip_prefix("--group=").map(str::to_owned),
            };
            if let Some(group) = group {
                let (file, group) = group.rsplit_once(':').unwrap_or(("pyproject.toml", &group));
                match absolute(file) {
                    Some(path) => {
                        self.file(&path, word.span(), place, sources, &Selection::group(group));
                    }
                    None => self.unsure(Unknown::at(Reason::WorkingFolder, word.span())),
                }
                continue;
            }
            match word.as_str() {
                "-e" | "--editable" => {}
                w if VALUED.contains(&w) => at += 1,
                w if w.starts_with('-') => {}
                // Wheels that an earlier stage made.
                w if w.ends_with("/*") || w.ends_with(".whl") => {}
                w if w.starts_with(['.', '/']) || w.contains("://") => {
                    let project = w.split('[').next().unwrap_or(w);
                    match absolute(project).map(|p| place.find(&path::join(&p, "pyproject.toml"))) {
                        Some(PathLookup::Host(_)) => self.file(
                            &path::join(
                                &path::join(workdir.as_deref().unwrap_or("/"), project),
                                "pyproject.toml",
                            ),
                            word.span(),
                            place,
                            sources,
                            &Selection::extras(w),
                        ),
                        _ => self.unsure(may_install(w, word.span())),
                    }
                }
                w => {
                    let end =
                        w.find(['=', '<', '>', '~', '!', '[', ';', '@', ' ']).unwrap_or(w.len());
                    let extras = w
                        .find('[')
                        .zip(w.find(']'))
                        .and_then(|(a, b)| w.get(a + 1..b))
                        .unwrap_or("");
                    let version =
                        w.find(['=', '<', '>', '~', '!']).and_then(|i| w.get(i..)).unwrap_or("");
                    self.python.push(Package {
                        extras: extras
                            .split(',')
                            .map(str::trim)
                            .filter(|e| !e.is_empty())
                            .map(normalise)
                            .collect(),
                        version: version.to_owned(),
                        ..Package::named(&w[..end], word.span())
                    });
                }
            }
        }
    }
}

fn may_install(what: &str, place: Span) -> Unknown {
    Unknown::at(Reason::MayInstall(what.to_owned()), place)
}
