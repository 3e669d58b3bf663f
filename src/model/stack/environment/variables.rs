//! Where Compose files use variables, and what stands there when one is set nowhere.

use super::Environments;
use crate::facts;
use crate::finding::prose;
use crate::model::compose::{Kind, Node, Scalar, VarSource, VarUse};
use crate::model::search_limit::SearchLimit;
use crate::source::{FileId, Reason, Text};
use std::collections::BTreeSet;

/// The most uses that are looked at.
const MAX_USES: usize = 2_000;

/// Whether a use counts, by where the variable is set.
type Wanted = dyn Fn(&VarSource) -> bool;

/// The place of a Compose file in which a variable is used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Slot {
    /// The value of a variable in `environment`.
    Environment(String),
    /// The value of a build argument.
    BuildArg(String),
    /// `image`
    Image,
    /// An item of `ports`.
    Port,
    /// An item of `volumes`, its source or its target.
    Mount,
    /// `container_name`
    ContainerName,
    /// `build.target`
    Target,
    /// `command` or `entrypoint`
    Command,
    /// `healthcheck`
    Healthcheck,
    /// Anywhere else: the key.
    Other(String),
}

/// A variable used in a Compose file.
#[derive(Debug, Clone)]
pub struct VariableUse<'p> {
    /// The number of the service's container; `None` for the top-level volumes and the like.
    pub service: Option<usize>,
    /// Where.
    pub slot: Slot,
    /// The value it stands in.
    pub scalar: &'p Scalar,
    /// The use.
    pub var: &'p VarUse,
    /// Whether it is written `$NAME`, without braces.
    pub bare: bool,
}

impl VariableUse<'_> {
    /// The value: the scalar's text, in a list of `NAME=value` what follows the name.
    pub fn value(&self) -> Text {
        let text = &self.scalar.text;
        match &self.slot {
            Slot::Environment(name) | Slot::BuildArg(name) => text
                .strip_prefix(name.as_str())
                .and_then(|t| t.strip_prefix('='))
                .map_or_else(|| text.clone(), |value| text.slice_of(value)),
            _ => text.clone(),
        }
    }

    /// The value it stands in as it is where the variable is not set.
    pub fn scalar_without_it(&self) -> Scalar {
        let text = &self.scalar.text;
        let mut out = Text::empty(text.span());
        for piece in text.pieces() {
            let range = piece.at as usize..(piece.at + piece.len) as usize;
            if piece.src == self.var.span && !piece.verbatim() {
                out.push_unresolved(Reason::NotSet(self.var.name.clone()), piece.src);
            } else {
                out.push_text(&text.slice(range));
            }
        }
        Scalar { text: out, ..self.scalar.clone() }
    }

    /// Whether the value is this variable and nothing else.
    pub fn alone(&self) -> bool {
        self.scalar.vars.len() == 1 && self.value().is_unresolved()
    }
}

