//! `compose-doctor graph`: services, what joins them, and where the findings are.
#![allow(clippy::disallowed_methods, reason = "a test starts the program on a real folder")]

mod support;

use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::Command;
use support::home;

fn graph(folder: &Path, format: &str) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_compose-doctor"))
        .args(["graph", "--format", format])
        .arg(folder)
        .output()
        .expect("the program starts");
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("text")
}

fn founding() -> PathBuf {
    home().join("fixtures/pop_planner/1-as-published")
}

fn folder(name: &str, compose: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("graph").join(name);
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).expect("the folder can be made");
    std::fs::write(folder.join("compose.yaml"), compose).expect("it can be written");
    folder
}

#[test]
fn the_founding_project_is_drawn() {
    let text = graph(&founding(), "mermaid");
    for part in [
        "flowchart LR\n  subgraph k0[\"docker-compose.yaml\"]\n",
        "    s0_0[(\"db<br/>postgres:14<br/>",
        "    s0_1[\"django<br/>gunicorn<br/>error: db-migrate-never-run<br/>",
        "]:::error\n",
        "    s0_1 -->|\"DATABASES\"| s0_0\n",
        "    s0_1 -.->|\"starts after\"| s0_0\n",
        "| s0_1\n",
    ] {
        assert!(text.contains(part), "{part:?} is not in\n{text}");
    }
    let text = graph(&founding(), "dot");
    assert!(text.starts_with("digraph stacks {\n") && text.ends_with("}\n"), "{text}");
    assert!(text.contains("s0_1 -> s0_0 [label=\"starts after\", style=dashed];"), "{text}");
}

#[test]
fn programs_get_the_same_facts() {
    let json: Value = serde_json::from_str(&graph(&founding(), "json")).expect("JSON");
    let stack = &json["stacks"][0];
    assert_eq!(stack["services"][1]["name"], "django");
    assert_eq!(stack["services"][1]["runs"][0], "gunicorn");
    let edge = &stack["edges"][0];
    assert_eq!((&edge["from"], &edge["to"]), (&Value::from("django"), &Value::from("db")));
    assert_eq!(edge["kind"], "connects");
    assert!(edge["at"].as_str().is_some_and(|a| a == "docker-compose.yaml:37"), "{edge}");
    let findings = stack["services"][1]["findings"].as_array().expect("a list");
    assert!(findings.iter().any(|f| f["rule"] == "static-no-server-debug-false"), "{findings:?}");
}

#[test]
fn shared_volumes_join_services_and_names_cannot_leave_their_quotes() {
    let compose = "services:\n  a:\n    image: 'x\"];click'\n    volumes: [data:/d]\n  b:\n    image: redis:7\n    volumes: [data:/d]\n    environment: {REDIS_PASSWORD: kR7vTq2mXw}\nvolumes: {data: }\n";
    let at = folder("hostile", compose);
    let text = graph(&at, "mermaid");
    assert!(text.contains("v0_0[/\"volume data\"/]") && text.contains("s0_1 --- v0_0"), "{text}");
    assert!(text.contains("x#34;#93;#59;click"), "{text}");
    let text = graph(&at, "dot");
    assert!(text.contains("x\\\"];click"), "{text}");
    for format in ["mermaid", "dot", "json"] {
        assert!(!graph(&at, format).contains("kR7vTq2mXw"), "{format}");
    }
}
