//! Any bytes at all: no panic, no overflow, no wrong place, no slow growth.
#![allow(clippy::unwrap_used, reason = "a test that fails may panic")]

use super::*;
use crate::source::{MemoryFiles, SourceFile, Sources};
use proptest::prelude::*;
use std::sync::Arc;
use std::time::{Duration, Instant};

fn file(text: &str) -> Arc<SourceFile> {
    let files = MemoryFiles::new();
    Sources::new(&files).add("run.sh", text)
}

/// Checks that a span lies in the file, and that what is taken from it byte for byte stands there.
fn check_text(text: &Text, source: &str) {
    assert!(source.get(text.span().range()).is_some(), "{:?}", text.span());
    for piece in text.pieces() {
        let place = source.get(piece.src.range()).unwrap();
        if piece.verbatim() {
            assert_eq!(place, &text.as_str()[piece.at as usize..(piece.at + piece.len) as usize]);
        }
    }
}

fn check_word(word: &Word, source: &str) {
    check_text(&word.raw, source);
    for part in &word.parts {
        match part {
            Part::Literal { text, .. } => check_text(text, source),
            Part::Variable(v) => {
                assert!(source.get(v.span.range()).is_some());
                v.argument.iter().for_each(|word| check_word(word, source));
            }
            Part::Arithmetic(text) => check_text(text, source),
            Part::Array(values) => values.iter().for_each(|word| check_word(word, source)),
            Part::Substitution { .. } | Part::Process(_) | Part::Unknown => {}
        }
    }
}

fn check(source: &str) -> Script {
    let file = file(source);
    let script = Script::read(&file.body());
    script.errors.iter().for_each(|e| assert!(source.get(e.span.range()).is_some(), "{e:?}"));
    let lookup = |name: &str, _: Span| file.body().slice(0..name.len()).known();
    for step in script.body.all_commands() {
        assert!(source.get(step.item.span.range()).is_some());
        for word in &step.command.words {
            check_word(word, source);
            let fields = fields(word, &lookup);
            fields.iter().chain([&expand(word, &lookup)]).for_each(|text| check_text(text, source));
        }
        step.command.assignments.iter().for_each(|(name, word)| {
            check_text(name, source);
            check_word(word, source);
        });
        for redirect in &step.command.redirects {
            check_text(&redirect.operator, source);
            check_word(&redirect.target, source);
            redirect.body.iter().for_each(|body| check_text(body, source));
        }
    }
    script
}

/// What scripts are made of, and what breaks them.
const TOKENS: [&str; 72] = [
    "if", "then", "elif", "else", "fi", "for", "in", "do", "done", "while", "until", "case",
    "esac", "select", "function", "coproc", "time", "{", "}", "(", ")", "((", "))", "[[", "]]",
    "!", "a", "b=", "c+=(", "d[1]=", "$X", "${X", ":-", "}", "$(", "$((", "`", "\\`", "'", "\"",
    "$'", "\\xea", "\\u", "\\", "\n", "\r\n", "\r", " ", "\t", ";", ";;", ";&", "&", "&&", "|",
    "||", "|&", "<", ">", "2>&1", "&>", "<<E", "<<-'E'", "E\n", "\nE\n", "<<<", "<(", "#", "@(",
    "=~", "한", "f()",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, rng_seed: proptest::test_runner::RngSeed::Fixed(1), ..ProptestConfig::default() })]

    #[test]
    fn any_text(text in "(\\PC|[\\x00-\\x7f]){0,200}") {
        check(&text);
    }

    #[test]
    fn any_tokens(tokens in prop::collection::vec((prop::sample::select(&TOKENS[..]), any::<bool>()), 0..80)) {
        check(&tokens.iter().map(|(t, space)| format!("{t}{}", if *space { " " } else { "" })).collect::<String>());
    }

    /// A text of which no byte stands where it is read: every place is the same.
    #[test]
    fn any_tokens_of_one_place(tokens in prop::collection::vec(prop::sample::select(&TOKENS[..]), 0..60)) {
        let file = file("CMD x");
        let place = Span::new(file.id, 4, 5);
        let script = Script::read(&Text::derived(tokens.concat(), place));
        prop_assert!(script.errors.iter().all(|e| e.span == place || e.span.is_empty()));
    }
}

