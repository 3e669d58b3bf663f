//! The table of Compose's keys at build time: `data/compose-spec.txt`, checked, and turned into statics.
//!
//! Included by `build.rs`, and by `tests/schema.rs` for its messages. The notation is explained at the head
//! of the data file, which `tests/schema.rs` writes.

use std::collections::HashMap;
use std::fmt::Write as _;

/// The kinds of value in the notation, and their names in `schema/table.rs`.
pub(crate) const TYPES: [(&str, &str); 7] = [
    ("null", "NULL"),
    ("bool", "BOOL"),
    ("int", "INT"),
    ("num", "NUM"),
    ("text", "TEXT"),
    ("list", "LIST"),
    ("map", "MAP"),
];

/// The patterns that `schema/table.rs` knows, and their names there.
pub(crate) const PATTERNS: [(&str, &str); 7] = [
    ("^x-", "Extension"),
    ("^[a-zA-Z0-9._-]+$", "Name"),
    (".+", "Filled"),
    ("^.+$", "Line"),
    ("^[a-z]+$", "Lower"),
    ("[a-zA-Z0-9][a-zA-Z0-9_.-]+", "ContainerName"),
    (
        "always|never|build|if_not_present|missing|refresh|daily|weekly|every_([0-9]+[wdhms])+",
        "PullPolicy",
    ),
];

/// Definitions that lead into each other more often than this lead in a circle.
const MAX_DEPTH: usize = 32;

/// A line with the lines that belong to it.
struct Line<'t> {
    number: usize,
    /// `key`, `key!`, `-` or `/pattern/`.
    head: &'t str,
    /// The rest.
    words: Vec<&'t str>,
    below: Vec<usize>,
}

/// The Rust source of the statics. `file` is named in messages.
pub(crate) fn generate(file: &str, text: &str) -> Result<String, String> {
    let (lines, tops) = lines(text).map_err(|(number, why)| format!("{file}:{number}: {why}"))?;
    let defined: HashMap<&str, usize> = tops.iter().map(|i| (lines[*i].head, *i)).collect();
    let Some(root) = defined.get("file") else {
        return Err(format!("{file}:1: the definition `file` is missing"));
    };
    let mut table =
        Table { lines: &lines, defined: &defined, seen: HashMap::new(), out: String::new() };
    let id = table.shape(*root, 0).map_err(|(number, why)| format!("{file}:{number}: {why}"))?;
    let _ = writeln!(table.out, "/// A Compose file.\npub(super) static FILE: &Shape = &S{id};");
    Ok(table.out)
}

/// Whether the table knows a path of keys, in which `*` is any key or item and `[]` an item of a list.
pub(crate) fn knows(text: &str, path: &[&str]) -> bool {
    let Ok((lines, tops)) = lines(text) else { return false };
    let defined = |name: &str| tops.iter().copied().find(|at| lines[*at].head == name);
    let mut here: Vec<usize> = defined("file").into_iter().collect();
    for step in path {
        let below = here.iter().flat_map(|at| &lines[*at].below);
        let fits = |head: &str| match *step {
            "*" => head == "-" || head.starts_with('/'),
            "[]" => head == "-",
            key => head.strip_suffix('!').unwrap_or(head) == key,
        };
        let target = |at: usize| match lines[at].words.as_slice() {
            [word] => word.strip_prefix('@').map_or(Some(at), defined),
            _ => Some(at),
        };
        here = below.filter(|at| fits(lines[**at].head)).filter_map(|at| target(*at)).collect();
    }
    !here.is_empty()
}

type Wrong = (usize, String);

/// The lines as a forest by their indentation, one space a level; and the lines at the left.
fn lines(text: &str) -> Result<(Vec<Line<'_>>, Vec<usize>), Wrong> {
    let (mut all, mut tops, mut open) = (Vec::<Line<'_>>::new(), Vec::new(), Vec::<usize>::new());
    for (at, line) in text.lines().enumerate() {
        let body = line.trim_start_matches(' ');
        if body.is_empty() || body.starts_with('#') {
            continue;
        }
        let depth = line.len() - body.len();
        if depth > open.len() {
            return Err((at + 1, "indented too far; use one space for each level".into()));
        }
        open.truncate(depth);
        let (head, rest) = body.split_once(' ').unwrap_or((body, ""));
        match open.last() {
            Some(parent) => {
                let new = all.len();
                all[*parent].below.push(new);
            }
            None => tops.push(all.len()),
        }
        open.push(all.len());
        all.push(Line {
            number: at + 1,
            head,
            words: rest.split_whitespace().collect(),
            below: Vec::new(),
        });
    }
    Ok((all, tops))
}

struct Table<'l, 't> {
    lines: &'l [Line<'t>],
    defined: &'l HashMap<&'t str, usize>,
    /// What has been written, by its text, so that equal shapes are one.
    seen: HashMap<String, usize>,
    out: String,
}

