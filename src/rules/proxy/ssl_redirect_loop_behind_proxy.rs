//! Django sends every request to https, also those that came by it.

use crate::finding::{
    Change, Confidence, Cure, Finding, PyValue, PythonEdit, StatementEdit, prose,
};
use crate::model::container::Container;
use crate::model::django::Binding;
use crate::model::roles::django::DjangoService;
use crate::model::roles::nginx::{ClientRequest, Nginx};
use crate::model::stack::Stack;
use crate::model::stack::proxy::ProxiedLocation;
use crate::rules::{Check, Rule, Sink, meta};

pub(super) static RULE: Rule =
    Rule { meta: &meta::SSL_REDIRECT_LOOP_BEHIND_PROXY, check: Check::Django(check) };

fn check(service: &DjangoService, stack: &Stack<'_>, sink: &mut Sink) {
    let Some(settings) = service.settings() else { return };
    let on = settings.flag("SECURE_SSL_REDIRECT") == Some(true);
    let middleware = settings
        .texts("MIDDLEWARE")
        .is_some_and(|m| m.contains(&"django.middleware.security.SecurityMiddleware"));
    let Some(redirect) = settings.get("SECURE_SSL_REDIRECT").filter(|_| on && middleware) else {
        return;
    };
    let setting = settings
        .get("SECURE_PROXY_SSL_HEADER")
        .filter(|s| !matches!(s.value.kind, crate::model::django::ValueKind::None));
    let proxied_locations = stack.proxy().proxied_locations(service);
    let mut found = None;
    for proxied in &proxied_locations {
        for listen in &proxied.server.listens {
            let request = ClientRequest {
                tls: listen.tls,
                port: listen.port.unwrap_or(80),
                ..stack.proxy().usual_request(service, proxied)
            };
            let Some(forwarded) =
                stack.proxy().forwarded_request(service, proxied, listen, &request)
            else {
                return;
            };
            // An outer proxy may send the header, which nginx then leaves alone.
            let blind = forwarded.secure == Some(false)
                && (setting.is_none() || forwarded.scheme_by.is_some() || listen.tls);
            if !blind {
                return;
            }
            found.get_or_insert((proxied, forwarded));
        }
    }
    let Some((proxied, forwarded)) = found else { return };
    let proxy = stack.container(proxied.nginx.container);
    let container = stack.container(service.container);
    let doubt = |finding: Finding| {
        let exempt = settings
            .get("SECURE_REDIRECT_EXEMPT")
            .is_some_and(|e| e.value.items().is_none_or(|i| !i.is_empty()));
        let doubtful = exempt || settings.open.is_some() || proxied.nginx.more_listens.is_some();
        if doubtful { finding.sure(Confidence::Low) } else { finding }
    };
    if setting.is_none() && !speaks_tls(stack) {
        sink.report(doubt(refused(container, redirect, proxied)));
        return;
    }
    let mut finding = Finding::new(
        &meta::SSL_REDIRECT_LOOP_BEHIND_PROXY,
        prose!(
            "ERR_TOO_MANY_REDIRECTS: {} asks {} by http, which answers every request with a redirect to https, for ever",
            proxy,
            container
        ),
    );
    finding = match (setting, forwarded.scheme_by) {
        (Some(_), Some(by)) => finding.label(
            by,
            "never says https: this server serves http only, and overwrites the header of a proxy before it",
        ),
        (Some(_), None) => finding
            .label(proxied.pass.address.span(), "the header that tells of https is not set here"),
        (None, _) => finding.label(redirect.name_span, "redirects whatever did not come by https"),
    };
    finding = finding
        .label(redirect.name_span, "redirects whatever did not come by https")
        .label(proxied.pass.address.span(), prose!("asks {} by http", container));
    finding = match setting {
        Some(setting) => finding.label(setting.name_span, "looks for this header").help(if forwarded.scheme_by.is_some() {
            "pass on what the proxy before it says:\n    proxy_set_header X-Forwarded-Proto $http_x_forwarded_proto;"
        } else {
            "tell Django:\n    proxy_set_header X-Forwarded-Proto $scheme;"
        }),
        None if proxied.pass.headers("X-Forwarded-Proto").next().is_some() => finding.help(
            "let Django believe what nginx says:\n    SECURE_PROXY_SSL_HEADER = ('HTTP_X_FORWARDED_PROTO', 'https')",
        ),
        None => finding.help(
            "let nginx say it and Django believe it:\n    proxy_set_header X-Forwarded-Proto $scheme;\n    SECURE_PROXY_SSL_HEADER = ('HTTP_X_FORWARDED_PROTO', 'https')",
        ),
    };
    // Without the setting, what nginx may send already is not looked at.
    let sent = forwarded
        .scheme_by
        .or_else(|| proxied.pass.headers("X-Forwarded-Proto").last().map(|header| header.span));
    let header = match (forwarded.scheme_by, sent) {
        (Some(by), _) => Some(Change::Statement(
            by,
            StatementEdit::Replace(
                "proxy_set_header X-Forwarded-Proto $http_x_forwarded_proto;".into(),
            ),
        )),
        (None, Some(_)) => None,
        (None, None) => Some(Change::Statement(
            proxied.pass.address.span(),
            StatementEdit::After("proxy_set_header X-Forwarded-Proto $scheme;".into()),
        )),
    };
    let believe = setting.is_none().then(|| {
        Change::Python(PythonEdit::Assign {
            after: redirect.name_span,
            name: "SECURE_PROXY_SSL_HEADER",
            value: PyValue::Code("('HTTP_X_FORWARDED_PROTO', 'https')".into()),
        })
    });
    finding = finding.cure(
        Cure::new("tell Django that the browser used https").changes(header).changes(believe),
    );
    sink.report(doubt(finding));
}

