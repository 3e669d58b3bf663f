//! The file of known findings: JSON with one entry a line, so that a change of it can be reviewed.

use super::json::escape_into;
use super::safe::SafeText;
use crate::finding::KnownFinding;

/// The version of the format.
const VERSION: u32 = 1;

/// The text of a baseline. It holds names of rules and files, and numbers: no values.
pub fn baseline(known: &[KnownFinding]) -> SafeText {
    let json = |text: &str| {
        let mut out = String::new();
        escape_into(&serde_json::to_string(text).unwrap_or_default(), &mut out);
        out
    };
    let entry = |known: &KnownFinding| {
        let count =
            if known.count > 1 { format!(", \"count\": {}", known.count) } else { String::new() };
        let (rule, path, fingerprint) =
            (json(&known.rule), json(&known.path), json(&known.fingerprint));
        format!(
            "\n    {{\"rule\": {rule}, \"path\": {path}, \"fingerprint\": {fingerprint}{count}}}"
        )
    };
    let entries = known.iter().map(entry).collect::<Vec<_>>().join(",");
    let end = if known.is_empty() { "" } else { "\n  " };
    SafeText::composed(format!(
        "{{\n  \"schema_version\": {VERSION},\n  \"entries\": [{entries}{end}]\n}}\n"
    ))
}
