#![allow(clippy::unwrap_used, reason = "a test that fails may panic")]

mod keys;

use super::*;
use crate::model::compose::values::casts;
use crate::model::compose::{Unset, Variables};
use crate::source::{MemoryFiles, Sources, Text};
use crate::syntax::yaml::Yaml;
use proptest::prelude::*;

/// The faults of a file, each with the text at its place.
fn faults(text: &str) -> Vec<(String, Fault)> {
    let files = MemoryFiles::new();
    let sources = Sources::new(&files);
    let file = sources.add("compose.yml", text);
    let Some(mut tree) =
        crate::model::compose::read::lower::lower(&Yaml::read(&file), &mut Vec::new()).pop()
    else {
        return Vec::new();
    };
    if text.contains("${") {
        casts::interpolate(&mut tree, &Variables::default(), Unset::Open);
    }
    check(&tree).into_iter().map(|f| (text[f.span.range()].trim_end().to_owned(), f)).collect()
}

/// `place | message | help`, one for each fault.
fn said(text: &str) -> Vec<String> {
    faults(text)
        .into_iter()
        .map(|(at, f)| {
            format!(
                "{at} | {} | {}",
                f.message.unmasked(),
                f.help.unwrap_or_else(|| "-".into()).unmasked()
            )
        })
        .collect()
}

/// What is said of one service.
fn service(body: &str) -> Vec<String> {
    let lines: String = body.lines().map(|l| format!("    {l}\n")).collect();
    said(&format!("services:\n  w:\n{lines}"))
}

#[track_caller]
fn one(body: &str, expected: &str) {
    assert_eq!(service(body), [expected], "{body}");
}

#[track_caller]
fn fine(body: &str) {
    assert_eq!(service(body), Vec::<String>::new(), "{body}");
}

#[test]
fn what_compose_takes_is_no_fault() {
    for body in [
        "image: x\nbuild: .\nx-own: {a: [2024-01-01]}\ncommand:\nentrypoint: [a, b]",
        "environment: {A: 1, B: 1.5, C: true, D: , E: text}\nlabels: [a=1, b=2]",
        "ports: [80, 80.5, '80:80', {target: 80, published: '80', x-a: 1}]",
        "depends_on: {db: {condition: service_healthy, required: false, restart: true}}",
        "volumes: ['./a:/b', {type: bind, source: ., target: /c, bind: {selinux: z}}]",
        "cpu_count: 2.0\ncpu_percent: 100\noom_score_adj: -1000",
        "pull_policy: every_12h\ncontainer_name: ab",
        // Not tied to its ends, as in the schema.
        "pull_policy: why_not_always\ncontainer_name: /ab/",
        // Not closed, and so not looked at.
        "gpus: [{foo: 1}]\nstorage_opt: {size: [1]}\nulimits: {NOFILE: [], nofile: {soft: 1, hard: 2}}",
        "group_add: [80, '80', 81]\nhealthcheck: {test: a, interval: not a time}",
        "한국어: 1".replace("한국어", "x-한국어").as_str(),
    ] {
        fine(body);
    }
    assert!(
        said("services: {}\nx-a: 2024-01-01\nnetworks: {'a b': 5, n: }\nvolumes: {v: }").is_empty()
    );
    assert!(said("- a").is_empty());
    assert!(said("").is_empty());
}

