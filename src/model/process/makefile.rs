//! Rules and variables of a Makefile (GNU make manual, 3 "Writing Makefiles").

use crate::source::{Reason, Text};
use std::collections::{BTreeMap, BTreeSet};

/// A rule of a Makefile or justfile.
#[derive(Debug, Clone, Default)]
pub(super) struct Rule {
    pub(super) needs: Vec<String>,
    pub(super) recipe: Vec<Text>,
    /// It stands in a branch whose condition is not followed.
    pub(super) open: bool,
    pub(super) parameters: Vec<(String, Option<Text>)>,
}

/// What a Makefile says.
#[derive(Debug, Default)]
pub(super) struct Makefile {
    pub(super) rules: BTreeMap<String, Rule>,
    pub(super) phony: BTreeSet<String>,
    pub(super) vars: BTreeMap<String, Text>,
    /// `?=`: only where nothing else sets it.
    pub(super) defaults: BTreeSet<String>,
    pub(super) first: Option<String>,
}

impl Makefile {
    pub(super) fn read(text: &Text) -> Self {
        let mut make = Self::default();
        let mut current: Vec<String> = Vec::new();
        let mut branches = 0_usize;
        for line in logical_lines(text) {
            if line.starts_with('\t') && !current.is_empty() {
                for name in &current {
                    if let Some(rule) = make.rules.get_mut(name) {
                        rule.recipe.push(line.slice(1..line.len()));
                    }
                }
                continue;
            }
            let plain = line.slice(0..line.find('#').unwrap_or(line.len())).trim();
            let word = plain.split_whitespace().next().unwrap_or("");
            match word {
                "" => continue,
                "ifeq" | "ifneq" | "ifdef" | "ifndef" | "define" => {
                    branches += 1;
                    continue;
                }
                "endif" | "endef" => {
                    branches = branches.saturating_sub(1);
                    continue;
                }
                "else" | "include" | "-include" | "unexport" | "vpath" => continue,
                _ => {}
            }
            if make.assignment(&plain, branches > 0) {
                current.clear();
                continue;
            }
            let Some(at) = plain.find(':') else { continue };
            let targets: Vec<String> = plain[..at].split_whitespace().map(str::to_owned).collect();
            let rest = plain[at + 1..].trim_start_matches(':');
            let (needs, inline) = match rest.split_once(';') {
                Some((needs, inline)) => (needs, Some(plain.slice_of(inline))),
                None => (rest, None),
            };
            let needs: Vec<String> =
                needs.split_whitespace().filter(|n| *n != "|").map(str::to_owned).collect();
            if targets.iter().any(|t| t == ".PHONY") {
                make.phony.extend(needs);
                continue;
            }
            for target in &targets {
                if make.first.is_none() && !target.starts_with('.') && !target.contains('%') {
                    make.first = Some(target.clone());
                }
                let rule = make.rules.entry(target.clone()).or_default();
                rule.needs.extend(needs.iter().cloned());
                rule.recipe.extend(inline.clone());
                rule.open |= branches > 0;
            }
            current = targets;
        }
        make
    }

    /// `NAME = value` and the like.
    fn assignment(&mut self, line: &Text, open: bool) -> bool {
        let text = line.as_str();
        let rest =
            text.strip_prefix("export ").or_else(|| text.strip_prefix("override ")).unwrap_or(text);
        let Some(at) = rest.find('=') else { return false };
        let operator = ["::", ":", "?", "+", "!"].iter().find(|o| rest[..at].ends_with(**o));
        let name = rest[..at - operator.map_or(0, |o| o.len())].trim();
        if name.is_empty() || name.contains([' ', ':', '$', '\t']) {
            return false;
        }
        let value = line.slice_of(&rest[at + 1..]).trim();
        let value = match operator.copied() {
            _ if open => Text::unresolved(Reason::Condition, line.span()),
            Some("!") => Text::unresolved(Reason::CommandOutput, line.span()),
            Some("+") => match self.vars.get(name) {
                Some(old) => {
                    let mut all = old.clone();
                    all.push_derived(" ", value.span());
                    all.push_text(&value);
                    all
                }
                None => value,
            },
            Some("?") if self.vars.contains_key(name) => return true,
            _ => value,
        };
        if operator == Some(&"?") {
            self.defaults.insert(name.to_owned());
        }
        self.vars.insert(name.to_owned(), value);
        true
    }
}

/// Lines, those that end in a backslash put together.
pub(super) fn logical_lines(text: &Text) -> Vec<Text> {
    let mut lines = Vec::new();
    let (mut start, mut at) = (0, 0);
    for line in text.as_str().split_inclusive('\n') {
        at += line.len();
        let content = line.trim_end_matches(['\n', '\r']);
        if content.ends_with('\\') && at < text.len() {
            continue;
        }
        let end = at - (line.len() - content.len());
        lines.push(text.slice(start..end));
        start = at;
    }
    lines
}
