//! What gets out: secrets, commands for CI runners, and how much of it.

use super::{CONTROLS, FORMATS, Folder, NEIGHBOUR, STILL_CHECKED, raw_controls};
use serde_json::Value;
use std::fmt::Write as _;

/// Secrets of shapes that are known, and some that are not.
const PLANTED: [&str; 14] = [
    "ghp_Zq8vL2mXw4TnB6cR9kYp3sHd7fJg1aUe5oKi",
    "glpat-Zq8vL2mXw4TnB6cR9kYp",
    "AKIAZQ8VL2MXW4TNB6CR",
    "sk_live_Zq8vL2mXw4TnB6cR9kYp3sHd",
    "xoxb-123456789012-Zq8vL2mXw4TnB6cR9kYp3sHd",
    "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",
    "AIzaZq8vL2mXw4TnB6cR9kYp3sHd7fJg1aUe5oK",
    "Tr0ub4dor-And-3-Horses",
    "p@ss w0rd/with:stuff",
    "kY9#mQ2$vL5^nR8",
    "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "비밀번호-아주-긴것-1234",
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.Zq8vL2mXw4TnB6cR9kYp3s",
    "Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6cXV4Zm9vYmE=",
];

fn base64(text: &str) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for part in text.as_bytes().chunks(3) {
        let number =
            part.iter().fold(0_u32, |n, b| n << 8 | u32::from(*b)) << (8 * (3 - part.len()));
        (0..=part.len())
            .for_each(|i| out.push(char::from(LETTERS[(number >> (18 - 6 * i)) as usize & 63])));
    }
    out
}

fn percent(text: &str) -> String {
    text.bytes().fold(String::new(), |mut out, b| {
        if b.is_ascii_alphanumeric() || b"-._~".contains(&b) {
            out.push(char::from(b))
        } else {
            write!(out, "%{b:02X}").unwrap()
        }
        out
    })
}

/// H47: secrets in every kind of file, and in URLs: none of them comes out of any command, plain or in the codes that
/// tools write them in. (`tests/canary.rs` plants more, and underlines every line of every file.)
#[test]
fn h47_no_secret_gets_out() {
    for secret in PLANTED {
        let folder = Folder::with_neighbour();
        let (dollars, quoted) = (secret.replace('$', "$$"), secret.replace('\'', ""));
        folder.write(
            ".env",
            format!(
                "DB_PASSWORD='{secret}'\nDATABASE_URL=postgres://u:{}@db:99999/%zz\n",
                percent(secret)
            ),
        );
        folder.write("web.env", format!("SECRET_KEY='{secret}'\nAPI_TOKEN='{secret}'\n"));
        folder.write(
            "compose.yaml",
            format!("services:\n  web:\n    build:\n      context: .\n      args: {{API_TOKEN: '{dollars}'}}\n    command: gunicorn config.wsgi --bind 0.0.0.0:8000\n    env_file: [web.env, gone.env]\n    environment:\n      DB_PASSWORD: '{dollars}'\n      DATABASE_URL: 'postgres://app:{}@localhost:5432/x'\n      SECRET_KEY: $${{DB_PASSWORD}}\n      unknown_key: 1\n    foo: '{dollars}'\n  db:\n    image: postgres:16\n    environment:\n      POSTGRES_PASSWORD: '{dollars}x'\n", percent(secret)),
        );
        folder.write("Dockerfile", format!("FROM python:3.12\nARG TOKEN='{quoted}'\nENV SECRET_KEY='{quoted}'\nWORKDIR /app\nCOPY . .\nRUN pip install django --token '{quoted}'\n"));
        folder.write(
            "manage.py",
            "import os\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'settings')\n",
        );
        folder.write("settings.py", format!("SECRET_KEY = '{quoted}'\nDATABASES = {{'default': {{'ENGINE': 'django.db.backends.postgresql', 'HOST': 'localhost', 'PASSWORD': '{quoted}'}}}}\nx = = '{quoted}'\n"));
        let mut runs = folder.check();
        runs.extend(["table", "json"].map(|f| folder.run(&["env", "--format", f])));
        runs.push(folder.run(&["check", "--color", "always", "--width", "40"]));
        runs.push(folder.run(&["check", "-q"]));
        for run in &runs {
            for coded in [secret.to_owned(), base64(secret), percent(secret)] {
                assert!(!run.all().contains(&coded), "{coded} got out:\n{}", run.all());
            }
        }
    }
}

