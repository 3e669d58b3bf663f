//! What a plain scalar means: YAML's core schema as Compose's reader applies it, and how Compose writes
//! such a value where a text is wanted.

/// The meaning of a scalar.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Value {
    Text,
    /// A whole number; Compose's reader holds what fits 64 bits, with or without a sign.
    Int(i128),
    /// A number with a fraction or an exponent, or one too large to be whole.
    Float(f64),
    /// `true` or `false`.
    Bool(bool),
    /// A date, with or without a time: Compose takes it nowhere unless it stands in quotes.
    Date,
}

/// The meaning of a scalar written without quotes (YAML 1.2 core schema; numbers also in the older
/// notations that Compose's reader knows: `0777`, `0b1`, `1_000`). `None` is null.
pub(crate) fn plain(text: &str) -> Option<Value> {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return None,
        "true" | "True" | "TRUE" => return Some(Value::Bool(true)),
        "false" | "False" | "FALSE" => return Some(Value::Bool(false)),
        ".inf" | ".Inf" | ".INF" | "+.inf" | "+.Inf" | "+.INF" => {
            return Some(Value::Float(f64::INFINITY));
        }
        "-.inf" | "-.Inf" | "-.INF" => return Some(Value::Float(f64::NEG_INFINITY)),
        ".nan" | ".NaN" | ".NAN" => return Some(Value::Float(f64::NAN)),
        _ => {}
    }
    if !text.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '+' | '-' | '.')) {
        return Some(Value::Text);
    }
    if is_date(text) {
        return Some(Value::Date);
    }
    let digits: String = text.chars().filter(|c| *c != '_').collect();
    if let Some(number) = whole(&digits) {
        return Some(number);
    }
    if is_float(&digits) {
        // One that no float can hold stays a text.
        return Some(
            digits.parse().ok().filter(|n: &f64| n.is_finite()).map_or(Value::Text, Value::Float),
        );
    }
    Some(Value::Text)
}

/// A whole number in any base; one beyond 64 bits is a float.
fn whole(digits: &str) -> Option<Value> {
    let (sign, rest) = match digits.as_bytes().first()? {
        b'-' => (-1i128, &digits[1..]),
        b'+' => (1, &digits[1..]),
        _ => (1, digits),
    };
    let lower = rest.to_ascii_lowercase();
    let (base, body) = match lower.as_bytes() {
        [b'0', b'x', ..] => (16, &lower[2..]),
        [b'0', b'o', ..] => (8, &lower[2..]),
        [b'0', b'b', ..] => (2, &lower[2..]),
        [b'0', _, ..] => (8, &lower[1..]),
        _ => (10, lower.as_str()),
    };
    if body.is_empty() || !body.bytes().all(|b| (b as char).is_digit(base)) {
        return None;
    }
    let number = i128::from_str_radix(body, base).ok()?.checked_mul(sign)?;
    let holds = i64::try_from(number).is_ok() || u64::try_from(number).is_ok();
    Some(if holds { Value::Int(number) } else { Value::Float(number as f64) })
}

/// `2024-1-31`, and that with a time after a space or a `T`.
fn is_date(text: &str) -> bool {
    let (date, time) = match text.split_once([' ', 'T', 't']) {
        Some((date, time)) => (date, Some(time)),
        None => (text, None),
    };
    let parts: Vec<&str> = date.split('-').collect();
    let [year, month, day] = parts.as_slice() else { return false };
    let number = |t: &str, most: u32| {
        t.len() <= 2 && t.parse::<u32>().is_ok_and(|n| (1..=most).contains(&n))
    };
    let whole_day = year.len() == 4
        && year.bytes().all(|b| b.is_ascii_digit())
        && number(month, 12)
        && number(day, 31);
    let clock = |t: &str| {
        let end = t.find(['.', 'Z', '+', '-']).unwrap_or(t.len());
        let parts: Vec<&str> = t[..end].split(':').collect();
        parts.len() == 3
            && parts
                .iter()
                .all(|p| (1..=2).contains(&p.len()) && p.bytes().all(|b| b.is_ascii_digit()))
    };
    whole_day && time.is_none_or(clock)
}

