//! What is being run: a module or a call, and what its branches changed.

use super::EnvRead;
use super::object::{Bound, Function, Object};
use crate::source::{Reason, Span, Unknown};
use crate::syntax::python::Expr;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::rc::Rc;

/// Whose names a statement binds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Scope {
    /// A module's.
    Module(usize),
    /// Those of one call.
    Call(usize),
}

/// What is being run.
pub(super) struct Frame {
    /// The module whose names are seen.
    pub(super) module: usize,
    /// Names of a call, with its number.
    pub(super) locals: Option<(usize, HashMap<String, Bound>)>,
    /// Names of the functions around, as they were when this one was made.
    pub(super) enclosing: Option<Rc<HashMap<String, Bound>>>,
    /// The function that is called.
    pub(super) function: Option<Rc<Function>>,
    /// Whether the names are those of a class, which its methods do not see.
    pub(super) class: bool,
    /// Names that `global` says are the module's.
    pub(super) global: BTreeSet<String>,
    /// Types of the names of a class, as they are written.
    pub(super) annotations: Vec<(String, Expr)>,
    /// Variables of comprehensions.
    pub(super) temporary: Vec<(String, Object)>,
    /// Variables that decided which way this call went.
    pub(super) control: Vec<EnvRead>,
    /// What this call may already have returned.
    pub(super) returned: Vec<Object>,
    /// What decides whether it did.
    pub(super) fork: Option<Unknown>,
}

impl Frame {
    /// Nothing run yet.
    pub(super) fn new(module: usize, locals: Option<(usize, HashMap<String, Bound>)>) -> Self {
        Self {
            module,
            locals,
            enclosing: None,
            function: None,
            class: false,
            global: BTreeSet::new(),
            annotations: Vec::new(),
            temporary: Vec::new(),
            control: Vec::new(),
            returned: Vec::new(),
            fork: None,
        }
    }

    /// Why it is not known which way a call at `span` went.
    pub(super) fn fork(&self, span: Span) -> Unknown {
        self.fork.clone().unwrap_or(Unknown::at(Reason::Condition, span))
    }
}

/// A name that a branch changed: whose it is, and what it was.
pub(super) type Journal = BTreeMap<(Scope, String), Option<Bound>>;

/// A name before and after a branch.
pub(super) type Change = ((Scope, String), Option<Bound>, Option<Bound>);
