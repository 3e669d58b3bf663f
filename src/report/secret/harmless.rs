//! Values that are no secret, whatever their name says.

use super::{blank, has, run, word};
use crate::facts::telling_name;

/// What a value begins with that only says where the secret is.
const ELSEWHERE: [&[u8]; 21] = [
    b"{{",
    b"%(",
    "•".as_bytes(),
    b"./",
    b"../",
    b"/run/",
    b"/etc/",
    b"/var/",
    b"/app/",
    b"/home/",
    b"/secrets/",
    b"/opt/",
    b"/srv/",
    b"/usr/",
    b"/mnt/",
    b"/tmp/",
    b"/certs/",
    b"/ssl/",
    b"/keys/",
    b"/root/",
    b"/code/",
];
/// What code begins with that reads a secret.
const CODE: [&[u8]; 9] = [
    b"os.",
    b"env(",
    b"env[",
    b"environ",
    b"getenv(",
    b"config(",
    b"self.",
    b"settings.",
    b"request.",
];
/// Names of variables in small letters that hold no secret beside one.
const NAMES: [&[u8]; 8] =
    [b"host", b"user", b"port", b"name", b"http_authorization", b"uri", b"request_id", b"db"];
/// Values that switch something, and words of schemas.
const WORDS: [&str; 12] =
    ["true", "false", "yes", "no", "on", "off", "null", "none", "~", "str", "required", "optional"];
/// Ends of files that hold secrets, or that show a form to change one.
const FILES: [&[u8]; 8] =
    [b".pem", b".key", b".crt", b".txt", b".html", b".json", b".yml", b".yaml"];
/// Types of Python and of schemas.
const TYPES: [&str; 9] =
    ["str", "int", "bool", "bytes", "float", "any", "optional", "secretstr", "secretbytes"];
/// Fewer digits than this are a count or a number of minutes.
const PIN: usize = 4;
/// Names of modules and classes have few digits, tokens with dots in them many.
const MAX_DIGITS: usize = 2;

/// Whether the text at `at` refers to a value: `$NAME`, `{{ name }}`, `/run/secrets/name`.
pub(super) fn elsewhere(text: &[u8], at: usize) -> bool {
    let rest = text.get(at..).unwrap_or_default();
    let format = rest.starts_with(b"%s") && !rest.get(2).is_some_and(|b| word(*b));
    let angle = rest.first() == Some(&b'<') && rest.contains(&b'>');
    refers(rest) || format || angle || ELSEWHERE.iter().any(|e| rest.starts_with(e))
}

/// `$NAME`, `${NAME}`, `$(command)`, and the same with the two dollars by which Compose leaves them
/// to the container's shell. `$$ecret` is a password.
fn refers(text: &[u8]) -> bool {
    match text {
        [b'$', b'{' | b'(', ..] | [b'$', b'$', b'{' | b'(', ..] => true,
        [b'$', b'$', rest @ ..] | [b'$', rest @ ..] => variable(&rest[..run(rest, 0, word)]),
        _ => false,
    }
}

/// Whether a name behind a dollar sign is that of a variable: in capitals, or it tells of a secret itself.
pub(super) fn variable(name: &[u8]) -> bool {
    let first = name.first().is_some_and(|b| !b.is_ascii_digit());
    let capitals = name.len() > 1 && !name.iter().any(u8::is_ascii_lowercase);
    first && (capitals || telling_name(name).is_some() || NAMES.contains(&name))
}

/// Whether what stands in the braces of a reference is no name that people give a variable: `${hunter}`.
pub(super) fn no_variable(name: &[u8]) -> bool {
    name.iter().any(u8::is_ascii_lowercase) && !name.contains(&b'_') && !variable(name)
}

/// Whether a text is the format of one: names in braces, and nothing else but signs.
pub(super) fn format(text: &[u8]) -> bool {
    if text.contains(&b'$') {
        return false;
    }
    let mut depth = 0_usize;
    let mut named = false;
    let mut before = b' ';
    for byte in text {
        match byte {
            b'{' => depth += 1,
            b'}' => depth = depth.saturating_sub(1),
            // `{'v'}` of an f-string.
            b'"' | b'\'' if before == b'{' => return false,
            b if depth == 0 && b.is_ascii_alphanumeric() => return false,
            b => named |= word(*b),
        }
        before = if blank(*byte) { before } else { *byte };
    }
    named && depth == 0
}

/// Whether code begins that reads a secret.
pub(super) fn code(text: &[u8]) -> bool {
    CODE.iter().any(|c| text.starts_with(c))
}

/// Whether a value is a reference and nothing else, without a default: `${KEY}`, `$KEY`, `${KEY:?set it}`.
pub(super) fn refers_only(text: &[u8]) -> bool {
    let dollars = run(text, 0, |b| b == b'$');
    let Some(rest) = text.get(dollars..).filter(|_| (1..=2).contains(&dollars)) else {
        return false;
    };
    let braced = rest.first() == Some(&b'{');
    let name = run(rest, usize::from(braced), word);
    match rest.get(name..) {
        Some([]) => !braced && variable(rest),
        Some([b'}']) => braced,
        Some([b':', b'?', .., b'}'] | [b'?', .., b'}']) => braced,
        _ => false,
    }
}

