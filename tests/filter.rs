//! What people choose to see: comments, paths, severities, stacks named by hand, known findings.
#![allow(clippy::unwrap_used, reason = "a test that fails may panic")]

use compose_doctor::internals::finding::{Intent, Report, Severity};
use compose_doctor::internals::source::{MemoryFiles, RelPath, Sources};
use compose_doctor::internals::{config, known_findings, report};
use compose_doctor::{Options, check};

/// A project that uses every kind of file, with a finding whose places lie in several of them.
fn project() -> Vec<(&'static str, String)> {
    [
        (
            "compose.yaml",
            "services:\n  db:\n    image: postgres:17\n    environment:\n      POSTGRES_PASSWORD: ${DB_PASSWORD:?set it}\n    volumes:\n      - pgdata:/var/lib/postgresql/data\n  web:\n    build: .\n    command: gunicorn config.wsgi:application --bind 0.0.0.0:8000\n    environment:\n      DB_PASSWORD: ${DB_PASSWORD:?set it}\n    ports:\n      - \"8000:8000\"\nvolumes:\n  pgdata:\n",
        ),
        ("Dockerfile", "FROM python:3.13-slim\nWORKDIR /app\nCOPY . .\nRUN pip install Django gunicorn psycopg[binary]\n"),
        ("manage.py", "import os\nimport sys\n\nos.environ.setdefault(\"DJANGO_SETTINGS_MODULE\", \"config.settings\")\n"),
        ("config/__init__.py", ""),
        ("config/wsgi.py", "import os\n\nos.environ.setdefault(\"DJANGO_SETTINGS_MODULE\", \"config.settings\")\n"),
        (
            "config/settings.py",
            "import os\n\nSECRET_KEY = os.environ.get(\"SECRET_KEY\", \"only-for-the-desk\")\nDEBUG = True\nALLOWED_HOSTS = [\"*\"]\nINSTALLED_APPS = [\n    \"django.contrib.sessions\",\n]\nDATABASES = {\n    \"default\": {\n        \"ENGINE\": \"django.db.backends.postgresql\",\n        \"NAME\": \"postgres\",\n        \"USER\": \"postgres\",\n        \"PASSWORD\": os.environ[\"DB_PASSWORD\"],\n        \"HOST\": \"db\",\n    }\n}\n",
        ),
    ]
    .into_iter()
    .map(|(path, text)| (path, text.to_owned()))
    .collect()
}

const RULE: &str = "db-migrate-never-run";

fn files(project: &[(&str, String)]) -> MemoryFiles {
    let mut files = MemoryFiles::new();
    project.iter().for_each(|(path, text)| files.add(path, text.as_str()));
    files
}

/// Puts a text in front of the line that holds `needle`, or behind it on the same line.
fn with(path: &str, needle: &str, comment: &str, above: bool) -> Vec<(&'static str, String)> {
    let mut project = project();
    let (_, text) = project.iter_mut().find(|(p, _)| *p == path).unwrap();
    let line = text.lines().find(|l| l.contains(needle)).unwrap().to_owned();
    let indent = &line[..line.len() - line.trim_start().len()];
    let new =
        if above { format!("{indent}{comment}\n{line}") } else { format!("{line}  {comment}") };
    *text = text.replacen(&line, &new, 1);
    project
}

fn report_of(files: &MemoryFiles, change: impl FnOnce(&mut config::Settings)) -> Report {
    let sources = Sources::new(files);
    let mut settings = config::find(&sources, &RelPath::root());
    change(&mut settings);
    check(&sources, &RelPath::root(), &Options { settings, ..Options::default() })
}

fn rules(report: &Report) -> Vec<&str> {
    report.findings.iter().map(|f| f.rule.name).collect()
}

