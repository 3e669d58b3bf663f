//! What a Compose file of an attacker can do to the loader: each limit and each fault is a finding of its own, at its
//! place, in `check` and in `config`.

use super::{FORMATS, Folder, Run, raw_controls};
use serde_json::Value;

/// A secret in `.env` that nothing uses: it must not be told.
const PLANTED: &str = "planted-Tr0ub4dor";
/// A small service.
pub(crate) const WEB: &str = "services:\n  web:\n    image: nginx\n";

/// What a case must give.
struct Told<'a> {
    /// The exit status of `check` and of `config`.
    status: (i32, i32),
    rule: &'a str,
    /// File and line of the primary label.
    at: (&'a str, u64),
    message: &'a str,
}

/// A finding of which both commands end with 1.
fn told<'a>(rule: &'a str, path: &'a str, line: u64, message: &'a str) -> Told<'a> {
    Told { status: (1, 1), rule, at: (path, line), message }
}

fn limit<'a>(path: &'a str, line: u64, message: &'a str) -> Told<'a> {
    told("limit-reached", path, line, message)
}

/// Both commands in every format; every run keeps the rules that hold for all of them.
fn runs(what: &str, folder: &Folder) -> (Vec<Run>, Vec<Run>) {
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
fn wrong(what: &str, folder: &Folder, told: &Told<'_>) -> Option<String> {
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

fn all_well(wrong: impl IntoIterator<Item = Option<String>>) {
    let wrong: Vec<String> = wrong.into_iter().flatten().collect();
    assert!(wrong.is_empty(), "{} cases:\n{}", wrong.len(), wrong.join("\n"));
}

/// A folder of its own with these files.
fn folder<'a>(files: impl IntoIterator<Item = (&'a str, String)>) -> Folder {
    let folder = Folder::new();
    std::fs::create_dir(folder.path(".git")).unwrap();
    files.into_iter().for_each(|(path, text)| folder.write(path, text));
    folder
}

fn one(text: impl Into<String>) -> Folder {
    folder([("compose.yaml", text.into())])
}

