//! Any project at all: no panic, and what is printed is printed the same way when it is read again.

use super::*;
use proptest::prelude::*;

/// Keys of many types, with values that fit some of them. (Negative numbers are left out: some of them Compose prints as a text
/// that it refuses to read.)
fn project() -> impl Strategy<Value = String> {
    let key = prop::sample::select(vec![
        "image",
        "command",
        "environment",
        "labels",
        "deploy",
        "ulimits",
        "mem_limit",
        "cpus",
        "healthcheck",
        "x-a",
        "networks",
        "ports",
        "extra_hosts",
        "stop_grace_period",
        "tty",
        "build",
        "secrets",
        "dns",
        "depends_on",
        "volumes",
        "develop",
        "blkio_config",
    ]);
    let leaf = prop::sample::select(vec![
        "1",
        "1.5",
        "true",
        "null",
        "a",
        "'a=b'",
        "'1m30s'",
        "512m",
        "'x y'",
        "''",
        "0440",
        "2024-01-01",
        "한글",
        "'a:b'",
        ".inf",
        "'-1s'",
        "'$(a'",
        "99999999999999999999",
        "1e400",
        "'\\'",
        "\"\\0\\U0001F600\"",
    ]);
    let inner = prop::sample::select(vec![
        "a",
        "x-b",
        "test",
        "soft",
        "hard",
        "path",
        "resources",
        "limits",
        "cpus",
        "mode",
        "count",
        "b10",
    ]);
    let value = leaf.prop_map(str::to_owned).prop_recursive(4, 24, 4, move |below| {
        prop_oneof![
            prop::collection::vec(below.clone(), 0..4).prop_map(|v| format!("[{}]", v.join(", "))),
            prop::collection::btree_map(inner.clone(), below, 0..4).prop_map(|m| format!(
                "{{{}}}",
                m.iter().map(|(k, v)| format!("{k}: {v}")).collect::<Vec<_>>().join(", ")
            )),
        ]
    });
    prop::collection::btree_map(key, value, 0..6).prop_map(|m| {
        format!(
            "services: {{w: {{{}}}}}",
            m.iter().map(|(k, v)| format!("{k}: {v}")).collect::<Vec<_>>().join(", ")
        )
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, rng_seed: proptest::test_runner::RngSeed::Fixed(1), ..ProptestConfig::default() })]

    #[test]
    fn what_is_printed_reads_the_same(text in project()) {
        for form in [Form::Json, Form::Yaml] {
            let (once, _) = render_text(&text, form);
            let printed = serde_json::to_string(&once).unwrap();
            let (twice, _) = render_text(&printed, form);
            prop_assert_eq!(serde_json::to_string(&twice).unwrap(), printed);
        }
    }

    #[test]
    fn any_text_is_taken_or_refused(text in "[-+0-9.a-zµ_ $()'\"`\\\\;|<>한é]{0,24}") {
        let quoted = serde_json::to_string(&text).unwrap();
        for key in ["command", "mem_limit", "stop_grace_period", "cpus", "extra_hosts", "scale"] {
            let value = if key == "extra_hosts" { format!("[{quoted}]") } else { quoted.clone() };
            let (out, faults) = service(&format!("{{{key}: {value}}}"), Form::Json);
            // `null` for a command is none.
            let taken = out.get(key).is_some_and(|o| *o != Out::Null);
            let zero = matches!(key, "mem_limit" | "cpus") && faults.is_empty();
            prop_assert_eq!(taken || zero, faults.is_empty() || (key == "extra_hosts" && taken), "{} {}", key, text);
        }
    }
}
