//! Whether Django takes the host of a request, and the origin of its forms (Django docs, `ALLOWED_HOSTS`,
//! `CSRF_TRUSTED_ORIGINS`, "How CSRF protection works"; `CsrfViewMiddleware._origin_verified` since Django 4.0).

use super::{ForwardedRequest, ProxiedLocation, Proxy, PublishedEndpoint};
use crate::model::django::Settings;
use crate::model::roles::django::DjangoService;
use crate::model::roles::nginx::ClientRequest;
use crate::source::Span;

/// A form that Django refuses.
#[derive(Debug, Clone)]
pub struct Refused<'s> {
    /// The location it comes through.
    pub proxied: ProxiedLocation<'s>,
    /// The port it is sent to.
    pub endpoint: PublishedEndpoint<'s>,
    /// As the browser sends it.
    pub request: ClientRequest,
    /// As Django sees it.
    pub forwarded: ForwardedRequest,
    /// Something with forms: the admin among the installed apps.
    pub admin: Span,
    /// Why another address may be the one that people use.
    pub doubt: Option<&'static str>,
}

impl<'s> Proxy<'s> {
    /// Forms of the admin that Django refuses because their `Origin` is not the address it is asked by, each for a port
    /// and a location.
    pub fn refused_forms(&self, service: &'s DjangoService) -> Vec<Refused<'s>> {
        let mut all = Vec::new();
        let container = self.stack.container(service.container);
        let Some(settings) = service.settings() else { return all };
        let new = container.packages.as_ref().and_then(|p| p.get("django")?.newest_is_at_least(4))
            == Some(true);
        let guarded = settings
            .texts("MIDDLEWARE")
            .is_some_and(|m| m.contains(&"django.middleware.csrf.CsrfViewMiddleware"));
        let Some(admin) = settings.installed("django.contrib.admin").filter(|_| new && guarded)
        else {
            return all;
        };
        let trusted = match settings.get("CSRF_TRUSTED_ORIGINS") {
            Some(_) => settings.texts("CSRF_TRUSTED_ORIGINS"),
            None => settings.open.is_none().then(Vec::new),
        };
        let Some(trusted) = trusted else { return all };
        for proxied in self.proxied_locations(service) {
            if !proxied
                .server
                .location("/admin/login/")
                .is_some_and(|r| std::ptr::eq(r, proxied.location))
            {
                continue;
            }
            for endpoint in self.published_endpoints(&proxied) {
                let request = ClientRequest {
                    host: requested_host(settings, &proxied),
                    port: endpoint.port,
                    tls: endpoint.listen.tls,
                };
                let Some(forwarded) =
                    self.forwarded_request(service, &proxied, endpoint.listen, &request)
                else {
                    continue;
                };
                let Some(secure) = forwarded.secure.or((!request.tls).then_some(false)) else {
                    continue;
                };
                let scheme = if secure { "https" } else { "http" };
                let port = |origin: &&str| {
                    origin.rsplit(':').next().and_then(|p| p.parse::<u16>().ok())
                        == Some(request.port)
                };
                // Which of the host's names people use is not known; one that is trusted with that port shows care was taken.
                let cared = trusted.iter().any(port) || trusted.iter().any(|o| trusts(o, &request));
                if format!("{scheme}://{}", forwarded.host) == request.origin() || cared {
                    continue;
                }
                let doubt = self.doubt(settings, &proxied, &endpoint, &trusted, &request);
                all.push(Refused { proxied, endpoint, request, forwarded, admin, doubt });
            }
        }
        all
    }

    /// Why people may come by another address than that of the port.
    fn doubt(
        &self,
        settings: &Settings,
        proxied: &ProxiedLocation<'_>,
        endpoint: &PublishedEndpoint<'_>,
        trusted: &[&str],
        request: &ClientRequest,
    ) -> Option<&'static str> {
        if proxied.nginx.more_listens.is_some() {
            return Some("nginx may have more servers");
        }
        if trusted.iter().any(|o| request.tls || o.starts_with("https://")) {
            return Some("other origins are trusted");
        }
        if proxied.pass.expects_outer_proxy(endpoint.listen)
            || !request.tls && settings.get("SECURE_PROXY_SSL_HEADER").is_some()
            || endpoint.narrow
        {
            return Some("another proxy may stand in front");
        }
        // The same service at a port that needs none in the address.
        let usual =
            |d: &PublishedEndpoint<'_>| matches!((d.port, d.listen.tls), (80, false) | (443, true));
        if !usual(endpoint)
            && proxied.nginx.servers.iter().any(|server| {
                self.published_endpoints(&ProxiedLocation { server, ..*proxied }).iter().any(usual)
            })
        {
            return Some("it is published at the usual port as well");
        }
        None
    }

