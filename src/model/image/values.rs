//! Flags and values of instructions that BuildKit does not accept (Dockerfile reference; what it answers is in its
//! packages `instructions` and `dockerfile2llb`).

use super::Image;
use super::mount_values::mount;
use crate::finding::{Own, Prose, Quote, prose};
use crate::model::compose::nearest;
use crate::source::Text;
use crate::syntax::dockerfile::{Flag, Instruction, Kind};

/// A flag or a value that stops the build.
#[derive(Debug, Clone)]
pub struct InvalidValue {
    /// The place.
    pub text: Text,
    /// What BuildKit answers.
    pub answer: Prose,
    /// What to write in its place, where that is clear.
    pub instead: Option<String>,
    /// What is accepted.
    pub help: Prose,
}

/// Frontends that are BuildKit's own; others may have flags that are theirs.
const OWN_FRONTENDS: [&str; 2] = ["docker/dockerfile", "docker.io/docker/dockerfile"];

/// Flags that hold `true` or `false`.
const BOOLEANS: [&str; 4] = ["keep-git-dir", "link", "parents", "unpack"];
/// Flags that may be written more than once.
const REPEATED: [&str; 3] = ["device", "exclude", "mount"];
/// Flags that hold a duration.
const DURATIONS: [&str; 4] = ["interval", "start-interval", "start-period", "timeout"];
/// Units of a duration (<https://pkg.go.dev/time#ParseDuration>).
const UNITS: [&str; 8] = ["ns", "us", "µs", "μs", "ms", "s", "m", "h"];
/// Signals of Linux without their `SIG` (<https://pkg.go.dev/github.com/moby/sys/signal>).
const SIGNALS: [&str; 36] = [
    "ABRT", "ALRM", "BUS", "CHLD", "CLD", "CONT", "FPE", "HUP", "ILL", "INT", "IO", "IOT", "KILL",
    "PIPE", "POLL", "PROF", "PWR", "QUIT", "SEGV", "STKFLT", "STOP", "SYS", "TERM", "TRAP", "TSTP",
    "TTIN", "TTOU", "URG", "USR1", "USR2", "VTALRM", "WINCH", "XCPU", "XFSZ", "RTMIN", "RTMAX",
];

impl Image {
    /// The flags and values that BuildKit refuses, in the order of the file. It reads the flags of every stage, and the
    /// rest where a stage is built.
    pub fn invalid_values(&self) -> Vec<InvalidValue> {
        let frontend = self.tree.syntax.as_ref();
        let is_own =
            |name: &Text| OWN_FRONTENDS.contains(&name.split([':', '@']).next().unwrap_or(""));
        if frontend.is_some_and(|f| !is_own(f)) {
            return Vec::new();
        }
        let built: Vec<usize> = self.contributing().iter().map(|s| s.index).collect();
        let mut all = Vec::new();
        let mut stages = 0usize;
        for instruction in &self.tree.instructions {
            stages += usize::from(matches!(instruction.kind, Kind::From { .. }));
            flags(instruction, &mut all);
            if stages.checked_sub(1).is_some_and(|stage| built.contains(&stage)) {
                arguments(instruction, &mut all);
            }
        }
        all
    }
}

impl Image {
    /// `--chown=` and `--chmod=` without a value, which BuildKit passes over.
    pub fn empty_owners(&self) -> Vec<&Flag> {
        let flags = self.tree.instructions.iter().filter(|i| matches!(i.kind, Kind::Copy { .. }));
        let is_owner = |f: &&Flag| matches!(f.name.as_str(), "chmod" | "chown");
        let is_empty = |f: &&Flag| f.value.as_ref().is_some_and(|v| v.is_empty());
        flags.flat_map(|i| &i.flags).filter(is_owner).filter(is_empty).collect()
    }
}

/// The flags of an instruction; `None` where BuildKit does not read them.
fn known_flags(keyword: &str) -> Option<&'static [&'static str]> {
    Some(match keyword {
        "ADD" => &["checksum", "chmod", "chown", "exclude", "keep-git-dir", "link", "unpack"],
        "COPY" => &["chmod", "chown", "exclude", "from", "link", "parents"],
        "FROM" => &["platform"],
        "HEALTHCHECK" => &["interval", "retries", "start-interval", "start-period", "timeout"],
        "RUN" => &["device", "mount", "network", "security"],
        "STOPSIGNAL" => return None,
        _ => &[],
    })
}

