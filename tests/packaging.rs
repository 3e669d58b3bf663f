//! What other programs read to install or start this one: the hook list, `pyproject.toml`, the action and its scripts,
//! the workflows, the image.
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test that fails may panic, and looks at the repository itself"
)]

mod support;

use regex::Regex;
use serde_yaml::Value;
use std::process::Command;
use support::home;

fn text(path: &str) -> String {
    std::fs::read_to_string(home().join(path)).unwrap_or_else(|why| panic!("{path}: {why}"))
}

fn yaml(path: &str) -> Value {
    serde_yaml::from_str(&text(path)).unwrap_or_else(|why| panic!("{path}: {why}"))
}

/// The three hooks, with their YAML aliases resolved.
fn hooks() -> Vec<Value> {
    yaml(".pre-commit-hooks.yaml").as_sequence().unwrap().clone()
}

#[test]
fn hooks_check_the_whole_project_once() {
    let hooks = hooks();
    let ids: Vec<_> = hooks
        .iter()
        .map(|h| (h["id"].as_str().unwrap(), h["language"].as_str().unwrap()))
        .collect();
    assert_eq!(
        ids,
        [
            ("compose-doctor", "python"),
            ("compose-doctor-src", "rust"),
            ("compose-doctor-system", "system")
        ]
    );
    for hook in &hooks {
        assert_eq!(hook["entry"], "compose-doctor check");
        assert_eq!(hook["pass_filenames"], false, "what one file breaks stands in another");
        assert_eq!(hook["require_serial"], true);
        assert_eq!(hook["files"], hooks[0]["files"]);
    }
}

#[test]
fn hooks_run_for_what_is_read_and_for_nothing_else() {
    let files = Regex::new(hooks()[0]["files"].as_str().unwrap()).unwrap();
    let read = [
        "compose.yaml",
        "compose.yml",
        "docker-compose.yml",
        "docker-compose.prod.yaml",
        "deploy/compose.override.yml",
        "web_compose.yml",
        "production.yml",
        "local.yml",
        "Dockerfile",
        "Dockerfile.prod",
        "web/prod.Dockerfile",
        "Containerfile",
        ".dockerignore",
        "web/Dockerfile.dockerignore",
        "entrypoint.sh",
        "docker-entrypoint",
        "compose/production/django/start",
        "docker/web/run",
        "scripts/wait.bash",
        "Procfile",
        "Makefile",
        "nginx.conf",
        "nginx/templates/default.conf.template",
        "nginx/sites-enabled/site",
        "uwsgi.ini",
        ".env",
        ".env.production",
        "prod.env",
        ".envs/.production/.django",
        "config/settings.py",
        "config/settings/base.py",
        "shop/settings_prod.py",
        "config/celery.py",
        "config/urls.py",
        "manage.py",
        "wsgi.py",
        "shop/models.py",
        "shop/migrations/0001_initial.py",
        "gunicorn.conf.py",
        "dags/load.py",
        "airflow.cfg",
        "requirements.txt",
        "requirements-dev.txt",
        "requirements/base.txt",
        "pyproject.toml",
        "Pipfile.lock",
        "uv.lock",
        ".gitignore",
        "compose-doctor.toml",
        ".compose-doctor.toml",
        "compose-doctor-baseline.json",
    ];
    let other = [
        "README.md",
        "docs/install.md",
        "shop/views.py",
        "shop/tests/test_views.py",
        "static/css/site.css",
        "templates/base.html",
        "package.json",
        "composer.json",
        "decompose.py",
        "environment.py",
        "src/envelope.ts",
        ".github/workflows/ci.yml",
        "locale/ko/LC_MESSAGES/django.po",
        "image.png",
    ];
    let missed: Vec<_> = read.iter().filter(|p| !files.is_match(p)).collect();
    let idle: Vec<_> = other.iter().filter(|p| files.is_match(p)).collect();
    assert!(missed.is_empty() && idle.is_empty(), "does not run for {missed:?}, runs for {idle:?}");
    // What the shipped stages of one real project are made of, but for pages and styles.
    for path in support::files_below(&home().join("fixtures/pop_planner")) {
        let path = path
            .strip_prefix(home().join("fixtures/pop_planner"))
            .unwrap()
            .to_string_lossy()
            .replace('\\', "/");
        let path = path.split_once('/').unwrap().1;
        let page = [".html", ".css", ".js", ".png", ".ico", ".json", ".md"]
            .iter()
            .any(|e| path.ends_with(e))
            || path.ends_with("__init__.py");
        assert!(page || files.is_match(path), "does not run for {path}");
    }
}

