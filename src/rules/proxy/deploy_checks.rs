//! Cookies and what carries them: `Secure` without TLS, and TLS without `Secure`.

use crate::facts;
use crate::finding::{Change, Confidence, Cure, Finding, PyValue, PythonEdit, Severity, prose};
use crate::model::django::Settings;
use crate::model::roles::django::DjangoService;
use crate::model::stack::Stack;
use crate::model::stack::proxy::ProxiedLocation;
use crate::rules::{Check, Rule, Sink, meta};

pub(super) static RULE: Rule = Rule { meta: &meta::DEPLOY_CHECKS, check: Check::Django(check) };

/// The cookies that a login needs.
const COOKIES: [&str; 2] = ["SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE"];

fn check(service: &DjangoService, stack: &Stack<'_>, sink: &mut Sink) {
    let Some(settings) = service.settings() else { return };
    let proxied_locations = stack.proxy().proxied_locations(service);
    let Some(proxied) =
        proxied_locations.iter().find(|f| !stack.proxy().published_endpoints(f).is_empty())
    else {
        if proxied_locations.is_empty() {
            without_proxy(service, stack, settings, sink);
        }
        return;
    };
    let container = stack.container(service.container);
    let tls = |f: &ProxiedLocation<'_>| f.server.listens.iter().any(|g| g.tls);
    let set =
        COOKIES.iter().find_map(|c| settings.get(c).filter(|_| settings.flag(c) == Some(true)));
    if let Some(cookie) = set {
        // Something else may speak TLS: a published 443, another proxy, or one that the settings or nginx count on.
        let elsewhere = (0..stack.containers.len()).any(|i| {
            stack.network().host_ports(i).iter().any(|p| p.first == 443 || p.target == Some(443))
        });
        let outer = settings.get("SECURE_PROXY_SSL_HEADER").is_some()
            || proxied_locations.iter().any(|f| {
                tls(f)
                    || f.server.listens.iter().any(|g| f.pass.expects_outer_proxy(g))
                    || stack.proxy().published_endpoints(f).iter().any(|d| d.narrow)
            });
        let Some(endpoint) = stack
            .proxy()
            .published_endpoints(proxied)
            .into_iter()
            .next()
            .filter(|_| !elsewhere && !outer)
        else {
            return;
        };
        let origins = settings.texts("CSRF_TRUSTED_ORIGINS").unwrap_or_default();
        let local = |o: &&str| o.contains("localhost") || o.contains("127.0.0.1");
        // Who expects forms from https addresses has something outside of the stack that speaks it.
        if origins.iter().any(|o| o.starts_with("https://") && !local(o)) {
            return;
        }
        let plain = origins.iter().any(|o| o.starts_with("http://") && !local(o));
        let finding = Finding::new(
            &meta::DEPLOY_CHECKS,
            prose!("logins to {} work at localhost only: browsers send its cookies over https only, and nothing here serves it", container),
        )
        .label(cookie.name_span, "the cookie is never sent by http")
        .label(endpoint.listen.span, "serves http only")
        .label(endpoint.span, "where people ask")
        .cure(
            Cure::new("send the cookies over http as well until the site has https").changes(
                COOKIES.iter().filter_map(|c| settings.get(c)).map(|c| {
                    Change::Python(PythonEdit::Replace(c.value.span, PyValue::Bool(false)))
                }),
            ),
        )
        .help("serve the site by https, or leave the setting off until it is");
        sink.report(if plain { finding } else { finding.sure(Confidence::Low) });
    } else if proxied_locations.iter().all(tls)
        && stack.repository().is_production()
        && COOKIES.iter().all(|c| settings.flag(c) == Some(false))
    {
        let Some(listen) = proxied.server.listens.iter().find(|g| g.tls) else { return };
        let finding = Finding::new(
            &meta::DEPLOY_CHECKS,
            prose!("the session cookie of {} also goes over http, where others can read it, though the site has https", container),
        )
        .label(listen.span, "speaks TLS")
        .help("keep cookies to https:\n    SESSION_COOKIE_SECURE = True\n    CSRF_COOKIE_SECURE = True");
        sink.report(finding.at_most(Severity::Info).sure(Confidence::Low));
    }
}

/// Cookies for https of a service that browsers reach by http, with nothing in the stack or the settings that tells of TLS.
fn without_proxy(service: &DjangoService, stack: &Stack<'_>, settings: &Settings, sink: &mut Sink) {
    let set =
        COOKIES.iter().find_map(|c| settings.get(c).filter(|_| settings.flag(c) == Some(true)));
    let Some(cookie) = set else { return };
    let container = stack.container(service.container);
    let published = stack.network().host_ports(service.container).into_iter().find(|p| {
        !p.is_narrow()
            && p.first != 443
            && p.target.is_some_and(|t| stack.network().listening(service.container).answers(t))
    });
    let Some(published) = published else { return };
    let speaks_tls = stack.containers.iter().enumerate().any(|(i, c)| {
        stack.network().host_ports(i).iter().any(|p| p.first == 443 || p.target == Some(443))
            || c.service.image.as_ref().is_some_and(|i| facts::names_proxy(i.text.as_str()))
    });
    let redirects = settings.flag("SECURE_SSL_REDIRECT") != Some(false);
    let hosts = settings.texts("ALLOWED_HOSTS").unwrap_or_default();
    let origins = settings.texts("CSRF_TRUSTED_ORIGINS").unwrap_or_default();
    if speaks_tls
        || redirects
        || settings.get("SECURE_PROXY_SSL_HEADER").is_some()
        || origins.iter().any(|o| o.starts_with("https://"))
    {
        return;
    }
    // No certificate is made for an address of a private network.
    let private =
        hosts.iter().any(|h| h.parse::<std::net::Ipv4Addr>().is_ok_and(|a| a.is_private()));
    let plain = origins.iter().any(|o| o.starts_with("http://"));
    let finding = Finding::new(
        &meta::DEPLOY_CHECKS,
        prose!("logins to {} work at localhost only: browsers send its cookies over https only, and nothing here serves it", container),
    )
    .label(cookie.name_span, "the cookie is never sent by http")
    .label(published.span, "where people ask, by http")
    .cure(
        Cure::new("send the cookies over http as well until the site has https").changes(
            COOKIES.iter().filter_map(|c| settings.get(c)).map(|c| {
                Change::Python(PythonEdit::Replace(c.value.span, PyValue::Bool(false)))
            }),
        ),
    )
    .help("serve the site by https, or leave the setting off until it is");
    sink.report(if private || plain { finding } else { finding.sure(Confidence::Low) });
}
