//! Makefiles: each line of a recipe with the variables put in (GNU make manual, 6.1 and 6.5).

use crate::model::instructions::expand::Value;
use crate::model::instructions::expansion::{Fuel, Mark, put_in};
use crate::model::instructions::shell::{MAX_ALTERNATIVES, Shell};
use crate::model::instructions::{Form, Invocation};
use crate::source::{RelPath, SourceFile, Span, Text};
use crate::syntax::makefile::{AssignmentKind, Makefile};
use std::collections::BTreeMap;

/// How deep variables are followed that are made of others.
const MAX_DEPTH: usize = 8;

type Variables = BTreeMap<String, Vec<Text>>;

pub(super) fn read(file: &SourceFile, home: RelPath) -> Vec<Invocation> {
    let Makefile { variables: assignments, includes, recipes } = Makefile::read(&file.body());
    let mut variables = Variables::new();
    let mut exported = Vec::new();
    for assignment in &assignments {
        let name = assignment.name.as_str();
        if assignment.exported {
            exported.push(name.to_owned());
        }
        let before = variables.remove(name);
        let mut values = match (assignment.kind, before) {
            (AssignmentKind::Shell, _) => Vec::new(),
            (AssignmentKind::Default, Some(before)) => before,
            (AssignmentKind::Append, Some(before)) => {
                let append = |mut value: Text| {
                    value.push_derived(" ", assignment.value.span());
                    value.push_text(&assignment.value);
                    value
                };
                let kept = if assignment.conditional { before.clone() } else { Vec::new() };
                kept.into_iter().chain(before.into_iter().map(append)).collect()
            }
            (_, before) => {
                let before = before.unwrap_or_default();
                let new = after_itself(&assignment.value, name, &before);
                let kept = if assignment.conditional { before } else { Vec::new() };
                kept.into_iter().chain(new).collect()
            }
        };
        values.truncate(MAX_ALTERNATIVES);
        variables.insert(name.to_owned(), values);
    }
    let mut out = Vec::new();
    let fuel = Fuel::new();
    let make = Expansion { variables: &variables, fuel: &fuel };
    for list in &includes {
        for text in make.expanded(list, "", &mut Vec::new()) {
            let mut shell = Shell::new(home.clone(), Form::Written);
            let span = text.span();
            let mut line = Text::derived("include ", span);
            line.push_text(&text);
            shell.run(&line);
            out.append(&mut shell.out);
        }
    }
    for recipe in &recipes {
        for line in &recipe.lines {
            for text in make.expanded(line, recipe.targets.as_str(), &mut Vec::new()) {
                let mut shell = Shell::new(home.clone(), Form::Written);
                for name in &exported {
                    let values = variables.get(name).into_iter().flatten();
                    let texts = values.flat_map(|v| make.expanded(v, "", &mut Vec::new()));
                    shell
                        .vars
                        .insert(name.clone(), texts.map(|t| Value::literal(t.as_str())).collect());
                    shell.exported.insert(name.clone());
                }
                shell.run(&text);
                out.append(&mut shell.out);
            }
        }
    }
    out
}

/// The value of `A := $(A) x`: what `A` was before is put in.
fn after_itself(value: &Text, name: &str, before: &[Text]) -> Vec<Text> {
    let marks = [format!("$({name})"), format!("${{{name}}}")];
    let at = marks.iter().find_map(|m| value.find(m.as_str()).map(|at| at..at + m.len()));
    match at {
        Some(range) if !before.is_empty() => {
            put_in(value, &[Mark { range, values: before.to_vec(), name: name.to_owned() }])
        }
        _ => vec![value.clone()],
    }
}

struct Expansion<'m> {
    variables: &'m Variables,
    fuel: &'m Fuel,
}

impl Expansion<'_> {
    /// A text with the variables that make puts in; `open` are those whose values it is a part of.
    fn expanded(&self, text: &Text, target: &str, open: &mut Vec<String>) -> Vec<Text> {
        let mut marks = Vec::new();
        let bytes = text.as_bytes();
        let mut at = 0;
        while let Some(start) = text[at..].find('$').map(|i| at + i) {
            let (end, name) = match bytes.get(start + 1) {
                Some(b'(' | b'{') => {
                    let end = closing(text, start + 1);
                    (end, text.get(start + 2..end - 1).unwrap_or(""))
                }
                Some(_) => {
                    let end =
                        start + 1 + text[start + 1..].chars().next().map_or(0, char::len_utf8);
                    (end, &text[start + 1..end])
                }
                None => break,
            };
            at = end;
            let values = self.values(name, target, open);
            marks.push(Mark { range: start..end, values, name: name.to_owned() });
        }
        put_in(text, &marks)
    }

    fn values(&self, name: &str, target: &str, open: &mut Vec<String>) -> Vec<Text> {
        let plain = |text: &str| vec![Text::derived(text, Span::nowhere())];
        match name {
            "$" => plain("$"),
            "MAKE" => plain("make"),
            "CURDIR" | "PWD" => plain("${PWD}"),
            "@" if !target.contains([' ', '$', '%']) && !target.is_empty() => plain(target),
            _ => {
                let cut = open.len() >= MAX_DEPTH || open.iter().any(|o| o == name);
                let Some(values) = self.variables.get(name).filter(|_| !cut && self.fuel.take())
                else {
                    return Vec::new();
                };
                open.push(name.to_owned());
                let all = values.iter().flat_map(|v| self.expanded(v, target, open)).collect();
                open.pop();
                all
            }
        }
    }
}

/// The end of what starts with a bracket, behind the bracket that closes it.
fn closing(text: &str, start: usize) -> usize {
    let mut depth = 0_usize;
    for (at, c) in text[start..].char_indices() {
        match c {
            '(' | '{' => depth += 1,
            ')' | '}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 {
            return start + at + c.len_utf8();
        }
    }
    text.len()
}
