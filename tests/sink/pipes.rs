//! Output into pipes and onto full disks.

use super::*;

/// Projects of whose findings each takes thousands of bytes, because their files lie deep: more than 10 MB of JSON.
fn talkative(folder: &Folder) {
    let mut compose = String::from("services:\n");
    for n in 0..20 {
        writeln!(compose, "  s{n}: {{image: x, ports: ['8000:1']}}").unwrap();
    }
    let deep = format!("{}/", "d".repeat(200)).repeat(12);
    for n in 0..70 {
        folder.write(&format!("{deep}{n}/compose.yaml"), &compose);
    }
}

#[test]
fn megabytes_arrive_whole_and_a_reader_may_leave() {
    let folder = Folder::new("pipe");
    talkative(&folder);
    let program = env!("CARGO_BIN_EXE_compose-doctor");
    let shell = |line: &str| {
        let mut shell = Command::new("bash");
        shell
            .current_dir(&folder.0)
            .args(["-c", line, "bash", program])
            .env_remove("COMPOSE_DOCTOR_OUTPUT_FILE");
        ended(&mut shell)
    };
    let json = "\"$1\" check --output-format json";
    let file = shell(&format!("{json} -o out.json"));
    assert_eq!(file.status, 1, "{}", file.err);
    let bytes = std::fs::metadata(folder.0.join("out.json")).unwrap().len();
    assert!(bytes > 10_000_000, "{bytes} bytes");
    let slow = shell(&format!("{json} | (sleep 1; cat) | cmp - out.json; echo ${{PIPESTATUS[*]}}"));
    assert_eq!(slow.out, "1 0 0\n", "{}", slow.err);
    let left = shell(&format!("{json} | head -1; echo ${{PIPESTATUS[0]}}"));
    assert_eq!((left.out.as_str(), left.err.as_str()), ("{\n1\n", ""), "as if it had been read");
}

#[test]
fn a_closed_output_is_quiet_and_a_full_disk_is_not() {
    let folder = project("closed");
    let shell = |line: &str| {
        let mut shell = Command::new("bash");
        shell
            .current_dir(&folder.0)
            .args(["-c", line, "bash", env!("CARGO_BIN_EXE_compose-doctor")])
            .stdin(Stdio::null());
        ended(&mut shell)
    };
    for format in &FORMATS {
        let check = format!("\"$1\" check --output-format {}", format.name);
        let closed = shell(&format!("{check} >&-"));
        assert!(
            closed.status == 1 && !closed.err.contains("error: "),
            "{}: {}",
            format.name,
            closed.err
        );
        assert_eq!(shell(&format!("{check} 2>&-")).status, 1, "{}", format.name);
        if Path::new("/dev/full").exists() {
            let full = shell(&format!("{check} >/dev/full"));
            assert!(
                full.status == 2 && full.err.starts_with("error: the output cannot be written: "),
                "{}: {}",
                format.name,
                full.err
            );
        }
    }
    assert_eq!(shell("\"$1\" check -o report >&- 2>&-").status, 1);
    assert!(folder.read("report").contains("duplicate-host-port"));
}
