//! The table of Compose's keys says what the Compose specification's JSON schema says. The schema is not part
//! of this repository; name a copy (`schema/compose-spec.json` of compose-go) to compare with it:
//!
//! ```text
//! COMPOSE_SPEC=path/compose-spec.json cargo test --test schema
//! ```
//!
//! With `BLESS=1` the table is written anew.
#![allow(dead_code, unreachable_pub, missing_docs, reason = "the build script's half is shared")]
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test that fails may panic, and looks at the repository itself"
)]
#![allow(clippy::print_stdout, reason = "a test that is skipped says so")]

mod support;

#[path = "../build/keys.rs"]
mod keys;
#[path = "../build/schema.rs"]
mod table;

use serde_json::{Map, Value};
use std::fmt::Write as _;
use std::process::Command;
use support::home;

/// The compose-go whose schema it is: the one in Docker Compose 2.40.3.
const VERSION: &str = "2.9.1";

const HEAD: &str = "\
# What the Compose specification's JSON schema says, in a notation of our own: keys, types and limits, no prose.
# Written by tests/schema.rs, turned into statics by build/schema.rs. Do not edit it by hand.
#
#   NAME KINDS MARKS   at the left: a definition. `file` is the whole file
#    KEY KINDS MARKS   a key of the mapping above; `KEY!` is one it must have
#    /PATTERN/ KINDS   keys of the mapping above that are like the pattern
#    - KINDS MARKS     the items of the list above
#    KEY @NAME         as in that definition
#
# kinds: any, or some of null bool int num text list map, with commas
# marks: closed (no other keys), x- (keys that begin with it hold anything), unique (no item twice),
#        min= max= (numbers), in= (one of these words), like= (a text like the pattern)
#
";

type Object = Map<String, Value>;

/// A schema as the notation says it. The forms of a `oneOf` are of different kinds and are laid into each
/// other: what is said of a mapping, a list, a number and a text does not meet.
#[derive(Default)]
struct Shape {
    kinds: Vec<&'static str>,
    marks: Vec<String>,
    /// Lines below: how each begins, and what it says.
    below: Vec<(String, Entry)>,
}

enum Entry {
    Name(String),
    Shape(Shape),
}

struct Converter<'s> {
    definitions: &'s Object,
}

