//! Files with mistakes: what is said, and what is still read.

use super::*;

/// Line, column, source and message of each error.
fn errors(d: &Doc) -> Vec<(u32, u32, &str, String)> {
    let files = MemoryFiles::new();
    let file = Sources::new(&files).add("x", &d.text);
    let place = |e: &SyntaxError| file.position(e.span.start);
    d.yaml
        .errors
        .iter()
        .map(|e| (place(e).line, place(e).column, &d.text[e.span.range()], e.message.unmasked()))
        .collect()
}

#[track_caller]
fn one(text: &str, line: u32, source: &str, message: &str) -> Doc {
    let d = doc(text);
    let all = errors(&d);
    assert_eq!(all.len(), 1, "{all:?}");
    assert_eq!((all[0].0, all[0].2), (line, source), "{all:?}");
    assert!(all[0].3.contains(message), "{all:?}");
    d
}

#[test]
fn half_typed_key() {
    let text =
        "services:\n  web:\n    image: x\n    por\n    volumes:\n      - a\n  db:\n    image: 한\n";
    let d = one(text, 4, "por", "not a `key: value`");
    assert_eq!(d.written("services.web.volumes"), "- a");
    assert_eq!(d.scalar("services.db.image").as_str(), "한");
}

#[test]
fn colon_without_a_space() {
    let d = one(
        "services:\n  web:\n    image:nginx\n    ports:\n      - a\n",
        3,
        "image:nginx",
        "not a `key: value`",
    );
    assert_eq!(d.yaml.errors[0].help, Some("put a space after the colon".into()));
    assert_eq!(d.written("services.web.ports.0"), "a");
    let d = one("name:x\nservices:\n  web:\n    image: y\n", 1, "name:x", "not a `key: value`");
    assert_eq!(d.scalar("services.web.image").as_str(), "y");
}

#[test]
fn colon_in_a_value() {
    let d = one(
        "web:\n  command: echo: hi\n  image: x\n",
        2,
        ":",
        "a colon and a space inside a value",
    );
    assert!(d.yaml.errors[0].help.as_ref().unwrap().unmasked().contains("quotes"));
    assert_eq!(d.scalar("web.image").as_str(), "x");
    let left_out: Vec<&str> = d.yaml.unread.iter().map(|s| d.source(*s)).collect();
    assert_eq!(left_out, [" echo: hi"]);
    assert_eq!(d.scalar("web.command").as_str(), "");
}

#[test]
fn tabs() {
    let all = one(
        "services:\n\tweb:\n\t\timage: x\n\t\tcommand: |\n\t\t\ta\n\tdb:\n\t\timage: y\n",
        2,
        "\t",
        "tab",
    );
    assert_eq!(all.scalar("services.web.image").as_str(), "x");
    assert_eq!(all.scalar("services.web.command").as_str(), "a\n");
    assert_eq!(all.scalar("services.db.image").as_str(), "y");
    let some = one(
        "services:\n  web:\n    image: x\n\tports:\n\t  - 1\n  db:\n    image: y\n",
        4,
        "\t",
        "tab",
    );
    assert_eq!(some.scalar("services.web.image").as_str(), "x");
    assert_eq!(some.scalar("services.db.image").as_str(), "y");
}

#[test]
fn tab_after_a_dash() {
    let d = one("a:\n-\t- b\nc: d\n", 2, "\t", "tab");
    assert_eq!(d.scalar("c").as_str(), "d");
    let d = one("-\t- b\n- c\n", 1, "\t", "tab");
    assert_eq!(d.yaml.items(d.yaml.root.unwrap()).len(), 1);
}

#[test]
fn unclosed_quotes() {
    let d = one(
        "web:\n  image: \"nginx\n  name: \"web\"\n  ports: [80]\n",
        2,
        "\"",
        "not closed on its line",
    );
    assert_eq!(d.scalar("web.name").as_str(), "web");
    assert_eq!(d.scalar("web.ports.0").as_str(), "80");
    let d = one("web:\n  image: 'nginx\n  ports:\n    - 80\n", 2, "'", "never closed");
    assert_eq!(d.scalar("web.ports.0").as_str(), "80");
    let d = one("a: 'it's'\nb: c\n", 1, "s'", "after the closing quote");
    assert_eq!(d.scalar("b").as_str(), "c");
}

#[test]
fn unclosed_brackets() {
    for list in ["[\"a\", \"b\"", "[\n      \"a\",\n      \"b\"", "{ a: 1,\n      b: 2"] {
        let text =
            format!("services:\n  web:\n    command: {list}\n    image: x\n  db:\n    image: y\n");
        let d = one(&text, 3, &list[..1], "never closed");
        assert_eq!(d.scalar("services.web.image").as_str(), "x");
        assert_eq!(d.scalar("services.db.image").as_str(), "y");
    }
    let d = one("a:\n  - [x, [y, z]\nb: c\n", 2, "[", "never closed");
    assert_eq!(d.scalar("b").as_str(), "c");
}

