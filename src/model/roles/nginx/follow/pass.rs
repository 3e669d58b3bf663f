//! What is sent on, and to whom (`ngx_http_proxy_module.c`, `ngx_http_upstream.c`).

use super::expand::has_variables;
use super::level::Chain;
use super::servers::{code, status};
use super::state::{Context, HostMeaning, SELF, State, Stop};
use super::uri::escaped;
use crate::finding::{Prose, TraceAnswer, TracePass, prose};
use crate::model::roles::nginx::upstreams::upstreams;
use crate::source::{Reason, Span, Text, Unknown};
use crate::syntax::nginx::{Config, Directive};

/// Headers of the client that are not passed on (`ngx_http_proxy_headers`).
const DROPPED: [&str; 8] = [
    "host",
    "connection",
    "keep-alive",
    "te",
    "expect",
    "upgrade",
    "transfer-encoding",
    "content-length",
];

/// An address that requests are passed to.
struct Target {
    protocol: &'static str,
    /// The host, or `unix:/path`.
    host: String,
    port: Option<u16>,
    /// What is written behind it.
    uri: Option<String>,
}

/// Takes an address apart: `http://web:8000/x`, `web:8000`, `unix:/run/app.sock`.
fn target(word: &str, address: &str) -> Option<Target> {
    let (scheme, rest) = match address.split_once("://") {
        Some((scheme, rest)) => (Some(scheme.to_ascii_lowercase()), rest),
        None => (None, address),
    };
    let protocol = match (word, scheme.as_deref()) {
        ("proxy_pass", Some("http")) => "http",
        ("proxy_pass", Some("https")) => "https",
        ("uwsgi_pass", None | Some("uwsgi")) => "uwsgi",
        ("fastcgi_pass", None) => "fastcgi",
        ("scgi_pass", None | Some("scgi")) => "scgi",
        _ => return None,
    };
    if let Some(socket) = rest.strip_prefix("unix:") {
        let (path, uri) = match socket.split_once(':') {
            Some((path, uri)) => (path, Some(uri.to_owned()).filter(|u| !u.is_empty())),
            None => (socket, None),
        };
        return Some(Target { protocol, host: format!("unix:{path}"), port: None, uri });
    }
    let at = rest.find(['/', '?']).unwrap_or(rest.len());
    let (authority, uri) = rest.split_at(at);
    let (host, port) = match authority.rsplit_once(':') {
        Some((host, port)) if !port.contains(']') => (host, Some(port.parse().ok()?)),
        _ => (authority, None),
    };
    if host.is_empty() {
        return None;
    }
    let uri = Some(uri)
        .filter(|u| !u.is_empty())
        .map(|u| if u.starts_with('/') { u.to_owned() } else { format!("/{u}") });
    Some(Target { protocol, host: host.to_ascii_lowercase(), port, uri })
}

/// A server that may be asked.
enum Peer {
    /// Its name and port.
    Reached(String),
    /// Nothing answers there.
    Refused(String, Prose),
}

impl<'w> Context<'w> {
    /// Passes a request on.
    pub(super) fn pass(
        &self,
        state: &mut State<'w>,
        chain: &Chain<'w>,
        word: &'static str,
        directive: &'w Directive,
    ) -> Stop {
        match self.passed(state, chain, word, directive) {
            Ok(answer) => Stop::Answer(answer),
            Err(stop) => stop,
        }
    }

    fn passed(
        &self,
        state: &mut State<'w>,
        chain: &Chain<'w>,
        word: &'static str,
        directive: &'w Directive,
    ) -> Result<TraceAnswer, Stop> {
        let unknown =
            || Stop::Unknown(Unknown::at(Reason::NotEvaluated("an address"), directive.span));
        let address = directive.arg(0).ok_or_else(unknown)?;
        let late = has_variables(address);
        let written = self.expand(state, chain, address)?;
        let target = target(word, &written).ok_or_else(unknown)?;
        let peers = self.peers(state, chain, &target, late, directive)?;
        let reached: Vec<String> = peers
            .iter()
            .filter_map(|p| match p {
                Peer::Reached(who) => Some(who.clone()),
                Peer::Refused(..) => None,
            })
            .collect();
        let Some(first) = reached.first() else {
            if let Some(Peer::Refused(who, what)) = peers.into_iter().next() {
                state.step(what, Some(directive.span));
                let stop = self.special(state, chain, 502);
                return match stop {
                    Stop::Answer(
                        TraceAnswer::Status { status, .. } | TraceAnswer::Return { status, .. },
                    ) => Ok(TraceAnswer::Status { status, upstream: Some(who), looked_at: None }),
                    stop => Err(stop),
                };
            }
            return Err(unknown());
        };
        let usual = if target.protocol == "https" { 443 } else { 80 };
        let port = target.port.unwrap_or(usual);
        let shown = match target.port.filter(|p| *p != usual) {
            Some(port) => format!("{}:{port}", target.host),
            None => target.host.clone(),
        };
        let shown = if shown.starts_with("unix:") { "localhost".to_owned() } else { shown };
        state.proxy = Some((shown, port.to_string()));
        let path = match word {
            "proxy_pass" => Some(self.path_sent(state, &target, late)?),
            _ => self.parameter(state, chain, word, "REQUEST_URI")?,
        };
        let headers = match word {
            "proxy_pass" => self.headers_sent(state, chain)?,
            _ => Vec::new(),
        };
        if path.as_ref().is_some_and(String::is_empty) {
            return Ok(status(500));
        }
        state.step(prose!("{} sends it to {}", code(word), code(first)), Some(directive.span));
        let many = reached.len() > 1;
        Ok(TraceAnswer::Pass(TracePass {
            upstream: first.clone(),
            any_of: if many { reached } else { Vec::new() },
            path,
            headers,
            protocol: target.protocol,
        }))
    }

