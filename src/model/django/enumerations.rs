//! Enumerations that the project wrote itself.

use super::Value;
use super::evaluator::Evaluator;
use super::object::{Args, Bound, Class, Instance, Object};
use crate::source::{Reason, Span};
use std::collections::BTreeMap;
use std::rc::Rc;

impl Evaluator<'_> {
    /// The members of an enumeration, in order.
    pub(super) fn members(&mut self, class: &Rc<Class>, span: Span) -> Option<Vec<Object>> {
        let line = self.line_of(class);
        if !is_enumeration(&line) {
            return None;
        }
        let names = class.names.borrow();
        let mut members: Vec<(&String, &Bound)> = names
            .iter()
            .filter(|(n, b)| !n.starts_with('_') && matches!(b.object, Object::Value(_)))
            .collect();
        members.sort_by_key(|(_, b)| b.name_span.start);
        let is_alias = |at: usize| {
            let (earlier, rest) = members.split_at(at);
            rest.first()
                .is_some_and(|(_, bound)| earlier.iter().any(|(_, b)| b.object.same(&bound.object)))
        };
        let own = (0..members.len()).filter(|at| !is_alias(*at));
        let members: Vec<String> =
            own.filter_map(|at| members.get(at)).map(|(n, _)| (*n).clone()).collect();
        drop(names);
        Some(members.iter().map(|name| self.class_attribute(class, name, span)).collect())
    }

    /// What a member has: of several names for one value the first is its name, of Django's choices the label is
    /// no part of the value.
    pub(super) fn member_fields(
        &mut self,
        class: &Rc<Class>,
        line: &[Object],
        name: &str,
        value: Rc<Value>,
        span: Span,
    ) -> BTreeMap<String, Object> {
        let names = class.names.borrow();
        let object = Object::Value(value.clone());
        let same = names.iter().filter(|(n, b)| !n.starts_with('_') && b.object.same(&object));
        let first = same.min_by_key(|(_, b)| b.name_span.start).map_or(name, |(n, _)| n);
        let choices = line.iter().any(|c| c.outside().is_some_and(|n| n.starts_with("django.")));
        let mut fields = BTreeMap::from([("name".to_owned(), Value::text(first, span).into())]);
        let value = match value.items() {
            Some([value, label]) if choices => {
                fields.insert("label".to_owned(), label.clone().into());
                value.clone().into()
            }
            Some(_) if choices => Object::unknown(Reason::Call(name.to_owned()), span),
            _ => object,
        };
        fields.insert("value".to_owned(), value);
        fields
    }

    /// `Enumeration(value)`
    pub(super) fn member_of_value(&mut self, class: &Rc<Class>, args: &Args) -> Object {
        let span = args.span;
        let Some(wanted) = args.positional.first().map(|o| o.value(span)) else {
            return Object::unknown(Reason::Call(class.name.clone()), span);
        };
        let mut unsure = None;
        for member in self.members(class, span).unwrap_or_default() {
            let Object::Instance(instance) = &member else { continue };
            let value = instance.fields.borrow().get("value").map(|v| v.value(span));
            match value.and_then(|v| super::operators::same(&v, &wanted)) {
                Some(true) => return member,
                Some(false) => {}
                None => unsure = Some(super::operators::why_value(&wanted)),
            }
        }
        let why = unsure.unwrap_or_else(|| {
            let shown = super::operators::repr(&wanted).unwrap_or_default();
            self.failed("ValueError", format!("{shown} is not a valid {}", class.name), span)
        });
        Object::unknown(why, span)
    }
}

impl Evaluator<'_> {
    /// `Enumeration["NAME"]`; `None` for a class of another kind.
    pub(super) fn member_of_name(
        &mut self,
        class: &Rc<Class>,
        name: &Object,
        span: Span,
    ) -> Option<Object> {
        let members = self.members(class, span)?;
        let Some(wanted) = name.as_str() else {
            return Some(Object::unknown(name.why(span), span));
        };
        let has_name = |member: &&Object| match member {
            Object::Instance(i) => {
                i.fields.borrow().get("name").and_then(Object::as_str) == Some(wanted)
            }
            _ => false,
        };
        if let Some(member) = members.iter().find(has_name) {
            return Some(member.clone());
        }
        let why = self.failed("KeyError", format!("'{wanted}'"), span);
        Some(Object::unknown(why, span))
    }

    /// Whether two objects are the same member of an enumeration; `None` where neither is a member, or it is not known.
    /// A member of a plain enumeration is equal to nothing else.
    pub(super) fn same_member(
        &mut self,
        left: &Object,
        right: &Object,
        span: Span,
    ) -> Option<bool> {
        let (member, other) = match (left, right) {
            (Object::Instance(member), other) | (other, Object::Instance(member)) => {
                (member, other)
            }
            _ => return None,
        };
        let line = self.line_of(&member.class);
        let compares = |class: &Object| match class {
            Object::Class(class) => class.names.borrow().contains_key("__eq__"),
            _ => false,
        };
        if !is_enumeration(&line) || line.iter().any(compares) {
            return None;
        }
        match other {
            Object::Instance(other) if Rc::ptr_eq(&member.class, &other.class) => {
                let name = |i: &Instance| i.fields.borrow().get("name").map(|v| v.value(span));
                if super::operators::same(&*name(member)?, &*name(other)?) == Some(true) {
                    return Some(true);
                }
                let value = |i: &Instance| i.fields.borrow().get("value").map(|v| v.value(span));
                super::operators::same(&*value(member)?, &*value(other)?)
            }
            Object::Value(other) => {
                // One that is a text or number as well is compared by that.
                let plain = Object::Instance(member.clone()).value(span).is_known();
                (!plain && other.is_known()).then_some(false)
            }
            _ => None,
        }
    }
}

/// Whether a class is an enumeration.
pub(super) fn is_enumeration(line: &[Object]) -> bool {
    let names = [
        "enum.Enum",
        "enum.StrEnum",
        "enum.IntEnum",
        "django.db.models.TextChoices",
        "django.db.models.IntegerChoices",
    ];
    line.iter().any(|c| c.outside().is_some_and(|n| names.contains(&n)))
}
