//! Secrets whose names, ways of writing and mistakes are drawn from lists are planted into every fixture, every line of
//! every file is labelled, and none of the secrets may be printed in any format.
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test that fails may panic, and looks at the repository itself"
)]

#[path = "support/drawn.rs"]
mod drawn;
mod support;

use drawn::{Dice, Folder, Output};
use rayon::prelude::{IntoParallelIterator, ParallelIterator};
use std::collections::{BTreeMap, BTreeSet, HashSet};
use support::cases::{self, Entry, Project};
use support::home;

/// Letters of a secret.
const LETTERS: usize = 11;
/// Of so many fixtures one is used.
const STEP: usize = 6;
/// Secrets planted in a file at most.
const MAX_PLANTED: usize = 12;

/// Words before the telling one.
const BEFORE: [&str; 10] =
    ["", "DB_", "POSTGRES_", "MY_APP_", "REDIS_", "SMTP_", "AWS_", "OLD_", "STAGING_", "X_"];
/// Words that tell by themselves, with what may follow them.
const TELLING: [&str; 18] = [
    "PASSWORD",
    "PASSWD",
    "PASS",
    "PWD",
    "PASSPHRASE",
    "PASSCODE",
    "SECRET",
    "TOKEN",
    "API_KEY",
    "APIKEY",
    "ACCESS_KEY",
    "SECRET_KEY",
    "PRIVATE_KEY",
    "ENCRYPTION_KEY",
    "SIGNING_KEY",
    "CREDENTIALS",
    "CREDS",
    "CLIENT_SECRET",
];
const AFTER: [&str; 8] = ["", "", "", "_PROD", "_DEV", "_2", "2", "_OLD"];
/// Words that tell as the last one, behind another.
const LAST: [&str; 5] = ["AUTH", "DSN", "SALT", "COOKIE", "KEY"];

/// Ways to write a value: `{}` is the secret.
const VALUES: [&str; 22] = [
    "{}", "{}", "{}", "{}", "{}!{}", "{}@{}", "{}:{}", "{}/{}", "{}#{}", "{}%{}", "{}&{}", "{}*{}",
    "{}+{}", "{}={}", "{}-{}", "{}.{}", "{}~{}", "{}^{}", "{}${}", "{}({})", "{}[{}]", "{}?{}",
];

