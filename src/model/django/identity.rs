//! Lists and dicts that are held in several places: a change through one name is seen through the others.

use super::evaluator::Evaluator;
use super::frame::Scope;
use super::object::{Bound, Object};
use super::{Value, ValueKind};
use std::rc::Rc;

impl Evaluator<'_> {
    /// A list or dict that was just made gets a number of its own, and holds what is in it.
    pub(super) fn identified(&mut self, mut value: Value) -> Value {
        if value.identity != 0 {
            return value;
        }
        match &value.kind {
            ValueKind::List { items, .. } => items.iter().for_each(|v| self.hold(v)),
            ValueKind::Dict { entries, .. } => entries.iter().for_each(|(_, v)| self.hold(v)),
            _ => return value,
        }
        self.identities += 1;
        value.identity = self.identities;
        value
    }

    /// Takes note that a value is now held by a name or by another value.
    pub(super) fn hold(&mut self, value: &Value) {
        if value.identity != 0 && !self.held.insert(value.identity) {
            self.shared.insert(value.identity);
        }
    }

    /// A list or dict was changed: everything else that holds it sees that. `from` is the name it was changed through.
    pub(super) fn spread(&mut self, changed: &Value, from: (Scope, &str)) {
        if changed.identity == 0 || !self.shared.contains(&changed.identity) {
            return;
        }
        let mut scopes: Vec<Scope> = (0..self.modules.len()).map(Scope::Module).collect();
        if let Scope::Call(call) = self.scope() {
            scopes.push(Scope::Call(call));
        }
        for scope in scopes {
            let mut found: Vec<(String, Bound)> = Vec::new();
            let mut work = 0;
            for (name, bound) in self.names_of(scope).into_iter().flat_map(|names| names.iter()) {
                let Object::Value(value) = &bound.object else { continue };
                if (scope, name.as_str()) != from && holds(value, changed.identity, &mut work) {
                    found.push((name.clone(), bound.clone()));
                }
            }
            if !self.work(work / 8) {
                return;
            }
            self.spread_to_classes(scope, changed);
            for (name, mut bound) in found {
                if let Object::Value(value) = &mut bound.object {
                    replace(Rc::make_mut(value), changed);
                }
                self.set(scope, &name, Some(bound));
            }
        }
    }
}

impl Evaluator<'_> {
    /// The same for what the classes of a scope hold.
    fn spread_to_classes(&mut self, scope: Scope, changed: &Value) {
        for bound in self.names_of(scope).into_iter().flat_map(|names| names.values()) {
            let Object::Class(class) = &bound.object else { continue };
            for bound in class.names.borrow_mut().values_mut() {
                if let Object::Value(value) = &mut bound.object
                    && holds(value, changed.identity, &mut 0)
                {
                    replace(Rc::make_mut(value), changed);
                }
            }
        }
    }
}

fn holds(value: &Value, identity: u32, work: &mut usize) -> bool {
    *work += 1;
    value.identity == identity
        || match &value.kind {
            ValueKind::List { items, .. } => items.iter().any(|v| holds(v, identity, work)),
            ValueKind::Dict { entries, .. } => {
                entries.iter().any(|(_, v)| holds(v, identity, work))
            }
            _ => false,
        }
}

fn replace(value: &mut Value, changed: &Value) {
    if value.identity == changed.identity {
        value.kind.clone_from(&changed.kind);
        value.add_reads(&changed.reads);
        return;
    }
    match &mut value.kind {
        ValueKind::List { items, .. } => items.iter_mut().for_each(|v| replace(v, changed)),
        ValueKind::Dict { entries, .. } => {
            entries.iter_mut().for_each(|(_, v)| replace(v, changed))
        }
        _ => {}
    }
}

/// A copy that shares nothing with the original: `copy.deepcopy`.
pub(super) fn unshared(mut value: Value) -> Value {
    value.identity = 0;
    match &mut value.kind {
        ValueKind::List { items, .. } => {
            for item in items {
                *item = unshared(item.clone());
            }
        }
        ValueKind::Dict { entries, .. } => {
            for (_, entry) in entries {
                *entry = unshared(entry.clone());
            }
        }
        _ => {}
    }
    value
}
