//! A user interface of a tool is open to everybody.

use crate::facts::Family;
use crate::finding::{
    Change, Confidence, Cure, Finding, NodeEdit, Own, Severity, YamlValue, prose,
};
use crate::model::container::Container;
use crate::model::process::StepKind;
use crate::model::stack::Stack;
use crate::rules::{Check, Rule, Sink, meta};

pub(super) static RULE: Rule =
    Rule { meta: &meta::FLOWER_OR_ADMIN_UI_EXPOSED, check: Check::Stack(check) };

/// Options of Flower that ask who is there.
const FLOWER: [&str; 4] = ["basic_auth", "basic-auth", "--auth", "auth_provider"];

fn check(stack: &Stack<'_>, sink: &mut Sink) {
    let production =
        stack.repository().is_production() && !stack.repository().is_named_for_development();
    for (index, container) in stack.containers.iter().enumerate() {
        let Some((family, can)) = tool(container) else { continue };
        let what = family.title();
        let Some(port) = stack.network().host_ports(index).into_iter().find(|p| !p.is_narrow())
        else {
            continue;
        };
        let message = prose!(
            "{} asks nobody for a password and is open to every network the host is on: {}",
            Own(what),
            Own(can)
        );
        let finding = Finding::new(&meta::FLOWER_OR_ADMIN_UI_EXPOSED, message)
            .label(port.span, prose!("port {} at every address of the host", port.first))
            .label(container.name_span(), "without a login")
            .help(match family {
                Family::Flower => prose!("give it a login, or bind its port to this machine:\n    - \"127.0.0.1:5555:5555\""),
                _ => prose!("bind its port to this machine:\n    - \"127.0.0.1:{}:{}\"", port.first, port.target.unwrap_or(port.first)),
            });
        let local = prose!("127.0.0.1:{}:{}", port.first, port.target.unwrap_or(port.first));
        let finding = finding.cure(
            Cure::new("publish the port to this machine only")
                .change(Change::YamlNode(port.span, NodeEdit::Replace(YamlValue::text(local)))),
        );
        sink.report(if production {
            finding
        } else {
            finding.at_most(Severity::Info).sure(Confidence::Low)
        });
    }
}

/// The tool that a container runs without asking for a login, and what it lets people do.
fn tool(container: &Container<'_>) -> Option<(Family, &'static str)> {
    let environment = &container.environment;
    if environment.open.is_some()
        || container.process.unknown.is_some() && container.service.build.is_some()
    {
        return None;
    }
    let flower = container
        .process
        .steps
        .iter()
        .find(|s| matches!(&s.kind, StepKind::Celery { role, .. } if role == "flower"));
    let named = container.service.build.is_none().then(|| container.presumed_image()).flatten();
    let image = if flower.is_some() { Family::Flower.image() } else { named }?;
    let exposes = image.exposes?;
    let login = |name: &str| {
        let name = name.to_ascii_uppercase();
        image.login_variables.iter().any(|part| name.contains(part))
    };
    if environment.vars.keys().any(|name| login(name)) {
        return None;
    }
    if image.family == Family::Flower {
        let words = flower.map(|s| s.words.as_slice()).unwrap_or_default();
        let own =
            container.service.command.as_ref().map(|c| c.words.as_slice()).unwrap_or_default();
        let asks = words.iter().chain(own).any(|w| {
            !w.is_resolved() || FLOWER.iter().any(|f| w.contains(f)) || w.contains("--conf")
        });
        if asks {
            return None;
        }
    }
    Some((image.family, exposes))
}
