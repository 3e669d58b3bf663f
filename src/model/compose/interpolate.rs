//! `${…}` in Compose files (Compose specification, "Interpolation").

use super::dotenv::DotEnv;
use super::node::{Entry, Kind, Node, Scalar, VarSource, VarUse};
use crate::source::Text;
use crate::syntax::SyntaxError;

/// Stands in a text for a variable that is set nowhere we can see: a private-use character, so that it
/// never meets one that somebody wrote. Compose itself puts in nothing there.
pub const HOLE: char = '\u{e000}';
/// The deepest nesting of `${A:-${B:-…}}`.
const DEEPEST: usize = 32;
/// The longest text an interpolation may grow to, in bytes.
const LONGEST: usize = 64 * 1024;

/// Interpolates every scalar of a tree; keys stay as they are.
pub fn interpolate(node: &mut Node, env: &DotEnv, errors: &mut Vec<SyntaxError>) {
    match &mut node.kind {
        Kind::Null => {}
        Kind::Scalar(scalar) => {
            if scalar.text.contains('$') {
                *scalar = interpolate_scalar(scalar, env, errors);
            }
        }
        Kind::Map(entries) => {
            for Entry { value, .. } in entries {
                interpolate(value, env, errors);
            }
        }
        Kind::List(items) => {
            for item in items {
                interpolate(item, env, errors);
            }
        }
    }
}

fn interpolate_scalar(scalar: &Scalar, env: &DotEnv, errors: &mut Vec<SyntaxError>) -> Scalar {
    let mut vars = Vec::new();
    let text = substitute(&scalar.text, env, &mut vars, errors, 0);
    Scalar { text, vars, ..scalar.clone() }
}

fn name_len(text: &str) -> usize {
    let mut len = 0;
    for (i, c) in text.char_indices() {
        if c == '_' || c.is_ascii_alphabetic() || (i > 0 && c.is_ascii_digit()) {
            len = i + c.len_utf8();
        } else {
            break;
        }
    }
    len
}

/// The text with its variables replaced; what was used is noted in `vars`.
pub(super) fn substitute(text: &Text, env: &DotEnv, vars: &mut Vec<VarUse>, errors: &mut Vec<SyntaxError>, depth: usize) -> Text {
    let s = text.as_str();
    let mut out = Text::empty(text.span());
    let mut at = 0;
    while let Some(dollar) = s[at..].find('$').map(|i| at + i) {
        out.push_text(&text.slice(at..dollar));
        let rest = &s[dollar + 1..];
        if rest.starts_with('$') {
            out.push_derived("$", text.span_of(dollar..dollar + 2));
            at = dollar + 2;
        } else if rest.starts_with('{') {
            let Some(close) = closing(rest) else {
                errors.push(
                    SyntaxError::new(text.span_of(dollar..s.len()), "`${` is not closed").help("write ${NAME}, or $$ for a dollar sign"),
                );
                at = dollar;
                break;
            };
            let end = dollar + 1 + close + 1;
            braced(text, dollar..end, env, &mut out, vars, errors, depth);
            at = end;
        } else {
            let len = name_len(rest);
            if len == 0 {
                // Compose leaves a `$` alone that no name follows.
                out.push_text(&text.slice(dollar..dollar + 1));
                at = dollar + 1;
            } else {
                let end = dollar + 1 + len;
                plain(text, dollar..end, &rest[..len], env, &mut out, vars);
                at = end;
            }
        }
        if out.len() > LONGEST {
            errors.push(SyntaxError::new(text.span(), "variables make this value longer than 64 KiB"));
            return out;
        }
    }
    out.push_text(&text.slice(at..s.len()));
    out
}

/// The offset in `rest` (which starts with `{`) of the brace that closes it.
fn closing(rest: &str) -> Option<usize> {
    let mut depth = 0usize;
    for (i, b) in rest.bytes().enumerate() {
        match b {
            b'{' if i == 0 || rest.as_bytes()[i - 1] == b'$' => depth += 1,
            b'}' => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return Some(i);
                }
            }
            _ => {}
        }
    }
    None
}

fn plain(text: &Text, range: std::ops::Range<usize>, name: &str, env: &DotEnv, out: &mut Text, vars: &mut Vec<VarUse>) {
    let span = text.span_of(range);
    let source = match env.get(name) {
        Some((value, place)) => {
            out.push_derived(value, span);
            VarSource::EnvFile(place)
        }
        None => {
            out.push_derived("\u{e000}", span);
            VarSource::Unset
        }
    };
    vars.push(VarUse { name: name.to_owned(), span, source });
}

fn braced(
    text: &Text,
    range: std::ops::Range<usize>,
    env: &DotEnv,
    out: &mut Text,
    vars: &mut Vec<VarUse>,
    errors: &mut Vec<SyntaxError>,
    depth: usize,
) {
    let inner = range.start + 2..range.end - 1;
    let body = &text.as_str()[inner.clone()];
    let len = name_len(body);
    let span = text.span_of(range.clone());
    if len == 0 || depth > DEEPEST {
        let message = if len == 0 { "this is no variable name" } else { "variables are nested too deeply" };
        errors.push(SyntaxError::new(span, message).help("write ${NAME}, or $$ for a dollar sign"));
        return;
    }
    let name = &body[..len];
    let operator = &body[len..];
    let (operator, argument) = match operator.as_bytes() {
        [] => ("", 0),
        [b':', b'-' | b'?' | b'+', ..] => (&operator[..2], 2),
        [b'-' | b'?' | b'+', ..] => (&operator[..1], 1),
        _ => {
            errors.push(
                SyntaxError::new(span, "this is no form of variable that Compose knows")
                    .help("use ${NAME}, ${NAME:-default}, ${NAME:?message} or ${NAME:+value}"),
            );
            return;
        }
    };
    let argument = text.slice(inner.start + len + argument..inner.end);
    let set = env.get(name).filter(|(value, _)| !operator.starts_with(':') || !value.is_empty());
    match (operator.trim_start_matches(':'), set) {
        ("+", Some(_)) => {
            let value = substitute(&argument, env, vars, errors, depth + 1);
            out.push_text(&value);
        }
        ("+", None) => vars.push(VarUse { name: name.to_owned(), span, source: VarSource::Default }),
        (_, Some((value, place))) => {
            out.push_derived(value, span);
            vars.push(VarUse { name: name.to_owned(), span, source: VarSource::EnvFile(place) });
        }
        ("-", None) => {
            let value = substitute(&argument, env, vars, errors, depth + 1);
            out.push_text(&value);
            vars.push(VarUse { name: name.to_owned(), span, source: VarSource::Default });
        }
        _ => {
            out.push_derived("\u{e000}", span);
            vars.push(VarUse { name: name.to_owned(), span, source: VarSource::Unset });
        }
    }
}