impl<'s> Environments<'s> {
    /// The uses of variables that are set nowhere in sight and have neither a default nor a message of
    /// their own (`${NAME}`, `$NAME`), each place once. What a shell or a CI gives is left out.
    pub fn unset_variables(&self) -> Vec<VariableUse<'s>> {
        self.uses(&|source| *source == VarSource::Unset)
    }

    /// The uses of variables of that form that an env file sets.
    pub fn variables_of_file(&self, file: FileId) -> Vec<VariableUse<'s>> {
        self.uses(&move |source| matches!(source, VarSource::EnvFile(at) if at.file == file))
    }

    fn uses(&self, wanted: &Wanted) -> Vec<VariableUse<'s>> {
        let mut all: Vec<VariableUse<'s>> = Vec::new();
        for (index, service) in self.stack.project.services.iter().enumerate() {
            for entry in service.node.entries() {
                self.walk(
                    &entry.value,
                    &mut vec![entry.key.as_str()],
                    Some(index),
                    wanted,
                    &mut all,
                );
            }
        }
        for (key, entries) in [
            ("volumes", &self.stack.project.volumes),
            ("networks", &self.stack.project.networks),
            ("secrets", &self.stack.project.secrets),
        ] {
            entries
                .iter()
                .for_each(|e| self.walk(&e.value, &mut vec![key], None, wanted, &mut all));
        }
        all
    }

    /// The variables that services of the project use anywhere, with or without a default.
    pub fn used_variables(&self) -> BTreeSet<&'s str> {
        self.variables(&|_| true)
    }

    /// The variables that some service gives a default in Compose: they are Compose's own.
    pub fn variables_with_default(&self) -> BTreeSet<&'s str> {
        self.variables(&|v| v.source == VarSource::Default)
    }

    fn variables(&self, wanted: &dyn Fn(&VarUse) -> bool) -> BTreeSet<&'s str> {
        fn gather<'n>(
            node: &'n Node,
            wanted: &dyn Fn(&VarUse) -> bool,
            all: &mut BTreeSet<&'n str>,
        ) {
            match &node.kind {
                Kind::Null => {}
                Kind::Scalar(scalar) => {
                    all.extend(scalar.vars.iter().filter(|v| wanted(v)).map(|v| v.name.as_str()))
                }
                Kind::Map(entries) => entries.iter().for_each(|e| gather(&e.value, wanted, all)),
                Kind::List(items) => items.iter().for_each(|i| gather(i, wanted, all)),
            }
        }
        let mut all = BTreeSet::new();
        self.stack.project.services.iter().for_each(|s| gather(&s.node, wanted, &mut all));
        all
    }

    fn walk(
        &self,
        node: &'s Node,
        path: &mut Vec<&'s str>,
        service: Option<usize>,
        wanted: &Wanted,
        all: &mut Vec<VariableUse<'s>>,
    ) {
        match &node.kind {
            Kind::Null => {}
            Kind::Scalar(scalar) => self.scalar(scalar, path, service, wanted, all),
            Kind::Map(entries) => {
                for entry in entries {
                    path.push(entry.key.as_str());
                    self.walk(&entry.value, path, service, wanted, all);
                    path.pop();
                }
            }
            Kind::List(items) => {
                items.iter().for_each(|item| self.walk(item, path, service, wanted, all))
            }
        }
    }

    fn scalar(
        &self,
        scalar: &'s Scalar,
        path: &[&str],
        service: Option<usize>,
        wanted: &Wanted,
        all: &mut Vec<VariableUse<'s>>,
    ) {
        for var in scalar.vars.iter().filter(|v| wanted(&v.source) && !surroundings(&v.name)) {
            let known = |u: &VariableUse<'_>| u.var.span == var.span && u.var.name == var.name;
            if all.iter().any(known) {
                continue;
            }
            if all.len() == MAX_USES {
                let message = prose!(
                    "variables that are not set are used in more than {} places; the rest is not looked at",
                    MAX_USES
                );
                SearchLimit::note(var.span, message);
                return;
            }
            let Some(bare) = self.form(var) else { continue };
            // Part of another one's default: `${TAG:-${BRANCH}}`.
            let within = |o: &VarUse| {
                o.span != var.span && o.span.start <= var.span.start && var.span.end <= o.span.end
            };
            if scalar.vars.iter().any(within) {
                continue;
            }
            all.push(VariableUse { service, slot: slot(path, scalar), scalar, var, bare });
        }
    }

    /// Whether a use is written without braces; `None` where it has a default or a message (`${NAME:?…}`).
    fn form(&self, var: &VarUse) -> Option<bool> {
        let file = self.stack.sources.file(var.span.file);
        let written = file.text.get(var.span.range())?;
        match written.strip_prefix("${") {
            Some(rest) => rest.strip_prefix(var.name.as_str())?.starts_with('}').then_some(false),
            None => (written.strip_prefix('$')? == var.name).then_some(true),
        }
    }
}

/// Whether a variable is one that whoever runs Compose has anyway.
pub(super) fn surroundings(name: &str) -> bool {
    facts::surrounds(name)
        || [
            "CI_",
            "GITHUB_",
            "COMPOSE_",
            "DOCKER_HOST",
            "XDG_",
            "RUNNER_",
            "BUILDKITE",
            "CIRCLE_",
            "TRAVIS",
        ]
        .iter()
        .any(|p| name.starts_with(p))
        || name.to_ascii_lowercase().ends_with("_proxy")
}

fn slot(path: &[&str], scalar: &Scalar) -> Slot {
    let pair = |named: Option<&&str>| {
        named.map_or_else(
            || scalar.text.as_str().split('=').next().unwrap_or("").trim().to_owned(),
            |n| (*n).to_owned(),
        )
    };
    match path {
        ["environment", rest @ ..] => Slot::Environment(pair(rest.first())),
        ["build", "args", rest @ ..] => Slot::BuildArg(pair(rest.first())),
        ["build", "target"] => Slot::Target,
        ["image"] => Slot::Image,
        ["ports", ..] => Slot::Port,
        ["volumes", ..] => Slot::Mount,
        ["container_name"] => Slot::ContainerName,
        ["command" | "entrypoint", ..] => Slot::Command,
        ["healthcheck", ..] => Slot::Healthcheck,
        _ => Slot::Other(path.join(".")),
    }
}
