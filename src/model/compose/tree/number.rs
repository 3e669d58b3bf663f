//! Numbers in texts, as Go reads them, which Compose is written in.

/// A whole number in `base`, with or without a sign; nothing else, not even a blank.
pub(crate) fn parse_int(text: &str, base: u32) -> Option<i64> {
    i64::from_str_radix(text, base).ok()
}

/// A number, with `_` between digits if wanted, also to base 16 (`0x1p-2`); `inf` and `nan` are some. One that
/// is too large is none.
pub(crate) fn parse_float(text: &str) -> Option<f64> {
    let bytes = text.as_bytes();
    let digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_hexdigit);
    let lone = |at: usize| {
        !(at > 0 && (digit(at - 1) || matches!(bytes[at - 1], b'x' | b'X')) && digit(at + 1))
    };
    if bytes.iter().enumerate().any(|(at, b)| *b == b'_' && lone(at)) {
        return None;
    }
    let plain = text.replace('_', "");
    let unsigned = plain.trim_start_matches(['+', '-']);
    if let Some(digits) = unsigned.strip_prefix("0x").or_else(|| unsigned.strip_prefix("0X")) {
        let number = hexadecimal(digits)?;
        return Some(if plain.starts_with('-') { -number } else { number });
    }
    let number: f64 = plain.parse().ok()?;
    let spelled = unsigned.starts_with(['i', 'I']);
    (number.is_finite() || number.is_nan() || spelled).then_some(number)
}

/// `1.8p4`: digits to base 16, and after `p` the power of two by which they are multiplied.
fn hexadecimal(digits: &str) -> Option<f64> {
    let (mantissa, power) = digits.split_once(['p', 'P'])?;
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    if whole.is_empty() && fraction.is_empty() {
        return None;
    }
    let mut number = 0f64;
    for digit in whole.chars().chain(fraction.chars()) {
        number = number * 16.0 + f64::from(digit.to_digit(16)?);
    }
    let places = i32::try_from(fraction.len()).ok()?.checked_mul(4)?;
    let number = number * 2f64.powi(power.parse::<i32>().ok()?.checked_sub(places)?);
    number.is_finite().then_some(number)
}

/// The whole part of a number; what 64 bits cannot hold is the smallest they can, as on the machines that
/// Compose runs on.
pub(crate) fn whole(number: f64) -> i64 {
    // 2⁶³, the first number above.
    let beyond = 9_223_372_036_854_775_808.0;
    if (-beyond..beyond).contains(&number) { number as i64 } else { i64::MIN }
}

/// A number in 64 bits with a sign.
pub(crate) fn wrapped(number: i128) -> i128 {
    i128::from(number as i64)
}
