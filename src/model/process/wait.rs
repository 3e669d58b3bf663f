//! Waiting for something to be reachable.

use super::StepKind;
use crate::facts;
use crate::source::Text;
use crate::syntax::shell::{Command, List, Word};

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
        let mut at = 1;
        while let Some(arg) = argv.get(at).filter(|a| a.starts_with('-')) {
            let valued =
                !arg.contains('=') && !matches!(arg.as_str(), "-version" | "-no-overwrite");
            if arg.trim_start_matches('-').starts_with("wait")
                && !arg.contains("timeout")
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
        return (host_port.0.is_some())
            .then_some((StepKind::Wait { host: host_port.0, port: host_port.1 }, at));
    }
    None
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

/// A loop that waits: it tests a probe, or pauses between tries of a command.
pub(super) fn of_loop(
    condition: &List,
    body: &List,
    argv: &dyn Fn(&[Word]) -> Vec<Text>,
) -> Option<(StepKind, Vec<Text>)> {
    let pauses = calls(body, argv)
        .chain(calls(condition, argv))
        .any(|w| w.first().is_some_and(|n| n.as_str() == "sleep"));
    let probes = calls(condition, argv).chain(calls(body, argv)).find(|w| {
        w.first().is_some_and(|n| is_probe(n, w)) || w.iter().any(|a| a.contains("/dev/tcp/"))
    });
    // `while ! postgres_ready; do sleep 1; done` calls a function of the script.
    let named = calls(condition, argv).find(|w| {
        w.first()
            .is_some_and(|n| !matches!(n.as_str(), "true" | ":" | "[" | "test" | "read" | "sleep"))
    });
    let words = probes
        .or_else(|| named.filter(|_| pauses))
        .or_else(|| tcp_redirect(condition).filter(|_| pauses))?;
    let (host, port) = target(&words);
    Some((StepKind::Wait { host, port }, words))
}

fn is_probe(name: &str, words: &[Text]) -> bool {
    let name = name.rsplit('/').next().unwrap_or(name);
    // `python manage.py migrate` in a loop is no probe, `python -c` and `python check_db.py` are.
    facts::program_is(name, |p| p.asks)
        && !(name.starts_with("python") && words.iter().any(|w| w.ends_with("manage.py")))
}

/// `(echo > /dev/tcp/db/5432)` or `exec 3<>/dev/tcp/…`.
fn tcp_redirect(list: &List) -> Option<Vec<Text>> {
    list.items.iter().find_map(|item| match &item.command {
        Command::Simple(simple) => simple
            .redirects
            .iter()
            .find(|r| r.target.raw.contains("/dev/tcp/"))
            .map(|r| vec![r.target.raw.clone()]),
        Command::Group(inner) | Command::Subshell(inner) => tcp_redirect(inner),
        _ => None,
    })
}

fn calls<'l>(
    list: &'l List,
    argv: &'l dyn Fn(&[Word]) -> Vec<Text>,
) -> impl Iterator<Item = Vec<Text>> + 'l {
    list.items.iter().flat_map(move |item| -> Vec<Vec<Text>> {
        match &item.command {
            Command::Simple(simple) => vec![argv(&simple.words)],
            Command::Group(inner) | Command::Subshell(inner) => calls(inner, argv).collect(),
            Command::If { arms, .. } => {
                arms.iter().flat_map(|(c, _)| calls(c, argv).collect::<Vec<_>>()).collect()
            }
            _ => Vec::new(),
        }
    })
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
