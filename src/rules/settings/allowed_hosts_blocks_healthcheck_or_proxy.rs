//! A health check or a proxy asks by a host name that ALLOWED_HOSTS does not have.

use crate::facts::Role;
use crate::finding::{
    Change, Confidence, Cure, Finding, PyValue, PythonEdit, Quote, Severity, StatementEdit, prose,
};
use crate::model::compose::Condition;
use crate::model::container::Container;
use crate::model::django::Value;
use crate::model::roles::django::DjangoService;
use crate::model::stack::Stack;
use crate::model::stack::network::Resolved;
use crate::model::stack::proxy::allows;
use crate::rules::{Check, Rule, Sink, meta};

pub(super) static RULE: Rule =
    Rule { meta: &meta::ALLOWED_HOSTS_BLOCKS_HEALTHCHECK_OR_PROXY, check: Check::Django(check) };

fn check(service: &DjangoService, stack: &Stack<'_>, sink: &mut Sink) {
    by_proxy(service, stack, sink);
    by_port(service, stack, sink);
    let (Some(settings), Some(_), Some(probe)) = (
        service.settings(),
        stack.django().server(service),
        stack.lifecycle().health_request(service.container),
    ) else {
        return;
    };
    let certain = |name: &str| settings.get(name).filter(|b| b.is_certain());
    let (Some(hosts), Some(debug)) =
        (certain("ALLOWED_HOSTS"), certain("DEBUG").and_then(|d| d.value.as_bool()))
    else {
        return;
    };
    let Some(items) = hosts.value.items().filter(|_| !hosts.value.is_open()) else { return };
    let Some(names) = items.iter().map(|i| i.as_str()).collect::<Option<Vec<&str>>>() else {
        return;
    };
    // The middleware that looks at the host of every request.
    let Some(middleware) =
        certain("MIDDLEWARE").filter(|m| !m.value.is_open()).and_then(|m| m.value.items())
    else {
        return;
    };
    let order: Vec<&str> = middleware.iter().filter_map(|m| m.as_str()).collect();
    let Some(common) = order.iter().position(|m| *m == "django.middleware.common.CommonMiddleware")
    else {
        return;
    };
    if !probe.strict
        || debug && names.is_empty()
        || names.is_empty()
        || names.iter().any(|n| allows(n, &probe.host))
    {
        return;
    }
    // One of the project's own, or one made for health checks, may answer before.
    let own = order.iter().take(common).any(|m| {
        !m.starts_with("django.") && !m.starts_with("whitenoise.") && !m.starts_with("corsheaders.")
    });
    let me = stack.container(service.container);
    let mut waits =
        stack.containers.iter().flat_map(|c| c.service.depends_on.iter().map(move |d| (c, d)));
    let waiting = waits
        .find(|(_, d)| d.service.as_str() == me.name() && d.condition == Condition::ServiceHealthy);
    let host = Quote::name(&probe.host).or_at(probe.span);
    let message = match waiting {
        Some((other, _)) => prose!(
            "{} stays unhealthy, and {} never starts: the check is answered with 400, Invalid HTTP_HOST header: '{}:{}'",
            me,
            other,
            host,
            probe.port
        ),
        None => {
            prose!(
                "{} stays unhealthy: the check is answered with 400, Invalid HTTP_HOST header: '{}:{}'",
                me,
                host,
                probe.port
            )
        }
    };
    let mut finding = Finding::new(&meta::ALLOWED_HOSTS_BLOCKS_HEALTHCHECK_OR_PROXY, message)
        .label(probe.span, prose!("asks for `{}`", host))
        .label(hosts.name_span, prose!("`{}` is not in it", host));
    if let Some((other, dependency)) = waiting {
        finding = finding.label(dependency.span, prose!("{} waits for it", other));
    }
    let literal = hosts.value.reads.is_empty();
    let cure = literal.then(|| {
        Cure::new("allow the host of the health check").change(Change::Python(
            PythonEdit::AddItem {
                list: hosts.value.span,
                before: None,
                item: PyValue::Text(prose!("{}", host)),
            },
        ))
    });
    finding = finding.cure_if(cure).help(prose!("allow it beside the others, it is reached from inside the container only:\n    ALLOWED_HOSTS += ['{}']", host));
    if waiting.is_none() {
        finding = finding.at_most(Severity::Warning);
    }
    sink.report(if own { finding.sure(Confidence::Low) } else { finding });
}

