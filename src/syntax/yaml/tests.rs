//! What a reader of the tree relies on: values, places, styles.

#![allow(clippy::unwrap_used, reason = "a test that fails may panic")]

mod any;
mod broken;

use super::*;
use crate::source::{MemoryFiles, Sources};

/// A document with the text it was read from.
struct Doc {
    text: String,
    yaml: Yaml,
}

fn doc(text: &str) -> Doc {
    let files = MemoryFiles::new();
    let file = Sources::new(&files).add("compose.yaml", text);
    Doc { text: text.to_owned(), yaml: Yaml::read(&file) }
}

fn good(text: &str) -> Doc {
    let doc = doc(text);
    assert_eq!(doc.yaml.errors, []);
    doc
}

impl Doc {
    /// The node below the keys, a number for an item.
    fn id_at(&self, path: &str) -> NodeId {
        path.split('.').filter(|p| !p.is_empty()).fold(self.yaml.root.unwrap(), |id, part| {
            match part.parse::<usize>() {
                Ok(i) => self.yaml.items(id)[i],
                Err(_) => self.yaml.entry(id, part).unwrap().value,
            }
        })
    }

    fn scalar(&self, path: &str) -> &Text {
        self.yaml.scalar(self.id_at(path)).unwrap().0
    }

    fn source(&self, span: Span) -> &str {
        &self.text[span.range()]
    }

    fn written(&self, path: &str) -> &str {
        self.source(self.yaml.node(self.id_at(path)).span)
    }

    /// Each piece as source, `=` for verbatim ones and `~` for derived ones.
    fn pieces(&self, path: &str) -> Vec<String> {
        let pieces = self.scalar(path).pieces().iter();
        pieces
            .map(|p| format!("{}{}", if p.verbatim() { '=' } else { '~' }, self.source(p.src)))
            .collect()
    }
}

#[test]
fn places_of_a_small_file() {
    let d = good(
        "services:\n  web: # 웹\n    image: \"nginx:1\"\n    ports:\n    - 80:80\n    - '81'\n    args: {a: b, c: [1, 2]}\n",
    );
    assert_eq!(d.written(""), d.text.trim_end());
    assert_eq!(d.written("services.web.image"), "\"nginx:1\"");
    assert_eq!(d.scalar("services.web.image").as_str(), "nginx:1");
    assert_eq!(d.source(d.scalar("services.web.image").span()), "\"nginx:1\"");
    assert_eq!(d.source(d.scalar("services.web.image").span_of(0..5)), "nginx");
    assert_eq!(d.written("services.web.ports"), "- 80:80\n    - '81'");
    assert_eq!(d.written("services.web.args"), "{a: b, c: [1, 2]}");
    assert_eq!(d.written("services.web.args.c"), "[1, 2]");
    let styles: Vec<Style> = ["image", "ports.0", "ports.1"]
        .map(|p| d.yaml.scalar(d.id_at(&format!("services.web.{p}"))).unwrap().1)
        .into();
    assert_eq!(styles, [Style::Double, Style::Plain, Style::Single]);
    let keys: Vec<&str> =
        d.yaml.entries(d.id_at("services.web")).map(|e| e.name.as_str()).collect();
    assert_eq!(keys, ["image", "ports", "args"]);
}

#[test]
fn lists_begin_at_their_dash() {
    let d = good("a:\n- !x 1\n- 2\nb:\n  - - 3\n    - 4\nc:\n-\n  k: v\n");
    assert_eq!(d.written("a"), "- !x 1\n- 2");
    assert_eq!(d.written("b"), "- - 3\n    - 4");
    assert_eq!(d.written("b.0"), "- 3\n    - 4");
    assert_eq!(d.written("c"), "-\n  k: v");
    assert_eq!(d.written("c.0"), "k: v");
}

#[test]
fn missing_values_stand_after_the_colon() {
    let d = good("a:\nb:   # 주석\nc: !reset\nd: &x\ne: {f, g: , h : }\ni:\n  -\n? j\nk: v\n");
    for (path, before) in [
        ("a", "a:"),
        ("b", "b:"),
        ("c", "!reset"),
        ("d", "&x"),
        ("e.f", "{f"),
        ("e.g", "g:"),
        ("e.h", "h :"),
        ("i.0", "-"),
        ("j", "? j"),
    ] {
        let text = d.scalar(path);
        assert_eq!((text.as_str(), text.span().len()), ("", 0), "{path}");
        assert!(d.text[..text.span().range().start].ends_with(before), "{path}: {:?}", text.span());
        assert_eq!(d.yaml.node(d.id_at(path)).span, text.span());
    }
}

#[test]
fn plain_and_quoted_text_folds() {
    let d = good(
        "a: one\n  two\n\n  셋\nb: 'it''s\n\n  so'\nc: \"x\\t\\u00e9 y  \n  z \\\n  w\\\"\"\nd: \"\\ud83d\\ude00\"\n",
    );
    assert_eq!(d.scalar("a").as_str(), "one two\n셋");
    assert_eq!(d.pieces("a"), ["=one", "~\n  ", "=two", "=\n", "=셋"]);
    assert_eq!(d.scalar("b").as_str(), "it's\nso");
    assert_eq!(d.pieces("b"), ["=it", "~''", "=s", "=\n", "=so"]);
    assert_eq!(d.scalar("c").as_str(), "x\té y z w\"");
    assert_eq!(d.pieces("c"), ["=x", "~\\t", "~\\u00e9", "= y", "~  \n  ", "=z ", "=w", "~\\\""]);
    assert_eq!(d.scalar("d").as_str(), "😀");
    assert_eq!(d.pieces("d"), ["~\\ud83d\\ude00"]);
}