    /// Whether the address of a port is one that the project's texts tell people to open.
    pub fn documents_port(&self, port: u16) -> bool {
        ["localhost", "127.0.0.1", "0.0.0.0"]
            .iter()
            .any(|host| self.stack.repository().instructions().has(&format!("{host}:{port}")))
    }
}

/// The name by which people ask: one that is written for the server and allowed, else `localhost`.
pub(super) fn requested_host(settings: &Settings, proxied: &ProxiedLocation<'_>) -> String {
    let plain = |name: &str| {
        !name.starts_with(['.', '*', '~', '_'])
            && !name.contains(['$', '*'])
            && !name.is_empty()
            && name != "localhost"
    };
    let names = proxied.server.names.iter().filter_map(|n| n.resolved()).find(|n| plain(n));
    let hosts = settings.texts("ALLOWED_HOSTS").unwrap_or_default();
    let local = hosts.is_empty() || hosts.iter().any(|h| allows(h, "localhost"));
    let other = hosts.iter().find(|h| plain(h));
    match (names, other) {
        (Some(name), _) => name.to_owned(),
        (None, Some(host)) if !local => (*host).to_owned(),
        _ => "localhost".to_owned(),
    }
}

/// Whether an entry of `CSRF_TRUSTED_ORIGINS` lets an origin in.
fn trusts(entry: &str, request: &ClientRequest) -> bool {
    trusts_origin(entry, request.scheme(), &request.authority())
}

/// The same for an origin by its parts.
pub(super) fn trusts_origin(entry: &str, scheme: &str, authority: &str) -> bool {
    match entry.split_once("://*.") {
        Some((trusted, domain)) => {
            trusted == scheme && (authority == domain || authority.ends_with(&format!(".{domain}")))
        }
        None => entry == format!("{scheme}://{authority}"),
    }
}

/// Whether an entry of `ALLOWED_HOSTS` lets a host in (Django, `validate_host`).
pub fn allows(entry: &str, host: &str) -> bool {
    let entry = entry.to_ascii_lowercase();
    entry == "*"
        || entry == host
        || entry.strip_prefix('.').is_some_and(|domain| host == domain || host.ends_with(&entry))
}

impl<'s> Proxy<'s> {
    /// Why Django refuses every request for a host with 400: `Some(false)` where the list has it not, `Some(true)` where
    /// the name itself is none; `None` where it is taken, or that is not known.
    pub fn host_refused(&self, service: &DjangoService, host: &str) -> Option<bool> {
        let settings = service.settings()?;
        // The middleware that looks at the host of every request.
        if !settings.texts("MIDDLEWARE")?.contains(&"django.middleware.common.CommonMiddleware") {
            return None;
        }
        let name = host.rsplit_once(':').map_or(host, |(name, _)| name).to_ascii_lowercase();
        if name.chars().any(|c| !c.is_ascii_alphanumeric() && !matches!(c, '-' | '.')) {
            return (!name.starts_with('[')).then_some(true);
        }
        let debug = settings.flag("DEBUG")?;
        let hosts = match settings.get("ALLOWED_HOSTS") {
            Some(_) => settings.texts("ALLOWED_HOSTS")?,
            None if settings.open.is_some() => return None,
            None => Vec::new(),
        };
        let local = debug
            && hosts.is_empty()
            && (matches!(name.as_str(), "localhost" | "127.0.0.1") || name.ends_with(".localhost"));
        // Nothing gets in where the list is empty; that is another rule's.
        if hosts.iter().all(|h| h.is_empty()) && !debug
            || local
            || hosts.iter().any(|h| allows(h, &name))
        {
            None
        } else {
            Some(false)
        }
    }
}
