//! Waiting for something to be reachable.

use super::StepKind;
use super::state::Shell;
use crate::facts;
use crate::source::Text;
use crate::syntax::shell::List;

/// How deep functions are looked into for a probe.
const MAX_CALLS: usize = 2;

/// A tool that waits: the step, and the index where the command it then starts begins.
pub(super) fn of_command(name: &str, argv: &[Text]) -> Option<(StepKind, usize)> {
    let stem = name
        .strip_suffix(".sh")
        .or_else(|| name.strip_suffix(".py"))
        .unwrap_or(name)
        .replace('_', "-");
    let after_dashes = argv.iter().position(|a| a.as_str() == "--").map_or(argv.len(), |i| i + 1);
    if stem.starts_with("wait-for")
        || stem == "wait" && argv[0].starts_with('/')
        || stem == "wait-port"
        || stem == "wait4x"
        || stem == "docker-compose-wait"
    {
        let target =
            argv[1..].iter().find(|a| !a.starts_with('-') && a.contains(':')).map(address_of);
        let named = super::option(argv, "-h")
            .or_else(|| super::option(argv, "--host"))
            .filter(|h| is_host(h));
        let (host, port) = match (target, named) {
            (Some(found), _) => found,
            (None, Some(host)) => {
                let port = super::option(argv, "-p")
                    .or_else(|| super::option(argv, "--port"))
                    .and_then(|p| p.parse().ok());
                (Some(host.as_str().to_owned()), port)
            }
            (None, None) => plain_target(argv),
        };
        return Some((StepKind::Wait { host, port }, after_dashes));
    }
    if stem == "dockerize" {
        let mut host_port = (None, None);
        let mut waits = false;
        let mut at = 1;
        while let Some(arg) = argv.get(at).filter(|a| a.starts_with('-')) {
            let valued =
                !arg.contains('=') && !matches!(arg.as_str(), "-version" | "-no-overwrite");
            let wait = arg.trim_start_matches('-').starts_with("wait")
                && !arg.contains("timeout")
                && !arg.contains("retry");
            waits |= wait;
            if wait
                && let Some(value) = arg
                    .as_str()
                    .split_once('=')
                    .map(|(_, v)| v)
                    .or_else(|| argv.get(at + 1).and_then(|a| a.resolved()))
                && host_port.0.is_none()
            {
                host_port = address(value);
            }
            at += if valued { 2 } else { 1 };
        }
        // Where it is not known for what it waits, it waits all the same.
        return waits.then_some((StepKind::Wait { host: host_port.0, port: host_port.1 }, at));
    }
    None
}

/// Whether a waiting script is told a host and a port, or a host by an option.
pub(super) fn has_target(argv: &[Text]) -> bool {
    let address = |w: &Text| {
        let (host, port) = address_of(w);
        w.contains(':') && host.is_some() && port.is_some()
    };
    argv.iter()
        .skip(1)
        .take_while(|w| w.as_str() != "--")
        .any(|w| address(w) || matches!(w.as_str(), "-h" | "--host") || w.starts_with("--host="))
}

/// Whether a waiting script is given more than a host and options, without a `--` in front: a command, maybe.
pub(super) fn more_than_a_target(argv: &[Text]) -> bool {
    let words = argv
        .iter()
        .skip(1)
        .filter(|a| !a.starts_with('-') && !a.contains(':') && a.parse::<u32>().is_err());
    words.count() > 1 && !argv.iter().any(|a| a.as_str() == "--")
}

/// `wait-for-postgres.sh db command`: the first argument may be a host.
fn plain_target(argv: &[Text]) -> (Option<String>, Option<u16>) {
    let host = argv.get(1).filter(|a| {
        !a.is_empty()
            && !a.starts_with('-')
            && a.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'))
    });
    (host.map(|h| h.as_str().to_owned()), None)
}

/// The address that an argument is; nothing of one that is not known.
fn address_of(word: &Text) -> (Option<String>, Option<u16>) {
    word.resolved().map_or((None, None), address)
}

/// `[scheme://]host:port[/…]`
fn address(text: &str) -> (Option<String>, Option<u16>) {
    let text = text.split_once("://").map_or(text, |(_, rest)| rest);
    let text = text.split('/').next().unwrap_or(text);
    let text = text.rsplit('@').next().unwrap_or(text);
    let (host, port) = text.rsplit_once(':').unwrap_or((text, ""));
    ((!host.is_empty()).then(|| host.to_owned()), port.parse().ok())
}

/// Whether a loop waits for something: it runs a probe, or pauses between tries of a program. The body of a `for` has no
/// condition, and must pause.
pub(super) fn is_waiting(condition: &List, body: &List, sh: &Shell) -> bool {
    let all = |list: &List| -> Vec<Vec<Option<String>>> { calls(list, sh, 0) };
    let (asked, repeated) = (all(condition), all(body));
    let pauses = asked.iter().chain(&repeated).any(|w| first(w) == "sleep");
    if condition.items.is_empty() && !pauses {
        return false;
    }
    let probes = |w: &Vec<Option<String>>| {
        let names = w.iter().take(4).flatten();
        let python = |n: &str| n.starts_with("python");
        names.into_iter().any(|n| {
            let name = n.rsplit('/').next().unwrap_or(n);
            facts::program_is(name, |p| p.asks)
                && !(python(name) && w.iter().flatten().any(|a| a.ends_with("manage.py")))
        }) || w.iter().flatten().any(|a| a.contains("/dev/tcp/"))
    };
    let named = |w: &Vec<Option<String>>| {
        !matches!(
            first(w),
            "" | "true"
                | ":"
                | "["
                | "test"
                | "read"
                | "sleep"
                | "echo"
                | "printf"
                | "shift"
                | "getopts"
                | "kill"
        )
    };
    asked.iter().chain(&repeated).any(probes) || pauses && asked.iter().any(named)
}

