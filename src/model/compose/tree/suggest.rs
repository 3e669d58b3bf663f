//! Names that were most likely meant.

/// The most names that are compared: a person means one of few.
const MAX_NAMES: usize = 200;
/// The longest name that is compared, in bytes: no service, volume or network that a person types is longer.
const MAX_NAME_BYTES: usize = 64;

/// The name most like `name`, if one is like enough to have been meant: one letter off in a short name, two in a longer
/// one, or the same but for case and dashes.
pub(crate) fn nearest<'n>(name: &str, known: impl Iterator<Item = &'n str>) -> Option<&'n str> {
    if name.len() > MAX_NAME_BYTES {
        return None;
    }
    let plain = |t: &str| t.to_lowercase().replace(['_', '-', '.'], "");
    let wanted = plain(name);
    let most = if wanted.chars().count() < 5 { 1 } else { 2 };
    known
        .take(MAX_NAMES)
        .filter(|k| *k != name && k.len() <= MAX_NAME_BYTES)
        .filter_map(|k| Some((distance(&wanted, &plain(k), most)?, k)))
        .min()
        .map(|(_, k)| k)
}

/// How many letters differ, where no more than `most` do. What both begin and end with does not count, so that names of a
/// long common part cost little.
fn distance(a: &str, b: &str, most: usize) -> Option<usize> {
    let same = |a: &[char], b: &[char]| a.iter().zip(b).take_while(|(a, b)| a == b).count();
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let start = same(&a, &b);
    let (mut a, mut b) = (a[start..].to_vec(), b[start..].to_vec());
    a.reverse();
    b.reverse();
    let end = same(&a, &b);
    let (a, b) = (&a[end..], &b[end..]);
    if a.len().abs_diff(b.len()) > most {
        return None;
    }
    let distance = strsim::generic_damerau_levenshtein(a, b);
    (distance <= most).then_some(distance)
}