fn lines(count: usize, line: impl Fn(usize) -> String) -> String {
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
        wrong(what, &folder, &told("file-unreadable", "compose.yaml", line, outside))
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
    all.push(wrong(
        "dangling",
        &dangling,
        &told("file-unreadable", "compose.yaml", 4, "a.env leaves the project"),
    ));
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

/// H17: chains, circles and fans of `extends` and `include`.
#[test]
fn h17_extends_and_include_without_end() {
    let name = |i: usize| if i == 0 { "compose.yaml".to_owned() } else { format!("c{i}.yaml") };
    let chain = |text: &dyn Fn(usize) -> String| {
        let folder = folder([]);
        (0..=1_000).for_each(|i| folder.write(&name(i), text(i)));
        folder
    };
    let own = |folder: Folder, files: &[(&str, &str)]| {
        files.iter().for_each(|(path, text)| folder.write(path, text));
        folder
    };
    let s = |file: &str| {
        format!("services:\n  s:\n    image: x\n    extends: {{file: {file}, service: s}}\n")
    };
    let fan = folder([(
        "compose.yaml",
        format!("include: [{}]\n", lines(200, |i| format!("f{i}.yaml, "))),
    )]);
    for i in 0..200 {
        let others = lines(200, |j| if i == j { String::new() } else { format!("f{j}.yaml, ") });
        fan.write(
            &format!("f{i}.yaml"),
            format!("include: [{others}]\nservices:\n  s{i}: {{image: x}}\n"),
        );
    }
    let layers = folder([("compose.yaml", "include: [l0_0.yaml, l0_1.yaml]\n".into())]);
    for (l, k) in (0..30).flat_map(|l| [(l, 0), (l, 1)]) {
        let next = if l < 29 {
            format!("include: [l{0}_0.yaml, l{0}_1.yaml]\n", l + 1)
        } else {
            String::new()
        };
        layers.write(
            &format!("l{l}_{k}.yaml"),
            format!("{next}services:\n  s{l}_{k}: {{image: x}}\n"),
        );
    }
    let many = folder([(
        "compose.yaml",
        format!("include: [{}]\n", lines(300, |i| format!("f{i}.yaml, "))),
    )]);
    (0..300).for_each(|i| {
        many.write(&format!("f{i}.yaml"), format!("services:\n  s{i}: {{image: x}}\n"))
    });
    let around = "goes round in a circle";
    all_well([
        wrong(
            "extends, 1,000 files",
            &chain(&|i| s(&name(i + 1))),
            &limit("c31.yaml", 4, "`extends` is followed 32 services deep"),
        ),
        wrong(
            "extends, 1,000 services",
            &one(format!(
                "services:\n{}",
                lines(1_000, |i| format!("  s{i}:\n    image: x\n    extends: s{}\n", i + 1))
            )),
            &limit("compose.yaml", 97, "`extends` is followed 32 services deep"),
        ),
        wrong(
            "include, 1,000 files",
            &chain(&|i| format!("include: [{}]\nservices:\n  s{i}:\n    image: x\n", name(i + 1))),
            &limit("c32.yaml", 1, "`include` is followed 32 files deep"),
        ),
        wrong(
            "200 files that include each other",
            &fan,
            &told("extends-include-broken", "f1.yaml", 1, around),
        ),
        wrong(
            "200 files that include each other",
            &fan,
            &limit("f31.yaml", 1, "`include` is followed 32 files deep"),
        ),
        wrong(
            "200 files that include each other",
            &fan,
            &limit("f32.yaml", 1, "more than 1000 items of `include`"),
        ),
        wrong(
            "two ways at each of 30 steps",
            &layers,
            &limit("l28_0.yaml", 1, "more than 1000 items of `include`"),
        ),
        wrong("300 files", &many, &limit("f255.yaml", 1, "more than 256 files")),
        wrong(
            "circle of three",
            &own(one(s("b.yaml")), &[("b.yaml", &s("c.yaml")), ("c.yaml", &s("compose.yaml"))]),
            &told("extends-include-broken", "compose.yaml", 4, around),
        ),
        wrong(
            "a service and itself",
            &one(format!("{WEB}    extends: web\n")),
            &told("extends-include-broken", "compose.yaml", 4, around),
        ),
        wrong(
            "a file and itself",
            &one(format!("include: [compose.yaml]\n{WEB}")),
            &told("extends-include-broken", "compose.yaml", 1, around),
        ),
        wrong(
            "two files",
            &own(
                one(format!("include: [b.yaml]\n{WEB}")),
                &[("b.yaml", "include:\n  - compose.yaml\n")],
            ),
            &told("extends-include-broken", "b.yaml", 2, around),
        ),
    ]);
}

/// H18: what is remote is not fetched, in whatever way it is written.
#[test]
fn h18_remote_files() {
    let remotes = [
        "oci://docker.io/x/y:1",
        "https://github.com/x/y.git",
        "git@github.com:x/y.git",
        "github.com/x/y",
        "ssh://git@h/x.git",
        "http://h/c.yaml",
    ];
    let remote = |line| Told {
        status: (0, 1),
        rule: "remote-not-fetched",
        at: ("compose.yaml", line),
        message: "names a remote file, which is not fetched",
    };
    all_well(remotes.iter().flat_map(|r| {
        [
            wrong(r, &one(format!("include:\n  - {r}\n{WEB}")), &remote(2)),
            wrong(r, &one(format!("include:\n  - path: {r}\n{WEB}")), &remote(2)),
            wrong(
                r,
                &one(format!("{WEB}    extends:\n      file: {r}\n      service: s\n")),
                &remote(5),
            ),
        ]
    }));
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

/// H25, H26, H29, H30: anchors, merge keys and keys that stand twice.
#[test]
fn h26_anchors_and_keys() {
    let mut fan = format!("x-m0: &m0 {{{}}}\n", lines(20, |i| format!("k{i}: v, ")));
    for i in 1..60 {
        fan += &format!("x-m{i}: &m{i}\n  <<: [{}]\n", format!("*m{}, ", i - 1).repeat(20));
    }
    let shared = format!(
        "x-e: &e [{}]\nservices:\n{}",
        lines(1_000, |i| format!("K{i}=v, ")),
        lines(200, |i| format!("  s{i}:\n    image: x\n    environment: *e\n"))
    );
    let twice = "stands here twice";
    let key = |line, message| told("yaml-dup-keys-tabs-unknown", "compose.yaml", line, message);
    all_well([
        wrong(
            "60 mappings of 20 merge keys",
            &one(fan + WEB),
            &limit("compose.yaml", 1, "aliases unfold to more than 50000 values"),
        ),
        wrong(
            "aliases in environments",
            &one(shared),
            &limit("compose.yaml", 1, "aliases unfold to more than 50000 values"),
        ),
        wrong(
            "an anchor in itself",
            &one(format!("x-a: &a [*a]\n{WEB}")),
            &told("syntax-error", "compose.yaml", 1, "itself part of"),
        ),
        wrong(
            "an alias before its anchor",
            &one(format!("x-a: *l\nx-l: &l 1\n{WEB}")),
            &told("syntax-error", "compose.yaml", 1, "stands for nothing"),
        ),
        wrong("a key twice", &one(format!("{WEB}    image: b\n")), &key(4, twice)),
        wrong("a section twice", &one(format!("{WEB}services: {{}}\n")), &key(4, twice)),
        wrong(
            "a merge key twice",
            &one(format!("x-a: &a {{}}\n{WEB}    <<: *a\n    <<: *a\n")),
            &key(6, twice),
        ),
        wrong(
            "a label twice",
            &one(format!("{WEB}    labels:\n      a: 1\n      a: 2\n")),
            &key(6, twice),
        ),
        wrong(
            "a number for a key",
            &one(format!("{WEB}    labels:\n      1_000: 1\n")),
            &key(5, "is no text"),
        ),
    ]);
    // The later of two anchors of one name counts, and nothing is wrong with it.
    let again = one(format!("x-a: &a 1\nx-b: &a 2\n{WEB}    labels: {{a: *a}}\n"));
    let (checks, configs) = runs("an anchor again", &again);
    assert!(checks[0].status == 0 && configs[1].out.contains("a: \"2\""), "{}", configs[1].out);
}

/// H27, H28: nesting, as `config` meets it.
#[test]
fn h27_nesting() {
    let deep = |text: String| {
        wrong(
            &text[..20.min(text.len())],
            &one(text.as_str()),
            &told("syntax-error", "compose.yaml", 1, "nested deeper than 64 levels"),
        )
    };
    all_well([
        deep("[".repeat(200_000)),
        deep("{?".repeat(5_000)),
        deep("- ".repeat(20_000)),
        deep("- ".repeat(254)),
        deep("? ".repeat(20_000)),
        wrong(
            "1,400 levels",
            &one((0..1_400).fold(String::new(), |text, level| text + &" ".repeat(level) + "a:\n")),
            &told("syntax-error", "compose.yaml", 65, "nested deeper than 64 levels"),
        ),
    ]);
    let fits = one(format!("{WEB}    x-y: {}{}\n", "[".repeat(58), "]".repeat(58)));
    let (checks, configs) = runs("fits", &fits);
    assert_eq!((checks[0].status, configs[0].status), (0, 0), "{}", checks[0].all());
}

/// H31: many documents, directives and tags; nothing is made of a tag.
#[test]
fn h31_documents_directives_and_tags() {
    let documents =
        |count: usize| lines(count, |i| format!("---\nservices:\n  s{i}: {{image: x}}\n"));
    let (checks, configs) = runs("100 documents", &one(documents(100)));
    assert_eq!((checks[0].status, configs[0].status), (0, 0), "{}", checks[0].all());
    assert!(configs[1].out.contains("s99:"));
    all_well([
        wrong(
            "101 documents",
            &one(documents(101)),
            &limit("compose.yaml", 302, "more than 100 documents"),
        ),
        wrong(
            "a version that is not there",
            &one(format!("%YAML 9.9\n---\n{WEB}")),
            &told("syntax-error", "compose.yaml", 1, ""),
        ),
        wrong(
            "a tag without a meaning",
            &one(format!("{WEB}    hostname: !z!foo bar\n")),
            &told("syntax-error", "compose.yaml", 4, "not a tag"),
        ),
    ]);
    let python = one(format!(
        "{WEB}    command: !!python/object/apply:os.system [touch made]\n    labels: !!set {{a, b}}\n"
    ));
    runs("python", &python);
    assert!(!python.path("made").exists());
    let (_, configs) = runs(
        "reset",
        &one(format!("{WEB}    ports: !reset [\"1:1\"]\n    labels: !override {{a: b}}\n")),
    );
    assert!(configs[1].status == 0 && !configs[1].out.contains("ports"), "{}", configs[1].all());
}

/// H32, H33: many values, services, ports and env files.
#[test]
fn h32_more_than_is_read() {
    let services = |count: usize, keys: &str| {
        format!("services:\n{}", lines(count, |i| format!("  s{i}: {{image: x{keys}}}\n")))
    };
    let big = services(60_000, "");
    assert!(big.len() > 1 << 20);
    let (checks, configs) = runs("too large", &one(big));
    assert_eq!((checks[0].status, configs[0].status), (2, 1));
    assert!(
        configs[0].err.contains("is larger than 1024 KiB")
            && checks[0].all().contains("is larger than 1024 KiB")
    );
    let ports = |items: String| one(format!("{WEB}    ports:\n{items}"));
    let published = "publish more than 20000 ports";
    let env = |lines_: usize, count: usize, value: &str| {
        let files = [
            ("e.env", lines(lines_, |i| format!("V{i}={value}\n"))),
            ("compose.yaml", services(count, ", env_file: e.env")),
        ];
        folder(files)
    };
    let include = folder([
        ("f.yaml", format!("services:\n{}", lines(200, |i| format!("  s{i}: {{image: x}}\n")))),
        ("compose.yaml", format!("include:\n{}", "  - f.yaml\n".repeat(2_000))),
    ]);
    let extended = format!(
        "services:\n  base:\n    image: x\n    labels: {{{}}}\n{}",
        lines(2_000, |i| format!("l{i}: v, ")),
        lines(200, |i| format!("  s{i}: {{extends: base}}\n"))
    );
    let over = folder([
        (".env", format!("COMPOSE_FILE={}compose.yaml\n", "compose.yaml:".repeat(200))),
        ("compose.yaml", WEB.into()),
    ]);
    let fourth = |text: &str| {
        wrong(
            "variables",
            &one(format!("{WEB}    labels:\n{text}")),
            &limit("compose.yaml", 5, "64 KiB"),
        )
    };
    all_well([
        wrong(
            "10,000 services",
            &one(services(10_000, "")),
            &limit("compose.yaml", 1_002, "more than 1000 services"),
        ),
        wrong(
            "values",
            &one(format!("{WEB}    x-a: [{}]\n", "a,".repeat(60_000))),
            &limit("compose.yaml", 4, "more than 50000 values"),
        ),
        wrong(
            "a range of ports",
            &ports("      - '1-65535:1-65535'\n".repeat(50)),
            &limit("compose.yaml", 54, published),
        ),
        wrong(
            "ports of many addresses",
            &ports(lines(50, |i| format!("      - '10.0.0.{i}:1-9999:1-9999'\n"))),
            &limit("compose.yaml", 7, published),
        ),
        wrong(
            "25,000 lines for 4,000 services",
            &env(25_000, 4_000, "1"),
            &limit("compose.yaml", 1_002, "more than 1000 services"),
        ),
        wrong(
            "25,000 lines for 900 services",
            &env(25_000, 900, "1"),
            &limit("compose.yaml", 5, "more than 100000 lines or 8 MiB"),
        ),
        wrong(
            "a long line for 900 services",
            &env(1, 900, &"x".repeat(200_000)),
            &limit("compose.yaml", 43, "more than 100000 lines or 8 MiB"),
        ),
        wrong(
            "the same file 2,000 times",
            &include,
            &limit("f.yaml", 1, "more than 120000 values"),
        ),
        wrong(
            "a base of 2,000 values",
            &one(extended),
            &limit("compose.yaml", 63, "more than 120000 values"),
        ),
        fourth(&format!("      a: \"{}\"\n", "$$".repeat(70_000))),
        wrong(
            "an env file of 300 KiB",
            &env(60_000, 1, "1"),
            &Told {
                status: (0, 1),
                ..told("file-unreadable", "compose.yaml", 2, "e.env is larger than 256 KiB")
            },
        ),
    ]);
    let configs = ["json", "yaml"].map(|f| over.run(&["config", "--format", f]));
    assert!(
        configs
            .iter()
            .all(|r| r.status == 1
                && r.err.contains("more than 100 files are laid one over the other")),
        "{}",
        configs[0].err
    );
}

/// H34: variables in variables.
#[test]
fn h34_variables_without_end() {
    let nested = |count: usize| format!("{}x{}", "${A:-".repeat(count), "}".repeat(count));
    let value = |text: &str| one(format!("{WEB}    labels:\n      a: '{text}'\n"));
    let with = |env: String| {
        folder([("compose.yaml", format!("{WEB}    labels:\n      a: \"$A\"\n")), (".env", env)])
    };
    let deep = "variables are nested more than 32 deep";
    let doubling =
        format!("A0=xxxxxxxxxxxxxxxx\n{}", lines(40, |i| format!("A{}=$A{i}$A{i}\n", i + 1)));
    let big = format!("B={}\n{}", "x".repeat(60_000), lines(2_000, |i| format!("C{i}=$B\n")));
    all_well([
        wrong("10,000 defaults", &value(&nested(10_000)), &limit("compose.yaml", 5, deep)),
        wrong(
            "10,000 defaults in .env",
            &with(format!("A={}\n", nested(10_000))),
            &told("syntax-error", ".env", 1, deep),
        ),
        wrong(
            "never closed",
            &value(&"${A:-".repeat(50_000)),
            &told("value-invalid", "compose.yaml", 5, "no variable"),
        ),
        wrong("`${` alone", &value("${"), &told("value-invalid", "compose.yaml", 5, "no variable")),
        wrong("doubling", &with(doubling), &told("syntax-error", ".env", 14, "longer than 64 KiB")),
        wrong("4 MiB", &with(big), &told("syntax-error", ".env", 71, "more than 4 MiB")),
        wrong(
            "20,000 times a long value",
            &folder([
                (".env", format!("A={}\n", "x".repeat(60_000))),
                ("compose.yaml", format!("{WEB}    command:\n{}", "      - $A\n".repeat(20_000))),
            ]),
            &limit("compose.yaml", 74, "more than 4 MiB"),
        ),
    ]);
    // Each stands for what was set before it, so nothing goes round in a circle: Compose reads it so too.
    let (checks, configs) = runs("circles", &with("A=x$A$A\nB=$C\nC=$B\n".into()));
    assert_eq!(configs[0].status, 0, "{}", configs[0].err);
    assert!(checks[0].status <= 1 && configs[1].out.contains("a: x"), "{}", configs[1].out);
}

/// H47, H50: what `config` complains of repeats no secret, and what it prints steers no terminal.
#[test]
fn h47_config_complains_without_secrets() {
    let folder = folder([
        (".env", format!("DB_PASSWORD={PLANTED}\n")),
        (
            "compose.yaml",
            format!(
                "include: [./$DB_PASSWORD]\n{WEB}    ports: [$DB_PASSWORD]\n    mem_limit: $DB_PASSWORD\n    env_file: [$DB_PASSWORD]\n    environment: {{A: \"${{NOPE:?$DB_PASSWORD}}\"}}\n"
            ),
        ),
    ]);
    let (checks, configs) = runs("complaints", &folder);
    assert_eq!((checks[0].status, configs[0].status), (1, 1), "{}", configs[0].err);
    let (_, configs) =
        runs("labels", &one(format!("{WEB}    labels: {{a: \"\\u202e\\x9b\\x7f\\e[2J\"}}\n")));
    assert_eq!(configs[0].status, 0);
    let json: Value = serde_json::from_str(&configs[0].out).unwrap();
    assert_eq!(json["services"]["web"]["labels"]["a"], "\u{202e}\u{9b}\u{7f}\u{1b}[2J");
}

/// The page of `limit-reached` names every limit.
#[test]
fn the_page_names_every_limit() {
    let page = std::fs::read_to_string(super::home().join("rules/limit-reached.md"))
        .unwrap()
        .replace('\u{a0}', " ");
    for limit in [
        "50 000 values",
        "120 000 values",
        "100 000 values",
        "64 levels",
        "1 000 services",
        "20 000 ports",
        "32 steps",
        "1 000 items of `include`",
        "256 files",
        "100 files",
        "100 documents",
        "1 MiB",
        "8 MiB",
        "256 KiB",
        "64 KiB",
        "32 deep",
        "100 000 times",
        "4 MiB",
        "100 000 lines",
        "5 000",
        "1 000 patterns",
        "20 000 files",
        "20 000 directives",
        "8 deep",
        "64 files of requirements",
        "10 000 variables",
        "4 000 folders",
        "4 096 words",
        "1 000 instructions",
        "100 000 files",
        "25 000 in one folder",
        "32 folders deep",
        "1 000 lines",
        "32 MiB",
    ] {
        assert!(page.contains(limit), "{limit} is not there");
    }
}
