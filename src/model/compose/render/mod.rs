//! The last step of `config`: a project's canonical tree decoded into Compose's types, and those printed the
//! way `docker compose config` (v2.40.3) prints them (Compose specification; its reference loader 2.9.1).
//!
//! The [tables] say what each field is and when it is shown; [`Type`] says
//! how a value is read. Whatever cannot be read becomes a fault with its place, all of them in one run. A value
//! of which nothing can be made is left out.

mod command;
mod duration;
mod effective;
mod free;
mod mapping;
mod normalize;
mod order;
mod out;
mod path;
mod scalar;
mod tables;
#[cfg(test)]
mod tests;
mod types;

pub use effective::Effective;
pub use out::Out;

use self::types::{Field, Names, Shown, Table, Type};
use crate::finding::{Own, Prose, Quote, prose};
use crate::model::compose::tree::{Entry, Fault, FaultKind, Kind, Node, Value};
use crate::source::{Span, Text};
use std::borrow::Cow;

/// Where Compose gathers the `x-` keys of a mapping before it knows that the mapping takes any key.
const GATHERED: &str = "#extensions";

/// For whom a project is rendered.
#[derive(Debug, Clone, Copy)]
pub struct Frame<'a> {
    /// The absolute path of the root, without a slash at its end.
    pub root: &'a str,
    /// What `~` stands for at the start of a path (`HOME`).
    pub home: Option<&'a str>,
    /// What is printed.
    pub form: Form,
}

/// What is printed: the two forms differ in more than notation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// `config --format json`.
    Json,
    /// `config`.
    Yaml,
}

/// Renders a canonical project; what its types cannot hold goes to `faults`.
pub(crate) fn render(tree: &Node, frame: &Frame<'_>, faults: &mut Vec<Fault>) -> Out {
    let mut decoder = Decoder { frame, faults };
    match frame.form {
        Form::Yaml => decoder.record(&tables::PROJECT, Some(tree), "a project"),
        Form::Json => decoder.json(tree),
    }
}

/// Reads values into types and collects what does not fit.
struct Decoder<'d> {
    frame: &'d Frame<'d>,
    faults: &'d mut Vec<Fault>,
}

