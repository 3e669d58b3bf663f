//! One run: find the Compose files, bring every stack up on paper, let the rules judge, gather what they say.

mod assumed;
mod behind;
mod bring_up;
mod fingerprint;
mod folder;
mod gather;
mod made_of;
mod read_files;
#[cfg(test)]
mod tests;
mod threads;

use crate::config::{Pattern, Settings};
use crate::filter;
use crate::finding::Report;
use crate::fix;
use crate::model::compose;
use crate::model::compose::Usages;
use crate::model::instructions::{Readings, is_instructions_name};
use crate::model::stack::repository::{ComposeFiles, is_dockerfile_name};
use crate::source::{RelPath, Sources, discover};
use folder::{Around, FolderReport};
use gather::gather;
use std::collections::{BTreeMap, BTreeSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Instant;

/// The most YAML files that one thread looks through.
const MAX_OTHERS_OF_SMALL: usize = 64;

/// What to check.
#[derive(Debug, Default)]
pub struct Options {
    /// Compose files named by hand, as one stack in this order; otherwise they are looked for.
    pub only: Option<Vec<RelPath>>,
    /// What the project and the command line ask for.
    pub settings: Settings,
}

/// The file of a Django project that people call.
const MANAGE: &str = "manage.py";

/// Checks every stack of `folder`. Never fails: a file that cannot be used is in the coverage.
pub fn check(sources: &Sources<'_>, folder: &RelPath, options: &Options) -> Report {
    run(sources, folder, options, false)
}

/// The same, and each stack of the report has the account of what was worked out of it.
pub fn check_with_account(sources: &Sources<'_>, folder: &RelPath, options: &Options) -> Report {
    run(sources, folder, options, true)
}

fn run(sources: &Sources<'_>, folder: &RelPath, options: &Options, account: bool) -> Report {
    let mut found = discover(sources.files(), folder, &|name| {
        compose::is_yaml_name(name)
            || is_instructions_name(name)
            || is_dockerfile_name(name)
            || name == MANAGE
    });
    // Docker makes a folder where a file is to be mounted that is not there; it is told that this is no file.
    found
        .files
        .extend(found.folders.into_iter().filter(|f| compose::is_compose_name(f.file_name())));
    found.files.sort();
    let settings = &options.settings;
    let (files, idle_excludes) = without_excluded(found.files, &settings.exclude);
    let project = files.iter().find(|p| p.file_name() == MANAGE).cloned();
    let (dockerfiles, rest): (Vec<RelPath>, Vec<RelPath>) =
        files.into_iter().partition(|p| is_dockerfile_name(p.file_name()));
    let texts = rest.iter().filter(|p| is_instructions_name(p.file_name())).cloned().collect();
    let (named, others): (Vec<RelPath>, Vec<RelPath>) = rest
        .into_iter()
        .filter(|p| compose::is_yaml_name(p.file_name()))
        .partition(|p| compose::is_compose_name(p.file_name()));
    let run = Run { sources, folder, options, account, dockerfiles, texts, named, others };
    let parts = threads::with_stack(run.is_small(), |parallel| run.parts(parallel));
    let (mut report, files) = gather(sources, folder, parts, found.skipped);
    let judged = report.coverage.settings > 0 || report.stacks.iter().any(|s| !s.gaps.is_empty());
    if options.only.is_none() && !judged && !report.stacks.is_empty() {
        report.coverage.not_run = project;
    }
    let scope = filter::FilterScope {
        folder,
        whole: options.only.is_none(),
        files: &files,
        idle_excludes: &idle_excludes,
    };
    filter::apply(&mut report, sources, settings, &scope);
    // A fault of ours while an edit is written must not take the findings with it: their help stays as the rules gave it.
    if catch_unwind(AssertUnwindSafe(|| fix::resolve(&mut report, sources, &files))).is_err() {
        report.coverage.faults += 1;
    }
    made_of::mark(&mut report, sources);
    report
}

/// What a run looks at.
struct Run<'r> {
    sources: &'r Sources<'r>,
    folder: &'r RelPath,
    options: &'r Options,
    /// Whether to keep what was worked out of each stack, besides the findings.
    account: bool,
    dockerfiles: Vec<RelPath>,
    /// READMEs, Makefiles, scripts and CI files.
    texts: Vec<RelPath>,
    /// Compose files by their names.
    named: Vec<RelPath>,
    /// YAML files of other names.
    others: Vec<RelPath>,
}

impl Run<'_> {
    /// Whether one thread is quicker than several.
    fn is_small(&self) -> bool {
        let mut folders = self.named.iter().map(RelPath::parent);
        let first = folders.next();
        self.others.len() < MAX_OTHERS_OF_SMALL && folders.all(|f| Some(f) == first)
    }

    fn parts(&self, parallel: bool) -> Vec<FolderReport> {
        let Options { only, settings } = self.options;
        let began = Instant::now();
        let is_compose = |p: &RelPath| compose::is_compose_content(self.sources, p);
        let by_content = threads::map(parallel, &self.others, is_compose);
        let mut candidates = self.named.clone();
        let of_content = self.others.iter().zip(by_content).filter(|(_, is)| *is);
        candidates.extend(of_content.map(|(p, _)| p.clone()));
        candidates.sort();
        let mut by_folder: BTreeMap<RelPath, Vec<RelPath>> = BTreeMap::new();
        match only {
            Some(files) => {
                by_folder.insert(
                    files.first().map_or_else(|| self.folder.clone(), RelPath::parent),
                    files.clone(),
                );
            }
            None => {
                for path in &candidates {
                    by_folder.entry(path.parent()).or_default().push(path.clone());
                }
                // A stack that is named by hand may be made of files whose names do not tell.
                for stack in settings
                    .stacks
                    .iter()
                    .filter(|s| s.files.iter().any(|f| f.relative_to(self.folder).is_some()))
                {
                    by_folder
                        .entry(stack.files.first().map_or_else(RelPath::root, RelPath::parent))
                        .or_default();
                }
            }
        }
        let mut around = Around {
            texts: &self.texts,
            dockerfiles: &self.dockerfiles,
            compose: &Arc::new(ComposeFiles::new(candidates)),
            settings,
            account: self.account,
            usages: &Usages::default(),
            readings: &Arc::<Readings>::default(),
            began,
        };
        let places: Vec<RelPath> = by_folder.keys().cloned().collect();
        let found = threads::map(parallel, &places, |place| {
            let work = || around.usages_at(self.sources, self.folder, place);
            catch_unwind(AssertUnwindSafe(work)).unwrap_or_default()
        });
        let left_out = |file: &RelPath| settings.exclude.iter().any(|p| p.matches(file));
        let usages =
            Usages::new(found.into_iter().flatten().filter(|u| !u.files.iter().any(left_out)));
        if only.is_none() {
            // A text may hand Compose a file whose name does not tell.
            for folder in usages.folders().filter(|f| f.relative_to(self.folder).is_some()) {
                by_folder.entry(folder.clone()).or_default();
            }
        }
        around.usages = &usages;
        let places: Vec<(RelPath, Vec<RelPath>)> = by_folder.into_iter().collect();
        threads::map(parallel, &places, |(place, files)| {
            let work = || {
                FolderReport::of_folder(
                    self.sources,
                    self.folder,
                    place,
                    files,
                    &around,
                    only.is_some(),
                )
            };
            // A fault of ours in one folder must not hide what is wrong in the others.
            catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| FolderReport::failed(place))
        })
    }
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
