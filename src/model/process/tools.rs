//! What tools print that are used in `$( … )` and pipes, and the files that they make.

use super::follow::Follower;
use super::output::absolute;
use super::patterns::Pattern;
use super::state::{FileState, Shell, Status};
use crate::model::path;
use crate::source::{Known, Text};

/// The longest list of numbers that `seq` prints.
const MAX_NUMBERS: i64 = 1_000;

impl Follower<'_> {
    /// `echo` and `printf`.
    pub(super) fn prints(&mut self, words: &[Text], sh: &mut Shell) {
        if !self.is_read() {
            return;
        }
        let span = words[0].span();
        let text = if words[0].as_str() == "echo" { echoed(words, sh) } else { formatted(words) };
        match text {
            Some(text) => self.print(&text, sh),
            None => self.print_unknown(span),
        }
    }

    /// A tool whose output is worked out; `None` for any other program.
    pub(super) fn tool(&mut self, words: &[Text], sh: &mut Shell) -> Option<Status> {
        let name = words[0].rsplit('/').next().unwrap_or("");
        let span = words[0].span();
        let plain: Vec<&Text> = words[1..].iter().filter(|w| !w.starts_with('-')).collect();
        let line = |text: String| Text::derived(text + "\n", span);
        let text = match (name, plain.as_slice()) {
            ("dirname", [one]) => {
                let one = one.resolved()?;
                let one = one.trim_end_matches('/');
                Some(line(match one.rsplit_once('/') {
                    Some(("", _)) => "/".into(),
                    Some((folder, _)) => folder.trim_end_matches('/').to_owned(),
                    None => ".".into(),
                }))
            }
            ("basename", [one, rest @ ..]) => {
                let one = one.resolved()?.trim_end_matches('/');
                let name = one.rsplit('/').next().unwrap_or("");
                let end = rest.first().map_or("", |r| r.as_str());
                Some(line(
                    name.strip_suffix(end).filter(|n| !n.is_empty()).unwrap_or(name).to_owned(),
                ))
            }
            ("realpath" | "readlink", [one]) => absolute(one.resolved()?, sh).map(line),
            ("seq", numbers) => {
                let numbers: Option<Vec<i64>> =
                    numbers.iter().map(|n| n.resolved()?.parse().ok()).collect();
                let (from, to) = match numbers?.as_slice() {
                    [to] => (1, *to),
                    [from, to] => (*from, *to),
                    _ => return None,
                };
                (to - from < MAX_NUMBERS).then(|| {
                    Text::derived((from..=to).map(|n| format!("{n}\n")).collect::<String>(), span)
                })
            }
            ("cat", []) => return self.copies(sh, words),
            ("cat", files) => {
                let mut all = Text::empty(span);
                for file in files {
                    match self.content(file, sh) {
                        Known::Known(text) => all.push_text(&text),
                        _ => {
                            self.print_unknown(span);
                            return Some(Status::SUCCEEDS);
                        }
                    }
                }
                Some(all)
            }
            ("tr" | "cut" | "head" | "tail" | "grep" | "xargs", _) => {
                let Some(Known::Known(text)) = sh.stdin.as_deref() else { return None };
                let text = text.resolved()?.to_owned();
                return self.filter(name, words, &text, sh);
            }
            _ => None,
        };
        let text = text?;
        self.print(&text, sh);
        Some(Status::TRUE)
    }

    /// `cat` without a file: what it is given.
    fn copies(&mut self, sh: &mut Shell, words: &[Text]) -> Option<Status> {
        match sh.stdin.as_deref() {
            Some(Known::Known(text) | Known::Partly(text, _)) => {
                let text = text.clone();
                self.print(&text, sh);
            }
            _ => self.print_unknown(words[0].span()),
        }
        Some(Status::TRUE)
    }

    fn filter(&mut self, name: &str, words: &[Text], text: &str, sh: &mut Shell) -> Option<Status> {
        let span = words[0].span();
        let args: Option<Vec<&str>> = words[1..].iter().map(Text::resolved).collect();
        let args = args?;
        let out = match (name, args.as_slice()) {
            ("tr", ["-d", set]) => {
                let set = characters(set)?;
                text.chars().filter(|c| !set.contains(c)).collect()
            }
            ("tr", [from, to]) => {
                let (from, to) = (characters(from)?, characters(to)?);
                let last = *to.last()?;
                let change = |c: char| match from.iter().position(|f| *f == c) {
                    Some(at) => to.get(at).copied().unwrap_or(last),
                    None => c,
                };
                text.chars().map(change).collect()
            }
            ("cut", _) => cut(&args, text)?,
            ("head", ["-n1" | "-1"] | ["-n", "1"]) => {
                text.split_inclusive('\n').next().unwrap_or("").to_owned()
            }
            ("tail", ["-n1" | "-1"] | ["-n", "1"]) => {
                text.split_inclusive('\n').next_back().unwrap_or("").to_owned()
            }
            ("grep", _) => return self.grep(&args, text, words, sh),
            ("xargs", []) => text.split_whitespace().collect::<Vec<_>>().join(" ") + "\n",
            _ => return None,
        };
        let out: String = out;
        self.print(&Text::derived(out, span), sh);
        Some(Status::TRUE)
    }

    /// `grep pattern` of what is given: plain words only, and bounded expressions.
    fn grep(&mut self, args: &[&str], text: &str, words: &[Text], sh: &Shell) -> Option<Status> {
        let (mut quiet, mut inverse, mut fixed, mut folded, mut whole) =
            (false, false, false, false, false);
        let mut pattern = None;
        for arg in args {
            match arg.strip_prefix('-') {
                Some(flags) if pattern.is_none() && !flags.is_empty() => {
                    for flag in flags.chars() {
                        match flag {
                            'q' | 's' => quiet |= flag == 'q',
                            'v' => inverse = true,
                            'F' => fixed = true,
                            'i' => folded = true,
                            'x' => whole = true,
                            'E' => {}
                            _ => return None,
                        }
                    }
                }
                _ if pattern.is_none() => pattern = Some(*arg),
                _ => return None,
            }
        }
        let pattern = pattern?;
        let plain = pattern
            .chars()
            .all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | ' ' | ':' | '/' | '@' | ','));
        let expression = match fixed || plain {
            true => regex::escape(pattern),
            false if args.iter().any(|a| a.starts_with('-') && a.contains('E')) => {
                pattern.to_owned()
            }
            // A basic expression in which nothing is special but the ends.
            false
                if !pattern.contains(['\\', '*', '.', '[', '(', ')', '{', '}', '+', '?', '|']) =>
            {
                pattern.to_owned()
            }
            false => return None,
        };
        let expression = if whole { format!("^(?:{expression})$") } else { expression };
        let regex = regex::RegexBuilder::new(&expression).case_insensitive(folded).build().ok()?;
        let lines: Vec<&str> = text.lines().filter(|l| regex.is_match(l) != inverse).collect();
        if !quiet {
            let all: String = lines.iter().map(|l| format!("{l}\n")).collect();
            self.print(&Text::derived(all, words[0].span()), sh);
        }
        Some(Status::known(!lines.is_empty()))
    }

    /// Notes the files that a program makes or removes.
    pub(super) fn makes_files(&mut self, name: &str, words: &[Text], sh: &mut Shell) {
        let plain = || words[1..].iter().filter(|w| !w.starts_with('-'));
        let at = |w: &Text, sh: &Shell| w.resolved().and_then(|w| absolute(w, sh));
        match name {
            "touch" | "mkdir" => {
                for word in plain() {
                    if let Some(at) = at(word, sh)
                        .filter(|at| !matches!(self.find(at, sh), super::files::Found::Host(_)))
                    {
                        sh.made(at, FileState::Made);
                    }
                }
            }
            "rm" | "rmdir" | "unlink" => {
                for word in plain() {
                    if let Some(at) = at(word, sh).filter(|at| !at.contains('*')) {
                        sh.made(at, FileState::Gone);
                    }
                }
            }
            "cp" | "mv" | "ln" | "install" => {
                let all: Vec<&Text> = plain().collect();
                let [from @ .., to] = all.as_slice() else { return };
                let Some(target) = at(to, sh) else { return };
                for source in from {
                    let Some(origin) = at(source, sh) else { continue };
                    let folder = from.len() > 1 || to.ends_with('/') || self.is_folder(&target, sh);
                    let file = origin.rsplit('/').next().unwrap_or("");
                    let target = if folder { path::join(&target, file) } else { target.clone() };
                    let state = match self.content(source, sh) {
                        Known::Known(text) | Known::Partly(text, _) => FileState::Content(text),
                        Known::Unknown(_) => FileState::Made,
                    };
                    sh.made(target, state);
                    if name == "mv" {
                        sh.made(origin, FileState::Gone);
                    }
                }
            }
            "tee" => {
                let state = match sh.stdin.as_deref() {
                    Some(Known::Known(text)) if !words.iter().any(|w| w.as_str() == "-a") => {
                        FileState::Content(text.clone())
                    }
                    _ => FileState::Made,
                };
                for word in plain() {
                    if let Some(at) = at(word, sh) {
                        sh.made(at, state.clone());
                    }
                }
            }
            "curl" | "wget" => {
                for option in ["-o", "--output", "-O", "--output-document"] {
                    if name == "curl" && option == "-O" {
                        continue;
                    }
                    if let Some(at) = super::option(words, option).and_then(|w| at(&w, sh)) {
                        sh.made(at, FileState::Made);
                    }
                }
            }
            _ => {}
        }
    }

    fn is_folder(&self, at: &str, sh: &Shell) -> bool {
        match self.find(at, sh) {
            super::files::Found::Host(file) => self.place.text(&file).is_none(),
            super::files::Found::Made => !at.rsplit('/').next().unwrap_or("").contains('.'),
            _ => false,
        }
    }
}

