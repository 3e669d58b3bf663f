//! Where a command is written.

use super::quoting::Escape;
use crate::fix::Place;
use crate::fix::draft::Draft;
use crate::source::{Span, Text};
use crate::syntax::comments::Language;
use crate::syntax::dockerfile::{self, Dockerfile, Kind};
use crate::syntax::yaml::{NodeKind, Style, Yaml};

/// What holds a command.
#[derive(Debug)]
pub(super) enum Host {
    /// A list of arguments.
    List(List),
    /// A line.
    Line(Line),
}

/// The arguments of an exec form.
#[derive(Debug)]
pub(super) struct List {
    /// Each argument, its quotes in its span.
    pub(super) items: Vec<Text>,
    /// The first argument of the command; what is before it starts it.
    pub(super) first: usize,
    pub(super) form: ListForm,
}

/// How the arguments are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ListForm {
    /// A YAML list with a dash for each, in this column.
    Block { column: usize, style: Style },
    /// A YAML list between brackets.
    Flow { style: Style },
    /// The JSON form of a Dockerfile.
    Json,
}

/// A text that a shell, or Compose, splits into words.
#[derive(Debug)]
pub(super) struct Line {
    /// The whole text.
    pub(super) text: Text,
    /// How its characters are written in the file.
    pub(super) escape: Escape,
    /// Who reads it.
    pub(super) reader: Reader,
    /// The scalar of a YAML file, to be checked after the change.
    pub(super) scalar: Option<Span>,
}

/// Who reads a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reader {
    /// A shell reads all of it.
    Shell,
    /// Compose splits it into words.
    Compose,
}

impl Host {
    /// What holds the command whose words these are.
    pub(super) fn find(draft: &Draft, language: Language, words: &[Place]) -> Option<Self> {
        let first = words.first()?;
        match language {
            Language::Yaml => in_yaml(draft, first),
            Language::Dockerfile => in_dockerfile(draft, first),
            Language::Shell => Some(Self::Line(Line {
                text: draft.file().body(),
                escape: Escape::None,
                reader: Reader::Shell,
                scalar: None,
            })),
            _ => None,
        }
    }
}

/// Whether the arguments before an item make a shell read it.
fn behind_shell(items: &[Text], at: usize) -> bool {
    let name = |t: &Text| {
        t.rsplit('/').next().is_some_and(|n| matches!(n, "sh" | "bash" | "dash" | "ash"))
    };
    at >= 2
        && items[at - 1].starts_with('-')
        && items[at - 1].ends_with('c')
        && items[..at - 1].iter().any(name)
}

/// Whether the words before a command are `python -m`, which runs it as a module and no other program.
pub(super) fn runs_module<'w>(before: impl DoubleEndedIterator<Item = &'w str>) -> bool {
    let mut before = before.rev();
    before.next() == Some("-m")
        && before
            .next()
            .is_some_and(|w| w.rsplit('/').next().is_some_and(|n| n.starts_with("python")))
}

fn list_or_line(
    items: Vec<Text>,
    at: &Place,
    form: ListForm,
    escape: impl Fn(usize) -> Option<Escape>,
) -> Option<Host> {
    let index = items.iter().position(|i| holds(i.span(), at.start))?;
    if behind_shell(&items, index) {
        let text = items[index].clone();
        let scalar = (form != ListForm::Json).then(|| text.span());
        return Some(Host::Line(Line {
            text,
            escape: escape(index)?,
            reader: Reader::Shell,
            scalar,
        }));
    }
    let first =
        if runs_module(items[..index].iter().map(|i| i.as_str())) { index - 2 } else { index };
    Some(Host::List(List { items, first, form }))
}

fn holds(span: Span, at: usize) -> bool {
    span.range().contains(&at)
}

fn in_yaml(draft: &Draft, at: &Place) -> Option<Host> {
    let yaml = Yaml::read(draft.file());
    if !yaml.errors.is_empty() {
        return None;
    }
    let (id, text, style) = yaml.ids().find_map(|id| match &yaml.node(id).kind {
        NodeKind::Scalar(text, style) if holds(yaml.node(id).span, at.start) => {
            Some((id, text.clone(), *style))
        }
        _ => None,
    })?;
    let escape = |style| match style {
        Style::Double => Escape::Double,
        Style::Single => Escape::Single,
        _ => Escape::None,
    };
    let list = yaml.ids().find(|list| match &yaml.node(*list).kind {
        NodeKind::Sequence(items) => items.contains(&id),
        _ => false,
    });
    let span = yaml.node(id).span;
    let Some(list) = list else {
        // Other keys hold other things, such as a whole Dockerfile.
        let key = yaml.ids().find_map(|map| match &yaml.node(map).kind {
            NodeKind::Mapping(pairs) => pairs.iter().find(|(_, v)| *v == id).map(|(k, _)| *k),
            _ => None,
        })?;
        let reader = match yaml.scalar(key)?.0.as_str() {
            "command" | "entrypoint" => Reader::Compose,
            "test" => Reader::Shell,
            _ => return None,
        };
        return Some(Host::Line(Line {
            text: text.with_span(span),
            escape: escape(style),
            reader,
            scalar: Some(span),
        }));
    };
    let scalars: Option<Vec<(Text, Style)>> = yaml
        .items(list)
        .iter()
        .map(|i| yaml.scalar(*i).map(|(t, s)| (t.clone().with_span(yaml.node(*i).span), s)))
        .collect();
    let (items, styles): (Vec<Text>, Vec<Style>) = scalars?.into_iter().unzip();
    let start = yaml.node(list).span.start as usize;
    let form = if draft.text()[start..].starts_with('[') {
        ListForm::Flow { style }
    } else {
        ListForm::Block { column: start - draft.line_start(start), style }
    };
    list_or_line(items, at, form, |index| styles.get(index).map(|s| escape(*s)))
}

fn in_dockerfile(draft: &Draft, at: &Place) -> Option<Host> {
    let file = Dockerfile::read(draft.file());
    let instruction = file.instructions.iter().find(|i| holds(i.span, at.start))?;
    let command = match &instruction.kind {
        Kind::Cmd(c) | Kind::Entrypoint(c) | Kind::Run(c) | Kind::Healthcheck(Some(c)) => c,
        _ => return None,
    };
    match command {
        dockerfile::Command::Exec(items) => {
            list_or_line(items.clone(), at, ListForm::Json, |_| Some(Escape::Double))
        }
        dockerfile::Command::Shell(text) => Some(Host::Line(Line {
            text: text.clone(),
            escape: Escape::None,
            reader: Reader::Shell,
            scalar: None,
        })),
    }
}
