//! Numbers in texts, as Go reads them, which Compose is written in.

/// A whole number in `base`, with or without a sign; nothing else, not even a blank.
pub(super) fn parse_int(text: &str, base: u32) -> Option<i64> {
    i64::from_str_radix(text, base).ok()
}

/// A number; `inf` and `nan` are some. One that is too large is none.
pub(super) fn parse_float(text: &str) -> Option<f64> {
    let number: f64 = text.parse().ok()?;
    let spelled = text.trim_start_matches(['+', '-']).starts_with(['i', 'I']);
    (number.is_finite() || number.is_nan() || spelled).then_some(number)
}

/// The whole part of a number; what 64 bits cannot hold is the smallest they can, as on the machines that
/// Compose runs on.
pub(super) fn whole(number: f64) -> i64 {
    // 2⁶³, the first number above.
    let beyond = 9_223_372_036_854_775_808.0;
    if (-beyond..beyond).contains(&number) { number as i64 } else { i64::MIN }
}

/// A number in 64 bits with a sign.
pub(super) fn wrapped(number: i128) -> i128 {
    i128::from(number as i64)
}
