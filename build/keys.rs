//! What the Compose loader does with which key, at build time: `data/compose-keys.txt`, checked, and turned into
//! one list for each step of the loading.
//!
//! Included by `build.rs`, and by `tests/schema.rs` for its messages. The notation is explained at the head of
//! the data file.

use std::collections::{BTreeMap, HashMap};
use std::fmt::Write as _;

/// A step of the loading.
struct Step {
    mark: &'static str,
    /// The list that `src/model/compose/tree/keys.rs` gets, and the type of what it says.
    list: &'static str,
    of: &'static str,
    words: &'static [&'static str],
}

const STEPS: [Step; 7] = [
    Step { mark: "cast", list: "CASTS", of: "Cast", words: &["int", "float", "bool"] },
    Step { mark: "takes", list: "TAKES", of: "Takes", words: &["text", "int", "list", "map"] },
    Step {
        mark: "short",
        list: "SHORT",
        of: "Short",
        words: &[
            "build",
            "key_values",
            "depends_on",
            "env_file",
            "text_or_list",
            "dns",
            "as_text",
            "extends",
            "gpus",
            "names",
            "volume",
            "device",
            "file_mount",
            "ports",
            "ssh",
            "external",
        ],
    },
    Step {
        mark: "merge",
        list: "MERGED",
        of: "Merged",
        words: &["replace", "pairs", "hosts", "build", "names", "dependencies", "logging", "pools"],
    },
    Step {
        mark: "one_each",
        list: "ONE_EACH",
        of: "By",
        words: &["name", "target", "device", "config", "secret", "whole", "port", "env_file"],
    },
    Step {
        mark: "default",
        list: "DEFAULTS",
        of: "Default",
        words: &["context", "secret_target", "port", "count"],
    },
    Step {
        mark: "folder",
        list: "FOLDERS",
        of: "Folder",
        words: &["plain", "context", "mounted", "mount", "device"],
    },
];

/// The Rust source of the lists. `file` is named in messages; `known` says whether Compose's schema has a path.
pub(crate) fn generate(
    file: &str,
    text: &str,
    known: impl Fn(&[&str]) -> bool,
) -> Result<String, String> {
    let (mut lists, mut seen) = (BTreeMap::<&str, String>::new(), HashMap::new());
    for (at, line) in text.lines().enumerate().filter(|(_, l)| !l.is_empty() && !l.starts_with('#'))
    {
        let wrong = |why: String| format!("{file}:{}: {why}", at + 1);
        let mut words = line.split_whitespace();
        let written = words.next().unwrap_or_default();
        let path: Vec<&str> = written.split('.').collect();
        if !known(&path) {
            return Err(wrong(format!("data/compose-spec.txt has no key `{written}`")));
        }
        if let Some(first) = seen.insert(written, at + 1) {
            return Err(wrong(format!("`{written}` stands in line {first} already")));
        }
        let mut said = Vec::new();
        for mark in words {
            let (step, value) = read(mark).map_err(&wrong)?;
            if said.contains(&step.mark) {
                return Err(wrong(format!("`{}=` is said twice", step.mark)));
            }
            said.push(step.mark);
            let _ = writeln!(lists.entry(step.mark).or_default(), "    (&{path:?}, {value}),");
        }
        if said.is_empty() {
            return Err(wrong(format!("say what is done with `{written}`")));
        }
    }
    let mut out = String::new();
    for Step { mark, list, of, .. } in &STEPS {
        let rows = lists.get(mark).map_or("", String::as_str);
        let _ = writeln!(
            out,
            "/// `{mark}=` of `{file}`.\npub(crate) static {list}: &[(&[&str], {of})] = &[\n{rows}];\n"
        );
    }
    Ok(out)
}

/// `mark=word`, or `mark=word,word` where a step takes several: the step and its value in Rust.
fn read(mark: &str) -> Result<(&'static Step, String), String> {
    let (name, value) = mark.split_once('=').unwrap_or((mark, ""));
    let step = STEPS.iter().find(|s| s.mark == name).ok_or_else(|| {
        format!("unknown mark `{name}`; there are {}", STEPS.map(|s| s.mark).join(", "))
    })?;
    let several = step.of == "Takes";
    let words: Vec<&str> = if several { value.split(',').collect() } else { vec![value] };
    if let Some(unknown) = words.iter().find(|w| !step.words.contains(w)) {
        return Err(format!("`{name}=` knows no `{unknown}`; it knows {}", step.words.join(", ")));
    }
    let rust = if several {
        let fields: String = words.iter().map(|w| format!("{w}: true, ")).collect();
        format!("Takes {{ {fields}..Takes::NOTHING }}")
    } else {
        format!("{}::{}", step.of, camel(value))
    };
    Ok((step, rust))
}

/// `env_file` as `EnvFile`.
fn camel(word: &str) -> String {
    word.split('_')
        .flat_map(|part| {
            let (first, rest) = part.split_at(1.min(part.len()));
            [first.to_uppercase(), rest.to_owned()]
        })
        .collect()
}
