//! A service on several networks, of which Traefik is not on all, and that does not say which one is for Traefik.

use crate::finding::{Cure, Finding, Quote, YamlEdit, YamlValue, prose};
use crate::model::stack::Stack;
use crate::rules::{Check, Rule, Sink, changes, meta};

pub(super) static RULE: Rule =
    Rule { meta: &meta::TRAEFIK_NETWORK_AMBIGUOUS, check: Check::Stack(check) };

fn check(stack: &Stack<'_>, sink: &mut Sink) {
    for (index, container) in stack.containers.iter().enumerate() {
        let Some(found) = stack.proxy().ambiguous_network(index) else { continue };
        let traefik = stack.container(found.traefik);
        let label = prose!("traefik.docker.network={}", Quote::name(&found.network));
        let cure = found.as_list.then(|| {
            Cure::new("name the network that Traefik is on").change(changes::service(
                container,
                YamlEdit::Append(vec!["labels".to_owned()], YamlValue::text(label.clone())),
            ))
        });
        sink.report(
            Finding::new(
                &meta::TRAEFIK_NETWORK_AMBIGUOUS,
                prose!(
                    "{} answers 504 Gateway Timeout: it may take the address of {} in {}",
                    traefik,
                    container,
                    Quote::name(&found.other)
                ),
            )
            .label(found.labels, "names no network")
            .label(found.other_span, prose!("{} is not on this network", traefik))
            .label(traefik.name_span(), prose!("is on {}", Quote::name(&found.shared)))
            .help(prose!("name the network that both are on, by the name that Docker knows:\n    labels:\n      - {}", label.clone()))
            .cure_if(cure),
        );
    }
}
