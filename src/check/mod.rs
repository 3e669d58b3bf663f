//! One run: find the Compose files, bring every stack up on paper, let the rules judge, gather what they say.

mod fingerprint;
#[cfg(test)]
mod tests;

use crate::choice;
use crate::config::{NamedStack, Pattern, Settings};
use crate::finding::{Coverage, Finding, Intent, Report, RuleMeta, StackInfo};
use crate::model::compose::{self, Project};
use crate::model::room;
use crate::model::stack::{Docs, Shared, Stack, is_dockerfile_name};
use crate::rules;
use crate::source::{RelPath, Skipped, Sources, Span, discover};
use crate::syntax::comments::Language;
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

/// What to check.
#[derive(Debug, Default)]
pub struct Options {
    /// Compose files named by hand, as one stack in this order; otherwise they are looked for.
    pub only: Option<Vec<RelPath>>,
    /// What the project and the command line ask for.
    pub settings: Settings,
}

/// The stack of the threads that folders are checked on, in bytes: trees are capped in depth, and this
/// holds the deepest of them in a build without optimisation.
const THREAD_STACK: usize = 16 * 1024 * 1024;

/// Checks every stack of `folder`. Never fails: a file that cannot be used is in the coverage.
pub fn check(sources: &Sources<'_>, folder: &RelPath, options: &Options) -> Report {
    let mut found = discover(sources.files(), folder, &|name| {
        compose::is_compose_name(name) || Docs::is_name(name) || is_dockerfile_name(name)
    });
    // Docker makes a folder where a file is to be mounted that is not there; it is told that this is no file.
    found
        .files
        .extend(found.folders.into_iter().filter(|f| compose::is_compose_name(f.file_name())));
    found.files.sort();
    let settings = &options.settings;
    let (files, idle_excludes) = without_excluded(found.files, &settings.exclude);
    let (dockerfiles, rest): (Vec<RelPath>, Vec<RelPath>) =
        files.into_iter().partition(|p| is_dockerfile_name(p.file_name()));
    let (candidates, docs): (Vec<RelPath>, Vec<RelPath>) =
        rest.into_iter().partition(|p| compose::is_compose_name(p.file_name()));
    let compose: Arc<[RelPath]> = candidates.clone().into();
    let mut by_folder: BTreeMap<RelPath, Vec<RelPath>> = BTreeMap::new();
    match &options.only {
        Some(files) => {
            by_folder.insert(
                files.first().map_or_else(|| folder.clone(), RelPath::parent),
                files.clone(),
            );
        }
        None => {
            candidates
                .into_iter()
                .for_each(|path| by_folder.entry(path.parent()).or_default().push(path));
            // A stack that is named by hand may be made of files whose names do not tell.
            for stack in
                settings.stacks.iter().filter(|s| s.files.iter().any(|f| f.below(folder).is_some()))
            {
                by_folder
                    .entry(stack.files.first().map_or_else(RelPath::root, RelPath::parent))
                    .or_default();
            }
        }
    }
    let one = |(place, files): (&RelPath, &Vec<RelPath>)| {
        let work = || {
            Part::of(
                sources,
                folder,
                place,
                files,
                &Around { docs: &docs, dockerfiles: &dockerfiles, compose: &compose, settings },
                options.only.is_some(),
            )
        };
        // A fault of ours in one folder must not hide what is wrong in the others.
        catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| Part::failed(place))
    };
    let in_order = || by_folder.iter().map(one).collect();
    let pool = || rayon::ThreadPoolBuilder::new().stack_size(THREAD_STACK).build();
    let parts: Vec<Part> = match by_folder.len() {
        0 => Vec::new(),
        // One thread is quicker to have than a pool, and a machine that has none to give does without.
        1 => std::thread::scope(|scope| {
            let thread =
                std::thread::Builder::new().stack_size(THREAD_STACK).spawn_scoped(scope, in_order);
            thread.ok().and_then(|t| t.join().ok()).unwrap_or_else(in_order)
        }),
        _ => pool().map_or_else(
            |_| in_order(),
            |pool| pool.install(|| by_folder.par_iter().map(one).collect()),
        ),
    };
    let (mut report, files) = gather(sources, folder, parts, found.skipped);
    let scope = choice::Scope {
        folder,
        whole: options.only.is_none(),
        files: &files,
        idle_excludes: &idle_excludes,
    };
    choice::apply(&mut report, sources, settings, &scope);
    report
}

