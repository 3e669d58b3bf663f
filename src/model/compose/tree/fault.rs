//! What Compose refuses, or does otherwise than it looks: found while a project is loaded, all of it in one
//! run, each with its places.

use super::node::Entry;
use crate::finding::{Prose, prose};
use crate::source::Span;

/// Something wrong with a Compose project as such.
#[derive(Debug, Clone)]
pub struct Fault {
    /// Which rule it is judged by.
    pub kind: FaultKind,
    /// The place.
    pub span: Span,
    /// What is wrong, in lower case, without a full stop.
    pub message: Prose,
    /// The one thing it is about, where several faults can be about one, or other files may have it.
    pub about: Option<About>,
    /// What the label at the place says.
    pub label: Prose,
    /// Other places, with what their labels say.
    pub more: Vec<(Span, Prose)>,
    /// What to do, where that is clear.
    pub help: Option<Prose>,
    /// The boolean that is meant, where another word for one stands.
    pub truth: Option<bool>,
    /// Whether Compose refuses the project because of it.
    pub refused: bool,
}

/// The entry or variable a fault is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct About {
    /// The top-level section it belongs to; `None` for a variable.
    pub section: Option<&'static str>,
    pub name: String,
}

/// What kind of fault it is. There is one rule for each, and one for the two kinds of dependency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum FaultKind {
    /// A key twice in one mapping, a tab where YAML wants spaces, a key that Compose does not know.
    Key,
    /// A value of the wrong type, or one that cannot be read as what its place wants.
    Value,
    /// An item of an `environment` list that Compose cannot read as `NAME=value`.
    EnvironmentItem,
    /// `extends` or `include` that leads nowhere, in a circle, or to a conflict.
    ExtendsInclude,
    /// A remote `include` or `extends`, which is not fetched.
    Remote,
    /// A limit of ours was reached, and the rest was not read.
    Limit,
    /// `${NAME:?…}` whose variable is not set.
    RequiredVariable,
    /// A service that depends on one that is not there.
    Dependency,
    /// Services that depend on each other in a circle, or one on itself.
    Circle,
    /// A network, volume, secret, config or model that no top-level entry defines.
    Undefined,
    /// A service with neither `image` nor `build` (nor `provider`).
    NoImage,
    /// Keys that exclude each other.
    Exclusive,
    /// The same limit said twice with different numbers (`cpus` and `deploy.resources.limits.cpus`).
    Limits,
    /// `container_name` with more than one replica.
    ContainerNameReplicas,
    /// Two services with the same `container_name`.
    ContainerNameTwice,
    /// `healthcheck.test` as a list that starts with none of `CMD`, `CMD-SHELL` and `NONE`.
    HealthcheckForm,
    /// Two mounts on one path of the container.
    MountTwice,
    /// A secret or config that says nothing of where its content comes from.
    NoSource,
    /// A build that refers to a service that is not there or not built, or to a platform it leaves out.
    BuildReference,
    /// `develop.watch` without what its action needs.
    Watch,
    /// A project name that Compose does not take.
    ProjectName,
    /// Notation that Compose reads, and warns about.
    Deprecated,
}

impl Fault {
    /// A fault because of which Compose refuses the project.
    pub fn new(kind: FaultKind, span: Span, message: impl Into<Prose>) -> Self {
        Self {
            kind,
            span,
            message: message.into(),
            about: None,
            label: "here".into(),
            more: Vec::new(),
            help: None,
            truth: None,
            refused: true,
        }
    }

    /// The entry of a top-level section that it is about.
    #[must_use]
    pub fn about_entry(mut self, section: &'static str, name: impl Into<String>) -> Self {
        self.about = Some(About { section: Some(section), name: name.into() });
        self
    }

    #[must_use]
    pub fn about_variable(mut self, name: impl Into<String>) -> Self {
        self.about = Some(About { section: None, name: name.into() });
        self
    }

    /// What the label at the place says.
    #[must_use]
    pub fn label(mut self, text: impl Into<Prose>) -> Self {
        self.label = text.into();
        self
    }

    /// One more place.
    #[must_use]
    pub fn also(mut self, span: Span, text: impl Into<Prose>) -> Self {
        self.more.push((span, text.into()));
        self
    }

    /// What to do.
    #[must_use]
    pub fn help(mut self, text: impl Into<Prose>) -> Self {
        self.help = Some(text.into());
        self
    }

    /// The boolean that is meant.
    #[must_use]
    pub fn truth(self, truth: bool) -> Self {
        Self { truth: Some(truth), ..self }
    }

    /// Compose takes the project all the same.
    #[must_use]
    pub fn accepted(mut self) -> Self {
        self.refused = false;
        self
    }
}

/// Two keys of one mapping that exclude each other; the later one in the file is to blame.
pub(crate) fn exclusive(a: &Entry, b: &Entry, of: &Prose, faults: &mut Vec<Fault>) {
    let (first, second) =
        if (a.key.span().file, a.key.span().start) <= (b.key.span().file, b.key.span().start) {
            (a, b)
        } else {
            (b, a)
        };
    let message = prose!("`{}` and `{}` of {} exclude each other", first.key, second.key, of);
    faults.push(
        Fault::new(FaultKind::Exclusive, second.key.span(), message)
            .label(prose!("not together with `{}`", first.key))
            .also(first.key.span(), "set here")
            .help("keep one of the two"),
    );
}
