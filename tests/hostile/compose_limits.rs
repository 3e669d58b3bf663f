//! Compose files that unfold to more than is read: each limit is a finding of its own, at its place.

use super::compose::{PLANTED, Told, WEB, all_well, folder, limit, lines, one, runs, told, wrong};
use super::*;

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
    let page = std::fs::read_to_string(super::support::home().join("rules/limit-reached.md"))
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
        "500 installed apps",
        "2 000 files of models",
        "5 000 folders with modules",
        "100 values",
        "500 manuals",
        "1 000 manuals and scripts or 8 MiB",
        "1 000 files that nginx could read",
        "2 000 Compose files",
        "2 000 uses",
        "1 000 volumes",
        "8 million pairs",
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
