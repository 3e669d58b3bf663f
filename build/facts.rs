//! Facts at build time: the tables of `data/*.toml`, checked, and turned into statics.
//!
//! Included by `build.rs` and by `tests/facts.rs`. An entry that lacks a key, a date or a source stops the build,
//! because a fact of which nobody knows since when and from where cannot be brought up to date.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use toml::Value;

#[path = "tables.rs"]
mod tables;

pub(crate) use tables::FILES;

/// A file of facts.
pub(crate) struct DataFile {
    /// Its path from the package's folder.
    pub(crate) path: &'static str,
    /// The key of each entry that holds a date; [`NO_DATE`] where the entries are our own judgement, without a source.
    pub(crate) date: &'static str,
    pub(crate) tables: &'static [Table],
}

/// A table: an array of tables in the file, a static slice of structs in Rust.
pub(crate) struct Table {
    /// Its name in the file.
    pub(crate) name: &'static str,
    /// The name of the static.
    pub(crate) list: &'static str,
    /// The name of the struct.
    pub(crate) item: &'static str,
    /// The keys of an entry. Each has a date and a `source` as well.
    pub(crate) keys: &'static [(&'static str, Kind)],
    pub(crate) more: More,
}

/// No date, and no source.
pub(crate) const NO_DATE: &str = "";

impl DataFile {
    /// Whether the entries of a table have a date and a source. What only gives names to things needs none.
    pub(crate) fn is_sourced(&self, table: &Table) -> bool {
        self.date != NO_DATE && !matches!(table.more, More::Enum(_))
    }
}

