//! What names a finding from one run to the next.

use crate::finding::Finding;
use crate::source::Sources;

/// Gives every finding its fingerprint.
pub(super) fn mark(findings: &mut [Finding], sources: &Sources<'_>) {
    for finding in findings {
        let path = finding.labels.first().map(|l| sources.file(l.span.file).path.clone());
        finding.fingerprint = hash(&[finding.rule.name, path.as_ref().map_or("", |p| p.as_str())]);
    }
}

/// FNV-1a, 64 bits, of the parts.
fn hash(parts: &[&str]) -> String {
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
    for part in parts {
        for byte in part.bytes().chain([0]) {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
    }
    format!("{hash:016x}")
}
