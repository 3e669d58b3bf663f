//! What Docker Compose 2.40.3 was seen to read, and hostile files.

#![allow(clippy::unwrap_used, reason = "a test that fails may panic")]

use super::*;
use crate::source::{MemoryFiles, Sources};
use proptest::prelude::*;

/// Reads a file and checks what holds for every file: spans lie in it, verbatim pieces are its bytes.
fn read(text: &str) -> EnvFile {
    let files = MemoryFiles::new();
    let file = Sources::new(&files).add(".env", text);
    let env = EnvFile::read(&file.body());
    let inside = |s: Span| assert!(file.text.get(s.range()).is_some(), "{s:?} in {text:?}");
    for entry in &env.entries {
        inside(entry.span);
        for part in std::iter::once(&entry.name).chain(&entry.value) {
            inside(part.span());
            for piece in part.pieces() {
                inside(piece.src);
                let (at, len) = (piece.at as usize, piece.len as usize);
                assert!(
                    !piece.verbatim() || part.get(at..at + len) == file.text.get(piece.src.range()),
                    "{piece:?} of {text:?}"
                );
            }
        }
    }
    env.errors.iter().for_each(|e| inside(e.span));
    env
}

/// Names and values in file order; a bare name's value is `(bare)`.
fn pairs(env: &EnvFile) -> Vec<(&str, &str)> {
    env.entries
        .iter()
        .map(|e| (e.name.as_str(), e.value.as_ref().map_or("(bare)", |v| v.as_str())))
        .collect()
}

