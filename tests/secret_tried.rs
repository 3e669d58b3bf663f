//! Lines that were tried by someone who had not read what masks them, as far as they are masked; docs/safety.md says what is
//! not. Each block of `secret_tried/` is a file of its own in a small
//! project; every line of it is labelled, and nothing between `⟦` and `⟧` may be printed, in no format.
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test that fails may panic, and looks at the repository itself"
)]

#[path = "support/drawn.rs"]
mod drawn;
mod support;

use compose_doctor::internals::check_with_account;
use compose_doctor::internals::diagnose;
use compose_doctor::internals::report::{account, account_json, diagnosis, diagnosis_json};
use compose_doctor::internals::source::{MemoryFiles, RelPath, Sources};
use compose_doctor::{Options, check};
use drawn::{Output, WIDE};
use rayon::prelude::{IntoParallelRefIterator, ParallelIterator};
use support::home;

const COMPOSE: &str = "services:\n  web:\n    build: .\n    env_file: [web.env]\n  db:\n    image: postgres:16\n  proxy:\n    image: nginx:1.28\n    volumes: ['./nginx.conf:/etc/nginx/nginx.conf']\n";
const DOCKERFILE: &str = "FROM python:3.13\nWORKDIR /app\nCOPY . .\nENV DJANGO_SETTINGS_MODULE=settings\nENTRYPOINT [\"sh\", \"start.sh\"]\n";
const MANAGE: &str = "import os\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'settings')\n";

/// A file as it was tried: its path, its text and the secrets in it.
struct Tried {
    path: String,
    text: String,
    secrets: Vec<String>,
}

/// `== path`, then blocks with a line of `--` between them.
fn blocks(text: &str) -> Vec<Tried> {
    let mut all = Vec::new();
    let text = format!("\n{text}");
    for part in text.split("\n== ").skip(1) {
        let (path, rest) = part.split_once('\n').unwrap();
        for block in rest.split("--\n") {
            let secrets = block.split('⟦').skip(1).map(|s| s.split('⟧').next().unwrap().to_owned());
            let secrets: Vec<String> = secrets.collect();
            let text = block.replace(['⟦', '⟧'], "");
            if !text.trim().is_empty() {
                all.push(Tried { path: path.trim().to_owned(), text, secrets });
            }
        }
    }
    all
}

fn printed(tried: &Tried) -> Vec<Output> {
    let mut files = MemoryFiles::new();
    for (path, text) in [
        ("compose.yaml", COMPOSE),
        ("Dockerfile", DOCKERFILE),
        ("manage.py", MANAGE),
        ("web.env", "A=1\n"),
    ] {
        if path != tried.path {
            files.add(path, text);
        }
    }
    if tried.path == "log" {
        let sources = Sources::new(&files);
        let report = check(&sources, &RelPath::root(), &Options::default());
        let places = diagnose::Places::of_report(&report, &sources);
        let scan = diagnose::read(tried.text.as_bytes()).unwrap();
        let found = diagnose::explain(scan, Some((&report, &places)));
        return vec![
            ("diagnose", diagnosis(&found, &report, &sources, WIDE).to_string()),
            ("diagnose json", diagnosis_json(&found, &report, &sources).to_string()),
        ];
    }
    files.add(tried.path.as_str(), tried.text.as_str());
    let paths = [tried.path.clone()];
    let mut all = drawn::drawn_of(&files, &paths);
    all.extend(drawn::formats_of(&files, &paths));
    let sources = Sources::new(&files);
    let report = check_with_account(&sources, &RelPath::root(), &Options::default());
    all.push(("inspect", account(&report, &|_| true, &sources, WIDE).to_string()));
    all.push(("inspect json", account_json(&report, &|_| true, &sources).to_string()));
    all
}

#[test]
fn nothing_that_was_tried_is_printed() {
    let folder = std::env::var_os("SECRETS_TRIED")
        .map_or_else(|| home().join("tests/secret_tried"), Into::into);
    let files = support::files_below(&folder);
    let tried: Vec<Tried> =
        files.iter().flat_map(|f| blocks(&std::fs::read_to_string(f).unwrap())).collect();
    let count: usize = tried.iter().map(|t| t.secrets.len()).sum();
    let leaks: Vec<String> = tried
        .par_iter()
        .flat_map_iter(|tried| {
            let outputs = printed(tried);
            let leak = |secret: &String| {
                let outputs = outputs.iter().filter(|(_, text)| text.contains(secret.as_str()));
                let by: Vec<&str> = outputs.map(|(name, _)| *name).collect();
                (!by.is_empty())
                    .then(|| format!("{} [{secret}] in {by:?}:\n{}", tried.path, tried.text))
            };
            tried.secrets.iter().filter_map(leak).collect::<Vec<_>>()
        })
        .collect();
    assert!(leaks.is_empty(), "{} of {count} are printed:\n{}", leaks.len(), leaks.join("\n"));
}
