//! Passwords that are planted in a folder, and must be in no output.
//!
//! The input is a folder, with two bytes that are replaced in every file but not in its path:
//!
//! - byte 26 becomes a password that `.env` gives to a variable `API_TOKEN`, and which is so known to be one, wherever it
//!   stands again: in a comment, a name, a sentence;
//! - byte 29 becomes a line that gives another password to a variable, in the language of the file. Nothing else knows of
//!   it, so that it is hidden because of how it is written.
//!
//! Passwords are made from the input, so that no input can have one in it already. The lines around them are shown.

use crate::clock::timed;
use crate::folder::{files, memory, render_options};
use crate::{Worth, check as whole, chosen};
use compose_doctor::internals::finding::Finding;
use compose_doctor::internals::report::{concise, full, json};
use compose_doctor::internals::rules::meta;
use compose_doctor::internals::source::{Limit, RelPath, Sources, Span};
use compose_doctor::{Options, check};
use std::collections::BTreeSet;
use std::hash::{DefaultHasher, Hash, Hasher};

/// Stands for the known password.
const KNOWN: u8 = 0x1a;
/// Stands for a line with a password of its own.
const LINE: u8 = 0x1d;
/// The most bytes of a file with its passwords.
const MAX_BYTES: usize = 64 * 1024;
/// The most lines of a folder that are shown, those before and after a password first.
const MAX_LINES: usize = 80;
/// The lines that are shown before and after each password.
const AROUND: u32 = 3;

/// The folder that every input lies in.
const COMPOSE: &str = "services:
  web:
    build: .
    command: ./entrypoint.sh gunicorn config.wsgi
    env_file: web.env
    environment:
      DJANGO_SETTINGS_MODULE: config.settings
      API_TOKEN: ${API_TOKEN}
    ports: [\"8000:8000\"]
  db:
    image: postgres:16
  proxy:
    image: nginx:1.28
    volumes: [./nginx.conf:/etc/nginx/conf.d/default.conf:ro]
";

/// Checks a folder with passwords in it.
pub fn run(data: &[u8]) -> Worth {
    if !data.iter().any(|b| [KNOWN, LINE].contains(b)) {
        return Worth::Reject;
    }
    let known = password(data, 0);
    let mut planted = vec![known.clone()];
    let mut folder: Vec<(String, Vec<u8>)> = vec![
        ("compose.yaml".into(), COMPOSE.into()),
        (".env".into(), format!("API_TOKEN={known}\n").into()),
    ];
    for file in files(data, "Dockerfile") {
        // The project's own file stays: what comes is laid over it.
        let path = if file.path == "compose.yaml" {
            "compose.override.yaml".to_owned()
        } else {
            file.path
        };
        if folder.iter().all(|(p, _)| *p != path) {
            let text = plant(&path, file.bytes, data, &mut planted);
            folder.push((path, text));
        }
    }
    timed("secrets", || shown(data, &folder, &planted))
}

/// The file's bytes with the passwords in them.
fn plant(path: &str, bytes: &[u8], data: &[u8], planted: &mut Vec<String>) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len());
    for byte in bytes {
        if out.len() > MAX_BYTES {
            break;
        }
        match *byte {
            KNOWN => out.extend_from_slice(planted[0].as_bytes()),
            LINE => {
                let fresh = password(data, planted.len());
                if !out.is_empty() && !out.ends_with(b"\n") {
                    out.push(b'\n');
                }
                out.extend_from_slice(line(path, &fresh, data, planted.len()).as_bytes());
                planted.push(fresh);
            }
            other => out.push(other),
        }
    }
    out
}

/// Names of secrets, before and behind which others may stand.
const NAMES: [&str; 14] = [
    "PASSWORD",
    "PASSWD",
    "PASS",
    "PWD",
    "SECRET",
    "TOKEN",
    "API_KEY",
    "SECRET_KEY",
    "ACCESS_KEY",
    "PRIVATE_KEY",
    "PASSPHRASE",
    "CREDENTIALS",
    "CLIENT_SECRET",
    "ENCRYPTION_KEY",
];
const BEFORE: [&str; 6] = ["DB_", "MY_APP_", "AWS_", "SMTP_", "OLD_", ""];
const AFTER: [&str; 5] = ["", "_PROD", "_2", "_DEV", "2"];

