//! The port of the address gets lost at nginx, and Django takes no form for its own.

use crate::finding::{Change, Confidence, Cure, Finding, Quote, StatementEdit, prose};
use crate::model::roles::django::DjangoService;
use crate::model::stack::Stack;
use crate::rules::{Check, Rule, Sink, meta};

pub(super) static RULE: Rule =
    Rule { meta: &meta::NGINX_HOST_HEADER_DROPS_PORT_CSRF, check: Check::Django(check) };

fn check(service: &DjangoService, stack: &Stack<'_>, sink: &mut Sink) {
    let refused = stack.proxy().refused_forms(service);
    let name =
        |host: &str| host.rsplit_once(':').map_or_else(|| host.to_owned(), |(n, _)| n.to_owned());
    let lost = |r: &&crate::model::stack::proxy::Refused<'_>| {
        name(&r.forwarded.host) == r.request.host
            && r.forwarded.secure.unwrap_or(false) == r.request.tls
    };
    // One that is in doubt says less than one that is not.
    let mut all: Vec<_> = refused.iter().filter(lost).collect();
    all.sort_by_key(|r| r.doubt.is_some());
    let Some((form, by)) = all.first().and_then(|r| Some((r, r.forwarded.host_by?))) else {
        return;
    };
    let me = stack.container(service.container);
    let origin = form.request.origin();
    let mut finding = Finding::new(
        &meta::NGINX_HOST_HEADER_DROPS_PORT_CSRF,
        prose!("logging in to the admin of {} at {} ends with 403: Origin checking failed - {} does not match any trusted origins.", me, Quote::value(&origin), Quote::value(&origin)),
    )
    .label(by, prose!("sends `Host: {}`", Quote::name(&form.forwarded.host)))
    .label(form.endpoint.span, prose!("people ask at port {}", form.endpoint.port));
    if let Some(trusted) = service.settings().and_then(|s| s.get("CSRF_TRUSTED_ORIGINS")) {
        finding = finding
            .label(trusted.name_span, prose!("nothing in it has port {}", form.endpoint.port));
    }
    finding = finding
        .label(form.admin, "its login is a form")
        .cure(Cure::new("pass the host on with its port").change(Change::Statement(
            by,
            StatementEdit::Replace("proxy_set_header Host $http_host;".into()),
        )))
        .help("pass the host on with its port:\n    proxy_set_header Host $http_host;");
    let told = stack.proxy().documents_port(form.endpoint.port);
    sink.report(match form.doubt {
        Some(_) => finding.sure(Confidence::Low),
        None if told => finding,
        None => finding.sure(Confidence::Medium),
    });
}
