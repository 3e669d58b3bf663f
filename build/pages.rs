//! Rule pages at build time: the front matter of `rules/*.md`, checked, and turned into statics.
//!
//! Included by `build.rs`, and by `tests/rules.rs` for its messages. A page that is wrong stops the
//! build, because a rule whose page does not say what it is would be a rule nobody can look up.

use std::collections::BTreeMap;
use std::fmt::Write as _;

/// The keys a page must have, and no others, in the order they are written.
pub(crate) const KEYS: [&str; 8] =
    ["name", "aliases", "group", "severity", "confidence", "since", "summary", "symptoms"];
/// A key that a page may have: what a rule must know of a service so that it can judge it. Without it, that is the
/// settings for a rule that looks at each Django service, and nothing for one that looks at a stack.
const NEEDS: &str = "needs";
/// A key that a page may have: whether the rule is off until someone asks for it.
const OPT_IN: &str = "opt-in";
/// What may stand in `needs`, besides names of settings.
const NEEDED: [&str; 5] = ["image", "process", "settings", "environment", "proxy"];
/// What may stand after `severity =` and `confidence =`.
const SEVERITIES: [&str; 3] = ["error", "warning", "info"];
const CONFIDENCES: [&str; 3] = ["high", "medium", "low"];

/// One page, read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Page {
    pub(crate) name: String,
    pub(crate) aliases: Vec<String>,
    pub(crate) group: String,
    pub(crate) severity: String,
    pub(crate) confidence: String,
    pub(crate) since: String,
    pub(crate) summary: String,
    /// Of [`NEEDED`], and names of settings; `None` where the page does not say.
    pub(crate) needs: Option<Vec<String>>,
    pub(crate) symptoms: Vec<String>,
    /// Whether the rule is off until someone asks for it.
    pub(crate) opt_in: bool,
    /// What follows the front matter.
    pub(crate) body: String,
}

/// Reads one page. `file` is named in messages; `stem` is its name without `.md`.
pub(crate) fn read(file: &str, stem: &str, text: &str) -> Result<Page, String> {
    let (front, body) = split(file, text)?;
    let table: toml::Table = toml::from_str(front).map_err(|e| {
        let line = e.span().map_or(1, |span| line_of(front, span.start));
        format!("{file}:{}: the front matter is not TOML: {}", line + 1, e.message())
    })?;
    let place = |key: &str| {
        front
            .lines()
            .position(|l| l.split('=').next().is_some_and(|k| k.trim() == key))
            .map_or(1, |i| i + 2)
    };
    for key in table.keys() {
        if !KEYS.contains(&key.as_str()) && key != NEEDS && key != OPT_IN {
            return Err(format!(
                "{file}:{}: unknown key `{key}`; allowed are {}",
                place(key),
                KEYS.join(", ")
            ));
        }
    }
    let text_of = |key: &str| match table.get(key) {
        Some(toml::Value::String(s)) => Ok(s.clone()),
        Some(_) => Err(format!("{file}:{}: `{key}` must be a text: {key} = \"…\"", place(key))),
        None => Err(missing(file, key)),
    };
    let list_of = |key: &str| match table.get(key) {
        Some(toml::Value::Array(all)) => all
            .iter()
            .map(|v| {
                v.as_str()
                    .map(str::to_owned)
                    .ok_or_else(|| format!("{file}:{}: `{key}` must hold texts only", place(key)))
            })
            .collect::<Result<Vec<_>, _>>(),
        Some(_) => Err(format!("{file}:{}: `{key}` must be a list: {key} = []", place(key))),
        None => Err(missing(file, key)),
    };
    let opt_in = match table.get(OPT_IN) {
        None => false,
        Some(toml::Value::Boolean(value)) => *value,
        Some(_) => {
            return Err(format!("{file}:{}: `{OPT_IN}` must be true or false", place(OPT_IN)));
        }
    };
    let page = Page {
        name: text_of("name")?,
        aliases: list_of("aliases")?,
        group: text_of("group")?,
        severity: text_of("severity")?,
        confidence: text_of("confidence")?,
        since: text_of("since")?,
        summary: text_of("summary")?,
        needs: table.contains_key(NEEDS).then(|| list_of(NEEDS)).transpose()?,
        symptoms: list_of("symptoms")?,
        opt_in,
        body: body.trim_start_matches(['\r', '\n']).to_owned(),
    };
    judge(&page, stem).map_err(|(key, why)| format!("{file}:{}: {why}", place(key)))?;
    Ok(page)
}

fn missing(file: &str, key: &str) -> String {
    format!("{file}:1: the key `{key}` is missing; the front matter needs {}", KEYS.join(", "))
}

/// The TOML between the two `+++` lines, and the rest.
fn split<'t>(file: &str, text: &'t str) -> Result<(&'t str, &'t str), String> {
    let none = || {
        let keys: String = KEYS.iter().map(|k| format!("  {k} = …\n")).collect();
        format!(
            "{file}:1: no front matter; begin the page with\n  +++\n{keys}  +++\nand then the text in Markdown"
        )
    };
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let rest =
        text.strip_prefix("+++\n").or_else(|| text.strip_prefix("+++\r\n")).ok_or_else(none)?;
    let mut at = 0;
    for line in rest.split_inclusive('\n') {
        if line.trim_end() == "+++" {
            return Ok((&rest[..at], &rest[at + line.len()..]));
        }
        at += line.len();
    }
    Err(format!(
        "{file}:1: the front matter has no end; close it with a line that holds only `+++`"
    ))
}

