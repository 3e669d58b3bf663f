//! django-configurations: settings that are attributes of a class.
//! Source: django-configurations 2.5, `base.py`, `values.py`, `importer.py`.

use super::env_files::Search;
use super::env_grammar::Grammar;
use super::env_readers::Maker;
use super::evaluator::{Evaluator, is_upper};
use super::object::{Args, Bound, Instance, Library, Object, Role};
use super::value::Form;
use super::{Value, ValueKind, operators};
use crate::source::{Reason, Span, Unknown};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

/// A value that is read when its class is set up, under the name of its attribute.
pub(super) struct LateValue {
    /// What the text is made into.
    maker: Maker,
    /// The value where no variable is set.
    default: Option<Value>,
    /// `environ_name`
    name: Option<String>,
    /// Before the name, with its underscore.
    prefix: String,
    /// Whether the variable must be set.
    required: bool,
    /// Whether the environment is looked at.
    environ: bool,
    /// Where it is written.
    span: Span,
}

impl Evaluator<'_> {
    /// `values.BooleanValue(default, environ_name=…)`
    pub(super) fn configuration_value(&mut self, kind: &str, args: &Args) -> Object {
        let span = args.span;
        let text = |name: &str| {
            args.named(name).map(|o| match o.known().map(|v| &v.kind) {
                Some(ValueKind::None) => Some(String::new()),
                _ => o.as_str().map(str::to_owned),
            })
        };
        let flag = |name: &str, usual: bool| match args.named(name) {
            None => Some(usual),
            Some(object) => object.known().and_then(operators::truth),
        };
        let secret = kind == "SecretValue";
        let item = args.named("converter").cloned();
        let maker = match kind {
            "Value" | "SecretValue" | "EmailValue" | "URLValue" | "IPValue" | "RegexValue" => {
                Maker::Text
            }
            "BooleanValue" => Maker::Bool,
            "IntegerValue" | "PositiveIntegerValue" => Maker::Int,
            "FloatValue" => Maker::Float,
            "ListValue" | "BackendsValue" if args.named("separator").is_none() => {
                Maker::List(item, Form::List)
            }
            "TupleValue" if args.named("separator").is_none() => Maker::List(item, Form::Tuple),
            _ => Maker::Other,
        };
        let (Some(environ), Some(required)) =
            (flag("environ", true), flag("environ_required", secret))
        else {
            return Object::unknown(args.why(), span);
        };
        let (name, prefix) = (text("environ_name"), text("environ_prefix"));
        if name == Some(None) || prefix == Some(None) || args.open.is_some() {
            return Object::unknown(args.why(), span);
        }
        let prefix = prefix.flatten().unwrap_or_else(|| "DJANGO".to_owned());
        let prefix = match prefix.trim_end_matches('_') {
            "" => String::new(),
            prefix => format!("{prefix}_"),
        };
        let default = args.get(0, "default").map(|d| (*d.value(span)).clone());
        let default = match (kind, default) {
            ("DatabaseURLValue" | "CacheURLValue" | "EmailURLValue" | "SearchURLValue", _) => {
                let why = Reason::Call(format!("configurations.values.{kind}"));
                return Object::unknown(Unknown::at(why, span), span);
            }
            ("ListValue" | "BackendsValue", None) => {
                Value::list(Form::List, Vec::new(), None, span)
            }
            ("TupleValue", None) => Value::list(Form::Tuple, Vec::new(), None, span),
            (_, Some(default)) => default,
            (_, None) => Value::new(ValueKind::None, span),
        };
        let default = match kind {
            "ListValue" | "BackendsValue" if default.items().is_some() => {
                Value { form: Form::List, ..default }
            }
            "TupleValue" if default.items().is_some() => Value { form: Form::Tuple, ..default },
            _ => default,
        };
        let name = name.flatten().filter(|n| !n.is_empty());
        let falsy = operators::truth(&default) != Some(true);
        let late = LateValue {
            maker,
            default: Some(default),
            name,
            prefix,
            required: required || secret,
            environ: environ || secret,
            span,
        };
        let now = if late.environ { late.name.is_some() } else { !falsy };
        if now && flag("late_binding", false) == Some(false) {
            let name = late.name.clone().unwrap_or_default();
            return self.set_up(&late, &name);
        }
        Object::Late(Rc::new(late))
    }

    /// What a value comes to under the name of its attribute.
    pub(super) fn set_up(&mut self, late: &LateValue, name: &str) -> Object {
        if !late.environ {
            let none = Value::new(ValueKind::None, late.span);
            return late.default.clone().unwrap_or(none).into();
        }
        let name = late.name.clone().unwrap_or_else(|| name.to_uppercase());
        let full = format!("{}{name}", late.prefix);
        let default = if late.required { None } else { late.default.clone() };
        self.read_and_make(&full, &late.maker, default, Library::Configurations, late.span)
    }

    /// The settings of a class: its upper-case attributes, set up, and those of the module.
    pub(super) fn configuration(&mut self, module: usize, class: &str) -> BTreeMap<String, Bound> {
        let mut names = BTreeMap::new();
        let bound = self.modules.get(module).and_then(|m| m.names.get(class)).cloned();
        let Some(Bound { object: Object::Class(class), name_span, .. }) = bound else {
            let span = self.here();
            let words = format!("module has no attribute '{class}'");
            let why = match bound {
                Some(bound) => bound.object.why(span),
                None => self.failed("AttributeError", words, span),
            };
            self.open.get_or_insert(why);
            self.end_of_class();
            return names;
        };
        self.frame = super::frame::Frame::new(module, None);
        let line = self.line_of(&class);
        self.configuration_env_file(&line, name_span);
        self.end_of_class();
        for hook in ["pre_setup", "setup"] {
            if let Ok(Some(Bound { object: Object::Function(function), .. })) =
                self.member(&line, hook, name_span)
            {
                let args = Args::of_positional(vec![Object::Class(class.clone())], name_span);
                self.call_function(&function, &args);
                self.end_of_class();
            }
        }
        let instance = Object::Instance(Rc::new(Instance {
            class: class.clone(),
            fields: RefCell::default(),
            open: RefCell::default(),
        }));
        let mut all: Vec<String> = Vec::new();
        for class in &line {
            match class {
                Object::Class(class) => {
                    let names = class.names.borrow();
                    all.extend(names.keys().filter(|n| is_upper(n)).cloned());
                }
                Object::Outside(name)
                    if matches!(&**name, "configurations.Configuration" | "builtins.object") => {}
                other => {
                    let why = other.why(name_span);
                    self.open.get_or_insert(why);
                }
            }
        }
        all.sort();
        all.dedup();
        let dotted = self.modules.get(module).map(|m| format!("{}.{}", m.name, class.name));
        let own = Value::text(dotted.unwrap_or_default(), name_span).into();
        let bound = Bound { object: own, name_span, uncertain: None };
        names.insert("CONFIGURATION".to_owned(), bound);
        for name in all {
            let bound = match self.member(&line, &name, name_span) {
                Ok(Some(bound)) => bound,
                Ok(None) => continue,
                Err(why) => {
                    let object = Object::unknown(why, name_span);
                    Bound { object, name_span, uncertain: None }
                }
            };
            self.uncertain.clone_from(&bound.uncertain);
            let object = match &bound.object {
                Object::Late(late) => self.set_up(late, &name),
                Object::Function(function) => match function.role {
                    Role::Static => self
                        .call_function(function, &Args::of_positional(Vec::new(), bound.name_span)),
                    Role::Class => {
                        let args = vec![Object::Class(class.clone())];
                        self.call_function(function, &Args::of_positional(args, bound.name_span))
                    }
                    Role::Method | Role::Property => {
                        let args = vec![instance.clone()];
                        self.call_function(function, &Args::of_positional(args, bound.name_span))
                    }
                },
                other => other.clone(),
            };
            self.end_of_class();
            let uncertain = self.uncertain.take();
            // Other values of the class are looked up as they were set up.
            if let Object::Instance(instance) = &instance {
                instance.fields.borrow_mut().insert(name.clone(), object.clone());
            }
            names.insert(name, Bound { object, name_span: bound.name_span, uncertain });
        }
        names
    }

    /// An error while a class is set up ends the loading.
    fn end_of_class(&mut self) {
        if let Some(failure) = self.pending.take() {
            self.record(&failure);
        }
    }

    /// `DOTENV = path`
    fn configuration_env_file(&mut self, line: &[Object], span: Span) {
        if let Ok(Some(bound)) = self.member(line, "DOTENV", span) {
            let value = bound.object.value(span);
            match operators::truth(&value) {
                Some(false) => {}
                Some(true) => {
                    let args = Args::of_positional(vec![bound.object], span);
                    self.load_env_file(&args, Search::Here, Grammar::Environ);
                }
                None => self.hidden = Some(operators::why_value(&value)),
            }
        }
    }
}
