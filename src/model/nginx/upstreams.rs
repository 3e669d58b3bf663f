//! The hosts an nginx service passes requests on to (nginx docs: `proxy_pass`, `upstream`).

use super::{Nginx, files};
use crate::model::container::Container;
use crate::source::{RelPath, Sources, Text};
use crate::syntax::nginx::{Config, Directive};

/// Directives that pass a request on.
const PASS: [&str; 5] = ["proxy_pass", "uwsgi_pass", "fastcgi_pass", "grpc_pass", "scgi_pass"];

impl Nginx {
    /// The hosts that nginx looks up when it starts: those of `server` in an `upstream`, and those passed to
    /// directly. A name with a variable in it is looked up with the request, and is left out, as are sockets.
    pub fn hosts(sources: &Sources<'_>, folder: &RelPath, container: &Container<'_>) -> Vec<Text> {
        let (found, _) = files::configuration(sources, folder, container);
        let configs: Vec<Config> = found.iter().map(|(_, text)| Config::read(text)).collect();
        let upstreams: Vec<&Directive> = configs.iter().flat_map(|c| c.find("upstream")).map(|(_, d)| d).collect();
        let mut hosts: Vec<Text> = upstreams.iter().flat_map(|u| u.children("server")).filter_map(|s| host(s.arg(0)?)).collect();
        let passed = configs.iter().flat_map(|c| PASS.iter().flat_map(|name| c.find(name))).filter_map(|(_, d)| host(d.arg(0)?));
        hosts.extend(passed.filter(|h| !upstreams.iter().any(|u| u.arg(0).is_some_and(|n| n.as_str() == h.as_str()))));
        hosts
    }
}

/// `http://name:8000/path` and `name:8000`: the name.
fn host(address: &Text) -> Option<Text> {
    let text = address.as_str();
    if text.contains('$') || text.starts_with("unix:") || text.contains("://unix:") {
        return None;
    }
    let start = text.find("://").map_or(0, |at| at + 3);
    let end = text[start..].find([':', '/', '?']).map_or(text.len(), |at| start + at);
    (start < end).then(|| address.slice(start..end))
}
