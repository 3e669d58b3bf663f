//! Logs that no person would write: control characters, secrets, lines and kinds of lines without end.

use super::*;

#[test]
fn nothing_hostile_reaches_the_output() {
    let lines: [&[u8]; 9] = [
        b"::error::no such table: a\n",
        b"web-1  | ::error file=x::no such table: b\n",
        b"##[error]relation \"c\" does not exist\n",
        b"no such table: d\0\x01\x7f\xff\xfe\n",
        b"\x1b]0;title\x07\x1b[2J\x1b[31mno such table: e\x1b[\n",
        "no such table: f \u{202e}\u{2066}\u{200b}\u{85}\n".as_bytes(),
        "::warning::\u{202e} | no such table: g\n".as_bytes(),
        b"\x9b31mUnknown database \x90\n",
        b"a\rno such table: h\r\r\n",
    ];
    for (number, line) in lines.iter().enumerate() {
        let found = alone(line);
        assert_eq!(found.symptoms.len(), 1, "line {number}");
        for text in shown(&found) {
            let bad = |c: char| {
                (c.is_control() && c != '\n')
                    || ('\u{202a}'..='\u{202e}').contains(&c)
                    || c == '\u{200b}'
                    || c == '\u{2066}'
            };
            assert!(!text.chars().any(bad), "line {number}: {text:?}");
            assert!(
                !text.lines().any(|l| l.trim_start().starts_with("::")),
                "line {number}: {text}"
            );
            assert!(!text.contains("##["), "line {number}: {text}");
        }
    }
}

#[test]
fn secrets_in_a_log_are_masked() {
    const CANARY: &str = "c4naryHunter2xQ9";
    let lines = [
        "Cannot connect to redis://:{}@localhost:6379/0: Error 111 connecting to localhost:6379. Connection refused.",
        "Cannot connect to amqp://app:{}@127.0.0.1:5672//: [Errno 111] Connection refused.",
        "could not translate host name \"db\" to address: postgres://app:{}@db:5432/app",
        "KeyError: 'DEBUG' with SECRET_KEY={} and more",
        "{\"msg\": \"relation \\\"x\\\" does not exist\", \"password\": \"{}\"}",
        "dsn: host=db password={} dbname=app; FATAL:  database \"app\" does not exist",
        "DB_PASSWORD: {}; no such table: x",
        "Authorization: Bearer {}; Origin checking failed - https://a.example does not match any trusted origins.",
    ];
    for line in lines {
        let line = line.replace("{}", CANARY);
        let found = alone(format!("web-1  | {line}\n"));
        assert_eq!(found.symptoms.len(), 1, "{line}");
        for text in shown(&found) {
            assert!(!text.contains(CANARY), "{line}\n{text}");
            assert!(text.contains("••••••"), "{line}\n{text}");
        }
    }
}

#[test]
fn a_password_of_the_project_is_masked_in_its_log() {
    let compose = "services:\n  db:\n    image: postgres:16\n    environment:\n      POSTGRES_PASSWORD: kestrel-Plum77\n";
    let files = memory(compose);
    let sources = Sources::new(&files);
    let report = check(&sources, &RelPath::root(), &Options::default());
    let log =
        "db-1 | FATAL:  password authentication failed for user \"app\" (tried kestrel-Plum77)\n";
    let found = explain(
        read(log.as_bytes()).unwrap(),
        Some((&report, &Places::of_report(&report, &sources))),
    );
    for text in [
        diagnosis(&found, &report, &sources, PLAIN).to_string(),
        diagnosis_json(&found, &report, &sources).to_string(),
    ] {
        assert!(
            text.contains("password authentication failed") && !text.contains("kestrel-Plum77"),
            "{text}"
        );
    }
}

#[test]
fn long_lines_are_shown_around_what_was_recognised() {
    let log =
        format!("{} no such table: shop_item {}\n", "가나다 ".repeat(100), "x ".repeat(20_000));
    let found = alone(&log);
    assert_eq!((found.lines, found.cut), (1, 1));
    let [text, _] = shown(&found);
    assert!(
        text.contains("no such table: shop_item") && text.contains('…') && text.len() < 4_000,
        "{text}"
    );
    for width in [40, 80, 120] {
        let files = MemoryFiles::new();
        let text = diagnosis(
            &found,
            &Report::default(),
            &Sources::new(&files),
            RenderOptions { color: false, width },
        )
        .to_string();
        let wide = text.lines().map(unicode_width::UnicodeWidthStr::width).max().unwrap_or(0);
        assert!(wide <= width, "{wide} columns of {width}:\n{text}");
    }
}

#[test]
fn endless_kinds_of_lines_are_not_all_kept() {
    let log: String = (0..5_000).map(|n| format!("s{n}-x | no such table: t\n")).collect();
    let found = alone(log);
    assert_eq!(found.symptoms.len(), 100);
    assert_eq!(found.more, 4_900);
    assert!(shown(&found)[0].contains("  and 4990 more\n"));
}
