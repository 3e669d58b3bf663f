//! What a file looks like after each change.

use super::*;
use crate::finding::Prose;
use crate::source::{MemoryFiles, Sources};

/// Changes a Compose file: the service `web`, or the top level where the edit asks for it.
fn changed(text: &str, top: bool, edit: &YamlEdit) -> Option<String> {
    let files = MemoryFiles::new();
    let file = Sources::new(&files).add("compose.yaml", text);
    let start = text.find("web").unwrap_or_default();
    let of =
        if top { YamlMap::Top(file.id) } else { YamlMap::Of(Span::new(file.id, start, start + 3)) };
    let mut draft = Draft::new(file);
    change(&mut draft, of, edit)?;
    let once = draft.text().to_owned();
    // It reads back as what a second reader makes of it, and a second time changes nothing more.
    serde_yaml::from_str::<serde_yaml::Value>(&once).ok()?;
    Some(once)
}

fn path(path: &str) -> Vec<String> {
    path.split('.').map(str::to_owned).collect()
}

fn text(text: &'static str) -> YamlValue {
    YamlValue::text(text)
}

fn service(edits: &[(&str, YamlEdit, &str)]) {
    for (before, edit, after) in edits {
        let got = changed(before, false, edit);
        assert_eq!(got.as_deref().unwrap_or("(does not fit)"), *after, "{before}");
        if let Some(got) = got
            && !matches!(edit, YamlEdit::Remove(_) | YamlEdit::RemoveVariable(_))
        {
            assert_eq!(changed(&got, false, edit).as_deref(), Some(*after), "a second time");
        }
    }
}

#[test]
fn keys_are_added_in_the_form_of_the_file() {
    let set = |to, value| YamlEdit::Set(path(to), value);
    service(&[
        (
            "services:\n  web:\n    image: x\n",
            set("init", YamlValue::Bool(true)),
            "services:\n  web:\n    image: x\n    init: true\n",
        ),
        (
            "services:\n    web:\n        image: x\n    db:\n        image: y\n",
            set("build.target", text("dev")),
            "services:\n    web:\n        image: x\n        build:\n            target: dev\n    db:\n        image: y\n",
        ),
        (
            "services:\r\n  web:\r\n    image: x",
            set("command", text("a: b")),
            "services:\r\n  web:\r\n    image: x\r\n    command: 'a: b'",
        ),
        (
            "services:\n  web: {image: x}\n",
            set("command", text("a, b")),
            "services:\n  web: {image: x, command: \"a, b\"}\n",
        ),
        ("services:\n  web:\n", set("image", text("x")), "services:\n  web:\n    image: x\n"),
        (
            "services:\n  web: # why\n    image: x # too\n",
            set("image", text("y")),
            "services:\n  web: # why\n    image: y # too\n",
        ),
        (
            "services:\n  web:\n    image: \"x\"\n",
            set("image", text("y")),
            "services:\n  web:\n    image: \"y\"\n",
        ),
        (
            "services:\n  web:\n    env_file: .env\n    image: x\n",
            set("env_file", YamlValue::List(vec![text("a"), text("b")])),
            "services:\n  web:\n    env_file:\n      - a\n      - b\n    image: x\n",
        ),
        (
            "services:\n  web:\n    env_file:\n    - .env\n    image: x\n",
            set("env_file", text("a")),
            "services:\n  web:\n    env_file: a\n    image: x\n",
        ),
        (
            "services:\n  web:\n    command: |\n      a\n      b\n",
            set("init", YamlValue::Bool(true)),
            "services:\n  web:\n    command: |\n      a\n      b\n    init: true\n",
        ),
        (
            "x: &x\n  init: true\nservices:\n  web:\n    <<: *x\n",
            set("init", YamlValue::Bool(false)),
            "(does not fit)",
        ),
        (
            "x: &x {init: true}\nservices:\n  web: *x\n",
            set("init", YamlValue::Bool(false)),
            "(does not fit)",
        ),
        ("services:\n  web: [\n", set("init", YamlValue::Bool(false)), "(does not fit)"),
    ]);
    let top = |before: &str, edit: YamlEdit| changed(before, true, &edit);
    assert_eq!(
        top("services:\n  web:\n    image: x\n", set("volumes.data", YamlValue::Null)).as_deref(),
        Some("services:\n  web:\n    image: x\nvolumes:\n  data:\n")
    );
    assert_eq!(
        top(
            "volumes:\n  old:\nservices: {}\n",
            YamlEdit::Default(path("volumes.data"), YamlValue::Null)
        )
        .as_deref(),
        Some("volumes:\n  old:\n  data:\nservices: {}\n")
    );
}

