//! What a blank does in the place of a variable. Shared by the rules of this group.

use crate::finding::{Prose, Quote, Severity, prose};
use crate::model::stack::Stack;
use crate::model::stack::environment::{Slot, VariableUse};
use crate::source::Text;

/// What a blank does.
pub(super) struct Blank {
    /// How bad it is.
    pub(super) severity: Severity,
    /// What happens, to stand after a colon.
    pub(super) message: Prose,
}

/// Whether the variable is one of the container that its own shell is to put in: in a command or a health check,
/// and the service has it. (That is another rule's matter.)
pub(super) fn for_the_container(stack: &Stack<'_>, used: &VariableUse<'_>) -> bool {
    let Some(index) = used.service else { return false };
    let own = stack.container(index).environment.vars.get(&used.var.name);
    matches!(used.slot, Slot::Command | Slot::Healthcheck)
        && own.is_some_and(|v| v.text.known().is_some())
}

/// What a blank does at a use; `None` where it may be meant, or does nothing that is known.
pub(super) fn blank_of(stack: &Stack<'_>, used: &VariableUse<'_>) -> Option<Blank> {
    let service = Prose::value_or(used.service.map(|i| stack.container(i)), "");
    let text = &used.scalar.text;
    let error = |message: Prose| Some(Blank { severity: Severity::Error, message });
    let warning = |message: Prose| Some(Blank { severity: Severity::Warning, message });
    match &used.slot {
        Slot::Image if used.alone() => {
            error(prose!("{} has neither an image nor a build context", service))
        }
        Slot::Image if ends_in_tag(text) => error(prose!(
            "the image of {} has no tag, and Docker refuses its name (invalid reference format)",
            service
        )),
        Slot::Image => None,
        Slot::ContainerName if used.alone() => {
            error(prose!("Compose refuses a blank container_name for {}", service))
        }
        Slot::Port => port(text, &service),
        Slot::Mount => mount(text, &service),
        Slot::Target if used.alone() => {
            warning(prose!("{} is built up to the last stage of the Dockerfile", service))
        }
        Slot::Environment(name) if used.alone() => environment(stack, used, name),
        _ => None,
    }
}

/// Whether an image's name stops where its tag or digest should be.
fn ends_in_tag(image: &Text) -> bool {
    let tag = image.rsplit([':', '@']).next().unwrap_or("");
    tag.len() < image.len() && is_blank(&image.slice_of(tag))
}

fn port(text: &Text, service: &Prose) -> Option<Blank> {
    let (published, target) = text.rsplit_once(':').unwrap_or(("", text));
    let target = target.split('/').next().unwrap_or("");
    if is_blank(&text.slice_of(target)) {
        return Some(Blank {
            severity: Severity::Error,
            message: prose!("Compose refuses the port of {} (invalid proto)", service),
        });
    }
    let host = published.rsplit(':').next().unwrap_or("");
    is_blank(&text.slice_of(host)).then(|| Blank {
        severity: Severity::Warning,
        message: prose!("{} is published on a port that Docker picks", service),
    })
}

fn mount(text: &Text, service: &Prose) -> Option<Blank> {
    let mut parts = text.split(':');
    let (source, target) = (parts.next().unwrap_or(""), parts.next());
    let empty = |t: &str| is_blank(&text.slice_of(t));
    if target.is_some() && (empty(source) || target.is_some_and(empty)) {
        let message =
            prose!("Compose refuses the mount of {} (empty section between colons)", service);
        return Some(Blank { severity: Severity::Error, message });
    }
    let rest = source.find('/').map(|slash| &source[slash..])?;
    let open = text.slice_of(&source[..source.len() - rest.len()]);
    open.is_unresolved().then(|| Blank {
        severity: Severity::Error,
        message: prose!(
            "{} mounts {} of the host, from its root folder on",
            service,
            Quote::path(rest)
        ),
    })
}

/// Only what surely matters: what a database is made with, and what Django cannot do without.
fn environment(stack: &Stack<'_>, used: &VariableUse<'_>, name: &str) -> Option<Blank> {
    let index = used.service?;
    let container = stack.container(index);
    if let Some(database) = stack.roles.sql_databases().find(|d| d.container == index) {
        if database.is_required(name) {
            let message = prose!("{} does not start without {}", container, Quote::name(name));
            return Some(Blank { severity: Severity::Error, message });
        }
        let message = || {
            prose!(
                "{} takes its own default for {}, not what the others are told",
                container,
                Quote::name(name)
            )
        };
        return database
            .makes_with(name)
            .then(|| Blank { severity: Severity::Warning, message: message() });
    }
    let django = stack.roles.django.iter().find(|d| d.container == index)?;
    let settings = django.settings()?;
    let read_by = |setting: &str| {
        settings.get(setting).is_some_and(|b| b.value.all_reads().iter().any(|r| r.name == name))
    };
    if read_by("SECRET_KEY") {
        let message = prose!("{} stops with: The SECRET_KEY setting must not be empty", container);
        return Some(Blank { severity: Severity::Error, message });
    }
    read_by("DATABASES").then(|| Blank {
        severity: Severity::Warning,
        message: prose!(
            "{} connects to the database with a blank {}",
            container,
            Quote::name(name)
        ),
    })
}

fn is_blank(text: &Text) -> bool {
    text.is_empty() || text.is_unresolved()
}
