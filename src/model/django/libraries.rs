//! What a program asks about its own names and objects: `getattr`, `hasattr`, `isinstance`, `globals`.

use super::attributes::lacks_attribute;
use super::evaluator::Evaluator;
use super::evaluator::is_upper;
use super::functions::empty_dict;
use super::object::{Args, Bound, Object};
use super::operators;
use super::{Value, ValueKind, defaults};
use crate::source::{Reason, Span, Unknown};
use crate::syntax::python::Expr;
use std::rc::Rc;

impl Evaluator<'_> {
    /// Functions about objects; `None` for others.
    pub(super) fn about(&mut self, name: &str, first: &Object, args: &Args) -> Option<Object> {
        let span = args.span;
        let boolean = |b: bool| Object::plain(ValueKind::Bool(b), span);
        match name {
            "getattr" => {
                let wanted = args.positional.get(1)?.as_str().map(str::to_owned);
                let Some(wanted) = wanted else {
                    return Some(Object::unknown(args.why(), span));
                };
                let pending = self.pending.is_some();
                let found = self.attribute(first, &wanted, span);
                let missing =
                    !pending && self.pending.as_ref().is_some_and(|f| f.kind == "AttributeError");
                match args.positional.get(2) {
                    Some(default) if missing => {
                        self.pending = None;
                        Some(default.clone())
                    }
                    // A package has it or has it not.
                    _ => Some(found),
                }
            }
            "hasattr" => {
                let wanted = args.positional.get(1)?.as_str().map(str::to_owned)?;
                let plain =
                    |value: &Value| matches!(value.kind, ValueKind::Str(_) | ValueKind::None);
                if let Some(value) = first.known().filter(|v| plain(v)) {
                    return Some(boolean(!lacks_attribute(value, &wanted)));
                }
                let known =
                    matches!(first, Object::Module(_) | Object::Class(_) | Object::Instance(_));
                if !known {
                    return Some(self.unknown_call(name, args));
                }
                let found = self.perhaps(|m| {
                    let found = m.attribute(first, &wanted, span);
                    let missing = m.pending.take().is_some_and(|f| f.kind == "AttributeError");
                    if missing { None } else { Some(found) }
                });
                Some(match found {
                    None => boolean(false),
                    Some(Object::Value(value)) if !value.is_known() => {
                        Value::unknown(operators::why_value(&value), span).into()
                    }
                    Some(_) => boolean(true),
                })
            }
            "callable" => match first {
                Object::Function(_) | Object::Class(_) | Object::Bound(..) => Some(boolean(true)),
                Object::Value(value) if value.is_known() => Some(boolean(false)),
                _ => None,
            },
            "isinstance" => {
                let kind = args.positional.get(1)?;
                let value = first.known().filter(|v| v.is_known())?;
                let kinds = match kind {
                    Object::Outside(name) => vec![name.to_string()],
                    Object::Value(list) => list
                        .items()?
                        .iter()
                        .map(|item| match &item.kind {
                            ValueKind::Unknown(Unknown { reason: Reason::Outside(n), .. }) => {
                                Some(n.clone())
                            }
                            _ => None,
                        })
                        .collect::<Option<Vec<_>>>()?,
                    _ => return None,
                };
                let known = |k: &String| {
                    let k = k.strip_prefix("builtins.")?;
                    matches!(
                        k,
                        "str" | "int" | "float" | "bool" | "list" | "tuple" | "dict" | "set"
                    )
                    .then(|| {
                        k == operators::type_name(value)
                            || (k == "int" && operators::type_name(value) == "bool")
                    })
                };
                let all: Option<Vec<bool>> = kinds.iter().map(known).collect();
                all.map(|all| boolean(all.contains(&true)))
            }
            "setattr" => {
                let (Some(wanted), Some(value)) =
                    (args.positional.get(1)?.as_str(), args.positional.get(2))
                else {
                    self.may_bind(Unknown::at(Reason::Call(name.to_owned()), span));
                    return Some(Object::plain(ValueKind::None, span));
                };
                match first {
                    Object::Module(module) => {
                        let bound = Bound {
                            object: value.clone(),
                            name_span: span,
                            uncertain: self.uncertain.clone(),
                        };
                        self.set(super::frame::Scope::Module(*module), wanted, Some(bound));
                    }
                    Object::Instance(instance) => {
                        instance.fields.borrow_mut().insert(wanted.to_owned(), value.clone());
                    }
                    // `sys.modules[__name__]`
                    _ => self.may_bind(Unknown::at(Reason::Call(name.to_owned()), span)),
                }
                Some(Object::plain(ValueKind::None, span))
            }
            "vars" | "dir" => match first {
                Object::Module(module) if name == "vars" => Some(self.names_as_dict(*module, span)),
                Object::Module(module) => {
                    let names = self.modules.get(*module).map(|m| m.names.keys().cloned());
                    Some(self.name_list(names.into_iter().flatten().collect(), None, span))
                }
                Object::Instance(_) | Object::Class(_) if name == "dir" => {
                    let (class, fields) = match first {
                        Object::Instance(i) => {
                            (i.class.clone(), i.fields.borrow().keys().cloned().collect())
                        }
                        Object::Class(class) => (class.clone(), Vec::new()),
                        _ => return None,
                    };
                    let mut names: Vec<String> = fields;
                    let mut open = None;
                    for class in self.line_of(&class) {
                        match class {
                            Object::Class(class) => {
                                names.extend(class.names.borrow().keys().cloned());
                            }
                            Object::Outside(name) if &*name == "builtins.object" => {}
                            other => open = Some(other.why(span)),
                        }
                    }
                    Some(self.name_list(names, open, span))
                }
                _ => None,
            },
            _ => None,
        }
    }

    fn name_list(&mut self, mut names: Vec<String>, open: Option<Unknown>, span: Span) -> Object {
        names.sort();
        names.dedup();
        let items = names.into_iter().map(|n| Value::text(n, span)).collect();
        let list = Value::list(super::value::Form::List, items, open, span);
        self.sane(list).into()
    }

    /// `django.conf.settings.name` while settings load: the module as far as it is. What asks for one before the
    /// module is imported has it imported.
    pub(super) fn own_setting(&mut self, name: &str, span: Span) -> Object {
        let other = Object::Outside(format!("django.conf.settings.{name}").into());
        if self.main_name.is_empty() || !is_upper(name) {
            return other;
        }
        if !self.load_own_settings() {
            return Object::unknown(Reason::Raises, span);
        }
        let main = self.by_name.get(&self.main_name).copied().flatten();
        let bound = main.and_then(|m| self.modules.get(m)?.names.get(name)).cloned();
        match bound {
            Some(bound) => {
                self.doubt(bound.uncertain);
                bound.object
            }
            None => match defaults::default_setting(name, span) {
                Some(value) => self.sane(value).into(),
                None if self.open.is_some()
                    || main.is_none()
                    || defaults::of_another_django(name) =>
                {
                    other
                }
                None => {
                    let words = format!("'Settings' object has no attribute '{name}'");
                    let why = self.failed("AttributeError", words, span);
                    Object::unknown(why, span)
                }
            },
        }
    }

    /// Something may bind any name: what is bound now is not sure any more.
    pub(super) fn may_bind(&mut self, why: Unknown) {
        let names: Vec<(String, Bound)> = self
            .modules
            .get(self.frame.module)
            .into_iter()
            .flat_map(|m| m.names.iter())
            .filter(|(name, _)| is_upper(name))
            .map(|(name, bound)| (name.clone(), bound.clone()))
            .collect();
        let shared = Rc::new(why.clone());
        for (name, mut bound) in names {
            bound.uncertain.get_or_insert_with(|| shared.clone());
            self.set(super::frame::Scope::Module(self.frame.module), &name, Some(bound));
        }
        self.open.get_or_insert(why);
    }

    /// `globals()[key] = object`
    pub(super) fn bind_in_namespace(&mut self, key: &Value, object: &Object, span: Span) {
        match key.as_str() {
            Some(name) => {
                let uncertain = self.uncertain.clone();
                let bound = Bound { object: object.clone(), name_span: span, uncertain };
                self.set(super::frame::Scope::Module(self.frame.module), name, Some(bound));
            }
            None => {
                let reason = Reason::NotEvaluated("a name that is bound through a mapping");
                self.may_bind(Unknown::at(reason, span));
            }
        }
    }

    /// `globals().method(…)`
    pub(super) fn namespace_method(&mut self, name: &str, args: &Args) -> Object {
        let span = args.span;
        match (name, args.positional.first()) {
            ("get" | "setdefault", Some(key)) => {
                let Some(wanted) = key.as_str().map(str::to_owned) else {
                    return Object::unknown(key.why(span), span);
                };
                if let Some(bound) = self.lookup(&wanted) {
                    let (object, uncertain) = (bound.object.clone(), bound.uncertain.clone());
                    self.doubt(uncertain);
                    return object;
                }
                if let Some(why) = &self.open {
                    return Object::unknown(why.clone(), span);
                }
                let none = Object::plain(ValueKind::None, span);
                let default = args.get(1, "default").cloned().unwrap_or(none);
                if name == "setdefault" {
                    self.bind_in_namespace(&Value::text(wanted, span), &default, span);
                }
                default
            }
            ("update", Some(other)) => {
                let value = other.value(span);
                match &value.kind {
                    ValueKind::Dict { entries, open } => {
                        for (key, entry) in entries {
                            self.bind_in_namespace(key, &entry.clone().into(), entry.span);
                        }
                        if let Some(why) = open {
                            self.may_bind(why.clone());
                        }
                    }
                    _ => self.may_bind(operators::why_value(&value)),
                }
                Object::plain(ValueKind::None, span)
            }
            ("update", None) => {
                for (key, object) in &args.named {
                    self.bind_in_namespace(&Value::text(key.clone(), span), object, span);
                }
                Object::plain(ValueKind::None, span)
            }
            _ => {
                self.may_bind(Unknown::at(Reason::Call(name.to_owned()), span));
                self.unknown_call(name, args)
            }
        }
    }

    /// `globals()[key]`
    pub(super) fn namespace_item(&mut self, key: &Object, span: Span) -> Object {
        let Some(name) = key.as_str().map(str::to_owned) else {
            return Object::unknown(key.why(span), span);
        };
        let Some(bound) = self.lookup(&name) else {
            if let Some(why) = &self.open {
                return Object::unknown(why.clone(), span);
            }
            let why = self.failed("KeyError", format!("'{name}'"), span);
            return Object::unknown(why, span);
        };
        let (object, uncertain) = (bound.object.clone(), bound.uncertain.clone());
        self.doubt(uncertain);
        object
    }

    /// Whether a namespace has a name.
    pub(super) fn namespace_has(&self, name: &str, span: Span) -> Result<bool, Unknown> {
        match (self.lookup(name), &self.open) {
            (Some(bound), _) => match &bound.uncertain {
                Some(why) => Err((**why).clone().or_at(span)),
                None => Ok(true),
            },
            (None, Some(why)) => Err(why.clone()),
            (None, None) => Ok(false),
        }
    }

    /// The names of a module as a dict.
    pub(super) fn names_as_dict(&mut self, module: usize, span: Span) -> Object {
        let mut dict = empty_dict(span);
        let names = self.modules.get(module).into_iter().flat_map(|m| m.names.iter());
        let mut names: Vec<(String, Bound)> = names.map(|(n, b)| (n.clone(), b.clone())).collect();
        names.sort_by(|a, b| a.0.cmp(&b.0));
        for (name, bound) in names {
            let value = match &bound.uncertain {
                Some(why) => Value::unknown((**why).clone(), bound.name_span),
                None => (*bound.object.value(bound.name_span)).clone(),
            };
            operators::set_entry(&mut dict, &Value::text(name, span), value);
        }
        dict.into()
    }

    /// `django_heroku.settings(locals())`: what it sets is not known, unless it is told to leave it alone.
    /// Source: django-heroku 0.3.1, `core.py`.
    pub(super) fn django_heroku(&mut self, args: &Args) -> Object {
        const SETS: [(&str, &[&str]); 7] = [
            ("databases", &["DATABASES"]),
            ("test_runner", &["TEST_RUNNER"]),
            ("staticfiles", &["STATIC_ROOT", "STATIC_URL", "MIDDLEWARE", "STATICFILES_STORAGE"]),
            ("allowed_hosts", &["ALLOWED_HOSTS"]),
            ("logging", &["LOGGING"]),
            ("secret_key", &["SECRET_KEY"]),
            ("db_colors", &["DATABASES"]),
        ];
        let why = Unknown::at(Reason::Call("django_heroku.settings".to_owned()), args.span);
        let off = |name: &str| {
            args.named(name)
                .is_some_and(|o| matches!(o.known().map(|v| &v.kind), Some(ValueKind::Bool(false))))
        };
        let set = SETS.iter().filter(|(name, _)| !off(name) && *name != "db_colors");
        for name in set.flat_map(|(_, names)| names.iter()) {
            let bound = Bound {
                object: Object::unknown(why.clone(), args.span),
                name_span: args.span,
                uncertain: None,
            };
            self.set(super::frame::Scope::Module(self.frame.module), name, Some(bound));
        }
        Object::plain(ValueKind::None, args.span)
    }

    /// Whether a call asks if a module can be imported: `importlib.util.find_spec("x")`.
    pub(super) fn asks_import_spec(&self, function: &Object, args: &[Expr]) -> bool {
        function.outside() == Some("importlib.util.find_spec") && args.len() == 1
    }

    /// `importlib.util.find_spec(name)`: something for a module that is there, `None` for one that is not.
    pub(super) fn import_spec(&mut self, args: &[Expr], span: Span) -> Object {
        let Some(name) = args.first().map(|a| self.value(a)) else {
            return Object::unknown(Reason::Call("find_spec".to_owned()), span);
        };
        let Some(dotted) = name.as_str().map(str::to_owned) else {
            return Object::unknown(operators::why_value(&name), span);
        };
        match self.can_import(&dotted) {
            Some(true) => Object::Outside("importlib.machinery.ModuleSpec()".into()),
            Some(false) => Object::plain(ValueKind::None, span),
            None => Object::unknown(Unknown::at(Reason::Installed, span), span),
        }
    }
}
