//! Spans of time (Compose specification, "Specifying durations"): `10ms`, `1m30s`, `2d`, `1w`; nanoseconds.

/// The units, longest names first, with their nanoseconds. Both letters that look like a µ are one.
const UNITS: [(&str, i64); 10] = [
    ("ns", 1),
    ("us", 1_000),
    ("\u{b5}s", 1_000),
    ("\u{3bc}s", 1_000),
    ("ms", 1_000_000),
    ("s", 1_000_000_000),
    ("m", 60_000_000_000),
    ("h", 3_600_000_000_000),
    ("d", 86_400_000_000_000),
    ("w", 604_800_000_000_000),
];

/// A span: a sign, then numbers with units, without blanks; `0` may stand alone. `None` also where it does not
/// fit 64 bits.
pub(super) fn parse(text: &str) -> Option<i64> {
    let negative = text.starts_with('-');
    let mut rest = text.strip_prefix(['-', '+']).unwrap_or(text);
    if rest == "0" {
        return Some(0);
    }
    if rest.is_empty() {
        return None;
    }
    let mut total = 0i64;
    while !rest.is_empty() {
        let digits = |t: &str| t.bytes().take_while(u8::is_ascii_digit).count();
        let (whole, after) = rest.split_at(digits(rest));
        let (fraction, after) = match after.strip_prefix('.') {
            Some(after) => after.split_at(digits(after)),
            None => ("", after),
        };
        if whole.is_empty() && fraction.is_empty() {
            return None;
        }
        let end = after.find(|c: char| c == '.' || c.is_ascii_digit()).unwrap_or(after.len());
        let (unit, after) = after.split_at(end);
        let (_, nanoseconds) = UNITS.iter().find(|(name, _)| *name == unit)?;
        let whole: i64 = if whole.is_empty() { 0 } else { whole.parse().ok()? };
        total = total
            .checked_add(whole.checked_mul(*nanoseconds)?)?
            .checked_add(part(fraction, *nanoseconds))?;
        rest = after;
    }
    Some(if negative { -total } else { total })
}

/// A fraction of a unit, in nanoseconds. Digits beyond what 64 bits hold do not count.
fn part(digits: &str, unit: i64) -> i64 {
    let (mut number, mut scale) = (0i64, 1f64);
    for digit in digits.bytes().map(|b| i64::from(b - b'0')) {
        let Some(next) = number.checked_mul(10).and_then(|n| n.checked_add(digit)) else { break };
        number = next;
        scale *= 10.0;
    }
    (number as f64 * (unit as f64 / scale)) as i64
}

/// A span the way Go writes it: hours, minutes and seconds from the first that counts on (`1h0m0s`), and below
/// a second the one unit that fits (`1.5ms`).
pub(super) fn show(span: i64) -> String {
    let sign = if span < 0 { "-" } else { "" };
    let span = span.unsigned_abs();
    let (size, unit) = match span {
        0 => return "0s".into(),
        1..1_000 => (1, "ns"),
        1_000..1_000_000 => (1_000, "\u{b5}s"),
        1_000_000..1_000_000_000 => (1_000_000, "ms"),
        _ => (1_000_000_000, "s"),
    };
    let (whole, rest) = (span / size, span % size);
    let width = size.ilog10() as usize;
    let fraction = if rest == 0 {
        String::new()
    } else {
        format!(".{rest:0width$}").trim_end_matches('0').to_owned()
    };
    if unit != "s" || whole < 60 {
        return format!("{sign}{whole}{fraction}{unit}");
    }
    let (hours, minutes, seconds) = (whole / 3600, whole / 60 % 60, whole % 60);
    let hours = if hours > 0 { format!("{hours}h") } else { String::new() };
    format!("{sign}{hours}{minutes}m{seconds}{fraction}s")
}
