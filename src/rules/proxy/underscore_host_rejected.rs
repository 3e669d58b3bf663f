//! Django is asked by a name that cannot be one of a host.

use crate::finding::{Confidence, Finding, Severity};
use crate::model::roles::django::DjangoService;
use crate::model::stack::Stack;
use crate::rules::{Check, Rule, Sink, meta};

pub(super) static RULE: Rule =
    Rule { meta: &meta::UNDERSCORE_HOST_REJECTED, check: Check::Django(check) };

fn check(service: &DjangoService, stack: &Stack<'_>, sink: &mut Sink) {
    let name = stack.container(service.container).name();
    let why = "The domain name provided is not valid according to RFC 1034/1035.";
    let mut told = Vec::new();
    for front in stack.proxy().fronts(service) {
        let ask = stack.proxy().usual_ask(service, &front);
        let Some(seen) = stack.proxy().seen(service, &front, &front.site.gates[0], &ask) else {
            continue;
        };
        // A name that people type is theirs.
        if seen.host.split(':').next() == Some(ask.host.as_str())
            || stack.proxy().host_refused(service, &seen.host) != Some(true)
            || told.contains(&front.nginx.container)
        {
            continue;
        }
        told.push(front.nginx.container);
        let proxy = stack.container(front.nginx.container).name();
        let finding = Finding::new(
            &meta::UNDERSCORE_HOST_REJECTED,
            format!(
                "400 Bad Request for what {proxy} passes on below {}: {name} gets Invalid HTTP_HOST header: '{}'. {why}",
                front.route.path, seen.host
            ),
        );
        let finding = match seen.host_by {
            Some(by) => finding.label(by, format!("sends `Host: {}`", seen.host)),
            None => finding
                .label(
                    front.pass.address.span(),
                    format!("sent as `Host: {}`, because no Host header is set here", seen.host),
                )
                .label_if(
                    front.pass.lost_host,
                    "not taken over: the location sets headers of its own",
                ),
        };
        let finding = finding
            .help("pass on the name that the browser asked for; no entry of ALLOWED_HOSTS helps:\n    proxy_set_header Host $http_host;");
        sink.report(if front.nginx.more_listens.is_some() {
            finding.sure(Confidence::Low)
        } else {
            finding
        });
    }
    let Some(probe) = stack.lifecycle().probe(service.container).filter(|p| p.strict) else {
        return;
    };
    if stack.django().serves(service).is_some()
        && stack.proxy().host_refused(service, &probe.host) == Some(true)
    {
        sink.report(
            Finding::new(
                &meta::UNDERSCORE_HOST_REJECTED,
                format!(
                    "{name} stays unhealthy: the check is answered with 400, Invalid HTTP_HOST header: '{}:{}'. {why}",
                    probe.host, probe.port
                ),
            )
            .label(probe.span, "a name with an underscore is none for Django")
            .help(format!("ask for the container itself, and allow that name:\n    http://localhost:{}/", probe.port))
            .at_most(Severity::Warning),
        );
    }
}