#[test]
fn the_package_has_a_name_of_its_own_and_the_version_of_the_program() {
    let package: toml::Table = text("pyproject.toml").parse().unwrap();
    let project = package["project"].as_table().unwrap();
    assert_eq!(
        project["name"].as_str(),
        Some("compose-doctor-django"),
        "`compose-doctor` is another project"
    );
    assert_eq!(project["dynamic"].as_array().unwrap()[0].as_str(), Some("version"));
    assert!(!project.contains_key("version"), "Cargo.toml says the version");
    let maturin = &package["tool"]["maturin"];
    assert_eq!(maturin["bindings"].as_str(), Some("bin"));
    let module = maturin["module-name"].as_str().unwrap();
    assert!(
        home().join("python").join(module).join("__main__.py").is_file(),
        "`python -m {module}`"
    );
    let cargo: toml::Table = text("Cargo.toml").parse().unwrap();
    assert!(
        cargo["package"]["name"].as_str() == Some("compose-doctor")
            && !cargo.contains_key("workspace"),
        "hooks install the root"
    );
    assert_eq!(project["description"], cargo["package"]["description"]);
    assert_eq!(project["license"], cargo["package"]["license"]);
    assert_eq!(package["project"]["urls"]["Repository"], cargo["package"]["repository"]);
}

/// Every step of a workflow or an action, with where it stands.
fn steps<'y>(at: &str, value: &'y Value, all: &mut Vec<(String, &'y Value)>) {
    match value {
        Value::Mapping(map) => {
            for (key, value) in map {
                let key = key.as_str().unwrap_or("?");
                if let ("steps", Some(list)) = (key, value.as_sequence()) {
                    all.extend(
                        list.iter().enumerate().map(|(i, s)| (format!("{at}, step {}", i + 1), s)),
                    );
                } else {
                    steps(&format!("{at} {key}"), value, all);
                }
            }
        }
        Value::Sequence(list) => list.iter().for_each(|value| steps(at, value, all)),
        _ => {}
    }
}

#[test]
fn workflows_run_no_expression_and_pin_what_they_use() {
    let pinned = Regex::new(r"^[\w.-]+/[\w./-]+@[0-9a-f]{40}$").unwrap();
    let comment = Regex::new(r"(?m)uses: *(\S+)(.*)$").unwrap();
    let mut seen = 0;
    let workflows = workflows();
    for file in workflows.iter().map(String::as_str).chain(["action.yml"]) {
        let tree = yaml(file);
        let mut all = Vec::new();
        steps(file, &tree, &mut all);
        assert!(!all.is_empty(), "{file} has no steps");
        seen += all.len();
        for (at, step) in all {
            let run = step["run"].as_str().unwrap_or_default();
            assert!(
                !run.contains("${{"),
                "{at}: an expression becomes part of the script; hand it over in `env`"
            );
            if let Some(used) = step["uses"].as_str() {
                assert!(pinned.is_match(used), "{at}: {used} is not pinned by its hash");
            }
        }
        for line in comment.captures_iter(&text(file)) {
            assert!(line[2].starts_with(" # v"), "{file}: say which tag {} is", &line[1]);
        }
    }
    assert!(seen > 20, "{seen} steps");
    for file in &workflows {
        let tree = yaml(file);
        let few = tree["permissions"]
            .as_mapping()
            .is_some_and(|m| m.iter().all(|(k, v)| k == "contents" && v == "read"));
        assert!(few, "{file}: a workflow as a whole may read the repository at most");
        for (job, value) in tree["jobs"].as_mapping().unwrap() {
            assert!(value["timeout-minutes"].is_number(), "{file}: {job:?} may hang for hours");
            assert!(value["runs-on"].is_string(), "{file}: {job:?} runs nowhere");
            let checks_out = value["steps"].as_sequence().unwrap().iter().filter(|step| {
                step["uses"].as_str().is_some_and(|used| used.starts_with("actions/checkout@"))
            });
            for step in checks_out {
                let kept = &step["with"]["persist-credentials"];
                assert_eq!(*kept, false, "{file}: {job:?} leaves a token in the checkout");
            }
        }
    }
}