    /// The path that is sent.
    fn path_sent(&self, state: &State<'w>, target: &Target, late: bool) -> Result<String, Unknown> {
        let with_args = |path: String| match state.args.is_empty() {
            true => path,
            false => format!("{path}?{}", state.args),
        };
        let Some(uri) = &target.uri else {
            return Ok(if state.unparsed {
                state.request.target.clone()
            } else {
                with_args(escaped(&state.uri))
            });
        };
        if late {
            return Ok(uri.clone());
        }
        // After `rewrite … break` the path no longer begins as the location, and is sent alone.
        let (uri, rest) = match state.valid_location {
            true => (uri.as_str(), state.uri.strip_prefix(state.location.as_str()).unwrap_or("")),
            false => ("", state.uri.as_str()),
        };
        let changed = state.request.target.contains('%') || state.internal;
        let rest = if changed { escaped(rest) } else { rest.to_owned() };
        Ok(with_args(format!("{uri}{rest}")))
    }

    /// A parameter of uWSGI, FastCGI or SCGI.
    fn parameter(
        &self,
        state: &State<'w>,
        chain: &Chain<'w>,
        word: &str,
        name: &str,
    ) -> Result<Option<String>, Unknown> {
        let set = format!("{}_param", word.trim_end_matches("_pass"));
        let all = chain.all(&set);
        let found = all.iter().rev().find(|d| d.arg(0).is_some_and(|a| a.as_str() == name));
        found.and_then(|d| d.arg(1)).map(|value| self.expand(state, chain, value)).transpose()
    }

    /// The headers that are sent: those that are set, and the client's.
    fn headers_sent(
        &self,
        state: &State<'w>,
        chain: &Chain<'w>,
    ) -> Result<Vec<(String, String)>, Unknown> {
        let set = chain.all("proxy_set_header");
        let mut all: Vec<(String, String)> = Vec::new();
        let sets =
            |name: &str| set.iter().any(|d| d.arg(0).is_some_and(|a| a.eq_ignore_ascii_case(name)));
        if !sets("host") {
            let host = state.proxy.as_ref().map(|(host, _)| host.clone());
            all.push(("Host".to_owned(), host.unwrap_or_default()));
        }
        if !sets("connection") {
            all.push(("Connection".to_owned(), "close".to_owned()));
        }
        for directive in &set {
            let (Some(name), Some(value)) = (directive.arg(0), directive.arg(1)) else { continue };
            let value = self.expand(state, chain, value)?;
            if !value.is_empty() {
                all.push((name.as_str().to_owned(), value));
            }
        }
        if chain.is_on("proxy_pass_request_headers", true) {
            for (name, value) in &state.request.headers {
                // nginx drops headers with an underscore unless it is told not to.
                let odd = name.contains('_') && !chain.is_on("underscores_in_headers", false);
                let dropped = DROPPED.iter().any(|d| name.eq_ignore_ascii_case(d));
                if !odd && !dropped && !sets(name) {
                    all.push((name.clone(), value.clone()));
                }
            }
        }
        Ok(all)
    }