/// An eighth of what a script may hold, full of `unit`, with what comes after.
fn repeated(unit: &str, end: &str) -> String {
    let mut text = unit.repeat((32 * 1024 - end.len()) / unit.len());
    text.push_str(end);
    text
}

#[test]
fn repetition_is_read_in_linear_time_on_a_small_stack() {
    let units = [
        "(",
        "((",
        "(((\n",
        ")",
        "$(",
        "$(\n",
        "\"$(",
        "\"$(\n",
        "$((",
        "$(( ",
        "`",
        "\\`",
        "`\\`",
        "${x:-",
        "${x:-\n",
        "\"${x:-",
        "${",
        "${x[",
        "'",
        "\"",
        "\"\n",
        "'\n",
        "a'\n",
        "{ ",
        "{\n",
        "} ",
        "if ",
        "if a; then ",
        "while a; do ",
        "case x in a) ",
        "case x in (",
        "f() ",
        "f(){ ",
        "function f ",
        "a=(",
        "a=(\n",
        "b=$(a=(",
        "<<A ",
        "<<A\n",
        "cat <<A <<B\n",
        "$(cat <<A\n",
        "a<(",
        "! ",
        "time ",
        "coproc ",
        "[[ ",
        "[[ a\n",
        "[[ x =~ (",
        "a@(",
        "a@(\n",
        "&& ",
        "a && ",
        "a | ",
        ";",
        ";;",
        "& ",
        "a[",
        "a[\n",
        "a[1",
        "\\",
        "\\\n",
        "\\\r\n",
        "\r\n",
        "\r",
        "$'",
        "$'\\x41",
        "$'\\",
        "{a}",
        "{a}>",
        "1",
        "한",
        "#",
        " ",
        "\"`\"",
        "$(\"`",
        "'$(`\"${\n",
        "\\\\",
        "`\\\\",
        "for ((",
        "for ((\n",
        "a\\a",
        "'a'",
        "\"a\"b",
        "$x",
        "${x}",
        "a\"$x\"",
        "select x ",
        "else ",
        "x\nfi\n",
    ];
    let work = move || {
        let mut slow = Vec::new();
        for unit in units {
            for end in ["", "\")))'\nfi\n"] {
                let text = repeated(unit, end);
                let file = file(&text);
                let start = Instant::now();
                let script = Script::read(&file.body());
                let took = start.elapsed();
                if took > Duration::from_secs(10) {
                    slow.push((unit, end, took));
                }
                assert!(script.errors.len() <= 66);
                script.body.all_commands().for_each(drop);
            }
        }
        assert_eq!(slow, []);
    };
    // Worker threads have 2 MiB.
    std::thread::Builder::new().stack_size(2 * 1024 * 1024).spawn(work).unwrap().join().unwrap();
}

#[test]
fn limits_are_told() {
    let message =
        |text: &str| check(text).errors.into_iter().map(|e| e.message).collect::<Vec<_>>();
    assert_eq!(
        message(&"(".repeat(3000)).first().unwrap(),
        "commands are nested deeper than 200 levels; the rest is not read"
    );
    let nested = format!("a {}b{}\nc", "$(d ".repeat(40), ")".repeat(40));
    assert_eq!(
        message(&nested),
        ["substitutions are nested deeper than 32 levels; these are not read"]
    );
    assert_eq!(check(&nested).body.items.len(), 2);
    assert_eq!(message(&"fi\n".repeat(1000)).len(), 65);
    let deep = format!("{}a{}", "{ ".repeat(150), "; }".repeat(150));
    assert_eq!(message(&deep), [""; 0]);
    // The deepest that is read, on the stack of a worker thread.
    let deep =
        format!("{}{}a{}{}", "$(".repeat(32), "{ ".repeat(200), "; }".repeat(200), ")".repeat(32));
    let deep = std::thread::Builder::new()
        .stack_size(2 * 1024 * 1024)
        .spawn(move || check(&deep))
        .unwrap()
        .join()
        .unwrap();
    assert_eq!(deep.errors, []);
}
