//! The order of keys in YAML output, where `b9` comes before `b10`.

use std::cmp::Ordering;

/// Compares two keys as Compose's YAML writer does: letters after everything else, except after a digit, where
/// they come first; runs of digits by their number.
pub(super) fn natural(a: &str, b: &str) -> Ordering {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let Some(at) = a.iter().zip(&b).position(|(x, y)| x != y) else { return a.len().cmp(&b.len()) };
    let (x, y) = (a[at], b[at]);
    match (x.is_alphabetic(), y.is_alphabetic()) {
        (true, true) => return x.cmp(&y),
        (false, false) => {}
        (x_is_letter, _) => {
            let after_digit = at > 0 && a[at - 1].is_numeric();
            return if x_is_letter == after_digit { Ordering::Less } else { Ordering::Greater };
        }
    }
    // A zero that differs from another digit inside a number that began before it does not lead that number.
    let inside = (x == '0' || y == '0')
        && a[..at].iter().rev().take_while(|c| c.is_numeric()).any(|c| *c != '0');
    let run = |chars: &[char]| {
        let digits = chars[at..].iter().map_while(|c| c.to_digit(10));
        let count = digits.clone().count();
        (
            digits.fold(i64::from(inside), |n, d| n.wrapping_mul(10).wrapping_add(i64::from(d))),
            count,
        )
    };
    run(&a).cmp(&run(&b)).then(x.cmp(&y))
}
