//! What stands for a variable: its value, and the operators behind its name (POSIX shell, 2.6.2; Bash manual, 3.5.3).

use super::follow::{Follower, Guess};
use super::patterns::Pattern;
use super::state::{Jump, Shell};
use super::words::Fields;
use crate::model::django::EnvAnswer;
use crate::source::{Known, Reason, Span, Text, Unknown};
use crate::syntax::shell::{Variable, Word};

/// What a variable holds.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value {
    /// It is not set.
    Unset,
    /// It is set, to a text that is known as far as its pieces are.
    Set(Text),
    /// It is not known whether it is set.
    Unknown(Unknown),
}

impl Value {
    fn implied(text: impl Into<String>, span: Span) -> Self {
        Self::Set(Text::derived(text, span))
    }
}

/// Variables that a shell or Docker sets, to what only the running one knows.
const OWN: [&str; 14] = [
    "HOME",
    "HOSTNAME",
    "PATH",
    "UID",
    "EUID",
    "PPID",
    "RANDOM",
    "SECONDS",
    "LINENO",
    "SHLVL",
    "BASHPID",
    "EPOCHSECONDS",
    "TERM",
    "BASH_VERSION",
];

impl Follower<'_> {
    /// What a variable holds that is used at `span`.
    pub(super) fn lookup(&mut self, name: &str, span: Span, sh: &Shell) -> Value {
        let shells_own = |what| Value::Unknown(Unknown::at(Reason::ShellForm(what), span));
        if let Ok(number) = name.parse::<usize>() {
            return match number.checked_sub(1) {
                // An argument of which nothing is known may be several, or none.
                Some(index) => match sh.args.iter().take(index + 1).find(|a| a.is_unresolved()) {
                    Some(open) if index > 0 || sh.args.len() > 1 => {
                        open.why().map_or_else(|| shells_own("an argument"), Value::Unknown)
                    }
                    _ => sh.args.get(index).map_or(Value::Unset, |a| Value::Set(a.clone())),
                },
                None => match &sh.zero {
                    Some(zero) => Value::Set(zero.clone()),
                    None => shells_own("`$0`"),
                },
            };
        }
        match name {
            "#" => {
                return match sh.args.iter().find(|a| a.is_unresolved()) {
                    Some(_) => shells_own("the number of arguments"),
                    None => Value::implied(sh.args.len().to_string(), span),
                };
            }
            "?" => {
                let status = sh.status;
                return match status.map(|s| (s.ok, s.assumed)) {
                    None => Value::implied("0", span),
                    Some((Some(ok), assumed)) => {
                        if assumed {
                            self.guessed = Some(Guess::Success);
                        } else if !ok {
                            return shells_own("the status of a command");
                        }
                        Value::implied(if ok { "0" } else { "1" }, span)
                    }
                    Some(_) => shells_own("the status of a command"),
                };
            }
            "$" | "!" | "-" => return shells_own("a variable of the running shell"),
            "OPTIND" if !sh.vars.contains_key(name) => return Value::implied("1", span),
            "PWD" if !sh.vars.contains_key(name) => {
                return match &sh.workdir {
                    Some(folder) => Value::implied(folder.clone(), span),
                    None => Value::Unknown(Unknown::at(Reason::WorkingFolder, span)),
                };
            }
            "BASH_SOURCE" => {
                return match &sh.source {
                    Some(source) => Value::Set(source.clone()),
                    None => shells_own("BASH_SOURCE"),
                };
            }
            _ => {}
        }
        if let Some(value) = sh.vars.get(name) {
            return Value::Set(value.clone());
        }
        if sh.unset.contains_key(name) {
            return Value::Unset;
        }
        if let Some(open) = &sh.open {
            return Value::Unknown((**open).clone());
        }
        match self.place.env(name) {
            EnvAnswer::Set(Known::Known(text) | Known::Partly(text, _)) => Value::Set(text),
            EnvAnswer::Set(Known::Unknown(why)) => Value::Set(Text::unresolved(why, span)),
            EnvAnswer::Unset if OWN.contains(&name) => {
                shells_own("a variable of the running shell")
            }
            EnvAnswer::Unset => Value::Unset,
            EnvAnswer::Unknown(why) => Value::Unknown(why),
        }
    }

    /// Adds what `$NAME`, `${NAME…}` stand for.
    pub(super) fn variable(&mut self, v: &Variable, out: &mut Fields, own: bool, sh: &mut Shell) {
        if v.operator == "!" {
            return self.indirect(v, out, own, sh);
        }
        if let Some(values) = self.several(v, sh) {
            return self.several_values(v, values, out, own, sh);
        }
        let value = match &v.index {
            None => self.lookup(&v.name, v.span, sh),
            Some(index) => self.element(v, &index.clone(), sh),
        };
        self.with_operator(v, value, out, own, sh);
    }

    /// `${!NAME}`: the variable that another one names.
    fn indirect(&mut self, v: &Variable, out: &mut Fields, own: bool, sh: &mut Shell) {
        let name = match self.lookup(&v.name, v.span, sh) {
            Value::Set(name) if name.is_resolved() => name.as_str().to_owned(),
            _ => {
                return out.unresolved(Unknown::at(Reason::VariableName, v.span), v.span, v.quoted);
            }
        };
        let plain = Variable { name, operator: String::new(), ..v.clone() };
        self.variable(&plain, out, own, sh);
    }

    /// The value with the operator behind its name.
    fn with_operator(
        &mut self,
        v: &Variable,
        value: Value,
        out: &mut Fields,
        own: bool,
        sh: &mut Shell,
    ) {
        // With a colon, empty counts as unset.
        let colon = v.operator.starts_with(':');
        let given = match &value {
            Value::Set(text) => !(text.is_unresolved() || colon && text.is_empty()),
            Value::Unset | Value::Unknown(_) => false,
        };
        let sure = match &value {
            Value::Set(text) => !text.is_unresolved(),
            Value::Unset => true,
            Value::Unknown(_) => false,
        };
        let plain = v.name != "@" && v.name != "*";
        if sh.nounset && plain && !is_default(&v.operator) {
            match &value {
                Value::Unset => {
                    sh.gone.get_or_insert(Jump::Exit { failing: true });
                }
                // As the project is, the shell ends here. What the file is filled with is not known.
                Value::Unknown(why) if matches!(why.reason, Reason::FileEmpty(_)) => {
                    self.unknown(why.clone());
                }
                Value::Set(_) | Value::Unknown(_) => {}
            }
        }
        match v.operator.as_str() {
            "" => self.put(&value, v, out),
            "-" | ":-" | "=" | ":=" | "?" | ":?" if given => self.put(&value, v, out),
            "?" | ":?" if sure => {
                out.unresolved(Reason::RequiredNotSet(v.name.clone()), v.span, v.quoted);
                sh.gone.get_or_insert(Jump::Exit { failing: true });
            }
            "?" | ":?" => self.put(&value, v, out),
            "-" | ":-" => {
                if !sure {
                    self.guessed = Some(Guess::Unset);
                }
                self.argument(v, out, own, sh);
            }
            "=" | ":=" => {
                let text = v.argument.as_deref().map(|word| self.text(word, sh));
                let mut text = text.unwrap_or_else(|| Text::empty(v.span));
                if !sure {
                    self.guessed = Some(Guess::Unset);
                    if let Value::Unknown(why) = &value {
                        sh.set(&v.name, Text::unresolved(why.clone(), v.span));
                    }
                } else {
                    sh.set(&v.name, text.clone());
                }
                text = text.seen_at(v.span);
                out.value(text, v.quoted);
            }
            "+" | ":+" if given => self.argument(v, out, own, sh),
            "+" | ":+" if sure => {
                if v.quoted {
                    out.add(Text::empty(v.span), true);
                }
            }
            _ => {
                let text = match value {
                    Value::Set(text) => text,
                    Value::Unset => Text::empty(v.span),
                    Value::Unknown(why) => return out.unresolved(why, v.span, v.quoted),
                };
                match self.edited(v, &text, sh) {
                    Some(text) => out.value(text, v.quoted),
                    None => {
                        let why = text.why().unwrap_or_else(|| {
                            Unknown::at(Reason::ShellForm("this form of a variable"), v.span)
                        });
                        out.unresolved(why, v.span, v.quoted);
                    }
                }
            }
        }
    }

    /// The word behind an operator.
    fn argument(&mut self, v: &Variable, out: &mut Fields, own: bool, sh: &mut Shell) {
        if v.quoted {
            out.add(Text::empty(v.span), true);
        }
        if let Some(word) = v.argument.as_deref() {
            self.parts(word, out, own && v.quoted, sh);
        }
    }

    /// Adds what a variable holds.
    fn put(&mut self, value: &Value, v: &Variable, out: &mut Fields) {
        match value {
            Value::Set(text) => out.value(text.seen_at(v.span), v.quoted),
            Value::Unset if v.quoted => out.add(Text::empty(v.span), true),
            Value::Unset => {}
            Value::Unknown(why) => out.unresolved(why.clone(), v.span, v.quoted),
        }
    }

    /// The value with a part taken away, replaced or in another case; `None` where that is not known.
    pub(super) fn edited(&mut self, v: &Variable, value: &Text, sh: &mut Shell) -> Option<Text> {
        let word = v.argument.as_deref();
        let pattern = |follower: &mut Self, word: &Word, sh: &mut Shell| {
            let field = follower.unsplit(word, sh);
            Pattern::of_field(&field)
        };
        match v.operator.as_str() {
            "#" if word.is_none() => {
                Some(Text::derived(value.resolved()?.chars().count().to_string(), v.span))
            }
            "#" | "##" | "%" | "%%" => {
                let pattern = pattern(self, word?, sh)?;
                trimmed(value, &pattern, &v.operator).map(|t| t.seen_at(v.span))
            }
            "/" | "//" | "/#" | "/%" => {
                let (old, new) = replacement(word?)?;
                let pattern = pattern(self, &old, sh)?;
                let new = match new {
                    Some(word) => self.text(&word, sh),
                    None => Text::empty(v.span),
                };
                let (value, new) = (value.resolved()?, new.resolved()?.to_owned());
                Some(Text::derived(pattern.replaced(value, &new, &v.operator), v.span))
            }
            "^^" | "^" | ",," | "," if word.is_none_or(|w| w.raw.is_empty()) => {
                let value = value.resolved()?;
                let first = value.chars().next().map_or(0, char::len_utf8);
                let (head, tail) = value.split_at(first);
                let text = match v.operator.as_str() {
                    "^^" => value.to_uppercase(),
                    ",," => value.to_lowercase(),
                    "^" => head.to_uppercase() + tail,
                    _ => head.to_lowercase() + tail,
                };
                Some(Text::derived(text, v.span))
            }
            ":" => {
                let argument = self.text(word?, sh);
                let (offset, length) = self.window(&argument, sh)?;
                let chars: Vec<char> = value.resolved()?.chars().collect();
                let range = window(chars.len(), offset, length)?;
                Some(Text::derived(chars.get(range)?.iter().collect::<String>(), v.span))
            }
            _ => None,
        }
    }

    /// `offset:length` of `${NAME:offset:length}`.
    pub(super) fn window(&mut self, text: &Text, sh: &mut Shell) -> Option<(i64, Option<i64>)> {
        let (span, text) = (text.span(), text.resolved()?);
        let (offset, length) = match text.split_once(':') {
            Some((offset, length)) => (offset, Some(length)),
            None => (text, None),
        };
        let number = |follower: &mut Self, text: &str, sh: &mut Shell| {
            if text.trim().is_empty() { Some(0) } else { follower.sum(text, span, sh) }
        };
        let offset = number(self, offset, sh)?;
        let length = match length {
            Some(length) => Some(number(self, length, sh)?),
            None => None,
        };
        Some((offset, length))
    }
}

