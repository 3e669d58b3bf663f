//! nginx does not pass on which host was asked for.

use crate::finding::{Confidence, Finding, Severity};
use crate::model::roles::django::DjangoService;
use crate::model::stack::Stack;
use crate::rules::{Check, Rule, Sink, meta};

pub(super) static RULE: Rule =
    Rule { meta: &meta::NGINX_MISSING_PROXY_HEADERS, check: Check::Django(check) };

fn check(service: &DjangoService, stack: &Stack<'_>, sink: &mut Sink) {
    let name = stack.container(service.container).name();
    let refused = stack.proxy().refused_forms(service);
    let mut told = Vec::new();
    for front in stack.proxy().fronts(service) {
        let ask = stack.proxy().usual_ask(service, &front);
        let Some(seen) = stack.proxy().seen(service, &front, &front.site.gates[0], &ask) else {
            continue;
        };
        if front.pass.by != "proxy_pass"
            || seen.host_by.is_some()
            || told.contains(&front.nginx.container)
        {
            continue;
        }
        let proxy = stack.container(front.nginx.container).name();
        let host = &seen.host;
        let bare = host.rsplit_once(':').map_or(host.as_str(), |(n, _)| n);
        let form = refused.iter().find(|r| std::ptr::eq(r.front.route, front.route));
        let mut finding = match (stack.proxy().host_refused(service, host), form) {
            // The name is none at all: another rule's.
            (Some(true), _) => continue,
            (Some(false), _) => {
                let list = service.settings().and_then(|s| s.get("ALLOWED_HOSTS")).map(|b| b.name_span);
                Finding::new(
                    &meta::NGINX_MISSING_PROXY_HEADERS,
                    format!(
                        "400 Bad Request for what {proxy} passes on below {}: {name} gets Invalid HTTP_HOST header: '{host}'. You may need to add '{bare}' to ALLOWED_HOSTS.",
                        front.route.path
                    ),
                )
                .label(front.pass.address.span(), format!("sent as `Host: {host}`, because no Host header is set here"))
                .label_if(list, format!("`{bare}` is not in it"))
            }
            (None, Some(form)) => Finding::new(
                &meta::NGINX_MISSING_PROXY_HEADERS,
                format!(
                    "logging in to the admin of {name} ends with 403: Origin checking failed - {} does not match any trusted origins.",
                    form.ask.origin()
                ),
            )
            .label(front.pass.address.span(), format!("sent as `Host: {host}`, because no Host header is set here"))
            .label(form.door.span, "where people ask")
            .at_most(Severity::Warning)
            .sure(if form.doubt.is_some() { Confidence::Low } else { Confidence::High }),
            (None, None) => Finding::new(
                &meta::NGINX_MISSING_PROXY_HEADERS,
                format!("links that {name} writes out name {host}, which no browser can reach"),
            )
            .label(front.pass.address.span(), format!("sent as `Host: {host}`, because no Host header is set here"))
            .at_most(Severity::Warning)
            .sure(Confidence::Low),
        };
        told.push(front.nginx.container);
        finding = finding
            .label_if(front.pass.lost_host, "not taken over: the location sets headers of its own")
            .help("pass on what the browser asked for:\n    proxy_set_header Host $http_host;\n    proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;\n    proxy_set_header X-Forwarded-Proto $scheme;");
        sink.report(if front.nginx.more_listens.is_some() {
            finding.sure(Confidence::Low)
        } else {
            finding
        });
    }
}
