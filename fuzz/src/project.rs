//! Files of a project that ask something of the program itself, and everything that is written or changed: the
//! configuration, comments that silence rules, known findings, what git holds and ignores, logs, each format, fixes.

use crate::clock::timed;
use crate::folder::{File, files, memory, render_options, shown};
use crate::{Worth, chosen, print_of};
use compose_doctor::internals::config;
use compose_doctor::internals::diagnose;
use compose_doctor::internals::finding::{Report, Safety};
use compose_doctor::internals::fix;
use compose_doctor::internals::known_findings;
use compose_doctor::internals::report::{
    FORMATS, Wanted, baseline, diagnosis, diagnosis_json, render, render_counts,
};
use compose_doctor::internals::source::{LayeredFiles, MemoryFiles, RelPath, Sources, discover};
use compose_doctor::{Options, check};

/// A project with a fault or two in each kind of file.
const PROJECT: [(&str, &str); 5] = [
    (
        "compose.yaml",
        "services:
  web:
    build: .
    command: gunicorn config.wsgi
    ports: [\"5432:5432\"]
  db:
    image: postgres:latest # compose-doctor: ignore[unpinned-image]
    environment: {POSTGRES_PASSWORD: hunter22}
    ports: [\"5432:5432\"]
",
    ),
    ("Dockerfile", "FROM python:3.12\nCOPY . .\nRUN pip install -r requirements.txt\n"),
    ("requirements.txt", "django\ngunicorn\n"),
    (
        "manage.py",
        "import os\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'config.settings')\n",
    ),
    ("config/settings.py", "DEBUG = True\nSECRET_KEY = 'x'\nALLOWED_HOSTS = []\n"),
];

fn with_project(more: &[(&str, &[u8])]) -> MemoryFiles {
    let own = PROJECT.iter().map(|(path, text)| (*path, text.as_bytes()));
    memory(own.filter(|(path, _)| more.iter().all(|(p, _)| p != path)).chain(more.iter().copied()))
}

fn checked(files: &MemoryFiles) -> (Options, Sources<'_>, Report) {
    let sources = Sources::new(files);
    let settings = config::find(&sources, &RelPath::root());
    let options = Options { settings, ..Options::default() };
    let report = check(&sources, &RelPath::root(), &options);
    (options, sources, report)
}

/// The configuration: `compose-doctor.toml`, or `pyproject.toml` where the first byte is a `p`.
pub fn configuration(data: &[u8]) -> Worth {
    let Some((first, text)) = data.split_first() else { return Worth::Reject };
    let path = if *first == b'p' { "pyproject.toml" } else { "compose-doctor.toml" };
    let files = with_project(&[(path, text)]);
    let (_, sources, report) = timed("the configuration", || checked(&files));
    let text = render(&FORMATS[0], &report, &sources, &wanted(data));
    shown("the report", text.text.as_str(), false);
    Worth::Keep
}

/// Comments that silence rules: a line that is put behind the lines of each file.
pub fn comments(data: &[u8]) -> Worth {
    let line: Vec<u8> = data.iter().copied().filter(|b| *b != b'\n').collect();
    let with = |text: &str| {
        let mut out = Vec::new();
        for part in text.lines() {
            out.extend_from_slice(part.as_bytes());
            out.extend_from_slice(b" # compose-doctor: ");
            out.extend_from_slice(&line);
            out.push(b'\n');
        }
        out
    };
    let texts: Vec<(&str, Vec<u8>)> =
        PROJECT.iter().map(|(path, text)| (*path, with(text))).collect();
    let files = memory(texts.iter().map(|(path, text)| (*path, text.as_slice())));
    let (_, sources, report) = timed("comments", || checked(&files));
    let text = render(&FORMATS[0], &report, &sources, &wanted(data));
    shown("the report", text.text.as_str(), false);
    Worth::Keep
}

/// A log.
pub fn log(data: &[u8]) -> Worth {
    timed("a log", || {
        let scan = diagnose::read(data).expect("memory can be read");
        let files = with_project(&[]);
        let (_, sources, report) = checked(&files);
        let places = diagnose::Places::of_report(&report, &sources);
        let found = diagnose::explain(scan, Some((&report, &places)));
        let text = diagnosis(&found, &report, &sources, render_options(data));
        shown("the diagnosis", text.as_str(), false);
        let json = diagnosis_json(&found, &report, &sources);
        serde_json::from_str::<serde_json::Value>(json.as_str()).expect("the diagnosis is JSON");
    });
    Worth::Keep
}

/// The file of known findings.
pub fn known(data: &[u8]) -> Worth {
    let files = with_project(&[
        ("compose-doctor.toml", b"baseline = \"known.json\"\n"),
        ("known.json", data),
    ]);
    let (_, sources, report) = timed("known findings", || checked(&files));
    let text = baseline(&known_findings(&report, &sources, &RelPath::root()));
    serde_json::from_str::<serde_json::Value>(text.as_str()).expect("a baseline is JSON");
    Worth::Keep
}

/// The index of git.
pub fn index(data: &[u8]) -> Worth {
    let files = with_project(&[(".git/index", data), (".env", b"SECRET_KEY=abcdef123456\n")]);
    timed("the index", || checked(&files));
    Worth::Keep
}

/// What git ignores.
pub fn ignored(data: &[u8]) -> Worth {
    let files = with_project(&[(".gitignore", data), ("sub/compose.yaml", b"services: {}\n")]);
    let found = timed("ignored", || discover(&files, &RelPath::root(), &|_| true));
    let again = discover(&files, &RelPath::root(), &|_| true);
    assert_eq!(found.files, again.files, "the same files are not found the same");
    Worth::Keep
}

fn wanted(data: &[u8]) -> Wanted<'static> {
    Wanted { options: render_options(data), most: usize::MAX, above: "" }
}

/// Every format of a folder.
pub fn writers(data: &[u8]) -> Worth {
    let given = files(data, "compose.yaml");
    let files = memory(given.iter().map(|f: &File<'_>| (f.path.as_str(), f.bytes)));
    let (_, sources, report) = timed("the folder", || checked(&files));
    for format in &FORMATS {
        let (text, counts) = timed(format.name, || {
            let text = render(format, &report, &sources, &wanted(data));
            (text, render_counts(format, &report, &sources, &wanted(data)))
        });
        shown(format.name, text.text.as_str(), false);
        shown(format.name, counts.text.as_str(), false);
        if format.name.contains("json") || format.name == "sarif" || format.name == "gitlab" {
            for line in documents(format.name, text.text.as_str()) {
                serde_json::from_str::<serde_json::Value>(line).expect("it is JSON");
            }
        }
    }
    if report.stacks.is_empty() { Worth::Reject } else { Worth::Keep }
}

/// The documents of a text: one a line in some formats.
fn documents<'t>(format: &str, text: &'t str) -> Vec<&'t str> {
    let by_line = format.contains("lines");
    if by_line { text.lines().filter(|l| !l.is_empty()).collect() } else { vec![text] }
}

/// The fixes of a folder: each is the same again, and the files that it gives are read without a panic.
pub fn fixes(data: &[u8]) -> Worth {
    let given = files(data, "compose.yaml");
    let files = memory(given.iter().map(|f| (f.path.as_str(), f.bytes)));
    let (_, sources, report) = timed("the folder", || checked(&files));
    let plan = timed("the fixes", || fix::plan(&report, &sources, Safety::Unsafe, |_| true));
    if chosen(data, 4) {
        let again = fix::plan(&report, &sources, Safety::Unsafe, |_| true);
        assert_eq!(print_of(&plan.files), print_of(&again.files), "a fix is not the same again");
    }
    if plan.applied.is_empty() {
        return Worth::Reject;
    }
    let laid = LayeredFiles::new(&files, plan.files.clone());
    let sources = Sources::new(&laid);
    timed("what is fixed", || check(&sources, &RelPath::root(), &Options::default()));
    Worth::Keep
}

/// A folder, checked and written once: as quick as can be.
pub fn quick(data: &[u8]) -> Worth {
    let given = files(data, "compose.yaml");
    let files = memory(given.iter().map(|f| (f.path.as_str(), f.bytes)));
    let (_, sources, report) = checked(&files);
    let text = render(&FORMATS[0], &report, &sources, &wanted(data));
    shown("the report", text.text.as_str(), false);
    if report.stacks.is_empty() { Worth::Reject } else { Worth::Keep }
}
