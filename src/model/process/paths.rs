//! Where paths through a script meet again: what they do not agree on is not known.

use super::state::{Around, FileState, Function, Jump, Maybe, Shell, Status};
use crate::source::{Reason, Span, Text};
use std::collections::BTreeMap;
use std::rc::Rc;

impl Shell {
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
        if !Rc::ptr_eq(&self.exported, &other.exported) {
            Rc::make_mut(&mut self.exported).extend(other.exported.iter().cloned());
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