#[test]
fn a_value_of_the_wrong_kind_says_what_is_wanted() {
    for (body, expected) in [
        ("image: 1", "1 | `image` is a number, but Compose wants a text | put it in quotes"),
        (
            "restart: false",
            "false | `restart` is a boolean, but Compose wants a text | put it in quotes",
        ),
        (
            "image: 2024-01-01",
            "2024-01-01 | `image` is a date, but Compose wants a text | put it in quotes",
        ),
        (
            "labels: {a: 2024-01-01}",
            "2024-01-01 | `a` of `labels` is a date, but Compose wants a text, a number or a boolean | put it in quotes",
        ),
        (
            "ports: '80:80'",
            "'80:80' | `ports` is a text, but Compose wants a list | write a list, each entry after a `- `",
        ),
        (
            "ports:",
            "ports | `ports` is empty, but Compose wants a list | give it a value, or remove the key",
        ),
        (
            "environment: a",
            "a | `environment` is a text, but Compose wants a list of texts or a mapping | write a list, each entry after a `- `",
        ),
        (
            "environment:\n  - A: b",
            "A: b | an entry of `environment` is a mapping, but Compose wants a text | leave out the `- ` before each entry, or write `KEY=value`",
        ),
        (
            "depends_on:\n  - db: {condition: service_started}",
            "db: {condition: service_started} | an entry of `depends_on` is a mapping, but Compose wants a text | leave out the `- ` before each entry",
        ),
        (
            "command: [a, 1]",
            "1 | an entry of `command` is a number, but Compose wants a text | put it in quotes",
        ),
        (
            "security_opt:\n  - a: b",
            "a: b | an entry of `security_opt` is a mapping, but Compose wants a text | write one text: in quotes, or without a space after the colon",
        ),
        (
            "cpu_count: 1.5",
            "1.5 | `cpu_count` is a number, but Compose wants a text or a whole number | put it in quotes",
        ),
        (
            "use_api_socket: 'true'",
            "'true' | `use_api_socket` is a text, but Compose wants `true` or `false` | leave out the quotes",
        ),
        (
            "build:",
            "build | `build` is empty, but Compose wants a text or a mapping | give it a value, or remove the key",
        ),
        (
            "dns: []\nexpose: [[]]",
            "[] | an entry of `expose` is an empty list, but Compose wants a text or a number | -",
        ),
        (
            "deploy: [a]",
            "[a] | `deploy` is a list, but Compose wants a mapping | write `key: value` on lines of their own, without `- `",
        ),
        ("gpus: 1", "1 | `gpus` is a number, but Compose wants `all` or a list of mappings | -"),
        (
            "networks: {n: a}",
            "a | `n` of `networks` is a text, but Compose wants a mapping | write a mapping: `key: value` on lines of their own",
        ),
    ] {
        one(body, expected);
    }
    let text = "services:\n  w:\nmodels: {m: {model: a, context_size: '5'}}";
    assert_eq!(
        said(text),
        [
            "w | the service `w` is empty, but Compose wants a mapping | give it a value, or remove the key",
            "'5' | `context_size` is a text, but Compose wants a whole number | leave out the quotes",
        ]
    );
}

#[test]
fn words_patterns_and_limits_hold() {
    for (body, expected) in [
        (
            "depends_on: {db: {condition: service_startd}}",
            "service_startd | `condition` is `service_startd`, which Compose does not take there | did you mean `service_started`?",
        ),
        (
            "cgroup: own",
            "own | `cgroup` is `own`, which Compose does not take there | write `host` or `private`",
        ),
        (
            "container_name: a",
            "a | `container_name` is `a`, which Compose does not take there | use at least two letters, digits, `.`, `_` or `-`, the first of them a letter or a digit",
        ),
        (
            "pull_policy: every_h",
            "every_h | `pull_policy` is `every_h`, which Compose does not take there | write `always`, `never`, `missing`, `build`, `daily`, `weekly`, or `every_` and a time such as `12h`",
        ),
        ("cpu_percent: 150", "150 | `cpu_percent` is 150, but Compose wants at most 100 | -"),
        ("cpu_count: -1.0", "-1.0 | `cpu_count` is -1.0, but Compose wants at least 0 | -"),
    ] {
        one(body, expected);
    }
    let long = service(&format!("cgroup: {}", "한".repeat(50)));
    assert!(long[0].contains(&format!("`{}…`", "한".repeat(40))), "{long:?}");
}

#[test]
fn what_must_be_there_is_missed_at_the_key() {
    for (body, expected) in [
        (
            "depends_on:\n  db: {}",
            "db | `db` of `depends_on` has no `condition`, which Compose wants there | add `condition`: `service_started`, `service_healthy` or `service_completed_successfully`",
        ),
        (
            "extends: {file: a}",
            "extends | `extends` has no `service`, which Compose wants there | add `service`",
        ),
        (
            "volumes: [{source: a}]",
            "source | an entry of `volumes` has no `type`, which Compose wants there | add `type`: `bind`, `volume`, `tmpfs`, `cluster`, `npipe` or `image`",
        ),
        (
            "env_file: [{}]",
            "{} | an entry of `env_file` has no `path`, which Compose wants there | add `path`",
        ),
    ] {
        one(body, expected);
    }
    assert_eq!(
        said("models: {m: {}}"),
        ["m | the model `m` has no `model`, which Compose wants there | add `model`"]
    );
    assert_eq!(service("volumes: [{source: a, foo: b}]").len(), 2);
}

#[test]
fn no_entry_stands_twice_where_each_counts_once() {
    let twice =
        "`security_opt` has an entry twice, but Compose wants each once | remove one of the two";
    one("security_opt: [a, b, a]", &format!("a | {twice}"));
    assert_eq!(service("security_opt: [a, a, a]").len(), 2);
    for same in [
        "[80, 80.0]",
        "[0, -0.0]",
        "[1000, 1e3]",
        "[18446744073709551616, 18446744073709552000]",
        "['1', \"1\"]",
    ] {
        assert_eq!(service(&format!("group_add: {same}")).len(), 1, "{same}");
    }
    for other in ["[80, '80']", "[.inf, .inf]", "[.nan, .nan]", "[a, A]"] {
        fine(&format!("group_add: {other}"));
    }
    assert_eq!(service("volumes: [{type: bind, target: /a}, {target: /a, type: bind}]").len(), 1);
    assert_eq!(service("ports: [{target: 1, x-a: [1, {}]}, {x-a: [1.0, {}], target: 1}, {target: 1, x-a: [{}, 1]}]").len(), 1);
    // A list that may hold the same twice.
    fine("command: [a, a]");
    let (_, fault) = faults("services: {w: {links: [a, a]}}").remove(0);
    assert!(fault.more[0].0.start < fault.span.start && fault.more[0].1 == "first here");
}

