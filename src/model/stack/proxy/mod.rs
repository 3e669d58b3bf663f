//! What stands in front of Django: where nginx and Traefik pass requests on, and what Django takes them for.

mod caddy;
mod certificates;
mod filled_templates;
mod origins;
mod proxied_locations;
mod trace;
mod traefik;
mod unused_config;

pub use caddy::CaddyRefusal;
pub use certificates::LostCertificate;
pub use filled_templates::EmptiedTemplate;
pub use origins::{Refused, allows};
pub use proxied_locations::{ForwardedRequest, ProxiedLocation, PublishedEndpoint};
pub use trace::BrowserRequest;
pub use traefik::AmbiguousNetwork;
pub use unused_config::UnusedConfig;

use super::Stack;

/// What stands in front of Django: where nginx and Traefik pass requests on, and what Django takes them for.
#[derive(Clone, Copy)]
pub struct Proxy<'s> {
    stack: &'s Stack<'s>,
}

impl Stack<'_> {
    /// What stands in front of Django: where nginx and Traefik pass requests on, and what Django takes them for.
    pub fn proxy(&self) -> Proxy<'_> {
        Proxy { stack: self }
    }
}
