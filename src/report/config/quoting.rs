//! Which style a text needs in YAML, so that it is read again as the same text (YAML 1.2, 7.3 and 8.1; the
//! choices are those of Compose's writer).

/// How a text is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Style {
    /// As it is.
    Plain,
    /// In single quotes, for what would be notation.
    Single,
    /// In double quotes, for what would be another type, or needs escapes.
    Double,
    /// As a block of lines.
    Literal,
}

/// Whether a character turns the direction of what is printed after it, and so hides what a line says.
pub(super) fn steers(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Whether the writer puts a character as it is; one that steers is an escape here, which means the same. It escapes what lies beyond 16 bits. The two separators end a
/// line to readers of YAML 1.1, Compose among them: there its own writer adds blanks to the text, and this one
/// does not follow it.
fn is_printable(c: char) -> bool {
    !steers(c)
        && matches!(c, '\n' | ' '..='~' | '\u{a0}'..='\u{2027}' | '\u{202a}'..='\u{d7ff}' | '\u{e000}'..='\u{fefe}' | '\u{ff00}'..='\u{fffd}')
}

/// Whether a text has more than one line to a reader of YAML 1.1.
pub(super) fn breaks_lines(text: &str) -> bool {
    text.contains(['\r', '\n', '\u{85}', '\u{2028}', '\u{2029}'])
}

/// The style of a text. A `key` stands on one line with its value.
pub(super) fn style(text: &str, key: bool) -> Style {
    if text.is_empty() {
        return Style::Double;
    }
    let special = text.chars().any(|c| c != '\t' && !is_printable(c));
    if text.contains('\n') {
        // Blanks at the end of a line would not survive.
        let literal = !key && !text.ends_with(' ') && !special && !text.contains(" \n");
        return if literal { Style::Literal } else { Style::Double };
    }
    if special || text.contains('\t') || is_other_type(text) {
        return Style::Double;
    }
    if text.starts_with(' ') || text.ends_with(' ') || is_notation(text) {
        Style::Single
    } else {
        Style::Plain
    }
}

/// Whether a plain scalar would be taken for notation.
fn is_notation(text: &str) -> bool {
    let after = |at: usize| text.as_bytes().get(at).is_none_or(|b| matches!(b, b' ' | b'\t'));
    if text.starts_with("---") || text.starts_with("...") {
        return true;
    }
    let first = text.as_bytes().first().copied().unwrap_or(b' ');
    if b"#,[]{}&*!|>'\"%@`".contains(&first) || (matches!(first, b'?' | b':' | b'-') && after(1)) {
        return true;
    }
    let bytes = text.as_bytes();
    bytes.iter().enumerate().skip(1).any(|(at, b)| match b {
        b':' => after(at + 1),
        b'#' => matches!(bytes[at - 1], b' ' | b'\t'),
        _ => false,
    })
}

/// Whether a plain scalar would be read as something else than a text, by YAML 1.1 or 1.2.
fn is_other_type(text: &str) -> bool {
    match text {
        "~" | "null" | "Null" | "NULL" | "true" | "True" | "TRUE" | "false" | "False" | "FALSE" => {
            return true;
        }
        "y" | "Y" | "yes" | "Yes" | "YES" | "on" | "On" | "ON" => return true,
        "n" | "N" | "no" | "No" | "NO" | "off" | "Off" | "OFF" => return true,
        _ => {}
    }
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    if matches!(unsigned, ".inf" | ".Inf" | ".INF") || matches!(text, ".nan" | ".NaN" | ".NAN") {
        return true;
    }
    match text.as_bytes().first() {
        Some(b'.') => text.parse::<f64>().is_ok_and(f64::is_finite),
        Some(b'0'..=b'9' | b'+' | b'-') => {
            is_whole(text) || is_float(text) || is_clock(text) || is_moment(text)
        }
        _ => false,
    }
}

/// A whole number in any base, with `_` between its digits.
fn is_whole(text: &str) -> bool {
    let plain: String = text.chars().filter(|c| *c != '_').collect();
    let digits = plain.strip_prefix(['+', '-']).unwrap_or(&plain).to_ascii_lowercase();
    let (base, digits) = match digits.as_bytes() {
        [b'0', b'x', ..] => (16, &digits[2..]),
        [b'0', b'o', ..] => (8, &digits[2..]),
        [b'0', b'b', ..] => (2, &digits[2..]),
        [b'0', _, ..] => (8, &digits[1..]),
        _ => (10, digits.as_str()),
    };
    !digits.starts_with(['+', '-']) && u64::from_str_radix(digits, base).is_ok()
}

/// A number with a fraction or an exponent.
fn is_float(text: &str) -> bool {
    let plain: String = text.chars().filter(|c| *c != '_').collect();
    let known = plain.bytes().all(|b| matches!(b, b'0'..=b'9' | b'+' | b'-' | b'.' | b'e' | b'E'));
    known && plain.parse::<f64>().is_ok_and(f64::is_finite)
}

/// `12:30:45.5`, a number to base 60 in YAML 1.1.
fn is_clock(text: &str) -> bool {
    let text = text.strip_prefix(['+', '-']).unwrap_or(text);
    let whole = text.split_once('.').map_or(text, |(whole, fraction)| {
        if fraction.bytes().all(|b| b.is_ascii_digit() || b == b'_') { whole } else { "" }
    });
    let mut parts = whole.split(':');
    let first = parts.next().is_some_and(|p| {
        p.starts_with(|c: char| c.is_ascii_digit())
            && p.bytes().all(|b| b.is_ascii_digit() || b == b'_')
    });
    let mut count = 0;
    let rest = parts.all(|p| {
        count += 1;
        match p.as_bytes() {
            [b'0'..=b'9'] => true,
            [tens, b'0'..=b'9'] => (b'0'..=b'5').contains(tens),
            _ => false,
        }
    });
    first && rest && count > 0
}

/// A date, alone or with a time.
fn is_moment(text: &str) -> bool {
    let (date, time) = match text.split_once([' ', 'T', 't']) {
        Some((date, time)) => (date, Some(time)),
        None => (text, None),
    };
    let parts: Vec<&str> = date.split('-').collect();
    let [year, month, day] = parts.as_slice() else { return false };
    let within = |t: &str, range: std::ops::RangeInclusive<u32>| {
        t.len() <= 2
            && t.bytes().all(|b| b.is_ascii_digit())
            && t.parse::<u32>().is_ok_and(|n| range.contains(&n))
    };
    let digits = |t: &str| !t.is_empty() && t.bytes().all(|b| b.is_ascii_digit());
    if year.len() != 4
        || !digits(year)
        || !within(month, 1..=12)
        || !within(day, 1..=days(year, month))
    {
        return false;
    }
    let Some(time) = time else { return true };
    let end = time.find(['Z', '+', '-']).unwrap_or(time.len());
    let (clock, zone) = time.split_at(end);
    // With a space in the middle there is no zone, with a `T` there is one.
    let zoned = match zone.strip_prefix(['+', '-']) {
        Some(offset) => offset.split_once(':').is_some_and(|(h, m)| {
            h.len() == 2 && m.len() == 2 && within(h, 0..=24) && within(m, 0..=60)
        }),
        None => zone == "Z",
    };
    let zone_ok = if date.len() < text.len() && text.as_bytes()[date.len()] == b' ' {
        zone.is_empty()
    } else {
        zoned
    };
    let (clock, fraction) = clock.split_once('.').unwrap_or((clock, "0"));
    let parts: Vec<&str> = clock.split(':').collect();
    let [hours, minutes, seconds] = parts.as_slice() else { return false };
    zone_ok
        && digits(fraction)
        && within(hours, 0..=23)
        && within(minutes, 0..=59)
        && within(seconds, 0..=59)
}

/// The days of a month.
fn days(year: &str, month: &str) -> u32 {
    let year: u32 = year.parse().unwrap_or(0);
    match month.trim_start_matches('0') {
        "2" if year.is_multiple_of(4)
            && (!year.is_multiple_of(100) || year.is_multiple_of(400)) =>
        {
            29
        }
        "2" => 28,
        "4" | "6" | "9" | "11" => 30,
        _ => 31,
    }
}

/// A text in double quotes, with escapes.
pub(super) fn double(text: &str, to: &mut String) {
    // Behind a byte order mark Compose's writer escapes everything.
    let all = text.starts_with('\u{feff}');
    to.push('"');
    for c in text.chars() {
        let named = match c {
            '\0' => '0',
            '\u{7}' => 'a',
            '\u{8}' => 'b',
            '\t' => 't',
            '\n' => 'n',
            '\u{b}' => 'v',
            '\u{c}' => 'f',
            '\r' => 'r',
            '\u{1b}' => 'e',
            '"' | '\\' => c,
            '\u{85}' => 'N',
            '\u{2028}' => 'L',
            '\u{2029}' => 'P',
            '\u{a0}' if all => '_',
            c if is_printable(c) && !all => {
                to.push(c);
                continue;
            }
            c => {
                let code = u32::from(c);
                to.push_str(&match code {
                    0..=0xff => format!("\\x{code:02X}"),
                    0x100..=0xffff => format!("\\u{code:04X}"),
                    _ => format!("\\U{code:08X}"),
                });
                continue;
            }
        };
        to.push('\\');
        to.push(named);
    }
    to.push('"');
}