    /// The servers behind an address.
    fn peers(
        &self,
        state: &State<'w>,
        chain: &Chain<'w>,
        target: &Target,
        late: bool,
        directive: &'w Directive,
    ) -> Result<Vec<Peer>, Stop> {
        let usual = if target.protocol == "https" { 443 } else { 80 };
        let group = self
            .http
            .named("upstream")
            .find(|g| g.arg(0).is_some_and(|n| n.eq_ignore_ascii_case(&target.host)));
        let Some(group) = group else {
            let port = target.port.unwrap_or(usual);
            return Ok(vec![self.peer(state, chain, &target.host, port, late, directive.span)?]);
        };
        let mut all = Vec::new();
        let mut spare = Vec::new();
        for server in group.children("server") {
            let has = |word: &str| server.args.iter().skip(1).any(|a| a.as_str() == word);
            if has("down") {
                continue;
            }
            let unknown = || Unknown::at(Reason::NotEvaluated("an address"), server.span);
            let address = server.arg(0).ok_or_else(unknown)?;
            let Some(text) = address.resolved() else {
                return Err(address.why().unwrap_or_else(unknown).into());
            };
            let (host, port) = match text.rsplit_once(':') {
                Some(_) if text.starts_with("unix:") => (text, None),
                Some((host, port)) if !port.contains(']') => {
                    (host, Some(port.parse().map_err(|_| unknown())?))
                }
                _ => (text, None),
            };
            let peer = self.peer(state, chain, host, port.unwrap_or(80), false, server.span)?;
            if has("backup") { spare.push(peer) } else { all.push(peer) }
        }
        let refused = all.iter().any(|p| matches!(p, Peer::Refused(..)));
        let reached = all.iter().any(|p| matches!(p, Peer::Reached(_)));
        if !reached {
            all.extend(spare);
        } else if refused {
            all.retain(|p| matches!(p, Peer::Reached(_)));
        }
        Ok(all)
    }

    /// The first host that nginx looks up when it starts and does not find.
    pub(super) fn unknown_host(&self) -> Result<Option<Text>, Unknown> {
        let configs = [Config { directives: self.whole.directives.clone(), errors: Vec::new() }];
        let mut perhaps = None;
        for upstream in upstreams(configs.iter()) {
            let Some(host) = upstream.host.resolved() else {
                return Err(upstream.host.why().unwrap_or(Reason::CommandOutput.into()));
            };
            match self.around.host(&host.to_ascii_lowercase()) {
                HostMeaning::Nothing => return Ok(Some(upstream.host)),
                // A name of the internet is most often found.
                HostMeaning::Unknown(why) if !host.contains('.') => {
                    perhaps.get_or_insert(why.or_at(upstream.span));
                }
                _ => {}
            }
        }
        perhaps.map_or(Ok(None), Err)
    }

    /// A server by its name and port. `late` says that the name is looked up with the request.
    fn peer(
        &self,
        state: &State<'w>,
        chain: &Chain<'w>,
        host: &str,
        port: u16,
        late: bool,
        at: Span,
    ) -> Result<Peer, Stop> {
        let lower = host.to_ascii_lowercase();
        if let Some(socket) = lower.strip_prefix("unix:") {
            return Ok(Peer::Reached(format!("unix:{}", &host[host.len() - socket.len()..])));
        }
        let address = lower.parse::<core::net::Ipv4Addr>().is_ok() || lower.starts_with('[');
        if late && !address && lower != "localhost" {
            match chain.last("resolver") {
                None => {
                    let what = prose!("no resolver finds {}", code(&lower));
                    return Ok(Peer::Refused(format!("{lower}:{port}"), what));
                }
                Some(resolver) => {
                    let docker = |a: &crate::source::Text| a.starts_with("127.0.0.11");
                    if !resolver.args.iter().any(docker) {
                        return Err(Unknown::at(
                            Reason::NotEvaluated("this resolver"),
                            resolver.span,
                        )
                        .into());
                    }
                }
            }
        }
        let local = lower == "localhost" || lower.starts_with("127.") || lower == "[::1]";
        match self.around.host(&lower) {
            HostMeaning::Service(name) => Ok(Peer::Reached(format!("{name}:{port}"))),
            HostMeaning::Listed => Ok(Peer::Reached(format!("{lower}:{port}"))),
            HostMeaning::Itself => {
                let listens = self.listens()?;
                if listens.iter().any(|l| l.port == port) {
                    return Err(Unknown::at(Reason::RunsItself(lower), at).into());
                }
                let _ = state;
                let who = if local { lower.clone() } else { SELF.to_owned() };
                let what = prose!(
                    "{} is the container itself, where nothing listens at {}",
                    code(&lower),
                    port
                );
                Ok(Peer::Refused(format!("{who}:{port}"), what))
            }
            HostMeaning::Nothing if late => {
                let what = prose!("the resolver does not find {}", code(&lower));
                Ok(Peer::Refused(format!("{lower}:{port}"), what))
            }
            HostMeaning::Nothing => Err(Stop::Answer(TraceAnswer::Down)),
            HostMeaning::Unknown(why) => Err(why.or_at(at).into()),
        }
    }
}
