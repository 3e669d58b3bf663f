//! What a Compose file of an attacker can do to the loader: each limit and each fault is a finding of its own, at its
//! place, in `check` and in `config`.

use super::{FORMATS, Folder, Run, raw_controls};
use serde_json::Value;

/// A secret in `.env` that nothing uses: it must not be told.
pub(crate) const PLANTED: &str = "planted-Tr0ub4dor";
/// A small service.
pub(crate) const WEB: &str = "services:\n  web:\n    image: nginx\n";

/// What a case must give.
pub(crate) struct Told<'a> {
    /// The exit status of `check` and of `config`.
    pub(crate) status: (i32, i32),
    pub(crate) rule: &'a str,
    /// File and line of the primary label.
    pub(crate) at: (&'a str, u64),
    pub(crate) message: &'a str,
}

/// A finding of which both commands end with 1.
pub(crate) fn told<'a>(rule: &'a str, path: &'a str, line: u64, message: &'a str) -> Told<'a> {
    Told { status: (1, 1), rule, at: (path, line), message }
}

pub(crate) fn limit<'a>(path: &'a str, line: u64, message: &'a str) -> Told<'a> {
    told("limit-reached", path, line, message)
}

/// Both commands in every format; every run keeps the rules that hold for all of them.
pub(crate) fn runs(what: &str, folder: &Folder) -> (Vec<Run>, Vec<Run>) {
    let checks: Vec<Run> = FORMATS
        .iter()
        .map(|f| {
            folder.run(&[
                "check",
                "--width",
                "1000",
                "--min-confidence",
                "low",
                "--output-format",
                f,
            ])
        })
        .collect();
    let configs: Vec<Run> =
        ["json", "yaml"].iter().map(|f| folder.run(&["config", "--format", f])).collect();
    for run in checks.iter().chain(&configs) {
        let all = run.all();
        assert!(!all.contains(PLANTED), "{what}: the secret got out");
        assert!(raw_controls(&all).is_empty(), "{what}: {:?}", raw_controls(&all));
        assert!(run.err.len() < 256 * 1024, "{what}: {} bytes of complaints", run.err.len());
    }
    for all in [&checks, &configs] {
        assert!(
            all.iter().all(|r| r.status == all[0].status),
            "{what}: the format changes the exit status"
        );
    }
    (checks, configs)
}

/// Checks a case, and gives what is wrong with it.
pub(crate) fn wrong(what: &str, folder: &Folder, told: &Told<'_>) -> Option<String> {
    if !folder.path(".env").is_symlink() && !folder.path(".env").exists() {
        folder.write(".env", format!("PLANTED_PASSWORD={PLANTED}\n"));
    }
    let (checks, configs) = runs(what, folder);
    let status = (checks[0].status, configs[0].status);
    let json: Value = serde_json::from_str(&checks[2].out)
        .unwrap_or_else(|why| panic!("{what}: {why}: {}", checks[2].all()));
    let place = |f: &Value| {
        let label = &f["labels"][0];
        (
            f["rule"].as_str().unwrap_or("").to_owned(),
            label["path"].as_str().unwrap_or("").to_owned(),
            label["start"]["line"].as_u64(),
        )
    };
    let found: Vec<&Value> = json["findings"].as_array().unwrap().iter().collect();
    let as_wanted = |f: &&&Value| {
        place(f) == (told.rule.to_owned(), told.at.0.to_owned(), Some(told.at.1))
            && f["message"].as_str().is_some_and(|m| m.contains(told.message))
    };
    let in_config = configs.iter().all(|r| told.status.1 == 0 || r.err.contains(told.message));
    if status == told.status && found.iter().any(|f| as_wanted(&f)) && in_config {
        return None;
    }
    let few: Vec<String> =
        found.iter().take(12).map(|f| format!("    {:?} {}", place(f), f["message"])).collect();
    let said: String = configs[1].err.chars().take(600).collect();
    Some(format!(
        "{what}: ended with {status:?}, found\n{}\n  config says\n{said}\n",
        few.join("\n")
    ))
}

pub(crate) fn all_well(wrong: impl IntoIterator<Item = Option<String>>) {
    let wrong: Vec<String> = wrong.into_iter().flatten().collect();
    assert!(wrong.is_empty(), "{} cases:\n{}", wrong.len(), wrong.join("\n"));
}

/// A folder of its own with these files.
pub(crate) fn folder<'a>(files: impl IntoIterator<Item = (&'a str, String)>) -> Folder {
    let folder = Folder::new();
    std::fs::create_dir(folder.path(".git")).unwrap();
    files.into_iter().for_each(|(path, text)| folder.write(path, text));
    folder
}

pub(crate) fn one(text: impl Into<String>) -> Folder {
    folder([("compose.yaml", text.into())])
}

pub(crate) fn lines(count: usize, line: impl Fn(usize) -> String) -> String {
    (0..count).map(line).collect()
}

