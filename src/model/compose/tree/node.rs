//! The tree that merging works on: YAML with everything that is only notation resolved.

use super::value::{self, Value};
use crate::finding::{Insert, Prose, Quote};
use crate::source::{RelPath, Span, Text};

/// A value of a Compose file.
#[derive(Debug, Clone)]
pub struct Node {
    /// Where it was written.
    pub span: Span,
    pub kind: Kind,
    /// `!reset` or `!override`.
    pub tag: Option<String>,
}

/// What a value is.
#[derive(Debug, Clone)]
pub enum Kind {
    /// Nothing after the colon, `null`, `~`.
    Null,
    /// Text, number or boolean.
    Scalar(Scalar),
    /// Entries; no key twice.
    Map(Vec<Entry>),
    /// Items.
    List(Vec<Node>),
}

/// A key and its value.
#[derive(Debug, Clone)]
pub struct Entry {
    pub key: Text,
    pub value: Node,
}

/// A scalar after interpolation.
#[derive(Debug, Clone)]
pub struct Scalar {
    /// Its text. Interpolated runs have the place of the `${…}`; one that is set nowhere is unresolved.
    pub text: Text,
    /// What it means: a number and a boolean are such only where they were written without quotes, or
    /// where Compose makes them of a text because the place wants one.
    pub value: Value,
    /// The variables that were put in.
    pub vars: Vec<VarUse>,
    /// For a path: the folder below the root from which it starts when it is relative. Set where a file is
    /// loaded, so that a value keeps its text and its meaning when it is merged into another folder's file.
    pub base: Option<RelPath>,
    /// By which ways it came to where it is.
    pub via: Via,
}

/// The ways, other than being written there, by which a value comes to its place in a project.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Via {
    /// An alias or a merge key took it from an anchor.
    pub anchor: bool,
    /// `extends` took it from another service.
    pub extends: bool,
    /// `include` took it from another file.
    pub include: bool,
    /// A file that is laid over others has it.
    pub over: bool,
}

/// A variable that a scalar took in.
#[derive(Debug, Clone)]
pub struct VarUse {
    pub name: String,
    /// The `${…}` in the Compose file.
    pub span: Span,
    /// Where the text came from.
    pub source: VarSource,
}

/// In a sentence it is the variable's name.
impl Insert for VarUse {
    fn insert_into(&self, prose: &mut Prose) {
        prose.push(&Quote::name(&self.name).or_at(self.span));
    }
}

/// Where an interpolated variable's text came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum VarSource {
    /// An entry of an env file: the place of its value.
    EnvFile(Span),
    /// The shell that runs Compose has it, or gives it by itself (`PWD`).
    Shell,
    /// The default written in the `${…}`.
    Default,
    /// Nowhere: Compose puts in nothing, unless whoever runs it has the variable.
    Unset,
}

impl Entry {
    /// An entry whose key is only implied by its value.
    pub(in crate::model::compose) fn implied(key: &str, value: Node) -> Self {
        Self { key: Text::derived(key, value.span), value }
    }
}

impl Scalar {
    /// A text without variables.
    pub fn of_text(text: Text) -> Self {
        Self { text, value: Value::Text, vars: Vec::new(), base: None, via: Via::default() }
    }

    /// The text as Compose writes it where a text is wanted: `1_000` is `1000`, `1.50` is `1.5`.
    pub fn display(&self) -> String {
        match self.value {
            Value::Text | Value::Date => self.text.as_str().to_owned(),
            Value::Int(number) => number.to_string(),
            Value::Float(number) => value::float_text(number),
            Value::Bool(truth) => truth.to_string(),
        }
    }

    /// The text as the container gets it: a number or boolean without quotes is written again (`True` arrives as
    /// `true`, `0123` as `83`; measured with Compose v2.40.3).
    pub fn shown(&self) -> Text {
        match self.value {
            Value::Text | Value::Date => self.text.clone(),
            _ => Text::derived(self.display(), self.text.span()),
        }
    }

    /// The text, unless a variable in it is set nowhere we can see.
    pub fn known(&self) -> Option<&Text> {
        if !self.text.is_resolved() || self.vars.iter().any(|v| v.source == VarSource::Unset) {
            None
        } else {
            Some(&self.text)
        }
    }

