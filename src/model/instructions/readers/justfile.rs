//! Justfiles: each line of a recipe with `{{ … }}` put in (just manual, "Substitution").

use crate::model::instructions::expand::Value;
use crate::model::instructions::expansion::{Fuel, Mark, between, put_in};
use crate::model::instructions::shell::Shell;
use crate::model::instructions::words::GIVEN;
use crate::model::instructions::{Form, Invocation};
use crate::source::{RelPath, SourceFile, Text};
use crate::syntax::justfile::{Expr, Justfile, Parameter};
use std::collections::BTreeMap;

/// How deep variables are followed that are made of others.
const MAX_DEPTH: usize = 8;

type Variables<'j> = BTreeMap<&'j str, Option<&'j Expr>>;

pub(super) fn read(file: &SourceFile, home: RelPath) -> Vec<Invocation> {
    let just = Justfile::read(&file.body());
    let globals: Variables<'_> =
        just.variables.iter().map(|v| (v.name.as_str(), Some(&v.value))).collect();
    let mut out = Vec::new();
    let fuel = Fuel::new();
    for recipe in &just.recipes {
        let mut variables = globals.clone();
        for Parameter { name, default, variadic } in &recipe.parameters {
            variables.insert(name.as_str(), default.as_ref().filter(|_| variadic.is_none()));
        }
        let mut shell = Shell::new(home.clone(), Form::Written);
        for variable in just.variables.iter().filter(|v| v.exported) {
            let name = variable.name.as_str();
            if let Some(value) = value(&variable.value, &globals, &fuel, 0) {
                shell.vars.insert(name.to_owned(), vec![Value::literal(value.as_str())]);
            }
            shell.exported.insert(name.to_owned());
        }
        for line in &recipe.lines {
            let marks: Vec<Mark> = between(line, "{{", "}}")
                .into_iter()
                .map(|(range, name)| {
                    let expr = Justfile::expression(&line.slice(name.clone()));
                    let values = value(&expr, &variables, &fuel, 0).into_iter().collect();
                    let given = recipe.parameters.iter().any(|p| {
                        p.name.as_str() == &line[name.clone()]
                            && p.default.is_none()
                            && !p.may_be_nothing()
                    });
                    let prefix = if given { GIVEN } else { "" };
                    Mark { range, values, name: format!("{prefix}{}", &line[name]) }
                })
                .collect();
            for text in put_in(line, &marks) {
                if text.starts_with("#!") {
                    shell.run_script(&text);
                } else {
                    let folder = shell.folder.clone();
                    shell.run(&text);
                    // Each line has a shell of its own.
                    shell.folder = folder;
                }
            }
        }
        out.append(&mut shell.out);
    }
    out
}

/// The text of an expression; `None` where it is not known.
fn value(expr: &Expr, variables: &Variables<'_>, fuel: &Fuel, depth: usize) -> Option<Text> {
    if depth > MAX_DEPTH || !fuel.take() {
        return None;
    }
    match expr {
        Expr::Literal(text) => Some(text.clone()),
        Expr::Name(name) => value((*variables.get(name.as_str())?)?, variables, fuel, depth + 1),
        Expr::Joined(parts) => {
            let mut out: Option<Text> = None;
            for part in parts {
                let text = value(part, variables, fuel, depth + 1)?;
                out.get_or_insert_with(|| Text::empty(text.span())).push_text(&text);
            }
            out
        }
        Expr::Env(_, Some(default)) => value(default, variables, fuel, depth + 1),
        Expr::Env(_, None) | Expr::Unknown => None,
    }
}
