//! Enumerations that the project wrote itself.

use super::evaluator::Evaluator;
use super::object::{Args, Bound, Class, Object};
use crate::source::{Reason, Span};
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
        let members: Vec<String> = members.into_iter().map(|(n, _)| n.clone()).collect();
        drop(names);
        Some(members.iter().map(|name| self.class_attribute(class, name, span)).collect())
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

/// Whether a class is an enumeration.
pub(super) fn is_enumeration(line: &[Object]) -> bool {
    let names = ["enum.Enum", "enum.StrEnum", "enum.IntEnum"];
    line.iter().any(|c| c.outside().is_some_and(|n| names.contains(&n)))
}