    /// Whether the text is written out, not taken from any variable.
    pub fn literal(&self) -> bool {
        self.vars.is_empty()
    }
}

impl Node {
    /// The value of `key`, where this is a mapping that has it.
    pub fn get(&self, key: &str) -> Option<&Self> {
        self.entry(key).map(|e| &e.value)
    }

    /// The entry of `key`.
    pub fn entry(&self, key: &str) -> Option<&Entry> {
        self.entries().iter().find(|e| e.key.as_str() == key)
    }

    /// The entries of a mapping; none for anything else.
    pub fn entries(&self) -> &[Entry] {
        match &self.kind {
            Kind::Map(entries) => entries,
            _ => &[],
        }
    }

    /// The items of a list; none for anything else.
    pub fn items(&self) -> &[Self] {
        match &self.kind {
            Kind::List(items) => items,
            _ => &[],
        }
    }

    /// The scalar, where this is one.
    pub fn scalar(&self) -> Option<&Scalar> {
        match &self.kind {
            Kind::Scalar(s) => Some(s),
            _ => None,
        }
    }

    /// The scalar's known text, where this is one.
    pub fn text(&self) -> Option<&Text> {
        self.scalar().and_then(Scalar::known)
    }

    /// A scalar's boolean, as YAML reads it, or as Compose reads a text in its place.
    pub fn bool(&self) -> Option<bool> {
        match self.text()?.as_str() {
            "true" | "True" | "TRUE" => Some(true),
            "false" | "False" | "FALSE" => Some(false),
            _ => None,
        }
    }

    /// Nothing.
    pub fn null(span: Span) -> Self {
        Self { span, kind: Kind::Null, tag: None }
    }

    /// A text without variables, with its place.
    pub fn of_text(text: Text) -> Self {
        Self { span: text.span(), kind: Kind::Scalar(Scalar::of_text(text)), tag: None }
    }

    /// `true` or `false`.
    pub fn of_bool(truth: bool, span: Span) -> Self {
        let scalar = Scalar {
            value: Value::Bool(truth),
            ..Scalar::of_text(Text::derived(truth.to_string(), span))
        };
        Self { span, kind: Kind::Scalar(scalar), tag: None }
    }

    /// Looks at every scalar of the tree.
    pub fn each(&self, look: &mut impl FnMut(&Scalar)) {
        match &self.kind {
            Kind::Null => {}
            Kind::Scalar(scalar) => look(scalar),
            Kind::Map(entries) => entries.iter().for_each(|e| e.value.each(look)),
            Kind::List(items) => items.iter().for_each(|i| i.each(look)),
        }
    }

    /// Changes every scalar of the tree.
    pub(in crate::model::compose) fn each_scalar(&mut self, change: &mut impl FnMut(&mut Scalar)) {
        match &mut self.kind {
            Kind::Null => {}
            Kind::Scalar(scalar) => change(scalar),
            Kind::Map(entries) => entries.iter_mut().for_each(|e| e.value.each_scalar(change)),
            Kind::List(items) => items.iter_mut().for_each(|i| i.each_scalar(change)),
        }
    }

    /// How many values the tree has.
    pub(in crate::model::compose) fn size(&self) -> usize {
        1 + match &self.kind {
            Kind::Map(entries) => entries.iter().map(|e| e.value.size()).sum(),
            Kind::List(items) => items.iter().map(Self::size).sum(),
            Kind::Null | Kind::Scalar(_) => 0,
        }
    }

    /// A mapping.
    pub fn map(span: Span, entries: Vec<Entry>) -> Self {
        Self { span, kind: Kind::Map(entries), tag: None }
    }

    pub fn list(span: Span, items: Vec<Self>) -> Self {
        Self { span, kind: Kind::List(items), tag: None }
    }

    /// The value of `key`, to be changed.
    pub fn get_mut(&mut self, key: &str) -> Option<&mut Self> {
        match &mut self.kind {
            Kind::Map(entries) => {
                entries.iter_mut().find(|e| e.key.as_str() == key).map(|e| &mut e.value)
            }
            _ => None,
        }
    }
}
