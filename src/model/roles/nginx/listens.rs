//! Where an nginx service listens (nginx docs, core module: `listen`).

use super::Nginx;
use super::files::ConfigFile;
use crate::facts::Reference;
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
    /// The directive, or the server that has none and so listens on 80.
    pub span: Span,
}

impl Listen {
    /// Where a server without `listen` listens.
    pub(super) fn of_server(span: Span) -> Self {
        Self { port: Some(80), tls: false, loopback: false, span }
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
/// Commands that write or choose a configuration when the container starts.
const WRITERS: [&str; 9] =
    ["envsubst", "cp", "mv", "ln", "sed", "tee", "cat", "confd", "consul-template"];

impl Nginx {
    /// Notes where the servers listen.
    pub(super) fn note_listens(
        &mut self,
        configs: &[(ConfigFile, Config)],
        container: &Container<'_>,
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
            .or_else(|| more(configs, container));
        // The image's own `default.conf` listens on 80 wherever it is not replaced.
        let replaced =
            configs.iter().any(|(p, _)| {
                p.at == "/etc/nginx/conf.d/default.conf"
                    || p.at.ends_with("templates/default.conf.template")
            }) || container.service.mounts.iter().any(|m| {
                matches!(m.target.trim_end_matches('/'), "/etc/nginx/conf.d" | "/etc/nginx")
            });
        if self.more_listens.is_none()
            && !replaced
            && !self.listens.iter().any(|l| l.port == Some(80))
        {
            self.listens.push(Listen::of_server(container.name_span()));
        }
    }
}

/// Why there may be servers that were not read.
fn more(configs: &[(ConfigFile, Config)], container: &Container<'_>) -> Option<Unknown> {
    let official = |name: &str| matches!(Reference::of_image(name).name, "nginx");
    let known = match container.built() {
        Some(image) => image.external_base().is_some_and(|b| official(b)),
        None => {
            container.service.image.as_ref().and_then(|i| i.known()).is_some_and(|i| official(i))
        }
    };
    if !known {
        let image = container.service.image.as_ref().map(|i| i.text.span());
        return Some(Unknown { reason: Reason::ImageElsewhere, place: image });
    }
    for (_, config) in configs {
        for (_, include) in config.find("include") {
            let path = include.arg(0)?;
            if !PLAIN.iter().any(|p| path.contains(p)) && path.as_str() != "mime.types" {
                let reason = Reason::Included(path.as_str().to_owned());
                return Some(Unknown::at(reason, path.span()));
            }
        }
    }
    let service = container.service;
    let words = service.command.iter().chain(&service.entrypoint).flat_map(|w| &w.words);
    let writes = |text: &str| {
        text.split(|c: char| c.is_whitespace() || c == ';' || c == '&')
            .any(|w| WRITERS.contains(&w) || w == "-c" || w.contains('>'))
    };
    if words.into_iter().any(|w| w.contains(char::is_whitespace) && writes(w) || w.as_str() == "-c")
    {
        return Some(Reason::MayBeSet("its command").into());
    }
    if container.built().is_some_and(|i| {
        i.entrypoint().is_some()
            || i.cmd().is_some_and(|_| {
                container
                    .process
                    .steps
                    .iter()
                    .any(|s| s.words.first().is_none_or(|w| !w.ends_with("nginx")))
            })
    }) {
        return Some(Reason::MayBeSet("its entrypoint").into());
    }
    // The image's own start runs whatever lies there, and such scripts fill configurations in.
    let scripts = |at: &str| path::relative_to(at, "/docker-entrypoint.d").is_some();
    let copied = |layer: &Layer| matches!(&layer.kind, LayerKind::Copy { dest: Some(dest), .. } if scripts(dest.trim_end_matches('/')));
    if service.mounts.iter().any(|m| scripts(&m.target))
        || container.built().is_some_and(|i| i.chain().iter().flat_map(|s| &s.layers).any(copied))
    {
        return Some(Reason::MayBeSet("a script in /docker-entrypoint.d").into());
    }
    // A RUN line may make configuration as well.
    let makes = |i: &crate::model::image::Image| {
        let makes = i.runs.iter().flat_map(|r| &r.process.steps).find(|s| {
            s.words.iter().any(|w| w.contains("/etc/nginx"))
                && s.words.first().is_none_or(|w| {
                    !matches!(w.as_str(), "rm" | "mkdir" | "chown" | "chmod" | "ls")
                })
        });
        makes.map(|s| Unknown::at(Reason::MadeByRun, s.span))
    };
    container.built().and_then(makes)
}

/// `80`, `*:80`, `[::]:443 ssl`, `127.0.0.1:8080`; `None` when it is not known. A socket listens on no port.
pub(super) fn listen_address(address: &Text, span: Span) -> Option<Listen> {
    let text = address.as_str();
    if text.contains('$') || text.is_empty() {
        return None;
    }
    if text.starts_with("unix:") {
        return Some(Listen { port: None, tls: false, loopback: true, span });
    }
    let (host, port) = match text.rsplit_once(':') {
        Some((host, port)) if !port.contains(']') => (host, port.parse().ok()?),
        _ => match text.parse() {
            Ok(port) => ("", port),
            Err(_) => (text, 80),
        },
    };
    let loopback = matches!(host, "127.0.0.1" | "localhost" | "[::1]");
    Some(Listen { port: Some(port), tls: false, loopback, span })
}