fn line_of(text: &str, offset: usize) -> usize {
    text.as_bytes().iter().take(offset).filter(|b| **b == b'\n').count() + 1
}

/// What a page may say: the key that is wrong, and why.
fn judge(page: &Page, stem: &str) -> Result<(), (&'static str, String)> {
    let kebab = |s: &str| {
        s.starts_with(|c: char| c.is_ascii_lowercase())
            && !s.ends_with('-')
            && s.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
    };
    if page.name != stem {
        let why = format!(
            "the name is `{}` but the file is `{stem}.md`; rename one of them so that they agree",
            page.name
        );
        return Err(("name", why));
    }
    if !kebab(&page.name) {
        return Err((
            "name",
            format!("`{}` must be kebab-case: small letters, digits and single `-`", page.name),
        ));
    }
    if let Some(bad) =
        page.aliases.iter().find(|a| a.is_empty() || a.chars().any(char::is_whitespace))
    {
        return Err(("aliases", format!("the alias `{bad}` must be one word")));
    }
    if !kebab(&page.group) {
        return Err((
            "group",
            format!("the group `{}` must be the name of a folder below src/rules/", page.group),
        ));
    }
    if !SEVERITIES.contains(&page.severity.as_str()) {
        return Err((
            "severity",
            format!("unknown severity `{}`; write one of {}", page.severity, SEVERITIES.join(", ")),
        ));
    }
    if !CONFIDENCES.contains(&page.confidence.as_str()) {
        return Err((
            "confidence",
            format!(
                "unknown confidence `{}`; write one of {}",
                page.confidence,
                CONFIDENCES.join(", ")
            ),
        ));
    }
    let setting = |n: &str| n.chars().all(|c| c.is_ascii_uppercase() || c == '_') && !n.is_empty();
    let wrong = |n: &&String| !NEEDED.contains(&n.as_str()) && !setting(n);
    if let Some(need) = page.needs.iter().flatten().find(wrong) {
        return Err((
            NEEDS,
            format!(
                "unknown need `{need}`; write the name of a setting or one of {}",
                NEEDED.join(", ")
            ),
        ));
    }
    if page.since.split('.').count() != 3
        || !page.since.split('.').all(|n| n.parse::<u16>().is_ok())
    {
        return Err((
            "since",
            format!("`{}` must be the version that brings the rule, such as 0.1.0", page.since),
        ));
    }
    // A name such as DEBUG or STATIC_ROOT may begin it; a sentence may not.
    let first = page.summary.split_whitespace().next().unwrap_or("");
    let capital = first.starts_with(char::is_uppercase)
        && (first.len() < 2 || first.chars().any(char::is_lowercase));
    if first.is_empty() || capital || page.summary.ends_with('.') || page.summary.contains('\n') {
        let why =
            "the summary must be one line that starts in lower case and ends without a full stop"
                .to_owned();
        return Err(("summary", why));
    }
    if page.body.trim().is_empty() {
        return Err((
            "summary",
            "the page has no text; write the sections `## What happens` to `## References`"
                .to_owned(),
        ));
    }
    Ok(())
}

/// No name or alias may stand for two rules. `pages` are pairs of file name and page.
pub(crate) fn unique(pages: &[(String, Page)]) -> Result<(), String> {
    let mut seen: BTreeMap<&str, &str> = BTreeMap::new();
    for (file, page) in pages {
        for name in std::iter::once(&page.name).chain(&page.aliases) {
            if let Some(other) = seen.insert(name, file) {
                return Err(format!(
                    "{file}: `{name}` is already a name or alias in {other}; choose another for one of them"
                ));
            }
        }
    }
    Ok(())
}

/// The needs of a rule as Rust writes them.
fn needs(needs: Option<&[String]>, word: &dyn Fn(&str) -> String) -> String {
    let one = |need: &String| {
        if NEEDED.contains(&need.as_str()) {
            format!("Need::{}", word(need))
        } else {
            format!("Need::Setting({need:?})")
        }
    };
    match needs {
        Some(all) => format!("Some(&[{}])", all.iter().map(one).collect::<Vec<_>>().join(", ")),
        None => "None".to_owned(),
    }
}

/// The Rust source of the statics, sorted by name.
pub(crate) fn generate(pages: &mut [(String, Page)]) -> String {
    pages.sort_by(|a, b| a.1.name.cmp(&b.1.name));
    let mut out = String::new();
    let constant = |name: &str| name.replace('-', "_").to_ascii_uppercase();
    let word = |s: &str| s[..1].to_ascii_uppercase() + &s[1..];
    for (file, p) in pages.iter() {
        let _ = write!(
            out,
            "/// `{}`: {:?}.\npub static {}: RuleMeta = RuleMeta {{\n    name: {:?},\n    aliases: &{:?},\n    group: {:?},\n    \
             severity: Severity::{},\n    confidence: Confidence::{},\n    since: {:?},\n    summary: {:?},\n    needs: {},\n    symptoms: &{:?},\n    \
             opt_in: {},\n    page: {:?},\n}};\n",
            file,
            p.summary,
            constant(&p.name),
            p.name,
            p.aliases,
            p.group,
            word(&p.severity),
            word(&p.confidence),
            p.since,
            p.summary,
            needs(p.needs.as_deref(), &word),
            p.symptoms,
            p.opt_in,
            p.body
        );
    }
    let names: Vec<_> = pages.iter().map(|(_, p)| format!("&{}", constant(&p.name))).collect();
    let _ = writeln!(
        out,
        "/// Every rule's facts, sorted by name.\npub static ALL: &[&RuleMeta] = &[{}];",
        names.join(", ")
    );
    out
}
