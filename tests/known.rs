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
