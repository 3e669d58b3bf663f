//! The stacks of one folder: which there are, each brought up on paper and judged.

use super::behind::{Behind, same};
use super::bring_up::{BringUp, intent_of};
use super::read_files::Read;
use crate::config::{NamedStack, Settings};
use crate::finding::{
    Confidence, Finding, Intent, Own, Prose, RuleMeta, Severity, StackInfo, prose,
};
use crate::model::assumptions::Assumptions;
use crate::model::budget::{Budget, Spent};
use crate::model::compose::{self, StackFiles, Usage, Usages};
use crate::model::container::Container;
use crate::model::inspect::stack_account;
use crate::model::instructions::{Instructions, Readings};
use crate::model::search_limit::SearchLimit;
use crate::model::stack::repository::ComposeFiles;
use crate::model::stack::{Shared, Stack};
use crate::rules::{Judged, search_limit};
use crate::source::{FileId, RelPath, Sources, Span};
use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Instant;

/// Why a stack was passed over.
const NO_TIME: &str = "was not judged: the other stacks took all the time of the run";

/// Other files of the checked folder.
pub(super) struct Around<'a> {
    pub(super) texts: &'a [RelPath],
    pub(super) dockerfiles: &'a [RelPath],
    pub(super) compose: &'a Arc<ComposeFiles>,
    pub(super) settings: &'a Settings,
    /// Whether what was worked out is kept.
    pub(super) account: bool,
    pub(super) usages: &'a Usages,
    pub(super) readings: &'a Arc<Readings>,
    /// When the run began.
    pub(super) began: Instant,
}

impl Around<'_> {
    /// The texts that speak of the stacks of a folder.
    fn instructions(
        &self,
        sources: &Sources<'_>,
        checked: &RelPath,
        place: &RelPath,
    ) -> Instructions {
        let near = |paths: &[RelPath]| -> Vec<RelPath> {
            paths.iter().filter(|p| related(p, place)).cloned().collect()
        };
        let (texts, compose) = (near(self.texts), near(self.compose));
        Instructions::read(sources, checked, &texts, &compose, self.readings.clone())
    }

    /// The calls of Compose in those texts.
    pub(super) fn usages_at(
        &self,
        sources: &Sources<'_>,
        checked: &RelPath,
        place: &RelPath,
    ) -> Vec<Usage> {
        let texts = self.instructions(sources, checked, place);
        compose::usages(sources, place, checked, self.compose, &texts)
    }
}

/// What one folder gave.
#[derive(Default)]
pub(super) struct FolderReport {
    pub(super) stacks: Vec<StackInfo>,
    pub(super) findings: Vec<Finding>,
    pub(super) secrets: Vec<Span>,
    pub(super) read: Read,
    pub(super) unknown: usize,
    /// Where a fault of ours was, and what is missing for it.
    pub(super) failed: Vec<(RelPath, Prose)>,
    /// Compose files that were passed over, and why.
    pub(super) passed_over: Vec<(RelPath, Prose)>,
    /// What was not looked at further.
    pub(super) cut: Option<RelPath>,
}

/// How a stack is taken.
struct Taken<'a> {
    /// What it is brought up with.
    up: BringUp<'a>,
    /// What it is said to be for.
    intent: Option<Intent>,
    /// Whether what was worked out is kept.
    account: bool,
    /// Whether it lacks what only another file has.
    is_part: bool,
}

/// Whether a README or Makefile speaks of the stacks of a folder: it lies in it, above it or below it.
fn related(doc: &RelPath, place: &RelPath) -> bool {
    place.relative_to(&doc.parent()).is_some() || doc.relative_to(place).is_some()
}

/// Whether a Dockerfile lies below a stack's folder, or below the one that holds it.
fn nearby(dockerfile: &RelPath, place: &RelPath) -> bool {
    dockerfile.relative_to(&place.parent()).is_some()
}

/// What is said of a stack whose work ended before it was through.
fn limit_reached(spent: Spent, file: FileId) -> Finding {
    let what = match spent {
        Spent::Steps => "this stack takes more work than one stack gets: not all of it was judged",
        Spent::Time => "this stack takes more time than one stack gets: not all of it was judged",
    };
    search_limit(&SearchLimit { span: Span::whole(file), message: what.into() })
}

impl FolderReport {
    pub(super) fn failed(place: &RelPath) -> Self {
        Self {
            failed: vec![(
                place.clone(),
                prose!("could not be analysed: a fault in compose-doctor"),
            )],
            ..Self::default()
        }
    }

