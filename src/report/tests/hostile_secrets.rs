//! Lines that no person would write: masking takes no longer than they are long, and changes nothing else.

use super::super::secret;
use super::secrets::mask;
use super::*;
use std::time::{Duration, Instant};

/// What a hostile line repeats.
pub(super) const PARTS: [&str; 53] = [
    " ",
    "token",
    "token: ",
    "token: ${a} ",
    "token: {",
    "token=",
    "token=$a&",
    "token=a(",
    "token=)",
    "token=(\"",
    "token=\"",
    "token=\"$a ",
    "token='\"$",
    "token=\"\"\"",
    "token = [\"",
    "token: 1 #",
    "token: $a #",
    "token=${a:-",
    "${token:-",
    "${token:-1 ",
    "${token:-$x ",
    "a(\"token\",",
    "a(\"token\", x",
    "(\"token\",\n",
    "env token ",
    "--token ",
    "token\t",
    "\"token\"",
    "token-",
    "token:",
    "token\\\"",
    "api_key",
    "pass",
    "secret_key_base_",
    "://",
    "a://b:c",
    "a://:",
    "-sk-",
    "sk-",
    "-eyJ",
    "-eyJ.",
    "eyJaaaaaaaa.",
    "-SG.",
    "-AKIA",
    "ghp_",
    "django-insecure-",
    "-----BEGIN ",
    "-----BEGIN KEY-----",
    "token: any ",
    "token: str[",
    "token=a.b",
    "token: /run/ ",
    "토큰token=가",
];

#[test]
fn a_hostile_line_takes_no_longer_than_it_is_long() {
    let blanks = " ".repeat(1 << 16);
    let mut slow = Vec::new();
    for part in PARTS {
        // Twice as many bytes may take twice as long, and a second for 1 MiB without optimisation is far more than that.
        for (size, tail) in [
            (1 << 20, ""),
            (1 << 16, "}"),
            (1 << 16, ")"),
            (1 << 16, "\""),
            (1 << 16, blanks.as_str()),
            (1 << 16, "\n"),
            (1 << 16, ".aaaaaaaaaa"),
        ] {
            let text = part.repeat(size / part.len()) + tail;
            let start = Instant::now();
            let ranges = secret::ranges(&text, &[]);
            let took = start.elapsed();
            assert!(ranges.iter().all(|r| text.get(r.clone()).is_some()));
            if took > Duration::from_secs(10) {
                slow.push(format!("{part:?} {tail:?}: {took:?}"));
            }
        }
    }
    assert!(slow.is_empty(), "{}", slow.join("\n"));
}

/// Pieces of lines, put together at random.
fn soup() -> impl Strategy<Value = String> {
    let pieces = [
        "PASSWORD",
        "token",
        "_",
        "2",
        "secret_key",
        "api-key",
        "=",
        ":",
        ": ",
        " = ",
        "'",
        "\"",
        "\\",
        "\\\"",
        "\"\"\"",
        "(",
        ")",
        "[",
        "]",
        "{",
        "}",
        "${",
        ":-",
        ",",
        " ",
        "\n",
        "\r\n",
        "#",
        " # ",
        "- ",
        "ENV ",
        "export ",
        "--",
        "env(",
        "default=",
        " or ",
        "://",
        "u:p@h",
        "/run/",
        "true",
        "12",
        "가나",
        "😀",
        "x.y.Z",
        "eyJ",
        "sk-",
        "-----BEGIN KEY-----",
        "-----END ",
        "hunter2",
        "\u{a0}",
        "\u{feff}",
    ];
    proptest::collection::vec(proptest::sample::select(pieces.to_vec()), 0..40)
        .prop_map(|p| p.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, rng_seed: proptest::test_runner::RngSeed::Fixed(1), ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_masked_letter_by_letter(text in prop_oneof![".*", "(?s).{0,200}", soup()]) {
        let masked = mask(&text);
        prop_assert_eq!(masked.chars().count(), text.chars().count());
        // What is masked is no secret any more, and nothing else shows that was hidden.
        for (before, after) in text.chars().zip(masked.chars()) {
            prop_assert!(before == after || after == '•');
        }
        for range in secret::tokens(&text) {
            prop_assert!(text.get(range).is_some());
        }
    }

    #[test]
    fn a_drawn_line_has_as_many_letters_as_the_file(text in soup()) {
        // Without `[`, since `##[` is drawn otherwise.
        let line = text.replace(['[', '\n', '\r', '\u{feff}', '\u{a0}', '😀', '\t'], "");
        let line = format!("x{}", line.trim_end());
        let files = MemoryFiles::new();
        let sources = Sources::new(&files);
        let file = sources.add("compose.yaml", &line);
        let label = Label { span: Span::new(file.id, 0, 1), text: Prose::default() };
        let out = full(&report(vec![finding("it breaks", vec![label], "")]), &sources, RenderOptions { color: false, width: 1_000 }).to_string();
        let drawn = out.lines().find_map(|l| l.strip_prefix(" 1 │ ")).unwrap();
        prop_assert_eq!(drawn.trim_end().chars().count(), line.chars().count(), "{}", drawn);
    }
}
