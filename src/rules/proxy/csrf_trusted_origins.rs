//! TLS ends at nginx, and Django takes no form for its own.

use crate::finding::{
    Change, Confidence, Cure, Finding, PyValue, PythonEdit, Quote, StatementEdit, prose,
};
use crate::model::roles::django::DjangoService;
use crate::model::stack::Stack;
use crate::rules::{Check, Rule, Sink, meta};

pub(super) static RULE: Rule =
    Rule { meta: &meta::CSRF_TRUSTED_ORIGINS, check: Check::Django(check) };

fn check(service: &DjangoService, stack: &Stack<'_>, sink: &mut Sink) {
    let settings = service.settings();
    // Where every page is a redirect, no form is ever sent.
    if settings.is_none_or(|s| s.flag("SECURE_SSL_REDIRECT") != Some(false)) {
        return;
    }
    behind_caddy(service, stack, sink);
    let refused = stack.proxy().refused_forms(service);
    let Some(form) = refused.iter().find(|r| {
        r.request.tls && r.forwarded.secure == Some(false) && r.forwarded.host_by.is_some()
    }) else {
        return;
    };
    let setting = settings.and_then(|s| s.get("SECURE_PROXY_SSL_HEADER"));
    let proxy = stack.container(form.proxied.nginx.container);
    let container = stack.container(service.container);
    let mut finding = Finding::new(
        &meta::CSRF_TRUSTED_ORIGINS,
        prose!(
            "logging in to the admin of {} ends with 403: Origin checking failed - {} does not match any trusted origins.",
            container,
            Quote::value(&form.request.origin())
        ),
    );
    finding = match (setting, form.forwarded.scheme_by) {
        (Some(_), Some(by)) => finding.label(by, "does not say that the browser used https"),
        _ => finding.label(
            form.proxied.pass.address.span(),
            prose!("{} is asked by http, and cannot tell that the browser used https", container),
        ),
    };
    finding = finding.label(form.endpoint.listen.span, prose!("TLS ends here, at {}", proxy));
    if let Some(setting) = setting {
        finding = finding.label(setting.name_span, "asks for a header that does not come");
    }
    let sent = form.proxied.pass.headers("x-forwarded-proto").last();
    if let Some(sent) = sent.filter(|_| setting.is_none()) {
        finding = finding.label(sent.span, "sent, but nobody looks at it");
    }
    finding = finding.label(form.admin, "its login is a form").help(match (setting, sent) {
        (Some(_), _) => "send the header it asks for:\n    proxy_set_header X-Forwarded-Proto $scheme;",
        (None, Some(_)) => "let Django believe it:\n    SECURE_PROXY_SSL_HEADER = ('HTTP_X_FORWARDED_PROTO', 'https')",
        (None, None) => {
            "send it from nginx, and let Django believe it:\n    proxy_set_header X-Forwarded-Proto $scheme;\n    SECURE_PROXY_SSL_HEADER = ('HTTP_X_FORWARDED_PROTO', 'https')"
        }
    });
    let header = || {
        Change::Statement(
            form.proxied.pass.address.span(),
            StatementEdit::After("proxy_set_header X-Forwarded-Proto $scheme;".into()),
        )
    };
    let believe = || {
        settings.and_then(|s| s.get("ROOT_URLCONF")).map(|after| {
            Change::Python(PythonEdit::Assign {
                after: after.name_span,
                name: "SECURE_PROXY_SSL_HEADER",
                value: PyValue::Code("('HTTP_X_FORWARDED_PROTO', 'https')".into()),
            })
        })
    };
    let changes = match (setting, sent) {
        (Some(_), Some(_)) => None,
        (Some(_), None) => Some(vec![header()]),
        (None, Some(_)) => believe().map(|b| vec![b]),
        (None, None) => believe().map(|b| vec![header(), b]),
    };
    let finding = finding.cure_if(
        changes
            .map(|changes| Cure::new("tell Django that the browser used https").changes(changes)),
    );
    sink.report(if form.doubt.is_some() { finding.sure(Confidence::Low) } else { finding });
}

/// The same behind Caddy, which speaks https by itself and passes on the scheme.
fn behind_caddy(service: &DjangoService, stack: &Stack<'_>, sink: &mut Sink) {
    let Some(refusal) = stack.proxy().refused_behind_caddy(service) else { return };
    let (container, caddy) = (stack.container(service.container), stack.container(refusal.caddy));
    let after = service.settings().and_then(|s| s.get("ROOT_URLCONF"));
    let cure = after.map(|after| {
        Cure::new("tell Django that the browser used https").change(Change::Python(
            PythonEdit::Assign {
                after: after.name_span,
                name: "SECURE_PROXY_SSL_HEADER",
                value: PyValue::Code("('HTTP_X_FORWARDED_PROTO', 'https')".into()),
            },
        ))
    });
    sink.report(
        Finding::new(
            &meta::CSRF_TRUSTED_ORIGINS,
            prose!(
                "logging in to the admin of {} ends with 403: Origin checking failed - {} does not match any trusted origins.",
                container,
                Quote::value(&refusal.origin).or_at(refusal.address.span())
            ),
        )
        .label(
            refusal.upstream.span(),
            prose!("{} is asked by http, and does not look at X-Forwarded-Proto", container),
        )
        .label(refusal.address.span(), prose!("TLS ends here, at {}", caddy))
        .label(refusal.admin, "its login is a form")
        .cure_if(cure)
        .help("let Django believe it:\n    SECURE_PROXY_SSL_HEADER = ('HTTP_X_FORWARDED_PROTO', 'https')"),
    );
}
