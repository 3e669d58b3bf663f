//! A service waits for the health of another one that nobody checks.

use crate::finding::{Confidence, Cure, Finding, Prose, prose};
use crate::model::compose::Condition;
use crate::model::container::{Container, Health, exec_form};
use crate::model::stack::Stack;
use crate::model::stack::lifecycle::NeedKind;
use crate::rules::{Check, Rule, Sink, changes, meta};

pub(super) static RULE: Rule =
    Rule { meta: &meta::SERVICE_HEALTHY_WITHOUT_HEALTHCHECK, check: Check::Stack(check) };

fn check(stack: &Stack<'_>, sink: &mut Sink) {
    for (index, container) in stack.containers.iter().enumerate() {
        let needs = stack.lifecycle().needs(index);
        for dependency in
            container.service.depends_on.iter().filter(|d| d.condition == Condition::ServiceHealthy)
        {
            let need = needs.iter().find(|n| {
                n.kind == NeedKind::DependsOn
                    && stack.container(n.target).name() == dependency.service.as_str()
            });
            // Compose warns about one that may be missing, and goes on.
            let Some(target) = need.filter(|n| n.required).map(|n| n.target) else { continue };
            // Of a service without containers, nothing is waited for.
            if stack.lifecycle().replicas(target).is_some_and(|(count, _)| count == 0) {
                continue;
            }
            let waited = stack.container(target);
            let health = waited.health();
            let (place, why) = match health {
                Health::Checked => continue,
                Health::Disabled(span) => {
                    (Some(span), prose!("the check of {} is switched off", waited))
                }
                Health::Unchecked(Some(span)) => (Some(span), prose!("the image has no check")),
                Health::Unchecked(None) => {
                    (None, prose!("{} has no `healthcheck`, and its image brings none", waited))
                }
                Health::Unknown => {
                    (None, prose!("{} has no `healthcheck`, unless its image brings one", waited))
                }
            };
            let finding = Finding::new(
                &meta::SERVICE_HEALTHY_WITHOUT_HEALTHCHECK,
                prose!(
                    "dependency failed to start: container {} has no healthcheck configured",
                    waited
                ),
            )
            .label(dependency.span, prose!("{} waits until {} is healthy", container, waited))
            .label(place.unwrap_or(waited.name_span()), why)
            .help(help(stack, target))
            .cure_if(cure(container, waited));
            sink.report(if health == Health::Unknown {
                finding.sure(Confidence::Low)
            } else {
                finding
            });
        }
    }
}

fn cure(waiting: &Container<'_>, waited: &Container<'_>) -> Option<Cure> {
    let all = changes::wait_until_healthy(waiting, waited);
    // The second one is the check.
    (all.len() > 1).then(|| {
        Cure::new(prose!("give {} a health check", waited)).changes(all.into_iter().skip(1))
    })
}

/// A check to paste, where we know the program.
fn help(stack: &Stack<'_>, target: usize) -> Prose {
    let container = stack.container(target);
    let probe = container.server_probe();
    if probe.is_empty() {
        return prose!(
            "give {} a `healthcheck`, or wait for `condition: service_started`",
            container
        );
    }
    let test = exec_form(&probe);
    prose!(
        "give it a check:\n    {}:\n      healthcheck:\n        test: {}\n        interval: 5s\n        retries: 10",
        container,
        test
    )
}
