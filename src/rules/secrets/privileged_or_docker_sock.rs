//! A container that holds the keys of the host.

use crate::finding::{Change, Confidence, Cure, Finding, NodeEdit, Severity, prose};
use crate::model::stack::Stack;
use crate::rules::{Check, Rule, Sink, meta};

pub(super) static RULE: Rule =
    Rule { meta: &meta::PRIVILEGED_OR_DOCKER_SOCK, check: Check::Stack(check) };

fn check(stack: &Stack<'_>, sink: &mut Sink) {
    for (index, container) in stack.containers.iter().enumerate() {
        // Images from elsewhere that ask for it need it; the project's own code rarely does.
        let serves =
            stack.roles.django.iter().any(|d| d.container == index) && container.server().is_some();
        if !serves {
            continue;
        }
        let privileged =
            container.service.node.get("privileged").filter(|p| p.bool() == Some(true));
        let socket = container
            .service
            .mounts
            .iter()
            .find(|m| m.source.as_ref().is_some_and(|s| s.ends_with("/docker.sock")));
        let (span, message, label) = match (privileged, socket) {
            (Some(p), _) => (
                p.span,
                prose!(
                    "whoever takes over {} has the host: the container may do there what root may",
                    container
                ),
                "all devices and capabilities of the host",
            ),
            (None, Some(mount)) => (
                mount.span,
                prose!(
                    "whoever takes over {} has the host: with Docker's socket it can start any container, as root",
                    container
                ),
                "Docker's own socket",
            ),
            _ => continue,
        };
        let finding = Finding::new(&meta::PRIVILEGED_OR_DOCKER_SOCK, message)
            .label(span, label)
            .cure(
                Cure::new("leave it out")
                    .change(Change::YamlNode(span, NodeEdit::Remove))
                    .also("what needs it belongs into another, small service, such as a socket proxy that allows single calls"),
            )
            .help("leave it out, or let another, small service do what needs it: a socket proxy that allows single calls");
        let production =
            stack.repository().is_production() && !stack.repository().is_named_for_development();
        let own = container.image_name().is_none();
        sink.report(match production {
            true if own => finding,
            true => finding.sure(Confidence::Medium),
            false => finding.at_most(Severity::Info).sure(Confidence::Medium),
        });
    }
}
