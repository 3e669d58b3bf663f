//! How the labels of a finding are laid out.

use super::*;

#[test]
fn a_file_has_one_box() {
    let files = MemoryFiles::new();
    let sources = Sources::new(&files);
    let text: String = (1..=30).map(|n| format!("line{n}: value\n")).collect();
    let file = sources.add("compose.yaml", &text);
    let other = sources.add("other.py", "x = 1\n");
    let labels = vec![
        label(&file, "line20:", "the reason"),
        label(&other, "x", "elsewhere"),
        label(&file, "line17:", "two lines lie between"),
        label(&file, "line3: value\nline4: value", "from here to there"),
        label(&file, "line25:", "far away"),
    ];
    let out = full(&report(vec![finding("it breaks", labels, "")]), &sources, PLAIN).to_string();
    let want = "  × it breaks
    ╭─[compose.yaml:20:1]
  3 │ ╭─▶ line3: value
  4 │ ├─▶ line4: value
    · ╰──── from here to there
    ⋮
 17 │     line17: value
    ·     ───┬───
    ·        ╰── two lines lie between
 18 │     line18: value
 19 │     line19: value
 20 │     line20: value
    ·     ───┬───
    ·        ╰── the reason
    ⋮
 25 │     line25: value
    ·     ───┬───
    ·        ╰── far away
    ╰────
    ╭─[other.py:1:1]
  1 │ x = 1
    · ┬
    · ╰── elsewhere
    ╰────
";
    assert!(out.contains(want), "{out}");
}

#[test]
fn a_file_as_such_and_its_lines_share_a_box() {
    let files = MemoryFiles::new();
    let sources = Sources::new(&files);
    let file = sources.add("settings.py", "A = 1\nB = 2\n");
    let whole = Label { span: Span::whole(file.id), text: "no STATIC_ROOT".into() };
    let out = full(
        &report(vec![finding("it breaks", vec![label(&file, "B", "here"), whole], "")]),
        &sources,
        PLAIN,
    )
    .to_string();
    let want = "   ╭─[settings.py:2:1]\n   · no STATIC_ROOT\n 2 │ B = 2\n   · ┬\n   · ╰── here\n   ╰────\n";
    assert!(out.contains(want), "{out}");
}

#[test]
fn a_text_without_room_at_its_right_goes_to_the_left() {
    let line = format!("{}needle: x", "한글 ".repeat(12));
    let out = shown(
        &format!("{line}\nnext: 1\n"),
        "needle",
        "이 값은 컨테이너 안에서 자기 자신을 가리킨다 and nobody answers there",
    );
    let under = out.lines().position(|l| l.contains('┬')).unwrap();
    let lines: Vec<&str> = out.lines().collect();
    let column = |line: &str, mark: char| line.split_once(mark).unwrap().0.width();
    assert_eq!(column(lines[under], '┬'), column(lines[under + 1], '╯'), "{out}");
    assert!(lines[under + 1].ends_with(" ──╯") && lines[under + 1].contains("이 값은"), "{out}");
    assert!(
        lines[under + 2].trim_start().starts_with("· ") && lines[under + 2].contains("there"),
        "{out}"
    );
    assert_eq!(lines[under + 3].trim(), "╰────", "{out}");
    assert!(lines[under - 1].contains(&line), "nothing of the line is lost\n{out}");
}

#[test]
fn texts_beside_their_labels_keep_the_colours_and_the_lines_below() {
    let files = MemoryFiles::new();
    let sources = Sources::new(&files);
    let line = format!("{}needle: x\n", "a b ".repeat(15));
    let file = sources.add("compose.yaml", &format!("{line}between: 1\nsecond: 2\n"));
    let labels = vec![
        label(&file, "second", "the reason"),
        label(&file, "needle", "of many words that do not fit at the right"),
    ];
    let report = report(vec![finding("it breaks", labels, "")]);
    let plain = full(&report, &sources, PLAIN).to_string();
    assert!(plain.contains(" ──╯\n 2 │ between: 1\n 3 │ second: 2\n"), "{plain}");
    let colored = full(&report, &sources, RenderOptions { color: true, width: 80 }).to_string();
    assert!(
        colored.contains("\u{1b}[36mof many words that do not fit at the right ──╯\u{1b}[0m"),
        "{colored}"
    );
    let mut stripped = String::new();
    for (index, part) in colored.split("\u{1b}[").enumerate() {
        stripped.push_str(if index == 0 { part } else { part.split_once('m').unwrap().1 });
    }
    assert_eq!(stripped, plain, "colours change no letter");
}

#[test]
fn the_names_in_the_heading_stand_out_on_every_line() {
    let files = MemoryFiles::new();
    let sources = Sources::new(&files);
    let mut report = report(vec![finding("it breaks", Vec::new(), "")]);
    report.stacks[0].services =
        vec!["db".into(), "a-service-of-a-rather-long-name".into(), "another-of-that-kind".into()];
    let out = full(&report, &sources, RenderOptions { color: true, width: 60 }).to_string();
    for name in ["compose.yaml", "db", "a-service-of-a-rather-long-name", "another-of-that-kind"] {
        assert!(out.contains(&format!("\u{1b}[1m{name}\u{1b}[0m")), "{name}\n{out}");
    }
    assert!(
        out.contains("\u{1b}[2m · looks like development: ") || out.contains("\u{1b}[2mlooks like"),
        "{out}"
    );
}

#[test]
fn no_word_of_a_label_is_left_over() {
    let out = shown(
        "command: gunicorn --bind 0.0.0.0:8000 config.wsgi:application\n",
        "gunicorn --bind",
        "the web service serves with these settings and no others whatever is set",
    );
    assert!(out.contains("╰─┤ the web service serves with these\n"), "{out}");
    assert!(out.contains("│ settings and no others whatever is set\n"), "{out}");
}