/// A line that sets a password, in the language of a file. Its name and its form are drawn: `§` is the name, `¶` the
/// password.
fn line(path: &str, password: &str, data: &[u8], number: usize) -> String {
    let mut sum = DefaultHasher::new();
    (data, number, "form").hash(&mut sum);
    let mut dice = sum.finish() as usize;
    let mut draw = |count: usize| {
        let drawn = dice % count;
        dice /= count;
        drawn
    };
    let upper = format!(
        "{}{}{}",
        BEFORE[draw(BEFORE.len())],
        NAMES[draw(NAMES.len())],
        AFTER[draw(AFTER.len())]
    );
    let name = path.rsplit('/').next().unwrap_or(path);
    let forms: &[&str] = match name.rsplit('.').next().unwrap_or(name) {
        "yaml" | "yml" => &[
            "      §: ¶",
            "      §: '¶'",
            "      - §=¶",
            "      §: &a ¶",
            "      §: |\n        ¶",
            "      # §: ¶",
            "      x: ${§:-¶}",
            "      §: \"¶",
            "      §: [¶]",
            "      §=¶",
        ],
        "py" => &[
            "§ = '¶'",
            "§ = os.environ.get('§', '¶')",
            "A = {'§': '¶'}",
            "§ = 'x' if a else '¶'",
            "§ = ('¶'\n    'x')",
            "# § = '¶'",
            "§ = '¶",
            "f(§='¶')",
        ],
        "sh" => &["export §='¶'", "§=¶ x", ": \"${§:=¶}\"", "§=$(echo ¶)", "§ = ¶"],
        "conf" => &[
            "  set $§ ¶;",
            "  proxy_set_header § \"¶\";",
            "  proxy_set_header Authorization \"Bearer ¶\";",
        ],
        "Dockerfile" => &["ENV §=¶", "ENV § ¶", "ARG §=¶", "RUN §=¶ x", "LABEL §=\"¶\""],
        _ => &["§=¶", "§='¶'", "export §=¶", "# §=¶", "§: ¶", "§ = ¶"],
    };
    let form = forms[draw(forms.len())];
    format!("{}\n", form.replace('§', &upper).replace('¶', password))
}

/// Letters and digits that only this input has.
fn password(data: &[u8], number: usize) -> String {
    const LETTERS: &[u8] = b"abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";
    let mut sum = DefaultHasher::new();
    (data, number).hash(&mut sum);
    let mut dice = sum.finish();
    let mut next = |below: usize| {
        dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (dice >> 33) as usize % below
    };
    // A digit in each third: it is no word.
    (0..15)
        .map(|i| {
            char::from(if i % 5 == 2 { b'2' + next(8) as u8 } else { LETTERS[next(LETTERS.len())] })
        })
        .collect()
}

fn shown(data: &[u8], folder: &[(String, Vec<u8>)], planted: &[String]) -> Worth {
    let memory = memory(folder.iter().map(|(path, bytes)| (path.as_str(), bytes.as_slice())));
    let sources = Sources::new(&memory);
    let mut report = check(&sources, &RelPath::root(), &Options::default());
    // Who calls a service by a password has told it; paths are not hidden either.
    let names = || {
        report
            .stacks
            .iter()
            .flat_map(|s| &s.services)
            .map(String::as_str)
            .chain(memory.paths().map(RelPath::as_str))
    };
    if planted.iter().any(|p| names().any(|n| n.contains(p.as_str()))) {
        return Worth::Reject;
    }
    let mut all = vec![("check", full(&report, &sources, render_options(data)).to_string())];
    if chosen(data, 4) {
        all.push(("the ledgers", whole::ledgers(&report, &sources, render_options(data))));
    }
    let mut count = 0;
    for path in memory.paths() {
        let limit = if path.file_name().ends_with("yaml") { Limit::Config } else { Limit::Code };
        let Ok(file) = sources.read(path, limit) else { continue };
        let places = planted
            .iter()
            .flat_map(|p| file.text.match_indices(p.as_str()).take(4))
            .map(|(at, _)| file.position(at as u32).line);
        let lines: BTreeSet<u32> =
            places.flat_map(|line| line.saturating_sub(AROUND)..=line + AROUND).collect();
        for range in lines.into_iter().filter_map(|line| file.line(line)) {
            count += 1;
            if count <= MAX_LINES {
                let span = Span::new(file.id, range.start, range.end);
                report.findings.push(Finding {
                    stacks: vec![0],
                    ..Finding::new(&meta::SYNTAX_ERROR, "a line").label(span, "here")
                });
            }
        }
    }
    if !report.stacks.is_empty() {
        all.push(("full", full(&report, &sources, render_options(data)).to_string()));
        all.push(("concise", concise(&report, &sources).to_string()));
        all.push(("json", json(&report, &sources).to_string()));
    }
    for (what, text) in &all {
        for (number, secret) in planted.iter().enumerate() {
            if let Some(line) = text.lines().find(|l| l.contains(secret.as_str())) {
                let kind = if number == 0 { "known password" } else { "password of a line" };
                panic!("{what} prints a {kind}, {secret}: {}", line.trim());
            }
        }
    }
    Worth::Keep
}
