//! Names of files that do harm where they are shown, or look like others.

use super::*;
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;

/// H15: names that steer a terminal, a runner, a shell or the command line itself.
#[test]
fn h15_names_that_do_harm() {
    let folder = Folder::with_neighbour();
    let long = "n".repeat(255);
    let names = [
        "a\nb",
        "\u{1b}[2J",
        "quo\"te'",
        "-rf",
        &long,
        "%0A",
        "::error::x",
        "::set-output name=a::b",
        "##vso[x]",
        "##[error]",
        " ",
        "한글",
        "a\\b",
        "$(id)",
    ];
    for name in names {
        folder.write(&format!("{name}/compose.yaml"), NEIGHBOUR);
    }
    folder.write("-rf/-rf/compose.yaml", NEIGHBOUR);
    for run in folder.check() {
        assert!(raw_controls(&run.all()).is_empty(), "{:?}", raw_controls(&run.all()));
        let commanding = |l: &&str| {
            l.trim_start().starts_with("::") || l.contains("##[") || l.contains("##vso[")
        };
        if run.out.starts_with('{') {
            let json: Value = serde_json::from_str(&run.out).unwrap();
            let paths: Vec<&str> = json["findings"]
                .as_array()
                .unwrap()
                .iter()
                .filter_map(|f| f["labels"][0]["path"].as_str())
                .collect();
            for name in names {
                assert!(
                    paths.contains(&format!("{name}/compose.yaml").as_str()),
                    "{name:?} is not in {paths:?}"
                );
            }
        } else {
            assert_eq!(run.all().lines().find(commanding), None);
        }
    }
    assert_eq!(folder.run(&["check", "-rf"]).status, 2);
    assert_eq!(folder.run(&["check", "--", "-rf"]).status, 1);
    assert_eq!(folder.run(&["check", "./-rf/compose.yaml"]).status, 1);
    // What is no UTF-8 can be named by nothing, and is told.
    let folder = Folder::with_neighbour();
    for bytes in [&b"d\xff"[..], b"compose.\xff.yaml"] {
        let path = folder.0.join(OsStr::from_bytes(bytes));
        if bytes.ends_with(b"yaml") {
            std::fs::write(path, NEIGHBOUR).unwrap();
        } else if std::fs::create_dir(&path).is_ok() {
            std::fs::write(path.join("compose.yaml"), NEIGHBOUR).unwrap();
        }
    }
    folder.says(
        1,
        &[
            "d\u{fffd} has a name that is not UTF-8",
            "compose.\u{fffd}.yaml has a name that is not UTF-8",
            STILL_CHECKED,
        ],
    );
    let mut named = Command::new(env!("CARGO_BIN_EXE_compose-doctor"));
    named.current_dir(&folder.0).arg("check").arg(OsStr::from_bytes(b"d\xff"));
    let run = watch(named);
    assert!(matches!(run.status, 1 | 2) && !run.all().contains('\u{1b}'), "{}", run.all());
}

/// H16: one file under two names counts for each of them, as Compose would read it; nothing is counted twice.
#[test]
fn h16_twins() {
    let folder = Folder::new();
    for path in ["caf\u{e9}/compose.yaml", "cafe\u{301}/compose.yaml", "Case/compose.yaml"] {
        folder.write(path, NEIGHBOUR);
    }
    folder.write("case/compose.yaml", NEIGHBOUR);
    let distinct = std::fs::read_dir(&folder.0).unwrap().count();
    folder.link("case", "alias");
    assert_eq!(folder.json()["coverage"]["files"]["compose"], distinct);
}
