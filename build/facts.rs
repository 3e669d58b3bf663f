//! Facts at build time: the tables of `data/facts.toml`, checked, and turned into statics.
//!
//! Included by `build.rs` and by `tests/facts.rs`. An entry that lacks a key, a date or a source stops the build,
//! because a fact of which nobody knows since when and from where cannot be brought up to date.

use std::fmt::Write as _;

/// What a key holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Text,
    /// A text that may be left out.
    Maybe,
    List,
}

/// A table: its name in the file, that of the static, that of the struct, and its keys.
type Table = (&'static str, &'static str, &'static str, &'static [(&'static str, Kind)]);

use Kind::{List, Maybe, Text};

/// The tables there are. Each entry has a `date` and a `source` as well.
pub(crate) const TABLES: [Table; 13] = [
    (
        "release",
        "RELEASES",
        "Release",
        &[("distribution", Text), ("name", Text), ("version", Text), ("archived", Maybe)],
    ),
    (
        "stands_on",
        "STANDS_ON",
        "StandsOn",
        &[("image", Text), ("series", Text), ("now", Text), ("until", List)],
    ),
    (
        "gone",
        "GONE",
        "Gone",
        &[("package", Text), ("distribution", Text), ("since", Text), ("instead", Text)],
    ),
    ("latest", "LATEST", "Latest", &[("image", Text), ("version", Text)]),
    (
        "option",
        "OPTIONS",
        "RemovedOption",
        &[("image", Text), ("option", Text), ("since", Text), ("instead", Text)],
    ),
    (
        "folder",
        "FOLDERS",
        "MovedFolder",
        &[("image", Text), ("since", Text), ("before", Text), ("after", Text)],
    ),
    (
        "setting",
        "SETTINGS",
        "RemovedSetting",
        &[
            ("setting", Text),
            ("since", Text),
            ("successor", Text),
            ("effect", Text),
            ("instead", Text),
            ("default", Text),
        ],
    ),
    (
        "needs_python",
        "NEEDS_PYTHON",
        "NeedsPython",
        &[("package", Text), ("since", Text), ("python", Text)],
    ),
    (
        "breaks_on",
        "BREAKS_ON",
        "BreaksOn",
        &[
            ("package", Text),
            ("before", Text),
            ("python", Text),
            ("module", Text),
            ("unless", List),
        ],
    ),
    ("wheel", "WHEELS", "Wheel", &[("package", Text), ("python", Text), ("since", Text)]),
    (
        "program",
        "PROGRAMS",
        "ProgramGone",
        &[("image", Text), ("program", Text), ("since", Text), ("instead", Text)],
    ),
    (
        "command",
        "COMMANDS",
        "RemovedCommand",
        &[
            ("program", Text),
            ("command", Text),
            ("since", Text),
            ("until", Maybe),
            ("answer", Text),
            ("instead", Text),
        ],
    ),
    ("removed", "REMOVED", "RemovedImage", &[("prefix", Text), ("instead", Text)]),
];
const ALWAYS: [(&str, Kind); 2] = [("date", Text), ("source", Text)];

/// The Rust source of the statics. `file` is named in messages.
pub(crate) fn generate(file: &str, text: &str) -> Result<String, String> {
    let all: toml::Table =
        toml::from_str(text).map_err(|e| format!("{file}: it is not TOML: {}", e.message()))?;
    if let Some(other) = all.keys().find(|k| !TABLES.iter().any(|t| t.0 == k.as_str())) {
        return Err(format!(
            "{file}: unknown table `{other}`; teach it to build/facts.rs and src/facts/"
        ));
    }
    let mut out = String::new();
    for (table, name, kind, keys) in TABLES {
        let entries =
            all.get(table).and_then(toml::Value::as_array).map(Vec::as_slice).unwrap_or_default();
        let _ = writeln!(out, "/// `{table}` of `{file}`.\npub static {name}: &[{kind}] = &[");
        for (number, entry) in entries.iter().enumerate() {
            let fields = entry
                .as_table()
                .ok_or_else(|| format!("{file}: `{table}` holds tables: [[{table}]]"))?;
            let wrong = |why: String| format!("{file}: entry {} of `{table}`: {why}", number + 1);
            let known: Vec<_> = keys.iter().chain(&ALWAYS).collect();
            if let Some(other) = fields.keys().find(|k| !known.iter().any(|(key, _)| key == k)) {
                return Err(wrong(format!("unknown key `{other}`")));
            }
            let _ = write!(out, "    {kind} {{");
            for (key, kind) in known {
                let _ = write!(
                    out,
                    " {key}: {},",
                    value(fields.get(*key), *kind)
                        .map_err(|why| wrong(format!("`{key}` {why}")))?
                );
            }
            let text = |key: &str| fields.get(key).and_then(toml::Value::as_str).unwrap_or("");
            judge(text("date"), text("source")).map_err(wrong)?;
            out.push_str(" },\n");
        }
        out.push_str("];\n");
    }
    Ok(out)
}

fn value(found: Option<&toml::Value>, kind: Kind) -> Result<String, String> {
    match (kind, found) {
        (Text, Some(toml::Value::String(s))) => Ok(format!("{s:?}")),
        (Maybe, Some(toml::Value::String(s))) => Ok(format!("Some({s:?})")),
        (Maybe, None) => Ok("None".into()),
        (List, Some(toml::Value::Array(all))) => {
            let texts: Option<Vec<&str>> = all.iter().map(toml::Value::as_str).collect();
            texts.map(|t| format!("&{t:?}")).ok_or_else(|| "must hold texts only".to_owned())
        }
        (List, Some(_)) => Err("must be a list".into()),
        (_, None) => Err("is missing".into()),
        (_, Some(_)) => Err("must be a text".into()),
    }
}

/// What a date and a source must look like.
fn judge(date: &str, source: &str) -> Result<(), String> {
    let parts: Vec<u16> = date.split('-').filter_map(|p| p.parse().ok()).collect();
    if date.len() != 10 || !matches!(parts[..], [2000..=2999, 1..=12, 1..=31]) {
        return Err(format!("the date `{date}` must be year-month-day"));
    }
    if !source.starts_with("https://") || source.contains(char::is_whitespace) {
        return Err(format!("the source `{source}` must be an address, https://…"));
    }
    Ok(())
}
