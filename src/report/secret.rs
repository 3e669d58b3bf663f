//! What looks like a secret in a line of text, whatever the language.
//!
//! The model marks the secrets it knows of. This is the net below it: a snippet may show a line the
//! model did not understand. It rather masks too much: a masked word costs a glance, a printed
//! password has to be changed.

use regex::{Captures, Regex};
use std::ops::Range;
use std::sync::OnceLock;

/// How names end that hold secrets.
const NAME: &str = r"(?i-u:(?:password|passwd|passphrase|_pass|dbpass|pwd|secret(?:_?key)?(?:_?base)?|token|api_?key|access_?key(?:_id)?|private_?key|signing_?key|encryption_?key|auth_?key|credentials?)(?:_?[0-9]+)?)";
/// A quoted text; group 1 or 2 is what the quotes hold.
const QUOTED: &str = r#"(?:"((?:[^"\\\n]|\\.)*)"|'((?:[^'\\\n]|\\.)*)')"#;

/// What names that hold secrets have in them, in lower case.
const STEMS: [&str; 6] = ["pass", "pwd", "secret", "token", "key", "credential"];

/// An expression, compiled when a text has a hint of it: compiling costs more than reading a file.
///
/// Classes are spelt out, because the Unicode ones behind the short forms are slow to compile.
struct Pattern {
    /// The last group that matches is the secret.
    source: &'static str,
    /// One of these is in every text that matches.
    hints: &'static [&'static str],
    compiled: OnceLock<Option<Regex>>,
}

impl Pattern {
    const fn new(hints: &'static [&'static str], source: &'static str) -> Self {
        Self { source, hints, compiled: OnceLock::new() }
    }

    fn find(&self, text: &str, found: &mut Vec<Range<usize>>) {
        if self.hints.iter().any(|h| text.contains(h)) {
            let compile = || Regex::new(&self.source.replace("NAME", NAME).replace("QUOTED", QUOTED)).ok();
            let regex = self.compiled.get_or_init(compile).as_ref();
            found.extend(regex.into_iter().flat_map(|r| r.captures_iter(text)).filter_map(|c| value(&c)));
        }
    }
}