#[test]
fn a_finding_is_silenced_at_any_of_its_places_beside_or_above() {
    let found = report_of(&files(&project()), |_| {});
    let finding =
        found.findings.iter().find(|f| f.rule.name == RULE).expect("nothing runs migrate");
    assert!(finding.labels.len() >= 3, "the finding stands in several files: {finding:?}");
    let comment = "# compose-doctor: ignore[db-migrate-never-run] the release job does it";
    for (path, needle) in [
        ("compose.yaml", "command: gunicorn"),
        ("compose.yaml", "pgdata:/var/lib"),
        ("config/settings.py", "django.contrib.sessions"),
    ] {
        for above in [true, false] {
            let report = report_of(&files(&with(path, needle, comment, above)), |_| {});
            assert!(!rules(&report).contains(&RULE), "{path}: {needle}, above: {above}");
            assert_eq!(report.hidden.suppressed, 1);
            assert!(!rules(&report).contains(&"suppression-unused"), "{path}: {needle}");
            let all =
                report_of(&files(&with(path, needle, comment, above)), |s| s.no_ignores = true);
            assert!(rules(&all).contains(&RULE), "--no-ignores");
        }
    }
    let elsewhere =
        report_of(&files(&with("compose.yaml", "image: postgres", comment, true)), |_| {});
    assert!(
        rules(&elsewhere).contains(&RULE) && rules(&elsewhere).contains(&"suppression-unused"),
        "{:?}",
        rules(&elsewhere)
    );
    let whole = report_of(
        &files(&with(
            "config/settings.py",
            "import os",
            "# compose-doctor: file-ignore[db-migrate-never-run] x",
            true,
        )),
        |_| {},
    );
    assert!(!rules(&whole).contains(&RULE));
}

#[test]
fn comments_stacked_above_a_line_all_hold_and_a_text_never_does() {
    let stacked = "# compose-doctor: ignore[db-migrate-never-run] a\n    # compose-doctor: ignore[gunicorn-localhost-bind] b";
    let report =
        report_of(&files(&with("compose.yaml", "command: gunicorn", stacked, true)), |_| {});
    assert!(!rules(&report).contains(&RULE));
    let several = "# compose-doctor: ignore[version-obsolete, db-migrate-never-run] a";
    assert!(
        !rules(&report_of(
            &files(&with("compose.yaml", "command: gunicorn", several, true)),
            |_| {}
        ))
        .contains(&RULE)
    );
    // In a string, in a block of text, in a shell command of one: no comment.
    for (path, needle, text) in [
        (
            "compose.yaml",
            "command: gunicorn",
            "labels: {x: '# compose-doctor: ignore[db-migrate-never-run] a'}",
        ),
        (
            "compose.yaml",
            "command: gunicorn",
            "labels:\n      x: |\n        # compose-doctor: ignore[db-migrate-never-run] a",
        ),
        (
            "config/settings.py",
            "django.contrib.sessions",
            "\"# compose-doctor: ignore[db-migrate-never-run] a\",",
        ),
    ] {
        let report = report_of(&files(&with(path, needle, text, true)), |_| {});
        assert!(rules(&report).contains(&RULE), "{text}");
    }
}

#[test]
fn paths_severities_and_names_choose() {
    let mut project = project();
    project.push((
        "compose-doctor.toml",
        "[per-path-ignores]\n\"config/\" = [\"database\"]\n".to_owned(),
    ));
    let report = report_of(&files(&project), |_| {});
    assert!(!rules(&report).contains(&RULE));
    assert_eq!(report.hidden.ignored, 1);
    project.pop();
    project.push((
        "compose-doctor.toml",
        "select = [\"database\"]\n[severity]\ndb-migrate-never-run = \"info\"\n".to_owned(),
    ));
    let report = report_of(&files(&project), |_| {});
    assert!(report.findings.iter().all(|f| f.rule.group == "database"));
    assert_eq!(
        report.findings.iter().find(|f| f.rule.name == RULE).unwrap().severity,
        Severity::Info
    );
}

