//! One run: find the Compose files, bring every stack up on paper, let the rules judge, gather what they say.

mod assumed;
mod fingerprint;
mod folder;
mod gather;
mod read_files;
#[cfg(test)]
mod tests;

use crate::config::{Pattern, Settings};
use crate::filter;
use crate::finding::Report;
use crate::fix;
use crate::model::compose;
use crate::model::stack::repository::{ComposeFiles, Docs, is_dockerfile_name};
use crate::source::{RelPath, Sources, discover};
use folder::{Around, FolderReport};
use gather::gather;
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
    run(sources, folder, options, false)
}

/// The same, and each stack of the report has the account of what was worked out of it.
pub(crate) fn check_with_account(
    sources: &Sources<'_>,
    folder: &RelPath,
    options: &Options,
) -> Report {
    run(sources, folder, options, true)
}

fn run(sources: &Sources<'_>, folder: &RelPath, options: &Options, account: bool) -> Report {
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
    let compose = Arc::new(ComposeFiles::new(candidates.clone()));
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
            for stack in settings
                .stacks
                .iter()
                .filter(|s| s.files.iter().any(|f| f.relative_to(folder).is_some()))
            {
                by_folder
                    .entry(stack.files.first().map_or_else(RelPath::root, RelPath::parent))
                    .or_default();
            }
        }
    }
    let one = |(place, files): (&RelPath, &Vec<RelPath>)| {
        let work = || {
            FolderReport::of_folder(
                sources,
                folder,
                place,
                files,
                &Around {
                    docs: &docs,
                    dockerfiles: &dockerfiles,
                    compose: &compose,
                    settings,
                    account,
                },
                options.only.is_some(),
            )
        };
        // A fault of ours in one folder must not hide what is wrong in the others.
        catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| FolderReport::failed(place))
    };
    let in_order = || by_folder.iter().map(one).collect();
    let pool = || rayon::ThreadPoolBuilder::new().stack_size(THREAD_STACK).build();
    let parts: Vec<FolderReport> = match by_folder.len() {
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
    let scope = filter::FilterScope {
        folder,
        whole: options.only.is_none(),
        files: &files,
        idle_excludes: &idle_excludes,
    };
    filter::apply(&mut report, sources, settings, &scope);
    fix::resolve(&mut report, sources, &files);
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
