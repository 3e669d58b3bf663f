//! The state of an evaluation: modules, names, limits, and what to forget after a branch that may not run.

use super::evaluate::{EvaluateError, Settings, World};
use super::failure::Failure;
use super::frame::{Change, Frame, Journal, Scope};
use super::object::{Bound, Object};
use super::weights::weigh;
pub(super) use super::weights::weight;
use super::{EnvRead, Value, ValueKind};
use crate::model::budget::Budget;
use crate::source::{FileId, Reason, Span, Text, Unknown};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::rc::Rc;

/// Statements and expressions that are evaluated at most.
const MAX_STEPS: usize = 200_000;
/// What a step costs of the folder's budget, in bytes.
const STEP_COST: usize = 64;
/// Expressions in statements in calls in imports: what a stack of 2 MiB holds in a debug build.
const MAX_DEPTH: usize = 150;
/// Values in a value.
pub(super) const MAX_NODES: usize = 20_000;
/// Items of a list.
pub(super) const MAX_ITEMS: usize = 10_000;
/// Bytes of a string.
pub(super) const MAX_BYTES: usize = 64 * 1024;
/// Reads that are listed for one settings module.
const MAX_READS: usize = 2_000;

/// A local module.
pub(super) struct Loaded {
    /// Its dotted name.
    pub(super) name: String,
    /// Its file.
    pub(super) file: FileId,
    /// `__file__`.
    pub(super) container: String,
    /// Whether it is a package.
    pub(super) package: bool,
    /// Its names.
    pub(super) names: HashMap<String, Bound>,
}

/// An evaluation.
pub(super) struct Evaluator<'w> {
    pub(super) world: &'w World<'w>,
    pub(super) modules: Vec<Loaded>,
    pub(super) by_name: HashMap<String, Option<usize>>,
    pub(super) files: Vec<FileId>,
    /// The settings module's file.
    pub(super) main_file: FileId,
    pub(super) frame: Frame,
    /// What the branches under way changed.
    pub(super) journals: Vec<Journal>,
    steps: usize,
    depth: usize,
    /// Calls ever made, for numbering them.
    pub(super) calls: usize,
    /// Calls in calls.
    pub(super) call_depth: usize,
    /// Imports in imports.
    pub(super) import_depth: usize,
    /// The outermost call under way: where a helper's read is reported.
    pub(super) call_site: Option<Span>,
    /// `try` blocks around.
    pub(super) trying: usize,
    /// Branches around that may not run, and modules whose failures are not ours.
    pub(super) maybe: usize,
    /// Parent packages around, whose own failures are passed over.
    pub(super) lenient: usize,
    /// The settings module's dotted name.
    pub(super) main_name: String,
    /// The error that the statement under way raises.
    pub(super) pending: Option<Rc<Failure>>,
    /// The error that surely ends the loading, the first of them.
    pub(super) failure: Option<Rc<Failure>>,
    /// Errors whose handlers are under way.
    pub(super) handling: Vec<Rc<Failure>>,
    /// Why the statements of the `try` under way may raise an error.
    pub(super) may_raise: Option<Unknown>,
    /// Why the rest of the loop's body may not run.
    pub(super) may_leave: Option<Unknown>,
    /// Why another value is possible of a name that was looked at since this was last reset.
    pub(super) uncertain: Option<Rc<Unknown>>,
    /// An installed package was imported since this was last reset (it may not be there).
    pub(super) imported_outside: bool,
    /// Why there may be more names.
    pub(super) open: Option<Unknown>,
    /// Whether an env file was looked for that is not in the checkout: people keep it out of git.
    pub(super) absent: bool,
    /// Variables that are required and surely not set.
    pub(super) lacks: Vec<(String, Span)>,
    /// Folders that `sys.path` was given, each with whether it is looked through before the others.
    pub(super) search: Vec<(String, bool)>,
    /// Files that `include` runs, the innermost last.
    pub(super) included: Vec<String>,
    /// Variables with a cast of their own in `environ.Env(NAME=int)`.
    pub(super) scheme_names: BTreeSet<String>,
    /// Files and folders that the settings make; an empty path is one that is not known.
    pub(super) made: Vec<String>,
    /// Lists and dicts that are held in several places.
    pub(super) shared: BTreeSet<u32>,
    /// Lists and dicts that are held.
    pub(super) held: BTreeSet<u32>,
    /// The number of lists and dicts made.
    pub(super) identities: u32,
    /// What `os.environ[…] = …` and `setdefault` set.
    pub(super) environ: BTreeMap<String, Option<Rc<Value>>>,
    /// Variables from env files that went into `os.environ`; whether they win over the process's.
    pub(super) from_files: BTreeMap<String, (Text, bool)>,
    /// Variables from files that only decouple reads.
    pub(super) decouple: BTreeMap<String, Text>,
    /// Folders where decouple looked.
    pub(super) decouple_seen: BTreeSet<String>,
    /// Why variables may be set that we do not see.
    pub(super) hidden: Option<Unknown>,
    pub(super) reads: Vec<EnvRead>,
    /// Where a read stands in `reads`.
    read_index: HashMap<(Span, String), usize>,
}

