//! Where an nginx service listens (nginx docs, core module: `listen`).

use super::Nginx;
use super::files::{ConfigFile, is_official};
use super::includes::fits;
use super::written::starts_by_itself;
use crate::model::container::Container;
use crate::model::image::{Layer, LayerKind};
use crate::model::path;
use crate::source::{Reason, Span, Text, Unknown};
use crate::syntax::nginx::Config;

/// A `listen`, or a server that has none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listen {
    /// The port; `None` when it is not known.
    pub port: Option<u16>,
    /// Whether it speaks TLS.
    pub tls: bool,
    /// Whether only the container itself can connect.
    pub loopback: bool,
    /// Whether it is an address of IPv6, which for `[::]` may be of IPv4 as well.
    pub ipv6: bool,
    /// The directive, or the server that has none and so listens on 80.
    pub span: Span,
}

impl Listen {
    /// Where a server without `listen` listens.
    pub(super) fn of_server(span: Span) -> Self {
        Self { port: Some(80), tls: false, loopback: false, ipv6: false, span }
    }
}

/// Files of nginx itself that hold no servers.
const PLAIN: [&str; 8] = [
    "mime.types",
    "_params",
    "fastcgi.conf",
    "/modules-enabled/",
    "/modules/",
    "/conf.d/",
    "/sites-enabled/",
    "/templates/",
];
impl Nginx {
    /// Notes where the servers listen.
    pub(super) fn note_listens(
        &mut self,
        configs: &[(ConfigFile, Config)],
        container: &Container<'_>,
        may_write: Option<Unknown>,
        default_port: Option<u16>,
    ) {
        for (_, server) in
            configs.iter().flat_map(|(_, c)| c.find("server")).filter(|(_, d)| d.block.is_some())
        {
            let mut any = false;
            for directive in server.children("listen") {
                any = true;
                let Some(listen) = directive.arg(0).map(|a| listen_address(a, directive.span))
                else {
                    continue;
                };
                match listen {
                    Some(listen) => self.listens.push(listen),
                    None => {
                        let reason = Reason::NotEvaluated("a variable in `listen`");
                        self.more_listens.get_or_insert(Unknown::at(reason, directive.span));
                    }
                }
            }
            if !any {
                self.listens.push(Listen::of_server(server.span));
            }
        }
        self.more_listens = self
            .more_listens
            .take()
            .or_else(|| self.unknown.clone())
            .or(may_write)
            .or_else(|| more(configs, container));
        // The image's own `default.conf` listens on 80 wherever it is not replaced.
        if let Some(port) = default_port.filter(|_| self.more_listens.is_none())
            && !self.listens.iter().any(|l| l.port == Some(port))
        {
            let span = container.name_span();
            self.listens.push(Listen { port: Some(port), ..Listen::of_server(span) });
        }
    }
}

/// Why there may be servers that were not read.
fn more(configs: &[(ConfigFile, Config)], container: &Container<'_>) -> Option<Unknown> {
    if !is_official(container) {
        let image = container.service.image.as_ref().map(|i| i.text.span());
        return Some(Unknown { reason: Reason::ImageElsewhere, place: image });
    }
    for (_, config) in configs {
        for (_, include) in config.find("include") {
            let path = include.arg(0)?;
            let read = configs.iter().any(|(part, _)| fits(path, &part.at));
            if !read && !PLAIN.iter().any(|p| path.contains(p)) && path.as_str() != "mime.types" {
                let reason = Reason::Included(path.as_str().to_owned());
                return Some(Unknown::at(reason, path.span()));
            }
        }
    }
    let service = container.service;
    // The image's own start runs whatever lies there, and such scripts fill configurations in.
    let scripts = |at: &str| path::relative_to(at, "/docker-entrypoint.d").is_some();
    let copied = |layer: &Layer| matches!(&layer.kind, LayerKind::Copy { dest: Some(dest), .. } if scripts(dest.trim_end_matches('/')));
    let mounted = service.mounts.iter().any(|m| scripts(&m.target));
    if starts_by_itself(container)
        && (mounted
            || container
                .built()
                .is_some_and(|i| i.chain().iter().flat_map(|s| &s.layers).any(copied)))
    {
        return Some(Reason::MayBeSet("a script in /docker-entrypoint.d").into());
    }
    None
}

/// `80`, `*:80`, `[::]:443 ssl`, `127.0.0.1:8080`; `None` when it is not known. A socket listens on no port.
pub(super) fn listen_address(address: &Text, span: Span) -> Option<Listen> {
    let text = address.as_str();
    if text.contains('$') || text.is_empty() {
        return None;
    }
    if text.starts_with("unix:") {
        return Some(Listen { port: None, tls: false, loopback: true, ipv6: false, span });
    }
    let (host, port) = match text.rsplit_once(':') {
        Some((host, port)) if !port.contains(']') => (host, port.parse().ok()?),
        _ => match text.parse() {
            Ok(port) => ("", port),
            Err(_) => (text, 80),
        },
    };
    let loopback = matches!(host, "127.0.0.1" | "localhost" | "[::1]");
    let ipv6 = host.starts_with('[');
    Some(Listen { port: Some(port), tls: false, loopback, ipv6, span })
}
