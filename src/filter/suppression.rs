//! Comments that silence rules: `# compose-doctor: ignore[rule, other] reason`, beside what is found or on the line
//! above, and `# compose-doctor: file-ignore[rule] reason` for a whole file.
//!
//! A finding is silenced at any of its places, because it can be right to excuse either side of it. There is no comment
//! without a rule's name.

use super::FilterScope;
use crate::config;
use crate::finding::{Finding, Silenced, Suppression};
use crate::rules::meta;
use crate::source::{FileId, SourceFile, Sources, Span};
use crate::syntax::comments::{Language, alone, comments};
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// What a comment for this tool begins with.
const MARKER: &str = "compose-doctor:";
/// The most rules that a comment may name.
const MAX_NAMES: usize = 20;
/// The most unknown names that are compared with those of rules.
const MAX_COMPARED: usize = 50;

/// The comments of a run.
pub(super) struct Comments {
    suppressions: RefCell<Vec<Suppression>>,
    /// By file and 1-based line, the comments that hold there.
    lines: BTreeMap<(FileId, u32), Vec<usize>>,
    /// By file, the comments that hold for all of it.
    files: BTreeMap<FileId, Vec<usize>>,
    /// How many names are no rule's.
    unknown: usize,
}

impl Comments {
    /// Reads the comments of every file that was looked at or that a finding stands in.
    pub(super) fn read(
        findings: &[Finding],
        sources: &Sources<'_>,
        scope: &FilterScope<'_>,
    ) -> Self {
        let mut found = Self {
            suppressions: RefCell::default(),
            lines: BTreeMap::new(),
            files: BTreeMap::new(),
            unknown: 0,
        };
        let mut seen = BTreeSet::new();
        for (path, language) in scope.files {
            // What was looked at is remembered: nothing is read from the disk here.
            if let Some(file) = sources.known(path) {
                seen.insert(file.id);
                found.file(
                    &file,
                    *language,
                    scope.whole && path.relative_to(scope.folder).is_some(),
                );
            }
        }
        let named: BTreeSet<FileId> = findings
            .iter()
            .flat_map(|f| &f.labels)
            .map(|l| l.span.file)
            .filter(|f| !seen.contains(f))
            .collect();
        for id in named {
            let file = sources.file(id);
            found.file(&file, Language::of_name(file.path.file_name()), false);
        }
        found
    }

    fn file(&mut self, file: &Arc<SourceFile>, language: Language, judged: bool) {
        if !file.text.contains(MARKER) {
            return;
        }
        for span in comments(file, language, MARKER) {
            let suppression = parse(file, span, judged, &mut self.unknown);
            let all = self.suppressions.get_mut();
            let number = all.len();
            if suppression.whole_file {
                self.files.entry(file.id).or_default().push(number);
            } else {
                for line in held(file, span) {
                    self.lines.entry((file.id, line)).or_default().push(number);
                }
            }
            all.push(suppression);
        }
    }

    /// Whether a comment silences the finding; the comments that do so count as used.
    pub(super) fn silence(&self, finding: &Finding, sources: &Sources<'_>) -> bool {
        if self.lines.is_empty() && self.files.is_empty() {
            return false;
        }
        let mut all = self.suppressions.borrow_mut();
        let mut silenced = false;
        for label in &finding.labels {
            let span = label.span;
            let file = sources.file(span.file);
            let (first, last) = (
                file.position(span.start).line,
                file.position(span.end.saturating_sub(1).max(span.start)).line,
            );
            let beside = [first, last]
                .into_iter()
                .filter_map(|line| self.lines.get(&(span.file, line)))
                .flatten();
            for number in beside.chain(self.files.get(&span.file).into_iter().flatten()) {
                let Some(comment) = all.get_mut(*number).filter(|c| c.broken.is_none()) else {
                    continue;
                };
                for rule in comment
                    .rules
                    .iter_mut()
                    .filter(|s| s.rule.is_some_and(|r| std::ptr::eq(r, finding.rule)))
                {
                    rule.used = true;
                    silenced = true;
                }
            }
        }
        silenced
    }

    /// The comments, with what became of them.
    pub(super) fn into_suppressions(self) -> Vec<Suppression> {
        self.suppressions.into_inner()
    }
}

/// The lines that a comment holds for: its own, or, where it stands alone, the next line that is more than a comment.
fn held(file: &SourceFile, span: Span) -> Vec<u32> {
    let own = file.position(span.start).line;
    if !alone(&file.text, span.start as usize) {
        return vec![own];
    }
    let comment = |line: u32| {
        let text = file.line(line).and_then(|r| file.text.get(r));
        text.is_some_and(|t| t.trim_start().starts_with('#'))
    };
    let mut next = own + 1;
    while comment(next) {
        next += 1;
    }
    // Its own line counts as well: a finding about a missing thing may be anchored at the start of a file.
    vec![own, next]
}

/// Reads one comment.
fn parse(file: &SourceFile, span: Span, judged: bool, unknown: &mut usize) -> Suppression {
    let text = file.text.get(span.range()).unwrap_or_default();
    let mut suppression = Suppression {
        span,
        rules: Vec::new(),
        whole_file: false,
        reason: false,
        broken: None,
        judged,
    };
    let Some(after) = text.find(MARKER).map(|at| at + MARKER.len()) else { return suppression };
    let rest = &text[after..];
    let word = rest.trim_start();
    let mut at = after + (rest.len() - word.len());
    let list = if let Some(list) = word.strip_prefix("file-ignore") {
        suppression.whole_file = true;
        at += "file-ignore".len();
        list
    } else if let Some(list) = word.strip_prefix("ignore") {
        at += "ignore".len();
        list
    } else {
        suppression.broken = Some("`ignore[…]` or `file-ignore[…]` must follow `compose-doctor:`");
        return suppression;
    };
    let Some(list) = list.strip_prefix('[') else {
        suppression.broken =
            Some("the rules must be named in brackets, as in `ignore[db-migrate-never-run]`");
        return suppression;
    };
    at += 1;
    let Some(close) = list.find(']') else {
        suppression.broken = Some("the bracket is not closed");
        return suppression;
    };
    suppression.reason = list[close + 1..].chars().any(char::is_alphanumeric);
    let mut start = at;
    if list[..close].matches(',').count() >= MAX_NAMES {
        suppression.broken = Some("it names more rules than anybody would silence at one place");
        return suppression;
    }
    for item in list[..close].split(',') {
        let name = item.trim();
        if !name.is_empty() {
            let begin = span.start as usize + start + (item.len() - item.trim_start().len());
            let rule = config::rule(name);
            *unknown += usize::from(rule.is_none());
            // Comparing names takes time.
            let compare = rule.is_none() && *unknown <= MAX_COMPARED;
            let near = if compare {
                config::nearest(name, meta::ALL.iter().map(|r| r.name))
            } else {
                None
            };
            let span = Span::new(file.id, begin, begin + name.len());
            suppression.rules.push(Silenced {
                span,
                name: name.to_owned(),
                rule,
                near,
                used: false,
            });
        }
        start += item.len() + 1;
    }
    if suppression.rules.is_empty() {
        suppression.broken = Some("no rule is named in the brackets");
    }
    suppression
}
