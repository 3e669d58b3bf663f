//! `Did you mean …?`

use crate::report::SafeText;

/// How alike two names must be to be offered, from 0 to 1.
const ALIKE: f64 = 0.82;
/// How many names are offered.
const OFFERED: usize = 3;

/// Appends the names most like `name`, if any is.
pub(super) fn did_you_mean<'n>(text: &mut SafeText, name: &str, known: impl Iterator<Item = &'n str>) {
    let lower = name.to_lowercase().replace('_', "-");
    let mut alike: Vec<(f64, &str)> = known
        .map(|k| {
            let other = k.to_lowercase().replace('_', "-");
            // A part of a name that is long enough to mean it counts as well.
            let part = lower.len() >= 4 && other.contains(&lower);
            (if part { 0.9 } else { strsim::jaro_winkler(&lower, &other) }, k)
        })
        .filter(|(score, _)| *score >= ALIKE)
        .collect();
    alike.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(b.1)));
    for (index, (_, name)) in alike.iter().take(OFFERED).enumerate() {
        text.push_own(if index == 0 { "; did you mean `" } else { "`, `" }).push(&SafeText::outside(name));
    }
    if !alike.is_empty() {
        text.push_own("`?");
    }
}