impl Converter<'_> {
    fn entry(&self, schema: &Value, place: &str) -> Entry {
        let schema = schema.as_object().unwrap_or_else(|| panic!("{place}: not an object"));
        match schema.get("$ref") {
            // What stands beside a `$ref` has no effect (draft 7).
            Some(target) => Entry::Name(name(target).to_owned()),
            None => Entry::Shape(self.shape(schema, place)),
        }
    }

    fn shape(&self, schema: &Object, place: &str) -> Shape {
        if let Some(target) = schema.get("$ref") {
            return self.shape(self.definitions[name(target)].as_object().unwrap(), place);
        }
        let mut shape = Shape::default();
        let only = ["type", "description", "title", "deprecated", "default"];
        if let Some(forms) = schema.get("oneOf") {
            assert!(
                schema.keys().all(|k| k == "oneOf" || only[1..].contains(&k.as_str())),
                "{place}: something stands beside `oneOf`"
            );
            for form in forms.as_array().unwrap() {
                let form = form.as_object().unwrap();
                assert!(!form.contains_key("oneOf"), "{place}: a form that has forms");
                let more = self.shape(form, place);
                for kind in &more.kinds {
                    let meets = |k: &&str| {
                        k == kind || [["int", "num"], ["num", "int"]].contains(&[*k, *kind])
                    };
                    assert!(!shape.kinds.iter().any(meets), "{place}: two forms are `{kind}`");
                }
                shape.kinds.extend(more.kinds);
                shape.marks.extend(more.marks);
                shape.below.extend(more.below);
            }
            return shape;
        }
        match schema.get("type") {
            None => assert!(schema.is_empty(), "{place}: a schema without a type"),
            Some(Value::Array(all)) => shape.kinds = all.iter().map(kind).collect(),
            Some(one) => shape.kinds = vec![kind(one)],
        }
        let (map, list) = (shape.kinds.contains(&"map"), shape.kinds.contains(&"list"));
        for (keyword, value) in schema {
            match keyword.as_str() {
                k if only.contains(&k) => {}
                // Without effect where no mapping can stand.
                "additionalProperties" | "patternProperties" if !map => {}
                "additionalProperties" => {
                    assert_eq!(value, &Value::Bool(false), "{place}: a schema for other keys");
                    shape.marks.push("closed".into());
                }
                "patternProperties" => {
                    for (pattern, value) in value.as_object().unwrap() {
                        if pattern == "^x-" && value.as_object().unwrap().is_empty() {
                            shape.marks.push("x-".into());
                        } else {
                            let entry = self.entry(value, &format!("{place}/{pattern}"));
                            shape.below.push((format!("/{pattern}/"), entry));
                        }
                    }
                }
                "properties" if map => {
                    let required = schema
                        .get("required")
                        .and_then(Value::as_array)
                        .cloned()
                        .unwrap_or_default();
                    for (key, value) in value.as_object().unwrap() {
                        let must = if required.iter().any(|r| r == key) { "!" } else { "" };
                        shape.below.push((
                            format!("{key}{must}"),
                            self.entry(value, &format!("{place}/{key}")),
                        ));
                    }
                }
                "required" if map => {
                    let known = |r: &Value| {
                        schema.get("properties").and_then(|p| p.get(r.as_str().unwrap())).is_some()
                    };
                    assert!(
                        value.as_array().unwrap().iter().all(known),
                        "{place}: requires a key it does not know"
                    );
                }
                "items" if list => {
                    shape.below.push(("-".into(), self.entry(value, &format!("{place}/-"))))
                }
                "uniqueItems" if list => {
                    if value == true {
                        shape.marks.push("unique".into());
                    }
                }
                "minimum" => shape.marks.push(format!("min={}", value.as_i64().unwrap())),
                "maximum" => shape.marks.push(format!("max={}", value.as_i64().unwrap())),
                "pattern" => shape.marks.push(format!("like={}", value.as_str().unwrap())),
                // Said of texts only, or laying forms into each other would change its meaning.
                "enum" if shape.kinds == ["text"] => {
                    let words: Vec<_> =
                        value.as_array().unwrap().iter().map(|v| v.as_str().unwrap()).collect();
                    assert!(
                        words.iter().all(|w| !w.contains([' ', ','])),
                        "{place}: a word with a space or a comma"
                    );
                    shape.marks.push(format!("in={}", words.join(",")));
                }
                other => panic!(
                    "{place}: `{other}` is not understood here; teach it to tests/schema.rs and build/schema.rs"
                ),
            }
        }
        shape
    }
}

fn name(reference: &Value) -> &str {
    reference.as_str().unwrap().strip_prefix("#/definitions/").unwrap()
}

fn kind(name: &Value) -> &'static str {
    match name.as_str().unwrap() {
        "null" => "null",
        "boolean" => "bool",
        "integer" => "int",
        "number" => "num",
        "string" => "text",
        "array" => "list",
        "object" => "map",
        other => panic!("`{other}` is no type"),
    }
}

fn write(out: &mut String, depth: usize, head: &str, entry: &mut Entry) {
    let _ = write!(out, "{:depth$}{head}", "");
    let shape = match entry {
        Entry::Name(name) => return writeln!(out, " @{name}").unwrap(),
        Entry::Shape(shape) => shape,
    };
    let rank = |kind: &&str| table::TYPES.iter().position(|(name, _)| name == kind);
    shape.kinds.sort_by_key(rank);
    shape.marks.sort();
    shape.below.sort_by(|a, b| a.0.cmp(&b.0));
    let kinds = if shape.kinds.is_empty() { "any".to_owned() } else { shape.kinds.join(",") };
    let _ = writeln!(out, " {}", [&[kinds], shape.marks.as_slice()].concat().join(" "));
    for (head, entry) in &mut shape.below {
        write(out, depth + 1, head, entry);
    }
}

