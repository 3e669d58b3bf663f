//! What is known of a value is told by its type, never by what happens to stand in a text.

mod support;

use compose_doctor::source::MemoryFiles;
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
