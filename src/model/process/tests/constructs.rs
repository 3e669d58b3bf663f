//! Small scripts with the commands that real shells ran for them, each a program that succeeds and prints nothing.
//!
//! `constructs.txt` holds one case after another: `===` with the shells that agree, the environment and the arguments;
//! the script; `---` with a further file each; `>>>` with the commands in the order in which dash, Bash and the shell of
//! busybox ran them. An argument that is no plain word stands in quotes.

use super::*;

/// A case, and what the shells did.
struct Case<'c> {
    shells: Vec<&'c str>,
    env: Vec<(&'c str, &'c str)>,
    args: Vec<&'c str>,
    files: Vec<(String, String)>,
    ran: Vec<&'c str>,
}

fn cases(text: &'static str) -> Vec<Case<'static>> {
    let mut all: Vec<Case<'static>> = Vec::new();
    let mut results = false;
    for line in text.lines() {
        if let Some(head) = line.strip_prefix("=== ") {
            let mut parts = head.split(" | ");
            let shells = parts.next().unwrap_or("").split(' ').collect();
            let mut case = Case { shells, env: vec![], args: vec![], files: vec![], ran: vec![] };
            for part in parts {
                match part.split_once(' ') {
                    Some(("env", vars)) => {
                        case.env = vars.split('\t').filter_map(|v| v.split_once('=')).collect();
                    }
                    Some(("args", args)) => case.args = args.split('\t').collect(),
                    _ => panic!("{head}"),
                }
            }
            case.files.push(("run.sh".to_owned(), String::new()));
            all.push(case);
            results = false;
        } else if let Some(case) = all.last_mut() {
            match line.strip_prefix("--- ") {
                _ if line == ">>>" => results = true,
                _ if results => case.ran.push(line),
                Some(name) => case.files.push((name.to_owned(), String::new())),
                None => {
                    let (_, text) = case.files.last_mut().unwrap();
                    text.push_str(line);
                    text.push('\n');
                }
            }
        }
    }
    all
}

/// A command as the shells' log has it.
fn logged(words: &[Text]) -> String {
    let plain = |w: &str| {
        !w.is_empty() && w.bytes().all(|b| b.is_ascii_alphanumeric() || b"_./:=-".contains(&b))
    };
    let word = |(i, w): (usize, &Text)| match w.resolved() {
        None => "?".to_owned(),
        Some(w) if i == 0 || plain(w) => w.to_owned(),
        Some(w) => format!("'{w}'"),
    };
    words.iter().enumerate().map(word).collect::<Vec<_>>().join(" ")
}

/// Whether a step is a command of the log; what a program prints is not known.
fn same(step: &str, log: &str) -> bool {
    match step.split_once('?') {
        Some((head, _)) => log.starts_with(head),
        None => step == log,
    }
}

/// Whether the log is the steps without some of those that may not run.
fn fits(steps: &[(String, bool)], log: &[&str]) -> bool {
    match (steps.split_first(), log.split_first()) {
        (None, None) => true,
        (None, Some(_)) => false,
        (Some(((step, conditional), rest)), logged) => {
            logged.is_some_and(|(first, log)| same(step, first) && fits(rest, log))
                || *conditional && fits(rest, log)
        }
    }
}

#[test]
fn scripts_run_as_real_shells_run_them() {
    let mut wrong = Vec::new();
    let (mut exact, mut unknown, mut total) = (0, 0, 0);
    for case in cases(include_str!("constructs.txt")) {
        let files: Vec<(&str, &str)> =
            case.files.iter().map(|(n, t)| (n.as_str(), t.as_str())).collect();
        for shell in &case.shells {
            total += 1;
            let mut world = world(&files, &case.env);
            world.shell = if *shell == "ash" { Dialect::Ash } else { Dialect::Dash };
            let argv: Vec<&str> = [*shell, "run.sh"].into_iter().chain(case.args.clone()).collect();
            let process = run_in(&world, &argv);
            // Tools are no programs of the log.
            let steps: Vec<(String, bool)> = process
                .steps
                .iter()
                .filter(|s| {
                    s.words.first().is_some_and(|w| matches!(w.as_str(), "a" | "b" | "c" | "d"))
                })
                .map(|s| (logged(&s.words), s.conditional))
                .collect();
            let sure: Vec<&str> =
                steps.iter().filter(|(_, c)| !c).map(|(s, _)| s.as_str()).collect();
            exact += usize::from(
                sure.len() == case.ran.len() && sure.iter().zip(&case.ran).all(|(s, l)| same(s, l)),
            );
            if process.unknown.is_some() {
                unknown += 1;
            } else if !fits(&steps, &case.ran) {
                let script = &case.files[0].1;
                wrong.push(format!("{shell}: {script}  ran  {:?}\n  steps {steps:?}\n", case.ran));
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {total} wrong:\n{}", wrong.len(), wrong.join("\n"));
    // What is taken for certain, and what is not followed, stays as good as it is.
    assert!(unknown <= MAX_UNKNOWN && exact >= total - MAX_INEXACT, "{unknown} {exact} {total}");
}

/// Cases that may say that not all of them is known.
const MAX_UNKNOWN: usize = 1;
/// Cases in which a step that runs, or does not, may be one that is not certain.
const MAX_INEXACT: usize = 21;