/// The data file for a schema.
fn convert(json: &str, origin: &str) -> String {
    let schema: Value = serde_json::from_str(json).unwrap();
    let mut schema = schema.as_object().unwrap().clone();
    let draft = schema.remove("$schema").unwrap();
    assert!(draft.as_str().unwrap().contains("/draft-07/"), "another draft: {draft}");
    schema.remove("$id");
    let Some(Value::Object(definitions)) = schema.remove("definitions") else {
        panic!("no definitions")
    };
    let converter = Converter { definitions: &definitions };
    let mut all: Vec<_> = definitions
        .iter()
        .map(|(name, definition)| {
            (name.clone(), Entry::Shape(converter.shape(definition.as_object().unwrap(), name)))
        })
        .collect();
    all.sort_by(|a, b| a.0.cmp(&b.0));
    all.insert(0, ("file".into(), Entry::Shape(converter.shape(&schema, "file"))));
    let mut out = format!("{HEAD}{origin}");
    for (name, mut entry) in all {
        out.push('\n');
        write(&mut out, 0, &name, &mut entry);
    }
    out
}

/// Where the schema comes from, with its size and its digest, for those who want to know that theirs is the same.
fn origin(path: &str, json: &str) -> String {
    let sum = Command::new("sha256sum")
        .arg(path)
        .output()
        .expect("sha256sum is needed to say which schema it is");
    let sum = String::from_utf8(sum.stdout).unwrap();
    let sum = sum.split_whitespace().next().expect("sha256sum says nothing");
    format!(
        "# origin: compose-spec.json of compose-go {VERSION}, {} bytes, sha256 {sum}\n",
        json.len()
    )
}

#[test]
fn the_table_says_what_the_schema_says() {
    let Some(path) = std::env::var_os("COMPOSE_SPEC") else {
        return println!(
            "skipped: name a copy of compose-go's schema/compose-spec.json in COMPOSE_SPEC"
        );
    };
    let path = path.to_str().unwrap();
    let json = std::fs::read_to_string(path).unwrap();
    let now = convert(&json, &origin(path, &json));
    let file = home().join("data/compose-spec.txt");
    if std::env::var_os("BLESS").is_some_and(|v| v == "1") {
        return std::fs::write(file, now).unwrap();
    }
    let then = std::fs::read_to_string(file).unwrap();
    if let Some(at) = then.lines().zip(now.lines()).position(|(a, b)| a != b) {
        let line = |text: &str| text.lines().nth(at).unwrap_or("").to_owned();
        panic!(
            "data/compose-spec.txt differs from the schema, first in its line {}:\n  table   {}\n  schema  {}\nrun it with BLESS=1, and look at the difference",
            at + 1,
            line(&then),
            line(&now)
        );
    }
    assert_eq!(
        then.lines().count(),
        now.lines().count(),
        "one is longer; run it with BLESS=1, and look at the difference"
    );
}

#[test]
fn a_schema_becomes_a_table() {
    let json = r##"{
      "$schema": "https://json-schema.org/draft-07/schema", "type": "object", "additionalProperties": false,
      "patternProperties": {"^x-": {}}, "required": ["b"],
      "properties": {
        "b": {"$ref": "#/definitions/words", "description": "prose"},
        "a": {"oneOf": [{"$ref": "#/definitions/words"}, {"type": "integer", "minimum": 0},
                        {"type": "object", "patternProperties": {".+": {"type": ["number", "null"]}}}]}
      },
      "definitions": {"words": {"type": "array", "uniqueItems": true, "items": {"type": "string", "enum": ["z", "Z"]}}}
    }"##;
    let table = convert(json, "");
    let expected = "
file map closed x-
 a int,list,map min=0 unique
  - text in=z,Z
  /.+/ null,num
 b! @words

