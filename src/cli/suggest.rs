//! `Did you mean …?`

use crate::config::alike;
use crate::report::SafeText;

/// How many names are offered.
const OFFERED: usize = 3;

/// Appends the names most like `name`, if any is.
pub(super) fn did_you_mean<'n>(
    text: &mut SafeText,
    name: &str,
    known: impl Iterator<Item = &'n str>,
) {
    let alike = alike(name, known);
    for (index, name) in alike.iter().take(OFFERED).enumerate() {
        text.push_own(if index == 0 { "; did you mean `" } else { "`, `" })
            .push(&SafeText::outside(name));
    }
    if !alike.is_empty() {
        text.push_own("`?");
    }
}
