//! The servers of a configuration, with the files they take in put in their place (nginx docs, core module: `include`,
//! `listen`, `location`, `server_name`).

use super::files::ConfigFile;
use super::includes::fits;
use super::listens::{Listen, listen_address};
use super::locations::Location;
use super::proxy_pass::{Header, ProxyPass};
use super::upstreams::{PASS, host};
use crate::finding::prose;
use crate::model::search_limit::SearchLimit;
use crate::source::{Reason, Span, Text, Unknown};
use crate::syntax::nginx::{Config, Directive};
use std::rc::Rc;

/// How deep files take in others.
const MAX_DEPTH: usize = 8;
/// The most directives that are put together.
const MAX_DIRECTIVES: usize = 20_000;
/// Files that nginx brings, in which no header is set and no location stands.
const HARMLESS: [&str; 7] = [
    "mime.types",
    "uwsgi_params",
    "fastcgi_params",
    "scgi_params",
    "fastcgi.conf",
    "/modules-enabled/",
    "options-ssl-nginx",
];
/// Debian's `proxy_params` (nginx-common, `/etc/nginx/proxy_params`).
const PROXY_PARAMS: [(&str, &str); 4] = [
    ("Host", "$http_host"),
    ("X-Real-IP", "$remote_addr"),
    ("X-Forwarded-For", "$proxy_add_x_forwarded_for"),
    ("X-Forwarded-Proto", "$scheme"),
];

/// A `server`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerBlock {
    /// The directive.
    pub span: Span,
    /// The names of `server_name`.
    pub names: Vec<Text>,
    /// Where it listens.
    pub listens: Vec<Listen>,
    /// Its locations, those inside others included.
    pub locations: Vec<Location>,
    /// Why there may be more to it.
    pub unknown: Option<Unknown>,
}

/// What holds on a level of the configuration.
#[derive(Clone, Default)]
struct Level {
    headers: Rc<[Header]>,
    params: Rc<[Header]>,
    lost_host: Option<Span>,
    root: Option<Text>,
    body: Option<Text>,
    unknown: Option<Unknown>,
}

/// The servers of a configuration.
pub(super) fn servers(configs: &[(ConfigFile, Config)]) -> Vec<ServerBlock> {
    let groups: Vec<&Directive> =
        configs.iter().flat_map(|(_, c)| c.find("upstream")).map(|(_, d)| d).collect();
    let mut budget = MAX_DIRECTIVES;
    // What holds for all servers stands in `http`, or at the top of a part that is taken in there.
    let mut outer = Vec::new();
    for (part, config) in configs {
        let whole = config.directives.iter().any(|d| matches!(d.name.as_str(), "http" | "events"));
        let of_http = config
            .directives
            .iter()
            .filter(|d| d.name.as_str() == "http")
            .flat_map(|d| d.block.iter().flatten());
        let snippet = !whole && !in_http(&part.at);
        let top = config.directives.iter().filter(|d| !whole && !snippet && d.block.is_none());
        outer.extend(expand(
            of_http.chain(top).filter(|d| d.name.as_str() != "server"),
            configs,
            0,
            &mut budget,
        ));
    }
    // Parts for `http` were taken above already.
    outer.retain(|d| {
        d.block.is_none() && (d.name.as_str() != "include" || !d.arg(0).is_some_and(|a| in_http(a)))
    });
    let http = Level::default().inner(&outer);
    let mut all = Vec::new();
    for (_, config) in configs {
        for (_, server) in config.find("server").into_iter().filter(|(_, d)| d.block.is_some()) {
            let body = expand(server.block.iter().flatten(), configs, 0, &mut budget);
            all.push(server_block(server, &body, &http, &groups));
        }
    }
    all
}

/// Whether nginx takes a part in inside `http`.
fn in_http(at: &str) -> bool {
    let inside = at.strip_prefix("/etc/nginx/").unwrap_or(at);
    let parts: Vec<&str> = inside.split('/').collect();
    matches!(parts.as_slice(), ["conf.d" | "http.d" | "sites-enabled", _])
}