/// The files that no pattern leaves out, and the patterns that left none out.
fn without_excluded(files: Vec<RelPath>, exclude: &[Pattern]) -> (Vec<RelPath>, Vec<usize>) {
    let mut idle: BTreeSet<usize> = (0..exclude.len()).collect();
    let kept = files.into_iter().filter(|file| {
        let hits: Vec<usize> =
            exclude.iter().enumerate().filter(|(_, p)| p.matches(file)).map(|(i, _)| i).collect();
        hits.iter().for_each(|i| {
            idle.remove(i);
        });
        hits.is_empty()
    });
    let kept = kept.collect();
    (kept, idle.into_iter().collect())
}

/// Why not everything of a folder was followed.
const CUT: &str = "asks for more work than one folder gets; scripts, images and settings were not followed to their ends";

/// Other files of the checked folder.
struct Around<'a> {
    docs: &'a [RelPath],
    dockerfiles: &'a [RelPath],
    compose: &'a Arc<[RelPath]>,
    settings: &'a Settings,
}

/// What one folder gave.
#[derive(Default)]
struct Part {
    stacks: Vec<StackInfo>,
    findings: Vec<Finding>,
    secrets: Vec<Span>,
    read: Read,
    unknown: usize,
    /// Where a fault of ours was, and what is missing for it.
    failed: Vec<(RelPath, String)>,
    /// What was not looked at further.
    cut: Option<RelPath>,
}

/// How a stack is taken.
struct Taken {
    /// How many of its files are brought up together.
    own: usize,
    /// What it is said to be for.
    intent: Option<Intent>,
}

/// Files by what they were read as.
#[derive(Default)]
struct Read {
    compose: BTreeSet<RelPath>,
    dockerfile: BTreeSet<RelPath>,
    script: BTreeSet<RelPath>,
    nginx: BTreeSet<RelPath>,
    settings: BTreeSet<RelPath>,
    env: BTreeSet<RelPath>,
}

impl Read {
    /// Each file with what it was read as.
    fn named(&self) -> Vec<(&'static str, RelPath)> {
        let kinds = [
            ("Compose file", &self.compose),
            ("Dockerfile", &self.dockerfile),
            ("script", &self.script),
            ("nginx file", &self.nginx),
            ("settings file", &self.settings),
            ("env file", &self.env),
        ];
        kinds
            .into_iter()
            .flat_map(|(kind, files)| files.iter().map(move |f| (kind, f.clone())))
            .collect()
    }

    /// What each file is written in. A file that is read in two ways counts as what it most likely is by its name.
    fn languages(self) -> BTreeMap<RelPath, Language> {
        let mut all: BTreeMap<RelPath, Language> = BTreeMap::new();
        let kinds = [
            (self.compose, Language::Yaml),
            (self.dockerfile, Language::Dockerfile),
            (self.script, Language::Shell),
            (self.nginx, Language::Nginx),
            (self.settings, Language::Python),
            (self.env, Language::Env),
        ];
        for (files, language) in kinds {
            for file in files {
                let name = Language::of_name(file.file_name());
                // The command of a container may be a program in Python.
                let language = if language == Language::Shell && name == Language::Python {
                    name
                } else {
                    language
                };
                all.entry(file).and_modify(|known| *known = name).or_insert(language);
            }
        }
        all
    }
}

impl Part {
    fn failed(place: &RelPath) -> Self {
        Self {
            failed: vec![(
                place.clone(),
                "could not be analysed: a fault in compose-doctor".to_owned(),
            )],
            ..Self::default()
        }
    }

