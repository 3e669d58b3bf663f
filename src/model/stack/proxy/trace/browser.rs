//! A request as a person sends it: an address, which leads to a published port.

use super::super::Proxy;
use crate::finding::{Quote, Trace, TraceAnswer, TraceEnding, TraceStep, prose};
use crate::model::roles::nginx::follow::Request;
use crate::model::stack::network::{HostAddress, Published};
use crate::source::{Reason, Unknown};

/// A request to an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BrowserRequest {
    pub tls: bool,
    /// The host of the address.
    pub host: String,
    /// The port of the address, also where it is the usual one.
    pub port: u16,
    /// As it comes in; its port is set to that of the container.
    pub request: Request,
}

impl BrowserRequest {
    /// Takes an address apart: `http://localhost:8000/static/x.css?v=1`. `None` where it is no address of a web page.
    pub fn of_url(
        url: &str,
        method: &str,
        body: u64,
        own_headers: &[(String, String)],
    ) -> Option<Self> {
        let (scheme, rest) = url.split_once("://").unwrap_or(("http", url));
        let tls = match scheme.to_ascii_lowercase().as_str() {
            "http" => false,
            "https" => true,
            _ => return None,
        };
        let rest = rest.split('#').next()?;
        let at = rest.find(['/', '?']).unwrap_or(rest.len());
        let (authority, target) = rest.split_at(at);
        let authority = authority.rsplit('@').next()?;
        let usual = if tls { 443 } else { 80 };
        let (host, port) = match authority.rsplit_once(':') {
            Some((host, port)) if !port.contains(']') => (host, port.parse().ok()?),
            _ => (authority, usual),
        };
        if host.is_empty() || host.contains(char::is_whitespace) {
            return None;
        }
        let target = match target.chars().next() {
            None => "/".to_owned(),
            Some('?') => format!("/{target}"),
            Some(_) => target.to_owned(),
        };
        let shown = if port == usual { host.to_owned() } else { format!("{host}:{port}") };
        let mut headers = own_headers.to_vec();
        let has = |headers: &[(String, String)], name: &str| {
            headers.iter().any(|(n, _)| n.eq_ignore_ascii_case(name))
        };
        if !has(&headers, "host") {
            headers.insert(0, ("Host".to_owned(), shown.clone()));
        }
        if method.eq_ignore_ascii_case("POST") && !has(&headers, "origin") {
            headers.push(("Origin".to_owned(), format!("{scheme}://{shown}")));
        }
        let method = method.to_owned();
        let request = Request { port, method, target, headers, body };
        Some(Self { tls, host: host.to_owned(), port, request })
    }
}

