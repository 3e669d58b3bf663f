//! Python code that a process runs: the commands it starts, and whether it waits for something.

use super::follow::{Follower, MAX_DEPTH};
use super::python_calls::{connection, is_main, makes_logins, pauses, sets_up, takes_lock};
use super::python_starts::{How, MAX_CALLS, STARTS};
use super::python_values::{PyNames, PyValue};
use super::state::{Shell, Status};
use super::{StepKind, wait};
use crate::source::{Reason, RelPath, SourceFile, Span, Text, Unknown};
use crate::syntax::python::{Expr, ExprKind, Module, Stmt, StmtKind};
use std::collections::BTreeMap;
use std::rc::Rc;

/// One run through the code of a file.
pub(super) struct Code {
    pub(super) names: PyNames,
    pub(super) functions: BTreeMap<String, Rc<Vec<Stmt>>>,
    pub(super) parameters: BTreeMap<String, Vec<String>>,
    /// What names of imported modules stand for: `sp` for `subprocess`, `run` for `subprocess.run`.
    pub(super) imports: BTreeMap<String, String>,
    pub(super) calls: usize,
    /// It ended: `sys.exit`, `os.exec…`.
    pub(super) ended: bool,
    /// It took a lock of the database, for as long as it is connected: `SELECT pg_advisory_lock(…)`.
    pub(super) locked: bool,
}