/// H48, H49: env files as people and attackers write them, and URLs that are no URLs.
#[test]
fn h48_env_files_and_urls() {
    let secret = "Tr0ub4dorAnd3Horses";
    let folder = Folder::with_neighbour();
    folder.write(
        "compose.yaml",
        "services:\n  web:\n    image: nginx\n    env_file: app.env\n    environment: {DATABASE_URL: $DATABASE_URL}\n",
    );
    for (case, text) in [
        (
            "quotes",
            format!(
                "export A_PASSWORD=\"{secret}\" # {secret}\nB='x\n{secret}'\nC_TOKEN={secret}\u{1b}[2J\n"
            ),
        ),
        ("open", format!("A_PASSWORD=\"{secret}\nB=1\n")),
        ("long", format!("A_PASSWORD={}\n", secret.repeat(10_000))),
        ("huge", format!("A_PASSWORD={}\n", secret.repeat(60_000))),
        ("lines", format!("A_PASSWORD={secret}\n").repeat(8_000)),
        ("url", format!("DATABASE_URL=postgres://u:{secret}@ss@h:99999/%zz\n")),
        (
            "urls",
            format!(
                "DATABASE_URL=postgres://u:{secret}@[::1:5432/x\nREDIS_URL=redis://:{secret}@:x:y\nA_URL=https://{secret}@\n"
            ),
        ),
        (
            "doubled",
            format!("A_PASSWORD={secret}\n{}", "A_PASSWORD=$A_PASSWORD$A_PASSWORD\n".repeat(40)),
        ),
    ] {
        folder.write("app.env", &text);
        folder.write(".env", &text);
        let mut runs = folder.check();
        runs.push(folder.run(&["env", "--format", "json"]));
        for run in runs {
            let coded = [secret.to_owned(), base64(secret)];
            assert!(coded.iter().all(|c| !run.all().contains(c)), "{case}:\n{}", run.all());
            assert!(raw_controls(&run.all()).is_empty(), "{case}: {:?}", raw_controls(&run.all()));
        }
    }
}

/// H47: more secrets than can be searched for, and longer ones: the places of all of them are still masked.
#[test]
fn h47_more_secrets_than_are_searched_for() {
    let folder = Folder::with_neighbour();
    let services: String = (0..4)
        .map(|i| format!("  s{i}:\n    image: x\n    env_file: e{i}.env\n    foo: 1\n"))
        .collect();
    folder.write("compose.yaml", format!("services:\n{services}"));
    for file in 0..4 {
        let all: String =
            (0..480).map(|i| format!("SECRET_{i}={file}{i:06}{}\n", "aB3$".repeat(120))).collect();
        folder.write(&format!("e{file}.env"), all);
    }
    for run in folder.check() {
        assert!(!run.all().contains("aB3$aB3$aB3$"), "{}", run.all());
    }
}

/// H51: names that CI runners would take for commands, in every place that is printed.
#[test]
fn h51_no_command_for_a_runner() {
    for name in [
        "::set-output name=x::y",
        "::error::x",
        "##vso[task.setvariable variable=x]y",
        "##[error]x",
        "%0A::error::x",
        "\\n::error::x",
    ] {
        let folder = Folder::with_neighbour();
        folder.write(
            "compose.yaml",
            format!("services:\n  \"{name}\":\n    build: ./gone\n    depends_on: [\"{name} b\"]\n    image: \"{name}\"\n    env_file: \"{name}.env\"\n    \"{name}\": 1\n  web:\n    build: .\n    command: python manage.py runserver\n    environment: [\"{name}\"]\n"),
        );
        folder.write("Dockerfile", format!("FROM python:3.12\n{name}\n"));
        let mut runs = folder.check();
        runs.push(folder.run(&["check", "--width", "40"]));
        runs.push(folder.run(&["check", "--color", "always"]));
        runs.push(folder.run(&["check", name]));
        runs.push(folder.run(&["explain", name]));
        for run in runs.iter().filter(|r| !r.out.starts_with('{')) {
            let commanding = |l: &&str| {
                l.trim_start().starts_with("::") || l.contains("##[") || l.contains("##vso[")
            };
            assert_eq!(run.all().lines().find(commanding), None, "{name}:\n{}", run.all());
        }
    }
}

/// H52: names that are markup or syntax of another format come out as they are in JSON, and nothing breaks.
#[test]
fn h52_names_that_are_markup() {
    for name in [
        "<img src=x onerror=alert(1)>",
        "]]>",
        "'; click A",
        "-->",
        "```",
        "</script>",
        "${x}",
        "a|b",
        "\\\\",
    ] {
        let folder = Folder::with_neighbour();
        folder.write(
            "compose.yaml",
            format!("services:\n  \"{name}\":\n    build: ./gone\n    foo: 1\n"),
        );
        let json: Value = serde_json::from_str(&folder.check()[2].out).unwrap();
        assert!(json["findings"].as_array().unwrap().len() > 1, "{name}: {json:#}");
    }
    // A name that a template engine is to fill in makes no stack.
    let template = Folder::with_neighbour();
    template.write("compose.yaml", "services:\n  \"{{x}}\":\n    build: ./gone\n    foo: 1\n");
    assert!(template.check()[0].all().contains("template"), "{}", template.check()[0].all());
}