/// Operators that say what stands for a variable which is not set.
fn is_default(operator: &str) -> bool {
    matches!(operator, "-" | ":-" | "=" | ":=" | "+" | ":+" | "?" | ":?")
}

/// The part of `count` items from `offset` on; negative ones count from the end.
pub(super) fn window(
    count: usize,
    offset: i64,
    length: Option<i64>,
) -> Option<std::ops::Range<usize>> {
    let count = i64::try_from(count).ok()?;
    let start = if offset < 0 { count + offset } else { offset }.clamp(0, count);
    let end = match length {
        None => count,
        Some(length) if length < 0 => count + length,
        Some(length) => start.saturating_add(length),
    };
    let end = end.clamp(start, count);
    Some(usize::try_from(start).ok()?..usize::try_from(end).ok()?)
}

/// The value without what a pattern fits at one end.
fn trimmed(value: &Text, pattern: &Pattern, operator: &str) -> Option<Text> {
    let text = value.as_str();
    let mut cuts: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
    let front = operator.starts_with('#');
    // The shortest part first for one sign, the longest for two.
    if front == (operator.len() == 2) {
        cuts.reverse();
    }
    let known = |part: &Text| part.is_resolved();
    for at in cuts {
        let (part, rest) = match front {
            true => (value.slice(0..at), value.slice(at..text.len())),
            false => (value.slice(at..text.len()), value.slice(0..at)),
        };
        if !known(&part) {
            return None;
        }
        if pattern.matches(&part) {
            return Some(rest);
        }
    }
    Some(value.clone())
}

/// What is replaced and by what, in the argument of `/`.
fn replacement(word: &Word) -> Option<(Word, Option<Word>)> {
    use crate::syntax::shell::Part;
    let mut before = Vec::new();
    let mut parts = word.parts.iter();
    while let Some(part) = parts.next() {
        if let Part::Literal { text, quoted: false } = part
            && let Some(at) = text.find('/')
        {
            before.push(Part::Literal { text: text.slice(0..at), quoted: false });
            let rest = Part::Literal { text: text.slice(at + 1..text.len()), quoted: false };
            let after = std::iter::once(rest).chain(parts.cloned()).collect();
            let of = |parts| Word { raw: word.raw.clone(), parts };
            return Some((of(before), Some(of(after))));
        }
        before.push(part.clone());
    }
    Some((word.clone(), None))
}
