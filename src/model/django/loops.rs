//! `for`, `while` and `match`.

use super::evaluator::{Evaluator, MAX_ITEMS};
use super::object::Object;
use super::operators;
use super::statements::Flow;
use super::{Cast, EnvRead, ValueKind};
use crate::source::{Reason, Span, Unknown};
use crate::syntax::python::{Case, Expr, Pattern, Stmt};

/// Rounds of a `while`.
const MAX_ROUNDS: usize = 1_000;

impl Evaluator<'_> {
    /// `for target in iterable: body`
    pub(super) fn for_(
        &mut self,
        target: &Expr,
        iterable: &Expr,
        body: &[Stmt],
        otherwise: &[Stmt],
    ) -> Flow {
        let object = self.eval(iterable);
        let (items, open) = self.iterate(&object, iterable.span);
        if !self.goes_on() {
            return Flow::Next;
        }
        let outer = self.may_leave.take();
        for item in items.into_iter().take(MAX_ITEMS) {
            if !self.work(1) {
                return Flow::Stop;
            }
            self.uncertain = None;
            self.assign(target, item);
            if !self.goes_on() {
                self.may_leave = outer;
                return Flow::Next;
            }
            // Whether an earlier round has left the loop is not known.
            let flow = match self.may_leave.clone() {
                None => self.run(body),
                Some(why) => self.alternatives(&[body], false, &[], why),
            };
            match flow {
                Flow::Next | Flow::Continue => {}
                Flow::Break => {
                    self.may_leave = outer;
                    return Flow::Next;
                }
                ended => {
                    self.may_leave = outer;
                    return ended;
                }
            }
        }
        if let Some(why) = &open {
            self.uncertain = None;
            self.assign(target, Object::unknown(why.clone(), target.span));
            // What the body changes may have been changed any number of times.
            let flow = self.alternatives(&[body], false, &[], why.clone());
            if matches!(flow, Flow::Stop) {
                self.may_leave = outer;
                return flow;
            }
        }
        let left = self.may_leave.take();
        self.may_leave = outer;
        match left {
            Some(why) => self.alternatives(&[otherwise], false, &[], why),
            None => self.run(otherwise),
        }
    }

    /// `while test: body`
    pub(super) fn while_(&mut self, test: &Expr, body: &[Stmt], otherwise: &[Stmt]) -> Flow {
        let outer = self.may_leave.take();
        for _ in 0..MAX_ROUNDS {
            let mut reads = Vec::new();
            let truth = match self.may_leave.clone() {
                None => self.test(test, &mut reads),
                Some(why) => Err(why),
            };
            if !self.goes_on() {
                self.may_leave = outer;
                return Flow::Next;
            }
            let flow = match truth {
                Ok(false) => {
                    self.may_leave = outer;
                    return self.run(otherwise);
                }
                Ok(true) => self.run(body),
                Err(why) => {
                    self.may_leave = outer;
                    return self.alternatives(&[body], false, &reads, why);
                }
            };
            match flow {
                Flow::Next | Flow::Continue => {}
                Flow::Break => {
                    self.may_leave = outer;
                    return Flow::Next;
                }
                ended => {
                    self.may_leave = outer;
                    return ended;
                }
            }
        }
        self.may_leave = outer;
        let why = Unknown::at(Reason::Limit("rounds of a loop"), test.span);
        self.alternatives(&[body], false, &[], why)
    }

    /// `match subject: cases`
    pub(super) fn match_(&mut self, subject: &Expr, cases: &[Case]) -> Flow {
        let subject = self.eval(subject);
        if !self.goes_on() {
            return Flow::Next;
        }
        let mut possible: Vec<&[Stmt]> = Vec::new();
        // The text decides a case and becomes nothing itself.
        let compared = |r: &EnvRead| EnvRead { cast: Cast::Bool, ..r.clone() };
        let mut reads: Vec<EnvRead> = subject.reads().iter().map(compared).collect();
        for read in &reads {
            self.note_read(read);
        }
        let mut why = None;
        for case in cases {
            let mut holds = self.matches(&case.pattern, &subject);
            if let (Some(guard), true) = (&case.guard, holds != Ok(false)) {
                let guard = self.test(guard, &mut reads);
                holds = match (holds, guard) {
                    (_, Ok(false)) => Ok(false),
                    (Ok(true), guard) => guard,
                    (unknown, _) => unknown,
                };
            }
            match holds {
                Ok(true) => {
                    possible.push(&case.body);
                    let Some(why) = why else {
                        self.decided_by(&reads);
                        return self.run(&case.body);
                    };
                    return self.alternatives(&possible, true, &reads, why);
                }
                Ok(false) => {}
                Err(unknown) => {
                    why.get_or_insert(unknown);
                    possible.push(&case.body);
                }
            }
        }
        self.decided_by(&reads);
        match why {
            Some(why) => self.alternatives(&possible, false, &reads, why),
            None => Flow::Next,
        }
    }

    fn matches(&mut self, pattern: &Pattern, subject: &Object) -> Result<bool, Unknown> {
        match pattern {
            Pattern::Value(expr) => {
                let wanted = self.value(expr);
                let value = subject.value(expr.span);
                operators::same(&value, &wanted).ok_or_else(|| {
                    value.why().or_else(|| wanted.why()).unwrap_or(condition(expr.span))
                })
            }
            Pattern::Or(patterns) => {
                let mut any = Ok(false);
                for pattern in patterns {
                    match self.matches(pattern, subject) {
                        Ok(true) => return Ok(true),
                        Ok(false) => {}
                        Err(why) => any = Err(why),
                    }
                }
                any
            }
            Pattern::Capture(inner, name) => {
                let holds = inner.as_ref().map_or(Ok(true), |p| self.matches(p, subject));
                if let (Some(name), true) = (name, holds != Ok(false)) {
                    self.bind(&name.value, subject.clone(), name.span);
                }
                holds
            }
            Pattern::Other => {
                let place = self.here();
                Err(subject.known().and_then(super::Value::why).unwrap_or(condition(place)))
            }
        }
    }

    /// What a loop over something takes in order, and why there may be more, or in another order.
    pub(super) fn iterate(
        &mut self,
        object: &Object,
        span: Span,
    ) -> (Vec<Object>, Option<Unknown>) {
        let value = match object {
            Object::Value(value) => value.clone(),
            Object::File(file) => {
                let lines = file.text.as_ref().map(|text| super::data_files::lines(text, span));
                return match lines {
                    Ok(lines) => (lines.into_iter().map(Object::from).collect(), None),
                    Err(why) => (Vec::new(), Some(why.clone())),
                };
            }
            Object::Class(class) => {
                return match self.members(class, span) {
                    Some(members) => (members, None),
                    None => (Vec::new(), Some(object.why(span))),
                };
            }
            Object::Outside(name) if super::environment::is_environ(name) => {
                return (Vec::new(), Some(self.whole_environment(span)));
            }
            _ => return (Vec::new(), Some(object.why(span))),
        };
        match &value.kind {
            ValueKind::List { items, open } => {
                let items: Vec<Object> =
                    items.iter().map(|item| item.clone().with_reads(&value.reads).into()).collect();
                (items, open.clone())
            }
            ValueKind::Dict { entries, open } => {
                (entries.iter().map(|(k, _)| k.clone().into()).collect(), open.clone())
            }
            ValueKind::Str(text) if text.is_resolved() => {
                let chars = text.as_str().char_indices().take(MAX_ITEMS);
                let chars = chars.map(|(at, c)| {
                    let piece = text.slice(at..at + c.len_utf8());
                    super::Value::new(ValueKind::Str(piece), span).into()
                });
                (chars.collect(), None)
            }
            ValueKind::Unknown(why) => (Vec::new(), Some(why.clone())),
            ValueKind::None | ValueKind::Bool(_) | ValueKind::Int(_) | ValueKind::Float(_) => {
                let kind = operators::type_name(&value);
                let why =
                    self.failed("TypeError", format!("'{kind}' object is not iterable"), span);
                (Vec::new(), Some(why))
            }
            _ => (Vec::new(), Some(operators::why_value(&value))),
        }
    }
}

fn condition(place: Span) -> Unknown {
    Unknown::at(Reason::Condition, place)
}