/// H53, H23: thousands of findings, and findings in very long lines: no finding is long, and the whole is bounded.
#[test]
fn h53_thousands_of_findings() {
    let count = if cfg!(debug_assertions) { 1_500 } else { 8_000 };
    let folder = Folder::with_neighbour();
    folder.write("compose.yaml", "services:\n  web:\n    build: .\n    command: gunicorn config.wsgi --bind 0.0.0.0:7\n  nginx:\n    image: nginx\n    volumes: [./nginx.conf:/etc/nginx/conf.d/default.conf]\n");
    folder.write(
        "Dockerfile",
        "FROM python:3.12\nWORKDIR /app\nCOPY . .\nRUN pip install gunicorn\n",
    );
    let locations: String =
        (0..count).map(|i| format!("location /a{i} {{ proxy_pass http://web:{i}; }}\n")).collect();
    folder.write("nginx.conf", format!("server {{\n{locations}}}\n"));
    let runs = folder.check();
    let json: Value = serde_json::from_str(&runs[2].out).unwrap();
    let found = json["findings"].as_array().unwrap().len();
    assert!(found > 100, "{found} findings");
    for run in &runs {
        assert!(
            run.all().len() / found < 4 * 1024,
            "{} bytes for {found} findings",
            run.all().len()
        );
    }
    let line = Folder::with_neighbour();
    line.write(
        "compose.yaml",
        format!("services: {{web: {{image: x, command: '{}', foo: 1}}}}\n", "x".repeat(1_000_000)),
    );
    for run in line.check() {
        assert!(run.all().len() < 3 * 64 * 1024, "{} bytes", run.all().len());
    }
}

/// H24: characters that are wide, narrow, joined or run the other way beside what is underlined: the marks stand below
/// what they mean.
#[test]
fn h24_marks_below_what_they_mean() {
    for before in [
        "한국어",
        "👩\u{200d}👩\u{200d}👧",
        "e\u{301}e\u{301}",
        "🇰🇷",
        "שלום",
        "\u{202e}abc\u{202c}",
        "\u{feff}",
        "ｆｕｌｌ",
        "\t",
    ] {
        let folder = Folder::new();
        folder.write(
            "compose.yaml",
            format!("services:\n  web: {{labels: {{a: \"{before}\"}}, foo: 1, image: nginx}}\n"),
        );
        let run = folder.run(&["check", "--width", "200"]);
        assert!(
            raw_controls(&run.all()).is_empty() && run.out.contains("foo"),
            "{before:?}:\n{}",
            run.all()
        );
        let json: Value =
            serde_json::from_str(&folder.run(&["check", "--output-format", "json"]).out).unwrap();
        let finding = json["findings"]
            .as_array()
            .unwrap()
            .iter()
            .find(|f| f["labels"][0]["start"]["line"] == 2)
            .unwrap()
            .clone();
        let column = finding["labels"][0]["start"]["column"].as_u64().unwrap() as usize;
        let line = format!("  web: {{labels: {{a: \"{before}\"}}, foo: 1, image: nginx}}");
        assert!(
            line.chars().skip(column - 1).collect::<String>().starts_with("foo"),
            "{before:?}: column {column}"
        );
    }
}

/// H50: what is said of the command line, in every command.
#[test]
fn h50_control_characters_in_every_command() {
    let folder = Folder::new();
    folder.write("compose.yaml", NEIGHBOUR);
    for control in CONTROLS {
        let name = format!("x{control}");
        for args in [
            &["env", &name][..],
            &["env", "-f", &name],
            &["config", "-f", &name],
            &["config", "--profile", &name],
            &["config", "-p", &name],
            &["rules", &name],
        ] {
            let run = folder.run(&[args, &["--color", "never"]].concat());
            assert!(
                raw_controls(&run.all()).is_empty() && !run.all().contains('\u{1b}'),
                "{args:?}: {:?}",
                run.all()
            );
        }
    }
    for format in FORMATS {
        let run = folder.run(&["check", "--color", "never", "--output-format", format]);
        assert!(run.all().contains(STILL_CHECKED) && !run.all().contains('\u{1b}'));
    }
}