impl<'w> Evaluator<'w> {
    /// Nothing evaluated yet.
    pub(super) fn new(world: &'w World<'w>, main_file: FileId) -> Self {
        Self {
            world,
            modules: Vec::new(),
            by_name: HashMap::new(),
            files: Vec::new(),
            main_file,
            frame: Frame::new(0, None),
            journals: Vec::new(),
            // Where the folder's budget is exhausted, nothing is evaluated, and nothing is said for sure.
            steps: if Budget::is_exhausted() { MAX_STEPS } else { 0 },
            depth: 0,
            calls: 0,
            call_depth: 0,
            import_depth: 0,
            call_site: None,
            trying: 0,
            maybe: 0,
            lenient: 0,
            main_name: String::new(),
            pending: None,
            failure: None,
            handling: Vec::new(),
            may_raise: None,
            may_leave: None,
            uncertain: None,
            imported_outside: false,
            open: None,
            absent: false,
            lacks: Vec::new(),
            search: Vec::new(),
            included: Vec::new(),
            scheme_names: BTreeSet::new(),
            made: Vec::new(),
            shared: BTreeSet::new(),
            held: BTreeSet::new(),
            identities: 0,
            environ: BTreeMap::new(),
            from_files: BTreeMap::new(),
            decouple: BTreeMap::new(),
            decouple_seen: BTreeSet::new(),
            hidden: None,
            reads: Vec::new(),
            read_index: HashMap::new(),
        }
    }

    /// Evaluates a settings module.
    pub(super) fn settings(
        mut self,
        module: &str,
        class: Option<&str>,
    ) -> Result<Settings, EvaluateError> {
        let main = self.load_main(module);
        Budget::charge(self.steps * STEP_COST);
        let main = main?;
        if let Some(failure) = self.pending.take() {
            self.record(&failure);
        }
        let class = class.map(|class| self.configuration(main, class)).unwrap_or_default();
        if let Some(module) = self.modules.get_mut(main) {
            module.names.extend(class);
        }
        // A run that was cut short says nothing for sure.
        let cut = self.steps >= MAX_STEPS;
        let mut names = BTreeMap::new();
        for (name, bound) in self
            .modules
            .get(main)
            .map(|m| &m.names)
            .into_iter()
            .flatten()
            .filter(|(name, _)| is_upper(name))
        {
            let mut binding = bound.binding();
            if cut {
                binding.uncertain.get_or_insert(Reason::Limit("work").into());
            }
            set_apart_partly_known(&mut binding.value);
            names.insert(name.clone(), binding);
        }
        let unknown = names.values().filter(|b| !b.value.is_known()).count();
        // The module itself was read after its parent packages, but it comes first.
        let file = self.main_file;
        self.files.retain(|f| *f != file);
        self.files.insert(0, file);
        Ok(Settings {
            module: module.to_owned(),
            file,
            files: self.files,
            names,
            unknown,
            reads: self.reads,
            open: self.open.or_else(|| cut.then(|| Reason::Limit("work").into())),
            failure: self.failure.map(Rc::unwrap_or_clone),
            absent: cut || self.absent || self.hidden.is_some(),
            lacks: if cut || self.absent { Vec::new() } else { self.lacks },
        })
    }

    /// Counts work; `false` when there was too much of it.
    pub(super) fn work(&mut self, steps: usize) -> bool {
        let left = Budget::step(steps);
        self.steps = if left { self.steps.saturating_add(steps).min(MAX_STEPS) } else { MAX_STEPS };
        self.steps < MAX_STEPS
    }

    /// Goes one level down, unless that is too deep or there was too much work.
    pub(super) fn deeper<T>(&mut self, work: impl FnOnce(&mut Self) -> T) -> Option<T> {
        if self.depth >= MAX_DEPTH || !self.work(1) {
            return None;
        }
        self.depth += 1;
        let out = work(self);
        self.depth -= 1;
        Some(out)
    }

    /// A list or dict that was just put together, unless it grew too large to keep.
    pub(super) fn sane(&mut self, value: Value) -> Value {
        let mut nodes = 0;
        let fits = weigh(&value, 0, &mut nodes);
        // A text that was put together takes as much work as it is long.
        let made =
            if let ValueKind::Str(text) = &value.kind { text.as_str().len() / 64 } else { 0 };
        self.work(nodes / 2 + made);
        if fits {
            self.identified(value)
        } else {
            Value::unknown(Reason::Limit("a value"), value.span).with_reads(&value.reads)
        }
    }

    /// A place for things that stand nowhere: the module that is being run.
    pub(super) fn here(&self) -> Span {
        self.call_site.unwrap_or(Span::whole(
            self.modules.get(self.frame.module).map_or(self.main_file, |m| m.file),
        ))
    }