#[test]
fn items_follow_their_list() {
    let add = |item: &'static str| YamlEdit::Append(path("ports"), text(item));
    service(&[
        (
            "services:\n  web:\n    image: x\n",
            add("80:80"),
            "services:\n  web:\n    image: x\n    ports:\n      - 80:80\n",
        ),
        (
            "services:\n  web:\n    ports:\n    - \"1:1\"\n    image: x\n",
            add("80:80"),
            "services:\n  web:\n    ports:\n    - \"1:1\"\n    - \"80:80\"\n    image: x\n",
        ),
        (
            "services:\n  web:\n    ports: ['1:1']\n",
            add("80:80"),
            "services:\n  web:\n    ports: ['1:1', '80:80']\n",
        ),
        (
            "services:\n  web:\n    ports: []\n",
            add("80:80"),
            "services:\n  web:\n    ports: [80:80]\n",
        ),
        (
            "services:\n  web:\n    ports:\n      - target: 1\n        published: 2\n",
            add("80:80"),
            "services:\n  web:\n    ports:\n      - target: 1\n        published: 2\n      - 80:80\n",
        ),
        (
            "services:\n  web:\n    ports: 1\n",
            add("80:80"),
            "services:\n  web:\n    ports:\n      - '1'\n      - 80:80\n",
        ),
    ]);
}

#[test]
fn variables_and_dependencies_have_two_forms() {
    let set = || YamlEdit::SetVariable("A".into(), text("1"));
    let on = |condition| YamlEdit::DependOn("db".into(), condition);
    service(&[
        (
            "services:\n  web:\n    image: x\n",
            set(),
            "services:\n  web:\n    image: x\n    environment:\n      A: '1'\n",
        ),
        (
            "services:\n  web:\n    environment:\n      B: x\n",
            set(),
            "services:\n  web:\n    environment:\n      B: x\n      A: '1'\n",
        ),
        (
            "services:\n  web:\n    environment:\n      - B=x\n      - A=0\n",
            set(),
            "services:\n  web:\n    environment:\n      - B=x\n      - A=1\n",
        ),
        (
            "services:\n  web:\n    environment: [B=x]\n",
            set(),
            "services:\n  web:\n    environment: [B=x, A=1]\n",
        ),
        (
            "services:\n  web:\n    environment: {A: 0}\n",
            set(),
            "services:\n  web:\n    environment: {A: '1'}\n",
        ),
        (
            "services:\n  web:\n    environment:\n      - A=0\n      - B=x\n",
            YamlEdit::RemoveVariable("A".into()),
            "services:\n  web:\n    environment:\n      - B=x\n",
        ),
        (
            "services:\n  web:\n    environment:\n      A: 0\n    image: x\n",
            YamlEdit::RemoveVariable("A".into()),
            "services:\n  web:\n    image: x\n",
        ),
        (
            "services:\n  web:\n    image: x\n",
            on(None),
            "services:\n  web:\n    image: x\n    depends_on:\n      - db\n",
        ),
        (
            "services:\n  web:\n    depends_on:\n      - redis\n      - db\n",
            on(Some("service_healthy")),
            "services:\n  web:\n    depends_on:\n      redis:\n        condition: service_started\n      db:\n        condition: service_healthy\n",
        ),
        (
            "services:\n  web:\n    depends_on: [db]\n",
            on(Some("service_healthy")),
            "services:\n  web:\n    depends_on:\n      db:\n        condition: service_healthy\n",
        ),
        (
            "services:\n  web:\n    depends_on:\n      db:\n        condition: service_started\n",
            on(Some("service_healthy")),
            "services:\n  web:\n    depends_on:\n      db:\n        condition: service_healthy\n",
        ),
        (
            "services:\n  web:\n    depends_on:\n      redis:\n        condition: service_started\n",
            on(None),
            "services:\n  web:\n    depends_on:\n      redis:\n        condition: service_started\n      db:\n        condition: service_started\n",
        ),
    ]);
}

#[test]
fn what_is_removed_leaves_nothing_empty() {
    let remove = |to| YamlEdit::Remove(path(to));
    service(&[
        (
            "services:\n  web:\n    image: x\n    build:\n      target: y\n",
            remove("build.target"),
            "services:\n  web:\n    image: x\n",
        ),
        (
            "services:\n  web: {image: x, init: true}\n",
            remove("init"),
            "services:\n  web: {image: x}\n",
        ),
        (
            "services:\n  web: {image: x, init: true}\n",
            remove("image"),
            "services:\n  web: {init: true}\n",
        ),
        ("services:\n  web:\n    image: x\n", remove("gone"), "services:\n  web:\n    image: x\n"),
    ]);
    let files = MemoryFiles::new();
    let before = "version: '3'\n\nservices:\n  web:\n    ports:\n      - 1:1\n      - 2:2 # two\n    volumes:\n      - type: bind\n        source: x\n";
    let file = Sources::new(&files).add("compose.yaml", before);
    let at = |part: &str| {
        let start = before.find(part).unwrap_or_default();
        Span::new(file.id, start, start + part.len())
    };
    let mut draft = Draft::new(file.clone());
    for part in ["version", "2:2", "type"] {
        assert_eq!(change_node(&mut draft, at(part), &NodeEdit::Remove), Some(()), "{part}");
    }
    let rename = NodeEdit::Rename(Prose::from("3:3"));
    assert_eq!(change_node(&mut draft, at("1:1"), &rename), Some(()));
    assert_eq!(
        draft.text(),
        "services:\n  web:\n    ports:\n      - 3:3\n    volumes:\n      - source: x\n"
    );
}
