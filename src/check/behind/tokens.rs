//! What two texts have in common, word by word.

use std::ops::Range;

/// The most words of either text that are compared each with each.
const MAX_TOKENS: usize = 400;

/// The runs that both texts hold, in order: where each is in the old text and in the new one.
pub(super) fn kept(old: &str, new: &str) -> Vec<(Range<usize>, Range<usize>)> {
    let (a, b) = (tokens(old), tokens(new));
    let common =
        |pairs: &mut dyn Iterator<Item = (&&str, &&str)>| pairs.take_while(|(a, b)| a == b).count();
    let head = common(&mut a.iter().zip(&b));
    let tail = common(&mut a[head..].iter().rev().zip(b[head..].iter().rev()));
    let (a_rest, b_rest) = (&a[head..a.len() - tail], &b[head..b.len() - tail]);
    let mut pairs: Vec<(usize, usize)> = (0..head).map(|i| (i, i)).collect();
    if a_rest.len() <= MAX_TOKENS && b_rest.len() <= MAX_TOKENS {
        pairs.extend(longest(a_rest, b_rest).into_iter().map(|(i, j)| (head + i, head + j)));
    }
    pairs.extend((0..tail).rev().map(|i| (a.len() - 1 - i, b.len() - 1 - i)));
    let place = |text: &str, token: &str| {
        let start = token.as_ptr() as usize - text.as_ptr() as usize;
        start..start + token.len()
    };
    let mut runs: Vec<(Range<usize>, Range<usize>)> = Vec::new();
    for (i, j) in pairs {
        let (was, now) = (place(old, a[i]), place(new, b[j]));
        match runs.last_mut() {
            Some(last) if last.0.end == was.start && last.1.end == now.start => {
                (last.0.end, last.1.end) = (was.end, now.end);
            }
            _ => runs.push((was, now)),
        }
    }
    runs
}

/// Words, and each other character for itself.
fn tokens(text: &str) -> Vec<&str> {
    let mut all = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let is_word = |c: char| c.is_alphanumeric() || c == '_';
        let end = match is_word(first) {
            true => rest.find(|c| !is_word(c)).unwrap_or(rest.len()),
            false => first.len_utf8(),
        };
        let (token, after) = rest.split_at(end);
        all.push(token);
        rest = after;
    }
    all
}

/// The longest common subsequence, as pairs of indices.
fn longest(a: &[&str], b: &[&str]) -> Vec<(usize, usize)> {
    let width = b.len() + 1;
    let mut lengths = vec![0_u16; (a.len() + 1) * width];
    for i in (0..a.len()).rev() {
        for j in (0..b.len()).rev() {
            lengths[i * width + j] = match a[i] == b[j] {
                true => lengths[(i + 1) * width + j + 1] + 1,
                false => lengths[(i + 1) * width + j].max(lengths[i * width + j + 1]),
            };
        }
    }
    let (mut i, mut j) = (0, 0);
    let mut pairs = Vec::new();
    while i < a.len() && j < b.len() {
        if a[i] == b[j] {
            pairs.push((i, j));
            (i, j) = (i + 1, j + 1);
        } else if lengths[(i + 1) * width + j] >= lengths[i * width + j + 1] {
            i += 1;
        } else {
            j += 1;
        }
    }
    pairs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_a_command_are_kept_when_it_is_put_into_quotes() {
        let (old, new) =
            ("migrate && gunicorn -b 0.0.0.0", "sh -c \"migrate && gunicorn -b 0.0.0.0\"");
        assert_eq!(kept(old, new), [(0..old.len(), 7..7 + old.len())]);
        let (old, new) = ("a --bind x", "a -w 2 --bind x");
        let runs = kept(old, new);
        assert!(runs.iter().all(|(was, now)| old[was.clone()] == new[now.clone()]), "{runs:?}");
        assert_eq!(runs.iter().map(|(was, _)| was.len()).sum::<usize>(), old.len());
        assert_eq!(kept("", "x"), []);
        assert_eq!(kept("x", ""), []);
        assert_eq!(kept("ä b", "ä c"), [(0..3, 0..3)]);
    }
}
