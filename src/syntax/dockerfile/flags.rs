//! `--name=value` in front of an instruction's arguments.

use super::Flag;
use super::report::{Report, shown};
use super::words::Builder;
use crate::finding::prose;
use crate::source::Text;

/// Flags that want a value (Dockerfile reference, the instructions that have them).
const WITH_VALUE: [&str; 15] = [
    "checksum",
    "chmod",
    "chown",
    "device",
    "exclude",
    "from",
    "interval",
    "mount",
    "network",
    "platform",
    "retries",
    "security",
    "start-interval",
    "start-period",
    "timeout",
];

/// Takes the flags off the front of `args`: the flags and what remains.
///
/// Quotes and `\` are taken away here, whatever the escape character is. A `--` alone ends them.
pub(super) fn read(args: &Text, report: &mut Report) -> (Vec<Flag>, Text) {
    let mut flags = Vec::new();
    let mut at = 0;
    loop {
        let rest = args.get(at..).unwrap_or_default();
        at += rest.len() - rest.trim_start().len();
        if !args.get(at..).is_some_and(|rest| rest.starts_with("--")) {
            break;
        }
        let (word, end) = word(args, at);
        at = end;
        if word.as_str() == "--" {
            break;
        }
        let flag = split(&word);
        if flag.value.is_none() && WITH_VALUE.contains(&flag.name.as_str()) {
            let name = shown(&flag.name);
            report.push(
                word.span(),
                prose!("`--{}` has no value", name),
                Some(prose!("write `--{}=…`, without a blank around `=`", name)),
            );
        }
        flags.push(flag);
    }
    (flags, args.slice(at..args.len()).trim())
}

/// The word at `start`, without quotes and escapes, and the offset behind it.
fn word(args: &Text, start: usize) -> (Text, usize) {
    let rest = args.get(start..).unwrap_or_default();
    let mut skipped = Vec::new();
    let mut quote = None;
    let mut end = args.len();
    let mut chars = rest.char_indices();
    while let Some((i, c)) = chars.next() {
        let here = start + i;
        if quote.is_none() && c.is_whitespace() {
            end = here;
            break;
        }
        if quote == Some(c) {
            quote = None;
        } else if quote.is_none() && matches!(c, '\'' | '"') {
            quote = Some(c);
        } else if c == '\\' {
            chars.next();
        } else {
            continue;
        }
        skipped.push(here..here + 1);
    }
    let mut out = Builder::new(args, start..end);
    for range in skipped {
        out.skip(range);
    }
    (out.finish(end), end)
}

fn split(word: &Text) -> Flag {
    let equals = word.find('=');
    let name = word.slice(2..equals.unwrap_or(word.len()));
    Flag { name, value: equals.map(|i| word.slice(i + 1..word.len())) }
}