/// What `echo` prints; `None` for escapes.
fn echoed(words: &[Text], sh: &Shell) -> Option<Text> {
    let span = words[0].span();
    let mut rest = &words[1..];
    let (mut ends, mut escapes) = (true, sh.dialect == crate::model::exec_context::Dialect::Dash);
    while let Some(flags) = rest.first().and_then(|w| w.strip_prefix('-')) {
        if flags.is_empty() || !flags.chars().all(|c| matches!(c, 'n' | 'e' | 'E')) {
            break;
        }
        ends &= !flags.contains('n');
        escapes |= flags.contains('e');
        rest = &rest[1..];
    }
    if escapes && rest.iter().any(|w| w.contains('\\')) {
        return None;
    }
    let mut line = super::simple::joined(rest, span);
    if ends {
        line.push_derived("\n", span);
    }
    Some(line)
}

/// What `printf` prints; `None` for formats that are not known.
fn formatted(words: &[Text]) -> Option<Text> {
    let mut rest = &words[1..];
    if rest.first().is_some_and(|w| w.as_str() == "--") {
        rest = &rest[1..];
    }
    let (format, mut args) = rest.split_first()?;
    let span = format.span();
    let format = format.resolved()?;
    let mut out = Text::empty(span);
    loop {
        let mut used = false;
        let mut chars = format.chars();
        while let Some(c) = chars.next() {
            match c {
                '%' => match chars.next()? {
                    '%' => out.push_derived("%", span),
                    's' | 'd' | 'b' | 'q' => {
                        used = true;
                        if let Some((first, rest)) = args.split_first() {
                            out.push_text(first);
                            args = rest;
                        }
                    }
                    _ => return None,
                },
                '\\' => match chars.next()? {
                    'n' => out.push_derived("\n", span),
                    't' => out.push_derived("\t", span),
                    '\\' => out.push_derived("\\", span),
                    _ => return None,
                },
                c => out.push_derived(c.encode_utf8(&mut [0; 4]), span),
            }
        }
        if args.is_empty() || !used {
            return Some(out);
        }
    }
}

