//! What must not reach an output: secrets, and characters that a terminal obeys.

use super::*;

#[test]
fn known_secrets_appear_in_no_format() {
    let files = MemoryFiles::new();
    let sources = Sources::new(&files);
    let file = sources.add("compose.yaml", "environment:\n  A: 'hunter2 한글'  # b\n  B: tiny\n");
    let other = sources.add("run.sh", "start # hunter2 한글\n");
    let label_a = label(&file, "A: 'hunter2 한글'", "it says hunter2 한글");
    let again = label(&other, "start", "");
    let mut report = report(vec![finding(
        "the password hunter2 한글 is weak",
        vec![label_a.clone(), again],
        "not\n  A: hunter2 한글",
    )]);
    report.secrets = vec![label(&file, "'hunter2 한글'", "").span, label(&file, "tiny", "").span];
    report.coverage.skipped =
        vec![(RelPath::new("x").unwrap(), prose!("{}", Quote::value("hunter2 한글")))];
    let edit =
        Edit { span: label_a.span, replacement: prose!("A: {}", Quote::value("hunter2 한글")) };
    report.findings[0].fixes = vec![Fix {
        title: prose!("keep {}", Quote::value("hunter2 한글")),
        safety: Safety::Safe,
        edits: vec![edit],
        new_files: Vec::new(),
    }];
    let out = all(&report, &sources, PLAIN);
    assert!(!out.contains("hunter2"), "{out}");
    assert!(out.contains("  A: '••••••••••'  # b"), "as many marks as letters\n{out}");
    assert!(
        out.contains("\"safety\": \"display\""),
        "an edit without its text cannot be applied\n{out}"
    );
}

#[test]
fn a_password_that_is_a_common_word_does_not_hide_the_sentence() {
    let files = MemoryFiles::new();
    let sources = Sources::new(&files);
    let file = sources.add("compose.yaml", "P: postgres\n");
    let mut report = report(vec![finding(
        "postgres refuses",
        vec![label(&file, "postgres", "the postgres image")],
        "",
    )]);
    report.secrets = vec![label(&file, "postgres", "").span];
    let out = full(&report, &sources, PLAIN).to_string();
    assert!(out.contains("× postgres refuses") && out.contains("P: ••••••••\n"), "{out}");
}

#[test]
fn what_looks_like_a_secret_is_masked_in_snippets() {
    for (line, hidden) in [
        ("POSTGRES_PASSWORD: hunter2", "hunter2"),
        ("POSTGRES_PASSWORD: hunter two # why", "hunter two"),
        ("- DB_PASSWORD=hunter two", "hunter two"),
        ("- \"DB_PASSWORD=hunter2\"", "hunter2"),
        ("export API_KEY=hunter2", "hunter2"),
        ("ENV APP=1 SECRET_KEY=hunter2", "hunter2"),
        ("ENV SECRET_KEY hunter2", "hunter2"),
        ("SECRET_KEY = \"hunter2\"", "hunter2"),
        ("SECRET_KEY = 'hun\\'ter2'", "hun\\'ter2"),
        ("SECRET_KEY = 'env(hunter2'", "hunter2"),
        ("DB_PASSWORD=!hunter2", "hunter2"),
        ("'PASSWORD': 'hunter2',", "hunter2"),
        ("{\"token\": \"hunter2\"}", "hunter2"),
        ("os.environ.get('DB_PASSWORD', 'hunter2')", "hunter2"),
        ("env('SECRET_KEY', default='hunter2')", "hunter2"),
        ("X: ${DB_PASSWORD:-hunter2}", "hunter2"),
        ("psql --password hunter2", "hunter2"),
        ("postgres://me:hunter2@db/x", "hunter2"),
        ("redis://:hunter2@cache:6379", "hunter2"),
        ("key AKIAABCDEFGHIJKLMNOP here", "AKIAABCDEFGHIJKLMNOP"),
        ("x ghp_abcdefghijklmnopqrstuvwxyz0123", "ghp_abc"),
        ("x sk_live_abcdefghijkl", "sk_live"),
        ("x eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.abc", "eyJ"),
        ("K = 'django-insecure-abc(def'", "django-insecure"),
    ] {
        let out = shown(&format!("{line} \nend: 1\n"), line, "x");
        assert!(!out.contains(hidden) && out.contains('•'), "{line}\n{out}");
        assert!(out.contains("end: 1") || !out.contains("end"), "{out}");
    }
    let key = "-----BEGIN RSA PRIVATE KEY-----\nMIIabc\n-----END RSA PRIVATE KEY-----\n";
    assert!(!shown(key, "MIIabc", "x").contains("MIIabc"));
}

#[test]
fn what_is_no_secret_is_shown() {
    for line in [
        "POSTGRES_PASSWORD: ${DB_PASSWORD}",
        "POSTGRES_PASSWORD: ${DB_PASSWORD:?set it in .env}",
        "POSTGRES_PASSWORD_FILE: /run/secrets/db",
        "SECRET_KEY = os.environ['SECRET_KEY']",
        "SECRET_KEY = env('SECRET_KEY')",
        "SECRET_KEY=config('SECRET_KEY')",
        "AUTH_PASSWORD_VALIDATORS = [",
        "proxy_pass http://web:8000/;",
        "USE_TOKEN: true",
        "image: registry.example.com:5000/app@sha256:abc",
        "fields = ('username', 'password', 'email')",
    ] {
        assert!(!shown(&format!("{line}\n"), line, "x").contains('•'), "{line}");
    }
}

#[test]
fn control_characters_are_seen_and_not_obeyed() {
    let bad = "a\u{1b}[2Jb\u{7}c\u{9b}d\u{202e}e\u{200b}f\u{7f}g\rh";
    let files = MemoryFiles::new();
    let sources = Sources::new(&files);
    let file = sources.add(&format!("{bad}.yaml"), &format!("x: {bad} ##[error]y\n"));
    let mut report = report(vec![finding(
        &format!("{bad}\n::error::x ##[error]"),
        vec![label(&file, "x", bad)],
        &format!("::set-env {bad}"),
    )]);
    report.stacks[0].services = vec![bad.into()];
    report.stacks[0].intent_why = bad.into();
    report.coverage.skipped = vec![(RelPath::new(bad).unwrap(), bad.into())];
    let out = all(&report, &sources, PLAIN);
    let raw = |c: char| c != '\n' && (c.is_control() || safe::hidden(c));
    assert!(!out.contains(raw), "{:?}", out.matches(raw).collect::<Vec<_>>());
    assert!(out.contains("a␛[2Jb␇c\\u{9B}d\\u{202E}e\\u{200B}f␡g␍h"), "{out}");
    assert!(
        !out.contains("##[error]")
            && !out
                .lines()
                .any(|l| l.trim_start().starts_with("::") && !l.starts_with("::error file=")),
        "{out}"
    );
    let colored = full(&report, &sources, RenderOptions { color: true, width: 80 }).to_string();
    assert!(colored.contains("\u{1b}[31m") && !colored.contains("\u{1b}[2J"));
}