fn first(words: &[Option<String>]) -> &str {
    words.first().and_then(|w| w.as_deref()).unwrap_or("")
}

/// The words of every command of a list as they are written, those of functions that it calls included.
fn calls(list: &List, sh: &Shell, depth: usize) -> Vec<Vec<Option<String>>> {
    let mut found = Vec::new();
    for step in list.all_commands() {
        let simple = step.command;
        let mut words: Vec<Option<String>> = simple
            .words
            .iter()
            .map(|w| {
                w.literal()
                    .or_else(|| w.raw.contains("/dev/tcp/").then(|| w.raw.as_str().to_owned()))
            })
            .collect();
        let redirects = simple.redirects.iter().chain(&step.item.redirects);
        let tcp = |raw: &str| raw.contains("/dev/tcp/").then(|| raw.to_owned());
        words.extend(redirects.filter_map(|r| tcp(r.target.raw.as_str())).map(Some));
        let called =
            words.first().cloned().flatten().and_then(|n| sh.functions.get(&n).cloned().flatten());
        if let Some(body) = called.filter(|_| depth < MAX_CALLS) {
            found.extend(calls(&body, sh, depth + 1));
        }
        found.push(words);
    }
    found
}

/// What a program in a loop that waits asks for.
pub(super) fn probe(words: &[Text]) -> StepKind {
    let (host, port) = target(words);
    StepKind::Wait { host, port }
}

pub(super) fn is_probe(name: &str, words: &[Text]) -> bool {
    let name = name.rsplit('/').next().unwrap_or(name);
    // `python manage.py migrate` in a loop is no probe, `python -c` and `python check_db.py` are.
    facts::program_is(name, |p| p.asks)
        && !(name.starts_with("python") && words.iter().any(|w| w.ends_with("manage.py")))
}

/// Host and port among the arguments of a probe.
fn target(words: &[Text]) -> (Option<String>, Option<u16>) {
    if let Some(rest) = words.iter().find_map(|w| w.split("/dev/tcp/").nth(1)) {
        let mut parts = rest.split('/');
        let host = parts.next().filter(|h| is_host(h)).map(str::to_owned);
        return (
            host,
            parts
                .next()
                .and_then(|p| p.trim_end_matches(|c: char| !c.is_ascii_digit()).parse().ok()),
        );
    }
    let program = words.first().map_or("", |w| w.rsplit('/').next().unwrap_or(""));
    match program {
        "nc" | "ncat" | "netcat" | "telnet" => netcat(&words[1..]),
        "curl" | "wget" => {
            let url = words.iter().skip(1).find(|w| w.contains("://"));
            url.map_or((None, None), address_of).and_host()
        }
        "timeout" => {
            let inner = words.iter().skip(1).position(|w| is_probe(w, words));
            inner.map_or((None, None), |at| target(&words[at + 1..]))
        }
        name if name.starts_with("python") => (None, None),
        _ => {
            if let Some(url) = words.iter().skip(1).find(|w| w.contains("://")) {
                return address(url).and_host();
            }
            let host = super::option(words, "-h")
                .or_else(|| super::option(words, "--host"))
                .map(|h| h.as_str().to_owned());
            let port = super::option(words, "-p")
                .or_else(|| super::option(words, "--port"))
                .and_then(|p| p.parse().ok());
            (host, port).and_host()
        }
    }
}

/// `nc [options] host port`: options that take a value, alone or at the end of a bundle, are read with it.
fn netcat(words: &[Text]) -> (Option<String>, Option<u16>) {
    let mut plain = Vec::new();
    let mut at = 0;
    while let Some(word) = words.get(at) {
        at += 1;
        match word.strip_prefix('-') {
            Some(flags) if !flags.starts_with('-') => {
                let valued = flags.find(['w', 'i', 'q', 'p', 's', 'G', 'X', 'x']);
                at += usize::from(valued.is_some_and(|v| v + 1 == flags.len()));
            }
            Some(_) => {}
            None => plain.push(word),
        }
    }
    let host = plain.first().filter(|h| is_host(h)).map(|h| h.as_str().to_owned());
    (host, plain.get(1).and_then(|p| p.parse().ok()))
}

fn is_host(word: &str) -> bool {
    !word.is_empty()
        && !word.starts_with('-')
        && word.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'))
}

/// A target whose host can be one.
trait AndHost {
    fn and_host(self) -> Self;
}

impl AndHost for (Option<String>, Option<u16>) {
    fn and_host(self) -> Self {
        match self.0 {
            Some(host) if is_host(&host) => (Some(host), self.1),
            _ => (None, None),
        }
    }
}