fn flags(instruction: &Instruction, all: &mut Vec<InvalidValue>) {
    let keyword = instruction.keyword.value.as_str();
    let Some(known) = known_flags(keyword) else { return };
    if matches!(instruction.kind, Kind::Healthcheck(None)) {
        return;
    }
    for (i, flag) in instruction.flags.iter().enumerate() {
        let name = flag.name.as_str();
        if !known.contains(&name) {
            all.push(unknown_flag(instruction, flag, known));
            continue;
        }
        let earlier = instruction.flags.iter().take(i).any(|f| f.name.as_str() == name);
        if earlier && !REPEATED.contains(&name) {
            all.push(InvalidValue {
                text: flag.name.clone(),
                answer: prose!("duplicate flag specified: --{}", Quote::name(name)),
                instead: None,
                help: prose!("leave one of the two `--{}`", Quote::name(name)),
            });
            continue;
        }
        let Some(value) = flag.value.as_ref().filter(|v| !v.contains('$')) else { continue };
        all.extend(flag_value(name, value));
    }
}

fn unknown_flag(instruction: &Instruction, flag: &Flag, known: &[&'static str]) -> InvalidValue {
    let keyword = instruction.keyword.value.as_str();
    let near = nearest(&flag.name, known.iter().copied());
    let shown = Quote::name(flag.name.as_str());
    let help = match (near, known) {
        (Some(near), _) => prose!("did you mean `--{}`?", Own(near)),
        (None, []) => prose!("`{}` has no flags", Quote::name(keyword)),
        (None, known) => prose!(
            "`{}` has these: {}",
            Quote::name(keyword),
            Prose::join(known.iter().map(|k| prose!("--{}", Own(k))), ", ")
        ),
    };
    InvalidValue {
        text: flag.name.clone(),
        answer: prose!("unknown flag: --{}", shown),
        instead: near.map(str::to_owned),
        help,
    }
}

/// What is wrong with a value of a flag.
fn flag_value(name: &str, value: &Text) -> Option<InvalidValue> {
    let invalid = |answer: Prose, instead: Option<String>, help: Prose| {
        Some(InvalidValue { text: value.clone(), answer, instead, help })
    };
    let shown = Quote::code(value.as_str());
    if BOOLEANS.contains(&name) {
        return match value.to_ascii_lowercase().as_str() {
            "true" | "false" => None,
            "" => invalid(
                prose!("missing a value on flag: --{}", Quote::name(name)),
                None,
                prose!("write `--{}` alone, or `--{}=true`", Quote::name(name), Quote::name(name)),
            ),
            _ => invalid(
                prose!("expecting boolean value for flag --{}, not: {}", Quote::name(name), shown),
                None,
                prose!("write `--{}=true` or `--{}=false`", Quote::name(name), Quote::name(name)),
            ),
        };
    }
    if DURATIONS.contains(&name) {
        let fault = duration_fault(value)?;
        let instead = meant_duration(value);
        let help = prose!("write a number and its unit, such as `--{}=30s`", Quote::name(name));
        return invalid(prose!("time: {} \"{}\"", fault, shown), instead, help);
    }
    match name {
        "retries" => {
            let number = value.strip_prefix('+').unwrap_or(value);
            let is_number = !number.is_empty() && number.parse::<i32>().is_ok_and(|n| n >= 0);
            if is_number || value.is_empty() {
                return None;
            }
            let answer = prose!("strconv.ParseInt: parsing \"{}\": invalid syntax", shown);
            invalid(answer, None, prose!("write a whole number:\n    --retries=3"))
        }
        "mount" => mount(value),
        "network" if !matches!(value.as_str(), "default" | "host" | "none") => {
            let near = nearest(value, ["default", "host", "none"].into_iter());
            let answer = prose!("invalid network mode \"{}\"", shown);
            invalid(answer, near.map(str::to_owned), prose!("`default`, `none` or `host`"))
        }
        "security" if !matches!(value.as_str(), "insecure" | "sandbox") => {
            let near = nearest(value, ["insecure", "sandbox"].into_iter());
            let answer = prose!("security \"{}\" is not valid", shown);
            invalid(answer, near.map(str::to_owned), prose!("`sandbox` or `insecure`"))
        }
        _ => None,
    }
}

/// What Go's `time.ParseDuration` says against a duration, up to the duration itself.
fn duration_fault(value: &str) -> Option<Prose> {
    let unsigned = value.strip_prefix(['-', '+']).unwrap_or(value);
    // An empty value is none.
    if value.is_empty() || unsigned == "0" {
        return None;
    }
    let invalid = || Some(prose!("invalid duration"));
    let mut rest = unsigned;
    while !rest.is_empty() {
        let number = rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(rest.len());
        let digits = rest.get(..number).unwrap_or_default();
        if digits.matches('.').count() > 1 || !digits.bytes().any(|b| b.is_ascii_digit()) {
            return invalid();
        }
        rest = rest.get(number..).unwrap_or_default();
        let end = rest.find(|c: char| c.is_ascii_digit() || c == '.').unwrap_or(rest.len());
        let unit = rest.get(..end).unwrap_or_default();
        if unit.is_empty() {
            return Some(prose!("missing unit in duration"));
        }
        if !UNITS.contains(&unit) {
            return Some(prose!("unknown unit \"{}\" in duration", Quote::code(unit)));
        }
        rest = rest.get(end..).unwrap_or_default();
    }
    unsigned.is_empty().then(|| prose!("invalid duration"))
}

/// The duration that is meant by a number alone, or by one with a word for its unit.
fn meant_duration(value: &str) -> Option<String> {
    let digits = value.find(|c: char| !c.is_ascii_digit()).unwrap_or(value.len());
    let unit = match value.get(digits..)? {
        "" | "S" | "sec" | "secs" | "second" | "seconds" => "s",
        "M" | "min" | "mins" | "minute" | "minutes" => "m",
        "H" | "hour" | "hours" => "h",
        _ => return None,
    };
    (digits > 0).then(|| format!("{}{unit}", value.get(..digits).unwrap_or_default()))
}

/// What is wrong with the arguments of an instruction that is built.
fn arguments(instruction: &Instruction, all: &mut Vec<InvalidValue>) {
    match &instruction.kind {
        // One fault of a line is enough: behind a `#` each word is another.
        Kind::Expose(words) => all.extend(words.iter().find_map(port)),
        Kind::Other(signal) if instruction.keyword.value == "STOPSIGNAL" => {
            all.extend(stop_signal(signal));
        }
        _ => {}
    }
}

fn stop_signal(text: &Text) -> Option<InvalidValue> {
    if text.contains(['$', ' ', '"', '\'']) {
        return None;
    }
    let upper = text.to_ascii_uppercase();
    let name = upper.strip_prefix("SIG").unwrap_or(&upper);
    let is_number = text.parse::<u32>().is_ok_and(|n| n > 0);
    let is_real_time = ["RTMIN+", "RTMAX-"].iter().any(|p| {
        name.strip_prefix(p).is_some_and(|n| n.parse::<u8>().is_ok_and(|n| (1..=15).contains(&n)))
    });
    if is_number || is_real_time || SIGNALS.contains(&name) {
        return None;
    }
    let near = nearest(name, SIGNALS.into_iter()).map(|near| format!("SIG{near}"));
    Some(InvalidValue {
        text: text.clone(),
        answer: prose!("invalid signal: {}", Quote::code(text.as_str())),
        instead: near,
        help: "name a signal of Linux:\n    STOPSIGNAL SIGTERM".into(),
    })
}

/// What is wrong with a port of `EXPOSE`: `[[ip:]port:]port[-port][/proto]`.
fn port(text: &Text) -> Option<InvalidValue> {
    if text.contains('$') || text.is_empty() {
        return None;
    }
    let container = text.rsplit(':').next().unwrap_or_default();
    let (ports, proto) = container.split_once('/').unwrap_or((container, ""));
    let shown = Quote::code(text.as_str());
    let invalid = |answer: Prose, help: Prose| {
        Some(InvalidValue { text: text.clone(), answer, instead: None, help })
    };
    if !matches!(proto.to_ascii_lowercase().as_str(), "" | "tcp" | "udp" | "sctp") {
        let answer = prose!("invalid port: \"{}\": invalid proto: {}", shown, Quote::code(proto));
        return invalid(answer, "the protocol is tcp, udp or sctp".into());
    }
    let number = |text: &str| text.parse::<u16>().ok();
    let (first, last) = ports.split_once('-').unwrap_or((ports, ports));
    let is_range = number(first).zip(number(last)).is_some_and(|(first, last)| first <= last);
    if is_range {
        return None;
    }
    let help = match text.starts_with('#') {
        true => prose!("a comment needs a line of its own"),
        false => prose!("name the ports by their numbers, from 0 to 65535:\n    EXPOSE 8000"),
    };
    invalid(prose!("invalid containerPort: {}", Quote::code(ports)), help)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_those_of_go() {
        for fine in ["", "0", "30s", "1m30s", "1.5h", ".5s", "+3s", "500ms", "10us", "1h2m3s"] {
            assert!(duration_fault(fine).is_none(), "{fine}");
        }
        for (bad, fault) in [
            ("5", "missing unit in duration"),
            ("1m30", "missing unit in duration"),
            ("s", "invalid duration"),
            ("-", "invalid duration"),
            ("5sec", "unknown unit \"sec\" in duration"),
            ("5S", "unknown unit \"S\" in duration"),
            ("30 s", "unknown unit \" s\" in duration"),
            ("1.2.3s", "invalid duration"),
        ] {
            let found = duration_fault(bad).map(|f| f.unmasked());
            assert_eq!(found.as_deref(), Some(fault), "{bad}");
        }
    }
}
