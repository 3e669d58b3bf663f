//! Which server takes a request: by the address and port it comes in at, and by its `Host` (nginx docs, "How nginx
//! processes a request"; core module: `listen`, `server_name`).

use super::level::{Chain, Kind, Level};
use super::pattern::{compiled, groups};
use super::state::{Context, State, Stop};
use crate::finding::{Quote, TraceAnswer, prose};
use crate::source::{Reason, Span, Unknown};
use crate::syntax::nginx::Directive;

/// The address of a `listen`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Address {
    /// All of IPv4, perhaps of IPv6 as well.
    Any,
    /// All of IPv6 only.
    AnyV6,
    /// Only from the container itself, or by a socket.
    Local,
    /// One address, or a name.
    Other,
}

/// A `listen`, or a server that has none.
#[derive(Debug, Clone, Copy)]
pub(super) struct Listening<'w> {
    pub(super) address: Address,
    pub(super) port: u16,
    pub(super) ssl: bool,
    pub(super) default: bool,
    /// Whether what is in front speaks the PROXY protocol.
    pub(super) proxied: bool,
    pub(super) server: &'w Directive,
    pub(super) span: Span,
}

/// What a `listen` says; not known where a variable or a piece of it is not.
fn listening<'w>(
    server: &'w Directive,
    directive: &'w Directive,
    all_tls: bool,
) -> Result<Listening<'w>, Unknown> {
    let unknown = |why: Reason| Unknown::at(why, directive.span);
    let text = directive.arg(0).ok_or_else(|| unknown(Reason::NoServer))?;
    let text = text
        .resolved()
        .ok_or_else(|| text.why().unwrap_or(unknown(Reason::NotEvaluated("`listen`"))))?;
    let has = |word: &str| directive.args.iter().skip(1).any(|a| a.as_str() == word);
    let made = |address, port| Listening {
        address,
        port,
        ssl: all_tls || has("ssl") || has("quic"),
        default: has("default_server") || has("default"),
        proxied: has("proxy_protocol"),
        server,
        span: directive.span,
    };
    if text.starts_with("unix:") {
        return Ok(made(Address::Local, 0));
    }
    let (host, port) = match text.rsplit_once(':') {
        Some((host, port)) if !port.contains(']') => (host, Some(port)),
        _ if text.chars().all(|c| c.is_ascii_digit()) => ("", Some(text)),
        _ => (text, None),
    };
    let port = match port {
        None => 80,
        Some(port) => port.parse().map_err(|_| unknown(Reason::NotEvaluated("`listen`")))?,
    };
    let address = match host {
        "" | "*" | "0.0.0.0" => Address::Any,
        "[::]" if has("ipv6only=off") => Address::Any,
        "[::]" => Address::AnyV6,
        "localhost" | "[::1]" => Address::Local,
        host if host.starts_with("127.") => Address::Local,
        _ => Address::Other,
    };
    Ok(made(address, port))
}