/// The characters of a set of `tr`: `a-z`, `[:upper:]`, `\n`.
fn characters(set: &str) -> Option<Vec<char>> {
    match set {
        "[:upper:]" => return Some(('A'..='Z').collect()),
        "[:lower:]" => return Some(('a'..='z').collect()),
        "[:space:]" => return Some(vec![' ', '\t', '\n', '\r', '\u{b}', '\u{c}']),
        _ if set.contains("[:") => return None,
        _ => {}
    }
    let chars: Vec<char> = set.chars().collect();
    let mut out = Vec::new();
    let mut at = 0;
    while let Some(c) = chars.get(at) {
        match (c, chars.get(at + 1), chars.get(at + 2)) {
            ('\\', Some(escape), _) => {
                out.push(match escape {
                    'n' => '\n',
                    't' => '\t',
                    'r' => '\r',
                    c => *c,
                });
                at += 2;
            }
            (from, Some('-'), Some(to)) if from <= to => {
                out.extend(*from..=*to);
                at += 3;
            }
            (c, _, _) => {
                out.push(*c);
                at += 1;
            }
        }
    }
    Some(out)
}

/// `cut -d C -f N`
fn cut(args: &[&str], text: &str) -> Option<String> {
    let value = |flag: &str| {
        args.iter().enumerate().find_map(|(i, a)| {
            let rest = a.strip_prefix(flag)?;
            if rest.is_empty() {
                args.get(i + 1).copied()
            } else {
                Some(rest.trim_start_matches('='))
            }
        })
    };
    let by = value("-d").unwrap_or("\t");
    let wanted = value("-f")?;
    let (from, to) = match wanted.split_once('-') {
        Some((from, "")) => (from.parse::<usize>().ok()?, usize::MAX),
        Some((from, to)) => (from.parse().ok()?, to.parse().ok()?),
        None => (wanted.parse().ok()?, wanted.parse().ok()?),
    };
    let line = |line: &str| {
        let parts: Vec<&str> = line.split(by).collect();
        if parts.len() == 1 {
            return line.to_owned();
        }
        let end = to.min(parts.len());
        parts.get(from.saturating_sub(1).min(end)..end).unwrap_or_default().join(by)
    };
    Some(text.lines().map(|l| line(l) + "\n").collect())
}

/// Whether a pattern of `find -name` fits.
pub(super) fn fits(pattern: &str, name: &str) -> bool {
    Pattern::of_text(pattern).is_some_and(|p| p.matches(name))
}
