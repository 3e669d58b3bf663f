//! The servers of a configuration, with the files they take in put in their place (nginx docs, core module: `include`,
//! `listen`, `location`, `server_name`).

use super::files::Part;
use super::listens::listen;
use super::passing::{Header, Pass};
use super::upstreams::{PASS, host};
use crate::model::search_limit::SearchLimit;
use crate::source::{Span, Text};
use crate::syntax::nginx::{Config, Directive};
use regex::RegexBuilder;

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
pub struct Site {
    /// The directive.
    pub span: Span,
    /// The names of `server_name`.
    pub names: Vec<Text>,
    /// Where it listens.
    pub gates: Vec<Gate>,
    /// Its locations, those inside others included.
    pub routes: Vec<Route>,
    /// Why there may be more to it.
    pub unknown: Option<String>,
}

/// A `listen` of a server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gate {
    /// The port; `None` when it is not known.
    pub port: Option<u16>,
    /// Whether it speaks TLS.
    pub tls: bool,
    /// The directive, or the server that has none.
    pub span: Span,
}

/// A `location`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Route {
    /// `=`, `~`, `~*`, `^~` or nothing.
    pub modifier: String,
    /// The path or pattern.
    pub path: Text,
    /// `alias` of its own.
    pub alias: Option<Text>,
    /// Where it looks for files, or makes the address another one, by a pattern (`try_files`, `rewrite`).
    pub rewritten: bool,
    /// Whether it answers by itself, before anything is passed on (`return`).
    pub answers: bool,
    /// The location with a name (`@app`) that takes what `try_files` does not find.
    pub falls_to: Option<Text>,
    /// What passes requests on.
    pub pass: Option<Pass>,
    /// The directive.
    pub span: Span,
}

/// What holds on a level of the configuration.
#[derive(Clone, Default)]
struct Level {
    headers: Vec<Header>,
    params: Vec<Header>,
    lost_host: Option<Span>,
    body: Option<Text>,
    unknown: Option<String>,
}

pub(super) fn sites(configs: &[(Part, Config)]) -> Vec<Site> {
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
            all.push(site(server, &body, &http, &groups));
        }
    }
    all
}

/// Whether nginx takes a part in inside `http`.
fn in_http(at: &str) -> bool {
    let inside = at.strip_prefix("/etc/nginx/").unwrap_or(at);
    let parts: Vec<&str> = inside.split('/').collect();
    matches!(parts.as_slice(), ["conf.d" | "templates" | "sites-enabled" | "sites-available", _])
}

