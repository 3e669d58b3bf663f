//! Texts that are not what they seem: byte order marks, encodings, depth without end, bytes at random.

use super::support::cases::{self, Case, Entry, Kind, Project};
use super::support::{files_below, folders, home};
use super::*;
use compose_doctor::internals::finding::Label;
use compose_doctor::internals::source::{RelPath, Sources};
use compose_doctor::{Options, check};
use rayon::prelude::{IntoParallelRefIterator, ParallelIterator};

/// H20: a byte order mark changes no finding and no line or column; offsets count its three bytes.
#[test]
fn h20_byte_order_marks_change_nothing() {
    let cases = cases::all(&home().join("fixtures")).unwrap();
    let bad = cases.par_iter().filter(|c| c.kind == Kind::Bad);
    let (compared, wrong): (Vec<usize>, Vec<Vec<String>>) = bad.map(compare_marked).unzip();
    let (compared, wrong) = (compared.iter().sum::<usize>(), wrong.concat());
    assert!(compared > 20, "only {compared} findings were compared");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// How many findings a case has, and which differ where its files have byte order marks.
fn compare_marked(case: &Case) -> (usize, Vec<String>) {
    let mut marked = case.project.clone();
    for (path, entry) in &mut marked.0 {
        let Entry::File { bytes, .. } = entry else { continue };
        let may = [".yaml", ".yml", ".py", ".txt", ".sh", ".env", "Dockerfile"]
            .iter()
            .any(|end| path.ends_with(end));
        if may && !bytes.starts_with(b"\xef\xbb\xbf") && std::str::from_utf8(bytes).is_ok() {
            bytes.splice(..0, *b"\xef\xbb\xbf");
        }
    }
    let (plain, marked) = (places(&case.project), places(&marked));
    let without_offsets = |all: &[(String, Vec<u32>)]| -> Vec<String> {
        all.iter().map(|(text, _)| text.clone()).collect()
    };
    let (without, with) = (without_offsets(&plain), without_offsets(&marked));
    if without != with {
        let title = case.title();
        return (0, vec![format!("{title}:\n  without: {without:#?}\n  with: {with:#?}")]);
    }
    let mut wrong = Vec::new();
    for ((text, before), (_, after)) in plain.iter().zip(&marked) {
        if before.iter().zip(after).any(|(from, to)| to != from && *to != from + 3) {
            wrong.push(format!("{}: {text}: {before:?} became {after:?}", case.title()));
        }
    }
    (plain.len(), wrong)
}

/// Each finding of a project with its lines and columns, and with the offsets of its labels.
fn places(project: &Project) -> Vec<(String, Vec<u32>)> {
    let memory = project.memory();
    let sources = Sources::new(&memory);
    let report = check(&sources, &RelPath::root(), &Options::default());
    let place = |label: &Label| {
        let (path, at) = (sources.file(label.span.file).path.clone(), sources.position(label.span));
        format!("{path} {}:{} {}", at.line, at.column, label.text.unmasked())
    };
    let found = report.findings.iter().map(|f| {
        let labels: Vec<String> = f.labels.iter().map(place).collect();
        let text = format!("{} {}\n{}", f.rule.name, f.message.unmasked(), labels.join("\n"));
        (text, f.labels.iter().map(|l| l.span.start).collect())
    });
    found.collect()
}

/// H21: what is not UTF-8 says so with the byte; UTF-16 with a byte order mark is read.
#[test]
fn h21_other_encodings() {
    let utf16 = |text: &str, big: bool| -> Vec<u8> {
        let units = std::iter::once(0xfeff).chain(text.encode_utf16());
        units.flat_map(|u| if big { u.to_be_bytes() } else { u.to_le_bytes() }).collect()
    };
    for big in [false, true] {
        let folder = Folder::new();
        folder.write("compose.yaml", utf16(NEIGHBOUR, big));
        folder.says(
            1,
            &["compose.yaml:3:12", STILL_CHECKED]
                .map(|w| if w.starts_with("compose") { "compose.yaml" } else { w }),
        );
        assert_eq!(folder.json()["findings"][0]["labels"][0]["start"]["line"], 3);
        // Half a pair of surrogates, and half a unit.
        for tail in [&[0xd8, 0x00, 0xd8, 0x00][..], &[0x41]] {
            let folder = Folder::with_neighbour();
            folder.write("compose.yaml", [utf16("services: {}\n", big), tail.to_vec()].concat());
            folder.says(1, &[STILL_CHECKED]);
        }
    }
    for (bytes, reason) in [
        (&b"services:\n  caf\xe9:\n    image: x\n"[..], "is not UTF-8 at byte 15"),
        (b"services:\n  a: {image: \xed\xa0\x80}\n", "is not UTF-8 at byte 23"),
        (b"services:\n  a\0: {image: x}\n", "is a binary file (NUL at byte 13)"),
    ] {
        let folder = Folder::with_neighbour();
        folder.write("compose.yaml", bytes);
        folder.says(1, &["compose.yaml", reason, STILL_CHECKED]);
    }
}

/// H25: aliases of aliases, 400 bytes that would unfold to hundreds of millions of values.
#[test]
fn h25_an_alias_bomb() {
    let mut text = "x-a: &a [x,x,x,x,x,x,x,x,x]\n".to_owned();
    for (name, inner) in ('b'..='i').zip('a'..) {
        text += &format!("x-{name}: &{name} [{}]\n", [format!("*{inner}").as_str(); 9].join(","));
    }
    text += "services:\n  web:\n    image: nginx\n    command: *i\n    environment: *i\n    volumes: *i\n";
    let folder = Folder::with_neighbour();
    folder.write("compose.yaml", text);
    folder.says(1, &["compose.yaml", "aliases unfold to more than 50000 values", STILL_CHECKED]);
}

/// H27: nesting without end, open and closed.
#[test]
fn h27_yaml_nested_without_end() {
    let mut wrong = Vec::new();
    let blocks: String =
        (0..1_400).fold(String::new(), |text, level| text + &" ".repeat(level) + "a:\n");
    for (what, text) in [
        ("200,000 [", "[".repeat(200_000)),
        (
            "50,000 [ below a key",
            format!("services:\n  web:\n    image: x\n    command: {}", "[".repeat(50_000)),
        ),
        ("5,000 {?", "{?".repeat(5_000)),
        ("20,000 -", "- ".repeat(20_000)),
        ("20,000 ?", "? ".repeat(20_000)),
        ("100,000 pairs", format!("x: {}{}\n", "[".repeat(100_000), "]".repeat(100_000))),
        ("1,400 levels", blocks),
    ] {
        let folder = Folder::with_neighbour();
        folder.write("compose.yaml", text);
        for run in folder.check() {
            let all = run.all();
            let told = all.contains("syntax-error") && all.contains("compose.yaml");
            if run.status != 1 || !told || !all.contains(STILL_CHECKED) || all.len() > 64 * 1024 {
                wrong.push(format!(
                    "{what} ({} bytes written):\n{}",
                    all.len(),
                    all.chars().take(1_000).collect::<String>()
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{} runs do not tell of it:\n{}", wrong.len(), wrong.join("\n"));
}

/// H35: random bytes as every kind of file, and files of real projects cut off anywhere. One run checks
/// a tree of many such projects. (`tests/spans.rs` reads every prefix.)
#[test]
fn h35_random_bytes_and_files_cut_off() {
    let mut numbers = Numbers(0x9e37_79b9_7f4a_7c15);
    let folder = Folder::with_neighbour();
    let compose = "services:\n  web:\n    build: .\n    env_file: app.env\n    entrypoint: ./entrypoint.sh\n    command: gunicorn config.wsgi\n    environment: {DJANGO_SETTINGS_MODULE: settings}\n  nginx:\n    image: nginx\n    volumes: [./nginx.conf:/etc/nginx/conf.d/default.conf]\n";
    let dockerfile =
        "FROM python:3.12\nWORKDIR /app\nCOPY . .\nRUN pip install -r requirements.txt\n";
    let names = [
        "compose.yaml",
        "Dockerfile",
        "app.env",
        "entrypoint.sh",
        "settings.py",
        "nginx.conf",
        "requirements.txt",
        ".dockerignore",
        "manage.py",
        ".env",
    ];
    for broken in names {
        for round in 0..4 {
            let project = format!("random/{}-{round}", broken.trim_start_matches('.'));
            folder.write(&format!("{project}/compose.yaml"), compose);
            folder.write(&format!("{project}/Dockerfile"), dockerfile);
            let length = 16 + (numbers.next() % 2_000) as usize;
            // Bytes of any kind are seldom UTF-8, so half of the files have printable ones, which get further.
            let byte = |n: u64| {
                if round % 2 == 0 {
                    n as u8
                } else {
                    b" \n\t:-[]{}()'\"$&|<>\\#=aZ09.,*!@`%~;/"[(n % 35) as usize]
                }
            };
            folder.write(
                &format!("{project}/{broken}"),
                (0..length).map(|_| byte(numbers.next() >> 11)).collect::<Vec<u8>>(),
            );
        }
    }
    let stages = folders(&home().join("fixtures/pop_planner"));
    assert!(!stages.is_empty());
    for stage in stages {
        let files = files_below(&stage);
        for cut in &files {
            let bytes = std::fs::read(cut).unwrap();
            for round in 0..2 {
                let end = (numbers.next() % (bytes.len() as u64 + 1)) as usize;
                let project =
                    format!("cut/{}-{}-{round}", support::name(&stage), support::name(cut));
                for file in &files {
                    let path =
                        format!("{project}/{}", file.strip_prefix(&stage).unwrap().display());
                    folder.write(
                        &path,
                        if file == cut {
                            bytes[..end].to_vec()
                        } else {
                            std::fs::read(file).unwrap()
                        },
                    );
                }
            }
        }
    }
    let run = folder.run(&["check", "--min-confidence", "low", "--output-format", "json"]);
    assert!(run.status == 1 && run.out.contains(STILL_CHECKED), "{}", run.all());
    let json: Value = serde_json::from_str(&run.out).unwrap();
    assert!(json["coverage"]["files"]["compose"].as_u64().unwrap() > 60, "{:#}", json["coverage"]);
}

/// H42: Python that makes parsers recurse until they die.
#[test]
fn h42_python_nested_without_end() {
    let nested: String = (0..600)
        .fold(String::new(), |text, level| text + &" ".repeat(level) + "if x:\n")
        + &" ".repeat(600)
        + "pass\n";
    for (what, text) in [
        ("200,000 -", format!("X = {}1\n", "-".repeat(200_000))),
        ("50,000 [", format!("X = {}\n", "[".repeat(50_000))),
        ("100,000 .b", format!("X = a{}\n", ".b".repeat(100_000))),
        ("100,000 1+", format!("X = {}1\n", "1+".repeat(100_000))),
        ("50,000 2**", format!("X = {}1\n", "2**".repeat(50_000))),
        ("600 if", nested),
        ("30,000 f-strings", format!("X = {}\n", "f'{".repeat(30_000))),
        ("20,000 lambdas", format!("X = {}1\n", "lambda: ".repeat(20_000))),
        ("20,000 not", format!("X = {}1\n", "not ".repeat(20_000))),
        ("20,000 conditions", format!("X = {}1\n", "1 if x else ".repeat(20_000))),
    ] {
        let folder = Folder::with_neighbour();
        folder.write("compose.yaml", "services:\n  web:\n    build: .\n    command: python manage.py runserver 0.0.0.0:8000\n");
        folder.write(
            "Dockerfile",
            "FROM python:3.12\nWORKDIR /app\nCOPY . .\nRUN pip install django\n",
        );
        folder.write(
            "manage.py",
            "import os\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'settings')\n",
        );
        folder.write("settings.py", format!("DEBUG = False\n{text}"));
        for run in folder.check() {
            let all = run.all();
            assert!(run.status == 1 && all.contains(STILL_CHECKED), "{what}:\n{all}");
            assert!(all.contains("settings.py"), "{what}: no word about the file:\n{all}");
            assert!(all.len() < 64 * 1024, "{what}: {} bytes were written", all.len());
        }
    }
}
