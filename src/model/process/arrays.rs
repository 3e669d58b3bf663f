//! Several values at once: `"$@"`, `"$*"`, arrays and what is cut out of them.

use super::follow::Follower;
use super::params::{Value, window};
use super::state::Shell;
use super::words::Fields;
use crate::source::{Reason, Span, Text, Unknown};
use crate::syntax::shell::{Part, Variable, Word};

impl Follower<'_> {
    /// The values of `$@`, `$*`, `${NAME[@]}`; `None` for a variable that is one value.
    pub(super) fn several(&mut self, v: &Variable, sh: &Shell) -> Option<Vec<Text>> {
        match (v.name.as_str(), v.index.as_ref().map(|i| i.as_str())) {
            ("@" | "*", _) => Some((*sh.args).clone()),
            ("BASH_SOURCE", Some("@" | "*")) => sh.source.clone().map(|s| vec![s]),
            (name, Some("@" | "*")) => Some(match sh.arrays.get(name) {
                Some(values) => values.clone(),
                None => match self.lookup(name, v.span, sh) {
                    Value::Unset => Vec::new(),
                    Value::Set(value) => vec![value],
                    Value::Unknown(why) => vec![Text::unresolved(why, v.span)],
                },
            }),
            _ => None,
        }
    }

    /// Adds several values, each its own field for `@` and one word for a quoted `*`.
    pub(super) fn several_values(
        &mut self,
        v: &Variable,
        values: Vec<Text>,
        out: &mut Fields,
        own: bool,
        sh: &mut Shell,
    ) {
        let joined = v.name == "*" || v.index.as_ref().is_some_and(|i| i.as_str() == "*");
        let open = values.iter().find(|t| t.is_unresolved()).and_then(Text::why);
        let given = match v.operator.as_str() {
            op if op.starts_with(':') => {
                !values.is_empty() && (values.len() > 1 || !values[0].is_empty())
            }
            _ => !values.is_empty(),
        };
        let values = match v.operator.as_str() {
            "" => values,
            "#" if v.argument.is_none() => {
                match open {
                    Some(why) => out.unresolved(why, v.span, true),
                    None => out.add(Text::derived(values.len().to_string(), v.span), true),
                }
                return;
            }
            "-" | ":-" | "=" | ":=" | "?" | ":?" if given => values,
            "-" | ":-" | "=" | ":=" | "?" | ":?" => {
                if let Some(word) = v.argument.as_deref() {
                    self.parts(word, out, own && v.quoted, sh);
                }
                return;
            }
            "+" | ":+" => {
                if let Some(word) = v.argument.as_deref().filter(|_| given) {
                    self.parts(word, out, own && v.quoted, sh);
                }
                return;
            }
            ":" => {
                let argument = v.argument.as_deref().map(|word| self.text(word, sh));
                let range = argument
                    .filter(|_| open.is_none())
                    .and_then(|argument| self.window(&argument, sh))
                    .and_then(|(offset, length)| self.cut(v, values.len(), offset, length));
                match range {
                    // `${@:0}` starts with `$0`.
                    Some((zero, range)) => zero
                        .then(|| sh.zero.clone())
                        .flatten()
                        .into_iter()
                        .chain(values.get(range).unwrap_or_default().iter().cloned())
                        .collect(),
                    None => return self.unknown_values(open, v.span, out),
                }
            }
            _ => {
                let edited: Option<Vec<Text>> =
                    values.iter().map(|value| self.edited(v, value, sh)).collect();
                match edited {
                    Some(values) => values,
                    None => return self.unknown_values(open, v.span, out),
                }
            }
        };
        if joined && (v.quoted || !out.splits()) {
            let mut line = Text::empty(values.first().map_or(v.span, Text::span));
            let separator = match sh.vars.get("IFS").map(Text::as_str) {
                None => " ",
                Some(all) => {
                    all.chars().next().map_or("", |c| all.get(..c.len_utf8()).unwrap_or(""))
                }
            }
            .to_owned();
            for (i, value) in values.iter().enumerate() {
                if i > 0 {
                    line.push_derived(&separator, value.span());
                }
                line.push_text(value);
            }
            return out.add(line, true);
        }
        if values.is_empty() && v.quoted && !out.splits() {
            return out.add(Text::empty(v.span), true);
        }
        out.values(&values, v.quoted);
    }

    fn unknown_values(&mut self, why: Option<Unknown>, span: Span, out: &mut Fields) {
        let form = || Unknown::at(Reason::ShellForm("this form of several values"), span);
        out.unresolved(why.unwrap_or_else(form), span, true);
    }

    /// The part of several values; whether `$0` comes first.
    fn cut(
        &mut self,
        v: &Variable,
        count: usize,
        offset: i64,
        length: Option<i64>,
    ) -> Option<(bool, std::ops::Range<usize>)> {
        if v.name != "@" && v.name != "*" {
            return Some((false, window(count, offset, length)?));
        }
        let all = window(count + 1, offset, length)?;
        let zero = all.start == 0 && !all.is_empty();
        Some((zero, all.start.saturating_sub(1).min(count)..all.end.saturating_sub(1).min(count)))
    }

    /// `${NAME[index]}`
    pub(super) fn element(&mut self, v: &Variable, index: &Text, sh: &mut Shell) -> Value {
        let unknown =
            || Value::Unknown(Unknown::at(Reason::ShellForm("an element of an array"), v.span));
        if v.name == "BASH_SOURCE" && index.as_str() == "0" {
            return self.lookup("BASH_SOURCE", v.span, sh);
        }
        let Some(values) = sh.arrays.get(&v.name).cloned() else {
            return match index.as_str() {
                "0" => self.lookup(&v.name, v.span, sh),
                _ => match self.lookup(&v.name, v.span, sh) {
                    Value::Unset => Value::Unset,
                    _ => unknown(),
                },
            };
        };
        if values.iter().any(Text::is_unresolved) {
            return unknown();
        }
        let Some(at) = self.sum(index.as_str(), v.span, sh) else { return unknown() };
        let at = if at < 0 { i64::try_from(values.len()).unwrap_or(0) + at } else { at };
        match usize::try_from(at).ok().and_then(|at| values.get(at)) {
            Some(value) => Value::Set(value.clone()),
            None => Value::Unset,
        }
    }

    /// Does `NAME=value`, `NAME+=value`, `NAME=(…)`, `NAME[index]=value`.
    pub(super) fn assign(&mut self, name: &str, value: &Word, sh: &mut Shell) {
        let appends = |p: &Part| matches!(p, Part::Variable(v) if v.operator == "-" && v.name == name && v.argument.is_none());
        match value.parts.as_slice() {
            [Part::Array(words)] => {
                let values = self.elements(words, sh);
                sh.set_array(name, values, value.span());
            }
            [old, Part::Array(words)] if appends(old) => {
                let mut values = match sh.arrays.get(name) {
                    Some(values) => values.clone(),
                    None => match self.lookup(name, value.span(), sh) {
                        Value::Set(text) => vec![text],
                        Value::Unset => Vec::new(),
                        Value::Unknown(why) => vec![Text::unresolved(why, value.span())],
                    },
                };
                values.extend(self.elements(words, sh));
                values.truncate(super::words::MAX_WORDS);
                sh.set_array(name, values, value.span());
            }
            [Part::Unknown, ..] => {
                let why =
                    Text::unresolved(Reason::ShellForm("an element of an array"), value.span());
                sh.set_array(name, vec![why], value.span());
            }
            _ => {
                let text = self.text(value, sh);
                sh.set(name, text);
            }
        }
    }

    fn elements(&mut self, words: &[Word], sh: &mut Shell) -> Vec<Text> {
        // `([key]=value …)` is a table.
        if words.iter().any(|w| w.raw.starts_with('[')) {
            let span = words.first().map(Word::span);
            return span
                .map(|span| Text::unresolved(Reason::ShellForm("a table"), span))
                .into_iter()
                .collect();
        }
        self.argv(words, sh)
    }
}