impl Decoder<'_> {
    fn is_json(&self) -> bool {
        self.frame.form == Form::Json
    }

    /// The top level as JSON has it: a mapping in the order of its keys, with the `x-` keys among them.
    fn json(&mut self, tree: &Node) -> Out {
        let Out::Map(mut entries) = self.record(&tables::PROJECT, Some(tree), "a project") else {
            return Out::Null;
        };
        entries.retain(|(key, _)| tables::SECTIONS.contains(&key.as_str()));
        entries.extend(self.extensions(tree));
        self.in_order(entries)
    }

    /// Entries in the order of their keys, which is not the same in both forms.
    fn in_order(&self, mut entries: Vec<(String, Out)>) -> Out {
        match self.frame.form {
            Form::Json => entries.sort_by(|(a, _), (b, _)| a.cmp(b)),
            Form::Yaml => entries.sort_by(|(a, _), (b, _)| order::natural(a, b)),
        }
        Out::Map(entries)
    }

    /// The `x-` keys of a record, with their values as they are.
    fn extensions(&self, node: &Node) -> Vec<(String, Out)> {
        let own = |e: &&Entry| e.key.starts_with("x-");
        node.entries()
            .iter()
            .filter(own)
            .map(|e| (e.key.to_string(), self.free(&e.value)))
            .collect()
    }

    /// A record. `None` is one without any value.
    fn record(&mut self, table: &'static Table, node: Option<&Node>, name: &str) -> Out {
        let node = node.filter(|n| !matches!(n.kind, Kind::Null));
        if let Some(node) = node
            && !matches!(node.kind, Kind::Map(_))
        {
            self.wrong::<()>(name, "a mapping", node);
        }
        let mut entries: Vec<(String, Out)> = Vec::new();
        for field in table.fields {
            let value =
                node.and_then(|n| find(n, field.name)).filter(|n| !matches!(n.kind, Kind::Null));
            if let Some(out) = self.field(field, value) {
                let key = field.json.filter(|_| self.is_json()).unwrap_or(field.name);
                entries.push((key.to_owned(), out));
            }
        }
        // A config that takes its content from a variable says only that.
        if entries.iter().any(|(key, _)| key == "environment") {
            entries.retain(|(key, _)| key != "content");
        }
        if table.extended && !self.is_json() {
            let extra = node.map(|n| self.extensions(n)).unwrap_or_default();
            if let Out::Map(extra) = self.in_order(extra) {
                entries.extend(extra);
            }
        }
        Out::Map(entries)
    }

    /// A field as it is shown, where it is.
    fn field(&mut self, field: &'static Field, value: Option<&Node>) -> Option<Out> {
        let out = value.and_then(|v| self.value(&field.of, v, field.name));
        match field.shown {
            Shown::Given => out,
            Shown::NullInJson if self.is_json() => Some(out.unwrap_or(Out::Null)),
            Shown::NullInJson => out,
            Shown::Always => Some(out.unwrap_or_else(|| self.zero(&field.of))),
            Shown::NotZero => {
                // A record is never a zero to JSON, however empty it is.
                let record = matches!(field.of, Type::Record(_)) && self.is_json();
                let out = out.or_else(|| record.then(|| self.zero(&field.of)))?;
                (record || !is_zero(&field.of, &out)).then_some(out)
            }
        }
    }

    /// What a type is without a value.
    fn zero(&mut self, of: &Type) -> Out {
        match of {
            Type::Text => Out::from(""),
            Type::Bool => Out::Bool(false),
            Type::Int | Type::Count | Type::Unsigned(_) | Type::DeviceCount => Out::Int(0),
            Type::Float32 => Out::Float32(0.0),
            Type::Bytes => Out::from("0"),
            Type::Duration => Out::from("0s"),
            Type::Record(table) => self.record(table, None, ""),
            Type::Map(..)
            | Type::TextMap
            | Type::Mapping
            | Type::Options
            | Type::MultiOptions
            | Type::Environment => Out::Map(Vec::new()),
            _ => Out::Null,
        }
    }

    /// A value that was given; `None` where nothing can be made of it, which is then among the faults.
    fn value(&mut self, of: &'static Type, node: &Node, name: &str) -> Option<Out> {
        match of {
            Type::Text => self.text(node, name).map(Out::Text),
            Type::Bool => self.bool(node, name),
            Type::Int => self.int(node, name),
            Type::Count => self.unsigned(node, name, None),
            Type::Unsigned(bits) => self.unsigned(node, name, Some(*bits)),
            Type::Float32 => self.float(node, name),
            Type::Bytes => self.bytes(node, name),
            Type::Duration => self.duration(node, name),
            Type::Mode => self.mode(node, name),
            Type::DeviceCount => self.device_count(node, name),
            Type::Texts => {
                self.list(node, name, |d, item| Some(Out::Text(d.text_or_empty(item, name))))
            }
            Type::TextOrList => self.text_or_list(node, name),
            Type::Numbers => self.numbers(node, name),
            Type::Command => self.command(node, name),
            Type::Test => self.test(node, name),
            Type::Ulimit => self.ulimit(node, name),
            Type::EnvFile => self.env_file(node, name),
            Type::TextMap => self.text_map(node, name),
            Type::Mapping => self.mapping(node, name),
            Type::Options => self.options(node, name),
            Type::MultiOptions => self.multi_options(node, name),
            Type::Environment => self.environment(node, name),
            Type::Hosts => self.hosts(node, name),
            Type::Ssh => self.ssh(node, name),
            Type::Record(table) => Some(self.record(table, Some(node), name)),
            Type::List(of) => self.list(node, name, |d, item| match (of, &item.kind) {
                (Type::Record(table), _) => Some(d.record(table, Some(item), name)),
                (_, Kind::Null) => None,
                _ => d.value(of, item, name),
            }),
            Type::Map(of, names) => self.names(of, *names, node, name),
        }
    }

    /// The items of a list.
    fn list(
        &mut self,
        node: &Node,
        name: &str,
        mut item: impl FnMut(&mut Self, &Node) -> Option<Out>,
    ) -> Option<Out> {
        let Kind::List(items) = &node.kind else { return self.wrong(name, "a list", node) };
        Some(Out::List(items.iter().filter_map(|i| item(self, i)).collect()))
    }

    /// A mapping of names.
    fn names(&mut self, of: &'static Type, names: Names, node: &Node, name: &str) -> Option<Out> {
        let Kind::Map(entries) = &node.kind else { return self.wrong(name, "a mapping", node) };
        let entries = if names.free { Cow::Borrowed(entries.as_slice()) } else { gathered(node) };
        let mut outs = Vec::new();
        for entry in entries.iter() {
            let nothing = matches!(entry.value.kind, Kind::Null);
            let out = match of {
                _ if nothing && names.null => Some(Out::Null),
                Type::Record(table) => Some(self.record(table, Some(&entry.value), &entry.key)),
                _ => self.value(of, &entry.value, &entry.key),
            };
            outs.extend(out.map(|out| (entry.key.to_string(), out)));
        }
        Some(self.in_order(outs))
    }

    /// A value of the wrong type: `wanted` is what it should be, with its article.
    fn wrong<T>(&mut self, name: &str, wanted: &'static str, node: &Node) -> Option<T> {
        let is = match &node.kind {
            Kind::Null => "nothing",
            Kind::Map(_) => "a mapping",
            Kind::List(_) => "a list",
            Kind::Scalar(s) => match s.value {
                Value::Text => "a text",
                Value::Int(_) | Value::Float(_) => "a number",
                Value::Bool(_) => "a boolean",
                Value::Date => "a date",
            },
        };
        let quotable =
            matches!(&node.kind, Kind::Scalar(s) if s.value != Value::Text) && wanted == "a text";
        let fault = Fault::new(
            FaultKind::Value,
            node.span,
            prose!("`{}` must be {}, and this is {}", Quote::name(name), Own(wanted), Own(is)),
        )
        .label(is);
        self.faults.push(match wanted {
            "a text" if quotable => fault.help("put the value in quotes"),
            "a list" => fault.help("begin each item with `- ` on a line of its own"),
            "a mapping" => fault.help("write `key: value` lines below it, indented"),
            _ => fault,
        });
        None
    }

    /// A value of the right type that cannot be read.
    fn unreadable<T>(
        &mut self,
        span: Span,
        message: impl Into<Prose>,
        help: impl Into<Prose>,
    ) -> Option<T> {
        self.faults.push(
            Fault::new(FaultKind::Value, span, message)
                .label("Compose cannot read this")
                .help(help),
        );
        None
    }
}

