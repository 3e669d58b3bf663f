//! What cannot be read is said with its place, all of it in one run.

use super::*;

/// What is said of one value, and that it stands at the value itself.
#[track_caller]
fn fault(key: &str, value: &str, message: &str) {
    let (_, faults) = service(&format!("{{{key}: {value}}}"), Form::Json);
    let messages: Vec<&str> = faults.iter().map(|(m, _)| m.as_str()).collect();
    assert_eq!(messages, [message], "{key}: {value}");
    assert!(value.contains(&faults[0].1), "{key}: {value} at {}", faults[0].1);
}

#[test]
fn values_that_cannot_be_read() {
    fault("stop_grace_period", "'10'", "`stop_grace_period` is `10`, which lacks a unit");
    for value in [
        "''",
        "1h 30m",
        ".s",
        "1.5.5s",
        "1x",
        "-",
        "1H",
        "1 s",
        "9223372036854775808ns",
        "100000w",
        "1e3s",
        "1_0s",
        "１s",
    ] {
        let text = value.trim_matches('\'');
        fault(
            "stop_grace_period",
            &format!("'{text}'"),
            &format!("`stop_grace_period` is `{text}`, which is no span of time"),
        );
    }
    for text in [
        "1ki", "1  k", "1k ", "k", "10bb", "10ib", "0x10", "inf", "nan", "-1", "-0.5", "1,000",
        "1e", "1m1", "1.2.3m", ".k", " 5k", "1kbb", " ", "infk", "1e400", "0b1", "1eb", "1__0",
        "_1",
    ] {
        fault(
            "mem_limit",
            &format!("'{text}'"),
            &format!("`mem_limit` is `{text}`, which is no size"),
        );
    }
    for text in ["a \"b", "a `b", "$(a", "a (b", "a )b", "a \\", "'a", "a $( b ( c ) )"] {
        fault(
            "command",
            &serde_json::to_string(text).unwrap(),
            "`command` cannot be split into words: a quote or a bracket stays open",
        );
    }
    fault("cpus", "abc", "`cpus` is `abc`, which is no number");
    fault("cpus", ".inf", "`cpus` is `.inf`, which is no number");
    fault("tty", "maybe", "`tty` is `maybe`, which is no boolean");
    fault("secrets", "[{mode: '9'}]", "`mode` is `9`, which is no octal number");
    fault("gpus", "[{count: some}]", "`count` is `some`, which is no number");
    fault("healthcheck", "{retries: -1}", "`retries` is -1, and cannot be negative");
    fault("environment", "['A =1']", "the name of the variable `A` ends with a blank");
    fault("extra_hosts", "[a]", "`a` has no address");
    fault("extra_hosts", "{'a:b': c}", "`a:b` is no name of a host");
}

#[test]
fn values_of_the_wrong_type() {
    fault("image", "true", "`image` must be a text, and this is a boolean");
    fault("image", "1.5", "`image` must be a text, and this is a number");
    fault("image", "[a]", "`image` must be a text, and this is a list");
    fault("cap_add", "a", "`cap_add` must be a list, and this is a text");
    fault("deploy", "a", "`deploy` must be a mapping, and this is a text");
    fault("ulimits", "[]", "`ulimits` must be a mapping, and this is a list");
    fault("tty", "1", "`tty` must be `true` or `false`, and this is a number");
    fault("command", "[a, 1]", "`command` must be a text, and this is a number");
    fault("cpu_count", "true", "`cpu_count` must be a whole number, and this is a boolean");
    fault("labels", "a", "`labels` must be a mapping or a list, and this is a text");
}

#[test]
fn all_faults_are_found_in_one_run() {
    let (out, faults) = service(
        "{image: x, tty: maybe, mem_limit: 1ki, cap_add: [true], restart: always}",
        Form::Json,
    );
    let places: Vec<&str> = faults.iter().map(|(_, place)| place.as_str()).collect();
    assert_eq!(places, ["true", "1ki", "maybe"]);
    assert_eq!(line(out.get("restart")), r#""always""#, "the rest is there all the same");
}