/// Directives with those of the files they take in.
fn expand<'d>(
    directives: impl Iterator<Item = &'d Directive>,
    configs: &[(ConfigFile, Config)],
    depth: usize,
    budget: &mut usize,
) -> Vec<Directive> {
    let mut all = Vec::new();
    for directive in directives {
        if *budget == 0 {
            let message = prose!(
                "more than {} directives with those that files take in; the rest is not read",
                MAX_DIRECTIVES
            );
            SearchLimit::note(directive.span, message);
            return all;
        }
        *budget -= 1;
        let taken =
            directive.arg(0).filter(|_| directive.name.as_str() == "include" && depth < MAX_DEPTH);
        let parts: Vec<&Config> = taken
            .map(|pattern| {
                configs.iter().filter(|(part, _)| fits(pattern, &part.at)).map(|(_, c)| c).collect()
            })
            .unwrap_or_default();
        if parts.is_empty() {
            let block = directive.block.as_ref().map(|b| expand(b.iter(), configs, depth, budget));
            all.push(Directive { block, ..directive.clone() });
        }
        for part in parts {
            all.extend(expand(part.directives.iter(), configs, depth + 1, budget));
        }
    }
    all
}

impl Level {
    /// What holds one level further in.
    fn inner(&self, directives: &[Directive]) -> Self {
        let named = |name: &'static str| directives.iter().filter(move |d| d.name.as_str() == name);
        let headers = |name: &'static str| -> Vec<Header> {
            let of = |d: &Directive| {
                Some(Header { name: d.arg(0)?.clone(), value: d.arg(1)?.clone(), span: d.span })
            };
            named(name).filter_map(of).collect()
        };
        let mut own = headers("proxy_set_header");
        let mut level = self.clone();
        for include in named("include") {
            match include.arg(0) {
                Some(path) if path.ends_with("proxy_params") => {
                    own.extend(PROXY_PARAMS.iter().map(|(name, value)| Header {
                        name: Text::derived(*name, include.span),
                        value: Text::derived(*value, include.span),
                        span: include.span,
                    }))
                }
                Some(path) if !HARMLESS.iter().any(|h| path.contains(h)) => {
                    let reason = Reason::Included(path.as_str().to_owned());
                    level.unknown.get_or_insert(Unknown::at(reason, path.span()));
                }
                _ => {}
            }
        }
        if !own.is_empty() {
            let host = |all: &[Header]| {
                all.iter().find(|h| h.name.eq_ignore_ascii_case("host")).map(|h| h.span)
            };
            level.lost_host =
                if host(&own).is_none() { host(&self.headers).or(self.lost_host) } else { None };
            level.headers = own.into();
        }
        let params = headers("uwsgi_param");
        if !params.is_empty() {
            level.params = params.into();
        }
        if let Some(root) = named("root").next_back().and_then(|d| d.arg(0)) {
            level.root = Some(root.clone());
        }
        if let Some(size) = named("client_max_body_size").next_back().and_then(|d| d.arg(0)) {
            level.body = Some(size.clone());
        }
        level
    }
}

fn server_block(
    server: &Directive,
    body: &[Directive],
    http: &Level,
    groups: &[&Directive],
) -> ServerBlock {
    let named = |name: &'static str| body.iter().filter(move |d| d.name.as_str() == name);
    let all_tls = named("ssl").any(|d| d.arg(0).is_some_and(|a| a.as_str() == "on"));
    let mut listens: Vec<Listen> = named("listen")
        .filter_map(|d| {
            let tls = all_tls || d.args.iter().any(|a| matches!(a.as_str(), "ssl" | "quic"));
            let unknown = Listen { port: None, tls, loopback: false, ipv6: false, span: d.span };
            Some(Listen { tls, ..listen_address(d.arg(0)?, d.span).unwrap_or(unknown) })
        })
        .collect();
    if listens.is_empty() {
        listens.push(Listen { tls: all_tls, ..Listen::of_server(server.span) });
    }
    let level = http.inner(body);
    let mut block = ServerBlock {
        span: server.span,
        // A name with a port fits no request: nginx compares the host alone.
        names: named("server_name")
            .flat_map(|d| &d.args)
            .filter(|n| !n.contains(':') || n.starts_with(['[', '~']))
            .cloned()
            .collect(),
        listens,
        locations: Vec::new(),
        unknown: level.unknown.clone(),
    };
    // `return` of the server itself comes before any location, and so does one below a condition that always holds.
    let plain = block.listens.iter().all(|l| !l.tls);
    let returns = named("return").next().is_some()
        || named("if")
            .any(|d| plain && always_plain(&d.args) && d.children("return").next().is_some());
    locations(body, &level, groups, returns, &mut block.locations, 0);
    if !named("location").any(|l| l.arg(0).is_some_and(|a| a.as_str() == "/")) {
        block.locations.push(Location::of_server(server.span, level.root));
    }
    block
}