    /// A copy of a value for putting into another one. Copies are counted, since a list of lists of lists
    /// grows faster than the file that writes it.
    pub(super) fn copied(&mut self, value: &Value) -> Value {
        let nodes = weight(value);
        if self.work(nodes) {
            value.clone()
        } else {
            Value::unknown(Reason::Limit("a value"), value.span)
        }
    }

    /// Whose names are bound now.
    pub(super) fn scope(&self) -> Scope {
        self.frame
            .locals
            .as_ref()
            .map_or(Scope::Module(self.frame.module), |(call, _)| Scope::Call(*call))
    }

    pub(super) fn names_of(&mut self, scope: Scope) -> Option<&mut HashMap<String, Bound>> {
        match scope {
            Scope::Module(module) => self.modules.get_mut(module).map(|m| &mut m.names),
            Scope::Call(call) => {
                self.frame.locals.as_mut().filter(|(n, _)| *n == call).map(|(_, names)| names)
            }
        }
    }

    /// Takes note that a name that was looked at may have another value.
    pub(super) fn doubt(&mut self, why: Option<Rc<Unknown>>) {
        self.uncertain = self.uncertain.take().or(why);
    }

    /// Binds a name.
    pub(super) fn bind(&mut self, name: &str, object: Object, name_span: Span) {
        let uncertain = self.uncertain.clone();
        let global = self.frame.global.contains(name);
        let scope = if global { Scope::Module(self.frame.module) } else { self.scope() };
        if let Object::Value(value) = &object {
            self.hold(value);
        }
        self.set(scope, name, Some(Bound { object, name_span, uncertain }));
    }

    /// Sets a name of any scope, remembering what it was before the branch under way.
    pub(super) fn set(&mut self, scope: Scope, name: &str, bound: Option<Bound>) {
        let Some(names) = self.names_of(scope) else { return };
        let old = match bound {
            Some(bound) => names.insert(name.to_owned(), bound),
            None => names.remove(name),
        };
        if let Some(journal) = self.journals.last_mut() {
            journal.entry((scope, name.to_owned())).or_insert(old);
        }
    }

    /// What a name is bound to in the names seen now: the call's, then the module's.
    pub(super) fn lookup(&self, name: &str) -> Option<&Bound> {
        let locals = self.frame.locals.as_ref().filter(|_| !self.frame.global.contains(name));
        let local = locals.and_then(|(_, names)| names.get(name));
        let enclosing = || self.frame.enclosing.as_ref()?.get(name);
        let module = || self.modules.get(self.frame.module)?.names.get(name);
        local.or_else(enclosing).or_else(module)
    }

    /// Runs something whose bindings are then taken back: returns them.
    pub(super) fn branch<T>(&mut self, work: impl FnOnce(&mut Self) -> T) -> (T, Vec<Change>) {
        self.journals.push(Journal::new());
        self.maybe += 1;
        let out = work(self);
        self.maybe -= 1;
        let journal = self.journals.pop().unwrap_or_default();
        let mut changes = Vec::new();
        for (key, old) in journal {
            let Some(names) = self.names_of(key.0) else { continue };
            let new = match old.clone() {
                Some(old) => names.insert(key.1.clone(), old),
                None => names.remove(&key.1),
            };
            changes.push((key, old, new));
        }
        self.work(changes.len());
        (out, changes)
    }

    /// Remembers a read for [`Settings::reads`], with the latest word on its cast.
    pub(super) fn note_read(&mut self, read: &EnvRead) {
        let key = (read.span, read.name.clone());
        if let Some(index) = self.read_index.get(&key) {
            if let Some(known) = self.reads.get_mut(*index) {
                known.cast = read.cast;
            }
        } else if self.reads.len() < MAX_READS {
            self.read_index.insert(key, self.reads.len());
            self.reads.push(read.clone());
        }
    }
}

/// A text that holds a variable which nothing sets is not known itself; the rest of a URL it stood in is.
fn set_apart_partly_known(value: &mut Value) {
    match &mut value.kind {
        ValueKind::Str(text) if text.is_unresolved() => {
            let why = text.why().unwrap_or(Reason::Condition.into());
            value.kind = ValueKind::Unknown(why);
        }
        ValueKind::Str(text) if !text.is_resolved() => {
            value.kind = ValueKind::Partly(text.clone());
        }
        ValueKind::List { items, .. } => items.iter_mut().for_each(set_apart_partly_known),
        ValueKind::Dict { entries, .. } => {
            entries.iter_mut().for_each(|(_, v)| set_apart_partly_known(v))
        }
        _ => {}
    }
}

/// Django takes names for which Python's `str.isupper` holds.
pub(super) fn is_upper(name: &str) -> bool {
    name.chars().any(char::is_uppercase) && !name.chars().any(char::is_lowercase)
}
