//! Names that read like a slip of the pen for another.

/// The longest name that is compared.
const MAX_NAME: usize = 64;

/// The first of `names` that `is_used` does not know and that reads like a slip of the pen for `name`.
pub fn similar_name<'n>(
    is_used: &dyn Fn(&str) -> bool,
    name: &str,
    names: impl Iterator<Item = &'n str>,
) -> Option<&'n str> {
    let plain = |t: &str| t.chars().filter(|c| *c != '_').collect::<String>().to_ascii_uppercase();
    let digits = |t: &str| t.chars().filter(char::is_ascii_digit).collect::<String>();
    let close = |other: &&str| {
        if name.len().abs_diff(other.len()) > 4 || other.len() > MAX_NAME {
            return false;
        }
        let most = if name.len() < 6 { 0 } else { 2 };
        let swapped = plain(name) == plain(other) || {
            let (mut a, mut b): (Vec<&str>, Vec<&str>) =
                (name.split('_').collect(), other.split('_').collect());
            a.sort_unstable();
            b.sort_unstable();
            a == b
        };
        *other != name
            && digits(name) == digits(other)
            && (swapped || strsim::damerau_levenshtein(name, other) <= most)
    };
    names.into_iter().filter(close).find(|other| !is_used(other))
}
