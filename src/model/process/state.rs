//! A shell at one point of what it reads: variables, arguments, folder, functions, files; and how paths through a
//! script meet again.

use super::failing::Failing;
use crate::model::exec_context::Dialect;
use crate::source::{Known, Reason, Span, Text, Unknown};
use crate::syntax::shell::List;
use std::collections::BTreeMap;
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
    pub(super) shadow: Option<Box<Shell>>,
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
        Rc::make_mut(&mut self.vars).insert(name.to_owned(), value);
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

    /// A shell that this one starts: what it changes stays its own.
    pub(super) fn child(&self) -> Self {
        let around = Around { conditional: self.is_conditional(), ..self.around };
        Self { maybe: Maybe::default(), around, at_exit: None, shadow: None, ..self.clone() }
    }

    /// Whether two shells hold the same.
    fn same_files(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.files, &other.files)
    }

    /// What holds where two paths meet: what they do not agree on is not known.
    pub(super) fn join(&mut self, other: &Self, place: Span) {
        if !Rc::ptr_eq(&self.vars, &other.vars) {
            let unknown = |span: Span| Text::unresolved(Reason::Condition, span);
            let mut vars = (*self.vars).clone();
            for (name, value) in other.vars.iter() {
                if vars.get(name) != Some(value) {
                    vars.insert(name.clone(), unknown(value.span()));
                }
            }
            for (name, value) in self.vars.iter() {
                if !other.vars.contains_key(name) {
                    vars.insert(name.clone(), unknown(value.span()));
                }
            }
            self.vars = Rc::new(vars);
        }
        if !Rc::ptr_eq(&self.unset, &other.unset) {
            let both = self.unset.iter().filter(|(n, ())| other.unset.contains_key(*n));
            let kept: BTreeMap<_, _> = both.map(|(n, ())| (n.clone(), ())).collect();
            for name in self.unset.keys().chain(other.unset.keys()) {
                if !kept.contains_key(name) {
                    Rc::make_mut(&mut self.vars)
                        .insert(name.clone(), Text::unresolved(Reason::Condition, place));
                }
            }
            self.unset = Rc::new(kept);
        }
        if !Rc::ptr_eq(&self.arrays, &other.arrays) {
            let names: Vec<String> =
                self.arrays.keys().chain(other.arrays.keys()).cloned().collect();
            for name in names {
                if self.arrays.get(&name) != other.arrays.get(&name) {
                    let value = Text::unresolved(Reason::Condition, place);
                    Rc::make_mut(&mut self.arrays).insert(name, vec![value]);
                }
            }
        }
        if !Rc::ptr_eq(&self.args, &other.args) && self.args != other.args {
            self.args = Rc::new(vec![Text::unresolved(Reason::Condition, place)]);
        }
        if !Rc::ptr_eq(&self.functions, &other.functions) {
            let same = |a: &Function, b: &Function| match (a, b) {
                (Some(a), Some(b)) => Rc::ptr_eq(a, b),
                _ => false,
            };
            let names: Vec<String> =
                self.functions.keys().chain(other.functions.keys()).cloned().collect();
            for name in names {
                let agree = match (self.functions.get(&name), other.functions.get(&name)) {
                    (Some(a), Some(b)) => same(a, b),
                    _ => false,
                };
                if !agree {
                    Rc::make_mut(&mut self.functions).insert(name, None);
                }
            }
        }
        if !self.same_files(other) {
            let paths: Vec<String> = self.files.keys().chain(other.files.keys()).cloned().collect();
            for path in paths {
                if self.files.get(&path) != other.files.get(&path) {
                    Rc::make_mut(&mut self.files).insert(path, FileState::Unknown);
                }
            }
        }
        if self.workdir != other.workdir {
            self.workdir = None;
        }
        if self.at_exit != other.at_exit {
            self.at_exit = None;
        }
        self.open = self.open.take().or_else(|| other.open.clone());
        self.serves_behind |= other.serves_behind;
        if self.status != other.status {
            self.status = Some(Status::UNKNOWN);
        }
        let m = &other.maybe;
        self.maybe.skips |= m.skips;
        self.maybe.breaks |= m.breaks;
        self.maybe.returns |= m.returns;
        self.maybe.exits |= m.exits;
        self.maybe.blocks |= m.blocks;
        self.maybe.fails |= m.fails;
        for (jump, shell) in &m.jumped {
            if !self.maybe.jumped.iter().any(|(_, own)| Rc::ptr_eq(own, shell)) {
                self.maybe.jumped.push((*jump, shell.clone()));
            }
        }
    }

    /// Where paths meet that the script may have taken. `self` becomes what goes on.
    pub(super) fn meet(&mut self, mut paths: Vec<Self>, place: Span) {
        // A path that ends in an error is the end of the container, not of what is worked out here.
        let failed = |p: &Self| p.gone == Some(Jump::Exit { failing: true });
        let fails = paths.iter().any(failed);
        if fails && !paths.iter().all(failed) {
            paths.retain(|p| !failed(p));
        }
        let (left, mut stayed): (Vec<Self>, Vec<Self>) =
            paths.into_iter().partition(|p| p.gone.is_some());
        if stayed.is_empty() {
            return self.all_left(left, place);
        }
        let mut whole = stayed.remove(0);
        for other in &stayed {
            whole.join(other, place);
        }
        for path in left {
            whole.may_have(path);
        }
        whole.maybe.fails |= fails;
        self.go_on_as(whole);
    }

    /// Takes over what a path did, with what stands around this place.
    pub(super) fn go_on_as(&mut self, path: Self) {
        let around = self.around;
        *self = path;
        let errexit = self.around.failing.errexit;
        self.around = Around { failing: around.failing.with_errexit(errexit), ..around };
    }

    /// Notes that a path may have jumped.
    fn may_have(&mut self, path: Self) {
        match path.gone {
            Some(Jump::Continue(_)) => self.maybe.skips = true,
            Some(Jump::Break(_)) => self.maybe.breaks = true,
            Some(Jump::Return) => self.maybe.returns = true,
            Some(Jump::Exit { .. }) => self.maybe.exits = true,
            Some(Jump::Blocked) => self.maybe.blocks = true,
            None => {}
        }
        if let Some(jump @ (Jump::Continue(_) | Jump::Break(_) | Jump::Return)) = path.gone {
            let gone = Self { gone: None, maybe: Maybe::default(), shadow: None, ..path };
            self.maybe.jumped.push((jump, Rc::new(gone)));
        }
    }

    /// Every path left: those that leave the least decide where it goes on.
    fn all_left(&mut self, mut left: Vec<Self>, place: Span) {
        left.sort_by_key(|p| p.gone);
        let mut all = left.into_iter();
        let Some(mut first) = all.next() else { return };
        for other in all {
            if other.gone == first.gone {
                let gone = first.gone;
                first.join(&other, place);
                first.gone = gone;
            } else {
                first.may_have(other);
            }
        }
        self.go_on_as(first);
    }

    /// The paths that jumped here join; `here` says which jumps lead to this place.
    pub(super) fn land(&mut self, place: Span, here: impl Fn(Jump) -> bool) {
        let jumped = std::mem::take(&mut self.maybe.jumped);
        for (jump, shell) in jumped {
            if !here(jump) {
                self.maybe.jumped.push((jump, shell));
                continue;
            }
            if self.gone.is_none() {
                let maybe = self.maybe.clone();
                self.join(&shell, place);
                self.maybe = maybe;
            }
        }
    }
}
