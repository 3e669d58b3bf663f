//! The notation of `fixtures/*.md`: what each note makes of a file, and what is said of a wrong one.
#![allow(clippy::disallowed_methods, reason = "a test looks at the folder that it wrote")]

mod support;

use compose_doctor::internals::source::{DiskFiles, RelPath, Sources};
use std::collections::BTreeMap;
use std::path::Path;
use support::cases::{Bases, Case, Entry, Kind, Project, read};
use support::findings;

fn text(bytes: &[u8]) -> Entry {
    Entry::File { bytes: bytes.to_vec(), executable: false }
}

fn bases() -> Bases {
    let files = [
        ("compose.yaml", text(b"services: {}\n")),
        ("app/a.py", text(b"")),
        ("app/b.py", text(b"b\n")),
    ];
    let project = Project(files.map(|(path, entry)| (path.to_owned(), entry)).into());
    BTreeMap::from([("small".to_owned(), project)])
}

/// The cases of a file that starts as it must.
fn cases(body: &str) -> Result<Vec<Case>, String> {
    read("a-rule", &format!("# a-rule\n\n{body}"), &bases())
}

/// The only case of a file, laid over the base.
fn case(body: &str) -> Case {
    let mut cases =
        cases(&format!("## bad: one (base: small)\n\n{body}")).expect("it is well formed");
    assert_eq!(cases.len(), 1);
    cases.remove(0)
}

/// What a line, and the block below it, makes of a path.
fn entry(path: &str, body: &str) -> Option<Entry> {
    case(body).project.0.remove(path)
}

#[test]
fn a_file_is_a_path_and_a_block() {
    let case = case("Why it is so.\n\n`a/b.txt`:\n\n```text\none\n\n  two\n```\n");
    assert_eq!((case.kind, case.name.as_str(), case.base.as_str()), (Kind::Bad, "one", "small"));
    assert_eq!(case.title(), "fixtures/a-rule.md:3  bad: one (base: small)");
    assert_eq!(case.project.0.get("a/b.txt"), Some(&text(b"one\n\n  two\n")));
    assert_eq!(case.project.0.len(), 4, "the base is below it");
    assert_eq!(case.overlay.iter().collect::<Vec<_>>(), ["a/b.txt"]);
    let shown = case.show();
    assert!(shown.contains("    a/b.txt\n       1 | one\n"), "{shown}");
    assert!(shown.contains("cargo run --example lay-out-case a-rule one DIR"), "{shown}");
}

#[test]
fn a_longer_fence_holds_a_shorter_one() {
    let found = entry("README.md", "`README.md`:\n\n````markdown\n```sh\nls\n```\n````\n");
    assert_eq!(found, Some(text(b"```sh\nls\n```\n")));
}

#[test]
fn a_file_takes_the_place_of_the_bases() {
    let found = entry("compose.yaml", "`compose.yaml`:\n```\nx: 1\n```\n");
    assert_eq!(found, Some(text(b"x: 1\n")));
}

#[test]
fn files_and_folders_are_removed() {
    let found = case("- `compose.yaml` (removed)\n");
    assert_eq!(found.project.0.keys().collect::<Vec<_>>(), ["app/a.py", "app/b.py"]);
    assert_eq!(found.removed, ["compose.yaml"]);
    let found = case("- `app/` (removed)\n");
    assert_eq!(found.project.0.keys().collect::<Vec<_>>(), ["compose.yaml"]);
}

#[test]
fn notes_change_bytes_and_mode() {
    for (notes, block, bytes, executable) in [
        ("mode 755", "#!/bin/sh\n", "#!/bin/sh\n", true),
        ("CRLF", "a\nb\n", "a\r\nb\r\n", false),
        ("BOM", "a\n", "\u{feff}a\n", false),
        ("CRLF, BOM, mode 755", "a\n", "\u{feff}a\r\n", true),
        ("escaped", "a\\tb\\\\\\r\\nc\\\n", "a\tb\\\r\nc", false),
    ] {
        let found = entry("x", &format!("`x` ({notes}):\n```\n{block}```\n"));
        assert_eq!(found, Some(Entry::File { bytes: bytes.into(), executable }), "{notes}");
    }
    let found = entry("x", "`x` (escaped):\n```\nSQLite\\0\\xff\\xFE\\\n\\x01\\\n```\n");
    assert_eq!(found, Some(text(b"SQLite\0\xff\xfe\x01")));
}

#[test]
fn what_has_no_text_has_no_block() {
    assert_eq!(entry("x", "- `x` (empty)\n"), Some(text(b"")));
    assert_eq!(entry("x/y", "- `x/y/` (empty folder)\n"), Some(Entry::Folder));
    assert_eq!(entry("x", "- `x` (link to `app/b.py`)\n"), Some(Entry::Link("app/b.py".into())));
}