/// Whether anything in the stack speaks TLS, or takes it in at the usual port.
fn speaks_tls(stack: &Stack<'_>) -> bool {
    let by_nginx = |n: &Nginx| {
        n.unknown.is_some()
            || n.more_listens.is_some()
            || n.servers.iter().any(|s| s.unknown.is_some() || s.listens.iter().any(|l| l.tls))
    };
    stack.roles.nginx.iter().any(by_nginx)
        || (0..stack.containers.len()).any(|i| {
            stack.network().host_ports(i).iter().any(|p| p.first == 443 || p.target == Some(443))
        })
}

/// Nothing answers where the redirect leads.
fn refused(
    container: &Container<'_>,
    redirect: &Binding,
    proxied: &ProxiedLocation<'_>,
) -> Finding {
    let mut finding = Finding::new(
        &meta::SSL_REDIRECT_LOOP_BEHIND_PROXY,
        prose!(
            "ERR_CONNECTION_REFUSED: {} redirects every request to https, and nothing in this stack serves it",
            container
        ),
    )
    .label(redirect.name_span, "redirects whatever did not come by https");
    for listen in &proxied.server.listens {
        finding = finding.label(listen.span, "serves http only");
    }
    let mut cure = Cure::new("redirect only once the site has https")
        .also("if a proxy outside of the stack ends TLS, keep the redirect, pass on the X-Forwarded-Proto that it sends, and name that header in SECURE_PROXY_SSL_HEADER");
    if redirect.is_certain() {
        let off = PythonEdit::Replace(redirect.value.span, PyValue::Bool(false));
        cure = cure.change(Change::Python(off));
    }
    finding
        .label(proxied.pass.address.span(), prose!("passes requests on to {} by http", container))
        .help("redirect only once the site has https:\n    SECURE_SSL_REDIRECT = False\nif a proxy outside of the stack ends TLS, keep the redirect, and tell Django:\n    proxy_set_header X-Forwarded-Proto $http_x_forwarded_proto;\n    SECURE_PROXY_SSL_HEADER = ('HTTP_X_FORWARDED_PROTO', 'https')")
        .cure(cure)
}
