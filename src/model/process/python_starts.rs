//! Commands that Python code starts.

use super::follow::Follower;
use super::python_calls::bound_inside;
use super::python_code::Code;
use super::python_values::{PyNames, PyValue};
use super::state::Shell;
use super::{StepKind, classify};
use crate::source::{Reason, SourceFile, Span, Text, Unknown};
use crate::syntax::python::{Expr, ExprKind, Module, Stmt, StmtKind};
use std::collections::BTreeMap;

/// How deep functions of the code call each other.
pub(super) const MAX_CALLS: usize = 12;
/// How deep in functions a command that is not known counts as part of the start.
const MAX_START_CALLS: usize = 1;

/// Calls that start a program, by the end of their dotted name, and how they are told which.
pub(super) const STARTS: [(&str, How); 14] = [
    ("subprocess.run", How::List),
    ("subprocess.call", How::List),
    ("subprocess.check_call", How::List),
    ("subprocess.check_output", How::List),
    ("subprocess.Popen", How::Background),
    ("os.system", How::Line),
    ("os.popen", How::Line),
    ("os.execvp", How::Exec),
    ("os.execv", How::Exec),
    ("os.execvpe", How::Exec),
    ("os.execve", How::Exec),
    ("os.execlp", How::ExecWords),
    ("os.execl", How::ExecWords),
    ("os.spawnvp", How::Exec),
];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum How {
    /// A list of arguments, or a line with `shell=True`.
    List,
    /// The same, without waiting for its end.
    Background,
    /// A line for a shell.
    Line,
    /// A program and the list of its arguments, itself included.
    Exec,
    /// A program and its arguments, itself included.
    ExecWords,
}

impl Follower<'_> {
    /// A function of another module of the project.
    pub(super) fn py_imported(&mut self, dotted: &str, code: &mut Code, sh: &mut Shell) {
        let Some((module, function)) = dotted.rsplit_once('.') else { return };
        if code.calls >= MAX_CALLS {
            return;
        }
        let named = Text::derived(module.to_owned(), Span::nowhere());
        let Some((file, text)) = self.module_file(&named, sh) else { return };
        let Some(step) = sh.around.inside else { return };
        let parsed = Module::read(&SourceFile::of_part(&text));
        self.charge(text.len());
        let mut inner = Code {
            names: PyNames {
                code: Some(text),
                args: code.names.args.clone(),
                ..PyNames::default()
            },
            functions: BTreeMap::new(),
            parameters: BTreeMap::new(),
            imports: BTreeMap::new(),
            calls: code.calls + 1,
            ended: false,
            locked: code.locked,
        };
        self.stack.push(file);
        let top: Vec<Stmt> =
            parsed.body.iter().filter(|s| !matches!(s.kind, StmtKind::Expr(_))).cloned().collect();
        self.py_body(&top, &mut inner, sh);
        if let Some(body) = inner.functions.get(function).cloned() {
            self.py_body(&body, &mut inner, sh);
        }
        self.stack.pop();
        let _ = step;
    }

    /// A management command that code calls.
    pub(super) fn py_management(&mut self, words: &[Text], span: Span, sh: &mut Shell) {
        let Some(command) = words.get(1) else { return };
        if let Some(why) = command.why() {
            self.unknown(why);
            return;
        }
        let kind = if classify::is_server_command(command) {
            classify::classify(self.place, "django-admin", words, sh)
        } else {
            Some(StepKind::Manage { command: command.clone(), manage_py: None })
        };
        if let Some(kind) = kind {
            self.step(kind, words, span, sh);
        }
    }

    pub(super) fn py_start(
        &mut self,
        how: How,
        first: Option<&Expr>,
        args: &[Expr],
        span: Span,
        code: &mut Code,
        sh: &mut Shell,
    ) {
        let value = match how {
            How::Exec => args.get(1).and_then(|e| self.py_value(e, &code.names, sh)),
            How::ExecWords => Some(PyValue::List(
                args.iter().skip(1).map(|e| self.py_text(e, &code.names, sh)).collect(),
            )),
            _ => first.and_then(|e| self.py_value(e, &code.names, sh)),
        };
        let mut inner = sh.clone();
        inner.around.background |= how == How::Background;
        match (how, value) {
            (How::Line, Some(PyValue::Text(line))) => {
                let child = self.child_shell(&inner, self.place.shell(), false);
                self.child_line(&line, child, &mut inner);
            }
            (_, Some(PyValue::List(words))) if !words.is_empty() => {
                self.run(&words, Some(span), &mut inner);
            }
            (_, Some(PyValue::Text(word))) => {
                self.run(&[word], Some(span), &mut inner);
            }
            // What a long-running program starts deep inside, when it is asked to, is no part of the start.
            _ if code.calls > MAX_START_CALLS || how == How::Background => {}
            _ => {
                let why = Unknown::at(Reason::NotEvaluated("this command line"), span);
                self.unknown(why);
            }
        }
        code.ended |= matches!(how, How::Exec | How::ExecWords) && !sh.is_conditional();
    }

    /// Host and port that a call connects to, as far as they are written out.
    pub(super) fn py_address(
        &mut self,
        call: &Expr,
        body: &[Stmt],
        names: &PyNames,
        sh: &Shell,
    ) -> (Option<String>, Option<u16>) {
        let mut names = names.clone();
        for stmt in body {
            // What a branch or a loop sets, from arguments perhaps, may be something else.
            for name in bound_inside(stmt) {
                names.values.remove(name);
            }
            if let StmtKind::Assign(targets, value) = &stmt.kind
                && let [Expr { kind: ExprKind::Name(name), .. }] = targets.as_slice()
                && let Some(value) = self.py_value(value, &names, sh)
            {
                names.values.insert(name.clone(), value);
            }
        }
        let ExprKind::Call { args, keywords, .. } = &call.kind else { return (None, None) };
        let text = |follower: &mut Self, e: &Expr| {
            let text = follower.py_text(e, &names, sh);
            text.resolved().map(str::to_owned)
        };
        let keyword = |wanted: &str| {
            keywords
                .iter()
                .find(|(n, _)| n.as_ref().is_some_and(|n| n.value == wanted))
                .map(|(_, e)| e)
        };
        if let Some(Expr { kind: ExprKind::Tuple(pair), .. }) = args.first()
            && let [host, port] = pair.as_slice()
        {
            let host = text(self, host);
            return (host, text(self, port).and_then(|p| p.parse().ok()));
        }
        let host = match keyword("host") {
            Some(host) => text(self, host),
            None => None,
        };
        let port = match keyword("port") {
            Some(port) => text(self, port).and_then(|p| p.parse().ok()),
            None => None,
        };
        (host.filter(|h| !h.is_empty()), port)
    }
}