/// Input, and what `docker compose config` showed for it.
const OBSERVED: &[(&str, &[(&str, &str)])] = &[
    ("A=1\n", &[("A", "1")]),
    ("A = 1 \n", &[("A", "1")]),
    ("export A=1\n", &[("A", "1")]),
    ("export\tA = 1\n", &[("A", "1")]),
    ("exportA=1\n", &[("exportA", "1")]),
    ("export=1\n", &[("export", "1")]),
    ("export\nB=1\n", &[("B", "1")]),
    ("A: 1\n", &[("A", "1")]),
    ("A : 1\n", &[("A", "1")]),
    ("A=b:c\n", &[("A", "b:c")]),
    ("A:b=c\n", &[("A", "b=c")]),
    ("A==b\n", &[("A", "=b")]),
    ("A='x y'\n", &[("A", "x y")]),
    (r"A='x\ny'", &[("A", r"x\ny")]),
    (r"A='it\'s'", &[("A", "it's")]),
    (r"A='a\\b'", &[("A", r"a\\b")]),
    ("A='a\nb'\n", &[("A", "a\nb")]),
    (r#"A="a\nb""#, &[("A", "a\nb")]),
    (r#"A="a\r\tb""#, &[("A", "a\r\tb")]),
    (r#"A="a\vb\fc\bd\a""#, &[("A", "a\x0bb\x0cc\x08d\x07")]),
    (r#"A="a\"b""#, &[("A", "a\"b")]),
    (r#"A="a\\b""#, &[("A", r"a\b")]),
    (r#"A="a\\nb""#, &[("A", r"a\nb")]),
    (r#"A="a\\\nb""#, &[("A", "a\\\nb")]),
    (r#"A="a\qb\cd\x41\u0041\'""#, &[("A", r"a\qb\cd\x41\u0041\'")]),
    (r#"A="a\0101b""#, &[("A", "aAb")]),
    (r#"A="\0777 \08 \012 \0""#, &[("A", r"\777 \8 \12 \")]),
    ("A=\"a\nb\"\n", &[("A", "a\nb")]),
    ("A=\"a\\\nb\"\n", &[("A", "a\\\nb")]),
    ("A=\"-----BEGIN\nab=\n-----END\"\nB=2\n", &[("A", "-----BEGIN\nab=\n-----END"), ("B", "2")]),
    ("A=x # c\n", &[("A", "x")]),
    ("A=x#c\n", &[("A", "x#c")]),
    ("A=x\t# c\n", &[("A", "x\t# c")]),
    ("A= # c\n", &[("A", "# c")]),
    ("A=#c\n", &[("A", "#c")]),
    ("A='x' # c\n", &[("A", "x")]),
    ("A=\"a # b\"#c\nB=2\n", &[("A", "a # b"), ("B", "2")]),
    ("A=\"x\"y\nB=2\n", &[("A", "x"), ("y", "(bare)"), ("B", "2")]),
    ("A=\"x\" y=2\nB=2\n", &[("A", "x"), ("y", "2"), ("B", "2")]),
    ("A=x' y'\n", &[("A", "x' y'")]),
    (r"A=a\n\\b\", &[("A", r"a\n\\b\")]),
    ("A={\"a\": 1}\n", &[("A", "{\"a\": 1}")]),
    ("A=`x`;B=2\n", &[("A", "`x`;B=2")]),
    ("A=", &[("A", "")]),
    ("A= \t \nB=2", &[("A", ""), ("B", "2")]),
    ("A=\"\"\nB=''\n", &[("A", ""), ("B", "")]),
    ("A\n", &[("A", "(bare)")]),
    ("export A \r\nB=2\r\n", &[("A", "(bare)"), ("B", "2")]),
    ("\u{feff}A=1\n", &[("A", "1")]),
    ("A='x'\r\nB=2\r\n", &[("A", "x"), ("B", "2")]),
    ("A=\"x\r\ny\"\r\n", &[("A", "x\r\ny")]),
    ("# c\n  # d\n\n  A=1\n", &[("A", "1")]),
    ("A-B.c[0]=1\n1A=2\n-=3\n", &[("A-B.c[0]", "1"), ("1A", "2"), ("-", "3")]),
    ("A\tB=1\n", &[("A\tB", "1")]),
    ("A=1\rB=2\n", &[("A", "1\rB=2")]),
    ("A=\u{a0}x\u{a0}\n", &[("A", "x")]),
    ("이름=값\nA=한국어 # 주석\n", &[("이름", "값"), ("A", "한국어")]),
    ("A=1\nA=2\n", &[("A", "1"), ("A", "2")]),
    // Compose 2.40.3 makes no difference between `---` and a name.
    ("--- \nA=1\n", &[("---", "(bare)"), ("A", "1")]),
];

#[test]
fn values_are_what_compose_reads() {
    for (text, expected) in OBSERVED {
        let env = read(text);
        assert_eq!(pairs(&env), *expected, "{text:?}");
        assert_eq!(env.errors, [], "{text:?}");
    }
}

/// Input whose values hold `$`: our value, whether it is interpolated.
#[test]
fn dollars_are_left_to_interpolation() {
    for (text, value, interpolated) in [
        ("A='$B ${B} $$'", "$B ${B} $$", false),
        ("A=$B$$", "$B$$", true),
        (r#"A="a\$b""#, "a$$b", true),
        (r#"A="a\\$b""#, r"a\$b", true),
        (r"A=a\$b", r"a\$b", true),
    ] {
        let env = read(text);
        assert_eq!(
            (pairs(&env), env.entries[0].interpolated),
            (vec![("A", value)], interpolated),
            "{text}"
        );
    }
}

/// Input Compose refuses: the text under the error, and what is still read.
#[test]
fn a_mistake_is_located_and_the_rest_is_read() {
    for (text, place, expected) in [
        ("A!=1\nB=2\n", "!", &[("B", "2")][..]),
        ("A B=1\nB=2\n", "A B", &[("B", "2")]),
        ("B\n이름 A\n", "이름 A", &[("B", "(bare)")]),
        ("=1\nB=2\n", "=", &[("B", "2")]),
        ("A='x\nB=2\n", "'x", &[("B", "2")]),
        ("A=\"a\\\" \r\nB='x\ny'", "\"a\\\"", &[("B", "x\ny")]),
        ("A='a\\\\'b'\nB=2\n", "'", &[("A", "a\\\\"), ("B", "2")]),
        ("A=1\n\"B\"=2\n", "\"", &[("A", "1")]),
        ("A=1\n}\nB=2", "}", &[("A", "1"), ("B", "2")]),
        ("export ", "export ", &[]),
        ("\u{feff}<<<<<<< HEAD\nA=1\n", "<", &[("A", "1")]),
    ] {
        let env = read(text);
        assert_eq!(pairs(&env), expected, "{text:?}");
        assert_eq!(env.errors.len(), 1, "{text:?}: {:?}", env.errors);
        assert_eq!(&text[env.errors[0].span.range()], place, "{text:?}");
    }
}

#[test]
fn a_last_line_that_is_a_word_is_a_variable_without_a_name() {
    let env = read("B=1\nA");
    assert_eq!(pairs(&env), [("B", "1")]);
    assert!(env.errors.is_empty());
    assert_eq!(env.nameless.map(|e| e.span.range()), Some(4..5));
    assert!(read("B=1\nA\n").nameless.is_none());
}

#[test]
fn places_count_the_quotes_and_the_mark() {
    let text = "\u{feff}# 주석\r\nexport 키 = \"값\\n\" # c\r\n";
    let env = read(text);
    let entry = env.get("키").unwrap();
    let value = entry.value.as_ref().unwrap();
    assert_eq!(&text[entry.span.range()], "키 = \"값\\n\"");
    assert_eq!(&text[value.span().range()], "\"값\\n\"");
    assert_eq!(&text[value.span_of(0..3).range()], "값");
    assert_eq!(&text[value.span_of(3..4).range()], "\\n");
    assert_eq!(read("A=\nB=2").get("A").unwrap().value.as_ref().unwrap().span().range(), 2..2);
}

#[test]
fn hostile_repetition_is_read_in_linear_time() {
    for (piece, at_most) in [
        ("A=\"\n", 101),
        ("A='\\'\n", 101),
        ("!\n", 101),
        ("\"", 101),
        ("A=\"\\n\" ", 0),
        ("export ", 1),
        ("#", 0),
    ] {
        assert!(read(&piece.repeat(256 * 1024 / piece.len())).errors.len() <= at_most, "{piece:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, rng_seed: proptest::test_runner::RngSeed::Fixed(1), ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_read(text in any::<String>()) {
        read(&text);
    }

    #[test]
    fn any_mix_of_signs_is_read(parts in prop::collection::vec(prop::sample::select(SOUP), 0..40)) {
        read(&parts.concat());
    }
}

const SOUP: &[&str] = &[
    "A", "=", ":", " ", "\t", "\n", "\r\n", "'", "\"", "\\", "\\n", "\\$", "\\0101", "#", " #",
    "$", "${B}", "export ", "한", "\u{feff}", "\u{a0}", "!",
];
