//! A search that ends at a limit says so: each limit is met once, and once just not.
#![allow(clippy::unwrap_used, reason = "a test that fails may panic")]

use compose_doctor::source::{MemoryFiles, RelPath, Sources};
use compose_doctor::{Options, check};
use std::fmt::Write as _;

const COMPOSE: &str = "services:\n  web:\n    build: .\n    command: sh start.sh\n  nginx:\n    image: nginx:1.28\n    volumes:\n      - ./nginx.conf:/etc/nginx/nginx.conf:ro\n";
const DOCKERFILE: &str = "FROM python:3.13\nWORKDIR /app\nCOPY requirements.txt .\nRUN pip install -r requirements.txt\nCOPY . .\n";
const MANAGE: &str = "import os\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'settings')\nfrom django.core.management import execute_from_command_line\n";
const SETTINGS: &str = "import environ\nenv = environ.Env()\nenviron.Env.read_env('/app/.env')\nSECRET_KEY = env('SECRET_KEY')\nROOT_URLCONF = 'urls'\n";
const START: &str = "python manage.py prepare\nexec python manage.py runserver 0.0.0.0:8000\n";
const NGINX: &str = "events {}\nhttp { server { listen 80; } }\n";

/// The project with some of its files replaced or added, and what `limit-reached` says of it.
fn said(files: &[(String, String)]) -> Vec<String> {
    let mut all = MemoryFiles::new();
    for (path, text) in [
        ("compose.yaml", COMPOSE),
        ("Dockerfile", DOCKERFILE),
        ("requirements.txt", "django\ngunicorn\ndjango-environ\n"),
        ("manage.py", MANAGE),
        ("settings.py", SETTINGS),
        ("start.sh", START),
        ("nginx.conf", NGINX),
    ] {
        all.add(path, text);
    }
    files.iter().for_each(|(path, text)| all.add(path, text.as_str()));
    let sources = Sources::new(&all);
    let report = check(&sources, &RelPath::root(), &Options::default());
    let limits = report.findings.iter().filter(|f| f.rule.name == "limit-reached");
    limits
        .map(|f| {
            let file = sources.file(f.labels[0].span.file);
            let line = file.position(f.labels[0].span.start).line;
            format!("{}:{line}: {}", file.path, f.message)
        })
        .collect()
}

/// Lines from a pattern in which `#` is the number of the line.
fn lines(count: usize, pattern: &str) -> String {
    (0..count).map(|n| pattern.replace('#', &n.to_string()) + "\n").collect()
}

/// Holds that the files of `most` say nothing and those of one more say this.
fn ends_at(most: usize, files: impl Fn(usize) -> Vec<(String, String)>, wanted: &str) {
    assert_eq!(said(&files(most)), Vec::<String>::new(), "{most}");
    let beyond = said(&files(most + 1));
    assert_eq!(beyond, [wanted], "{}", most + 1);
}

fn one(path: &str, text: String) -> Vec<(String, String)> {
    vec![(path.to_owned(), text)]
}

#[test]
fn patterns_of_an_ignore_file() {
    ends_at(
        1_000,
        |n| one(".dockerignore", lines(n, "cache#")),
        ".dockerignore:1001: more than 1000 patterns are listed; the rest is not read",
    );
}

#[test]
fn files_that_an_exception_may_keep() {
    let files = |n: usize| {
        let mut files: Vec<_> = (0..n).map(|n| (format!("data/{n}"), String::new())).collect();
        files.extend(one(".dockerignore", "data\n!data/kept\n".into()));
        files.extend(one("Dockerfile", format!("{DOCKERFILE}COPY data /data\n")));
        files
    };
    // One file more than is looked at, so that the last is met.
    let beyond = said(&files(20_001));
    assert_eq!(
        beyond,
        [
            ".dockerignore:2: more than 20000 files are left out where this may keep some; it is not known which"
        ]
    );
    assert_eq!(said(&files(100)), Vec::<String>::new());
}

#[test]
fn files_of_requirements() {
    ends_at(
        63,
        |n| {
            let mut files: Vec<_> =
                (0..n).map(|n| (format!("r/{n}.txt"), format!("package{n}\n"))).collect();
            files.extend(one("requirements.txt", "django\n".to_owned() + &lines(n, "-r r/#.txt")));
            files.extend(one(
                "Dockerfile",
                "FROM python:3.13\nWORKDIR /app\nCOPY . .\nRUN pip install -r requirements.txt\n"
                    .into(),
            ));
            files
        },
        "requirements.txt:65: more than 64 files of requirements are named; the rest is not read",
    );
}

#[test]
fn locations_in_locations() {
    ends_at(
        9,
        |n| {
            let open: String = (0..n).fold(String::new(), |mut text, n| {
                let _ = writeln!(text, "location {} {{", "/a".repeat(n + 1));
                text
            });
            one(
                "nginx.conf",
                format!("events {{}}\nhttp {{ server {{\n{open}{}}} }}\n", "}".repeat(n)),
            )
        },
        "nginx.conf:12: locations are nested more than 8 deep; what is deeper is not read",
    );
}

#[test]
fn directives_of_nginx() {
    let files = |n| {
        one(
            "nginx.conf",
            format!("events {{}}\nhttp {{ server {{\n{}}} }}\n", lines(n, "allow 1;")),
        )
    };
    assert_eq!(said(&files(19_000)), Vec::<String>::new());
    let beyond = said(&files(20_001));
    assert_eq!(beyond.len(), 1, "{beyond:?}");
    assert!(beyond[0].ends_with(
        "more than 20000 directives with those that files take in; the rest is not read"
    ));
}

#[test]
fn variables_of_an_env_file() {
    ends_at(
        10_000,
        |n| one(".env", lines(n, "A#=1")),
        ".env:10001: more than 10000 variables are set; the rest is not read",
    );
}

#[test]
fn words_of_a_command() {
    ends_at(
        4_096,
        |n| one("start.sh", format!("echo{}\n{START}", " a".repeat(n - 1))),
        "start.sh:1: a command has more than 4096 words; the rest is not read",
    );
}

#[test]
fn places_of_a_command() {
    let files = |n: usize| {
        (0..n).map(|n| (format!("app{n}/inner/models.py"), String::new())).collect::<Vec<_>>()
    };
    assert_eq!(said(&files(1_000)), Vec::<String>::new());
    assert_eq!(
        said(&files(2_100)),
        ["start.sh:1: `prepare` is looked for in 4000 folders; what it runs is not known"]
    );
}