/// What else is made of a table.
pub(crate) enum More {
    Nothing,
    /// An enum of this name, with a variant for each `name` and its `title` for documentation.
    Enum(&'static str),
    /// A sorted static of this name: each word of the key, with the number of its entry.
    Index(&'static str, &'static str),
}

/// What a key holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Text,
    /// A text that may be left out.
    Maybe,
    /// Texts; none where it is left out.
    Texts,
    /// Texts, which must be there.
    List,
    /// `true` where it holds.
    Flag,
    /// `true` or `false`, and left out where it is not known.
    Known,
    /// A port that may be left out.
    Port,
    /// Ports; none where it is left out.
    Ports,
    /// A variant of an enum, by the words there are for it.
    Choice(&'static str, &'static [&'static str]),
    /// The same, and it may be left out.
    MaybeChoice(&'static str, &'static [&'static str]),
    /// Variants of an enum; none where it is left out.
    Choices(&'static str, &'static [&'static str]),
    /// A small number; 0 where it is left out.
    Count,
    /// A variant of the enum that another table of the file makes.
    Of(&'static str, &'static str),
    /// The first of the `names` of the entry that this one is like, or of itself: what it does not say is taken from there.
    Like,
}

/// The Rust source of the statics.
pub(crate) fn generate(file: &DataFile, text: &str) -> Result<String, String> {
    let path = file.path;
    let all: toml::Table =
        toml::from_str(text).map_err(|e| format!("{path}: it is not TOML: {}", e.message()))?;
    if let Some(other) = all.keys().find(|k| !file.tables.iter().any(|t| t.name == k.as_str())) {
        return Err(format!(
            "{path}: unknown table `{other}`; teach it to build/tables.rs and src/facts/"
        ));
    }
    let mut out = String::new();
    for table in file.tables {
        let entries = entries(file, table, &all)?;
        let _ = writeln!(
            out,
            "/// `{}` of `{path}`.\npub static {}: &[{}] = &[",
            table.name, table.list, table.item
        );
        for (number, entry) in entries.iter().enumerate() {
            let wrong = |why: String| wrong(path, table, number, entry, &why);
            let _ = write!(out, "    {} {{", table.item);
            for (key, kind) in keys(file, table) {
                let value = literal(entry, key, kind, &all)
                    .map_err(|why| wrong(format!("`{key}` {why}")))?;
                let _ = write!(out, " {key}: {value},");
            }
            out.push_str(" },\n");
            if file.is_sourced(table) {
                judge(text_of(entry, file.date), text_of(entry, "source")).map_err(wrong)?;
            }
        }
        out.push_str("];\n");
        match table.more {
            More::Nothing => {}
            More::Enum(name) => out.push_str(&enumeration(name, table, &entries)),
            More::Index(key, name) => {
                out.push_str(&index(key, name, &entries).map_err(|why| format!("{path}: {why}"))?);
            }
        }
    }
    Ok(out)
}

/// The keys that an entry may have, with their kinds.
fn keys(file: &DataFile, table: &Table) -> impl Iterator<Item = (&'static str, Kind)> {
    let proof = [(file.date, Kind::Text), ("source", Kind::Text)];
    table.keys.iter().copied().chain(proof.into_iter().filter(|_| file.is_sourced(table)))
}

/// The entries of a table, each completed by what the one it is like says.
fn entries(file: &DataFile, table: &Table, all: &toml::Table) -> Result<Vec<toml::Table>, String> {
    let path = file.path;
    let listed = all.get(table.name).and_then(Value::as_array).map(Vec::as_slice);
    let mut entries = Vec::new();
    for entry in listed.unwrap_or_default() {
        entries.push(
            entry.as_table().cloned().ok_or_else(|| {
                format!("{path}: `{}` holds tables: [[{}]]", table.name, table.name)
            })?,
        );
    }
    let known = |key: &str| keys(file, table).any(|(k, _)| k == key);
    for (number, entry) in entries.iter().enumerate() {
        if let Some(other) = entry.keys().find(|k| !known(k)) {
            return Err(wrong(path, table, number, entry, &format!("unknown key `{other}`")));
        }
    }
    if !table.keys.iter().any(|(_, kind)| *kind == Kind::Like) {
        return Ok(entries);
    }
    // In the order of the file: an entry is like one above it.
    for number in 0..entries.len() {
        let Some(name) = entries[number].get("like").and_then(Value::as_str).map(str::to_owned)
        else {
            let own = Value::String(first_name(&entries[number]).to_owned());
            entries[number].insert("like".into(), own);
            continue;
        };
        let Some(model) = entries[..number].iter().find(|e| first_name(e) == name).cloned() else {
            let why =
                format!("no entry above it has `{name}` for its first name, which it is like");
            return Err(wrong(path, table, number, &entries[number], &why));
        };
        entries[number].insert("like".into(), model["like"].clone());
        for (key, value) in model {
            entries[number].entry(key).or_insert(value);
        }
    }
    Ok(entries)
}

fn first_name(entry: &toml::Table) -> &str {
    let names = entry.get("names").and_then(Value::as_array);
    names.and_then(|n| n.first()).and_then(Value::as_str).unwrap_or("")
}

/// What an entry is called in messages.
fn called(entry: &toml::Table) -> &str {
    if entry.contains_key("names") { first_name(entry) } else { text_of(entry, "name") }
}

fn text_of<'e>(entry: &'e toml::Table, key: &str) -> &'e str {
    entry.get(key).and_then(Value::as_str).unwrap_or("")
}

/// A message about an entry, which is named by what it is called, else by its number.
fn wrong(path: &str, table: &Table, number: usize, entry: &toml::Table, why: &str) -> String {
    match called(entry) {
        "" => format!("{path}: entry {} of `{}`: {why}", number + 1, table.name),
        name => format!("{path}: `{name}` of `{}`: {why}", table.name),
    }
}

/// A value as Rust writes it.
fn literal(
    entry: &toml::Table,
    key: &str,
    kind: Kind,
    all: &toml::Table,
) -> Result<String, String> {
    let found = entry.get(key);
    match (kind, found) {
        (Kind::Text | Kind::Like, Some(Value::String(s))) => Ok(format!("{s:?}")),
        (Kind::Maybe, Some(Value::String(s))) => Ok(format!("Some({s:?})")),
        (Kind::Maybe | Kind::Known | Kind::Port | Kind::MaybeChoice(..), None) => Ok("None".into()),
        (Kind::Texts | Kind::Ports | Kind::Choices(..), None) => Ok("&[]".into()),
        (Kind::Count, None) => Ok("0".into()),
        (Kind::Count, Some(Value::Integer(number))) => Ok(number.to_string()),
        (Kind::Count, Some(_)) => Err("must be a number".into()),
        (Kind::Flag, None) => Ok("false".into()),
        (Kind::Flag, Some(Value::Boolean(b))) => Ok(b.to_string()),
        (Kind::Known, Some(Value::Boolean(b))) => Ok(format!("Some({b})")),
        (Kind::Flag | Kind::Known, Some(_)) => Err("must be true or false".into()),
        (Kind::Texts | Kind::List, Some(Value::Array(all))) => {
            let texts: Option<Vec<&str>> = all.iter().map(Value::as_str).collect();
            texts.map(|t| format!("&{t:?}")).ok_or_else(|| "must hold texts only".to_owned())
        }
        (Kind::Texts | Kind::List, Some(_)) => Err("must be a list".into()),
        (Kind::Port, Some(value)) => port(value).map(|p| format!("Some({p})")),
        (Kind::Ports, Some(Value::Array(all))) => {
            let ports: Result<Vec<u16>, String> = all.iter().map(port).collect();
            ports.map(|p| format!("&{p:?}"))
        }
        (Kind::Ports, Some(_)) => Err("must be a list".into()),
        (Kind::Choice(name, words), Some(Value::String(s))) => choice(name, words, s),
        (Kind::MaybeChoice(name, words), Some(Value::String(s))) => {
            choice(name, words, s).map(|c| format!("Some({c})"))
        }
        (Kind::Choices(name, words), Some(Value::Array(all))) => {
            let texts = all.iter().map(|v| v.as_str().unwrap_or(""));
            let chosen: Result<Vec<String>, String> =
                texts.map(|word| choice(name, words, word)).collect();
            chosen.map(|c| format!("&[{}]", c.join(", ")))
        }
        (Kind::Choices(..), Some(_)) => Err("must be a list".into()),
        (Kind::Of(name, table), Some(Value::String(s))) => {
            let listed = all.get(table).and_then(Value::as_array).map(Vec::as_slice);
            let known = listed.unwrap_or_default().iter().filter_map(Value::as_table);
            let words: Vec<&str> = known.map(|entry| text_of(entry, "name")).collect();
            choice(name, &words, s)
        }
        (_, None) => Err("is missing".into()),
        (_, Some(_)) => Err("must be a text".into()),
    }
}

fn port(value: &Value) -> Result<u16, String> {
    let number = value.as_integer().and_then(|n| u16::try_from(n).ok());
    number.filter(|n| *n > 0).ok_or_else(|| "must hold a port, 1 to 65535".to_owned())
}

fn choice(name: &str, words: &[&str], word: &str) -> Result<String, String> {
    if words.contains(&word) {
        Ok(format!("{name}::{}", variant(word)))
    } else {
        Err(format!("is `{word}`, which is none of: {}", words.join(", ")))
    }
}

/// `redis-commander` as `RedisCommander`.
fn variant(word: &str) -> String {
    let mut out = String::new();
    for part in word.split(['-', '_', '.']) {
        let mut letters = part.chars();
        out.extend(letters.next().map(|c| c.to_ascii_uppercase()));
        out.push_str(letters.as_str());
    }
    out
}

fn enumeration(name: &str, table: &Table, entries: &[toml::Table]) -> String {
    let mut out = format!(
        "/// The names of `{}`.\n#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]\npub enum {name} {{\n",
        table.name
    );
    for entry in entries {
        let _ = writeln!(
            out,
            "    /// {}.\n    {},",
            text_of(entry, "title"),
            variant(text_of(entry, "name"))
        );
    }
    let variants: Vec<String> =
        entries.iter().map(|e| format!("{name}::{}", variant(text_of(e, "name")))).collect();
    let _ = writeln!(
        out,
        "}}\n/// All of them, in the order of the file.\nconst ALL_{}: [{name}; {}] = [{}];",
        table.list,
        variants.len(),
        variants.join(", ")
    );
    out
}

/// A sorted list of words with the numbers of their entries; a word that two of them have stops the build.
fn index(key: &str, name: &str, entries: &[toml::Table]) -> Result<String, String> {
    let mut words: BTreeMap<&str, usize> = BTreeMap::new();
    for (number, entry) in entries.iter().enumerate() {
        let listed = entry.get(key).and_then(Value::as_array).map(Vec::as_slice);
        for word in listed.unwrap_or_default().iter().filter_map(Value::as_str) {
            if let Some(other) = words.insert(word, number) {
                let (a, b) = (called(&entries[other]), called(entry));
                return Err(format!("`{a}` and `{b}` both have `{word}` in `{key}`"));
            }
        }
    }
    let mut out = format!("/// Each word of `{key}`, sorted, with the number of its entry.\n");
    let _ = writeln!(out, "static {name}: [(&str, usize); {}] = [", words.len());
    for (word, number) in words {
        let _ = writeln!(out, "    ({word:?}, {number}),");
    }
    out.push_str("];\n");
    Ok(out)
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