words list unique
 - text in=z,Z
";
    assert_eq!(table.strip_prefix(HEAD).unwrap(), expected);
    let statics = table::generate("x", &table).unwrap();
    assert!(statics.contains(r#"required: &["b"]"#), "{statics}");
    assert_eq!(statics.matches("unique: true").count(), 2, "{statics}");
}

#[test]
fn what_cannot_be_said_is_refused() {
    for (form, why) in [
        (r#"{"type": "string", "format": "duration"}"#, "`format` is not understood"),
        (r#"{"oneOf": [{"type": "number"}, {"type": "integer"}]}"#, "two forms are `int`"),
        (r#"{"type": ["string", "null"], "enum": ["a"]}"#, "`enum` is not understood"),
    ] {
        let json = format!(
            r#"{{"$schema": "/draft-07/", "type": "object", "properties": {{"a": {form}}}, "definitions": {{}}}}"#
        );
        let error = std::panic::catch_unwind(|| convert(&json, "")).unwrap_err();
        let said = error.downcast_ref::<String>().unwrap();
        assert!(said.contains(why), "{said}");
    }
}

#[test]
fn a_table_that_is_wrong_names_its_line() {
    for (text, why) in [
        ("a map\n", "t:1: the definition `file` is missing"),
        ("file map\n\n   a text\n", "t:3: indented too far"),
        ("file map\n a texts\n", "t:2: `texts` is no kind of value"),
        ("file map\n a @b\n", "t:2: nothing is defined as `b`"),
        ("file map\n a text odd\n", "t:2: unknown mark `odd`"),
        ("file map\n a text like=^a$\n", "t:2: unknown pattern `^a$`"),
        ("file map\n a text\n a! text\n", "t:1: `file` has the key `a` twice"),
        ("file map\n a @b\nb map\n c @b\n", "leads to itself"),
        ("file map\n a\n", "t:2: say what kind"),
        ("file map min=x\n", "t:1: `x` is no whole number"),
    ] {
        let error = table::generate("t", text).unwrap_err();
        assert!(error.contains(why), "{error}");
    }
}

#[test]
fn keys_become_a_list_for_each_step() {
    let spec = "file map\n a @b\n\nb map\n /.+/ list\n  - text\n";
    let text = "# head\n\na       default=count\na.*     takes=text,map short=env_file\na.*.[]  takes=text\n";
    let lists = keys::generate("t", text, |path| table::knows(spec, path)).unwrap();
    for row in [
        "SHORT: &[(&[&str], Short)] = &[\n    (&[\"a\", \"*\"], Short::EnvFile),\n];",
        "(&[\"a\", \"*\"], Takes { text: true, map: true, ..Takes::NOTHING }),\n    (&[\"a\", \"*\", \"[]\"], Takes",
        "CASTS: &[(&[&str], Cast)] = &[\n];",
    ] {
        assert!(lists.contains(row), "{lists}");
    }
}

#[test]
fn keys_that_are_wrong_name_their_line() {
    let spec = "file map\n a list\n  - text\n";
    for (text, why) in [
        ("b cast=int\n", "t:1: data/compose-spec.txt has no key `b`"),
        ("\na.b cast=int\n", "t:2: data/compose-spec.txt has no key `a.b`"),
        ("a short=ssh\na cast=int\n", "t:2: `a` stands in line 1 already"),
        ("a\n", "t:1: say what is done with `a`"),
        ("a kast=int\n", "t:1: unknown mark `kast`; there are cast, takes,"),
        ("a cast=text\n", "t:1: `cast=` knows no `text`; it knows int, float, bool"),
        ("a cast\n", "t:1: `cast=` knows no ``"),
        ("a cast=int cast=bool\n", "t:1: `cast=` is said twice"),
        ("a.[] takes=text,word\n", "t:1: `takes=` knows no `word`"),
    ] {
        let error = keys::generate("t", text, |path| table::knows(spec, path)).unwrap_err();
        assert!(error.contains(why), "{error}");
    }
}
