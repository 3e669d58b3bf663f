//! Classes that the project wrote itself, and their objects.

use super::enumerations::is_enumeration;
use super::evaluator::Evaluator;
use super::frame::Scope;
use super::object::{Args, Bound, Class, FunctionBody, Instance, Library, Object, Reader, Role};
use super::{Value, pydantic};
use crate::source::{Reason, Span, Spanned, Unknown};
use crate::syntax::python::{Expr, Stmt};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

/// Classes that a class is derived from.
const MAX_BASES: usize = 64;

/// A class of the method resolution order: a local one, or another by its dotted name.
pub(super) type Line = Vec<Object>;

impl Evaluator<'_> {
    /// `class name(bases): body`
    pub(super) fn class(
        &mut self,
        name: &Spanned<String>,
        bases: &[Expr],
        decorators: &[Expr],
        body: &[Stmt],
    ) {
        self.uncertain = None;
        let bases: Vec<Object> = bases.iter().map(|b| self.eval(b)).collect();
        let mut dataclass = false;
        let mut around = Vec::new();
        for decorator in decorators {
            let object = self.eval(decorator);
            let called = matches!(&decorator.kind, crate::syntax::python::ExprKind::Call { func, .. }
                if func.dotted().is_some_and(|n| n.ends_with("dataclass")));
            match object.outside() {
                Some(n) if n.ends_with("dataclass") => dataclass = true,
                _ if called => dataclass = true,
                Some(n) if n.ends_with("unique") => {}
                _ => around.push((object, decorator.span)),
            }
        }
        let (module, enclosing) = (self.frame.module, self.frame.enclosing.clone());
        let prepare = |frame: &mut super::frame::Frame| {
            frame.class = true;
            frame.enclosing = enclosing;
        };
        let (_, made) = self.in_call(module, BTreeMap::new(), prepare, |m| m.run(body));
        let class = Rc::new(Class {
            name: name.value.clone(),
            bases,
            names: RefCell::new(made.names.into_iter().collect()),
            annotations: made.annotations,
            dataclass,
        });
        for bound in class.names.borrow().values() {
            if let Object::Function(function) = &bound.object {
                function.owner.replace(Rc::downgrade(&class));
            }
        }
        if self.is_model(&class) {
            self.too_early(name.span);
        }
        let mut object = Object::Class(class);
        for (decorator, span) in around.into_iter().rev() {
            object = self.call(&decorator, &Args::of_positional(vec![object], span));
        }
        self.uncertain = None;
        self.bind(&name.value, object, name.span);
    }

    /// `name: type` in the body of a class.
    pub(super) fn annotate(&mut self, target: &Expr, annotation: &Expr) {
        if let (Some(name), true) = (target.dotted(), self.frame.class) {
            self.frame.annotations.push((name, annotation.clone()));
        }
    }

    /// A class and those it is derived from, in the order in which names are looked up (C3).
    pub(super) fn line_of(&mut self, class: &Rc<Class>) -> Line {
        self.line(&Object::Class(class.clone()), 0)
    }

    fn line(&mut self, object: &Object, depth: usize) -> Line {
        let Object::Class(class) = object else { return vec![object.clone()] };
        if depth > 16 || !self.work(1) {
            return vec![object.clone()];
        }
        let mut lines: Vec<Line> = class.bases.iter().map(|b| self.line(b, depth + 1)).collect();
        lines.push(class.bases.clone());
        let mut out = vec![object.clone()];
        loop {
            lines.retain(|line| !line.is_empty());
            let next = lines.iter().find_map(|line| {
                let head = line.first()?;
                let later = lines.iter().any(|l| l.iter().skip(1).any(|o| o.same(head)));
                (!later).then(|| head.clone())
            });
            let Some(next) = next.filter(|_| out.len() < MAX_BASES) else { return out };
            for line in &mut lines {
                if line.first().is_some_and(|o| o.same(&next)) {
                    line.remove(0);
                }
            }
            out.push(next);
        }
    }

    /// What a class or one it is derived from binds; `Err` where it is not known whether there is such a name.
    pub(super) fn member(
        &mut self,
        line: &[Object],
        name: &str,
        span: Span,
    ) -> Result<Option<Bound>, Unknown> {
        for class in line {
            match class {
                Object::Class(class) => {
                    if let Some(bound) = class.names.borrow().get(name) {
                        return Ok(Some(bound.clone()));
                    }
                }
                Object::Outside(outside) if is_plain_base(outside) => {}
                other => return Err(other.why(span)),
            }
        }
        Ok(None)
    }

    /// `class.name`
    pub(super) fn class_attribute(&mut self, class: &Rc<Class>, name: &str, span: Span) -> Object {
        let line = self.line_of(class);
        if name == "__name__" {
            return Value::text(class.name.clone(), span).into();
        }
        let object = Object::Class(class.clone());
        let found = self.attribute_of(&line, &object, name, span, true);
        match found {
            Object::Value(value) if is_enumeration(&line) && !name.starts_with('_') => {
                let fields = self.member_fields(class, &line, name, value, span);
                Object::Instance(Rc::new(Instance {
                    class: class.clone(),
                    fields: RefCell::new(fields),
                    open: RefCell::new(None),
                }))
            }
            found => found,
        }
    }

    /// `instance.name`
    pub(super) fn instance_attribute(
        &mut self,
        instance: &Rc<Instance>,
        name: &str,
        span: Span,
    ) -> Object {
        if let Some(field) = instance.fields.borrow().get(name) {
            return field.clone();
        }
        if let Some(why) = instance.open.borrow().as_ref() {
            return Object::unknown(why.clone(), span);
        }
        let line = self.line_of(&instance.class);
        if name == "__class__" {
            return Object::Class(instance.class.clone());
        }
        self.attribute_of(&line, &Object::Instance(instance.clone()), name, span, false)
    }

    /// `super().name`
    pub(super) fn super_attribute(
        &mut self,
        after: &Rc<Class>,
        object: &Object,
        name: &str,
        span: Span,
    ) -> Object {
        let (class, on_class) = match object {
            Object::Reader(_) => return Object::Method(Box::new(object.clone()), name.into()),
            Object::Instance(instance) => (instance.class.clone(), false),
            Object::Class(class) => (class.clone(), true),
            _ => return Object::unknown(object.why(span), span),
        };
        let line = self.line_of(&class);
        let after = Object::Class(after.clone());
        let start = line.iter().position(|c| c.same(&after)).map_or(line.len(), |at| at + 1);
        self.attribute_of(line.get(start..).unwrap_or_default(), object, name, span, on_class)
    }

    fn attribute_of(
        &mut self,
        line: &[Object],
        object: &Object,
        name: &str,
        span: Span,
        on_class: bool,
    ) -> Object {
        let bound = match self.member(line, name, span) {
            Ok(Some(bound)) => bound,
            // What `object` has by itself.
            Ok(None) if name.starts_with("__") => {
                return Object::unknown(Reason::Call(name.to_owned()), span);
            }
            // Methods of the class from elsewhere.
            Ok(None)
                if line.iter().any(|c| c.outside().is_some_and(|n| n != "builtins.object")) =>
            {
                return Object::Method(Box::new(object.clone()), name.into());
            }
            Ok(None) => {
                let message = format!("object has no attribute '{name}'");
                let why = self.failed("AttributeError", message, span);
                return Object::unknown(why, span);
            }
            Err(why) => return Object::unknown(why, span),
        };
        self.doubt(bound.uncertain.clone());
        let Object::Function(function) = &bound.object else { return bound.object };
        match function.role {
            Role::Static => bound.object,
            Role::Property if on_class => Object::unknown(Reason::NotAValue("a property"), span),
            Role::Property => {
                let args = Args::of_positional(vec![object.clone()], span);
                self.call_function(function, &args)
            }
            Role::Class => {
                let class = match object {
                    Object::Instance(instance) => Object::Class(instance.class.clone()),
                    other => other.clone(),
                };
                Object::Bound(Box::new(class), function.clone())
            }
            Role::Method if on_class => bound.object,
            // A lambda of a class is a method as well.
            Role::Method => match &function.body {
                FunctionBody::Expression(_) | FunctionBody::Statements(_) => {
                    Object::Bound(Box::new(object.clone()), function.clone())
                }
            },
        }
    }

    /// `super()` inside a method.
    pub(super) fn super_(&mut self, args: &Args) -> Object {
        let owner = self.frame.function.as_ref().and_then(|f| f.owner.borrow().upgrade());
        let first = self.frame.function.as_ref().and_then(|f| f.params.first());
        let object = first.and_then(|(name, _)| self.lookup(name)).map(|b| b.object.clone());
        match (owner, object) {
            (Some(owner), Some(object)) => Object::Super(owner, Box::new(object)),
            _ => Object::unknown(Reason::Call("super".to_owned()), args.span),
        }
    }

    /// `Class(…)`
    pub(super) fn instantiate(&mut self, class: &Rc<Class>, args: &Args) -> Object {
        let line = self.line_of(class);
        if pydantic::is_settings(&line) {
            return self.pydantic_settings(class, &line, args);
        }
        let library = line.iter().find_map(|c| match c.outside()? {
            "environ.Env" | "environ.FileAwareEnv" => Some(Library::Environ),
            "environs.Env" | "environs.FileAwareEnv" => Some(Library::Environs),
            _ => None,
        });
        if let Some(library) = library {
            return match self.make_reader(library, args) {
                Object::Reader(reader) => Object::Reader(Rc::new(Reader {
                    library,
                    scheme: reader.scheme.clone(),
                    class: Some(class.clone()),
                    prefix: RefCell::default(),
                })),
                other => other,
            };
        }
        let instance = Rc::new(Instance {
            class: class.clone(),
            fields: RefCell::default(),
            open: RefCell::default(),
        });
        let object = Object::Instance(instance.clone());
        if is_enumeration(&line) {
            return self.member_of_value(class, args);
        }
        match self.member(&line, "__init__", args.span) {
            Ok(Some(Bound { object: Object::Function(init), .. })) => {
                let mut all = vec![object.clone()];
                all.extend(args.positional.iter().cloned());
                let (named, open) = (args.named.clone(), args.open.clone());
                let args = Args { positional: all, named, open, span: args.span };
                self.call_function(&init, &args);
                object
            }
            Ok(Some(_)) => Object::unknown(Reason::Call(class.name.clone()), args.span),
            Ok(None) if class.dataclass => {
                let mut fields: Vec<String> = Vec::new();
                for class in line.iter().rev() {
                    let Object::Class(class) = class else { continue };
                    let new = class.annotations.iter().filter(|(n, _)| !fields.contains(n));
                    let new: Vec<String> = new.map(|(n, _)| n.clone()).collect();
                    fields.extend(new);
                }
                for (index, name) in fields.iter().enumerate() {
                    let given = args.get(index, name).cloned();
                    let default = || {
                        line.iter().find_map(|c| match c {
                            Object::Class(c) => {
                                c.names.borrow().get(name).map(|b| b.object.clone())
                            }
                            _ => None,
                        })
                    };
                    let value = given.or_else(default).unwrap_or_else(|| {
                        Object::unknown(Reason::NotGiven(name.clone()), args.span)
                    });
                    instance.fields.borrow_mut().insert(name.clone(), value);
                }
                object
            }
            Ok(None) => object,
            Err(why) => Object::unknown(why, args.span),
        }
    }

    /// `object.name = value`
    pub(super) fn assign_attribute(&mut self, target: &Expr, value: &Object) {
        let crate::syntax::python::ExprKind::Attribute(holder, name) = &target.kind else { return };
        match self.eval(holder) {
            Object::Instance(instance) => {
                // A branch that may not run leaves it open.
                if self.maybe > 0 && !self.journals.is_empty() {
                    let why = Unknown::at(Reason::Condition, target.span);
                    instance.fields.borrow_mut().remove(&name.value);
                    instance.open.borrow_mut().get_or_insert(why);
                } else {
                    instance.fields.borrow_mut().insert(name.value.clone(), value.clone());
                }
            }
            // `env.prefix = "NAME_"`
            Object::Reader(reader) if name.value == "prefix" => match value.as_str() {
                Some(prefix) if self.maybe == 0 => {
                    reader.prefix.replace(prefix.to_owned());
                }
                _ => self.hidden = Some(Unknown::at(Reason::VariableName, target.span)),
            },
            Object::Class(class) => {
                let uncertain =
                    (self.maybe > 0).then(|| Rc::new(Unknown::at(Reason::Condition, target.span)));
                let bound = Bound { object: value.clone(), name_span: name.span, uncertain };
                class.names.borrow_mut().insert(name.value.clone(), bound);
            }
            Object::Module(module) => {
                let uncertain = self.uncertain.clone();
                let bound = Bound { object: value.clone(), name_span: name.span, uncertain };
                self.set(Scope::Module(module), &name.value, Some(bound));
            }
            _ => {}
        }
    }
}

/// Whether a class from elsewhere brings no settings.
fn is_plain_base(name: &str) -> bool {
    matches!(
        name,
        "builtins.object"
            | "builtins.str"
            | "builtins.int"
            | "builtins.dict"
            | "builtins.Exception"
            | "abc.ABC"
            | "typing.Protocol"
            | "typing.Generic"
            | "enum.Enum"
            | "enum.StrEnum"
            | "enum.IntEnum"
            | "configurations.Configuration"
    )
}