    pub(super) fn of_folder(
        sources: &Sources<'_>,
        checked: &RelPath,
        place: &RelPath,
        files: &[RelPath],
        around: &Around<'_>,
        by_hand: bool,
    ) -> Self {
        let mut part = Self::default();
        Budget::begin(around.began);
        SearchLimit::take();
        let named: Vec<&NamedStack> = around
            .settings
            .stacks
            .iter()
            .filter(|s| s.files.first().is_some_and(|f| f.parent() == *place))
            .collect();
        let stacks = match named.as_slice() {
            _ if by_hand => vec![StackFiles::named(files.to_vec())],
            [] => compose::stacks(sources, place, files, around.usages),
            named => named.iter().map(|s| StackFiles::named(s.files.clone())).collect(),
        };
        let texts = around.instructions(sources, checked, place);
        let dockerfiles: Vec<RelPath> =
            around.dockerfiles.iter().filter(|d| nearby(d, place)).cloned().collect();
        let shared = Shared::new(dockerfiles.clone()).with_compose_files(around.compose.clone());
        for files in stacks {
            Budget::begin_stack();
            let first = files.files.first();
            if Budget::spent().is_some() {
                part.passed_over.extend(first.map(|path| (path.clone(), Prose::from(NO_TIME))));
                continue;
            }
            let mut one = || {
                let usages: Vec<Usage> = around.usages.of_files(&files.files).cloned().collect();
                let wanted = named
                    .iter()
                    .find(|s| s.files == files.files)
                    .and_then(|s| s.intent)
                    .or(around.settings.intent);
                let taken = Taken {
                    intent: wanted,
                    is_part: files.is_part,
                    account: around.account,
                    up: BringUp {
                        checked,
                        folder: &files.folder,
                        files: &files.files,
                        usages: &usages,
                        texts: &texts,
                        dockerfiles: &dockerfiles,
                        compose: around.compose,
                    },
                };
                part.stack(sources, &taken, &shared);
            };
            // A fault in one stack leaves the others of the folder as they are.
            let whole = catch_unwind(AssertUnwindSafe(&mut one)).is_ok();
            if !whole && let Some(first) = first {
                part.failed.push((
                    first.clone(),
                    prose!("could not be analysed: a fault in compose-doctor"),
                ));
            }
            if Budget::left() == 0 && part.cut.is_none() {
                part.cut = first.cloned();
            }
        }
        for image in shared.images() {
            part.read.dockerfile.insert(image.dockerfile().clone());
        }
        part
    }

    fn stack(&mut self, sources: &Sources<'_>, taken: &Taken<'_>, shared: &Shared) {
        let up = &taken.up;
        let Some(project) = &up.load(sources, &Assumptions::default()) else { return };
        #[cfg(test)]
        crate::rules::fault::injected(
            "the-model",
            project.services.iter().map(|s| s.name.as_str()),
        );
        let wanted = taken.intent.map(|i| (i, Prose::from("the configuration says so")));
        let stack = up.stack(sources, project, shared, wanted.as_ref());
        let number = self.stacks.len();
        self.stacks.push(StackInfo {
            files: project.paths().cloned().collect(),
            own: up.files.len(),
            services: project.services.iter().map(|s| s.name.as_str().to_owned()).collect(),
            intent: stack.repository().intent(),
            intent_why: stack.repository().intent_evidence().clone(),
            account: None,
            gaps: Vec::new(),
            unknown: Vec::new(),
        });
        let mut seen = BTreeSet::new();
        let mut account = None;
        let mut judged = up.judge(sources, &stack, shared, &mut |stack| {
            self.note(sources, stack, &mut seen);
            // What holds with one of several modules only is no account of the stack.
            if taken.account && stack.project.assumptions.settings.is_none() {
                account = Some(stack_account(stack));
            }
        });
        if !taken.is_part && stack.repository().unfilled_file().is_none() {
            self.look_behind(sources, up, &stack, shared, &mut judged);
        }
        if let (Some(spent), Some(first)) = (Budget::spent(), project.first_file()) {
            judged.findings.push(limit_reached(spent, first));
        }
        let unfilled = stack.repository().unfilled_file().cloned();
        if let Some(info) = self.stacks.get_mut(number) {
            info.account = account;
            // Nobody runs a part or a template as it is.
            if !taken.is_part && unfilled.is_none() {
                info.gaps = judged.gaps;
                info.unknown = judged.unknown;
            }
        }
        for mut finding in judged.findings {
            if unfilled.is_some() {
                continue;
            }
            if taken.is_part {
                finding = finding.at_most(Severity::Info).sure(Confidence::Low);
            }
            self.take(finding, number);
        }
        let template = "is a template that another tool fills in first (not judged)";
        self.passed_over.extend(unfilled.map(|path| (path, Prose::from(template))));
        if let Some(first) = project.paths().next() {
            let missing = |rule: &RuleMeta| {
                (
                    first.clone(),
                    prose!("was not judged by {}: a fault in compose-doctor", Own(rule.name)),
                )
            };
            self.failed.extend(judged.failed.into_iter().map(missing));
        }
        let unknown = |c: &Container<'_>| c.image.is_some() && c.process.unknown.is_some();
        self.unknown += stack.containers.iter().filter(|c| unknown(c)).count();
    }

    /// Adds what holds once the faults that hide it are fixed.
    fn look_behind(
        &mut self,
        sources: &Sources<'_>,
        up: &BringUp<'_>,
        stack: &Stack<'_>,
        shared: &Shared,
        judged: &mut Judged,
    ) {
        let behind = Behind { up, intent: intent_of(stack) };
        let Some(found) = behind.look(sources, stack, shared, &judged.findings) else { return };
        judged.findings.retain(|f| !found.findings.iter().any(|new| same(new, f)));
        judged.findings.extend(found.findings);
        self.secrets.extend(found.secrets);
        self.read.add(found.read);
    }

    /// Remembers what was read for a stack. `modules` are the settings modules that were counted.
    fn note(&mut self, sources: &Sources<'_>, stack: &Stack<'_>, modules: &mut BTreeSet<FileId>) {
        self.secrets.extend(stack.environment().secret_places());
        self.read.note(sources, stack);
        for settings in stack.roles.django.iter().filter_map(|d| d.settings()) {
            if modules.insert(settings.file) {
                self.unknown += settings.unknown;
            }
        }
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
                // What holds in one stack already does not wait.
                let (waits, known_waits) =
                    (!finding.waits_for.is_empty(), !known.waits_for.is_empty());
                if known_waits && !waits
                    || waits == known_waits && finding.severity > known.severity
                {
                    *known = finding;
                }
                known.stacks = stacks;
            }
            None => self.findings.push(Finding { stacks: vec![stack], ..finding }),
        }
    }
}