#[test]
fn every_fault_of_a_tree_is_found_in_its_order() {
    let text = "\u{feff}services:\r\n  웹:\r\n    image: x\r\n  w:\r\n    imagee: 1\r\n    ports: 80\r\n    deploy: {replica: 2}\r\n    cpu_percent: 101\r\nfoo: 1\r\n";
    let found = faults(text);
    let places: Vec<_> = found.iter().map(|(at, f)| (at.as_str(), f.kind)).collect();
    assert_eq!(
        places,
        [
            ("웹", FaultKind::Key),
            ("imagee", FaultKind::Key),
            ("80", FaultKind::Value),
            ("replica", FaultKind::Key),
            ("101", FaultKind::Value),
            ("foo", FaultKind::Key)
        ]
    );
    assert!(found.iter().all(|(_, f)| f.refused));
}

#[test]
fn a_text_that_is_not_known_is_no_fault() {
    fine("ports: ${X}\nimage: a${X}\ncgroup: ${X}\ncontainer_name: ${X}\ncpu_percent: ${X}00");
    fine("security_opt: ['${X}', '${X}']\ndepends_on: {db: {condition: '${X}', required: '${X}'}}");
    fine("group_add: ['${X}', '${X}']\nenvironment: {A: '${X}'}");
    assert_eq!(service("imagee: ${X}").len(), 1);
    // A private character that a file has is a text like any other.
    assert_eq!(service("cgroup: \u{e000}").len(), 1);
}

#[test]
fn an_anchor_that_is_used_twice_is_told_at_its_place() {
    let text = "x-a: &a {imagee: x}\nservices:\n  v: *a\n  w: *a\n";
    let found = faults(text);
    assert_eq!(found.len(), 2);
    assert!(found.iter().all(|(at, _)| at == "imagee"));
}

#[test]
fn a_file_of_nothing_but_unknown_keys_ends_soon() {
    let span = faults("services: {w: {a: 1}}").remove(0).1.span;
    let text = |text: &str| Text::derived(text, span);
    let entry = |key: &str, value| Entry { key: text(key), value };
    let keys = (0..20_000).map(|i| entry(&format!("image{i}"), Node::of_text(text("a")))).collect();
    let one = entry("w", Node::map(span, keys));
    let tree = Node::map(span, vec![entry("services", Node::map(span, vec![one]))]);
    assert_eq!(check(&tree).len(), 20_000);
    let numbers: String = (0..5_000).map(|i| format!("{i}, ")).collect();
    assert_eq!(service(&format!("group_add: [{numbers}1]")).len(), 1);
}

#[test]
fn the_table_is_in_order() {
    fn walk(shape: &'static table::Shape, depth: usize) -> usize {
        assert!(depth < 12);
        assert!(shape.keys.is_sorted_by(|a, b| a.0 < b.0));
        let below = shape
            .keys
            .iter()
            .map(|k| k.1)
            .chain(shape.patterns.iter().map(|p| p.1))
            .chain(shape.items);
        1 + below.map(|s| walk(s, depth + 1)).sum::<usize>()
    }
    assert!(walk(FILE, 0) > 500);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, ..ProptestConfig::default() })]

    #[test]
    fn spans_lie_in_the_file(parts in proptest::collection::vec(prop_oneof![
        Just("services:\n"), Just("  w:\n"), Just("    "), Just("  "), Just("- "), Just("image"), Just("ports"), Just("deploy"),
        Just(": "), Just("\n"), Just("a"), Just("80"), Just("1.5"), Just("한글"), Just("["), Just("]"), Just("{"), Just("}"), Just(", "),
        Just("depends_on:\n"), Just("volumes:\n"), Just("type"), Just("x-"), Just("''"), Just("\r\n"), Just("&a "), Just("*a "), Just("~"),
        Just("\u{e000}"), Just("2024-01-01"), Just("\u{feff}"), Just("group_add: [1, 1.0]\n"),
    ], 0..60), any in "\\PC{0,20}") {
        for text in [parts.concat(), format!("services:\n  w:\n    {}", parts.concat()), format!("services: {{w: {{{any}: {any}}}}}")] {
            for (_, fault) in faults(&text) {
                for span in fault.more.iter().map(|m| m.0).chain([fault.span]) {
                    prop_assert!(text.get(span.range()).is_some());
                }
                prop_assert!(!fault.message.is_empty());
            }
        }
    }
}
