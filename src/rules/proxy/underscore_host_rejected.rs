//! Django is asked by a name that cannot be one of a host.

use crate::finding::{
    Change, Confidence, Cure, Finding, Own, Quote, Severity, StatementEdit, prose,
};
use crate::model::roles::django::DjangoService;
use crate::model::stack::Stack;
use crate::rules::{Check, Rule, Sink, meta};

pub(super) static RULE: Rule =
    Rule { meta: &meta::UNDERSCORE_HOST_REJECTED, check: Check::Django(check) };

fn check(service: &DjangoService, stack: &Stack<'_>, sink: &mut Sink) {
    let name = stack.container(service.container);
    let why = "The domain name provided is not valid according to RFC 1034/1035.";
    let mut told = Vec::new();
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
        // A name that people type is theirs.
        if forwarded.host.split(':').next() == Some(request.host.as_str())
            || stack.proxy().host_refused(service, &forwarded.host) != Some(true)
            || told.contains(&proxied.nginx.container)
        {
            continue;
        }
        told.push(proxied.nginx.container);
        let proxy = stack.container(proxied.nginx.container);
        let finding = Finding::new(
            &meta::UNDERSCORE_HOST_REJECTED,
            prose!(
                "400 Bad Request for what {} passes on below {}: {} gets Invalid HTTP_HOST header: '{}'. {}",
                proxy,
                proxied.location.path,
                name,
                Quote::name(&forwarded.host),
                Own(why)
            ),
        );
        let finding = match forwarded.host_by {
            Some(by) => finding.label(by, prose!("sends `Host: {}`", Quote::name(&forwarded.host))),
            None => finding
                .label(
                    proxied.pass.address.span(),
                    prose!(
                        "sent as `Host: {}`, because no Host header is set here",
                        Quote::name(&forwarded.host)
                    ),
                )
                .label_if(
                    proxied.pass.lost_host,
                    "not taken over: the location sets headers of its own",
                ),
        };
        let header = "proxy_set_header Host $http_host;";
        let change = match forwarded.host_by {
            Some(by) => Change::Statement(by, StatementEdit::Replace(header.into())),
            None => {
                Change::Statement(proxied.pass.address.span(), StatementEdit::After(header.into()))
            }
        };
        let finding = finding
            .cure(Cure::new("pass on the name that the browser asked for").change(change))
            .help("pass on the name that the browser asked for; no entry of ALLOWED_HOSTS helps:\n    proxy_set_header Host $http_host;");
        sink.report(if proxied.nginx.more_listens.is_some() {
            finding.sure(Confidence::Low)
        } else {
            finding
        });
    }
    let Some(probe) = stack.lifecycle().health_request(service.container).filter(|p| p.strict)
    else {
        return;
    };
    if stack.django().server(service).is_some()
        && stack.proxy().host_refused(service, &probe.host) == Some(true)
    {
        sink.report(
            Finding::new(
                &meta::UNDERSCORE_HOST_REJECTED,
                prose!("{} stays unhealthy: the check is answered with 400, Invalid HTTP_HOST header: '{}:{}'. {}", name, Quote::name(&probe.host), probe.port, Own(why)),
            )
            .label(probe.span, "a name with an underscore is none for Django")
            .help(prose!("ask for the container itself, and allow that name:\n    http://localhost:{}/", probe.port))
            .at_most(Severity::Warning),
        );
    }
}
