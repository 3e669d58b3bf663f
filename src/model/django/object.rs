//! What a name can stand for while settings are evaluated: more than a settings file may keep.

use super::{Binding, EnvRead, Value, ValueKind};
use crate::source::{Reason, Span, Text, Unknown};
use crate::syntax::python::{Expr, Stmt};
use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};
use std::rc::{Rc, Weak};

/// Anything an expression can be.
#[derive(Clone)]
pub(super) enum Object {
    /// A value that settings may hold.
    Value(Rc<Value>),
    /// Something of Python or of an installed package, by its dotted name: `os.environ`.
    Outside(Rc<str>),
    /// A local module by its number.
    Module(usize),
    /// A local function or lambda.
    Function(Rc<Function>),
    /// A local class.
    Class(Rc<Class>),
    /// An object of a local class.
    Instance(Rc<Instance>),
    /// `super()`: the class after which names are looked up, and the object.
    Super(Rc<Class>, Box<Self>),
    /// A method of a local class with the object it is called on.
    Bound(Box<Self>, Rc<Function>),
    /// An error that was caught.
    Error(Rc<super::Failure>),
    /// A file that is open for reading.
    File(Rc<OpenFile>),
    /// `configparser.ConfigParser()`
    Ini(Rc<RefCell<IniFile>>),
    /// `Env(…)` of django-environ or environs.
    Reader(Rc<Reader>),
    /// `path.parents`
    Parents(Rc<str>),
    /// `Csv(…)` of decouple: the cast of each item, and whether it makes a tuple.
    Csv(Option<Box<Self>>, bool),
    /// A value of django-configurations, which is read when the class is set up.
    Late(Rc<super::configurations::LateValue>),
    /// `globals()`, `locals()`, `vars()`: every name.
    Namespace,
    /// `receiver.name`, not called yet.
    Method(Box<Self>, Rc<str>),
}

/// A local function.
pub(super) struct Function {
    /// Parameters in order with their defaults.
    pub(super) params: Vec<(String, Option<Object>)>,
    /// The name of `*args`, and how many parameters stand before it.
    pub(super) rest: Option<(usize, String)>,
    /// The name of `**kwargs`.
    pub(super) keywords: Option<String>,
    /// What it does.
    pub(super) body: FunctionBody,
    /// The module it was written in.
    pub(super) module: usize,
    /// Names of the functions around.
    pub(super) enclosing: Option<Rc<HashMap<String, Bound>>>,
    /// How a class uses it.
    pub(super) role: Role,
    /// A generator or coroutine.
    pub(super) suspends: bool,
    /// The class it was written in.
    pub(super) owner: RefCell<Weak<Class>>,
}

/// How a class uses a function.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// It is called with the object.
    Method,
    /// `@property`
    Property,
    /// `@staticmethod`
    Static,
    /// `@classmethod`
    Class,
}

/// A local class.
pub(super) struct Class {
    /// Its name.
    pub(super) name: String,
    /// Its base classes, local ones and others.
    pub(super) bases: Vec<Object>,
    /// What its body binds.
    pub(super) names: RefCell<BTreeMap<String, Bound>>,
    /// Names with their types, in order.
    pub(super) annotations: Vec<(String, Expr)>,
    /// Whether `@dataclass` makes its `__init__`.
    pub(super) dataclass: bool,
}

/// An object of a local class.
pub(super) struct Instance {
    /// Its class.
    pub(super) class: Rc<Class>,
    /// Its attributes.
    pub(super) fields: RefCell<BTreeMap<String, Object>>,
    /// Why attributes may be missing or different.
    pub(super) open: RefCell<Option<Unknown>>,
}

/// A file that is open.
pub(super) struct OpenFile {
    /// Its text.
    pub(super) text: Result<Text, Unknown>,
}

/// What a `ConfigParser` has read.
pub(super) struct IniFile {
    /// Sections with their options, `DEFAULT` among them; names of options in lower case.
    pub(super) sections: Vec<(String, Vec<(String, Value)>)>,
    /// Why there may be more.
    pub(super) open: Option<Unknown>,
    /// Whether `%(name)s` is put in.
    pub(super) interpolates: bool,
}

/// What a function does.
pub(super) enum FunctionBody {
    /// A `def`.
    Statements(Vec<Stmt>),
    /// A `lambda`.
    Expression(Expr),
}

/// Which library a reader is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Library {
    /// django-environ.
    Environ,
    /// environs.
    Environs,
    /// python-decouple.
    Decouple,
    /// dj-database-url.
    DatabaseUrl,
    /// django-configurations.
    Configurations,
    /// pydantic-settings.
    Pydantic,
}

/// An object that reads variables.
pub(super) struct Reader {
    /// Its library.
    pub(super) library: Library,
    /// `Env(DEBUG=(bool, False))`: cast and default by name.
    pub(super) scheme: BTreeMap<String, (Object, Option<Value>)>,
    /// A class of the project's own that it is an object of.
    pub(super) class: Option<Rc<Class>>,
    /// What every name starts with: `env.prefix`, `with env.prefixed(…)`.
    pub(super) prefix: RefCell<String>,
}

/// What a name is bound to while evaluating.
#[derive(Clone)]
pub(super) struct Bound {
    /// What it stands for.
    pub(super) object: Object,
    /// The name where it was last assigned.
    pub(super) name_span: Span,
    /// See [`Binding::uncertain`].
    pub(super) uncertain: Option<Rc<Unknown>>,
}

