//! What a project asks for itself: its configuration, its comments, its baseline.

use super::Folder;

const COMPOSE: &str = "version: '3'\nservices:\n  web:\n    image: nginx:1.28\n";

/// H56: configurations that are wrong, large, deep, or full of patterns. Each is told and ends with 2.
#[test]
fn h56_configurations() {
    for (config, words) in [
        ("selct = ['ALL']\n".to_owned(), "did you mean `select`?"),
        ("ignore = ['version-obsolet']\n".to_owned(), "did you mean `version-obsolete`?"),
        ("exclude = 7\n".to_owned(), "invalid type"),
        (format!("exclude = {}", "[".repeat(10_000)), "this is not TOML"),
        (format!("a{} = 1\n", ".a".repeat(10_000)), "error[config-invalid]"),
        (format!("ignore = [{}]\n", "'x', ".repeat(150_000)), "there is no rule `x`"),
        (format!("# {}\n", "x".repeat(1024 * 1024)), "the configuration cannot be read"),
        (format!("exclude = [{}]\n", "'{a', ".repeat(3_000)), "error[config-invalid]"),
        ("baseline = '/etc/passwd'\n".to_owned(), "error[config-invalid]"),
        ("[[stack]]\nfiles = ['../../../../etc/passwd']\n".to_owned(), "leaves the project"),
    ] {
        let folder = Folder::new();
        folder.write("compose.yaml", COMPOSE);
        folder.write("compose-doctor.toml", config);
        let run = folder.run(&["check"]);
        assert_eq!(run.status, 2, "{words}: {}", run.all());
        assert!(run.all().contains(words), "{words}: {}", run.all());
    }
}

/// H57: comments that are not understood are told, and a text that looks like a comment silences nothing.
#[test]
fn h57_suppressions() {
    for (text, words) in [
        (format!("# compose-doctor: ignore[nothing]\n{COMPOSE}"), "suppression-invalid"),
        (format!("# compose-doctor: ignore\n{COMPOSE}"), "suppression-invalid"),
        (
            format!(
                "{COMPOSE}    labels: {{x: '# compose-doctor: file-ignore[version-obsolete]'}}\n"
            ),
            "version-obsolete",
        ),
        (
            format!(
                "{COMPOSE}    command: |\n      # compose-doctor: file-ignore[version-obsolete]\n"
            ),
            "version-obsolete",
        ),
        (
            format!("{}{COMPOSE}", "# compose-doctor: ignore[version-obsolete,\n".repeat(10_000)),
            "suppression-invalid",
        ),
        (
            format!("# compose-doctor: ignore[{}]\n{COMPOSE}", "x,".repeat(100_000)),
            "suppression-invalid",
        ),
    ] {
        let folder = Folder::new();
        folder.write("compose.yaml", text);
        let run = folder.run(&["check", "--output-format", "concise"]);
        assert!(run.all().contains(words), "{words}: {}", run.all());
    }
}

/// H60: two runs that write the same baseline leave a whole one.
#[test]
fn h60_two_runs_at_once() {
    let folder = Folder::new();
    folder.write("compose.yaml", COMPOSE);
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                for _ in 0..10 {
                    assert_eq!(
                        folder
                            .run(&["check", "--baseline", "known.json", "--update-baseline"])
                            .status,
                        0
                    );
                }
            });
        }
    });
    let text = std::fs::read_to_string(folder.path("known.json")).unwrap();
    assert_eq!(
        serde_json::from_str::<serde_json::Value>(&text).unwrap()["entries"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
    let left = std::fs::read_dir(&folder.0)
        .unwrap()
        .flatten()
        .map(|e| e.file_name().into_string().unwrap())
        .collect::<Vec<_>>();
    assert!(left.iter().all(|n| !n.contains(".tmp")), "{left:?}");
    assert_eq!(folder.run(&["check", "--baseline", "known.json"]).status, 0);
}
