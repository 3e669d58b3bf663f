//! Where nginx passes requests on to a Django service, and what Django takes them for (Django docs,
//! `HttpRequest.get_host`, `HttpRequest.is_secure`, `SECURE_PROXY_SSL_HEADER`, `USE_X_FORWARDED_HOST`).

use super::Proxy;
use super::origins::requested_host;
use crate::model::budget::Budget;
use crate::model::django::ValueKind;
use crate::model::exec_context::{ExecContext, PathLookup};
use crate::model::path;
use crate::model::process::ServerKind;
use crate::model::roles::django::{AppModule, DjangoService};
use crate::model::roles::nginx::{
    ClientRequest, HeaderValue, Listen, Location, Nginx, ProxyPass, ServerBlock,
};
use crate::model::stack::network::Resolved;
use crate::source::{Limit, Span};
use std::collections::HashMap;

/// A location of nginx that passes requests on to a Django service.
#[derive(Debug, Clone, Copy)]
pub struct ProxiedLocation<'s> {
    /// The nginx service.
    pub nginx: &'s Nginx,
    pub server: &'s ServerBlock,
    pub location: &'s Location,
    /// What is passed on.
    pub pass: &'s ProxyPass,
}

/// A port of the host that leads to a server of nginx.
#[derive(Debug, Clone, Copy)]
pub struct PublishedEndpoint<'s> {
    /// The port of the host.
    pub port: u16,
    /// The `listen` it leads to.
    pub listen: &'s Listen,
    /// Whether it is open at one address of the host only, as behind another proxy.
    pub narrow: bool,
    /// The item of `ports`.
    pub span: Span,
}

/// What Django takes a request for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ForwardedRequest {
    /// `get_host()`, with the port where one was sent.
    pub host: String,
    /// The directive that says so; `None` where nginx's default holds.
    pub host_by: Option<Span>,
    /// `is_secure()`; `None` when it is not known.
    pub secure: Option<bool>,
    /// The directive that sets the header of `SECURE_PROXY_SSL_HEADER`; `None` where nginx leaves it alone.
    pub scheme_by: Option<Span>,
}