impl Instance {
    /// The value of a member of an enumeration of texts or numbers, which is one itself.
    fn plain(&self) -> Option<Rc<Value>> {
        let mixed = self.class.bases.iter().any(|base| {
            matches!(
                base.outside(),
                Some(
                    "builtins.str"
                        | "builtins.int"
                        | "enum.StrEnum"
                        | "enum.IntEnum"
                        | "django.db.models.TextChoices"
                        | "django.db.models.IntegerChoices"
                )
            )
        });
        match self.fields.borrow().get("value") {
            Some(Object::Value(value)) if mixed => Some(value.clone()),
            _ => None,
        }
    }
}

impl Bound {
    /// As a setting.
    pub(super) fn binding(&self) -> Binding {
        let value = self.object.value(self.name_span);
        let uncertain = self.uncertain.as_deref().cloned();
        Binding { value: (*value).clone(), name_span: self.name_span, uncertain }
    }
}

impl From<Value> for Object {
    fn from(value: Value) -> Self {
        Self::Value(Rc::new(value))
    }
}

impl Object {
    /// Something that is not known.
    pub(super) fn unknown(why: impl Into<Unknown>, span: Span) -> Self {
        Value::unknown(why, span).into()
    }

    /// A plain value at `span`.
    pub(super) fn plain(kind: ValueKind, span: Span) -> Self {
        Value::new(kind, span).into()
    }

    /// As a value; what settings cannot hold is unknown.
    pub(super) fn value(&self, span: Span) -> Rc<Value> {
        let why = match self {
            Self::Value(value) => return value.clone(),
            Self::Method(receiver, _) if receiver.known().is_some_and(|v| !v.is_known()) => {
                return receiver.value(span);
            }
            Self::Outside(name) => Reason::Outside(name.to_string()),
            Self::Module(_) => Reason::NotAValue("a module"),
            Self::Function(_) | Self::Method(..) | Self::Bound(..) => {
                Reason::NotAValue("a function")
            }
            Self::Instance(instance) => match instance.plain() {
                Some(value) => return value,
                None => Reason::NotAValue("an object"),
            },
            Self::Super(..) | Self::Error(_) => Reason::NotAValue("an object"),
            Self::File(_) => Reason::NotAValue("an open file"),
            Self::Ini(_) => Reason::NotAValue("a configuration file"),
            Self::Class(_) => Reason::NotAValue("a class"),
            Self::Reader(_) | Self::Csv(..) | Self::Late(_) => {
                Reason::NotAValue("a reader of the environment")
            }
            Self::Parents(_) => Reason::NotAValue("a list of folders"),
            Self::Namespace => Reason::NotAValue("a mapping of every name"),
        };
        Rc::new(Value::unknown(why, span))
    }

    /// Why it is not known, at `span` where that is told nowhere.
    pub(super) fn why(&self, span: Span) -> Unknown {
        super::operators::why_value(&self.value(span))
    }

    /// The value, where it is one.
    pub(super) fn known(&self) -> Option<&Value> {
        match self {
            Self::Value(value) => Some(value),
            _ => None,
        }
    }

    /// The string or path, where it is one.
    pub(super) fn as_str(&self) -> Option<&str> {
        self.known().and_then(Value::as_str)
    }

    /// Variables that decided it.
    pub(super) fn reads(&self) -> &[EnvRead] {
        self.known().map_or(&[], |v| &v.reads)
    }

    /// The dotted name, where it is of Python or of a package.
    pub(super) fn outside(&self) -> Option<&str> {
        match self {
            Self::Outside(name) => Some(name),
            _ => None,
        }
    }

    /// Whether both surely are the same.
    pub(super) fn same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Value(a), Self::Value(b)) => {
                Rc::ptr_eq(a, b) || super::operators::same(a, b) == Some(true)
            }
            (Self::Outside(a), Self::Outside(b)) => a == b,
            (Self::Module(a), Self::Module(b)) => a == b,
            (Self::Function(a), Self::Function(b)) => Rc::ptr_eq(a, b),
            (Self::Class(a), Self::Class(b)) => Rc::ptr_eq(a, b),
            (Self::Reader(a), Self::Reader(b)) => Rc::ptr_eq(a, b),
            (Self::Instance(a), Self::Instance(b)) => Rc::ptr_eq(a, b),
            (Self::Ini(a), Self::Ini(b)) => Rc::ptr_eq(a, b),
            _ => false,
        }
    }
}

/// Arguments of a call.
pub(super) struct Args {
    /// Those without a name.
    pub(super) positional: Vec<Object>,
    /// Those with a name.
    pub(super) named: Vec<(String, Object)>,
    /// Why `*x` or `**x` may have brought more.
    pub(super) open: Option<Unknown>,
    /// The whole call.
    pub(super) span: Span,
}

impl Args {
    /// Only positional ones.
    pub(super) fn of_positional(positional: Vec<Object>, span: Span) -> Self {
        Self { positional, named: Vec::new(), open: None, span }
    }

    /// The argument at `index` or called `name`.
    pub(super) fn get(&self, index: usize, name: &str) -> Option<&Object> {
        self.positional.get(index).or_else(|| self.named(name))
    }

    /// The argument called `name`.
    pub(super) fn named(&self, name: &str) -> Option<&Object> {
        self.named.iter().find(|(n, _)| n == name).map(|(_, v)| v)
    }

    /// Why an argument that a string is wanted of is none: the first that is not known.
    pub(super) fn why(&self) -> Unknown {
        let unknown = |o: &Object| o.as_str().is_none().then(|| o.why(self.span));
        let open = self.open.clone();
        open.or_else(|| self.positional.iter().find_map(unknown))
            .unwrap_or(Unknown::at(Reason::NotEvaluated("this call"), self.span))
    }

    /// All variables that decided an argument.
    pub(super) fn reads(&self) -> Vec<EnvRead> {
        let all = self.positional.iter().chain(self.named.iter().map(|(_, v)| v));
        all.flat_map(|o| o.reads().iter().cloned()).collect()
    }
}
