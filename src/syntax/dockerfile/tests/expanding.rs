//! Variables.

use super::*;
use crate::syntax::dockerfile::{Expanded, expand};

fn expand_with(text: &Text, escape: char) -> Expanded {
    expand(text, escape, &mut |name| match name {
        "A" => Some(Text::derived("a", text.span())),
        "EMPTY" => Some(Text::empty(text.span())),
        "LOOP" => Some(Text::derived("$A", text.span())),
        "가" => Some(Text::derived("나", text.span())),
        _ => None,
    })
}

fn shown_of(text: &str) -> Expanded {
    expand_with(&Text::verbatim(file(text).id, 0, text), '\\')
}

#[test]
fn forms_of_the_reference() {
    for (text, want) in [
        ("$A-${A}b$A/c", "a-ab".to_owned() + "a/c"),
        ("x$Ab", "x".into()),
        ("${A:-d}${N:-d}${EMPTY:-d}", "add".into()),
        ("${A-d}${N-d}${EMPTY-d}", "ad".into()),
        ("${A:+d}${N:+d}${EMPTY:+d}", "d".into()),
        ("${A+d}${N+d}${EMPTY+d}", "dd".into()),
        ("${A:?m}${A?m}", "aa".into()),
        ("${N:-x${M:-${A}y}z}!", "xayz!".into()),
        ("\\$A \\${A} \\\\$A \\n", "$A ${A} \\a \\n".into()),
        ("${N:-a\\}b}", "a}b".into()),
        ("$LOOP", "$A".into()),
        ("$ $. 100$", "$ $. 100$".into()),
        ("값 ${가}!", "값 나!".into()),
    ] {
        let found = shown_of(text);
        assert_eq!(found.text.as_str(), want, "{text}");
        assert!(!found.unknown, "{text}");
    }
}

#[test]
fn places_of_values_and_defaults() {
    let text = "x${A}y${N:-def}";
    let found = shown_of(text);
    assert_eq!(found.text.as_str(), "xaydef");
    assert_eq!(text_under(text, &found.text, "a"), "${A}");
    assert_eq!(text_under(text, &found.text, "y"), "y");
    assert_eq!(text_under(text, &found.text, "def"), "def");
}

#[test]
fn what_is_unset() {
    let text = "$N ${M} ${O:-d} ${P:?m} ${A:-$Q} ${EMPTY:?m} ${R+$S}";
    let found = shown_of(text);
    assert_eq!(found.text.as_str(), "  d  a  ");
    let unset: Vec<_> =
        found.unset.iter().map(|(name, span)| (name.as_str(), &text[span.range()])).collect();
    assert_eq!(unset, [("N", "$N"), ("M", "${M}"), ("P", "${P:?m}"), ("EMPTY", "${EMPTY:?m}")]);
}

#[test]
fn what_is_not_known_stays_as_written() {
    for text in [
        "${A#p}b",
        "x${A%%.*}",
        "${A/x/y}",
        "${A//x/y}z",
        "${",
        "x${}",
        "${:x}",
        "${A",
        "${A:-",
        "${A:x}",
        "${A^^}$A",
        "${A:-${",
        "${{A}",
    ] {
        let found = shown_of(text);
        assert!(found.unknown, "{text}");
        assert_eq!(found.text.as_str(), text);
    }
    assert_eq!(shown_of("$A${A#p}$A").text.as_str(), "a${A#p}a");
}

#[test]
fn quoted_dollars_are_plain() {
    let all = after_from("ENV one='$A' two=\\$A three=\"\\$A$A\" four='\\$A' five=\"${N:-\"x\"}\"");
    let Kind::Env(pairs) = &all[0].kind else { panic!() };
    let values: Vec<_> =
        pairs.iter().map(|(_, value)| expand_with(value, '\\').text.as_str().to_owned()).collect();
    assert_eq!(values, ["$A", "$A", "$Aa", "\\$A", "x"]);
    assert_eq!(pairs[0].1.as_str(), "$A");
}

#[test]
fn the_other_escape_character() {
    let text = "`$A C:\\$A";
    assert_eq!(expand_with(&Text::verbatim(file(text).id, 0, text), '`').text.as_str(), "$A C:\\a");
}

#[test]
fn doubling_stops_at_64_kib() {
    let place = file("$A$A").id;
    let mut value = Text::verbatim(place, 0, "가");
    let mut unknown = false;
    for _ in 0..40 {
        let found = expand(&Text::verbatim(place, 0, "$A$A"), '\\', &mut |_| Some(value.clone()));
        value = found.text;
        unknown |= found.unknown;
    }
    assert!(unknown && value.len() <= 64 * 1024 && value.len() > 60 * 1024);
}

#[test]
fn hostile_nesting_is_linear() {
    for text in [
        "${A:-".repeat(50_000),
        "${N:-".repeat(50_000) + &"}".repeat(50_000),
        "${".repeat(100_000),
        "$".repeat(200_000),
        "\\".repeat(200_001),
        "$A".repeat(100_000),
        "${N:-}".repeat(40_000),
    ] {
        let found = shown_of(&text);
        assert!(found.text.len() <= 64 * 1024);
    }
}