    fn of(
        sources: &Sources<'_>,
        checked: &RelPath,
        place: &RelPath,
        files: &[RelPath],
        around: &Around<'_>,
        by_hand: bool,
    ) -> Self {
        let mut part = Self::default();
        room::renew();
        let near: Vec<RelPath> =
            around.docs.iter().filter(|d| related(d, place)).cloned().collect();
        let named: Vec<&NamedStack> = around
            .settings
            .stacks
            .iter()
            .filter(|s| s.files.first().is_some_and(|f| f.parent() == *place))
            .collect();
        let stacks = match named.as_slice() {
            _ if by_hand => vec![compose::StackFiles { files: files.to_vec() }],
            [] => compose::stacks(sources, place, files, &near),
            named => named.iter().map(|s| compose::StackFiles { files: s.files.clone() }).collect(),
        };
        let docs = Docs::read(sources, &near);
        let shared =
            Shared::new(around.dockerfiles.iter().filter(|d| nearby(d, place)).cloned().collect())
                .among(around.compose.clone());
        for files in stacks {
            room::refill();
            let mut one = || {
                let place = compose::project_folder(sources, &files.files);
                let project = compose::load(sources, &place, &files.files);
                if !project.files.is_empty() {
                    let wanted = named
                        .iter()
                        .find(|s| s.files == files.files)
                        .and_then(|s| s.intent)
                        .or(around.settings.intent);
                    part.stack(
                        sources,
                        checked,
                        &project,
                        &Taken { own: files.files.len(), intent: wanted },
                        &shared,
                        &docs,
                    );
                }
            };
            // A fault in one stack leaves the others of the folder as they are.
            let whole = catch_unwind(AssertUnwindSafe(&mut one)).is_ok();
            let first = files.files.first();
            if !whole && let Some(first) = first {
                part.failed.push((
                    first.clone(),
                    "could not be analysed: a fault in compose-doctor".to_owned(),
                ));
            }
            if room::is_spent() && part.cut.is_none() {
                part.cut = first.cloned();
            }
        }
        for image in shared.images() {
            part.read.dockerfile.insert(image.file.path.clone());
        }
        part
    }

    fn stack(
        &mut self,
        sources: &Sources<'_>,
        checked: &RelPath,
        project: &Project,
        taken: &Taken,
        shared: &Shared,
        docs: &Docs,
    ) {
        #[cfg(test)]
        rules::fault::injected("the-model", project.services.iter().map(|s| s.name.as_str()));
        let mut stack = Stack::bring_up(sources, project, shared, docs, checked);
        if let Some(intent) = taken.intent {
            (stack.intent, stack.intent_why) = (intent, "the configuration says so".to_owned());
        }
        let number = self.stacks.len();
        self.stacks.push(StackInfo {
            files: project.files.iter().map(|f| f.path.clone()).collect(),
            own: taken.own,
            services: project.services.iter().map(|s| s.name.as_str().to_owned()).collect(),
            intent: stack.intent,
            intent_why: stack.intent_why.clone(),
        });
        let judged = rules::judge(&stack);
        for finding in judged.findings {
            self.take(finding, number);
        }
        if let Some(first) = project.files.first() {
            let missing = |rule: &RuleMeta| {
                (
                    first.path.clone(),
                    format!("was not judged by {}: a fault in compose-doctor", rule.name),
                )
            };
            self.failed.extend(judged.failed.into_iter().map(missing));
        }
        self.secrets.extend(stack.secrets());
        self.read.compose.extend(project.files.iter().map(|f| f.path.clone()));
        self.read.env.extend(project.dotenv.files.iter().map(|f| f.path.clone()));
        for container in &stack.containers {
            self.read.env.extend(container.environment.files.iter().cloned());
            self.read.script.extend(container.process.scripts.iter().cloned());
        }
        for nginx in &stack.nginx {
            self.read.nginx.extend(nginx.files.iter().cloned());
        }
        let mut modules = BTreeSet::new();
        for settings in stack.django.iter().filter_map(|d| d.settings()) {
            self.read.settings.extend(settings.files.iter().map(|f| sources.file(*f).path.clone()));
            if modules.insert(settings.file) {
                self.unknown += settings.unknown;
            }
        }
        self.unknown += stack
            .containers
            .iter()
            .filter(|c| c.image.is_some() && c.process.unknown.is_some())
            .count();
    }