/// A published port, where the list has only names of services: a browser asks for others.
fn by_port(service: &DjangoService, stack: &Stack<'_>, sink: &mut Sink) {
    let me = stack.container(service.container);
    let (Some(settings), Some(port)) = (service.settings(), me.service.ports.first()) else {
        return;
    };
    let Some(hosts) = settings.get("ALLOWED_HOSTS").filter(|h| h.is_certain()) else { return };
    let Some(items) = hosts.value.items().filter(|i| !hosts.value.is_open() && !i.is_empty())
    else {
        return;
    };
    let named = |item: &Value| {
        let of_service = |host| match stack.network().resolve(service.container, host) {
            Resolved::Service(_) => true,
            Resolved::Itself => host == me.name(),
            _ => false,
        };
        item.as_str().is_some_and(of_service)
    };
    let passes_on = |c: &Container<'_>| {
        let role = c.presumed_image().map(|image| image.family.facts().role);
        matches!(role, Some(Role::Proxy | Role::Web))
    };
    let common = "django.middleware.common.CommonMiddleware";
    // A proxy may send the name of the service.
    if !stack.roles.nginx.is_empty()
        || stack.containers.iter().any(passes_on)
        || settings.entry_of("MIDDLEWARE", |m| m == common).is_none()
        || !items.iter().all(named)
    {
        return;
    }
    let literal = hosts.value.all_reads().is_empty();
    let cure = Cure::new("allow the host that a browser asks for").change(Change::Python(
        PythonEdit::AddItem {
            list: hosts.value.span,
            before: None,
            item: PyValue::Text("localhost".into()),
        },
    ));
    sink.report(
        Finding::new(
            &meta::ALLOWED_HOSTS_BLOCKS_HEALTHCHECK_OR_PROXY,
            prose!(
                "a browser gets 400 Bad Request from {}: Invalid HTTP_HOST header: 'localhost'. You may need to add 'localhost' to ALLOWED_HOSTS.",
                me
            ),
        )
        .at_most(Severity::Warning)
        .sure(Confidence::Medium)
        .label(hosts.name_span, "only names that other services use")
        .label(port.span, "published, so a browser asks for localhost or the name of the machine")
        .cure_if(literal.then_some(cure))
        .help("allow it beside the others:\n    ALLOWED_HOSTS += ['localhost', '127.0.0.1']"),
    );
}

/// A proxy that always names the same host, or that is there for one that is not allowed.
fn by_proxy(service: &DjangoService, stack: &Stack<'_>, sink: &mut Sink) {
    let me = stack.container(service.container);
    let Some(list) = service.settings().and_then(|s| s.get("ALLOWED_HOSTS")) else { return };
    for proxied in stack.proxy().proxied_locations(service) {
        let request = stack.proxy().usual_request(service, &proxied);
        let Some(forwarded) = stack.proxy().forwarded_request(
            service,
            &proxied,
            &proxied.server.listens[0],
            &request,
        ) else {
            continue;
        };
        let (Some(by), Some(false)) =
            (forwarded.host_by, stack.proxy().host_refused(service, &forwarded.host))
        else {
            continue;
        };
        let host = forwarded.host.split(':').next().unwrap_or("");
        let proxy = stack.container(proxied.nginx.container);
        let written = proxied.server.names.iter().find(|n| n.as_str() == host);
        // Names that stand for the reader's own, and those that only some people ask by, are no fault yet.
        let meant = ["example", "domain", "your", "localhost", "my-", "mysite"]
            .iter()
            .any(|w| host.contains(w));
        let several =
            proxied.server.names.iter().any(|n| stack.proxy().host_refused(service, n).is_none());
        if written.is_some() && (meant || several) {
            continue;
        }
        let finding = Finding::new(
            &meta::ALLOWED_HOSTS_BLOCKS_HEALTHCHECK_OR_PROXY,
            prose!(
                "400 Bad Request for what {} passes on below {}: {} gets Invalid HTTP_HOST header: '{}'. You may need to add '{}' to ALLOWED_HOSTS.",
                proxy,
                proxied.location.path,
                me,
                Quote::name(&forwarded.host),
                Quote::name(host)
            ),
        );
        let finding = match written {
            Some(written) => {
                finding.label(written.span(), "people ask by this name").sure(Confidence::Medium)
            }
            None => finding.label(by, prose!("sends `Host: {}`", Quote::name(&forwarded.host))),
        };
        let finding = finding.label(list.name_span, prose!("`{}` is not in it", Quote::name(host)));
        let cure = match written {
            Some(_) => list.value.reads.is_empty().then(|| {
                Cure::new("allow the host").change(Change::Python(PythonEdit::AddItem {
                    list: list.value.span,
                    before: None,
                    item: PyValue::Text(prose!("{}", Quote::name(host))),
                }))
            }),
            None => Some(Cure::new("pass on the name that the browser asked for").change(
                Change::Statement(
                    by,
                    StatementEdit::Replace("proxy_set_header Host $http_host;".into()),
                ),
            )),
        };
        let finding = finding.cure_if(cure).help(match written {
            Some(_) => prose!("allow it:\n    ALLOWED_HOSTS += ['{}']", Quote::name(host)),
            None => prose!("pass on the name that the browser asked for:\n    proxy_set_header Host $http_host;"),
        });
        return sink.report(if proxied.nginx.more_listens.is_some() {
            finding.sure(Confidence::Low)
        } else {
            finding
        });
    }
}
