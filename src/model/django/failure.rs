//! Errors that Python raises while settings load.

use super::evaluator::Evaluator;
use crate::source::{Reason, Span, Unknown};
use std::rc::Rc;

/// An error that is raised.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// The name of its class: `KeyError`.
    pub kind: String,
    /// What Python prints after the class, as far as it is known.
    pub message: String,
    /// The innermost line of the project that raises it.
    pub span: Span,
    /// The same, or the call in the settings that leads there.
    pub site: Span,
    /// What it comes from.
    pub cause: Cause,
    /// How many of [`Settings::reads`](super::Settings::reads) come before it.
    pub reads: usize,
}

/// What an error comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cause {
    /// A variable that is required and not set.
    Variable(String),
    /// A module of the project that is not there.
    Module(String),
    /// A name that nothing binds.
    Name(String),
    /// A `raise` of the project's own.
    Raised,
    /// A value of the wrong kind, a missing key, a text that cannot be converted.
    Value,
    /// A model that is defined or asked for while settings load.
    Models,
    /// A line that no variable makes right.
    Code,
    /// A file that is not there: its path in the container.
    File(String),
    /// A module that is not Python.
    Syntax,
}

/// Classes of errors with the class each is derived from.
/// Python library reference, "Exception hierarchy"; environs 15, `exceptions.py`.
const HIERARCHY: [(&str, &str); 30] = [
    ("KeyError", "LookupError"),
    ("IndexError", "LookupError"),
    ("LookupError", "Exception"),
    ("ModuleNotFoundError", "ImportError"),
    ("ImportError", "Exception"),
    ("FileNotFoundError", "OSError"),
    ("IsADirectoryError", "OSError"),
    ("NotADirectoryError", "OSError"),
    ("PermissionError", "OSError"),
    ("OSError", "Exception"),
    ("UnboundLocalError", "NameError"),
    ("NameError", "Exception"),
    ("UnicodeDecodeError", "ValueError"),
    ("JSONDecodeError", "ValueError"),
    ("FileExistsError", "OSError"),
    ("BadDsn", "ValueError"),
    ("RecursionError", "RuntimeError"),
    ("EnvNotSetError", "EnvError"),
    ("EnvValidationError", "EnvError"),
    ("EnvError", "ValueError"),
    ("ValueError", "Exception"),
    ("ZeroDivisionError", "ArithmeticError"),
    ("ArithmeticError", "Exception"),
    ("NotImplementedError", "RuntimeError"),
    ("RuntimeError", "Exception"),
    ("TypeError", "Exception"),
    ("AttributeError", "Exception"),
    ("AssertionError", "Exception"),
    ("StopIteration", "Exception"),
    ("SystemExit", "BaseException"),
];
/// Errors of libraries, derived from `Exception` alone.
/// Django `django.core.exceptions`; python-decouple `UndefinedValueError`.
const PLAIN: [&str; 3] = ["ImproperlyConfigured", "UndefinedValueError", "AppRegistryNotReady"];

/// Whether an error of class `kind` is caught by `except class`; `None` where the class is not known.
pub(super) fn is_a(kind: &str, class: &str) -> Option<bool> {
    let class = match class {
        "IOError" | "EnvironmentError" => "OSError",
        class => class,
    };
    let listed = |name: &str| {
        matches!(name, "Exception" | "BaseException")
            || PLAIN.contains(&name)
            || HIERARCHY.iter().any(|(k, _)| *k == name)
    };
    let mut at = kind;
    loop {
        if at == class || class == "BaseException" {
            return Some(true);
        }
        if PLAIN.contains(&at) {
            return if class == "Exception" { Some(true) } else { listed(class).then_some(false) };
        }
        match HIERARCHY.iter().find(|(k, _)| *k == at) {
            Some((_, base)) => at = base,
            None if matches!(at, "Exception" | "BaseException") => {
                return listed(class).then_some(false);
            }
            // A class of its own is derived from `Exception` almost always.
            None if class == "Exception" => return Some(true),
            None => return None,
        }
    }
}

impl Evaluator<'_> {
    /// The statement under way raises an error.
    pub(super) fn fail(
        &mut self,
        kind: &str,
        message: impl Into<String>,
        cause: Cause,
        span: Span,
    ) {
        if self.pending.is_some() {
            return;
        }
        // With another value of a name that was looked at there may be no error.
        if self.uncertain.is_some() && matches!(cause, Cause::Value | Cause::File(_)) {
            self.may_raise.get_or_insert(Unknown::at(Reason::Raises, span));
            return;
        }
        let reads = self.reads.len();
        let site = self.call_site.unwrap_or(span);
        let (kind, message) = (kind.to_owned(), message.into());
        self.pending = Some(Rc::new(Failure { kind, message, span, site, cause, reads }));
    }

    /// The same, as the value that is not known because of it.
    pub(super) fn failed(&mut self, kind: &str, message: impl Into<String>, span: Span) -> Unknown {
        self.fail(kind, message, Cause::Value, span);
        Unknown::at(Reason::Raises, span)
    }

    /// Whether an error here surely ends the loading, so that it is noted and the rest evaluated as if it were mended.
    pub(super) fn is_certain(&self) -> bool {
        self.trying == 0 && self.maybe == 0 && self.call_depth == 0
    }

    /// Notes an error that surely ends the loading. What parent packages do is passed over: see `load_main`.
    pub(super) fn record(&mut self, failure: &Rc<Failure>) {
        if self.lenient == 0 {
            self.failure.get_or_insert_with(|| failure.clone());
        }
    }

    /// An error in the head of a block: noted where it surely ends the loading, so that the block is evaluated as if it
    /// were mended. Otherwise the block does not run.
    pub(super) fn goes_on(&mut self) -> bool {
        match self.pending.take() {
            None => true,
            Some(failure) if self.is_certain() => {
                self.record(&failure);
                true
            }
            Some(failure) => {
                self.pending = Some(failure);
                false
            }
        }
    }

    /// Runs something of which it is not known whether it runs: an error in it is none.
    pub(super) fn perhaps<T>(&mut self, work: impl FnOnce(&mut Self) -> T) -> T {
        let pending = self.pending.take();
        self.maybe += 1;
        let out = work(self);
        self.maybe -= 1;
        self.pending = pending;
        out
    }
}