/// Values after names.
static VALUES: [Pattern; 8] = [
    // KEY = "v", "KEY": "v", d["KEY"] = "v"
    Pattern::new(&["\"", "'"], r#"NAME["']?\]?[ \t]*(?::|=)[ \t]*[rRbBuUfF]{0,2}QUOTED"#),
    // env("KEY", "default")
    Pattern::new(&["("], r#"\([ \t]*["'][0-9A-Za-z_.-]*NAME["'][ \t]*,[ \t]*(?:default[ \t]*=[ \t]*)?[rRbBuUfF]{0,2}QUOTED"#),
    // ${KEY:-default}
    Pattern::new(&["${"], r"\$\{[0-9A-Za-z_]*NAME:?-([^}\n]+)\}"),
    // YAML: KEY: v
    Pattern::new(&[": ", ":\t"], r#"(?m)NAME["']?:[ \t]+([^\s"'][^\n]*?)(?:[ \t]+\#[^\n]*)?[ \t]*\r?$"#),
    // A whole line: KEY=v, - KEY=v, export KEY=v; the value may hold spaces.
    Pattern::new(&["="], r#"(?m)^[ \t]*(?:-[ \t]+["']?|export[ \t]+)?[0-9A-Za-z_.-]*NAME=([^\s"'=][^\n]*?)["']?[ \t]*\r?$"#),
    // Anywhere: KEY=v, --key=v
    Pattern::new(&["="], r#"NAME=([^\s"'=][^\s]*)"#),
    // Dockerfile: ENV KEY v
    Pattern::new(&["ENV ", "ARG ", "env ", "arg "], r"(?m)^[ \t]*(?i-u:ENV|ARG)[ \t]+[0-9A-Za-z_]*NAME[ \t]+([^\s=][^\n]*?)[ \t]*\r?$"),
    // --password v
    Pattern::new(&["--"], r"--[0-9A-Za-z_-]*(?i-u:password|token|secret)[ \t]+([^\s-][^\s]*)"),
];

/// Secrets that can be told by their own shape.
static TOKENS: [Pattern; 8] = [
    Pattern::new(&["://"], r#"[0-9A-Za-z+.-]+://[^\s:/@"']*:([^\s/@"'$•<{][^\s@/"']*)@"#),
    Pattern::new(&["AKIA", "ASIA"], r"(?-u:\b)((?:AKIA|ASIA)[0-9A-Z]{16})(?-u:\b)"),
    Pattern::new(
        &["ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_", "glpat-"],
        r"(gh[pousr]_[A-Za-z0-9]{20,}|github_pat_[0-9A-Za-z_]{20,}|glpat-[0-9A-Za-z_-]{20,})",
    ),
    Pattern::new(&["_live_", "_test_", "sk-"], r"(?-u:\b)((?:sk|rk|pk|whsec)_(?:live|test)_[0-9A-Za-z]{8,}|sk-[A-Za-z0-9_-]{20,})"),
    Pattern::new(
        &["xox", "SG.", "AIza"],
        r"(?-u:\b)(xox[abeoprs]-[0-9A-Za-z-]{10,}|SG\.[0-9A-Za-z_-]{16,}\.[0-9A-Za-z_-]{16,}|AIza[0-9A-Za-z_-]{35})",
    ),
    Pattern::new(&["eyJ"], r"(?-u:\b)(eyJ[0-9A-Za-z_-]{8,}\.[0-9A-Za-z_-]{8,}(?:\.[0-9A-Za-z_-]*)?)"),
    Pattern::new(&["django-insecure-"], r#"(django-insecure-[^\s"']+)"#),
    Pattern::new(&["-----BEGIN "], r"(?s)-----BEGIN [A-Z ]*KEY[A-Z ]*-----(.*?)(?:-----END |\z)"),
];

/// Ranges that look like secrets by their own shape, sorted, not overlapping.
pub(super) fn tokens(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    TOKENS.iter().for_each(|p| p.find(text, &mut found));
    merge(found)
}

/// Ranges that look like secrets in a source file, sorted, not overlapping. `known` are the ranges
/// that are secrets for sure: where one begins, it also says where the secret ends.
pub(super) fn ranges(text: &str, known: &[Range<usize>]) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let lower = text.to_ascii_lowercase();
    if STEMS.iter().any(|s| lower.contains(s)) {
        VALUES.iter().for_each(|p| p.find(text, &mut found));
    }
    found.retain(|r| !harmless(text, r));
    // The known span of a value may have its quotes in it.
    found.retain(|r| {
        let next = known.partition_point(|k| k.start + 1 < r.start);
        !known.get(next).is_some_and(|k| k.start <= r.start + 1 && k.end > r.start)
    });
    TOKENS.iter().for_each(|p| p.find(text, &mut found));
    found.extend(known.iter().filter(|k| k.start < k.end && k.end <= text.len()).cloned());
    merge(found)
}

/// What the last group that matched holds.
fn value(found: &Captures<'_>) -> Option<Range<usize>> {
    let value = found.iter().skip(1).flatten().last()?;
    let text = value.as_str().trim_end_matches(['"', '\'', ',', ')', ']', ';']);
    (!text.trim().is_empty()).then(|| value.start()..value.start() + text.len())
}

/// Values that are no secret: a reference to one, a path, a switch, a type, a call.
fn harmless(text: &str, value: &Range<usize>) -> bool {
    let before = &text[..value.start];
    let value = text[value.clone()].trim();
    let variable = value.strip_prefix('$').is_some_and(|r| r.starts_with(|c: char| c.is_ascii_alphabetic() || "_{(".contains(c)));
    let reference = ["{{", "%(", "<", "•", "./", "../", "/run/", "/etc/", "/var/", "/app/", "/home/", "/secrets/"];
    if variable || reference.iter().any(|r| value.starts_with(r)) {
        return true;
    }
    if before.ends_with(['"', '\'']) {
        return false;
    }
    let word = ["true", "false", "yes", "no", "on", "off", "null", "none", "~", "str", "required", "optional"];
    let code = ["os.", "env(", "env[", "config(", "self.", "settings."];
    // In YAML these begin something else than a text; in an env file they begin a password.
    let yaml = before.ends_with([' ', '\t']) && value.starts_with(['[', '{', '*', '&', '!', '|', '>']);
    let call = value.contains('(') && value.starts_with(|c: char| c.is_ascii_alphabetic()) && value.ends_with(')');
    yaml || call || code.iter().any(|r| value.starts_with(r)) || word.iter().any(|w| value.eq_ignore_ascii_case(w))
}

/// Sorted and joined.
fn merge(mut found: Vec<Range<usize>>) -> Vec<Range<usize>> {
    found.sort_unstable_by_key(|r| (r.start, r.end));
    let mut out: Vec<Range<usize>> = Vec::with_capacity(found.len());
    for range in found {
        match out.last_mut() {
            Some(last) if range.start <= last.end => last.end = last.end.max(range.end),
            _ => out.push(range),
        }
    }
    out
}
