//! What people get wrong without meaning harm.

use super::*;

/// A path that is not there says so.
#[test]
fn bad_a_missing_path() {
    let folder = Folder::with_neighbour();
    let run = folder.run(&["check", "neighbor"]);
    assert_eq!((run.status, run.out.as_str()), (2, ""));
    assert_eq!(run.err, "error: `neighbor` does not exist; did you mean `neighbour`?\n");
}

/// Nothing to check is not a clean run.
#[test]
fn bad_an_empty_folder_and_one_without_compose_files() {
    let folder = Folder::new();
    folder.says(2, &["no Compose file found in `.`", "looked for compose.yaml"]);
    folder.write("README.md", "# docker compose\n");
    folder.write("Dockerfile", "FROM nginx\n");
    folder.write("values.yaml", "services: {}\n");
    folder.says(2, &["no Compose file found in `.`", "looked for compose.yaml"]);
}

/// A Compose file that is a list (or a single word, or nothing).
#[test]
fn bad_a_compose_file_that_is_a_list() {
    let mut wrong = Vec::new();
    for (text, reason) in [
        ("- web\n- db\n", "is a mapping at its top"),
        ("web\n", "is a mapping at its top"),
        ("", "is empty"),
        ("# nothing\n", "is empty"),
    ] {
        let folder = Folder::with_neighbour();
        folder.write("compose.yaml", text);
        let json = folder.json();
        let found = json["findings"].as_array().unwrap();
        let says = |f: &Value, word: &str| f["message"].as_str().unwrap().contains(word);
        let told =
            found.iter().any(|f| f["labels"][0]["path"] == "compose.yaml" && says(f, reason));
        if !told || !found.iter().any(|f| says(f, STILL_CHECKED)) {
            wrong.push(format!("{text:?}: {found:#?}"));
        }
    }
    assert!(
        wrong.is_empty(),
        "no finding in compose.yaml says what is wrong with it:\n{}",
        wrong.join("\n")
    );
}

/// A Dockerfile that is a program.
#[test]
fn bad_a_binary_dockerfile() {
    let folder = Folder::with_neighbour();
    folder.write("compose.yaml", "version: '3'\nservices:\n  web:\n    build: .\n");
    folder.write("Dockerfile", b"\x7fELF\x02\x01\x01\0\0\0\0\xff\xfe");
    folder.says(
        1,
        &["Dockerfile", "is a binary file (NUL at byte 7)", "version-obsolete", STILL_CHECKED],
    );
}

/// Settings that Python would not read either.
#[test]
fn bad_settings_with_a_syntax_error() {
    let folder = Folder::with_neighbour();
    folder.write("compose.yaml", "version: '3'\nservices:\n  web:\n    build: .\n    command: python manage.py runserver 0.0.0.0:8000\n");
    folder
        .write("Dockerfile", "FROM python:3.12\nWORKDIR /app\nCOPY . .\nRUN pip install django\n");
    folder.write(
        "manage.py",
        "import os\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'config.settings')\n",
    );
    folder.write("config/__init__.py", "");
    folder.write("config/settings.py", "DEBUG = True\nALLOWED_HOSTS = ['*'\nINSTALLED_APPS = []\n");
    folder.says(1, &["config/settings.py", "syntax-error", "version-obsolete", STILL_CHECKED]);
    let json = folder.json();
    let found = json["findings"].as_array().unwrap();
    let located = |f: &Value| {
        f["rule"] == "syntax-error"
            && f["labels"][0]["path"] == "config/settings.py"
            && f["labels"][0]["start"]["line"].as_u64() > Some(1)
    };
    assert!(found.iter().any(located), "{json:#}");
}

/// A service that names a Dockerfile that is not there; the one that is there is offered.
#[test]
fn bad_a_dockerfile_that_is_not_there() {
    let folder = Folder::with_neighbour();
    folder.write("compose.yaml", "version: '3'\nservices:\n  web:\n    build:\n      context: .\n      dockerfile: Dockerfile.backend\n");
    folder.write("Dockerfile.backnd", "FROM nginx\n");
    folder.says(
        1,
        &["Dockerfile.backend", "no such file or directory", "version-obsolete", STILL_CHECKED],
    );
    assert!(
        folder.run(&["check"]).out.contains("help: there is Dockerfile.backnd"),
        "the one that is there is offered"
    );
    let label = folder.json()["findings"]
        .as_array()
        .unwrap()
        .iter()
        .find(|f| f["rule"] == "dockerfile-missing")
        .unwrap()["labels"][0]
        .clone();
    assert_eq!(
        (label["start"]["line"].as_u64(), label["path"].as_str()),
        (Some(6), Some("compose.yaml")),
        "{label}"
    );
}
