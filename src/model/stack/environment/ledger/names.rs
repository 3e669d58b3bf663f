//! Names of variables in texts: `$NAME` and `${NAME}` of command lines, scripts and templates, and plain mentions in code.

use crate::source::{Files, Limit, Reason, RelPath, Sources, Span, Text, Unknown, discover};
use std::collections::{BTreeMap, BTreeSet};

/// The most files of a folder that are looked through.
const MAX_FILES: usize = 3_000;
/// The most bytes of them.
const MAX_BYTES: usize = 24 * 1024 * 1024;
/// Endings of files that may read variables.
const CODE: [&str; 22] = [
    "py", "sh", "bash", "conf", "template", "tmpl", "tpl", "ini", "cfg", "toml", "js", "ts", "mjs",
    "cjs", "jsx", "tsx", "vue", "rb", "go", "json", "j2", "lua",
];

/// The `$NAME`s and `${NAME…}`s of a text with their places; `$$` is none.
pub(super) fn dollars(text: &Text) -> Vec<(String, Span)> {
    let s = text.as_str();
    let mut all = Vec::new();
    let mut at = 0;
    while let Some(dollar) = s[at..].find('$').map(|i| at + i) {
        let rest = &s[dollar + 1..];
        at = dollar + 1;
        if rest.starts_with('$') {
            at += 1;
            continue;
        }
        let open = usize::from(rest.starts_with('{'));
        let name = &rest[open..];
        let len = name.bytes().take_while(|b| b.is_ascii_alphanumeric() || *b == b'_').count();
        if len > 0 && !name.as_bytes()[0].is_ascii_digit() {
            all.push((name[..len].to_owned(), text.span_of(dollar..dollar + 1 + open + len)));
            at += open + len;
        }
    }
    all
}

/// Whether a file of this name may read variables. Compose files, env files and manuals only set or name them.
fn may_read(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    if lower.contains(".env")
        || lower.starts_with("env.")
        || lower.starts_with("package-lock")
        || lower.ends_with(".min.js")
    {
        return false;
    }
    match lower.rsplit_once('.') {
        Some((_, end)) => CODE.contains(&end),
        None => !matches!(lower.as_str(), "readme" | "license" | "changelog" | "dockerfile"),
    }
}

/// Where files of a folder mention names, as whole words. `Err` when there are too many files to say that one is
/// mentioned nowhere.
pub(in crate::model::stack::environment) fn mentioned(
    sources: &Sources<'_>,
    folder: &RelPath,
    names: &BTreeSet<String>,
) -> Result<BTreeMap<String, Span>, Unknown> {
    search(sources, folder, names, |_| true)
}

/// The same for names that stand in quotes or behind a dollar sign: what reads a variable whose name is a setting's as well.
pub(super) fn quoted(
    sources: &Sources<'_>,
    folder: &RelPath,
    names: &BTreeSet<String>,
) -> Result<BTreeMap<String, Span>, Unknown> {
    search(sources, folder, names, |before| before.is_some_and(|c| "\"'`${(".contains(c)))
}

fn search(
    sources: &Sources<'_>,
    folder: &RelPath,
    names: &BTreeSet<String>,
    fits: fn(Option<char>) -> bool,
) -> Result<BTreeMap<String, Span>, Unknown> {
    let files: &dyn Files = sources.files();
    let found = discover(files, folder, &|n| may_read(n));
    let mut all = BTreeMap::new();
    let mut bytes = 0;
    for (number, path) in found.files.iter().enumerate() {
        if number >= MAX_FILES || bytes > MAX_BYTES {
            return Err(too_many());
        }
        let Ok(file) = sources.read(path, Limit::Code) else { continue };
        bytes += file.text.len();
        let body = file.body();
        for name in names {
            if !all.contains_key(name)
                && let Some(at) = word(body.as_str(), name, fits)
            {
                all.insert(name.clone(), body.span_of(at..at + name.len()));
            }
        }
    }
    if found.truncated { Err(too_many()) } else { Ok(all) }
}

fn too_many() -> Unknown {
    Reason::TooManyFiles("files that may read variables").into()
}

/// Where `name` stands as a word of its own, behind a character that fits.
fn word(text: &str, name: &str, fits: fn(Option<char>) -> bool) -> Option<usize> {
    let part = |c: char| c.is_ascii_alphanumeric() || c == '_';
    text.match_indices(name)
        .find(|(at, _)| {
            let last = text[..*at].chars().next_back();
            let before = last.is_some_and(part) || !fits(last);
            let after = text[at + name.len()..].chars().next().is_some_and(part);
            !before && !after
        })
        .map(|(at, _)| at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_words() {
        assert_eq!(word("MY_PORT PORT_X PORT", "PORT", |_| true), Some(15));
        assert_eq!(word("설정PORT설정", "PORT", |_| true), Some(6));
        assert!(
            may_read("settings.py")
                && may_read("entrypoint")
                && !may_read(".env.prod")
                && !may_read("compose.yaml")
        );
    }
}