/// The workflows of this repository.
fn workflows() -> Vec<String> {
    let files = support::files_below(&home().join(".github/workflows"));
    files.iter().map(|path| format!(".github/workflows/{}", support::name(path))).collect()
}

/// The scripts of all steps of a workflow.
fn scripts(file: &str) -> String {
    let tree = yaml(file);
    let mut all = Vec::new();
    steps(file, &tree, &mut all);
    all.iter().filter_map(|(_, step)| step["run"].as_str()).collect::<Vec<_>>().join("\n")
}

#[test]
fn ci_checks_every_platform_that_is_released() {
    let ci = yaml(".github/workflows/ci.yml");
    assert!(scripts(".github/workflows/ci.yml").lines().any(|l| l == ".ci/run"));
    let tried = serde_yaml::to_string(&ci["jobs"]).unwrap();
    let release = yaml(".github/workflows/release.yml");
    let matrix = &release["jobs"]["build"]["strategy"]["matrix"]["include"];
    for build in matrix.as_sequence().unwrap() {
        let system = build["on"].as_str().unwrap().split('-').next().unwrap();
        assert!(tried.contains(&format!("{system}-")), "ci.yml runs nothing on {system}");
    }
}

#[test]
fn a_release_has_the_manual_page_of_every_command_and_every_completion() {
    let release = scripts(".github/workflows/release.yml");
    // The program lists the commands, so that a new one is not left out.
    assert!(release.contains("commands=$(\"$program\" man --list)"), "{release}");
    assert!(release.contains("for command in $commands; do"), "{release}");
    let help = Command::new(env!("CARGO_BIN_EXE_compose-doctor"))
        .args(["completions", "--help"])
        .output()
        .unwrap();
    let help = String::from_utf8(help.stdout).unwrap();
    let shells = help.split("[possible values: ").nth(1).unwrap().split(']').next().unwrap();
    for shell in shells.split(", ") {
        assert!(
            release.contains(&format!("\"$program\" completions {shell} >")),
            "archives have no completions for {shell}"
        );
    }
}

#[test]
fn what_is_published_is_built_with_the_profile_for_it() {
    let cargo: toml::Table = text("Cargo.toml").parse().unwrap();
    let profiles = cargo["profile"].as_table().unwrap();
    assert_eq!(profiles["dist"]["lto"].as_str(), Some("thin"));
    assert_eq!(profiles["release"]["lto"].as_str(), Some("off"), "people wait for this build");
    let package: toml::Table = text("pyproject.toml").parse().unwrap();
    let own = package["tool"]["maturin"]["profile"].as_str().unwrap();
    assert!(profiles.contains_key(own), "Cargo.toml has no profile {own}");
    assert!(text("Dockerfile").contains("cargo build --profile dist --locked"));
    let release = text(".github/workflows/release.yml");
    assert!(release.contains("args: --profile dist --locked "));
    assert!(release.contains("program=target/$TARGET/dist/compose-doctor"));
    assert!(!release.contains("--release"), "the profile `release` is not for releases");
}

