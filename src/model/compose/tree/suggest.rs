//! Names that were most likely meant.

/// The most names that are compared: a person means one of few.
const MAX_NAMES: usize = 200;

/// The name most like `name`, if one is like enough to have been meant: one letter off in a short name, two in a longer
/// one, or the same but for case and dashes.
pub(crate) fn nearest<'n>(name: &str, known: impl Iterator<Item = &'n str>) -> Option<&'n str> {
    let plain = |t: &str| t.to_lowercase().replace(['_', '-', '.'], "");
    let wanted = plain(name);
    let most = if wanted.chars().count() < 5 { 1 } else { 2 };
    known
        .take(MAX_NAMES)
        .filter(|k| *k != name)
        .map(|k| (strsim::damerau_levenshtein(&wanted, &plain(k)), k))
        .filter(|(distance, _)| *distance <= most)
        .min()
        .map(|(_, k)| k)
}