#[test]
fn literal_blocks_lose_their_indentation_only() {
    let d = good(
        "a:\n  run: |  # 실행\n\n    set -e\n      가\n\n    x\n  b: |-\n    end\n\n  c: |+\n    keep\n\n  d: |2\n      deep\n  e: |\n  f: !x |-\n    t",
    );
    assert_eq!(d.scalar("a.run").as_str(), "\nset -e\n  가\n\nx\n");
    assert_eq!(d.pieces("a.run"), ["=\n", "=set -e\n", "=  가\n\n", "=x\n"]);
    assert_eq!(d.written("a.run"), "|  # 실행\n\n    set -e\n      가\n\n    x");
    assert_eq!(d.source(d.scalar("a.run").span()), "set -e\n      가\n\n    x");
    assert_eq!((d.scalar("a.b").as_str(), d.written("a.b")), ("end", "|-\n    end"));
    assert_eq!((d.scalar("a.c").as_str(), d.written("a.c")), ("keep\n\n", "|+\n    keep"));
    assert_eq!((d.scalar("a.d").as_str(), d.written("a.d")), ("  deep\n", "|2\n      deep"));
    assert_eq!((d.scalar("a.e").as_str(), d.written("a.e")), ("", "|"));
    assert_eq!((d.scalar("a.f").as_str(), d.written("a.f")), ("t", "|-\n    t"));
}

#[test]
fn folded_blocks_join_lines() {
    let d = good(
        "a: >\n  one\n  two\n\n  three\n   more\n  four\nb: >-\n  python manage.py migrate &&\n  gunicorn\n",
    );
    assert_eq!(d.scalar("a").as_str(), "one two\nthree\n more\nfour\n");
    assert_eq!(d.scalar("b").as_str(), "python manage.py migrate && gunicorn");
    assert_eq!(d.pieces("b"), ["=python manage.py migrate &&", "~\n", "=gunicorn"]);
    assert_eq!(d.source(d.scalar("b").span_of(28..36)), "gunicorn");
    assert_eq!(d.yaml.scalar(d.id_at("b")).unwrap().1, Style::Folded);
}

#[test]
fn a_header_in_a_comment_or_key_is_not_the_header() {
    let d = good("\"a | # b\": | # c |\n  x\nd: |\n  | y\n  z\n");
    assert_eq!(d.written("a | # b"), "| # c |\n  x");
    assert_eq!(d.written("d"), "|\n  | y\n  z");
}

#[test]
fn byte_order_mark_and_crlf() {
    let d = good("\u{feff}a: 'ㄱ\r\n  ㄴ'\r\nb: |\r\n  x\r\n  y\r\nc: z\r\n");
    assert_eq!(d.written("a"), "'ㄱ\r\n  ㄴ'");
    assert_eq!(d.scalar("a").as_str(), "ㄱ ㄴ");
    assert_eq!(d.scalar("b").as_str(), "x\ny\n");
    assert_eq!(d.pieces("b"), ["=x", "~\r\n", "=y", "~\r\n"]);
    assert_eq!(d.yaml.node(d.yaml.root.unwrap()).span.start, 3);
    assert_eq!(d.written("c"), "z");
}

#[test]
fn tags_anchors_and_aliases() {
    let d = good("x: &한 !override\n  a: 1\ny: &한 !!str 2\nz: *한\n<<: [*한]\nw: &e\nv: *e\n");
    let x = d.yaml.node(d.id_at("x"));
    let anchor = x.anchor.as_ref().unwrap();
    assert_eq!((anchor.value.as_str(), d.source(anchor.span)), ("한", "&한"));
    let tag = x.tag.as_ref().unwrap();
    assert_eq!((tag.value.as_str(), d.source(tag.span)), ("!override", "!override"));
    assert_eq!(d.written("x"), "a: 1");
    let entry = d.yaml.entry(d.yaml.root.unwrap(), "z").unwrap();
    assert_eq!(d.yaml.resolve(entry.value), Some(d.id_at("y")));
    assert_eq!(d.source(d.yaml.node(entry.value).span), "*한");
    assert_eq!(d.scalar("z").as_str(), "2");
    assert_eq!(d.scalar("<<.0").as_str(), "2");
    assert_eq!(d.yaml.resolve(d.id_at("v")), Some(d.id_at("w")));
}

#[test]
fn duplicate_and_odd_keys_stay() {
    let d = good(
        "a: 1\na: 2\n[b]: 3\n*c : 4\n? &c d\n"
            .replace("*c : 4\n? &c d\n", "? &c d\n*c : 4\n")
            .as_str(),
    );
    let root = d.yaml.root.unwrap();
    assert_eq!(d.yaml.pairs(root).len(), 5);
    let names: Vec<&str> = d.yaml.entries(root).map(|e| e.name.as_str()).collect();
    assert_eq!(names, ["a", "a", "d", "d"]);
}

#[test]
fn empty_documents_have_no_root() {
    for text in ["", "\u{feff}", "# nothing\n", "---\n", "--- # x\n", "...\n", "\r\n\r\n"] {
        let d = good(text);
        assert!(d.yaml.root.is_none() && d.yaml.is_empty(), "{text:?}");
    }
}
