//! What is known of a value is told by its type, never by what happens to stand in a text.

mod support;

use compose_doctor::internals::source::MemoryFiles;
use support::findings;

/// The rules that report something in a project of one Compose file.
fn rules(compose: &str) -> Vec<String> {
    let mut files = MemoryFiles::new();
    files.add("compose.yaml", compose);
    findings(&files).into_iter().map(|f| f.hit.rule).collect()
}

#[test]
fn a_private_character_hides_no_password() {
    for end in ["", "\u{e000}"] {
        let compose = format!(
            "services:\n  db:\n    image: postgres:17\n    volumes: [data:/var/lib/postgresql/data]\n    environment:\n      POSTGRES_PASSWORD: pop_pw_81{end}\nvolumes:\n  data:\n"
        );
        assert_eq!(rules(&compose), ["hardcoded-db-password"], "{end:?}");
    }
}

/// What is reported of a mounted file that is missing.
fn missing_mount(item: &str) -> String {
    let mut files = MemoryFiles::new();
    let compose = format!("services:\n  proxy:\n    image: nginx:1.28\n    volumes:\n{item}\n");
    files.add("compose.yaml", compose);
    let found = findings(&files);
    let found = found.iter().find(|f| f.hit.rule == "mount-missing-file-becomes-dir");
    found.map_or_else(String::new, |f| f.message.clone())
}

#[test]
fn a_mount_remembers_its_syntax() {
    let folder = "so Docker makes a folder";
    let refused = "does not start: bind source path does not exist";
    for (item, wanted) in [
        ("      - ./nginx.conf:/etc/nginx/nginx.conf:ro", folder),
        (
            r#"      - {"type": "bind", "source": "./nginx.conf", "target": "/etc/nginx/nginx.conf"}"#,
            refused,
        ),
        (
            "      - type: bind\n        source: ./nginx.conf\n        target: /etc/nginx/nginx.conf",
            refused,
        ),
        (
            r#"      - {type: bind, source: ./nginx.conf, target: /etc/nginx/nginx.conf, bind: {create_host_path: true}}"#,
            folder,
        ),
    ] {
        let message = missing_mount(item);
        assert!(message.contains(wanted), "{item}: {message}");
    }
}

/// A service that starts `entrypoint.sh`, whose last line is `line`.
fn started(line: &str) -> Vec<String> {
    let mut files = MemoryFiles::new();
    files.add(
        "compose.yaml",
        "services:\n  web:\n    build: .\n    ports: ['8000:8000']\n    environment: [DEBUG=0]\n",
    );
    files.add(
        "Dockerfile",
        "FROM python:3.13\nRUN pip install django==5.2 gunicorn==23.0\nWORKDIR /app\nCOPY . .\nENTRYPOINT [\"/app/entrypoint.sh\"]\n",
    );
    files.add("entrypoint.sh", format!("#!/bin/sh\nset -e\nARGS=$(cat /run/args)\n{line}\n"));
    findings(&files).into_iter().map(|f| f.hit.rule).collect()
}

#[test]
fn an_argument_that_is_not_known_is_not_an_absent_one() {
    let rule = "bind-127-in-container".to_owned();
    assert!(started("exec gunicorn config.wsgi").contains(&rule));
    assert!(started("exec gunicorn config.wsgi --workers $ARGS").contains(&rule));
    assert!(!started("exec gunicorn config.wsgi $ARGS").contains(&rule));
    assert!(!started("exec gunicorn $ARGS config.wsgi").contains(&rule));
    assert!(!started("exec uvicorn config.asgi:application $ARGS").contains(&rule));
    // What a shell is given is not nothing.
    assert!(!started("sh -c \"$ARGS\"").contains(&"container-exits".to_owned()));
}
