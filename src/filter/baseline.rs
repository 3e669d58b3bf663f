//! Findings that are known and not shown: a project with old sins can take up the check today and see only new ones.
//!
//! The file is JSON with one entry a line. An entry names the rule, the file (relative to the folder of the baseline) and
//! the finding's fingerprint, which holds no line numbers and no values, so that moving lines about or writing a list in
//! another way changes nothing; `count` says how many findings are alike.

use crate::config::Baseline;
use crate::finding::{Finding, KnownFinding, Prose, Remark, Report, prose};
use crate::source::{Limit, RelPath, SourceFile, Sources, Span};
use crate::syntax::yaml::{NodeId, Yaml};
use std::collections::BTreeMap;

/// What an entry is known by: the file, the rule, the fingerprint.
type Key = (String, String, String);

/// The findings that a baseline knows, and which of them were met.
pub(super) struct Known {
    folder: RelPath,
    entries: BTreeMap<Key, Entry>,
}

struct Entry {
    span: Span,
    count: usize,
}

impl Known {
    /// Reads a baseline. JSON is YAML, and the reader of YAML keeps places.
    pub(super) fn read(sources: &Sources<'_>, baseline: &Baseline) -> Result<Self, Remark> {
        let refuse = |span: Span, message: Prose| Remark {
            span,
            message,
            help: "`compose-doctor check . --update-baseline` writes it anew".into(),
        };
        let path = &baseline.path;
        let file = sources.read(path, Limit::Config).map_err(|why| {
            // What the command line names is told at the file itself.
            let itself = || Span::whole(sources.add(path.as_str(), "").id);
            let place = baseline.named.unwrap_or_else(itself);
            refuse(place, prose!("the baseline `{}` cannot be read: {}", path, why))
        })?;
        let tree = Yaml::read(&file);
        let no_baseline =
            || refuse(Span::whole(file.id), "this is not a baseline of compose-doctor".into());
        let root = tree.root.filter(|_| tree.errors.is_empty()).ok_or_else(no_baseline)?;
        let version = tree
            .entry(root, "schema_version")
            .and_then(|e| tree.scalar(e.value))
            .map(|(t, _)| t.as_str().to_owned());
        if version.as_deref() != Some("1") {
            return Err(no_baseline());
        }
        let mut entries = BTreeMap::new();
        for item in tree.entry(root, "entries").map(|e| tree.items(e.value)).unwrap_or_default() {
            let Some((key, count)) = entry(&tree, *item) else {
                return Err(refuse(
                    tree.node(*item).span,
                    "this entry of the baseline is not understood".into(),
                ));
            };
            entries.entry(key).or_insert(Entry { span: tree.node(*item).span, count: 0 }).count +=
                count;
        }
        Ok(Self { folder: path.parent(), entries })
    }

    /// Whether the finding is known. Each entry holds for as many findings as it counts.
    pub(super) fn holds(&mut self, finding: &Finding, sources: &Sources<'_>) -> bool {
        let key = key(finding, sources, &self.folder);
        match self.entries.get_mut(&key) {
            Some(entry) if entry.count > 0 => {
                entry.count -= 1;
                true
            }
            _ => false,
        }
    }

    /// The entries below a folder that met fewer findings than they count, in file order.
    pub(super) fn left(&self, checked: &RelPath) -> Vec<Span> {
        let inside =
            |key: &Key| self.folder.join(&key.0).is_some_and(|p| p.relative_to(checked).is_some());
        let mut left: Vec<Span> = self
            .entries
            .iter()
            .filter(|(k, e)| e.count > 0 && inside(k))
            .map(|(_, e)| e.span)
            .collect();
        left.sort_unstable_by_key(|s| s.start);
        left
    }
}

fn entry(tree: &Yaml, item: NodeId) -> Option<(Key, usize)> {
    let text = |name: &str| Some(tree.scalar(tree.entry(item, name)?.value)?.0.as_str().to_owned());
    let count = match tree.entry(item, "count") {
        Some(_) => text("count")?.parse().ok()?,
        None => 1,
    };
    Some(((text("path")?, text("rule")?, text("fingerprint")?), count))
}

fn key(finding: &Finding, sources: &Sources<'_>, folder: &RelPath) -> Key {
    let path = finding
        .labels
        .first()
        .map_or_else(String::new, |l| relative(&sources.file(l.span.file), folder));
    (path, finding.rule.name.to_owned(), finding.fingerprint.clone())
}

/// The path of a file as seen from a folder, with `..` where it lies above.
fn relative(file: &SourceFile, folder: &RelPath) -> String {
    let mut up = String::new();
    let mut from = folder.clone();
    loop {
        if let Some(below) = file.path.relative_to(&from) {
            return up + below;
        }
        up.push_str("../");
        from = from.parent();
    }
}

/// The entries of a baseline in `folder` that knows every finding of the report, sorted. What is reported about the
/// configuration is not for a baseline.
pub fn known_findings(
    report: &Report,
    sources: &Sources<'_>,
    folder: &RelPath,
) -> Vec<KnownFinding> {
    let mut counts: BTreeMap<Key, usize> = BTreeMap::new();
    for finding in report.findings.iter().filter(|f| f.rule.group != "config") {
        *counts.entry(key(finding, sources, folder)).or_default() += 1;
    }
    counts
        .into_iter()
        .map(|((path, rule, fingerprint), count)| KnownFinding { rule, path, fingerprint, count })
        .collect()
}