#[test]
fn the_build_does_not_compile_what_nothing_uses() {
    let lock = text("Cargo.lock");
    let locked = |package: &str| lock.contains(&format!("\nname = \"{package}\"\n"));
    let page = text("docs/libraries.md");
    let updates = text(".github/dependabot.yml");
    for (package, version, brings) in [
        ("textwrap", "0.16.2", "icu_segmenter"),
        ("psm", "0.1.27", "object"),
        ("ppv-lite86", "0.2.17", "zerocopy"),
    ] {
        assert!(
            !locked(brings),
            "Cargo.lock has {brings}; run `cargo update -p {package} --precise {version}` (docs/libraries.md says why)"
        );
        if locked(package) {
            assert!(
                page.contains(&format!("| `{package}` {version} |")),
                "docs/libraries.md: {package}"
            );
            assert!(updates.contains(&format!("- dependency-name: {package}\n")), "{package}");
        } else {
            assert!(!updates.contains(package), "{package} is not held back any more");
        }
    }
}

#[test]
fn one_owner_stands_for_all_addresses() {
    let cargo: toml::Table = text("Cargo.toml").parse().unwrap();
    let ours = cargo["package"]["repository"].as_str().unwrap();
    assert_eq!(cargo["package"]["homepage"].as_str(), Some(ours));
    let other = Regex::new(r"https://github\.com/([\w.-]+)/compose-doctor\b").unwrap();
    let files = ["README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md", "pyproject.toml"];
    let mut pages: Vec<_> = files.iter().map(|file| home().join(file)).collect();
    pages.extend(support::files_below(&home().join("docs")));
    pages.extend(support::files_below(&home().join(".github")));
    for page in pages {
        let text = std::fs::read_to_string(&page).unwrap();
        for found in other.find_iter(&text) {
            assert_eq!(found.as_str(), ours, "{}", page.display());
        }
    }
}

#[test]
fn the_action_hands_every_input_to_its_scripts_and_declares_what_they_answer() {
    let action = yaml("action.yml");
    let scripts = text(".github/action/install.sh") + &text(".github/action/run.sh");
    let whole = text("action.yml");
    for (input, _) in action["inputs"].as_mapping().unwrap() {
        let input = input.as_str().unwrap();
        let variable = format!("DOCTOR_{}", input.to_uppercase().replace('-', "_"));
        assert!(
            whole.contains(&format!("{variable}: ${{{{ inputs.{input} }}}}")),
            "action.yml does not hand over {input}"
        );
        assert!(scripts.contains(&format!("${{{variable}")), "no script reads {variable}");
    }
    for (output, value) in action["outputs"].as_mapping().unwrap() {
        let output = output.as_str().unwrap();
        assert_eq!(
            value["value"].as_str().unwrap(),
            format!("${{{{ steps.check.outputs.{output} }}}}")
        );
        assert!(scripts.contains(&format!("{output}=%")), "no script writes {output}");
    }
}

#[test]
fn the_image_is_sent_what_the_build_reads() {
    let ignore = text(".dockerignore");
    let sent: Vec<&str> = ignore.lines().filter_map(|l| l.strip_prefix('!')).collect();
    for needed in
        ["Cargo.toml", "Cargo.lock", "build.rs", "build", "rules", "data", "src", "benches"]
    {
        assert!(sent.contains(&needed), ".dockerignore leaves out {needed}");
    }
    assert!(sent.iter().all(|p| home().join(p).exists()), "{sent:?}");
    let file = text("Dockerfile");
    assert!(file.contains("\nFROM scratch\n") && file.contains("\nUSER 65532:65532\n"));
    let cargo: toml::Table = text("Cargo.toml").parse().unwrap();
    let rust = cargo["package"]["rust-version"].as_str().unwrap();
    assert!(
        file.contains(&format!("FROM rust:{rust}-")),
        "the image is built with another Rust than Cargo.toml asks for ({rust})"
    );
}

#[test]
fn a_package_leaves_out_what_no_build_reads() {
    let cargo: toml::Table = text("Cargo.toml").parse().unwrap();
    let out: Vec<&str> = cargo["package"]["exclude"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(toml::Value::as_str)
        .collect();
    for idle in ["/docs", "/examples", "/fixtures/*", "/packaging", "/tests", "/xtask"] {
        assert!(out.contains(&idle), "{out:?} does not have {idle}");
    }
    for needed in
        ["/rules", "/data", "/build", "/fixtures", "/fixtures/bases", "/src", "/benches", "/python"]
    {
        assert!(!out.contains(&needed), "{needed} is needed");
    }
}