impl<'w> Context<'w> {
    /// The servers of `http`.
    pub(super) fn servers(&self) -> impl Iterator<Item = &'w Directive> {
        self.http.directives.iter().filter(|d| d.name.as_str() == "server" && d.block.is_some())
    }

    /// Where the servers listen, in their order.
    pub(super) fn listens(&self) -> Result<Vec<Listening<'w>>, Unknown> {
        let mut all = Vec::new();
        for server in self.servers() {
            let on = |d: &Directive| d.arg(0).is_some_and(|a| a.as_str() == "on");
            let tls = server.children("ssl").any(on);
            let mut any = false;
            for directive in server.children("listen") {
                any = true;
                let listen = listening(server, directive, tls)?;
                let quic = directive.args.iter().any(|a| a.as_str() == "quic");
                if !quic {
                    all.push(listen);
                }
            }
            if !any {
                all.push(Listening {
                    address: Address::Any,
                    port: 80,
                    ssl: tls,
                    default: false,
                    proxied: false,
                    server,
                    span: server.span,
                });
            }
        }
        Ok(all)
    }

    /// The server that takes a request, and sets what is known of it from then on.
    pub(super) fn choose_server(&self, state: &mut State<'w>) -> Result<Chain<'w>, Stop> {
        let port = state.request.port;
        let all: Vec<Listening<'w>> =
            self.listens()?.into_iter().filter(|l| l.port == port).collect();
        // An address of its own may be the one that the request comes to.
        if let Some(other) = all.iter().find(|l| l.address == Address::Other) {
            return Err(
                Unknown::at(Reason::NotEvaluated("an address in `listen`"), other.span).into()
            );
        }
        let here: Vec<Listening<'w>> =
            all.into_iter().filter(|l| l.address == Address::Any).collect();
        let Some(first) = here.first() else {
            let what = prose!("nothing listens at port {} of the container", port);
            state.step(what, None);
            return Err(Stop::Answer(TraceAnswer::NoListener));
        };
        if let Some(proxied) = here.iter().find(|l| l.proxied) {
            return Err(Unknown::at(Reason::NotEvaluated("`proxy_protocol`"), proxied.span).into());
        }
        state.tls = here.iter().any(|l| l.ssl);
        let default = here.iter().find(|l| l.default).unwrap_or(first);
        if state.tls {
            self.handshake(state, default, &here)?;
        }
        let host = match self.checked_host(state) {
            Ok(host) => host,
            Err(()) => {
                state.step(prose!("nginx refuses the Host header"), Some(default.span));
                return Err(Stop::Answer(status(400)));
            }
        };
        let chosen = self.named(state, &host, &here)?;
        let by_name = chosen.is_some();
        let chosen = chosen.unwrap_or(*default);
        state.host = host;
        state.server_name = server_name(chosen.server)?;
        let what = match by_name {
            true => prose!("the server called {} takes it", code(&state.host)),
            false => prose!("the default server of port {} takes it", port),
        };
        state.step(what, Some(chosen.server.span));
        Ok(Chain(vec![self.http, Level::of_block(Kind::Server, chosen.server)]))
    }

    /// A handshake needs a certificate.
    fn handshake(
        &self,
        state: &mut State<'w>,
        default: &Listening<'w>,
        here: &[Listening<'w>],
    ) -> Result<(), Stop> {
        let refuses = |server: &Directive| {
            server
                .children("ssl_reject_handshake")
                .any(|d| d.arg(0).is_some_and(|a| a.as_str() == "on"))
        };
        let certified = |server: &'w Directive| {
            Chain(vec![self.http, Level::of_block(Kind::Server, server)])
                .last("ssl_certificate")
                .is_some()
        };
        // Which name is asked for in the handshake is the host's, where it is a name.
        let host = self.checked_host(state).unwrap_or_default();
        let named = self.named(state, &host, here)?.map_or(default.server, |l| l.server);
        if refuses(named) {
            state.step(prose!("nginx refuses the TLS handshake"), Some(named.span));
            return Err(Stop::Answer(TraceAnswer::TlsError));
        }
        if !certified(named) {
            let why = Reason::NotEvaluated("a server without a certificate");
            return Err(Unknown::at(why, named.span).into());
        }
        Ok(())
    }

    /// The host that is asked for, in lower case and without its port.
    fn checked_host(&self, state: &State<'_>) -> Result<String, ()> {
        let Some(host) = state.request.header("host") else { return Err(()) };
        if host.chars().any(|c| c <= ' ' || c == '/' || c == '\u{7f}') {
            return Err(());
        }
        let end = match host.strip_prefix('[') {
            Some(inner) => inner.find(']').map(|i| i + 2).ok_or(())?,
            None => host.find(':').unwrap_or(host.len()),
        };
        let name = host.get(..end).ok_or(())?.to_ascii_lowercase();
        let dotted = name.strip_suffix('.').unwrap_or(&name);
        if dotted.contains("..") {
            return Err(());
        }
        Ok(dotted.to_owned())
    }

    /// The server whose name fits a host.
    fn named(
        &self,
        state: &mut State<'w>,
        host: &str,
        here: &[Listening<'w>],
    ) -> Result<Option<Listening<'w>>, Stop> {
        let mut best: Option<(usize, Listening<'w>)> = None;
        let mut patterns = Vec::new();
        for listen in here {
            for name in listen.server.children("server_name").flat_map(|d| &d.args) {
                let Some(text) = name.resolved() else {
                    return Err(name.why().unwrap_or(Reason::CommandOutput.into()).into());
                };
                let lower = text.to_ascii_lowercase();
                if text.starts_with('~') {
                    patterns.push((name, listen));
                    continue;
                }
                let Some(rank) = rank(&lower, host) else { continue };
                if best.as_ref().is_none_or(|(known, _)| rank > *known) {
                    best = Some((rank, *listen));
                }
            }
        }
        if let Some((_, listen)) = best {
            return Ok(Some(listen));
        }
        for (name, listen) in patterns {
            let pattern = name.strip_prefix('~').unwrap_or(name);
            let regex = compiled(pattern, true).map_err(|why| why.or_at(name.span()))?;
            if let Some((all, named)) = groups(&regex, host) {
                state.captures = all;
                state.variables.extend(named);
                return Ok(Some(*listen));
            }
        }
        Ok(None)
    }
}

/// How well a name fits a host, better ones higher; `None` where it does not: the exact one, the longest that starts with
/// a star, the longest that ends with one.
fn rank(name: &str, host: &str) -> Option<usize> {
    const EXACT: usize = 1 << 20;
    const START: usize = 1 << 16;
    if name == host || name.strip_prefix('.') == Some(host) {
        return Some(EXACT);
    }
    let tail = match name.strip_prefix('*') {
        Some(rest) if rest.starts_with('.') => Some(rest),
        _ => Some(name).filter(|n| n.starts_with('.')),
    };
    if let Some(tail) = tail {
        return host.ends_with(tail).then_some(START + tail.len());
    }
    let head = name.strip_suffix('*').filter(|h| h.ends_with('.'))?;
    host.starts_with(head).then_some(head.len())
}

/// `$server_name`: the first name, without what makes it a wildcard.
fn server_name(server: &Directive) -> Result<String, Unknown> {
    let Some(name) = server.children("server_name").flat_map(|d| &d.args).next() else {
        return Ok(String::new());
    };
    let text = name.resolved();
    let text = text.ok_or_else(|| name.why().unwrap_or(Reason::CommandOutput.into()))?;
    Ok(text.strip_prefix('.').unwrap_or(text).to_owned())
}

/// An answer of nginx's own.
pub(super) fn status(status: u16) -> TraceAnswer {
    TraceAnswer::Status { status, upstream: None, looked_at: None }
}

/// A word of the configuration in a sentence.
pub(super) fn code(text: &str) -> Quote {
    Quote::code(&text)
}