impl Proxy<'_> {
    /// The way of a request to an address.
    pub fn trace_url(&self, asked: &BrowserRequest) -> Trace {
        let network = self.stack.network();
        let mut found: Option<(usize, Published)> = None;
        let mut others = Vec::new();
        for index in 0..self.stack.containers.len() {
            for port in network.host_ports(index).into_iter().filter(|p| p.protocol == "tcp") {
                if (port.first..=port.last).contains(&asked.port) {
                    found.get_or_insert((index, port));
                } else {
                    others.push((index, port));
                }
            }
        }
        let Some((index, port)) = found else { return self.not_published(asked, &others) };
        let container = self.stack.container(index);
        let unknown = |why: Unknown| Trace {
            ending: Some(TraceEnding {
                status: None,
                words: prose!("not known: {}", why),
                unknown: Some(why.clone()),
            }),
            answer: Err(why),
            steps: Vec::new(),
        };
        // A range leads to one of the same length.
        let target = match port.target {
            Some(target) => target,
            None => {
                return unknown(Unknown::at(Reason::NotEvaluated("a range of ports"), port.span));
            }
        };
        let local = matches!(port.address, HostAddress::Is(address) if address.is_loopback());
        let mut steps = vec![TraceStep {
            what: prose!(
                "port {} of this machine leads to port {} of {}",
                asked.port,
                target,
                container
            ),
            at: Some(port.span),
        }];
        if local && !matches!(asked.host.as_str(), "localhost" | "127.0.0.1" | "[::1]") {
            steps.push(TraceStep {
                what: prose!("it is open on this machine only"),
                at: Some(port.span),
            });
        }
        let request = Request { port: target, ..asked.request.clone() };
        let mut trace = self.trace_at(index, &request);
        steps.append(&mut trace.steps);
        trace.steps = steps;
        self.check_scheme(asked, index, &mut trace);
        trace
    }

    /// nginx answers an unencrypted request at a port for TLS with 400, and no TLS at all at a plain one.
    fn check_scheme(&self, asked: &BrowserRequest, index: usize, trace: &mut Trace) {
        let nginx = self.stack.roles.nginx.iter().any(|n| n.container == index);
        let reached = trace.answer.as_ref().is_ok_and(|a| {
            !matches!(a, TraceAnswer::Down | TraceAnswer::NoListener | TraceAnswer::TlsError)
        });
        let Some(tls) = self.speaks_tls(index, trace).filter(|_| reached) else { return };
        if tls == asked.tls {
            return;
        }
        let (status, words) = match (tls, nginx) {
            (true, true) => (
                Some(400),
                prose!("400, because the address starts with http:// and the port speaks TLS"),
            ),
            (true, false) => (None, prose!("no answer: the port speaks TLS")),
            (false, _) => (
                None,
                prose!("no answer: the address starts with https:// and the port speaks no TLS"),
            ),
        };
        trace.answer = Ok(match status {
            Some(status) => TraceAnswer::Status { status, upstream: None, looked_at: None },
            None => TraceAnswer::TlsError,
        });
        trace.steps.truncate(1);
        trace.ending = Some(TraceEnding { status, words, unknown: None });
    }

    /// Whether the port that a request came in at is encrypted; `None` where that is not known.
    fn speaks_tls(&self, index: usize, trace: &Trace) -> Option<bool> {
        let nginx = self.stack.roles.nginx.iter().find(|n| n.container == index);
        match (nginx, &trace.answer) {
            (Some(nginx), Ok(_)) => {
                let port = self.entry_port(trace)?;
                let mut here = nginx.servers.iter().flat_map(|s| &s.listens);
                Some(here.any(|l| l.port == Some(port) && l.tls))
            }
            (None, _) => {
                let (step, _) = self.stack.container(index).server()?;
                let tls = step.words.iter().any(|w| w.contains("certfile") || w.contains("ssl"));
                (!tls).then_some(false)
            }
            _ => None,
        }
    }

    /// The port of the container that the first step leads to.
    fn entry_port(&self, trace: &Trace) -> Option<u16> {
        let at = trace.steps.first()?.at?;
        let all = 0..self.stack.containers.len();
        let mut ports = all.flat_map(|i| self.stack.network().host_ports(i));
        ports.find(|p| p.span == at)?.target
    }

    /// No service has the port.
    fn not_published(&self, asked: &BrowserRequest, others: &[(usize, Published)]) -> Trace {
        let host = self.stack.containers.iter().find(|c| c.service.host_network());
        if let Some(container) = host {
            let why = Unknown::at(Reason::SharedNetwork, container.name_span());
            return Trace {
                ending: Some(TraceEnding {
                    status: None,
                    words: prose!("not known: {}", why),
                    unknown: Some(why.clone()),
                }),
                answer: Err(why),
                steps: Vec::new(),
            };
        }
        let mut steps =
            vec![TraceStep { what: prose!("no service publishes port {}", asked.port), at: None }];
        const MAX_OTHERS: usize = 5;
        for (index, port) in others.iter().take(MAX_OTHERS) {
            steps.push(TraceStep {
                what: prose!("{} publishes port {}", self.stack.container(*index), port.first),
                at: Some(port.span),
            });
        }
        let words = prose!(
            "no answer: nothing listens at {}",
            Quote::value(&format!("{}:{}", asked.host, asked.port))
        );
        Trace {
            answer: Ok(TraceAnswer::NoListener),
            ending: Some(TraceEnding { status: None, words, unknown: None }),
            steps,
        }
    }
}
