//! Whatever the bytes: no panic, and every place is a place in the file.

use super::*;
use proptest::prelude::*;
use std::time::{Duration, Instant};

/// Checks what holds for every tree.
fn check(text: &str) -> Result<(), TestCaseError> {
    let d = doc(text);
    let inside = |span: Span| text.get(span.range()).is_some();
    for e in &d.yaml.errors {
        prop_assert!(inside(e.span), "{e:?}");
        prop_assert!(
            !e.message.is_empty()
                && !e.message.unmasked().ends_with('.')
                && !e.message.unmasked().starts_with(char::is_uppercase),
            "{e:?}"
        );
    }
    prop_assert!(d.yaml.unread.iter().all(|s| inside(*s)));
    prop_assert!(d.yaml.root.is_some() || d.yaml.is_empty());
    for id in d.yaml.ids() {
        let node = d.yaml.node(id);
        prop_assert!(inside(node.span), "{node:?}");
        for part in node.tag.iter().chain(&node.anchor) {
            prop_assert!(
                inside(part.span) && d.source(part.span).ends_with(&part.value),
                "{node:?}"
            );
        }
        match &node.kind {
            NodeKind::Mapping(pairs) => {
                for child in pairs.iter().flat_map(|(k, v)| [k, v]) {
                    let child = d.yaml.node(*child).span;
                    prop_assert!(
                        node.span.start <= child.start && child.end <= node.span.end,
                        "{node:?} {child:?}"
                    );
                }
            }
            NodeKind::Sequence(items) => {
                for child in items {
                    let child = d.yaml.node(*child).span;
                    prop_assert!(
                        node.span.start <= child.start && child.end <= node.span.end,
                        "{node:?} {child:?}"
                    );
                }
            }
            NodeKind::Alias(..) => prop_assert!(d.source(node.span).starts_with('*')),
            NodeKind::Scalar(value, style) => scalar(&d, node, value, *style)?,
        }
    }
    Ok(())
}

fn scalar(d: &Doc, node: &Node, value: &Text, style: Style) -> Result<(), TestCaseError> {
    prop_assert!(d.text.get(value.span().range()).is_some());
    let mut at = 0;
    for p in value.pieces() {
        prop_assert_eq!(p.at, at);
        at += p.len;
        let source = d.text.get(p.src.range());
        let read = value.as_str().get(p.at as usize..at as usize);
        prop_assert!(source.is_some() && read.is_some());
        prop_assert!(!p.verbatim() || source == read, "{value:?}");
    }
    prop_assert_eq!(at as usize, value.as_str().len());
    if d.yaml.errors.is_empty() {
        let start = d.source(node.span).chars().next();
        let expected = match style {
            Style::Plain => start,
            Style::Single => Some('\''),
            Style::Double => Some('"'),
            Style::Literal => Some('|'),
            Style::Folded => Some('>'),
        };
        prop_assert_eq!(start, expected, "{:?}", node);
        // The walk over the source found what the parser found.
        let coarse = matches!(value.pieces(), [p] if !p.verbatim() && p.src == value.span() && !p.src.is_empty());
        prop_assert!(!coarse, "{node:?}");
    }
    Ok(())
}

/// Bits that mean something to YAML, put together at random.
fn soup() -> impl Strategy<Value = String> {
    let tokens = vec![
        "a",
        "키",
        "b: ",
        "c:\n",
        "- ",
        "  ",
        "    ",
        " ",
        "\n",
        "\r\n",
        "\t",
        "\n  ",
        "\n    ",
        "'",
        "\"",
        "''",
        "\\n",
        "\\\n",
        "\\u00e9",
        "[",
        "]",
        "{",
        "}",
        ", ",
        ": ",
        "? ",
        "|",
        ">",
        "|-\n",
        ">+\n",
        "|2\n",
        ": |\n  x\n",
        ": >-\n   y\n  ",
        "&x ",
        "*x",
        "!t ",
        "!!str ",
        "# c\n",
        "#",
        "---\n",
        "...\n",
        "<<: ",
        "~",
        "\u{feff}",
        "\u{7}",
        "\u{85}",
        "%",
        "@",
        "services:\n  web:\n    image: x\n",
    ];
    prop::collection::vec(prop::sample::select(tokens), 0..40).prop_map(|t| t.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, rng_seed: proptest::test_runner::RngSeed::Fixed(1), ..ProptestConfig::default() })]

    #[test]
    fn any_text(text in any::<String>()) {
        check(&text)?;
    }

    #[test]
    fn any_tokens(text in soup()) {
        check(&text)?;
    }

    #[test]
    fn text_in_every_style(lines in prop::collection::vec("[a-c가 \\\\'\":#-]{0,8}", 1..6), style in 0..5, crlf in any::<bool>()) {
        let (open, join, close) = match style {
            0 => ("k: ", "\n  ", "\n"),
            1 => ("k: '", "\n  ", "'\n"),
            2 => ("k: \"", "\n  ", "\"\n"),
            3 => ("k: |+ # c\n   ", "\n   ", "\n\n"),
            _ => ("k: >\n  ", "\n  ", ""),
        };
        let text = format!("{open}{}{close}after: x\n", lines.join(join));
        check(&if crlf { text.replace('\n', "\r\n") } else { text })?;
    }
}

#[test]
fn every_prefix_of_a_file() {
    let text = "x-a: &a\n  env: {A: \"1\", B: '둘'}\nservices:\n  web:\n    <<: *a\n    command: >-\n      sh -c\n      \"a\"\n    ports: [80, \"81:81\"]\n";
    for end in (0..=text.len()).filter(|i| text.is_char_boundary(*i)) {
        check(&text[..end]).unwrap();
        check(&text[end..]).unwrap();
    }
}

#[test]
fn hostile_repetition_is_linear() {
    let broken = [
        "[",
        "{?",
        "- ",
        "? ",
        "a: [\n",
        "*a ",
        "&a ",
        "a: *b\n",
        "a: |\n",
        "\ta: b\n",
        "a: b: c\n",
        "- a\nb\n",
        "a: > |\n",
        "\"\\x",
        "] ",
        "{a: ",
        "a: 'b\n",
        "x: &y a: b\nz: *y\n",
        "[\n",
        "- [",
        "\u{7}",
        "a: &b [*b]\n",
    ];
    let sound = ["a: \"\n", "'", "\n", "  a: |\n\n", "- x\n", "# a\n"];
    for shape in broken.iter().chain(&sound) {
        let text = shape.repeat(256 * 1024 / shape.len() / 2 * 2);
        let start = Instant::now();
        let d = doc(&text);
        assert_eq!(d.yaml.errors.is_empty(), sound.contains(shape), "{shape:?}");
        assert!(d.yaml.len() <= build::MAX_NODES + build::MAX_DEPTH);
        // About a second without optimisation; a quadratic reader would take minutes.
        assert!(start.elapsed() < Duration::from_secs(20), "{shape:?}: {:?}", start.elapsed());
    }
}
