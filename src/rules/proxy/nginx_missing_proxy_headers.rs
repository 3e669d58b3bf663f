//! nginx does not pass on which host was asked for.

use crate::finding::{
    Change, Confidence, Cure, Finding, Own, Prose, Quote, Severity, StatementEdit, prose,
};
use crate::model::roles::django::DjangoService;
use crate::model::roles::nginx::ProxyPass;
use crate::model::stack::Stack;
use crate::rules::{Check, Rule, Sink, meta};

pub(super) static RULE: Rule =
    Rule { meta: &meta::NGINX_MISSING_PROXY_HEADERS, check: Check::Django(check) };

fn check(service: &DjangoService, stack: &Stack<'_>, sink: &mut Sink) {
    let container = stack.container(service.container);
    let refused = stack.proxy().refused_forms(service);
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
        if proxied.pass.by != "proxy_pass"
            || forwarded.host_by.is_some()
            || told.contains(&proxied.nginx.container)
        {
            continue;
        }
        let proxy = stack.container(proxied.nginx.container);
        let host = Quote::name(&forwarded.host);
        let bare = host.rsplit_once(':').map_or(&*host, |(n, _)| n);
        let form = refused.iter().find(|r| std::ptr::eq(r.proxied.location, proxied.location));
        let mut finding = match (stack.proxy().host_refused(service, &host), form) {
            // The name is none at all: another rule's.
            (Some(true), _) => continue,
            (Some(false), _) => {
                let list = service.settings().and_then(|s| s.get("ALLOWED_HOSTS")).map(|b| b.name_span);
                Finding::new(
                    &meta::NGINX_MISSING_PROXY_HEADERS,
                    prose!("400 Bad Request for what {} passes on below {}: {} gets Invalid HTTP_HOST header: '{}'. You may need to add '{}' to ALLOWED_HOSTS.", proxy, proxied.location.path, container, host, Quote::name(bare)),
                )
                .label(proxied.pass.address.span(), prose!("sent as `Host: {}`, because no Host header is set here", host))
                .label_if(list, prose!("`{}` is not in it", Quote::name(bare)))
            }
            (None, Some(form)) => Finding::new(
                &meta::NGINX_MISSING_PROXY_HEADERS,
                prose!("logging in to the admin of {} ends with 403: Origin checking failed - {} does not match any trusted origins.", container, Quote::value(&form.request.origin())),
            )
            .label(proxied.pass.address.span(), prose!("sent as `Host: {}`, because no Host header is set here", host))
            .label(form.endpoint.span, "where people ask")
            .at_most(Severity::Warning)
            .sure(if form.doubt.is_some() { Confidence::Low } else { Confidence::High }),
            (None, None) => Finding::new(
                &meta::NGINX_MISSING_PROXY_HEADERS,
                prose!("links that {} writes out name {}, which no browser can reach", container, host),
            )
            .label(proxied.pass.address.span(), prose!("sent as `Host: {}`, because no Host header is set here", host))
            .at_most(Severity::Warning)
            .sure(Confidence::Low),
        };
        told.push(proxied.nginx.container);
        finding = finding
            .label_if(proxied.pass.lost_host, "not taken over: the location sets headers of its own")
            .cure(cure(proxied.pass))
            .help("pass on what the browser asked for:\n    proxy_set_header Host $http_host;\n    proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;\n    proxy_set_header X-Forwarded-Proto $scheme;");
        sink.report(if proxied.nginx.more_listens.is_some() {
            finding.sure(Confidence::Low)
        } else {
            finding
        });
    }
}

/// Sets the headers that are not set yet: a location with headers of its own takes over none from outside.
fn cure(pass: &ProxyPass) -> Cure {
    let headers = [
        ("host", "proxy_set_header Host $http_host;"),
        ("x-forwarded-for", "proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;"),
        ("x-forwarded-proto", "proxy_set_header X-Forwarded-Proto $scheme;"),
    ];
    let missing = headers.iter().filter(|(name, _)| pass.headers(name).next().is_none());
    let lines = Prose::join(missing.map(|(_, line)| Own(line)), "\n");
    Cure::new("pass on what the browser asked for")
        .change(Change::Statement(pass.address.span(), StatementEdit::After(lines)))
}
