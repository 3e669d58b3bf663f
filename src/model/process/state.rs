//! A shell at one point of what it reads: variables, arguments, folder, functions, files.

use super::failing::Failing;
use crate::model::exec_context::Dialect;
use crate::source::{Known, Span, Text, Unknown};
use crate::syntax::shell::List;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

/// How a command ended, as far as that is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Status {
    /// Whether it succeeded.
    pub(super) ok: Option<bool>,
    /// It is taken to succeed, like every program that does something: what follows when it does not may run as well.
    pub(super) assumed: bool,
}

impl Status {
    pub(super) const TRUE: Self = Self { ok: Some(true), assumed: false };
    pub(super) const FALSE: Self = Self { ok: Some(false), assumed: false };
    /// Of a program that does something.
    pub(super) const SUCCEEDS: Self = Self { ok: Some(true), assumed: true };
    pub(super) const UNKNOWN: Self = Self { ok: None, assumed: false };

    pub(super) fn known(ok: bool) -> Self {
        Self { ok: Some(ok), assumed: false }
    }

    pub(super) fn negated(self) -> Self {
        Self { ok: self.ok.map(|ok| !ok), ..self }
    }

    /// Of a path on which this one came first, and was assumed or not.
    pub(super) fn after(self, before: Self) -> Self {
        Self { assumed: self.assumed || before.assumed && self.ok.is_some(), ..self }
    }
}

/// Which way a path leaves the commands around it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Jump {
    /// `continue n`
    Continue(u32),
    /// `break n`
    Break(u32),
    /// `return`
    Return,
    /// `exit`, `exec`, or a failure under `set -e`.
    Exit {
        /// It ends what the container does with an error.
        failing: bool,
    },
    /// A program in the foreground runs until it is stopped.
    Blocked,
}

/// Jumps that may have been taken: what comes after them may not run, up to where they lead.
#[derive(Debug, Clone, Default)]
pub(super) struct Maybe {
    pub(super) skips: bool,
    pub(super) breaks: bool,
    pub(super) returns: bool,
    pub(super) exits: bool,
    pub(super) blocks: bool,
    /// The shell may have ended in an error, which is not followed further.
    pub(super) fails: bool,
    /// The shells that jumped, for where they lead.
    pub(super) jumped: Vec<(Jump, Rc<Shell>)>,
}

/// What the process did to a path.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum FileState {
    /// Written, and this is what stands in it.
    Content(Text),
    /// Made; what stands in it is not known.
    Made,
    /// Removed.
    Gone,
    /// On one of several paths through the script.
    Unknown,
}

/// A function of a script; `None` where several paths define it differently.
pub(super) type Function = Option<Rc<List>>;

/// What stands around a command and decides how it runs.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Around {
    /// It may not run at all.
    pub(super) conditional: bool,
    /// What comes next does not wait for it.
    pub(super) background: bool,
    /// It is tried again until it works.
    pub(super) retried: bool,
    /// A shell runs it, rather than Docker.
    pub(super) in_shell: bool,
    /// Its output goes into a pipe or `$( )`.
    pub(super) captured: bool,
    /// It stands in a loop that waits for something.
    pub(super) waiting: bool,
    /// It stands in the condition of a loop.
    pub(super) probing: bool,
    /// It stands in a condition: what runs there is a question.
    pub(super) asking: bool,
    /// The step whose program starts what runs here, where that is no shell.
    pub(super) inside: Option<usize>,
    /// What the failure of a command does.
    pub(super) failing: Failing,
    /// It takes the place of the shell.
    pub(super) exec: bool,
}

