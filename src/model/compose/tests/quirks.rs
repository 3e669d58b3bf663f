//! Corners that only Compose itself could tell: what it printed for these files, or that it refused them.

use super::*;

/// A service `w` with these keys, and something of everything that it may name.
fn service_with(keys: &str) -> String {
    format!(
        "services:\n  w: {{image: i, {keys}}}\nnetworks: {{x-n: }}\nsecrets: {{s: {{file: s}}}}\n"
    )
}

fn shown(text: &str, name: &str) -> String {
    let project = one(text);
    assert_eq!(project.messages(), Vec::<&str>::new(), "{text}");
    key(&project, name)
}

#[test]
fn what_compose_refuses_beyond_the_schema() {
    for keys in [
        "ports: [{published: 80}]",
        "ports: ['80:0']",
        "expose: [80.5]",
        "volumes: [{type: bind, target: /a}]",
        "devices: [{source: /a}]",
        "secrets: [{target: t}]",
        "extends: ",
        "networks: [x-n]",
    ] {
        let project = one(&service_with(keys));
        assert!(project.faults.iter().any(|f| f.refused), "{keys}");
    }
}

#[test]
fn what_is_empty_stays_or_goes() {
    assert_eq!(shown(&service_with("dns: ['', 1.1.1.1]"), "dns"), "[1.1.1.1]");
    // An empty context is none; an empty file is the folder.
    let project = one("services: {w: {build: ''}}\nsecrets: {s: {file: ''}}");
    assert_eq!(project.messages(), Vec::<&str>::new());
    let base = |node: Option<&Node>| node.and_then(Node::scalar).and_then(|s| s.base.clone());
    assert_eq!(base(project.service("w").node.get("build").and_then(|b| b.get("context"))), None);
    assert!(base(project.secrets[0].value.get("file")).is_some());
}

#[test]
fn what_is_reset_is_not_read_and_what_overrides_is_a_text() {
    assert_eq!(shown(&service_with("scale: !reset many, labels: !reset {1: 2}"), "scale"), "-");
    assert_eq!(shown(&service_with("command: !override 1.0"), "command"), "1.0");
    assert_eq!(shown(&service_with("hostname: !override true"), "hostname"), "true");
    assert_eq!(shown(&service_with("stop_signal: !override null"), "stop_signal"), "null");
    // Below `!override` a `!reset` is a tag like any other.
    assert_eq!(
        shown(&service_with("environment: !override {A: !reset 1}"), "environment"),
        "{A: 1}"
    );
}

#[test]
fn a_reset_inside_an_anchor_is_gone_before_an_alias_sees_it() {
    let over = "x-a: &a {ports: !reset [], restart: !override no}\nservices: {w: {<<: *a}}";
    let project = merged("services: {w: {image: i, ports: ['80:80'], restart: always}}", over);
    assert_eq!(
        key(&project, "ports"),
        "[{mode: ingress, target: 80, published: 80, protocol: tcp}]"
    );
    assert_eq!(key(&project, "restart"), "no");
}

#[test]
fn values_that_are_merged_as_lists_become_texts() {
    let over = |keys: &str| {
        merged(
            &service_with("environment: {A: 1}, dns_search: a"),
            &format!("services: {{w: {{{keys}}}}}"),
        )
    };
    let project = over("environment: {D: 2001-1-2, M: {b: 1, a: [x, y]}}");
    assert_eq!(
        key(&project, "environment"),
        "[A=1, D=2001-01-02 00:00:00 +0000 UTC, M=map[a:[x y] b:1]]"
    );
    // A lone number is no text, and dropped.
    assert_eq!(key(&over("dns_search: 1"), "dns_search"), "[a]");
}

#[test]
fn the_rest_of_a_file_that_is_extended_has_to_be_readable_too() {
    let files = [
        ("compose.yml", "services: {w: {extends: {file: o.yml, service: b}}}"),
        ("o.yml", "services: {b: {image: i}, other: {image: i, depends_on: }}"),
    ];
    let project = load_all(&files, &["compose.yml"]);
    assert!(
        project.messages()[0].contains("services.other.depends_on"),
        "{:?}",
        project.messages()
    );
}

#[test]
fn a_service_that_extends_nothing_keeps_saying_so() {
    let files = [
        ("compose.yml", "services: {w: {image: i, extends: {file: o.yml, service: n}}}"),
        ("o.yml", "services: {n: }"),
    ];
    let project = load_all(&files, &["compose.yml"]);
    assert_eq!(project.messages(), Vec::<&str>::new());
    assert_eq!(key(&project, "extends"), "{file: o.yml, service: n}");
}

#[test]
fn the_variables_of_a_service_count_before_those_of_its_files() {
    let compose = "services: {w: {image: i, env_file: [x.env, y.env], environment: [A=own]}}";
    let sources =
        world(&[("compose.yml", compose), ("x.env", "A=1\nB=$A"), ("y.env", "C=$B-$A-$NO")]);
    let path = rel("compose.yml");
    let request = Request {
        folder: &path.parent(),
        paths: std::slice::from_ref(&path),
        env: DotEnv::of_shell([]),
        name: None,
        folder_name: Some("f".into()),
        root: Some("/r".into()),
        profiles: Some(Vec::new()),
    };
    let project = load_with(sources, request);
    let found =
        project.effective(sources, &[], &Frame { root: "/r", home: None, form: Form::Json });
    let text = format!("{:?}", found.out);
    for wanted in
        ["(\"A\", Text(\"own\"))", "(\"B\", Text(\"own\"))", "(\"C\", Text(\"own-own-\"))"]
    {
        assert!(text.contains(wanted), "{wanted} in {text}");
    }
    assert_eq!(found.unset.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(), ["NO"]);
}