/// Whether a text in quotes is no secret.
pub(super) fn quoted(value: &[u8]) -> bool {
    let value = value.trim_ascii();
    value.is_empty()
        || elsewhere(value, 0)
        || ["true", "false"].iter().any(|w| value.eq_ignore_ascii_case(w.as_bytes()))
        || plain(value)
}

/// Whether a text without quotes is no secret.
pub(super) fn bare(value: &[u8]) -> bool {
    let value = value.trim_ascii();
    let code = value.first().is_some_and(u8::is_ascii_alphabetic)
        && (call(value) || CODE.iter().any(|c| value.starts_with(c)));
    value.is_empty()
        || elsewhere(value, 0)
        || code
        || WORDS.iter().any(|w| value.eq_ignore_ascii_case(w.as_bytes()))
        || plain(value)
}

/// A file, or a dotted name.
fn plain(value: &[u8]) -> bool {
    file(value) || dotted(value)
}

/// A number too small for a token. As a password it would be a bad one, but one.
pub(super) fn number(value: &[u8]) -> bool {
    let value = value.trim_ascii();
    value.len() < PIN && value.iter().all(u8::is_ascii_digit)
}

/// `get_random_secret_key()`, `data["token"].get("x")`.
fn call(value: &[u8]) -> bool {
    let name = run(value, 0, |b| word(b) || b == b'.');
    matches!(value.get(name), Some(b'(' | b'[')) && value.ends_with(b")") && called(value, name)
}

/// Whether a bracket at `at` is one of code rather than of a password: a text, a number or nothing is in it, or the name
/// before it is of two words.
pub(super) fn called(text: &[u8], at: usize) -> bool {
    let name = text.get(..at).unwrap_or_default();
    let first = text.get(run(text, at + 1, blank));
    name.iter().any(|b| matches!(b, b'_' | b'.'))
        || matches!(first, Some(b'"' | b'\'' | b')' | b']') | None)
}

/// `certs/server.key`, `accounts/change_password.html`.
fn file(value: &[u8]) -> bool {
    let all = run(value, 0, |b| word(b) || matches!(b, b'.' | b'-' | b'/')) == value.len();
    all && value.contains(&b'/') && FILES.iter().any(|f| value.ends_with(f))
}

/// The place of a class or function: `knox.auth.TokenAuthentication`, `tokens.AccessToken`.
///
/// Modules are in lower case, and there are two of them, unless a class shows that it is one by the
/// two words it is made of. `hunter.two` may be a password.
fn dotted(value: &[u8]) -> bool {
    if run(value, 0, |b| word(b) || b == b'.') != value.len()
        || value.iter().filter(|b| b.is_ascii_digit()).count() > MAX_DIGITS
    {
        return false;
    }
    let count = value.iter().filter(|b| **b == b'.').count();
    let mut parts = value.rsplit(|b| *b == b'.');
    let Some(last) = parts.next() else { return false };
    let named = |part: &[u8]| part.first().is_some_and(|b| !b.is_ascii_digit());
    let humps =
        last.windows(2).filter(|w| w[0].is_ascii_uppercase() && w[1].is_ascii_lowercase()).count();
    let upper = last.iter().filter(|b| b.is_ascii_uppercase()).count();
    let class =
        last.first().is_some_and(u8::is_ascii_uppercase) && humps > 0 && upper < last.len() / 2;
    // `correct.horse.battery` may be a password too.
    let function = upper == 0 && value.contains(&b'_');
    let modules = parts.all(|p| named(p) && !p.iter().any(u8::is_ascii_uppercase));
    named(last)
        && modules
        && (count >= 2 && (class || function) || count == 1 && class && humps >= 2)
}

/// The end of a Python type after a colon, as in `secret_key: str | None = "x"`, or `None` where
/// there is something else.
pub(super) fn annotation(text: &[u8], at: usize) -> Option<usize> {
    let name = run(text, at, word);
    if !TYPES.iter().any(|t| t.len() == name - at && has(text, at, t)) {
        return None;
    }
    let inner = |b: u8| word(b) || matches!(b, b'[' | b']' | b',' | b'.' | b' ');
    let generic = if text.get(name) == Some(&b'[') { run(text, name, inner) } else { name };
    let or_none = run(text, generic, blank);
    let or_none = if has(text, or_none, "| none") { or_none + "| none".len() } else { generic };
    let end = run(text, or_none, blank);
    // A password that begins with such a word goes on.
    matches!(text.get(end), None | Some(b'=' | b',' | b')' | b'#' | b'\n' | b'\r')).then_some(end)
}
