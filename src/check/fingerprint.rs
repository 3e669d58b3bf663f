//! What names a finding from one run to the next.

use crate::finding::Finding;
use crate::source::{FileId, RelPath, SourceFile, Sources};
use crate::syntax::comments::Language;
use crate::syntax::route::Routes;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Gives every finding its fingerprint: FNV-1a, 64 bits, of the rule, the name of the file and the way to the place in it.
/// No line numbers, no values and no words of ours are in it, so it outlives moved lines, other passwords and better
/// messages. Two findings may have the same one: two ports of a list, or the same fault in files of one name.
pub(super) fn mark(
    findings: &mut [Finding],
    sources: &Sources<'_>,
    languages: &BTreeMap<RelPath, Language>,
) {
    let primary = |f: &Finding| f.labels.first().map(|l| l.span);
    let files: BTreeMap<FileId, Arc<SourceFile>> = findings
        .iter()
        .filter_map(primary)
        .map(|span| (span.file, sources.file(span.file)))
        .collect();
    let mut routes: BTreeMap<FileId, Routes<'_>> = BTreeMap::new();
    for finding in findings.iter_mut() {
        let (name, way) = match primary(finding)
            .and_then(|span| Some((span, files.get(&span.file)?)))
        {
            Some((span, file)) => {
                let language = || {
                    languages
                        .get(&file.path)
                        .copied()
                        .unwrap_or_else(|| Language::of_name(file.path.file_name()))
                };
                let routes =
                    routes.entry(span.file).or_insert_with(|| Routes::of_file(file, language()));
                (file.path.file_name(), routes.route_to(span.start))
            }
            None => ("", String::new()),
        };
        finding.fingerprint = hash(&[finding.rule.name, name, &way]);
    }
}

fn hash(parts: &[&str]) -> String {
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
    for part in parts {
        for byte in part.bytes().chain([0]) {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
    }
    format!("{hash:016x}")
}
