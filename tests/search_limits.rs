//! A search that ends at a limit says so: each limit is met once, and once just not.
#![allow(clippy::unwrap_used, reason = "a test that fails may panic")]

use compose_doctor::internals::source::{MemoryFiles, RelPath, Sources};
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
            format!("{}:{line}: {}", file.path, f.message.unmasked())
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
        let mut files: Vec<_> =
            (0..n).map(|n| (format!("data/{}/{n}", n % 4), String::new())).collect();
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

#[test]
fn uses_of_variables() {
    let compose = |n| {
        format!(
            "services:\n  db:\n    image: postgres:17\n    environment:\n{}",
            lines(n, "      A#: ${B#}")
        )
    };
    ends_at(
        2_000,
        |n| one("compose.yaml", compose(n)),
        "compose.yaml:2005: variables that are not set are used in more than 2000 places; the rest is not looked at",
    );
}

#[test]
fn values_that_yaml_changes() {
    let files = |n: usize| {
        let env = format!("    environment:\n{}  nginx:", lines(n, "      A#: 1_000"));
        let mut files = one("compose.yaml", COMPOSE.replace("  nginx:", &env));
        files.extend(one("settings.py", SETTINGS.to_owned() + &lines(n, "X# = env('A#')")));
        files
    };
    ends_at(
        100,
        files,
        "compose.yaml:106: more than 100 values of this service arrive otherwise than they are written; the rest is not looked at",
    );
}

#[test]
fn manuals() {
    ends_at(
        500,
        |n| (0..n).map(|n| (format!("{n:03}/README.md"), "Read me.\n".to_owned())).collect(),
        "500/README.md:1: more than 500 manuals speak of the stacks here; the rest is not read",
    );
}

#[test]
fn manuals_and_scripts() {
    let files =
        |n: usize| (0..n).map(|n| (format!("{n:04}.sh"), "true\n".to_owned())).collect::<Vec<_>>();
    assert_eq!(said(&files(900)), Vec::<String>::new());
    let beyond = said(&files(1_001));
    assert_eq!(beyond.len(), 1, "{beyond:?}");
    assert!(beyond[0].ends_with(
        "more than 1000 manuals and scripts, or more than 8 MiB of them, tell what to do; the rest is not read"
    ));
}

#[test]
fn installed_apps() {
    let files = |n| {
        let apps = lines(n, "    'a#',");
        let database =
            "DATABASES = {'default': {'ENGINE': 'django.db.backends.sqlite3', 'NAME': '/app/a'}}";
        let mut files =
            one("settings.py", format!("{SETTINGS}{database}\nINSTALLED_APPS = [\n{apps}]\n"));
        files.extend(one("start.sh", START.replace("prepare", "migrate")));
        files
    };
    ends_at(
        500,
        files,
        "settings.py:508: more than 500 apps are installed; the rest is not looked at",
    );
}

#[test]
fn folders_with_modules() {
    let files = |n: usize| {
        let mut files: Vec<_> = (0..n).map(|n| (format!("p{n}/x.py"), String::new())).collect();
        files.extend(one("start.sh", START.replace("prepare", "migrate")));
        files
            .extend(one("settings.py", format!("{SETTINGS}INSTALLED_APPS = ['rest_framework']\n")));
        files
    };
    // The project's own folder counts as well.
    ends_at(
        4_999,
        files,
        "compose.yaml:1: modules are looked for in 5000 folders; which of them are the project's own is not known",
    );
}

#[test]
fn files_of_models() {
    let files = |n: usize| {
        let mut files: Vec<_> =
            (0..n).map(|n| (format!("a{n}/models.py"), "x = 1\n".to_owned())).collect();
        files.extend(one(
            "settings.py",
            format!("{SETTINGS}MEDIA_URL = '/media/'\nMEDIA_ROOT = '/app/media'\n"),
        ));
        files
    };
    assert_eq!(said(&files(2_000)), Vec::<String>::new());
    let beyond = said(&files(2_001));
    assert_eq!(beyond.len(), 1, "{beyond:?}");
    assert!(beyond[0].ends_with(
        "fields for uploads are looked for in 2000 files of models; the rest is not read"
    ));
}

#[test]
fn configurations_of_nginx() {
    let compose = COMPOSE.replace(
        "    volumes:\n      - ./nginx.conf:/etc/nginx/nginx.conf:ro\n",
        "    ports:\n      - \"80:80\"\n",
    );
    let files = |n: usize| {
        let mut files: Vec<_> = (0..n)
            .map(|n| (format!("conf/{n:04}.conf"), "server { listen 80; }\n".to_owned()))
            .collect();
        files.extend(one("compose.yaml", compose.clone()));
        files
    };
    // `nginx.conf` beside them is one as well.
    ends_at(
        999,
        files,
        "conf/0999.conf:1: a configuration of nginx is looked for in 1000 files; the rest is not read",
    );
}

#[test]
fn pairs_of_ports() {
    let files = |n| {
        one("compose.yaml", format!("{COMPOSE}    ports:\n{}", lines(n, "      - \"8000:1#\"")))
    };
    assert_eq!(said(&files(1_000)), Vec::<String>::new());
    let beyond = said(&files(4_100));
    assert_eq!(beyond.len(), 1, "{beyond:?}");
    assert!(beyond[0].ends_with(
        "too many ports of the host are taken to compare them all; the rest is not compared"
    ));
}

#[test]
fn declared_volumes() {
    ends_at(
        1_000,
        |n| one("compose.yaml", format!("{COMPOSE}volumes:\n{}", lines(n, "  a#: {}"))),
        "compose.yaml:1010: more than 1000 are declared; the rest is not looked at",
    );
}

#[test]
fn compose_files_with_what_is_missing() {
    let said = |count: usize| {
        let mut all = MemoryFiles::new();
        (0..count).for_each(|n| all.add(&format!("x{n}/local.yml"), "services: {}\n"));
        all.add(
            "docker-compose.prod.yml",
            "services:\n  db:\n    image: postgres:17\n    volumes:\n      - data:/data\n",
        );
        let sources = Sources::new(&all);
        let report = check(&sources, &RelPath::root(), &Options::default());
        let limits = report.findings.iter().filter(|f| f.rule.name == "limit-reached");
        limits.map(|f| f.message.unmasked()).collect::<Vec<_>>()
    };
    assert_eq!(said(100), Vec::<String>::new());
    assert_eq!(
        said(2_100),
        ["what is missing here is looked for in 2000 Compose files; the rest is not read"]
    );
}

/// Where one finding for each item of a long list would be too many, the last says how many more there are.
#[test]
fn findings_of_one_rule() {
    let mut all = MemoryFiles::new();
    let list = lines(150, "      - gone#.env");
    all.add(
        "compose.yaml",
        format!("services:\n  db:\n    image: postgres:17\n    env_file:\n{list}"),
    );
    let sources = Sources::new(&all);
    let report = check(&sources, &RelPath::root(), &Options::default());
    let found: Vec<String> = report
        .findings
        .iter()
        .filter(|f| f.rule.name == "env-file-missing")
        .map(|f| f.message.unmasked())
        .collect();
    assert_eq!(found.len(), 101);
    assert!(found.contains(
        &"there are 50 more places like these; mend the first 100 and look again".to_owned()
    ));
}