impl<'s> Proxy<'s> {
    /// The locations that pass requests on to a Django service by HTTP or uWSGI's protocol, as far as the
    /// configuration is known. Those for web sockets are left out.
    pub fn proxied_locations(&self, service: &DjangoService) -> Vec<ProxiedLocation<'s>> {
        let found = self.passed().get(&service.container).map_or(&[][..], Vec::as_slice);
        let proxied = |[nginx, server, location]: &[usize; 3]| {
            let nginx = self.stack.roles.nginx.get(*nginx)?;
            let server = nginx.servers.get(*server)?;
            let location = server.locations.get(*location)?;
            Some(ProxiedLocation { nginx, server, location, pass: location.pass.as_ref()? })
        };
        found.iter().filter_map(proxied).collect()
    }

    /// For each service the locations that pass requests on to it, worked out once.
    fn passed(&self) -> &'s HashMap<usize, Vec<[usize; 3]>> {
        self.stack.network.passed.get_or_init(|| {
            let mut all: HashMap<usize, Vec<[usize; 3]>> = HashMap::new();
            for (number, nginx) in self.stack.roles.nginx.iter().enumerate() {
                if nginx.unknown.is_some() || !nginx.errors.is_empty() || nginx.misplaced.is_some()
                {
                    continue;
                }
                for (of_nginx, server) in nginx.servers.iter().enumerate() {
                    if server.unknown.is_some() {
                        continue;
                    }
                    for (of_server, location) in server.locations.iter().enumerate() {
                        for service in self.passed_to(nginx, location) {
                            let places = all.entry(service).or_default();
                            let place = [number, of_nginx, of_server];
                            if places.last() != Some(&place) {
                                places.push(place);
                            }
                        }
                    }
                }
            }
            all
        })
    }

    /// The services that a location passes requests on to.
    fn passed_to(&self, nginx: &Nginx, location: &Location) -> Vec<usize> {
        let pass = location.pass.as_ref().filter(|p| p.unknown.is_none() && !location.answers);
        let Some(pass) = pass.filter(|p| matches!(p.by, "proxy_pass" | "uwsgi_pass")) else {
            return Vec::new();
        };
        let path = location.path.to_ascii_lowercase();
        let sockets =
            path.split('/').any(|p| matches!(p, "ws" | "wss" | "asgi") || p.contains("socket"))
                || pass.headers("upgrade").next().is_some() && path.len() > 1;
        if sockets || !Budget::step(1) {
            return Vec::new();
        }
        let found = pass.targets.iter().filter_map(|(host, _)| {
            match self.stack.network().resolve(nginx.container, host) {
                Resolved::Service(service) => Some(service),
                _ => None,
            }
        });
        found.collect()
    }

    /// The ports of the host that lead to the server of a proxied location.
    pub fn published_endpoints<'a>(
        &self,
        proxied: &ProxiedLocation<'a>,
    ) -> Vec<PublishedEndpoint<'a>> {
        let mut all = Vec::new();
        for published in self.stack.network().host_ports(proxied.nginx.container) {
            let listen = proxied
                .server
                .listens
                .iter()
                .find(|g| g.port.is_some() && g.port == published.target);
            if let Some(listen) = listen.filter(|_| published.protocol == "tcp") {
                all.push(PublishedEndpoint {
                    port: published.first,
                    listen,
                    narrow: published.is_narrow(),
                    span: published.span,
                });
            }
        }
        all
    }

    /// A request as people send it to a proxied location: at its first published port, or else at the port of nginx.
    pub fn usual_request(
        &self,
        service: &DjangoService,
        proxied: &ProxiedLocation<'_>,
    ) -> ClientRequest {
        let host = service
            .settings()
            .map_or_else(|| "localhost".to_owned(), |s| requested_host(s, proxied));
        match (self.published_endpoints(proxied).first(), proxied.server.listens.first()) {
            (Some(endpoint), _) => {
                ClientRequest { host, port: endpoint.port, tls: endpoint.listen.tls }
            }
            (None, Some(listen)) => {
                ClientRequest { host, port: listen.port.unwrap_or(80), tls: listen.tls }
            }
            (None, None) => ClientRequest { host, port: 80, tls: false },
        }
    }

    /// What Django takes a request for; `None` when the host is not known.
    pub fn forwarded_request(
        &self,
        service: &DjangoService,
        proxied: &ProxiedLocation<'_>,
        listen: &Listen,
        request: &ClientRequest,
    ) -> Option<ForwardedRequest> {
        let settings = service.settings()?;
        let header_value = |name: &str| {
            proxied.pass.header_value(name, request, proxied.server.names.first(), listen)
        };
        let mut host = header_value("host");
        if settings.flag("USE_X_FORWARDED_HOST")? {
            match header_value("x-forwarded-host") {
                HeaderValue::Nothing => {}
                other => host = other,
            }
        }
        let HeaderValue::Text(host, host_by) = host else { return None };
        let scheme_by = settings
            .ssl_header()
            .and_then(|(name, _)| proxied.pass.headers(&name).last())
            .map(|h| h.span);
        Some(ForwardedRequest {
            host,
            host_by,
            secure: self.secure(service, proxied, listen, request),
            scheme_by,
        })
    }

    /// Whether Django takes the request for one that came by TLS; `None` when that is not known.
    fn secure(
        &self,
        service: &DjangoService,
        proxied: &ProxiedLocation<'_>,
        listen: &Listen,
        request: &ClientRequest,
    ) -> Option<bool> {
        let settings = service.settings()?;
        if !proxied.pass.is_plain_http() || !self.knows_no_proxy(service) {
            return None;
        }
        match settings.get("SECURE_PROXY_SSL_HEADER") {
            None => return settings.open.is_none().then_some(false),
            Some(setting) if !setting.is_certain() => return None,
            Some(setting) if setting.value.kind == ValueKind::None => return Some(false),
            Some(_) => {}
        }
        let (name, value) = settings.ssl_header()?;
        match proxied.pass.header_value(&name, request, proxied.server.names.first(), listen) {
            HeaderValue::Nothing => Some(false),
            // Django takes the first of several.
            HeaderValue::Text(text, _) => {
                Some(text.split(',').next().map(str::trim) == Some(value))
            }
            HeaderValue::Unknown => None,
        }
    }

    /// Whether the server of a service surely believes no proxy about TLS by itself: gunicorn and uvicorn trust those
    /// of `--forwarded-allow-ips`, which is the loopback interface unless it is said.
    pub(super) fn knows_no_proxy(&self, service: &DjangoService) -> bool {
        let container = self.stack.container(service.container);
        let Some((step, server)) = container.server() else { return false };
        let told = |w: &str| {
            w.contains("forwarded")
                || w.contains("proxy-headers")
                || w.contains("scheme")
                || w.contains("certfile")
        };
        let variables = [
            "FORWARDED_ALLOW_IPS",
            "GUNICORN_CMD_ARGS",
            "UVICORN_FORWARDED_ALLOW_IPS",
            "UVICORN_PROXY_HEADERS",
        ];
        if step.words.iter().any(|w| !w.is_resolved() || told(w))
            || variables
                .iter()
                .any(|v| container.environment.vars.contains_key(*v) || step.vars.contains_key(*v))
        {
            return false;
        }
        // A module or a middleware of the project may look at the header as well.
        let app = match &service.app {
            Some(AppModule::Found(path)) => self
                .stack
                .sources
                .read(path, Limit::Code)
                .map(|f| f.text.to_string())
                .unwrap_or_default(),
            _ => String::new(),
        };
        if app.contains("url_scheme")
            || app.contains("X_FORWARDED")
            || app.to_ascii_lowercase().contains("proxy")
        {
            return false;
        }
        let Some(order) = service.settings().and_then(|s| s.texts("MIDDLEWARE")) else {
            return false;
        };
        let of_proxies = |m: &str| {
            ["proxy", "forward", "ssl", "https", "scheme"]
                .iter()
                .any(|w| m.to_ascii_lowercase().contains(w))
        };
        if order.iter().any(|m| !m.starts_with("django.") && of_proxies(m)) {
            return false;
        }
        match server.kind {
            ServerKind::Runserver
            | ServerKind::Uvicorn
            | ServerKind::Daphne
            | ServerKind::Hypercorn => true,
            ServerKind::Gunicorn => {
                let named = step.words.iter().enumerate().find_map(|(i, w)| match w.as_str() {
                    "-c" | "--config" => step.words.get(i + 1).map(|w| w.as_str().to_owned()),
                    w => w
                        .strip_prefix("--config=")
                        .or_else(|| w.strip_prefix("-c").filter(|r| !r.is_empty()))
                        .map(str::to_owned),
                });
                let Some(workdir) = step.workdir.as_deref() else { return false };
                let name = named.as_deref().unwrap_or("gunicorn.conf.py");
                let at =
                    if name.starts_with('/') { name.to_owned() } else { path::join(workdir, name) };
                match container.filesystem(self.stack.sources, &self.stack.project.folder).find(&at)
                {
                    PathLookup::Host(host) => {
                        self.stack.sources.read(&host, Limit::Code).is_ok_and(|f| {
                            !f.text.contains("forwarded") && !f.text.contains("scheme")
                        })
                    }
                    PathLookup::Missing => true,
                    _ => named.is_none(),
                }
            }
            _ => false,
        }
    }
}
