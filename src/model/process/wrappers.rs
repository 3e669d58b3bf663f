//! Programs that only start another program.

use crate::source::Text;

/// Options of a wrapper that take a value of their own.
struct Wrapper {
    name: &'static str,
    /// Words that follow the name before its options (`run` of `poetry run`).
    words: &'static [&'static str],
    /// Options with a value in the next word.
    valued: &'static [&'static str],
    /// Positional arguments before the command (the user of `gosu`).
    positional: usize,
    /// Assignments may stand before the command (`env A=b`).
    assignments: bool,
}

const fn wrapper(
    name: &'static str,
    words: &'static [&'static str],
    valued: &'static [&'static str],
    positional: usize,
) -> Wrapper {
    Wrapper { name, words, valued, positional, assignments: false }
}

const WRAPPERS: [Wrapper; 37] = [
    wrapper("exec", &[], &["-a"], 0),
    wrapper("command", &[], &[], 0),
    wrapper("tini", &[], &["-e", "-p"], 0),
    wrapper("dumb-init", &[], &["-r", "--rewrite"], 0),
    wrapper("catatonit", &[], &[], 0),
    wrapper("docker-init", &[], &[], 0),
    wrapper("gosu", &[], &[], 1),
    wrapper("su-exec", &[], &[], 1),
    wrapper("s6-setuidgid", &[], &[], 1),
    wrapper("chpst", &[], &["-u", "-e", "-/"], 0),
    wrapper("setpriv", &[], &[], 0),
    wrapper("sudo", &[], &["-u", "-g", "-C", "--user", "--group"], 0),
    wrapper("nohup", &[], &[], 0),
    wrapper("nice", &[], &["-n"], 0),
    wrapper("ionice", &[], &["-c", "-n"], 0),
    wrapper("time", &[], &[], 0),
    wrapper("timeout", &[], &["-s", "-k", "--signal", "--kill-after"], 1),
    wrapper("stdbuf", &[], &["-i", "-o", "-e"], 0),
    Wrapper { assignments: true, ..wrapper("env", &[], &["-u", "-C", "--unset", "--chdir"], 0) },
    wrapper("poetry", &["run"], &["-C", "-P", "--directory", "--project"], 0),
    wrapper("pipenv", &["run"], &[], 0),
    wrapper("pdm", &["run"], &["-p", "--project"], 0),
    wrapper("rye", &["run"], &[], 0),
    wrapper("hatch", &["run"], &["-e", "--env"], 0),
    wrapper(
        "uv",
        &["run"],
        &[
            "--group",
            "--extra",
            "--with",
            "--project",
            "--directory",
            "--python",
            "-p",
            "--env-file",
            "--package",
            "--no-group",
            "--only-group",
        ],
        0,
    ),
    wrapper("micromamba", &["run"], &["-n", "-p"], 0),
    wrapper("conda", &["run"], &["-n", "-p", "--name"], 0),
    wrapper("dotenv", &["run"], &["-f", "--file"], 0),
    wrapper("doppler", &["run"], &["-p", "-c"], 0),
    wrapper("ddtrace-run", &[], &[], 0),
    wrapper("opentelemetry-instrument", &[], &[], 0),
    wrapper("newrelic-admin", &["run-program"], &[], 0),
    wrapper("debugpy", &[], &["--listen"], 0),
    wrapper("watchfiles", &[], &["--filter", "--ignore-paths", "--target-type"], 0),
    wrapper(
        "watchmedo",
        &["auto-restart"],
        &["-d", "-p", "--directory", "--pattern", "--patterns", "--ignore-patterns", "--signal"],
        0,
    ),
    wrapper("wait4ports", &[], &["-s", "-t"], 0),
    wrapper("xvfb-run", &[], &["-s", "-n", "--server-args"], 0),
];

/// The index of the word where the wrapped command starts; `None` when `name` wraps nothing here.
pub(super) fn strip(name: &str, argv: &[Text]) -> Option<usize> {
    WRAPPERS.iter().filter(|w| w.name == name).find_map(|w| strip_one(w, argv))
}

fn strip_one(wrapper: &Wrapper, argv: &[Text]) -> Option<usize> {
    let mut at = 1;
    let mut words = wrapper.words.iter();
    let mut word = words.next();
    let mut positional = wrapper.positional;
    while let Some(arg) = argv.get(at).map(|a| a.as_str()) {
        if arg == "--" {
            at += 1;
            break;
        }
        if arg.starts_with('-') && arg.len() > 1 {
            at += if wrapper.valued.contains(&arg) { 2 } else { 1 };
        } else if let Some(wanted) = word {
            if arg != *wanted {
                return None;
            }
            word = words.next();
            at += 1;
        } else if positional > 0 {
            positional -= 1;
            at += 1;
        } else if wrapper.assignments && arg.contains('=') {
            at += 1;
        } else {
            break;
        }
    }
    (word.is_none() && at < argv.len()).then_some(at)
}

/// Programs that read shell.
pub(super) fn is_shell(name: &str) -> bool {
    matches!(name, "sh" | "bash" | "ash" | "dash" | "zsh" | "ksh")
}

/// Whether a word names a Python interpreter.
pub(super) fn is_python(name: &str) -> bool {
    name.strip_prefix("python")
        .is_some_and(|rest| rest.chars().all(|c| c.is_ascii_digit() || c == '.'))
}

/// `python -m module …`: the index of the module, where it is a program of its own.
pub(super) fn python_module(name: &str, argv: &[Text]) -> Option<usize> {
    if !is_python(name) && name != "coverage" {
        return None;
    }
    let mut at = 1;
    if name == "coverage" {
        at += usize::from(argv.get(1)?.as_str() == "run");
    }
    while let Some(arg) = argv.get(at) {
        match arg.as_str() {
            "-m" => {
                let module = argv.get(at + 1)?;
                return (module.as_str() != "django" && module.as_str() != "pip").then_some(at + 1);
            }
            "-W" | "-X" => at += 2,
            a if a.starts_with('-') => at += 1,
            _ => return None,
        }
    }
    None
}
