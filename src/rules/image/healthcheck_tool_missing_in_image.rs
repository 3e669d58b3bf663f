//! A health check calls a program that the image does not have.

use crate::finding::{Change, Cure, Finding, NodeEdit, Prose, Severity, YamlValue, prose};
use crate::model::compose::Condition;
use crate::model::stack::Stack;
use crate::rules::{Check, Rule, Sink, meta};

pub(super) static RULE: Rule =
    Rule { meta: &meta::HEALTHCHECK_TOOL_MISSING_IN_IMAGE, check: Check::Stack(check) };

fn check(stack: &Stack<'_>, sink: &mut Sink) {
    for container in &stack.containers {
        let Some(check) = container.health_command() else { continue };
        for program in &check.programs {
            let Some(missing) = stack.images().missing_program(container, program) else {
                continue;
            };
            let waiting = stack.containers.iter().find_map(|c| {
                let waits = |d: &&crate::model::compose::Dependency| {
                    d.service.as_str() == container.name()
                        && d.condition == Condition::ServiceHealthy
                };
                c.service.depends_on.iter().find(waits).map(|d| (c, d.span))
            });
            let mut finding = Finding::new(
                &meta::HEALTHCHECK_TOOL_MISSING_IN_IMAGE,
                prose!(
                    "{} never gets healthy: exec: \"{}\": executable file not found in $PATH",
                    container,
                    program
                ),
            )
            .label(program.span(), prose!("there is no {} in the image", program))
            .label(missing.base.span(), prose!("brings no {}", program));
            finding = match waiting {
                Some((other, span)) => finding.label(span, prose!("so {} never starts", other)),
                None => finding.at_most(Severity::Warning),
            };
            let python =
                missing.base.starts_with("python") && matches!(program.as_str(), "curl" | "wget");
            let help = if python {
                "ask with what the image has (the port is the server's):\n    \
                 test: [\"CMD\", \"python\", \"-c\", \"import urllib.request as u; u.urlopen('http://127.0.0.1:8000/')\"]"
                    .into()
            } else {
                missing.help
            };
            let test = container.service.healthcheck.as_ref().and_then(|h| h.test.as_ref());
            let probe = container.server_probe();
            let cure = match test {
                Some(test) if python => {
                    let code = "import urllib.request as u; u.urlopen('http://127.0.0.1:8000/')";
                    let words = YamlValue::row(["CMD", "python", "-c", code]);
                    Some(
                        Cure::new("ask with what the image has")
                            .change(Change::YamlNode(test.span, NodeEdit::Replace(words)))
                            .also("8000 is the port that the server listens on"),
                    )
                }
                Some(test) if !probe.is_empty() => {
                    let words = std::iter::once(Prose::from("CMD")).chain(probe);
                    let words = NodeEdit::Replace(YamlValue::row(words));
                    let cure = Cure::new("ask with what the image has");
                    Some(cure.change(Change::YamlNode(test.span, words)))
                }
                _ => None,
            };
            sink.report(finding.help(help).cure_if(cure));
            break;
        }
    }
}
