//! What stands around a line of a log: the service's name in front of it, times, colours, the steps of a build.
//!
//! | written by | form |
//! |---|---|
//! | `docker compose logs`, `up` | `web-1  \| text`, with `-t` a time before the text; colours around the name |
//! | docker-compose 1.x | `web_1  \| text` |
//! | `docker service logs` | `stack_web.1.id@node    \| text` |
//! | `docker logs -t`, CI systems | a time before all of it |
//! | BuildKit, plain | `#12 [web 4/7] RUN …`, `#12 1.234 text` |
//! | BuildKit, terminal | ` > [web 4/7] RUN …:`, then `1.234 text` to a line of dashes |
//! | Docker Desktop | `2026-01-31 12:00:00 text` |
//! | `docker compose up` | `web-1 exited with code 3`, in 1.x also `Cannot start service web: …` |

use std::borrow::Cow;
use std::collections::HashMap;

/// The most steps of a build that are remembered.
const MAX_STEPS: usize = 1_000;
/// The longest name of a service that is believed, in bytes.
const MAX_NAME_BYTES: usize = 128;

/// A line without what stands around it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Bare<'l> {
    /// Who says it, as written but without the number of the container.
    pub(super) service: Option<String>,
    pub(super) text: Cow<'l, str>,
}

/// Takes away what stands around lines, one after the other.
#[derive(Default)]
pub(super) struct PrefixStripper {
    /// Steps of a build that belong to a service.
    steps: HashMap<u32, String>,
    /// The step whose output is repeated at the end of a build that failed.
    failed: Option<Option<String>>,
}

impl PrefixStripper {
    pub(super) fn strip<'l>(&mut self, line: &'l str) -> Bare<'l> {
        match plain(line) {
            Cow::Borrowed(line) => {
                let (service, text) = self.parts(line);
                Bare { service, text: Cow::Borrowed(text) }
            }
            Cow::Owned(line) => {
                let (service, text) = self.parts(&line);
                Bare { service, text: Cow::Owned(text.to_owned()) }
            }
        }
    }

    fn parts<'t>(&mut self, line: &'t str) -> (Option<String>, &'t str) {
        let line = without_time(line);
        if let Some((name, text)) = prefix(line) {
            return (Some(service(name)), without_time(text));
        }
        if let Some(found) = self.build(line) {
            return found;
        }
        (exited(line).map(service), line)
    }

    /// A line of BuildKit.
    fn build<'t>(&mut self, line: &'t str) -> Option<(Option<String>, &'t str)> {
        if let Some(rest) = line.strip_prefix('#') {
            let (number, text) = rest.split_once(' ')?;
            let number: u32 = number.parse().ok()?;
            if let Some(name) = step(text).filter(|_| self.steps.len() < MAX_STEPS) {
                self.steps.insert(number, name);
            }
            return Some((self.steps.get(&number).cloned(), without_seconds(text)));
        }
        if let Some(text) = line.strip_prefix(" > ").filter(|t| t.starts_with('[')) {
            let name = step(text);
            self.failed = Some(name.clone());
            return Some((name, text));
        }
        let within = self.failed.clone()?;
        if line.starts_with("-----") {
            self.failed = None;
            return None;
        }
        Some((within, without_seconds(line)))
    }
}