/// A shell at one point of what it reads.
#[derive(Debug, Clone, Default)]
pub(super) struct Shell {
    /// The working folder; `None` when it is not known.
    pub(super) workdir: Option<String>,
    /// Shared until something is set: a script has many commands and sets few variables.
    pub(super) vars: Rc<BTreeMap<String, Text>>,
    /// Variables that are unset for sure, whatever the container sets.
    pub(super) unset: Rc<BTreeMap<String, ()>>,
    /// Variables that programs get to see; those of the container are anyway.
    pub(super) exported: Rc<BTreeSet<String>>,
    /// `set -a`: every variable that is set is exported.
    pub(super) allexport: bool,
    pub(super) arrays: Rc<BTreeMap<String, Vec<Text>>>,
    /// `$1` and so on.
    pub(super) args: Rc<Vec<Text>>,
    /// `$0`
    pub(super) zero: Option<Text>,
    /// The file that is read, as bash has it in `BASH_SOURCE`.
    pub(super) source: Option<Text>,
    pub(super) functions: Rc<BTreeMap<String, Function>>,
    pub(super) aliases: Rc<BTreeMap<String, Text>>,
    pub(super) files: Rc<BTreeMap<String, FileState>>,
    /// Something that is not followed may have set any variable.
    pub(super) open: Option<Rc<Unknown>>,
    pub(super) dialect: Dialect,
    /// The file that standard input is read from, and the one that output goes to, maybe after what it holds.
    pub(super) input: Option<Text>,
    pub(super) output: Option<Text>,
    pub(super) appends: bool,
    /// What standard input gives, where that is known.
    pub(super) stdin: Option<Rc<Known<Text>>>,
    pub(super) around: Around,
    pub(super) pipefail: bool,
    /// `set -u`: a variable that is not set ends the shell.
    pub(super) nounset: bool,
    /// `trap '…' EXIT`
    pub(super) at_exit: Option<Text>,
    /// `exec` put a program in its place.
    pub(super) execed: bool,
    /// A server runs in the background.
    pub(super) serves_behind: bool,
    /// `$?`
    pub(super) status: Option<Status>,
    /// The path surely left by this jump; nothing more runs on it.
    pub(super) gone: Option<Jump>,
    pub(super) maybe: Maybe,
    /// Where the path left because a program is taken to succeed: the path on which it does not.
    pub(super) shadow: Option<Box<Self>>,
}

impl Shell {
    /// Whether what stands here may not run.
    pub(super) fn is_conditional(&self) -> bool {
        let m = &self.maybe;
        self.around.conditional || m.skips || m.breaks || m.returns || m.exits || m.blocks
    }

    pub(super) fn set(&mut self, name: &str, value: Text) {
        if self.unset.contains_key(name) {
            Rc::make_mut(&mut self.unset).remove(name);
        }
        if self.arrays.contains_key(name) {
            Rc::make_mut(&mut self.arrays).remove(name);
        }
        if self.allexport {
            self.export(name);
        }
        Rc::make_mut(&mut self.vars).insert(name.to_owned(), value);
    }

    pub(super) fn export(&mut self, name: &str) {
        if !self.exported.contains(name) {
            Rc::make_mut(&mut self.exported).insert(name.to_owned());
        }
    }

    pub(super) fn set_array(&mut self, name: &str, values: Vec<Text>, span: Span) {
        let first = values.first().cloned().unwrap_or_else(|| Text::empty(span));
        self.set(name, first);
        Rc::make_mut(&mut self.arrays).insert(name.to_owned(), values);
    }

    pub(super) fn unset(&mut self, name: &str) {
        Rc::make_mut(&mut self.vars).remove(name);
        Rc::make_mut(&mut self.arrays).remove(name);
        Rc::make_mut(&mut self.unset).insert(name.to_owned(), ());
    }

    /// `unset name`, of a variable or a function.
    pub(super) fn unset_name(&mut self, name: &str) {
        self.unset(name);
        if self.functions.contains_key(name) {
            Rc::make_mut(&mut self.functions).remove(name);
        }
    }

    pub(super) fn made(&mut self, path: String, state: FileState) {
        let state = if self.is_conditional() { FileState::Unknown } else { state };
        Rc::make_mut(&mut self.files).insert(path, state);
    }

    /// Whether something that a condition may look at is other than in `before`.
    pub(super) fn differs(&self, before: &Self) -> bool {
        self.vars != before.vars
            || self.unset != before.unset
            || self.args != before.args
            || self.workdir != before.workdir
            || self.files != before.files
            || self.open.is_some()
    }

    /// A shell that this one starts: what it changes stays its own.
    pub(super) fn child(&self) -> Self {
        let around = Around { conditional: self.is_conditional(), ..self.around };
        Self { maybe: Maybe::default(), around, at_exit: None, shadow: None, ..self.clone() }
    }
}
