//! Sizes in bytes (Compose specification, "Specifying byte values"): `100`, `512b`, `1.5gb`, `2 GiB`.

use super::number;

/// A size. The units are powers of 1024, in either case, with `b` or `ib` after the letter or without, and
/// with one space before them at most. A fraction of a byte is cut off.
pub(crate) fn parse(text: &str) -> Option<i64> {
    let last = text.rfind(|c: char| c.is_ascii_digit() || c == '.' || c == ' ')?;
    let (digits, unit) = text.split_at(last + 1);
    let size = number::parse_float(digits.strip_suffix(' ').unwrap_or(digits))?;
    // −0 is no less than 0, and NaN is not either.
    if size < 0.0 {
        return None;
    }
    let unit = unit.to_lowercase();
    let scale: f64 =
        match unit.strip_suffix("ib").or_else(|| unit.strip_suffix('b')).unwrap_or(&unit) {
            // `b` alone is a unit, `ib` is none.
            "" if unit.len() < 2 => 1.0,
            "k" => 1024.0,
            "m" => 1024.0 * 1024.0,
            "g" => 1024.0 * 1024.0 * 1024.0,
            "t" => 1024.0 * 1024.0 * 1024.0 * 1024.0,
            "p" => 1024.0 * 1024.0 * 1024.0 * 1024.0 * 1024.0,
            _ => return None,
        };
    Some(number::whole(size * scale))
}