/// A field's value: by its key, or by the same letters in another case, as Compose finds it.
fn find<'n>(node: &'n Node, key: &str) -> Option<&'n Node> {
    node.get(key).or_else(|| {
        node.entries().iter().find(|e| e.key.eq_ignore_ascii_case(key)).map(|e| &e.value)
    })
}

/// The entries of a mapping that takes any key: its `x-` keys are one entry, as Compose has gathered them.
fn gathered(node: &Node) -> Cow<'_, [Entry]> {
    let entries = node.entries();
    let (extra, mut rest): (Vec<Entry>, Vec<Entry>) =
        match entries.iter().find(|e| e.key.starts_with("x-")) {
            None => return Cow::Borrowed(entries),
            Some(_) => entries.iter().cloned().partition(|e| e.key.starts_with("x-")),
        };
    rest.push(Entry {
        key: Text::derived(GATHERED, node.span),
        value: Node::map(node.span, extra),
    });
    Cow::Owned(rest)
}

/// Whether a value is the zero of its type.
fn is_zero(of: &Type, out: &Out) -> bool {
    match (of, out) {
        (Type::Bytes, Out::Text(text)) => text == "0",
        (Type::Duration, Out::Text(text)) => text == "0s",
        (_, Out::Null | Out::Bool(false) | Out::Int(0)) => true,
        (_, Out::Float(number)) => *number == 0.0,
        (_, Out::Float32(number)) => *number == 0.0,
        (_, Out::Text(text)) => text.is_empty(),
        (_, Out::List(items)) => items.is_empty(),
        (_, Out::Map(entries)) => entries.is_empty(),
        _ => false,
    }
}