/// The text without colours and the other sequences of a terminal. What looks like one and is not complete stays.
fn plain(line: &str) -> Cow<'_, str> {
    // Colours are often copied without the escape character: `[36mweb_1  |[0m`.
    let coloured = line
        .bytes()
        .zip(line.bytes().skip(1).chain([0]))
        .any(|(b, next)| b == 0x1b || b == b'[' && next.is_ascii_digit());
    if !coloured {
        return Cow::Borrowed(line);
    }
    let mut out = String::with_capacity(line.len());
    let mut rest = line;
    while let Some(at) = rest.find(['\u{1b}', '[']) {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        match sequence(rest) {
            0 => {
                let c = rest.chars().next().unwrap_or_default();
                out.push(c);
                rest = &rest[c.len_utf8()..];
            }
            length => rest = &rest[length..],
        }
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// The bytes of the control sequence at the start of a text (ECMA-48, 5.4); 0 where there is none.
fn sequence(text: &str) -> usize {
    let bytes = text.as_bytes();
    let from = match bytes {
        [0x1b, b'[', ..] => 2,
        [b'[', digit, ..] if digit.is_ascii_digit() => 1,
        _ => return 0,
    };
    // Parameters are few: whoever writes a thousand of them is not to be read through again for each bracket.
    let within = bytes.iter().skip(from).take(32).take_while(|b| (0x20..0x40).contains(*b)).count();
    match bytes.get(from + within) {
        Some(b'm') if from == 1 => from + within + 1,
        Some(0x40..=0x7e) if from == 2 => from + within + 1,
        _ => 0,
    }
}

/// Takes a time away: RFC 3339, as Docker and CI systems write it, or date and time of Docker Desktop. PostgreSQL begins
/// its lines with date and time as well, but with parts of a second.
fn without_time(line: &str) -> &str {
    let Some((first, rest)) = line.split_once([' ', '\t']) else { return line };
    let bytes = first.as_bytes();
    if bytes.len() == 10 && [4, 7].iter().all(|at| bytes[*at] == b'-') {
        let (time, text) = rest.split_once(' ').unwrap_or((rest, ""));
        let clock = time.len() == 8
            && time
                .bytes()
                .enumerate()
                .all(|(at, b)| if at % 3 == 2 { b == b':' } else { b.is_ascii_digit() });
        return if clock { text } else { line };
    }
    let marks = [(4, b'-'), (7, b'-'), (10, b'T'), (13, b':'), (16, b':')];
    let time = (20..=35).contains(&bytes.len())
        && bytes[0].is_ascii_digit()
        && marks.iter().all(|(at, mark)| bytes[*at] == *mark);
    if time { rest } else { line }
}

/// Takes the seconds of a build's step away: `1.234 text`.
fn without_seconds(line: &str) -> &str {
    match line.split_once(' ') {
        Some((first, rest))
            if first.contains('.') && first.len() < 12 && first.parse::<f64>().is_ok() =>
        {
            rest
        }
        _ => line,
    }
}

/// `web-1  | text`: the name and the text.
fn prefix(line: &str) -> Option<(&str, &str)> {
    let end = line
        .bytes()
        .take(MAX_NAME_BYTES)
        .position(|b| !(b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.' | b'@')))?;
    let (name, rest) = line.split_at(end);
    let text = rest.trim_start_matches(' ').strip_prefix('|')?;
    if name.is_empty() || !name.as_bytes()[0].is_ascii_alphanumeric() || !rest.starts_with(' ') {
        return None;
    }
    Some((name, text.strip_prefix(' ').unwrap_or(text)))
}

/// `web-1 exited with code 1`, `Cannot start service web: …`: who.
fn exited(line: &str) -> Option<&str> {
    const CANNOT: &str = "Cannot start service ";
    if let Some(at) = line.find(CANNOT) {
        let name = line[at + CANNOT.len()..].split(':').next()?;
        return (name.len() <= MAX_NAME_BYTES && !name.contains(' ')).then_some(name);
    }
    let (name, rest) = line.split_once(" exited with code ")?;
    let known = name.len() <= MAX_NAME_BYTES
        && !name.contains(' ')
        && rest.starts_with(|c: char| c.is_ascii_digit());
    known.then_some(name)
}

/// The service of a container's name: `web-1`, `web_1`, `stack_web.1.id@node`.
fn service(name: &str) -> String {
    let name = match name.split_once('@') {
        Some((task, _)) => task.split('.').next().unwrap_or(task),
        None => name,
    };
    match name.rsplit_once(['-', '_']) {
        Some((service, number))
            if !service.is_empty()
                && !number.is_empty()
                && number.bytes().all(|b| b.is_ascii_digit()) =>
        {
            service.to_owned()
        }
        _ => name.to_owned(),
    }
}

/// `[web 4/7] RUN …`, `[web build 2/5]`, `[web internal]`: the service. `[4/7]` has none.
fn step(text: &str) -> Option<String> {
    let (inside, _) = text.strip_prefix('[')?.split_once(']')?;
    let (name, rest) = inside.split_once(' ')?;
    let last = rest.rsplit(' ').next().unwrap_or(rest);
    let counted = last
        .split_once('/')
        .is_some_and(|(a, b)| [a, b].iter().all(|n| n.trim().parse::<u32>().is_ok()));
    (name.len() <= MAX_NAME_BYTES && (counted || last == "internal")).then(|| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn strip(line: &str) -> (Option<String>, String) {
        let bare = PrefixStripper::default().strip(line);
        (bare.service, bare.text.into_owned())
    }

    #[test]
    fn the_name_in_front_is_the_service() {
        for (line, service, text) in [
            ("web-1  | hello | world", "web", "hello | world"),
            ("web_1     |   File \"x\"", "web", "  File \"x\""),
            ("pop_web_1 | x", "pop_web", "x"),
            ("worker-2-1  |", "worker-2", ""),
            ("\u{1b}[36mweb-1  | \u{1b}[0mhello \u{1b}[31mred\u{1b}[0m", "web", "hello red"),
            ("[36mweb_1  |[0m hello", "web", "hello"),
            ("web-1  | 2024-05-01T12:00:00.123456789Z hello", "web", "hello"),
            ("2024-05-01T12:00:00.1234567Z web-1  | hello", "web", "hello"),
            ("shop_web.1.abc123@node-1    | hello", "shop_web", "hello"),
            ("my-django | hello", "my-django", "hello"),
            ("2026-01-31 12:00:00 web-1  | hello", "web", "hello"),
            (
                "ERROR: for nginx  Cannot start service nginx: OCI",
                "nginx",
                "ERROR: for nginx  Cannot start service nginx: OCI",
            ),
            ("web-1 exited with code 127", "web", "web-1 exited with code 127"),
            ("#12 [web 4/7] RUN pip install", "web", "[web 4/7] RUN pip install"),
            (
                "#3 [web internal] load build definition",
                "web",
                "[web internal] load build definition",
            ),
            (" > [web build 2/5] RUN x:", "web", "[web build 2/5] RUN x:"),
        ] {
            assert_eq!(strip(line), (Some(service.to_owned()), text.to_owned()), "{line}");
        }
    }

    #[test]
    fn other_lines_stay_as_they_are() {
        for line in [
            " id | name ",
            "a table | of words",
            "[4/7] RUN x",
            "| x",
            "x",
            "",
            "[2024-05-01 12:00:00 +0000] [1] [INFO] Starting gunicorn",
            "\u{1b}[",
            "\u{1b}]0;title",
            "[36",
            "한글-1 | x",
        ] {
            assert_eq!(strip(line), (None, line.to_owned()), "{line:?}");
        }
        for time in ["2024-05-01T12:00:00Z", "2024-05-01 12:00:00"] {
            assert_eq!(strip(&format!("{time}   File \"x\"")).1, "  File \"x\"");
        }
        let postgres = "2026-01-01 10:00:05.000 UTC [55] ERROR:  x";
        assert_eq!(strip(postgres).1, postgres);
    }

    #[test]
    fn the_steps_of_a_build_belong_to_their_service() {
        let mut prefixes = PrefixStripper::default();
        let lines = [
            "#12 [web 4/7] RUN x",
            "#12 1.234 KeyError: 'A'",
            "#13 0.1 other",
            "------",
            " > [db 2/3] RUN y:",
            "0.523 bad",
            "------",
            "after",
        ];
        let said: Vec<_> = lines
            .iter()
            .map(|l| prefixes.strip(l))
            .map(|b| (b.service.unwrap_or_default(), b.text.into_owned()))
            .collect();
        let expected = ["web", "web", "", "", "db", "db", "", ""];
        assert_eq!(said.iter().map(|s| s.0.as_str()).collect::<Vec<_>>(), expected);
        assert_eq!(
            (said[1].1.as_str(), said[5].1.as_str(), said[7].1.as_str()),
            ("KeyError: 'A'", "bad", "after")
        );
    }
}
