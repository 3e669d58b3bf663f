//! pydantic-settings: a class whose fields are read from the environment.
//! Source: pydantic-settings documentation, "Usage", "Dotenv (.env) support".

use super::env_grammar::Grammar;
use super::env_readers::Maker;
use super::evaluator::Evaluator;
use super::object::{Args, Class, Instance, Library, Object};
use super::{Value, ValueKind};
use crate::source::{Reason, Span, Unknown};
use crate::syntax::python::{Expr, ExprKind};
use std::cell::RefCell;
use std::rc::Rc;

/// Whether a class is one of pydantic-settings.
pub(super) fn is_settings(line: &[Object]) -> bool {
    let names = ["pydantic_settings.BaseSettings", "pydantic.BaseSettings"];
    line.iter().any(|c| c.outside().is_some_and(|n| names.contains(&n)))
}

/// How the fields of a class are read.
#[derive(Default)]
struct Config {
    prefix: String,
    file: Option<String>,
    open: Option<Unknown>,
}

impl Evaluator<'_> {
    /// `Settings()`
    pub(super) fn pydantic_settings(
        &mut self,
        class: &Rc<Class>,
        line: &[Object],
        args: &Args,
    ) -> Object {
        let span = args.span;
        let mut config = Config::default();
        for class in line.iter().rev() {
            if let Object::Class(class) = class {
                self.pydantic_config(class, &mut config, span);
            }
        }
        let instance = Instance {
            class: class.clone(),
            fields: RefCell::default(),
            open: RefCell::new(config.open.clone()),
        };
        if let Some(why) = args.open.clone().or(config.open) {
            instance.open.replace(Some(why));
            return Object::Instance(Rc::new(instance));
        }
        let before = self.decouple.clone();
        self.decouple.clear();
        if let Some(file) = &config.file
            && let Some(path) = self.absolute_path(file)
            && let Some(entries) = self.entries(&path, Grammar::Dotenv, span)
        {
            self.decouple.extend(entries);
        }
        for class in line.iter().rev() {
            let Object::Class(class) = class else { continue };
            for (name, annotation) in &class.annotations {
                if name == "model_config" || name.starts_with('_') {
                    continue;
                }
                let given = args.named(name).cloned();
                let default = class.names.borrow().get(name).map(|b| b.object.clone());
                let object = match given {
                    Some(given) => given,
                    None => {
                        let field = (name.as_str(), annotation);
                        self.pydantic_field(field, default.as_ref(), &config.prefix, span)
                    }
                };
                instance.fields.borrow_mut().insert(name.clone(), object);
            }
        }
        self.decouple = before;
        Object::Instance(Rc::new(instance))
    }

    /// `model_config = SettingsConfigDict(env_prefix=…)`, `class Config: env_prefix = …`
    fn pydantic_config(&mut self, class: &Rc<Class>, config: &mut Config, span: Span) {
        let names = class.names.borrow();
        let mut pairs: Vec<(String, Rc<Value>)> = Vec::new();
        if let Some(bound) = names.get("model_config") {
            let value = bound.object.value(span);
            match &value.kind {
                ValueKind::Dict { entries, open: None } => {
                    pairs.extend(
                        entries.iter().filter_map(|(k, v)| {
                            Some((k.as_str()?.to_owned(), Rc::new(v.clone())))
                        }),
                    );
                }
                _ => config.open = Some(super::operators::why_value(&value)),
            }
        }
        if let Some(Object::Class(inner)) = names.get("Config").map(|b| &b.object) {
            let inner = inner.names.borrow();
            pairs.extend(inner.iter().map(|(k, b)| (k.clone(), b.object.value(span))));
        }
        for (name, value) in pairs {
            match (name.as_str(), value.as_str()) {
                ("env_prefix", Some(prefix)) => prefix.clone_into(&mut config.prefix),
                ("env_file", Some(file)) => config.file = Some(file.to_owned()),
                ("env_file", None) if value.kind == ValueKind::None => config.file = None,
                ("env_prefix" | "env_file", None) => {
                    config.open = Some(super::operators::why_value(&value));
                }
                ("secrets_dir" | "alias_generator" | "fields" | "env_nested_delimiter", _) => {
                    let why = Unknown::at(Reason::NotEvaluated("this way of reading"), value.span);
                    config.open = Some(why);
                }
                _ => {}
            }
        }
    }

    fn pydantic_field(
        &mut self,
        (name, annotation): (&str, &Expr),
        default: Option<&Object>,
        prefix: &str,
        span: Span,
    ) -> Object {
        // `Field(default, alias=…)` is a call of a package, and not known.
        let default = match default {
            None if is_optional(annotation) => None,
            None => None,
            Some(object) => match object.value(span) {
                value if matches!(&value.kind, ValueKind::Unknown(why) if matches!(why.reason, Reason::Call(_))) =>
                {
                    return Object::Value(value);
                }
                value => Some((*value).clone()),
            },
        };
        let maker = match maker_of(annotation) {
            Some(maker) => maker,
            None => Maker::Other,
        };
        // Names are compared without regard to case; upper case is usual.
        let full = format!("{prefix}{name}");
        let upper = full.to_uppercase();
        let lower = full.to_lowercase();
        let is_set = |m: &Self, n: &str| {
            !matches!(m.variable(n), super::environment::Set::No) || m.decouple.contains_key(n)
        };
        let wanted =
            [&upper, &full, &lower].into_iter().find(|n| is_set(self, n)).unwrap_or(&upper);
        if !is_set(self, wanted)
            && let Some(text) = self
                .decouple
                .iter()
                .find(|(k, _)| k.eq_ignore_ascii_case(&full))
                .map(|(_, v)| v.clone())
        {
            self.decouple.insert(wanted.clone(), text);
        }
        let library = Library::Pydantic;
        let wanted = wanted.clone();
        self.read_pydantic(&wanted, &maker, default, library, span)
    }

    fn read_pydantic(
        &mut self,
        name: &str,
        maker: &Maker,
        default: Option<Value>,
        library: Library,
        span: Span,
    ) -> Object {
        // What stands in the file is read like decouple's.
        if let (super::environment::Set::No, Some(text)) =
            (self.variable(name), self.decouple.get(name).cloned())
        {
            let read = self.read_with(name, span, default.as_ref(), default.is_none(), true).read;
            let value = Value::new(ValueKind::Str(text), span);
            let made = self.make(&value, maker, library, span);
            return super::environment::first_read(made, read).into();
        }
        self.read_and_make(name, maker, default, library, span)
    }
}

fn is_optional(annotation: &Expr) -> bool {
    matches!(&annotation.kind, ExprKind::Subscript(head, _) if head.dotted().is_some_and(|n| n.ends_with("Optional")))
}

/// What a type makes of a text.
fn maker_of(annotation: &Expr) -> Option<Maker> {
    match &annotation.kind {
        ExprKind::Name(name) => Some(match name.as_str() {
            "str" => Maker::Text,
            "bool" => Maker::Bool,
            "int" => Maker::Int,
            "float" => Maker::Float,
            "list" | "dict" | "List" | "Dict" => Maker::Json,
            _ => return None,
        }),
        ExprKind::Subscript(head, inner) => {
            let head = head.dotted()?;
            match head.rsplit('.').next()? {
                "Optional" => maker_of(inner),
                "List" | "list" | "Dict" | "dict" => Some(Maker::Json),
                _ => None,
            }
        }
        ExprKind::Binary(left, _, right) if matches!(right.kind, ExprKind::None) => maker_of(left),
        _ => None,
    }
}
