//! What a renderer is given: the report, which of its findings to show, and the only ways to write of a project.

use super::format::Wanted;
use super::guard::Guard;
use super::place::Places;
use crate::finding::{Finding, Report};
use crate::source::{Position, RelPath, Sources, Span};
use std::collections::HashMap;
use std::ops::Range;

/// A report as it is about to be written.
pub(super) struct View<'v> {
    pub(super) report: &'v Report,
    pub(super) sources: &'v Sources<'v>,
    pub(super) guard: &'v Guard<'v>,
    pub(super) places: &'v Places<'v>,
    pub(super) wanted: &'v Wanted<'v>,
    /// The findings to show, in the order of the report.
    pub(super) shown: Vec<&'v Finding>,
}

/// One place, for formats whose findings have one.
pub(super) struct Spot {
    /// The file, below the root; the root itself where a finding stands nowhere.
    pub(super) path: RelPath,
    /// Where it begins, and the character after its last; `None` for the file as such.
    pub(super) region: Option<Range<Position>>,
}

impl Spot {
    /// The 1-based line; the first for the file as such.
    pub(super) fn line(&self) -> u32 {
        self.region.as_ref().map_or(1, |r| r.start.line)
    }

    /// The 1-based column in characters; the first for the file as such.
    pub(super) fn column(&self) -> u32 {
        self.region.as_ref().map_or(1, |r| r.start.column)
    }
}

/// A file and the findings whose primary label lies in it, each with its place.
pub(super) type OfFile<'v> = (RelPath, Vec<(Spot, &'v Finding)>);

impl<'v> View<'v> {
    /// Prepares a report with at most `wanted.most` findings: the worst, in the order they have.
    pub(super) fn new(
        report: &'v Report,
        sources: &'v Sources<'v>,
        guard: &'v Guard<'_>,
        places: &'v Places<'v>,
        wanted: &'v Wanted<'v>,
    ) -> Self {
        let mut order: Vec<usize> = (0..report.findings.len()).collect();
        if order.len() > wanted.most {
            order.sort_by_key(|i| std::cmp::Reverse(report.findings.get(*i).map(|f| f.severity)));
            order.truncate(wanted.most);
            order.sort_unstable();
        }
        let shown = order.into_iter().filter_map(|i| report.findings.get(i)).collect();
        Self { report, sources, guard, places, wanted, shown }
    }

    /// How many findings are not shown.
    pub(super) fn left_out(&self) -> usize {
        self.report.findings.len() - self.shown.len()
    }

    /// The findings to show, the worst first and otherwise as they are.
    pub(super) fn worst_first(&self) -> Vec<&'v Finding> {
        let mut all = self.shown.clone();
        all.sort_by_key(|f| std::cmp::Reverse(f.severity));
        all
    }

    /// Where a label is.
    pub(super) fn spot(&self, span: Span) -> Spot {
        let file = self.places.file(span);
        Spot { path: file.below_root().clone(), region: file.region(span) }
    }

    /// Where a finding is: at its primary label, else in the first file of its stack.
    pub(super) fn primary(&self, finding: &Finding) -> Spot {
        match finding.labels.first() {
            Some(label) => self.spot(label.span),
            None => {
                let stack = finding.stacks.first().and_then(|s| self.report.stacks.get(*s));
                Spot {
                    path: stack
                        .and_then(|s| s.files.first())
                        .cloned()
                        .unwrap_or_else(RelPath::root),
                    region: None,
                }
            }
        }
    }

    /// The findings by file, files in the order in which they first come up.
    pub(super) fn by_file(&self) -> Vec<OfFile<'v>> {
        let mut files: Vec<OfFile<'v>> = Vec::new();
        let mut known: HashMap<RelPath, usize> = HashMap::new();
        for finding in &self.shown {
            let spot = self.primary(finding);
            let index = *known.entry(spot.path.clone()).or_insert_with(|| {
                files.push((spot.path.clone(), Vec::new()));
                files.len() - 1
            });
            if let Some((_, findings)) = files.get_mut(index) {
                findings.push((spot, finding));
            }
        }
        files
    }

    /// A path as a code host counts it, from the top of the repository; byte for byte, so only for what escapes it.
    pub(super) fn in_repository(&self, path: &RelPath) -> String {
        format!("{}{path}", self.wanted.above)
    }
}