#[test]
fn mistakes_inside_brackets() {
    let d = one(
        "a:\n  cmd: [\n    \"a\" \"b\",\n    c\n  ]\n  image: x\n",
        3,
        "\"b\",",
        "after the closing quote",
    );
    assert_eq!((d.scalar("a.cmd").as_str(), d.scalar("a.image").as_str()), ("", "x"));
    let d = one("a: {b: c, d: [e}]}\nf: g\n", 1, "[", "`[` is closed by `}`");
    assert_eq!(d.scalar("f").as_str(), "g");
    let d = one("a: [b] c\nd: e\n", 1, "c", "");
    assert_eq!(d.scalar("d").as_str(), "e");
    let d = one("a: ]\nb: c\n", 1, "]", "`]` closes nothing");
    assert_eq!(d.scalar("b").as_str(), "c");
}

#[test]
fn wrong_indentation() {
    let text = "services:\n  web:\n    image: x\n   ports:\n     - a\n  db:\n    image: y\n";
    let d = one(text, 4, "ports:", "not aligned");
    assert_eq!(d.scalar("services.web.image").as_str(), "x");
    assert_eq!(d.scalar("services.db.image").as_str(), "y");
    let d = one("web:\n  image: x\n    ports:\n    - a\ndb: y\n", 3, "ports:", "indented deeper");
    assert_eq!(d.scalar("web.image").as_str(), "x");
    assert_eq!(d.scalar("db").as_str(), "y");
    let d = one("a: b\n- c\n- d\ne: f\n", 2, "- c", "list item");
    assert_eq!(d.scalar("e").as_str(), "f");
    let d = one("  a: b\nc: d\ne: f\n", 2, "c: d", "does not belong");
    assert_eq!(d.scalar("a").as_str(), "b");
}

#[test]
fn characters_that_start_no_value() {
    let d = doc("a: @x\nb: `c`\nd: %e\nf: *\ng: h\ni: \"\u{7}\"\nj: \"C:\\Users\"\n");
    let places: Vec<(u32, &str)> = errors(&d).iter().map(|e| (e.0, e.2)).collect();
    assert_eq!(places, [(1, "@"), (2, "`"), (3, "%"), (4, "*"), (6, "\u{7}"), (7, "\\U")]);
    assert_eq!(d.scalar("g").as_str(), "h");
}

#[test]
fn control_character_in_a_block() {
    let d = one("a: |\n  x\n  b\u{7}c\n  y\nd: e\n", 3, "\u{7}", "U+0007");
    assert_eq!(d.scalar("d").as_str(), "e");
    assert!(
        d.scalar("a")
            .pieces()
            .iter()
            .filter(|p| p.verbatim())
            .all(|p| !d.source(p.src).contains('\u{7}'))
    );
}

#[test]
fn aliases_to_nothing_and_to_themselves() {
    let d = doc("a: &a [*a]\nb: *nope\n");
    let all = errors(&d);
    assert_eq!((all[0].2, all[1].2), ("*a", "*nope"));
    let inner = d.yaml.items(d.id_at("a"))[0];
    assert_eq!(d.yaml.resolve(inner), Some(d.id_at("a")));
    assert!(
        matches!(&d.yaml.node(d.id_at("b")).kind, NodeKind::Alias(name, None) if name == "nope")
    );
    assert!(d.yaml.kind(d.id_at("b")).is_none());
    // The anchor's line has an error of its own, so the alias is not to blame.
    one("x: &x {a: b\ny: *x\nz: w\n", 1, "{", "never closed");
}

#[test]
fn every_document_is_read() {
    let d = one("a: b\n---\nc: d\n---\ne: [\n", 5, "[", "never closed");
    assert_eq!(d.yaml.entries(d.yaml.root.unwrap()).count(), 1);
    let later =
        d.yaml.later.iter().map(|root| d.yaml.entries(root.unwrap()).count()).collect::<Vec<_>>();
    assert_eq!(later, [1, 1]);
    assert_eq!(doc("---\n---\n").yaml.later, [None]);
}

#[test]
fn deep_nesting_is_left_out() {
    let deep = format!("a: {}x{}\nb: c\n", "[".repeat(100), "]".repeat(100));
    let d = one(&deep, 1, "[", "deeper than 64");
    assert_eq!(d.scalar("b").as_str(), "c");
    let d = doc(&format!("a: {}", "- ".repeat(3000)));
    assert!(!d.yaml.errors.is_empty());
    let d = one(&"- ".repeat(3000), 1, "", "deeper than 64");
    assert_eq!(d.yaml.len(), 65);
    let d = doc(&"[".repeat(5000));
    assert!(d.yaml.errors[0].message.unmasked().contains("deeper than 64"));
    let flow = format!("{}x{}", "[".repeat(64), "]".repeat(64));
    assert_eq!(good(&flow).yaml.len(), 65);
}

#[test]
fn many_nodes_are_left_out() {
    let d = doc(&format!("a: b\nlist:\n{}", "- x\n".repeat(100_100)));
    assert!(d.yaml.errors[0].message.unmasked().contains("more than 100000 values"));
    assert_eq!(d.yaml.errors.len(), 1);
    assert!(d.yaml.items(d.id_at("list")).len() > 99_000);
}

#[test]
fn errors_end_after_sixteen_rounds() {
    let d = doc(&"a: @\n".repeat(40));
    assert_eq!(d.yaml.errors.len(), 18);
    assert!(d.yaml.errors[17].message.unmasked().contains("too many errors"));
}