/// Forms of lines: `§` is the name, `¤` the same as an option, `¶` the value. A form that begins with `^` is a mistake
/// that only names in capitals make.
const YAML: [&str; 30] = [
    "§: ¶",
    "§: \"¶\"",
    "§: '¶'",
    "- §=¶",
    "- \"§=¶\"",
    "- '§=¶'",
    "^§:¶",
    "^- §:¶",
    "^§ = ¶",
    "^- § = ¶",
    "^§ ¶",
    "§: ¶ # ¶",
    "# §: ¶",
    "#- §=¶",
    "§: &a ¶",
    "§: !!str ¶",
    "§: |\n  ¶",
    "§: >-\n  ¶\n  ¶",
    "§:\n  ¶",
    "§: [¶, ¶]",
    "§: \"¶",
    "§: '¶",
    "x: {§: ¶, other: 1}",
    "x: [\"§=¶\", \"A=1\"]",
    "x: ${§:-¶}",
    "x: \"${§-¶}\"",
    "command: run --¤ ¶",
    "command: [\"run\", \"--¤\", \"¶\"]",
    "command: run --¤=¶",
    "test: [\"CMD\", \"run\", \"--¤=¶\"]",
];
const DOTENV: [&str; 12] = [
    "§=¶",
    "§='¶'",
    "§=\"¶\"",
    "export §=¶",
    "^§ = ¶",
    "^§: ¶",
    "# §=¶",
    "#§=¶ ¶",
    "§=¶ # ¶",
    "§=\"¶",
    "§=${A:-¶}",
    "§=¶ ¶",
];
const DOCKERFILE: [&str; 12] = [
    "ENV §=¶",
    "ENV § ¶",
    "ENV §=\"¶ ¶\"",
    "ENV A=1 §=¶",
    "ARG §=¶",
    "LABEL §=\"¶\"",
    "RUN §=¶ python x.py",
    "RUN export §=\"¶\" && x",
    "RUN echo §=¶ >> .env",
    "RUN run --¤ ¶",
    "# ENV §=¶",
    "CMD [\"run\", \"--¤\", \"¶\"]",
];
const SHELL: [&str; 14] = [
    "§=¶",
    "export §='¶'",
    "export §=\"¶\"",
    "^§ = ¶",
    "§=¶ python manage.py migrate",
    "§=$(echo ¶)",
    ": \"${§:=¶}\"",
    "§=${§:-¶}",
    "run --¤ ¶",
    "run --¤=\"¶\"",
    "# §=¶",
    "[ \"$§\" = \"¶\" ] && x",
    "declare -x §=\"¶\"",
    "curl -d '§=¶' x",
];
const PYTHON: [&str; 20] = [
    "§ = '¶'",
    "§ = \"¶\"",
    "§ = r'¶'",
    "§ = '¶' + '¶'",
    "§ = ('¶'\n    '¶')",
    "§ = ['¶', '¶']",
    "§ = os.getenv('§', '¶')",
    "§ = os.environ.get('§') or '¶'",
    "§ = '¶' if x else y",
    "§: str = '¶'",
    "A = {'§': '¶', 'x': 1}",
    "A = dict(§='¶', x=1)",
    "A['§'] = '¶'",
    "# § = '¶'",
    "§ = '¶",
    "§ = \"\"\"¶\n¶\"\"\"",
    "def f(x, §='¶'): pass",
    "os.environ.setdefault('§', '¶')",
    "§ = '¶'.encode()",
    "§ = env('§', default='¶')",
];
const NGINX: [&str; 6] = [
    "set $§ ¶;",
    "set $§ \"¶\";",
    "proxy_set_header § ¶;",
    "proxy_set_header § \"¶\";",
    "uwsgi_param § ¶;",
    "# § ¶;",
];
const OTHER: [&str; 14] = [
    "§=¶",
    "§ = ¶",
    "§: ¶",
    "\"§\": \"¶\",",
    "{\"§\": \"¶\", \"a\": 1}",
    "§ = \"¶\"",
    "§ is `¶`",
    "**§**: ¶",
    "| § | ¶ |",
    "§ := ¶",
    "§ ?= ¶",
    "export § = ¶",
    "§: '¶'",
    "the § is \"¶\"",
];
/// Addresses with a password, wherever they stand.
const ADDRESSES: [&str; 10] = [
    "postgres://app:¶@db:5432/app",
    "redis://:¶@redis:6379/0",
    "amqp://app:¶@rabbit//",
    "https://app:¶@example.com/x",
    "https://¶:x-oauth-basic@github.com/x",
    "redis://¶@redis:6379",
    "postgres:/app:¶@db/app",
    "app:¶@db:5432/app",
    "mongodb+srv://app:¶@db.example.com/?x=1",
    "https://example.com/x?access_token=¶",
];

/// The same name as people write it elsewhere.
fn styled(name: &str, style: usize) -> String {
    let lower = name.to_ascii_lowercase();
    let words: Vec<&str> = lower.split('_').filter(|w| !w.is_empty()).collect();
    match style {
        0 => lower,
        1 => words.join("-"),
        2 => {
            let capital = |w: &&str| w[..1].to_ascii_uppercase() + &w[1..];
            words[0].to_owned() + &words[1..].iter().map(capital).collect::<String>()
        }
        _ => name.to_owned(),
    }
}

fn name(dice: &mut Dice) -> String {
    let before = dice.one(&BEFORE);
    if dice.next(4) == 0 {
        let before = if before.is_empty() { "MAIL_" } else { before };
        return format!("{before}{}", dice.one(&LAST));
    }
    format!("{before}{}{}", dice.one(&TELLING), dice.one(&AFTER))
}

/// A line with secrets in it, and the secrets.
fn planted(forms: &[&str], dice: &mut Dice) -> (String, Vec<String>) {
    let mut secrets = Vec::new();
    let address = dice.next(8) == 0;
    let form = if address {
        format!("A: {}", dice.one(&ADDRESSES))
    } else {
        (*dice.one(forms)).to_owned()
    };
    let upper = name(dice);
    let (form, style) = match form.strip_prefix('^') {
        Some(form) => (form.to_owned(), 9),
        None => (form, [9, 9, 9, 0, 2][dice.next(5)]),
    };
    // A name of one word is a word of many sentences and the key of much else.
    let plain = !upper.contains('_') && style != 9 && form.contains("§:");
    let style = if plain { 9 } else { style };
    let mut text = String::new();
    for c in form.chars() {
        match c {
            '§' => text += &styled(&upper, style),
            '¤' => text += &styled(&upper, 1),
            '¶' => {
                let shape = if address { "{}" } else { *dice.one(&VALUES) };
                for (index, part) in shape.split("{}").enumerate() {
                    if index > 0 {
                        secrets.push(dice.letters());
                        text += secrets.last().unwrap();
                    }
                    text += part;
                }
            }
            c => text.push(c),
        }
    }
    (text, secrets)
}