    /// A finding that an earlier stack has as well is reported once, as bad as it is at worst.
    fn take(&mut self, finding: Finding, stack: usize) {
        let place = finding.labels.first().map(|l| l.span);
        match self.findings.iter_mut().find(|f| {
            std::ptr::eq(f.rule, finding.rule) && f.labels.first().map(|l| l.span) == place
        }) {
            Some(known) => {
                let mut stacks = std::mem::take(&mut known.stacks);
                stacks.push(stack);
                if finding.severity > known.severity {
                    *known = finding;
                }
                known.stacks = stacks;
            }
            None => self.findings.push(Finding { stacks: vec![stack], ..finding }),
        }
    }
}

/// Whether a README or Makefile speaks of the stacks of a folder: it lies in it, above it or below it.
fn related(doc: &RelPath, place: &RelPath) -> bool {
    place.below(&doc.parent()).is_some() || doc.below(place).is_some()
}

/// Whether a Dockerfile lies below a stack's folder, or below the one that holds it.
fn nearby(dockerfile: &RelPath, place: &RelPath) -> bool {
    dockerfile.below(&place.parent()).is_some()
}

/// Leaves out stacks whose file another stack takes in with `include` or `extends`: they are no stacks of
/// their own, and are checked where they are taken in.
fn without_parts_of_others(mut parts: Vec<Part>) -> Vec<Part> {
    let taken: BTreeSet<RelPath> = parts
        .iter()
        .flat_map(|p| &p.stacks)
        .flat_map(|s| s.files.iter().skip(s.own))
        .cloned()
        .collect();
    for part in &mut parts {
        let keep: Vec<bool> = part
            .stacks
            .iter()
            .map(|s| s.own > 1 || !s.files.first().is_some_and(|f| taken.contains(f)))
            .collect();
        if keep.iter().all(|k| *k) {
            continue;
        }
        let number: Vec<usize> = keep
            .iter()
            .scan(0, |next, k| {
                let this = *next;
                *next += usize::from(*k);
                Some(this)
            })
            .collect();
        part.findings.iter_mut().for_each(|f| {
            f.stacks = f.stacks.iter().filter(|s| keep[**s]).map(|s| number[*s]).collect()
        });
        part.findings.retain(|f| !f.stacks.is_empty());
        let mut kept = keep.iter();
        part.stacks.retain(|_| kept.next() == Some(&true));
    }
    parts
}

/// Puts the parts together; with the files that were read, and what they are written in.
fn gather(
    sources: &Sources<'_>,
    folder: &RelPath,
    parts: Vec<Part>,
    unseen: Vec<Skipped>,
) -> (Report, BTreeMap<RelPath, Language>) {
    let mut report = Report { folder: Some(folder.clone()), ..Report::default() };
    let mut read = Read::default();
    let mut coverage = Coverage::default();
    for mut part in without_parts_of_others(parts) {
        let shift = report.stacks.len();
        report.stacks.append(&mut part.stacks);
        report.findings.extend(part.findings.into_iter().map(|mut f| {
            f.stacks.iter_mut().for_each(|s| *s += shift);
            f
        }));
        report.secrets.extend(part.secrets);
        coverage.unknown += part.unknown;
        coverage.faults += part.failed.len();
        coverage.skipped.extend(part.failed);
        coverage.skipped.extend(part.cut.map(|place| (place, CUT.to_owned())));
        read.compose.extend(part.read.compose);
        read.dockerfile.extend(part.read.dockerfile);
        read.script.extend(part.read.script);
        read.nginx.extend(part.read.nginx);
        read.settings.extend(part.read.settings);
        read.env.extend(part.read.env);
    }
    coverage.skipped.extend(
        unseen.into_iter().chain(sources.skipped()).map(|s| (s.path, s.reason.to_string())),
    );
    (coverage.compose, coverage.dockerfile, coverage.script) =
        (read.compose.len(), read.dockerfile.len(), read.script.len());
    (coverage.nginx, coverage.settings, coverage.env) =
        (read.nginx.len(), read.settings.len(), read.env.len());
    report.coverage = coverage;
    report.findings.sort_by_key(|f| (f.stacks.first().copied(), std::cmp::Reverse(f.severity)));
    report.coverage.read = read.named();
    let files = read.languages();
    fingerprint::mark(&mut report.findings, sources, &files);
    report.secrets.sort_unstable();
    report.secrets.dedup();
    (report, files)
}