/// Directives with those of the files they take in.
fn expand<'d>(
    directives: impl Iterator<Item = &'d Directive>,
    configs: &[(Part, Config)],
    depth: usize,
    budget: &mut usize,
) -> Vec<Directive> {
    let mut all = Vec::new();
    for directive in directives {
        if *budget == 0 {
            let message = format!(
                "more than {MAX_DIRECTIVES} directives with those that files take in; the rest is not read"
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

/// Whether a file at `at` is one that `include pattern` names.
fn fits(pattern: &str, at: &str) -> bool {
    let whole =
        if pattern.starts_with('/') { pattern.to_owned() } else { format!("/etc/nginx/{pattern}") };
    match whole.split_once('*') {
        Some((before, after)) => {
            let middle = at.strip_prefix(before).and_then(|rest| rest.strip_suffix(after));
            middle.is_some_and(|m| !m.contains('/')) && !after.contains('*')
        }
        None => whole == at,
    }
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
                    level.unknown.get_or_insert_with(|| format!("nginx takes in {path}"));
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
            level.headers = own;
        }
        let params = headers("uwsgi_param");
        if !params.is_empty() {
            level.params = params;
        }
        if let Some(size) = named("client_max_body_size").next_back().and_then(|d| d.arg(0)) {
            level.body = Some(size.clone());
        }
        level
    }
}

fn site(server: &Directive, body: &[Directive], http: &Level, groups: &[&Directive]) -> Site {
    let named = |name: &'static str| body.iter().filter(move |d| d.name.as_str() == name);
    let all_tls = named("ssl").any(|d| d.arg(0).is_some_and(|a| a.as_str() == "on"));
    let mut gates: Vec<Gate> = named("listen")
        .filter_map(|d| {
            let port = listen(d.arg(0)?, d.span).and_then(|l| l.port);
            let tls = all_tls || d.args.iter().any(|a| matches!(a.as_str(), "ssl" | "quic"));
            Some(Gate { port, tls, span: d.span })
        })
        .collect();
    if gates.is_empty() {
        gates.push(Gate { port: Some(80), tls: all_tls, span: server.span });
    }
    let level = http.inner(body);
    let mut site = Site {
        span: server.span,
        names: named("server_name").flat_map(|d| d.args.iter().cloned()).collect(),
        gates,
        routes: Vec::new(),
        unknown: level.unknown.clone(),
    };
    // `return` of the server itself comes before any location.
    let returns = named("return").next().is_some();
    routes(body, &level, groups, returns, &mut site.routes, 0);
    site
}

fn routes(
    body: &[Directive],
    level: &Level,
    groups: &[&Directive],
    returns: bool,
    all: &mut Vec<Route>,
    depth: usize,
) {
    for location in body.iter().filter(|d| d.name.as_str() == "location") {
        let (modifier, path) = match location.args.as_slice() {
            // `~\.php$`, written together
            [path] => {
                let plain = path.trim_start_matches(['=', '~', '^', '*']).len();
                let at = path.len() - plain;
                (path.as_str()[..at].to_owned(), path.slice(at..path.len()))
            }
            [modifier, path, ..] => (modifier.as_str().to_owned(), path.clone()),
            [] => continue,
        };
        let inside: &[Directive] = location.block.as_deref().unwrap_or_default();
        let here = level.inner(inside);
        let named = |name: &'static str| inside.iter().filter(move |d| d.name.as_str() == name);
        let first = PASS.iter().find_map(|by| Some((*by, named(by).next_back()?.arg(0)?)));
        let pass = first.map(|(by, address)| Pass {
            by,
            address: address.clone(),
            targets: targets(address, groups),
            headers: if by == "proxy_pass" { here.headers.clone() } else { here.params.clone() },
            lost_host: here.lost_host.filter(|_| by == "proxy_pass"),
            unknown: here.unknown.clone(),
            body: here.body.clone(),
        });
        let answers = returns || named("return").next().is_some();
        let rewritten =
            named("try_files").chain(named("rewrite")).chain(named("if")).next().is_some();
        let alias = named("alias").next_back().and_then(|d| d.arg(0).cloned());
        let last = named("try_files").next_back().and_then(|d| d.args.last().cloned());
        let falls_to = last.filter(|a| a.starts_with('@'));
        all.push(Route {
            modifier,
            path,
            alias,
            rewritten,
            answers,
            falls_to,
            pass,
            span: location.span,
        });
        if depth < MAX_DEPTH {
            routes(inside, &here, groups, answers, all, depth + 1);
        } else if let Some(deeper) = named("location").next() {
            let message = format!(
                "locations are nested more than {MAX_DEPTH} deep; what is deeper is not read"
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

impl Site {
    /// The location in which a request for `url` (a path) ends; `None` where that is not known, or the server answers.
    pub fn route(&self, url: &str) -> Option<&Route> {
        let found = self.matching(url)?;
        match &found.falls_to {
            Some(name) => self.routes.iter().find(|r| r.path.as_str() == name.as_str()),
            None => Some(found),
        }
    }

    fn matching(&self, url: &str) -> Option<&Route> {
        if let Some(exact) =
            self.routes.iter().find(|r| r.modifier == "=" && r.path.as_str() == url)
        {
            return Some(exact);
        }
        let plain = self.routes.iter().filter(|r| {
            matches!(r.modifier.as_str(), "" | "^~") && url.starts_with(r.path.as_str())
        });
        let best = plain.max_by_key(|r| r.path.len());
        if best.is_some_and(|b| b.modifier == "^~") {
            return best;
        }
        for route in self.routes.iter().filter(|r| r.modifier.starts_with('~')) {
            let pattern = RegexBuilder::new(route.path.as_str())
                .case_insensitive(route.modifier == "~*")
                .size_limit(1 << 18)
                .build();
            if pattern.ok()?.is_match(url) {
                return Some(route);
            }
        }
        best
    }
}
