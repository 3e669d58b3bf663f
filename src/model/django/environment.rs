//! Reads of the environment: `os.environ`, and what every reader library is built on.

use super::evaluate::EnvAnswer;
use super::evaluator::{Evaluator, weight};
use super::failure::Cause;
use super::object::{Args, Object};
use super::{Cast, EnvRead, Value, ValueKind};
use crate::source::{Known, Reason, Span, Text, Unknown};
use std::rc::Rc;

/// A default of more values than this is not kept with the read.
const MAX_DEFAULT: usize = 64;
/// Variables that are noted as required and not set; nobody reads on when there are more.
const MAX_LACKS: usize = 500;

/// One read, before it is cast.
pub(super) struct Answer {
    /// What was answered.
    pub(super) set: Set,
    /// The read, for the value it ends up in.
    pub(super) read: EnvRead,
}

/// Whether something is `os.environ`, or a copy of it.
pub(super) fn is_environ(name: &str) -> bool {
    matches!(name, "os.environ" | "os.environ()")
}

/// Whether a variable is set.
pub(super) enum Set {
    /// To this text.
    To(Text),
    /// No.
    No,
    /// Not known, and why.
    Maybe(Unknown),
}

impl Evaluator<'_> {
    /// What the process sees under a name: what the settings set themselves, the process's own
    /// environment, what env files brought.
    pub(super) fn variable(&self, name: &str) -> Set {
        match self.environ.get(name) {
            Some(Some(value)) => {
                return match super::operators::to_text(value) {
                    Some(text) => Set::To(text),
                    None => Set::Maybe(super::operators::why_value(value)),
                };
            }
            // Taken out.
            Some(None) => return Set::No,
            None => {}
        }
        let file = self.from_files.get(name);
        if let Some((text, true)) = file {
            return Set::To(text.clone());
        }
        match (self.world.env)(name) {
            EnvAnswer::Set(Known::Known(text) | Known::Partly(text, _)) => Set::To(text),
            EnvAnswer::Set(Known::Unknown(why)) | EnvAnswer::Unknown(why) => Set::Maybe(why),
            EnvAnswer::Unset => match (file, &self.hidden) {
                (Some((text, _)), _) => Set::To(text.clone()),
                (None, Some(why)) => Set::Maybe(why.clone()),
                (None, None) => Set::No,
            },
        }
    }

    /// Looks a variable up and notes the read.
    pub(super) fn read_variable(
        &mut self,
        name: &str,
        span: Span,
        default: Option<&Value>,
        required: bool,
    ) -> Answer {
        self.read_with(name, span, default, required, false)
    }

    /// The same, also looking into the files that only decouple reads.
    pub(super) fn read_with(
        &mut self,
        name: &str,
        span: Span,
        default: Option<&Value>,
        required: bool,
        decouple: bool,
    ) -> Answer {
        let mut set = self.variable(name);
        if let (Set::No, true, Some(text)) = (&set, decouple, self.decouple.get(name)) {
            set = Set::To(text.clone());
        }
        let set_at = if let Set::To(text) = &set { Some(text.clone()) } else { None };
        let read = EnvRead {
            name: name.to_owned(),
            // A read in a helper function is reported where the settings call the helper.
            span: self.call_site.unwrap_or(span),
            cast: Cast::Raw,
            default: default.map(|d| Box::new(kept(d))),
            set_at,
            required,
        };
        self.note_read(&read);
        Answer { set, read }
    }

    /// `"X" in os.environ`
    pub(super) fn is_set(
        &mut self,
        name: &Object,
        span: Span,
    ) -> (Result<bool, Unknown>, Option<EnvRead>) {
        let Some(name) = name.as_str().map(str::to_owned) else {
            return (Err(name.why(span)), None);
        };
        let answer = self.read_variable(&name, span, None, false);
        let set = match answer.set {
            Set::To(_) => Ok(true),
            Set::No => Ok(false),
            Set::Maybe(why) => Err(why.or_at(span)),
        };
        (set, Some(answer.read))
    }

    /// `os.environ.get(name, default)`: the text when it is set, the default as it is when it is not.
    pub(super) fn environ_get(
        &mut self,
        name: Option<&Object>,
        default: Option<&Object>,
        span: Span,
    ) -> Object {
        let Some(name) = name.and_then(Object::as_str).map(str::to_owned) else {
            let why = name.map_or_else(|| Reason::VariableName.into(), |n| n.why(span));
            return Object::unknown(why, span);
        };
        let default = default.map(|d| d.value(span));
        let answer = self.read_variable(&name, span, default.as_deref(), false);
        let value = match answer.set {
            Set::To(text) => Value::new(ValueKind::Str(text), span),
            Set::No => default.map_or_else(|| Value::new(ValueKind::None, span), |d| (*d).clone()),
            Set::Maybe(why) => Value::unknown(why, span),
        };
        first_read(value, answer.read).into()
    }

    /// `os.environ[name]`
    pub(super) fn environ_item(&mut self, name: &Object, span: Span) -> Object {
        let Some(name) = name.as_str().map(str::to_owned) else {
            return Object::unknown(name.why(span), span);
        };
        let answer = self.read_variable(&name, span, None, true);
        let value = match answer.set {
            Set::To(text) => Value::new(ValueKind::Str(text), span),
            Set::No => self.not_set(&name, "KeyError", &format!("'{name}'"), span),
            Set::Maybe(why) => {
                self.may_raise.get_or_insert_with(|| why.clone().or_at(span));
                Value::unknown(why, span)
            }
        };
        first_read(value, answer.read).into()
    }

    /// `os.environ[name] = value`
    pub(super) fn set_variable(&mut self, name: String, value: Rc<Value>) {
        if !matches!(value.kind, ValueKind::Str(_) | ValueKind::Partly(_) | ValueKind::Unknown(_)) {
            let kind = super::operators::type_name(&value);
            self.failed("TypeError", format!("str expected, not {kind}"), value.span);
            return;
        }
        let value = if self.maybe > 0 {
            Rc::new(Value::unknown(Unknown::at(Reason::Condition, value.span), value.span))
        } else {
            value
        };
        self.environ.insert(name, Some(value));
    }

    /// Every variable of the process, of which those that are not named here are not known.
    pub(super) fn whole_environment(&mut self, span: Span) -> Unknown {
        Unknown::at(Reason::NotEvaluated("the whole environment"), span)
    }

    /// Methods of `os.environ`.
    pub(super) fn environ_method(&mut self, name: &str, args: &Args) -> Object {
        let span = args.span;
        match name {
            "get" => self.environ_get(args.get(0, "key"), args.get(1, "default"), span),
            "__getitem__" => match args.positional.first() {
                Some(name) => self.environ_item(name, span),
                None => self.unknown_call("os.environ.__getitem__", args),
            },
            "__contains__" => match args.positional.first() {
                Some(name) => {
                    let (set, read) = self.is_set(name, span);
                    let value = super::conditions::boolean(set, span);
                    read.map_or(value.clone(), |read| first_read(value, read)).into()
                }
                None => self.unknown_call("os.environ.__contains__", args),
            },
            "setdefault" => {
                self.environ_setdefault(args.positional.first(), args.positional.get(1), span)
            }
            "pop" => {
                let object = match args.get(1, "default") {
                    Some(default) => self.environ_get(args.get(0, "key"), Some(default), span),
                    None => match args.get(0, "key") {
                        Some(name) => self.environ_item(name, span),
                        None => return self.unknown_call("os.environ.pop", args),
                    },
                };
                match args.get(0, "key").and_then(Object::as_str) {
                    Some(name) if self.maybe == 0 => {
                        self.environ.insert(name.to_owned(), None);
                    }
                    _ => self.hidden = Some(Unknown::at(Reason::VariableName, span)),
                }
                object
            }
            "update" => {
                let given = args.positional.first().map(|o| o.value(span));
                let named = args.named.iter().map(|(k, v)| (k.clone(), v.value(span)));
                let mut all: Vec<(String, Rc<Value>)> = named.collect();
                match given.as_ref().map(|g| &g.kind) {
                    None => {}
                    Some(ValueKind::Dict { entries, open: None })
                        if entries.iter().all(|(k, _)| k.as_str().is_some()) =>
                    {
                        all.extend(entries.iter().filter_map(|(k, v)| {
                            Some((k.as_str()?.to_owned(), Rc::new(v.clone())))
                        }));
                    }
                    Some(_) => {
                        let why = given.as_ref().map(|g| super::operators::why_value(g));
                        self.hidden = why;
                    }
                }
                for (name, value) in all {
                    self.set_variable(name, value);
                }
                Object::plain(ValueKind::None, span)
            }
            // Read like the original; what is set in it is set nowhere else.
            "copy" => Object::Outside("os.environ()".into()),
            _ => Object::unknown(self.whole_environment(span), span),
        }
    }

    /// What a read of a required variable gives that is not set: an error.
    pub(super) fn not_set(&mut self, name: &str, kind: &str, message: &str, span: Span) -> Value {
        if self.trying == 0
            && self.maybe == 0
            && self.lenient == 0
            && self.lacks.len() < MAX_LACKS
            && !self.lacks.iter().any(|(n, _)| n == name)
        {
            self.lacks.push((name.to_owned(), self.call_site.unwrap_or(span)));
        }
        // Where an env file that is not in the checkout may set it, loading does not surely end.
        if self.absent && self.trying == 0 {
            return Value::unknown(Reason::RequiredNotSet(name.to_owned()), span);
        }
        self.fail(kind, message, Cause::Variable(name.to_owned()), span);
        Value::unknown(Reason::RequiredNotSet(name.to_owned()), span)
    }

    /// `os.environ.setdefault(name, value)`
    pub(super) fn environ_setdefault(
        &mut self,
        name: Option<&Object>,
        default: Option<&Object>,
        span: Span,
    ) -> Object {
        let object = self.environ_get(name, default, span);
        if let (Some(name), Some(default)) = (name.and_then(Object::as_str), default)
            && matches!(self.variable(name), Set::No)
        {
            let value = default.value(span);
            self.set_variable(name.to_owned(), value);
        }
        object
    }
}

/// A value with its own read before those that flowed into a default.
pub(super) fn first_read(mut value: Value, read: EnvRead) -> Value {
    let rest = std::mem::take(&mut value.reads);
    value.reads.push(read);
    value.with_reads(&rest)
}

/// A default as it is kept with a read: small, and without reads of its own (the value has them), which
/// would nest without end.
fn kept(default: &Value) -> Value {
    let small = weight(default) <= MAX_DEFAULT;
    let long = || Unknown::at(Reason::Limit("a default"), default.span);
    let kind = if small { default.kind.clone() } else { ValueKind::Unknown(long()) };
    let mut kept = Value::new(kind, default.span);
    strip(&mut kept);
    kept
}

fn strip(value: &mut Value) {
    value.reads.clear();
    match &mut value.kind {
        ValueKind::List { items, .. } => items.iter_mut().for_each(strip),
        ValueKind::Dict { entries, .. } => entries.iter_mut().for_each(|(_, v)| strip(v)),
        _ => {}
    }
}