#[test]
fn stacks_and_intent_can_be_named_and_folders_left_out() {
    let mut all = project();
    let base = all[0].1.clone();
    all.push(("site.yml", base.clone()));
    all.push(("old/compose.yaml", base));
    let plain = report_of(&files(&all), |_| {});
    let names = |r: &Report| r.stacks.iter().map(|s| s.files[0].to_string()).collect::<Vec<_>>();
    // What a file of another name holds tells that it is one of Compose.
    assert_eq!(names(&plain), ["compose.yaml", "site.yml", "old/compose.yaml"]);
    all.push((
        "compose-doctor.toml",
        "exclude = [\"old/\"]\n[[stack]]\nfiles = [\"site.yml\"]\nintent = \"production\"\n"
            .to_owned(),
    ));
    let named = report_of(&files(&all), |_| {});
    assert_eq!(names(&named), ["site.yml"]);
    assert_eq!(
        (named.stacks[0].intent, named.stacks[0].intent_why.unmasked().as_str()),
        (Intent::Production, "the configuration says so")
    );
    all.pop();
    all.push(("compose-doctor.toml", "intent = \"production\"\n".to_owned()));
    assert!(report_of(&files(&all), |_| {}).stacks.iter().all(|s| s.intent == Intent::Production));
}

/// The baseline of a project, as text.
fn baseline_of(project: &[(&str, String)]) -> String {
    let files = files(project);
    let sources = Sources::new(&files);
    let report = check(&sources, &RelPath::root(), &Options::default());
    assert!(rules(&report).contains(&RULE));
    report::baseline(&known_findings(&report, &sources, &RelPath::root())).to_string()
}

#[test]
fn a_baseline_outlives_reordering_reformatting_and_other_values() {
    let baseline = baseline_of(&project());
    let json: serde_json::Value = serde_json::from_str(&baseline).unwrap();
    assert!(json["entries"].as_array().unwrap().iter().any(|e| e["rule"] == RULE), "{baseline}");
    assert!(!baseline.contains("postgres") && !baseline.contains("8000"), "no values: {baseline}");
    let with_baseline = |mut project: Vec<(&'static str, String)>| {
        project.push(("baseline.json", baseline.clone()));
        project.push(("compose-doctor.toml", "baseline = \"baseline.json\"\n".to_owned()));
        report_of(&files(&project), |_| {})
    };
    let same = with_baseline(project());
    assert!(same.findings.is_empty() && same.hidden.known > 0, "{:?}", rules(&same));
    let mut moved = project();
    moved[0].1 = concat!(
        "# a new first line\n",
        "volumes: {pgdata: {}}\n",
        "services:\n",
        "  web:\n",
        "    ports: ['8001:8000']\n",
        "    environment: [\"DB_PASSWORD=${DB_PASSWORD:?set it}\"]\n",
        "    command: \"gunicorn config.wsgi:application --workers 3 --bind 0.0.0.0:8000\"\n",
        "    build: .\n",
        "  db:\n",
        "    image: postgres:16\n",
        "    volumes: [\"pgdata:/var/lib/postgresql/data\"]\n",
        "    environment: {POSTGRES_PASSWORD: \"${DB_PASSWORD:?set it}\"}\n",
    )
    .to_owned();
    moved[5].1 = format!("# moved\n\n{}", moved[5].1);
    let moved = with_baseline(moved);
    assert!(moved.findings.is_empty(), "{:?}", rules(&moved));
    // A new fault is shown, and one that is gone is told of.
    let mut new = project();
    new[0].1 = format!(
        "version: '3.8'\n{}",
        new[0].1.replace("      - pgdata:/var/lib/postgresql/data\n", "      - pgdata:/data\n")
    );
    assert!(rules(&with_baseline(new)).contains(&"version-obsolete"));
    let mut mended = project();
    mended[0].1 = mended[0]
        .1
        .replace("command: gunicorn", "command: sh -c \"python manage.py migrate && exec gunicorn")
        .replace(":8000\n    env", ":8000\"\n    env");
    let mended = with_baseline(mended);
    assert!(rules(&mended).contains(&"baseline-entry-stale"), "{:?}", rules(&mended));
}

