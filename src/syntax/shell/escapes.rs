//! Escapes of `$'…'` (Bash manual, 3.1.2.4 "ANSI-C Quoting").

/// Reads the escapes that `bytes`, which start with `\`, begin with: what they stand for and how many
/// bytes they take. `None` for an unknown escape, which stands for itself. Bytes in a row (`\xea\xb0\x80`)
/// are one character.
pub(super) fn read(bytes: &[u8]) -> (Option<String>, usize) {
    let plain = match bytes.get(1) {
        Some(b'n') => "\n",
        Some(b't') => "\t",
        Some(b'r') => "\r",
        Some(b'a') => "\u{7}",
        Some(b'b') => "\u{8}",
        Some(b'e' | b'E') => "\u{1b}",
        Some(b'f') => "\u{c}",
        Some(b'v') => "\u{b}",
        Some(b'\\') => "\\",
        Some(b'\'') => "'",
        Some(b'"') => "\"",
        Some(b'?') => "?",
        Some(b'u') => return character(bytes, 4),
        Some(b'U') => return character(bytes, 8),
        Some(b'c') => {
            return match bytes.get(2) {
                Some(b) if b.is_ascii_alphabetic() => (Some(char::from(b & 0x1f).to_string()), 3),
                _ => (None, 1),
            };
        }
        Some(b'x' | b'0'..=b'7') => return run(bytes),
        _ => return (None, 1),
    };
    (Some(plain.to_owned()), 2)
}

/// The number in `digits` of `radix` at the start of `bytes`, at most `most` of them.
fn number(bytes: &[u8], radix: u32, most: usize) -> (u32, usize) {
    let mut value = 0_u32;
    let mut len = 0;
    for byte in bytes.iter().take(most) {
        let Some(digit) = char::from(*byte).to_digit(radix) else { break };
        value = value.wrapping_mul(radix).wrapping_add(digit);
        len += 1;
    }
    (value, len)
}

fn character(bytes: &[u8], most: usize) -> (Option<String>, usize) {
    let (value, len) = number(bytes.get(2..).unwrap_or_default(), 16, most);
    match char::from_u32(value) {
        Some(c) if len > 0 && c != '\0' => (Some(c.to_string()), 2 + len),
        _ => (None, 1),
    }
}

/// `\xHH` and `\nnn` in a row, as UTF-8.
fn run(bytes: &[u8]) -> (Option<String>, usize) {
    let mut out = Vec::new();
    let mut at = 0;
    while bytes.get(at) == Some(&b'\\') {
        let rest = bytes.get(at + 1..).unwrap_or_default();
        let (value, len) = match rest.first() {
            Some(b'x') => match number(rest.get(1..).unwrap_or_default(), 16, 2) {
                (_, 0) => break,
                (value, len) => (value, len + 1),
            },
            Some(b'0'..=b'7') => number(rest, 8, 3),
            _ => break,
        };
        if value & 0xff != 0 {
            out.push((value & 0xff) as u8);
        }
        at += 1 + len;
    }
    if at == 0 { (None, 1) } else { (Some(String::from_utf8_lossy(&out).into_owned()), at) }
}
