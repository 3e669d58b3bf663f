//! A health check asks by a host name that ALLOWED_HOSTS does not have.

use crate::finding::{Confidence, Finding, Severity};
use crate::model::compose::Condition;
use crate::model::stack::{DjangoService, Stack};
use crate::rules::{Check, Rule, Sink, meta};

pub(super) static RULE: Rule = Rule { meta: &meta::ALLOWED_HOSTS_BLOCKS_HEALTHCHECK_OR_PROXY, check: Check::Django(check) };

fn check(service: &DjangoService, stack: &Stack<'_>, sink: &mut Sink) {
    let (Some(settings), Some(_), Some(probe)) = (service.settings(), stack.serves(service), stack.probe(service.container)) else {
        return;
    };
    let certain = |name: &str| settings.get(name).filter(|b| !b.uncertain);
    let (Some(hosts), Some(debug)) = (certain("ALLOWED_HOSTS"), certain("DEBUG").and_then(|d| d.value.as_bool())) else { return };
    let Some(items) = hosts.value.items().filter(|_| !hosts.value.is_open()) else { return };
    let Some(names) = items.iter().map(|i| i.as_str()).collect::<Option<Vec<&str>>>() else { return };
    // The middleware that looks at the host of every request.
    let Some(middleware) = certain("MIDDLEWARE").and_then(|m| m.value.items()) else { return };
    let order: Vec<&str> = middleware.iter().filter_map(|m| m.as_str()).collect();
    let Some(common) = order.iter().position(|m| *m == "django.middleware.common.CommonMiddleware") else { return };
    if !probe.strict || debug && names.is_empty() || names.is_empty() || names.iter().any(|n| allows(n, &probe.host)) {
        return;
    }
    // One of the project's own, or one made for health checks, may answer before.
    let own =
        order.iter().take(common).any(|m| !m.starts_with("django.") && !m.starts_with("whitenoise.") && !m.starts_with("corsheaders."));
    let name = stack.container(service.container).name();
    let mut waits = stack.containers.iter().flat_map(|c| c.service.depends_on.iter().map(move |d| (c, d)));
    let waiting = waits.find(|(_, d)| d.service.as_str() == name && d.condition == Condition::ServiceHealthy);
    let message = match waiting {
        Some((other, _)) => format!(
            "{name} stays unhealthy, and {} never starts: the check is answered with 400, Invalid HTTP_HOST header: '{}:{}'",
            other.name(),
            probe.host,
            probe.port
        ),
        None => {
            format!("{name} stays unhealthy: the check is answered with 400, Invalid HTTP_HOST header: '{}:{}'", probe.host, probe.port)
        }
    };
    let mut finding = Finding::new(&meta::ALLOWED_HOSTS_BLOCKS_HEALTHCHECK_OR_PROXY, message)
        .label(probe.span, format!("asks for `{}`", probe.host))
        .label(hosts.name_span, format!("`{}` is not in it", probe.host));
    if let Some((other, dependency)) = waiting {
        finding = finding.label(dependency.span, format!("{} waits for it", other.name()));
    }
    finding = finding.help(format!(
        "allow it beside the others, it is reached from inside the container only:\n    ALLOWED_HOSTS += ['{}']",
        probe.host
    ));
    if waiting.is_none() {
        finding = finding.at_most(Severity::Warning);
    }
    sink.report(if own { finding.sure(Confidence::Low) } else { finding });
}

/// Whether an entry lets a host in (Django, `validate_host`).
fn allows(entry: &str, host: &str) -> bool {
    let entry = entry.to_ascii_lowercase();
    entry == "*" || entry == host || entry.strip_prefix('.').is_some_and(|domain| host == domain || host.ends_with(&entry))
}
