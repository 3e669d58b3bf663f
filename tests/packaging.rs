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
        "`compose-doctor` is somebody else's"
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
    for file in [".github/workflows/ci.yml", ".github/workflows/release.yml", "action.yml"] {
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
    for file in [".github/workflows/ci.yml", ".github/workflows/release.yml"] {
        let permissions = &yaml(file)["permissions"];
        let few = permissions
            .as_mapping()
            .is_some_and(|m| m.iter().all(|(k, v)| k == "contents" && v == "read"));
        assert!(few, "{file}: a workflow as a whole may read the repository at most");
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
    assert!(["/examples", "/fixtures", "/tests"].iter().all(|path| out.contains(path)), "{out:?}");
    for needed in ["/rules", "/data", "/build", "/src", "/benches", "/python"] {
        assert!(!out.contains(&needed), "{needed} is needed");
    }
}