#[test]
fn git_tracks_what_the_index_holds() {
    for (notes, tracked) in [
        ("tracks everything", &["app/a.py", "app/b.py", "compose.yaml", "x"][..]),
        ("tracks everything but `x`, `compose.yaml`", &["app/a.py", "app/b.py"]),
        ("tracks `x`", &["x"]),
    ] {
        // The index is made last, wherever it is written.
        let case = case(&format!("- `.git/index` ({notes})\n- `x` (empty)\n"));
        let memory = case.project.memory();
        let sources = Sources::new(&memory);
        for path in ["app/a.py", "app/b.py", "compose.yaml", "x"] {
            let found = RelPath::new(path).and_then(|p| sources.tracked(&p));
            assert_eq!(found, Some(tracked.contains(&path)), "{notes}: {path}");
        }
    }
}

#[test]
fn a_laid_out_case_is_what_is_checked_in_memory() {
    let compose = "services:\n  web:\n    image: nginx:1.28\n    volumes: [\"./site.conf:/etc/nginx/nginx.conf:ro\", \"./gone:/x\"]\n";
    let body = format!(
        "- `app/` (removed)\n- `gone` (link to `nowhere`)\n- `site.conf` (link to `real/site.conf`)\n- `static/` (empty folder)\n\n`run.sh` (mode 755):\n\n```\n#!/bin/sh\n```\n\n`real/site.conf`:\n\n```\nlisten 80\n```\n\n`compose.yaml`:\n\n```\n{compose}```\n"
    );
    let case = case(&body);
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("laid-out");
    let _ = std::fs::remove_dir_all(&folder);
    if cfg!(unix) {
        case.project.lay_out(&folder).expect("the folder can be written");
        let disk = DiskFiles::new(&folder).expect("the folder is there");
        let of =
            |files| findings(files).into_iter().map(|r| (r.hit, r.message)).collect::<Vec<_>>();
        let found = of(&disk);
        assert!(!found.is_empty(), "the case has a fault");
        assert_eq!(found, of(&case.project.memory()));
        assert!(folder.join("static").is_dir());
    }
}

#[test]
fn what_is_wrong_is_told_with_its_line() {
    for (body, want) in [
        ("`x`:\n```\na\n```\n", "4: a file before the first case"),
        ("## bad: one\n", "3: a case starts with `## bad: name (base: postgres)`"),
        ("## worse: one (base: small)\n", "3: a case starts with"),
        ("## bad: two words (base: small)\n", "3: a case starts with"),
        ("## bad: one (base: gone)\n", "3: there is no fixtures/bases/gone/"),
        (
            "## bad: one (base: none)\n## good: one (base: none)\n",
            "4: the case of line 3 has this name",
        ),
    ] {
        let why = cases(body).err().unwrap_or_default();
        let want = format!("fixtures/a-rule.md:{want}");
        // A block is read before its file is put anywhere.
        let same = why.starts_with(&want)
            || want.contains("before the first") && why.contains("before the first case");
        assert!(same, "{why}\nwant: {want}");
    }
    for (body, want) in [
        ("```\na\n```\n", "a block needs a line `path`: above it"),
        ("`x`:\nno block\n", "needs a fenced block below it"),
        ("`x`:\n```\na\n", "the block of line 5 is not closed"),
        ("`x`:\n```\n```\n", "a file without bytes is written `path` (empty)"),
        ("`x` (mode 644):\n```\na\n```\n", "unknown note `mode 644`"),
        ("`x` (escaped):\n```\n\\q\n```\n", "unknown escape `\\q`"),
        ("`x` (escaped):\n```\n\\xg0\n```\n", "two hexadecimal digits"),
        ("`x` CRLF:\n```\na\n```\n", "notes follow the path in brackets"),
        ("- `x` (gone)\n", "without a block the notes are one of"),
        ("- `x` (removed)\n", "x is not in the base small"),
        ("- `../x` (empty)\n", "must be a path inside the project"),
        ("- `/x` (empty)\n", "must be a path inside the project"),
        ("- `x` (empty)\n- `x` (empty)\n", "x is in this case twice"),
        ("- `app/a.py` (empty)\n", "app/a.py is the same in the base small: leave it out"),
        ("- `.git/index` (tracks `x`)\n", "x is not in the project"),
        ("- `.git/index` (tracks x)\n", "between backticks"),
    ] {
        let why = cases(&format!("## bad: one (base: small)\n{body}")).err().unwrap_or_default();
        assert!(why.contains(want), "{why}\nwant: {want}");
    }
    let why = read("a-rule", "# other\n", &bases()).err();
    assert_eq!(why.as_deref(), Some("fixtures/a-rule.md:1: the first line is `# a-rule`"));
}
