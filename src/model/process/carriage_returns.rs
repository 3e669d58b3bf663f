//! What the carriage returns do to a shell that reads a script with CRLF line endings. It takes each as a part of the
//! line: as a command of that name, as the end of a word, or as a word where the grammar has no place for one.
//! Held against dash 0.5.12, bash 5.2 and the ash of busybox 1.36.

use crate::model::exec_context::Dialect;
use crate::source::{Span, Text};

/// What comes of them, the worst first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum CarriageReturns {
    /// The shell stops there.
    Stop(Span),
    /// A command fails, or gets a word that ends in one.
    Spoil(Span),
    /// The shell says that it finds no such command, and goes on.
    Noise(Span),
}

/// What comes of the carriage returns of a script that `dialect` reads; `None` where no line ends in one.
pub(super) fn outcome(text: &Text, dialect: Dialect) -> Option<CarriageReturns> {
    let mut worst: Option<CarriageReturns> = None;
    let mut errexit = false;
    let mut at = 0;
    for line in text.as_str().split_inclusive('\n') {
        let start = at;
        at += line.len();
        let Some(content) = line.trim_end_matches('\n').strip_suffix('\r') else {
            errexit |= sets_errexit(line.trim()).is_some();
            continue;
        };
        let place = text.span_of(start + content.len()..start + content.len() + 1);
        let content = content.trim();
        if content.starts_with('#') {
            continue;
        }
        let found = match sets_errexit(content.trim_end_matches(';').trim_end()) {
            Some(_) if content.ends_with(';') => {
                errexit = true;
                CarriageReturns::Stop(place)
            }
            // Without the option it goes on where the shell only reports it.
            Some(option) if goes_on(option, dialect) => CarriageReturns::Noise(place),
            Some(_) => CarriageReturns::Stop(place),
            None if breaks_grammar(content) => CarriageReturns::Stop(place),
            None if content.is_empty() || content.ends_with([';', '&']) => match errexit {
                true => CarriageReturns::Stop(place),
                false => CarriageReturns::Noise(place),
            },
            None if prints(content) => CarriageReturns::Noise(place),
            None => CarriageReturns::Spoil(place),
        };
        let rank = |outcome: &CarriageReturns| match outcome {
            CarriageReturns::Stop(_) => 0,
            CarriageReturns::Spoil(_) => 1,
            CarriageReturns::Noise(_) => 2,
        };
        if worst.as_ref().is_none_or(|worst| rank(&found) < rank(worst)) {
            worst = Some(found);
        }
    }
    worst
}

/// The option of a `set` that makes the shell end where a command fails.
fn sets_errexit(line: &str) -> Option<&str> {
    let option = line.strip_prefix("set ")?.trim();
    let letters = option.strip_prefix('-').filter(|rest| !rest.starts_with('o'));
    if letters.is_some_and(|rest| rest.split(' ').next().is_some_and(|l| l.contains('e'))) {
        return Some(option);
    }
    option.strip_prefix("-o").map(str::trim).filter(|name| *name == "errexit")
}

/// Whether a shell goes on after an option that ends in a carriage return.
fn goes_on(option: &str, dialect: Dialect) -> bool {
    match (option, dialect) {
        ("errexit", dialect) => dialect != Dialect::Dash,
        (option, Dialect::Bash) => !option.contains("pipefail"),
        _ => false,
    }
}

/// Whether the line ends in a word of the grammar, which a carriage return makes another word.
fn breaks_grammar(line: &str) -> bool {
    let word = line.rsplit([' ', '\t', ';']).next().unwrap_or(line);
    matches!(word, "then" | "do" | "else" | "fi" | "done" | "in" | "esac") || line.ends_with(";;")
}

/// Whether the line only prints something.
fn prints(line: &str) -> bool {
    let plain = !line.contains(['|', '>', '&', ';', '`']) && !line.contains("$(");
    plain && (line.starts_with("echo ") || line == "echo")
}