/// `[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?`
fn is_float(digits: &str) -> bool {
    let rest = digits.strip_prefix(['-', '+']).unwrap_or(digits);
    let (mantissa, exponent) =
        rest.split_once(['e', 'E']).map_or((rest, None), |(m, e)| (m, Some(e)));
    let all = |t: &str| t.bytes().all(|b| b.is_ascii_digit());
    let mantissa_ok = match mantissa.split_once('.') {
        Some(("", fraction)) => !fraction.is_empty() && all(fraction),
        Some((whole, fraction)) => all(whole) && all(fraction),
        None => !mantissa.is_empty() && all(mantissa),
    };
    let exponent_ok = exponent.is_none_or(|e| {
        let e = e.strip_prefix(['-', '+']).unwrap_or(e);
        !e.is_empty() && all(e)
    });
    mantissa_ok && exponent_ok
}

/// A float as Compose writes it where a text is wanted: the shortest digits that mean the same, with an
/// exponent from 10⁶ on and below 10⁻⁴ (`1.5`, `1e+06`).
pub(super) fn float_text(number: f64) -> String {
    if number.is_nan() {
        return "NaN".into();
    }
    if number.is_infinite() {
        return if number > 0.0 { "+Inf".into() } else { "-Inf".into() };
    }
    let scientific = format!("{number:e}");
    let Some((mantissa, exponent)) = scientific.split_once('e') else { return scientific };
    let exponent: i32 = exponent.parse().unwrap_or(0);
    if (-4..6).contains(&exponent) {
        return format!("{number}");
    }
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{mantissa}e{sign}{:02}", exponent.abs())
}

/// A date or a date with a time in full (RFC 3339): `2024-1-5` is `2024-01-05T00:00:00Z`.
pub(crate) fn moment(text: &str) -> String {
    let (date, time) = text.split_once([' ', 'T', 't']).unwrap_or((text, "0:0:0"));
    let two = |text: &str, separator: &str| {
        text.split(separator).map(|p| format!("{p:0>2}")).collect::<Vec<_>>().join(separator)
    };
    let end = time.find(['.', 'Z', '+', '-']).unwrap_or(time.len());
    let (clock, rest) = time.split_at(end);
    let zone = rest.find(['Z', '+', '-']).unwrap_or(rest.len());
    let (fraction, zone) = rest.split_at(zone);
    let fraction = fraction.trim_end_matches('0').trim_end_matches('.');
    let zone = if zone.is_empty() { "Z" } else { zone };
    format!("{}T{}{fraction}{zone}", two(date, "-"), two(clock, ":"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_scalars_mean_what_composes_reader_takes_them_for() {
        for (text, value) in [
            ("80", Value::Int(80)),
            ("0777", Value::Int(511)),
            ("0o17", Value::Int(15)),
            ("0x1F", Value::Int(31)),
            ("1_000", Value::Int(1000)),
            ("-5", Value::Int(-5)),
            ("1.50", Value::Float(1.5)),
            ("1e3", Value::Float(1000.0)),
            (".5", Value::Float(0.5)),
            ("True", Value::Bool(true)),
            ("yes", Value::Text),
            ("22:22", Value::Text),
            ("08", Value::Float(8.0)),
            ("1.2.3", Value::Text),
            ("2024-01-01", Value::Date),
            ("2024-1-1 10:20:30", Value::Date),
            ("2024-01", Value::Text),
            ("18446744073709551615", Value::Int(18_446_744_073_709_551_615)),
            ("0x", Value::Text),
            ("-", Value::Text),
            ("1e400", Value::Text),
            (".", Value::Text),
        ] {
            assert_eq!(plain(text), Some(value), "{text}");
        }
        assert_eq!(plain("~"), None);
        assert_eq!(plain(""), None);
    }

    #[test]
    fn floats_are_written_with_the_fewest_digits() {
        for (number, text) in [
            (1.5, "1.5"),
            (1e6, "1e+06"),
            (100_000.0, "100000"),
            (123_456_789.5, "1.234567895e+08"),
            (1e21, "1e+21"),
            (0.5, "0.5"),
            (1e-7, "1e-07"),
            (3.0, "3"),
        ] {
            assert_eq!(float_text(number), text);
        }
    }
}
