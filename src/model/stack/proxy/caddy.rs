//! Sites of Caddy that pass requests on to Django (Caddy docs, "Automatic HTTPS", `reverse_proxy`: the host of the request is
//! passed on, and `X-Forwarded-Proto` is set).

use super::{Proxy, origins::trusts_origin};
use crate::facts;
use crate::model::exec_context::{ExecContext, PathLookup};
use crate::model::roles::django::DjangoService;
use crate::model::stack::network::Resolved;
use crate::source::{Limit, Span, Text};
use crate::syntax::caddyfile::{Caddyfile, Directive, Site};

/// Where the image looks for its configuration.
const CONFIG: &str = "/etc/caddy/Caddyfile";

/// Forms that Django refuses because it is not told that the browser used https.
#[derive(Debug)]
pub struct CaddyRefusal {
    /// The service that runs Caddy.
    pub caddy: usize,
    /// The address of the site.
    pub address: Text,
    /// The address that requests are passed on to.
    pub upstream: Text,
    /// The origin that browsers send.
    pub origin: String,
    /// Something with forms: the admin among the installed apps.
    pub admin: Span,
}

impl Proxy<'_> {
    /// The first site of Caddy whose forms a service refuses.
    pub fn refused_behind_caddy(&self, service: &DjangoService) -> Option<CaddyRefusal> {
        let settings = service.settings().filter(|s| s.open.is_none())?;
        let container = self.stack.container(service.container);
        let new = container.packages.as_ref().and_then(|p| p.get("django")?.newest_is_at_least(4));
        let guarded =
            settings.texts("MIDDLEWARE")?.contains(&"django.middleware.csrf.CsrfViewMiddleware");
        let admin = settings.installed("django.contrib.admin")?;
        if new != Some(true)
            || !guarded
            || settings.get("SECURE_PROXY_SSL_HEADER").is_some()
            || !self.knows_no_proxy(service)
        {
            return None;
        }
        let trusted = match settings.get("CSRF_TRUSTED_ORIGINS") {
            Some(_) => settings.texts("CSRF_TRUSTED_ORIGINS")?,
            None => Vec::new(),
        };
        for (caddy, file) in self.caddyfiles() {
            let off = |d: &Directive| {
                d.name.as_str() == "auto_https" && d.args.iter().any(|a| a.as_str() == "off")
            };
            if file.open || file.options.iter().any(off) {
                continue;
            }
            for site in &file.sites {
                let Some(upstream) = self.passes_to(caddy, site, service.container) else {
                    continue;
                };
                let https = site.addresses.iter().find_map(|a| Some((a, https_host(a)?)));
                let Some((address, host)) = https else { continue };
                if trusted.iter().any(|o| trusts_origin(o, "https", &host)) {
                    continue;
                }
                return Some(CaddyRefusal {
                    caddy,
                    address: address.clone(),
                    upstream,
                    origin: format!("https://{host}"),
                    admin,
                });
            }
        }
        None
    }

    /// The configurations of services that run Caddy.
    fn caddyfiles(&self) -> Vec<(usize, Caddyfile)> {
        let mut all = Vec::new();
        for (index, container) in self.stack.containers.iter().enumerate() {
            let image = match (container.built(), &container.service.build) {
                (Some(image), _) => image.external_base(),
                (None, Some(_)) => None,
                (None, None) => container.service.image.as_ref().and_then(|i| i.known()),
            };
            let caddy = image.is_some_and(|i| facts::bare_name(i) == "caddy");
            // Another command may read another file.
            if !caddy
                || container.service.command.is_some()
                || container.service.entrypoint.is_some()
            {
                continue;
            }
            let fs = container.filesystem(self.stack.sources, &self.stack.project.folder);
            let PathLookup::Host(host) = fs.find(CONFIG) else { continue };
            let Ok(file) = self.stack.sources.read(&host, Limit::Config) else { continue };
            all.push((index, Caddyfile::read(&file.body())));
        }
        all
    }

    /// The address at which a site passes requests on to a service, as they come.
    fn passes_to(&self, caddy: usize, site: &Site, service: usize) -> Option<Text> {
        let mut all = Vec::new();
        site.directives.iter().for_each(|d| d.walk(&mut all));
        let forwards = |d: &&&Directive| d.name.as_str() == "reverse_proxy";
        for directive in all.iter().filter(forwards) {
            // Headers that are changed on the way are not followed.
            if directive.block.iter().any(|d| d.name.as_str() == "header_up") {
                continue;
            }
            let inside =
                directive.block.iter().filter(|d| d.name.as_str() == "to").flat_map(|d| &d.args);
            for address in directive.args.iter().chain(inside) {
                let bare = address.strip_prefix("http://").unwrap_or(address.as_str());
                let Some((host, port)) = bare.rsplit_once(':') else { continue };
                let ours = self.stack.network().resolve(caddy, host) == Resolved::Service(service);
                if ours && port.chars().all(|c| c.is_ascii_digit()) {
                    return Some(address.clone());
                }
            }
        }
        None
    }
}

/// The host of an address that Caddy serves by https at the usual port.
fn https_host(address: &Text) -> Option<String> {
    let text = address.as_str();
    let bare = text.strip_prefix("https://").unwrap_or(text);
    if text.starts_with("http://") || bare.contains(['{', '*', '/']) {
        return None;
    }
    let host = match bare.split_once(':') {
        Some((host, "443")) => host,
        Some(_) => return None,
        None => bare,
    };
    host.contains('.').then(|| host.to_ascii_lowercase())
}