/// Whether a condition of `if` always holds where no listener uses TLS: `($scheme = http)`, `($https = "")`.
fn always_plain(condition: &[Text]) -> bool {
    let bare = |word: &Text| word.trim_matches(['(', ')']).to_owned();
    let words: Vec<String> = condition.iter().map(bare).collect();
    let brackets = |i: usize| condition.get(i).is_some_and(|w| matches!(w.as_str(), "(" | ")"));
    let words: Vec<&str> =
        words.iter().enumerate().filter(|(i, _)| !brackets(*i)).map(|(_, w)| w.as_str()).collect();
    matches!(
        words.as_slice(),
        ["$scheme", "=", "http"]
            | ["$scheme", "!=", "https"]
            | ["$https", "=", ""]
            | ["$https", "!=", "on"]
    )
}

/// The locations of files that hold no server and that no server here includes.
pub(super) fn loose_locations(configs: &[(ConfigFile, Config)]) -> Vec<Location> {
    let in_server = |above: &[&Directive]| above.iter().any(|d| d.name.as_str() == "server");
    let included: Vec<&Text> = configs
        .iter()
        .flat_map(|(_, c)| c.find("include"))
        .filter(|(above, _)| in_server(above))
        .filter_map(|(_, d)| d.arg(0))
        .collect();
    let is_loose = |(file, config): &&(ConfigFile, Config)| {
        config.find("server").is_empty() && !included.iter().any(|pattern| fits(pattern, &file.at))
    };
    let mut all = Vec::new();
    for (_, config) in configs.iter().filter(is_loose) {
        locations(&config.directives, &Level::default(), &[], false, &mut all, 0);
    }
    all
}

/// Adds the locations of `body`, and those inside them.
fn locations(
    body: &[Directive],
    level: &Level,
    groups: &[&Directive],
    returns: bool,
    all: &mut Vec<Location>,
    depth: usize,
) {
    for directive in body.iter().filter(|d| d.name.as_str() == "location") {
        let inside: &[Directive] = directive.block.as_deref().unwrap_or_default();
        let Some(mut location) = Location::written(directive, inside) else { continue };
        let here = level.inner(inside);
        let named = |name: &'static str| inside.iter().filter(move |d| d.name.as_str() == name);
        let first = PASS.iter().find_map(|by| Some((*by, named(by).next_back()?.arg(0)?)));
        location.pass = first.map(|(by, address)| ProxyPass {
            by,
            address: address.clone(),
            targets: targets(address, groups),
            headers: if by == "proxy_pass" { here.headers.clone() } else { here.params.clone() },
            lost_host: here.lost_host.filter(|_| by == "proxy_pass"),
            unknown: here.unknown.clone(),
            body: here.body.clone(),
        });
        location.root.clone_from(&here.root);
        location.answers |= returns;
        let answers = location.answers;
        all.push(location);
        if depth < MAX_DEPTH {
            locations(inside, &here, groups, answers, all, depth + 1);
        } else if let Some(deeper) = named("location").next() {
            let message = prose!(
                "locations are nested more than {} deep; what is deeper is not read",
                MAX_DEPTH
            );
            SearchLimit::note(deeper.span, message);
        }
    }
}

/// The hosts behind an address.
fn targets(address: &Text, groups: &[&Directive]) -> Vec<(Text, Option<u16>)> {
    let Some(name) = host(address) else { return Vec::new() };
    let port = |text: &str| {
        text.split("://").last().and_then(|t| t.split('/').next()?.rsplit_once(':')?.1.parse().ok())
    };
    match groups.iter().find(|g| g.arg(0).is_some_and(|n| n.as_str() == name.as_str())) {
        Some(group) => group
            .children("server")
            .filter_map(|s| s.arg(0))
            .filter_map(|a| Some((host(a)?, port(a.as_str()).or(Some(80)))))
            .collect(),
        None => vec![(name, port(address.as_str()).or(Some(80)))],
    }
}