#[test]
fn a_baseline_that_is_none_is_told_of() {
    for text in [
        "",
        "{}",
        "[1]",
        "{\"schema_version\": 2, \"entries\": []}",
        "{\"schema_version\": 1, \"entries\": [{}]}",
        "\u{0}",
    ] {
        let mut project = project();
        project.push(("baseline.json", text.to_owned()));
        project.push(("compose-doctor.toml", "baseline = \"baseline.json\"\n".to_owned()));
        let report = report_of(&files(&project), |_| {});
        assert!(
            rules(&report).contains(&"config-invalid") && rules(&report).contains(&RULE),
            "{text:?}: {:?}",
            rules(&report)
        );
    }
}

#[test]
fn a_baseline_that_the_command_line_names_is_told_at_its_own_place() {
    let files = files(&project());
    let sources = Sources::new(&files);
    let path = RelPath::new("nope/baseline.json").unwrap();
    let settings = config::Settings {
        baseline: Some(config::Baseline { path, named: None }),
        ..config::find(&sources, &RelPath::root())
    };
    let report = check(&sources, &RelPath::root(), &Options { settings, ..Options::default() });
    let told = report.findings.iter().find(|f| f.rule.name == "config-invalid").unwrap();
    let place = &sources.file(told.labels[0].span.file).path;
    assert_eq!(place.as_str(), "nope/baseline.json");
}

use proptest::prelude::*;

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, rng_seed: proptest::test_runner::RngSeed::Fixed(1), ..ProptestConfig::default() })]

    /// Any configuration is read without a panic, and each of its problems stands inside it, on whole letters.
    #[test]
    fn any_configuration_is_read(text in "(\u{feff}|)(\\[\\[stack\\]\\]\n|\\[severity\\]\n|\\[per-path-ignores\\]\n|select = |ignore = |files = |intent = |exclude = |baseline = |\\['ALL', 'x'\\]\n|'[a-z*/!.{}\\[\\]-]{0,8}'|\"db-no-volume\" = |'error'\n|7\n|\\[|\\]|,|=|\\{|\\}|\n|한|#[a-z]*\n|\\.|\"){0,14}") {
        let mut project = project();
        project.push(("compose-doctor.toml", text));
        let files = files(&project);
        let sources = Sources::new(&files);
        let settings = config::find(&sources, &RelPath::root());
        for problem in &settings.problems {
            let file = sources.file(problem.span.file);
            prop_assert!(file.text.get(problem.span.range()).is_some(), "{problem:?}");
        }
        check(&sources, &RelPath::root(), &Options { settings, ..Options::default() });
    }

    /// Any comment, anywhere, is read without a panic, and what is said of it stands inside the file.
    #[test]
    fn any_comment_is_read(
        comment in "#{0,2} {0,2}compose-doctor: ?(file-|)(ignore|ignor|)(\\[|)( ?(db-migrate-never-run|version-obsolete|x|한|,|\\]|'|\"|#|\t)){0,8}",
        at in 0usize..6,
        line in 0usize..12,
    ) {
        let mut project = project();
        let (_, text) = &mut project[at];
        let place = text.match_indices('\n').nth(line).map_or(text.len(), |(i, _)| i);
        text.insert_str(place, &format!("\n{comment}"));
        let files = files(&project);
        let sources = Sources::new(&files);
        let report = check(&sources, &RelPath::root(), &Options::default());
        for label in report.findings.iter().flat_map(|f| &f.labels) {
            let file = sources.file(label.span.file);
            prop_assert!(file.text.get(label.span.range()).is_some(), "{label:?}");
        }
    }
}