impl Table<'_, '_> {
    /// Writes the static of a line and of what it needs; its number.
    fn shape(&mut self, at: usize, depth: usize) -> Result<usize, Wrong> {
        let line = &self.lines[at];
        let wrong = |why: String| (line.number, why);
        if depth > MAX_DEPTH {
            return Err(wrong(format!("`{}` leads to itself", line.head)));
        }
        if let [word] = line.words.as_slice()
            && let Some(name) = word.strip_prefix('@')
        {
            let target = self
                .defined
                .get(name)
                .ok_or_else(|| wrong(format!("nothing is defined as `{name}`")))?;
            return self.shape(*target, depth + 1);
        }
        let [types, flags @ ..] = line.words.as_slice() else {
            return Err(wrong("say what kind of value it is".into()));
        };
        let mut fields = format!("types: {}", types_of(types).map_err(&wrong)?);
        let mut patterns = Vec::new();
        for flag in flags {
            let number =
                |n: &str| n.parse::<i128>().map_err(|_| wrong(format!("`{n}` is no whole number")));
            let _ = match flag.split_once('=') {
                None if *flag == "closed" => write!(fields, ", closed: true"),
                None if *flag == "unique" => write!(fields, ", unique: true"),
                None if *flag == "x-" => {
                    let any = self.write("types: ANY".into());
                    patterns.push(format!("(Pattern::Extension, &S{any})"));
                    Ok(())
                }
                Some(("min", n)) => write!(fields, ", min: Some({})", number(n)?),
                Some(("max", n)) => write!(fields, ", max: Some({})", number(n)?),
                Some(("in", all)) => {
                    write!(fields, ", words: &{:?}", all.split(',').collect::<Vec<_>>())
                }
                Some(("like", p)) => {
                    write!(fields, ", like: Some(Pattern::{})", pattern(p).map_err(&wrong)?)
                }
                _ => return Err(wrong(format!("unknown mark `{flag}`"))),
            };
        }
        let (mut keys, mut required) = (Vec::new(), Vec::new());
        for child in &line.below {
            let (id, head) = (self.shape(*child, depth + 1)?, self.lines[*child].head);
            if head == "-" {
                let _ = write!(fields, ", items: Some(&S{id})");
            } else if let Some(p) = head.strip_prefix('/') {
                let name = pattern(p).map_err(|why| (self.lines[*child].number, why))?;
                patterns.push(format!("(Pattern::{name}, &S{id})"));
            } else {
                let key = head.strip_suffix('!').unwrap_or(head);
                if key != head {
                    required.push(key);
                }
                keys.push((key, id));
            }
        }
        keys.sort_unstable();
        if let Some(twice) = keys.windows(2).find(|w| w[0].0 == w[1].0) {
            return Err(wrong(format!("`{}` has the key `{}` twice", line.head, twice[0].0)));
        }
        if !keys.is_empty() {
            let all: Vec<_> = keys.iter().map(|(key, id)| format!("({key:?}, &S{id})")).collect();
            let _ = write!(fields, ", keys: &[{}]", all.join(", "));
        }
        if !patterns.is_empty() {
            let _ = write!(fields, ", patterns: &[{}]", patterns.join(", "));
        }
        if !required.is_empty() {
            let _ = write!(fields, ", required: &{required:?}");
        }
        Ok(self.write(fields))
    }

    fn write(&mut self, fields: String) -> usize {
        let new = self.seen.len();
        let out = &mut self.out;
        *self.seen.entry(fields).or_insert_with_key(|fields| {
            let _ = writeln!(out, "static S{new}: Shape = Shape {{ {fields}, ..OPEN }};");
            new
        })
    }
}

fn types_of(word: &str) -> Result<String, String> {
    if word == "any" {
        return Ok("ANY".into());
    }
    let name = |one| {
        TYPES
            .iter()
            .find(|(n, _)| *n == one)
            .map(|(_, r)| *r)
            .ok_or_else(|| format!("`{one}` is no kind of value"))
    };
    Ok(word.split(',').map(name).collect::<Result<Vec<_>, _>>()?.join(" | "))
}

/// The name of the pattern that `written` begins, up to the slash that ends it.
fn pattern(written: &str) -> Result<&'static str, String> {
    let text = written.trim_start_matches('/').trim_end_matches('/');
    let known = PATTERNS.iter().find(|(p, _)| *p == text).map(|(_, name)| *name);
    known.ok_or_else(|| format!("unknown pattern `{text}`; teach it to src/model/compose/schema/table.rs and build/schema.rs"))
}