/// The forms of the lines of a file.
fn forms(path: &str) -> Option<&'static [&'static str]> {
    let file = path.rsplit('/').next().unwrap_or(path);
    let ends = |all: &[&str]| all.iter().any(|e| file.ends_with(e));
    Some(match file {
        _ if path.starts_with(".git/") => return None,
        _ if ends(&[".yaml", ".yml"]) => &YAML,
        _ if ends(&[".py"]) => &PYTHON,
        _ if file.contains(".env") || ends(&["env"]) => &DOTENV,
        _ if file.contains("Dockerfile") || file.contains("Containerfile") => &DOCKERFILE,
        _ if ends(&[".sh", "entrypoint", "start"]) => &SHELL,
        _ if file.contains("nginx") || path.contains("nginx") => &NGINX,
        _ if ends(&[
            ".md", ".json", ".toml", ".ini", ".cfg", ".conf", "Makefile", ".txt", ".sql",
        ]) =>
        {
            &OTHER
        }
        _ => return None,
    })
}

/// The project with secrets between its lines.
fn plant(project: &mut Project, dice: &mut Dice) -> Vec<String> {
    let mut all = Vec::new();
    for (path, entry) in &mut project.0 {
        let (Some(forms), Entry::File { bytes, .. }) = (forms(path), entry) else { continue };
        let Ok(text) = String::from_utf8(bytes.clone()) else { continue };
        if text.len() > 20_000 {
            continue;
        }
        let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
        for _ in 0..MAX_PLANTED.min(lines.len() / 2 + 1) {
            let at = dice.next(lines.len() + 1);
            let near = lines.get(at).or(lines.last()).map_or("", String::as_str);
            let indent = &near[..near.len() - near.trim_start_matches(' ').len()];
            let (text, secrets) = planted(forms, dice);
            let text: Vec<String> = text.split('\n').map(|l| format!("{indent}{l}")).collect();
            lines.insert(at, text.join("\n"));
            all.extend(secrets);
        }
        *bytes = (lines.join("\n") + "\n").into_bytes();
    }
    all
}

/// What is printed of the secrets, with the number of those planted.
fn leaks(number: usize, case: &cases::Case) -> (usize, Vec<String>) {
    let mut dice = Dice(0x5eed_3000 + number as u64);
    let mut project = case.project.clone();
    let planted = plant(&mut project, &mut dice);
    let memory = project.memory();
    let paths: Vec<String> = project.0.keys().cloned().collect();
    let mut outputs: Vec<Output> = drawn::drawn_of(&memory, &paths);
    if number.is_multiple_of(12) {
        outputs.extend(drawn::formats_of(&memory, &paths));
    }
    if number.is_multiple_of(10) {
        let folder = Folder::new(&format!("planted-{number}"));
        project.lay_out(&folder.path()).unwrap();
        outputs.extend(drawn::accounts(&folder.path()));
    }
    let known: HashSet<&str> = planted.iter().map(String::as_str).collect();
    let mut leaks = Vec::new();
    for (what, output) in &outputs {
        let mut seen = BTreeSet::new();
        for at in
            (0..output.len().saturating_sub(LETTERS)).filter(|at| output.is_char_boundary(*at))
        {
            let secret = output.get(at..at + LETTERS).and_then(|s| known.get(s));
            if let Some(secret) = secret.filter(|s| seen.insert(**s)) {
                let start = output[..at].rfind('\n').map_or(0, |i| i + 1);
                let end = output[at..].find('\n').map_or(output.len(), |i| at + i);
                let line: String = output[start..end].chars().take(260).collect();
                leaks.push(format!("{what}: {} [{secret}]", line.trim()));
            }
        }
    }
    (planted.len(), leaks)
}

#[test]
fn no_secret_that_is_drawn_comes_out() {
    let all = cases::all(&home().join("fixtures")).unwrap();
    let found: Vec<(usize, Vec<String>)> = (0..all.len() / STEP)
        .into_par_iter()
        .map(|number| leaks(number, &all[number * STEP]))
        .collect();
    let count: usize = found.iter().map(|(count, _)| count).sum();
    let printed: Vec<&String> = found.iter().flat_map(|(_, leaks)| leaks).collect();
    let mut by: BTreeMap<&str, usize> = BTreeMap::new();
    for leak in &printed {
        *by.entry(leak.split(':').next().unwrap_or("")).or_default() += 1;
    }

    let lines: Vec<&str> = printed.iter().take(400).map(|l| l.as_str()).collect();
    assert!(
        printed.is_empty(),
        "{count} planted, {} printed: {by:?}\n{}",
        printed.len(),
        lines.join("\n")
    );
}
