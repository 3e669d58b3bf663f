//! `name=value` pairs: `ENV`, `LABEL`, `ARG`.

use super::report::{Report, shown};
use super::words::{is_blank, unquote, words};
use crate::finding::{Own, prose};
use crate::source::Text;

/// `ENV a=b c="d e"` or, where the first word has no `=`, `ENV a b c` with all of the rest as the
/// value (Dockerfile reference: "ENV", "LABEL").
pub(super) fn named(
    keyword: &'static str,
    args: &Text,
    escape: char,
    report: &mut Report,
) -> Vec<(Text, Text)> {
    let all = words(args, escape);
    if all.first().is_some_and(|word| !word.contains('=')) {
        return legacy(keyword, args, escape, report).into_iter().collect();
    }
    let mut out = Vec::with_capacity(all.len());
    let mut told = false;
    for word in &all {
        match assignment(keyword, word, escape, report) {
            Some((name, Some(value))) => out.push((name, value)),
            // One is enough: a value with blanks or a comment behind it makes many.
            Some((name, None)) if !told => {
                told = true;
                let comment = name.starts_with('#');
                let help = if comment {
                    "a comment needs a line of its own"
                } else {
                    "write `name=value`; a value with blanks needs quotes"
                };
                report.push(
                    word.span(),
                    prose!("`{}` has no `=`", shown(&name)),
                    Some(help.into()),
                );
            }
            Some((_, None)) => {}
            None => {}
        }
    }
    out
}

/// `ARG a=b c`
pub(super) fn optional(
    args: &Text,
    escape: char,
    report: &mut Report,
) -> Vec<(Text, Option<Text>)> {
    words(args, escape).iter().filter_map(|word| assignment("ARG", word, escape, report)).collect()
}

fn legacy(
    keyword: &'static str,
    args: &Text,
    escape: char,
    report: &mut Report,
) -> Option<(Text, Text)> {
    let Some(end) = args.find(is_blank) else {
        report.push(
            args.span(),
            prose!("`{}` needs a name and a value", Own(keyword)),
            Some(prose!("write `{} {}=…`", Own(keyword), shown(args))),
        );
        return None;
    };
    let name = unquoted(&args.slice(0..end), escape, report);
    Some((name, unquoted(&args.slice(end..args.len()).trim(), escape, report)))
}

/// One `name=value` or `name`; `None` (with an error) where the name is missing.
fn assignment(
    keyword: &'static str,
    word: &Text,
    escape: char,
    report: &mut Report,
) -> Option<(Text, Option<Text>)> {
    let equals = word.find('=');
    if equals == Some(0) {
        report.push(word.span(), prose!("`{}` needs a name in front of `=`", Own(keyword)), None);
        return None;
    }
    let name = unquoted(&word.slice(0..equals.unwrap_or(word.len())), escape, report);
    let value = equals.map(|i| unquoted(&word.slice(i + 1..word.len()), escape, report));
    Some((name, value))
}

/// The word without quotes and escapes; a quote that is not closed is reported.
pub(super) fn unquoted(word: &Text, escape: char, report: &mut Report) -> Text {
    let unquoted = unquote(word, escape);
    if let Some(span) = unquoted.unclosed {
        report.push(
            span,
            "this quote is never closed".into(),
            Some("close it, or write the JSON form for a path with blanks".into()),
        );
    }
    unquoted.text
}