/// H07, H03: paths that leave the project are named, and nothing is opened there.
#[test]
fn h07_paths_out_of_the_project() {
    let outside = "leaves the project (not opened)";
    let cases = [
        (
            "include",
            "include: [/etc/compose.yaml]\nservices:\n  web:\n    image: nginx\n".to_owned(),
            1,
        ),
        ("include above", format!("include:\n  - ../../../../../../../../etc/passwd\n{WEB}"), 2),
        (
            "extends",
            format!(
                "{WEB}    extends:\n      file: ../../../../../../../../etc/passwd\n      service: x\n"
            ),
            5,
        ),
        ("env_file", format!("{WEB}    env_file:\n      - ok.env\n      - /etc/passwd\n"), 6),
        (
            "include's folder",
            format!("include:\n  - path: i.yaml\n    project_directory: /etc\n{WEB}"),
            3,
        ),
    ];
    all_well(cases.map(|(what, text, line)| {
        let folder = folder([
            ("compose.yaml", text),
            ("i.yaml", "services: {}\n".into()),
            ("ok.env", "A=1\n".into()),
        ]);
        let told = told("file-unreadable", "compose.yaml", line, outside);
        // An env file of the host is a note: it is kept outside on purpose.
        let status = if what == "env_file" { (0, 1) } else { told.status };
        wrong(what, &folder, &Told { status, ..told })
    }));
    for named in ["/etc/passwd", "../outside.yaml"] {
        let folder =
            folder([("compose.yaml", WEB.to_owned()), (".env", format!("COMPOSE_FILE={named}\n"))]);
        let (_, configs) = runs("COMPOSE_FILE", &folder);
        assert!(
            configs[0].status == 1 && configs[0].err.contains("leaves the project (not opened)"),
            "{}",
            configs[0].err
        );
    }
    // What Compose itself only passes on is not opened either.
    let folder = one(format!(
        "{WEB}    configs: [c]\n    secrets: [s]\n    volumes: ['/etc:/e']\n  b:\n    build: {{context: /, dockerfile: ../../etc/passwd}}\nconfigs: {{c: {{file: /etc/passwd}}}}\nsecrets: {{s: {{file: ../../../../../../../../etc/passwd}}}}\n"
    ));
    let (checks, configs) = runs("passed on", &folder);
    assert!(checks.iter().chain(&configs).all(|r| !r.all().contains("root:")));
}

/// H06, H08, H10: links out of the root, pipes and folders under the names of files.
#[cfg(unix)]
#[test]
fn h10_what_is_no_file() {
    let outside = Folder::new();
    outside.write("kept.env", format!("MARKER={PLANTED}\n"));
    outside.write("kept.yaml", format!("services:\n  {PLANTED}:\n    image: x\n"));
    let text = format!(
        "include:\n  - i.yaml\n{WEB}    env_file:\n      - a.env\n    extends:\n      file: e.yaml\n      service: s\n"
    );
    let lead_out = |folder: &Folder, path: &str, to: &str| {
        folder.link(outside.path(to).to_str().unwrap(), path)
    };
    let links = one(text.as_str());
    for (path, to) in [
        ("i.yaml", "kept.yaml"),
        ("e.yaml", "kept.yaml"),
        ("a.env", "kept.env"),
        (".env", "kept.env"),
    ] {
        lead_out(&links, path, to);
    }
    let pipes = one(text.as_str());
    let made = ["i.yaml", "e.yaml", "a.env"].map(|p| {
        std::process::Command::new("mkfifo").arg(pipes.path(p)).status().is_ok_and(|s| s.success())
    });
    let folders = one(text.as_str());
    ["i.yaml", "e.yaml", "a.env", ".env"]
        .iter()
        .for_each(|p| std::fs::create_dir(folders.path(p)).unwrap());
    let mut all = Vec::new();
    for (what, folder, message) in [
        ("links", &links, "leaves the project (not opened)"),
        ("pipes", &pipes, "is not a regular file"),
        ("folders", &folders, "is not a regular file"),
    ] {
        if what == "pipes" && made != [true; 3] {
            continue;
        }
        for (line, path) in [(2, "i.yaml"), (7, "a.env"), (9, "e.yaml")] {
            all.push(wrong(
                what,
                folder,
                &told("file-unreadable", "compose.yaml", line, &format!("{path} {message}")),
            ));
        }
    }
    let dangling = one(format!("{WEB}    env_file: a.env\n"));
    dangling.link("nowhere", "a.env");
    all.push(wrong("dangling", &dangling, &told("env-file-missing", "compose.yaml", 4, "a.env")));
    all_well(all);
    // A `.env` that is not read hides variables: `config` must not print a project without them.
    for to in [outside.path("kept.env").to_str().unwrap(), "/dev/zero", ".env"] {
        let folder = one(WEB);
        folder.link(to, ".env");
        let (checks, configs) = runs(".env", &folder);
        assert!(
            checks[0].all().contains(".env leaves the project (not opened)"),
            "{}",
            checks[0].all()
        );
        assert!(
            configs[0].status == 1 && configs[0].out.is_empty() && configs[0].err.contains(".env"),
            "{}",
            configs[0].all()
        );
    }
    // As the Compose file itself.
    for to in [outside.path("kept.yaml").to_str().unwrap(), "/proc/self/mem", "/dev/zero"] {
        let folder = folder([]);
        folder.link(to, "compose.yaml");
        let (checks, configs) = runs("the Compose file", &folder);
        assert_eq!((checks[0].status, configs[0].status), (2, 1), "{}", configs[0].all());
        assert!(
            checks[0].all().contains("leaves the project (not opened)")
                && configs[0].err.contains("leaves the project (not opened)")
        );
    }
}

