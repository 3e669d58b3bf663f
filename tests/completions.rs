//! Completion scripts and manual pages: that shells and `man` take them, and that they know the rules.
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test that fails may panic, and starts the shells that are there"
)]
#![allow(clippy::print_stderr, reason = "what is skipped is said")]

use compose_doctor::internals::rules::meta;
use std::io::Write as _;
use std::process::{Command, Stdio};

fn compose_doctor(args: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_compose-doctor")).args(args).output().unwrap();
    assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// What a program says of a text on its standard input; `None` where there is no such program.
fn fed(program: &str, args: &[&str], text: &str) -> Option<String> {
    let child = Command::new(program)
        .args(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn();
    let Ok(mut child) = child else {
        eprintln!("skipped: there is no {program}; install it to run this part");
        return None;
    };
    let mut input = child.stdin.take().unwrap();
    let text = text.to_owned();
    let writer = std::thread::spawn(move || input.write_all(text.as_bytes()));
    let output = child.wait_with_output().unwrap();
    let _ = writer.join();
    assert!(
        output.status.success(),
        "{program} {args:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    assert!(
        output.stderr.is_empty(),
        "{program} {args:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    Some(String::from_utf8(output.stdout).unwrap())
}

#[test]
fn every_script_knows_the_commands_and_its_shell_takes_it() {
    for (shell, check) in [
        ("bash", Some("-n")),
        ("zsh", Some("-n")),
        ("fish", Some("-n")),
        ("elvish", None),
        ("powershell", None),
    ] {
        let script = compose_doctor(&["completions", shell]);
        for word in ["check", "explain", "completions", "output-format"] {
            assert!(script.contains(word), "the script for {shell} does not know {word}");
        }
        if let Some(flag) = check {
            fed(shell, &[flag, "/dev/stdin"], &script);
        }
    }
    for shell in ["bash", "zsh", "fish"] {
        let script = compose_doctor(&["completions", shell]);
        let missing: Vec<_> =
            meta::ALL.iter().filter(|r| !script.contains(r.name)).map(|r| r.name).collect();
        assert!(missing.is_empty(), "the script for {shell} does not know {missing:?}");
    }
}

/// What bash offers for a line that ends where the cursor stands.
fn offered(script: &str, line: &str) -> Option<Vec<String>> {
    let words: Vec<&str> = line.split(' ').collect();
    let (current, before) = (words[words.len() - 1], words[words.len() - 2]);
    let quoted: Vec<String> = words.iter().map(|w| format!("'{w}'")).collect();
    let ask = format!(
        "{script}\nfunction=$(complete -p compose-doctor | sed 's/.*-F \\([^ ]*\\).*/\\1/')\nCOMP_WORDS=({})\nCOMP_CWORD={}\n\
         \"$function\" compose-doctor '{current}' '{before}'\nprintf '%s\\n' \"${{COMPREPLY[@]}}\"\n",
        quoted.join(" "),
        words.len() - 1
    );
    Some(fed("bash", &["--norc"], &ask)?.lines().map(str::to_owned).collect())
}

#[test]
fn bash_completes_commands_options_and_rules() {
    let script = compose_doctor(&["completions", "bash"]);
    for (line, wanted) in [
        ("compose-doctor expl", "explain"),
        ("compose-doctor explain db-host-l", "db-host-localhost"),
        ("compose-doctor check --select db-host-l", "db-host-localhost"),
        ("compose-doctor check --ignore static-root-u", "static-root-unset"),
        ("compose-doctor check --fail-on er", "error"),
        ("compose-doctor check --min-c", "--min-confidence"),
        ("compose-doctor completions zs", "zsh"),
    ] {
        let Some(offered) = offered(&script, line) else { return };
        assert_eq!(offered, [wanted], "{line}");
    }
}

#[test]
fn a_misspelt_rule_is_still_answered_with_the_one_that_was_meant() {
    let output = Command::new(env!("CARGO_BIN_EXE_compose-doctor"))
        .args(["explain", "db-host-localhots"])
        .output()
        .unwrap();
    let err = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(err.contains("did you mean `db-host-localhost`?") && err.lines().count() < 5, "{err}");
}

#[test]
fn every_command_has_a_manual_page_and_a_completion() {
    let list = compose_doctor(&["man", "--list"]);
    let commands: Vec<&str> = list.lines().collect();
    let help = compose_doctor(&["--help"]);
    let help = help.split("Commands:").nth(1).unwrap().split("Options:").next().unwrap();
    let helped: Vec<&str> = help
        .lines()
        .filter_map(|l| l.strip_prefix("  ")?.split(' ').next().filter(|w| !w.is_empty()))
        .filter(|word| *word != "help")
        .collect();
    assert_eq!(commands, helped);
    assert!(commands.contains(&"diagnose"), "{commands:?}");
    let scripts = ["bash", "zsh", "fish", "elvish", "powershell"]
        .map(|shell| compose_doctor(&["completions", shell]));
    for command in commands {
        let page = compose_doctor(&["man", command]);
        assert!(page.contains(&format!("\n.TH compose-doctor-{command} ")), "{page}");
        assert!(scripts.iter().all(|script| script.contains(command)), "{command}");
    }
}

#[test]
fn manual_pages_tell_of_every_option() {
    for (command, options) in [
        (None, &["color"][..]),
        (Some("check"), &["select", "fail-on", "output-format", "color"]),
        (Some("env"), &["env-file"]),
    ] {
        let args: Vec<&str> = ["man"].into_iter().chain(command).collect();
        let page = compose_doctor(&args);
        assert!(page.contains(".TH "), "{page}");
        for option in options {
            assert!(
                page.contains(&format!("\\-\\-{}", option.replace('-', "\\-"))),
                "the page of {command:?} does not tell of --{option}"
            );
        }
        if let Some(shown) = fed("man", &["-l", "-"], &page) {
            assert!(options.iter().all(|o| shown.contains(&format!("--{o}"))), "{shown}");
        }
    }
    let output =
        Command::new(env!("CARGO_BIN_EXE_compose-doctor")).args(["man", "chek"]).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("did you mean `check`?"));
}