impl Follower<'_> {
    /// Follows the code of a program that is started with `argv`; `args` are what the code is given.
    pub(super) fn python_code(
        &mut self,
        code: &Text,
        file: Option<RelPath>,
        argv: &[Text],
        args: &[Text],
        span: Span,
        sh: &mut Shell,
    ) -> Status {
        if self.stack.len() >= MAX_DEPTH {
            return self.unknown_at(Reason::Limit("programs that start each other"), code);
        }
        self.charge(code.len());
        let module = Module::read(&SourceFile::of_part(code));
        let mut names =
            PyNames { args: args.to_vec(), code: Some(code.clone()), ..PyNames::default() };
        names.values.insert("__name__".into(), PyValue::Text(Text::derived("__main__", span)));
        let connects = connection(&module.body);
        self.process.makes_logins |= makes_logins(&module.body);
        let named = argv.first().map_or("", |w| w.rsplit('/').next().unwrap_or(""));
        let file_name = file.as_ref().map_or("", |f| f.file_name());
        let by_name =
            |n: &str| n.starts_with("wait") || n.contains("wait_for") || n.contains("_ready");
        let waits = sh.around.waiting && wait::is_probe(named, argv)
            || connects.is_some()
                && (sh.around.waiting || sh.around.asking || pauses(&module.body));
        let at = self.process.steps.len();
        if waits || by_name(file_name) {
            let (host, port) = match &connects {
                Some(call) => self.py_address(call, &module.body, &names, sh),
                None => (None, None),
            };
            self.step(StepKind::Wait { host, port }, argv, span, sh);
            return if sh.around.asking && !sh.around.waiting {
                Status::UNKNOWN
            } else {
                Status::SUCCEEDS
            };
        }
        self.step(StepKind::Other, argv, span, sh);
        if let Some(step) = self.process.steps.get_mut(at) {
            step.django = sets_up(&module.body).then(|| file.clone()).flatten();
        }
        let mut inner = self.inside(at, sh);
        let pushed = file.unwrap_or_else(RelPath::root);
        self.stack.push(pushed);
        let mut run = Code {
            names,
            functions: BTreeMap::new(),
            parameters: BTreeMap::new(),
            imports: BTreeMap::new(),
            calls: 0,
            ended: false,
            locked: false,
        };
        self.py_body(&module.body, &mut run, &mut inner);
        self.stack.pop();
        self.ends("python", sh)
    }

    /// Follows a function of a file, as an entry point of a package names it.
    pub(super) fn python_entry(
        &mut self,
        code: &Text,
        file: RelPath,
        function: &str,
        step: usize,
        sh: &mut Shell,
    ) {
        let module = Module::read(&SourceFile::of_part(code));
        if let Some(own) = self.process.steps.get_mut(step) {
            own.django = sets_up(&module.body).then(|| file.clone());
        }
        let mut inner = self.inside(step, sh);
        self.stack.push(file);
        let mut run = Code {
            names: PyNames { code: Some(code.clone()), ..PyNames::default() },
            functions: BTreeMap::new(),
            parameters: BTreeMap::new(),
            imports: BTreeMap::new(),
            calls: 0,
            ended: false,
            locked: false,
        };
        self.py_body(&module.body, &mut run, &mut inner);
        if let Some(body) = run.functions.get(function).cloned() {
            self.py_body(&body, &mut run, &mut inner);
        }
        self.stack.pop();
    }

    pub(super) fn py_body(&mut self, body: &[Stmt], code: &mut Code, sh: &mut Shell) {
        for stmt in body {
            if code.ended || self.is_spent() {
                return;
            }
            self.left = self.left.saturating_sub(1);
            self.py_stmt(stmt, code, sh);
        }
    }

    /// A body that may not run.
    fn py_maybe(&mut self, body: &[Stmt], code: &mut Code, sh: &mut Shell) {
        let mut inner = sh.clone();
        inner.around.conditional = true;
        self.py_body(body, code, &mut inner);
        // Where one branch ends, the rest may not run.
        if std::mem::take(&mut code.ended) {
            sh.around.conditional = true;
        }
    }

    fn py_stmt(&mut self, stmt: &Stmt, code: &mut Code, sh: &mut Shell) {
        match &stmt.kind {
            StmtKind::Expr(expr) | StmtKind::Return(Some(expr)) => self.py_expr(expr, code, sh),
            StmtKind::Assign(targets, value) => {
                self.py_expr(value, code, sh);
                for target in targets {
                    if let ExprKind::Name(name) = &target.kind {
                        match self.py_value(value, &code.names, sh) {
                            Some(value) if !sh.is_conditional() => {
                                code.names.values.insert(name.clone(), value)
                            }
                            _ => code.names.values.remove(name),
                        };
                    }
                }
            }
            StmtKind::AugAssign(target, _, value) => {
                self.py_expr(value, code, sh);
                if let ExprKind::Name(name) = &target.kind
                    && let Some(old) = code.names.values.remove(name)
                {
                    let more =
                        self.py_value(value, &code.names, sh).filter(|_| !sh.is_conditional());
                    code.names.values.insert(name.clone(), old.plus(more, value.span));
                }
            }
            StmtKind::Function { name, params, body, .. } => {
                code.functions.insert(name.value.clone(), Rc::new(body.clone()));
                let names = params.iter().map(|(name, _)| name.clone()).collect();
                code.parameters.insert(name.value.clone(), names);
            }
            StmtKind::If(arms, otherwise) => {
                if let [(test, body)] = arms.as_slice()
                    && is_main(test)
                {
                    return self.py_body(body, code, sh);
                }
                for (test, body) in arms {
                    self.py_expr(test, code, sh);
                    self.py_maybe(body, code, sh);
                }
                self.py_maybe(otherwise, code, sh);
            }
            StmtKind::Try { body, handlers, otherwise, finally } => {
                self.py_body(body, code, sh);
                let ended = std::mem::take(&mut code.ended);
                for handler in handlers {
                    let mut inner = sh.clone();
                    inner.around.conditional = true;
                    self.py_body(&handler.body, code, &mut inner);
                    code.ended = false;
                }
                self.py_body(otherwise, code, sh);
                self.py_body(finally, code, sh);
                code.ended |= ended;
            }
            StmtKind::With(items, body) => {
                let before = code.locked;
                for (item, _) in items {
                    code.locked |= takes_lock(item);
                }
                self.py_body(body, code, sh);
                // `with advisory_lock(…)` lets go of it.
                if items.iter().any(|(item, _)| takes_lock(item)) {
                    code.locked = before;
                }
            }
            StmtKind::For { body, otherwise, .. } | StmtKind::While { body, otherwise, .. } => {
                let retried = std::mem::replace(&mut sh.around.retried, true);
                self.py_maybe(body, code, sh);
                self.py_maybe(otherwise, code, sh);
                sh.around.retried = retried;
            }
            StmtKind::Match(_, cases) => {
                cases.iter().for_each(|case| self.py_maybe(&case.body, code, sh));
            }
            StmtKind::Import(all) => {
                for (name, alias) in all {
                    if let Some(alias) = alias {
                        code.imports.insert(alias.value.clone(), name.value.clone());
                    }
                }
            }
            StmtKind::ImportFrom { level: 0, module, names } => {
                for (name, alias) in names {
                    let alias = alias.as_ref().unwrap_or(name).value.clone();
                    code.imports.insert(alias, format!("{}.{}", module.value, name.value));
                }
            }
            StmtKind::Raise(_) => code.ended = true,
            _ => {}
        }
    }

    fn py_expr(&mut self, expr: &Expr, code: &mut Code, sh: &mut Shell) {
        match &expr.kind {
            ExprKind::Call { func, args, keywords } => {
                let named = code.named(func);
                code.locked |= takes_lock(expr);
                // Arguments are worked out first.
                for inner in args.iter().chain(keywords.iter().map(|(_, value)| value)) {
                    if matches!(inner.kind, ExprKind::Call { .. }) {
                        self.py_expr(inner, code, sh);
                    }
                }
                self.py_call_of(&named, func, args, keywords, expr.span, code, sh);
            }
            ExprKind::Attribute(inner, _)
            | ExprKind::Subscript(inner, _)
            | ExprKind::Not(inner) => self.py_expr(inner, code, sh),
            ExprKind::Compare(inner, rest) => {
                self.py_expr(inner, code, sh);
                rest.iter().for_each(|(_, e)| self.py_expr(e, code, sh));
            }
            ExprKind::BoolOp(_, all) => all.iter().for_each(|e| self.py_expr(e, code, sh)),
            ExprKind::Walrus(_, inner) => self.py_expr(inner, code, sh),
            _ => {}
        }
    }

    #[allow(clippy::too_many_arguments, reason = "the pieces of one call")]
    fn py_call_of(
        &mut self,
        named: &str,
        func: &Expr,
        args: &[Expr],
        keywords: &[(Option<crate::source::Spanned<String>>, Expr)],
        span: Span,
        code: &mut Code,
        sh: &mut Shell,
    ) {
        let keyword = |wanted: &str| {
            let same = |(name, _): &&(Option<crate::source::Spanned<String>>, Expr)| {
                name.as_ref().is_some_and(|n| n.value == wanted)
            };
            keywords.iter().find(same).map(|(_, value)| value)
        };
        if matches!(named, "sys.exit" | "exit" | "quit" | "os._exit") {
            code.ended = true;
            return;
        }
        if let Some((_, how)) = STARTS.iter().find(|(name, _)| *name == named) {
            let shell = keyword("shell").is_some_and(|v| matches!(v.kind, ExprKind::Bool(true)));
            let how = if shell && *how == How::List { How::Line } else { *how };
            return self.py_start(how, args.first().or(keyword("args")), args, span, code, sh);
        }
        let last = named.rsplit('.').next().unwrap_or("");
        match last {
            "call_command" => {
                let mut words = vec![Text::derived("django-admin", func.span)];
                words.extend(args.iter().map(|a| self.py_text(a, &code.names, sh)));
                let at = self.process.steps.len();
                self.py_management(&words, span, sh);
                if let Some(step) = self.process.steps.get_mut(at) {
                    step.locked = code.locked;
                }
                return;
            }
            "execute_from_command_line" => {
                match args.first().and_then(|a| self.py_value(a, &code.names, sh)) {
                    Some(PyValue::List(words)) => return self.py_management(&words, span, sh),
                    _ if args
                        .first()
                        .is_some_and(|a| a.dotted().as_deref() == Some("sys.argv")) =>
                    {
                        let mut words = vec![Text::derived("django-admin", func.span)];
                        words.extend(code.names.args.clone());
                        return self.py_management(&words, span, sh);
                    }
                    _ => {
                        let why = Unknown::at(Reason::NotEvaluated("this command line"), span);
                        self.unknown(why);
                        return;
                    }
                }
            }
            _ => {}
        }
        let ExprKind::Name(name) = &func.kind else { return };
        if let Some(body) = code.functions.get(name).cloned() {
            if code.calls >= MAX_CALLS {
                return;
            }
            let parameters = code.parameters.get(name).cloned().unwrap_or_default();
            let before = code.names.values.clone();
            for (parameter, value) in parameters.iter().zip(args) {
                match self.py_value(value, &code.names, sh) {
                    Some(value) => code.names.values.insert(parameter.clone(), value),
                    None => code.names.values.remove(parameter),
                };
            }
            code.calls += 1;
            let around = sh.around;
            self.py_body(&body, code, sh);
            sh.around.retried = around.retried;
            code.calls -= 1;
            code.names.values = before;
        } else if let Some(module) = code.imports.get(name).cloned() {
            self.py_imported(&module, code, sh);
        }
    }
}

impl Code {
    /// The dotted name of what is called, with imports put in.
    fn named(&self, func: &Expr) -> String {
        let Some(dotted) = func.dotted() else {
            let ExprKind::Attribute(_, method) = &func.kind else { return String::new() };
            return method.value.clone();
        };
        let (first, rest) = match dotted.split_once('.') {
            Some((first, rest)) => (first, Some(rest)),
            None => (dotted.as_str(), None),
        };
        match (self.imports.get(first), rest) {
            (Some(module), Some(rest)) => format!("{module}.{rest}"),
            (Some(module), None) => module.clone(),
            (None, _) => dotted,
        }
    }
}