/// H16: names that some file systems take for one; each file counts once.
#[test]
fn h16_names_that_look_alike() {
    let service = |name: &str| format!("services:\n  {name}:\n    image: x\n");
    let folder = folder([
        (
            "compose.yaml",
            format!("include: [a.yaml, B.yaml, caf\u{e9}.yaml, cafe\u{301}.yaml]\n{WEB}"),
        ),
        ("a.yaml", service("a")),
        ("B.yaml", service("b")),
        ("caf\u{e9}.yaml", service("c")),
        ("cafe\u{301}.yaml", service("d")),
    ]);
    let (checks, configs) = runs("twins", &folder);
    assert_eq!(
        (checks[0].status, configs[0].status),
        (0, 0),
        "{}{}",
        checks[0].all(),
        configs[0].all()
    );
    let json: Value = serde_json::from_str(&checks[2].out).unwrap();
    assert_eq!(json["coverage"]["files"]["compose"], 5);
}

/// H22, H23: line ends of every kind, long lines, tabs.
#[test]
fn h22_lines() {
    let typo = |text: &str| one(text);
    let unknown = |line| told("yaml-dup-keys-tabs-unknown", "compose.yaml", line, "foo");
    let text = format!("{WEB}    foo: 1\n");
    let long = "x".repeat((1 << 20) - 200);
    all_well([
        wrong("CRLF", &typo(&text.replace('\n', "\r\n")), &unknown(4)),
        wrong("byte order mark", &typo(&format!("\u{feff}{text}")), &unknown(4)),
        wrong(
            "U+2028 and U+0085 in a text",
            &typo(&format!("{WEB}    labels: {{a: \"b\u{2028}c\u{85}d\"}}\n    foo: 1\n")),
            &unknown(5),
        ),
        wrong(
            "U+0085 for line ends",
            &typo(&text.replace('\n', "\u{85}")),
            &told("syntax-error", "compose.yaml", 1, ""),
        ),
        wrong("lone CR", &typo(&text.replace('\n', "\r")), &unknown(1)),
        wrong(
            "a line of nearly 1 MiB",
            &typo(&format!("{WEB}    command: '{long}'\n    foo: 1\n")),
            &unknown(5),
        ),
        wrong(
            "tabs",
            &typo("services:\n\tweb:\n\t\timage: x\n"),
            &told("yaml-dup-keys-tabs-unknown", "compose.yaml", 2, "a tab"),
        ),
        wrong(
            "a key of 500,000 letters",
            &typo(&format!("{WEB}    ? \"{}\"\n    : 1\n", "k".repeat(500_000))),
            &told("yaml-dup-keys-tabs-unknown", "compose.yaml", 4, "kkk"),
        ),
    ]);
}

/// H21: bytes that are no text, as the Compose file and as its env files.
#[test]
fn h21_bytes_that_are_no_text() {
    for (bytes, why) in [
        (&b"services:\n  caf\xe9:\n    image: x\n"[..], "is not UTF-8 at byte 15"),
        (b"services:\n  a\0: {image: x}\n", "is a binary file"),
    ] {
        let folder = folder([]);
        folder.write("compose.yaml", bytes);
        let (checks, configs) = runs(why, &folder);
        assert_eq!((checks[0].status, configs[0].status), (2, 1));
        assert!(
            checks[0].all().contains(why) && configs[0].err.contains(why),
            "{}",
            configs[0].err
        );
    }
    let folder = one(format!("{WEB}    env_file:\n      - e.env\n"));
    folder.write("e.env", b"A=caf\xe9\n");
    all_well([wrong(
        "env_file",
        &folder,
        &told("file-unreadable", "compose.yaml", 5, "e.env is not UTF-8 at byte 5"),
    )]);
    folder.write(".env", b"A=caf\xe9\n");
    let (checks, configs) = runs(".env", &folder);
    assert!(
        checks[0].all().contains(".env is not UTF-8 at byte 5") && configs[0].err.contains(".env"),
        "{}",
        configs[0].err
    );
}
