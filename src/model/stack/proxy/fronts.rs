//! What stands in front of a Django service, and what Django takes a request for that comes through it (Django docs,
//! `HttpRequest.get_host`, `HttpRequest.is_secure`, `SECURE_PROXY_SSL_HEADER`, `USE_X_FORWARDED_HOST`).

use super::Proxy;
use super::origins::asked_host;
use crate::model::django::ValueKind;
use crate::model::path;
use crate::model::place::{Found, Place};
use crate::model::process::ServerKind;
use crate::model::roles::django::{AppModule, DjangoService};
use crate::model::roles::nginx::{Ask, Carried, Gate, Nginx, Pass, Route, Site};
use crate::model::stack::network::Resolved;
use crate::source::{Limit, Span};

/// A location of nginx that passes requests on to a Django service.
#[derive(Debug, Clone, Copy)]
pub struct Front<'s> {
    /// The nginx service.
    pub nginx: &'s Nginx,
    /// Its server.
    pub site: &'s Site,
    /// The location.
    pub route: &'s Route,
    /// What is passed on.
    pub pass: &'s Pass,
}

/// A port of the host that leads to a server of nginx.
#[derive(Debug, Clone, Copy)]
pub struct Door<'s> {
    /// The port of the host.
    pub port: u16,
    /// The `listen` it leads to.
    pub gate: &'s Gate,
    /// Whether it is open at one address of the host only, as behind another proxy.
    pub narrow: bool,
    /// The item of `ports`.
    pub span: Span,
}

/// What Django takes a request for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
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
    pub fn fronts(&self, service: &DjangoService) -> Vec<Front<'s>> {
        let mut all = Vec::new();
        for nginx in self
            .stack
            .roles
            .nginx
            .iter()
            .filter(|n| n.unknown.is_none() && n.errors.is_empty() && n.misplaced.is_none())
        {
            for site in nginx.sites.iter().filter(|s| s.unknown.is_none()) {
                for route in site.routes.iter().filter(|r| !r.answers) {
                    let Some(pass) = route.pass.as_ref().filter(|p| p.unknown.is_none()) else {
                        continue;
                    };
                    let ours = |host: &str| {
                        self.stack.network().resolve(nginx.container, host)
                            == Resolved::Service(service.container)
                    };
                    let path = route.path.to_ascii_lowercase();
                    let sockets = path
                        .split('/')
                        .any(|p| matches!(p, "ws" | "wss" | "asgi") || p.contains("socket"))
                        || pass.headers("upgrade").next().is_some() && path.len() > 1;
                    if !sockets
                        && matches!(pass.by, "proxy_pass" | "uwsgi_pass")
                        && pass.targets.iter().any(|(h, _)| ours(h))
                    {
                        all.push(Front { nginx, site, route, pass });
                    }
                }
            }
        }
        all
    }

    /// The ports of the host that lead to the server of a front.
    pub fn doors<'a>(&self, front: &Front<'a>) -> Vec<Door<'a>> {
        let mut all = Vec::new();
        for published in self.stack.network().host_ports(front.nginx.container) {
            let gate =
                front.site.gates.iter().find(|g| g.port.is_some() && g.port == published.target);
            if let Some(gate) = gate.filter(|_| published.protocol == "tcp") {
                all.push(Door {
                    port: published.first,
                    gate,
                    narrow: published.is_narrow(),
                    span: published.span,
                });
            }
        }
        all
    }

    /// A request as people send it through a front: to its first published port, or else to the port of nginx.
    pub fn usual_ask(&self, service: &DjangoService, front: &Front<'_>) -> Ask {
        let host =
            service.settings().map_or_else(|| "localhost".to_owned(), |s| asked_host(s, front));
        match (self.doors(front).first(), front.site.gates.first()) {
            (Some(door), _) => Ask { host, port: door.port, tls: door.gate.tls },
            (None, Some(gate)) => Ask { host, port: gate.port.unwrap_or(80), tls: gate.tls },
            (None, None) => Ask { host, port: 80, tls: false },
        }
    }

    /// What Django takes a request for; `None` when the host is not known.
    pub fn seen(
        &self,
        service: &DjangoService,
        front: &Front<'_>,
        gate: &Gate,
        ask: &Ask,
    ) -> Option<Seen> {
        let settings = service.settings()?;
        let carries = |name: &str| front.pass.carries(name, ask, front.site, gate);
        let mut host = carries("host");
        if settings.flag("USE_X_FORWARDED_HOST")? {
            match carries("x-forwarded-host") {
                Carried::Nothing => {}
                other => host = other,
            }
        }
        let Carried::Text(host, host_by) = host else { return None };
        let scheme_by = settings
            .ssl_header()
            .and_then(|(name, _)| front.pass.headers(&name).last())
            .map(|h| h.span);
        Some(Seen { host, host_by, secure: self.secure(service, front, gate, ask), scheme_by })
    }

    /// Whether Django takes the request for one that came by TLS; `None` when that is not known.
    fn secure(
        &self,
        service: &DjangoService,
        front: &Front<'_>,
        gate: &Gate,
        ask: &Ask,
    ) -> Option<bool> {
        let settings = service.settings()?;
        if !front.pass.is_plain_http() || !self.knows_no_proxy(service) {
            return None;
        }
        match settings.get("SECURE_PROXY_SSL_HEADER") {
            None => return (!settings.open).then_some(false),
            Some(setting) if setting.uncertain => return None,
            Some(setting) if setting.value.kind == ValueKind::None => return Some(false),
            Some(_) => {}
        }
        let (name, value) = settings.ssl_header()?;
        match front.pass.carries(&name, ask, front.site, gate) {
            Carried::Nothing => Some(false),
            // Django takes the first of several.
            Carried::Text(text, _) => Some(text.split(',').next().map(str::trim) == Some(value)),
            Carried::Unknown => None,
        }
    }

    /// Whether the server of a service surely believes no proxy about TLS by itself: gunicorn and uvicorn trust those
    /// of `--forwarded-allow-ips`, which is the loopback interface unless it is said.
    fn knows_no_proxy(&self, service: &DjangoService) -> bool {
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
        if step.words.iter().any(|w| w.is_empty() || told(w))
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
                    Found::Host(host) => {
                        self.stack.sources.read(&host, Limit::Code).is_ok_and(|f| {
                            !f.text.contains("forwarded") && !f.text.contains("scheme")
                        })
                    }
                    Found::Missing => true,
                    _ => named.is_none(),
                }
            }
            _ => false,
        }
    }
}
