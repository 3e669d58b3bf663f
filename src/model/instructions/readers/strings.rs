//! Commands that are strings: of `tasks.py` and `fabfile.py`, and the scripts of `package.json`.

use crate::model::instructions::shell::Shell;
use crate::model::instructions::{Form, Invocation};
use crate::source::{RelPath, SourceFile, Text};
use crate::syntax::python::{Expr, ExprKind, FPart, Module, Stmt, StmtKind};
use crate::syntax::yaml::Yaml;

pub(super) fn of_python(file: &SourceFile, home: RelPath) -> Vec<Invocation> {
    let module = Module::read(file);
    let mut texts = Vec::new();
    module.body.iter().for_each(|s| of_statement(s, 0, &mut texts));
    let mut out = Vec::new();
    texts.iter().for_each(|text| run(text, &home, &mut out));
    out
}

/// The most statements and expressions that are in each other.
const MAX_DEPTH: usize = 40;

fn of_statement(statement: &Stmt, depth: usize, out: &mut Vec<Text>) {
    if depth > MAX_DEPTH {
        return;
    }
    match &statement.kind {
        StmtKind::Function { body, .. } | StmtKind::Class { body, .. } => {
            body.iter().for_each(|s| of_statement(s, depth + 1, out));
        }
        StmtKind::Assign(_, value)
        | StmtKind::Annotated { value: Some(value), .. }
        | StmtKind::Return(Some(value))
        | StmtKind::Expr(value) => {
            of_expression(value, depth + 1, out);
        }
        kind => {
            for statement in kind.blocks().into_iter().flatten() {
                of_statement(statement, depth + 1, out);
            }
        }
    }
}

fn of_expression(expr: &Expr, depth: usize, out: &mut Vec<Text>) {
    if depth > MAX_DEPTH {
        return;
    }
    match &expr.kind {
        ExprKind::Str(text) => out.push(text.clone()),
        ExprKind::FString(parts) => {
            let mut whole = Text::empty(expr.span);
            for part in parts {
                match part {
                    FPart::Literal(text) => whole.push_text(text),
                    FPart::Value { value, .. } => whole.push_derived("${_}", value.span),
                }
            }
            out.push(whole);
        }
        ExprKind::Call { args, keywords, .. } => {
            let all = args.iter().chain(keywords.iter().map(|(_, value)| value));
            all.for_each(|e| of_expression(e, depth + 1, out));
        }
        ExprKind::List(items) | ExprKind::Tuple(items) => {
            items.iter().for_each(|e| of_expression(e, depth + 1, out));
        }
        _ => {}
    }
}

pub(super) fn of_package(file: &SourceFile, home: RelPath) -> Vec<Invocation> {
    // JSON is YAML.
    let yaml = Yaml::read(file);
    let mut out = Vec::new();
    let scripts = yaml.root.and_then(|root| yaml.entry(root, "scripts"));
    for (_, value) in scripts.map_or(&[][..], |s| yaml.pairs(s.value)) {
        if let Some((text, _)) = yaml.scalar(*value) {
            run(text, &home, &mut out);
        }
    }
    out
}

fn run(text: &Text, home: &RelPath, out: &mut Vec<Invocation>) {
    if super::WORDS.iter().any(|w| text.contains(w)) {
        let mut shell = Shell::new(home.clone(), Form::Written);
        shell.run(text);
        out.append(&mut shell.out);
    }
}
