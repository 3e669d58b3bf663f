//! The way of one request: from a published port through nginx to a service, or to a file.

mod application;
mod browser;
mod surroundings;

pub use browser::BrowserRequest;

use super::Proxy;
use crate::finding::{Quote, Trace, TraceAnswer, TraceEnding, TracePass, prose};
use crate::model::roles::nginx::follow::{Request, Whole, follow};
use crate::source::{Reason, Unknown};
use application::Arrived;
use surroundings::InContainer;

impl Proxy<'_> {
    /// What the service with number `index` does with a request that comes in at a port of its container, and what comes
    /// of it.
    pub fn trace_at(&self, index: usize, request: &Request) -> Trace {
        let container = self.stack.container(index);
        if self.stack.roles.nginx.iter().any(|n| n.container == index) {
            return self.trace_nginx(index, request);
        }
        // The service itself is asked.
        let pass = TracePass {
            upstream: format!("{}:{}", container.name(), request.port),
            any_of: Vec::new(),
            path: Some(request.target.clone()),
            headers: request.headers.clone(),
            protocol: "http",
        };
        let arrived = Arrived { pass: &pass, method: &request.method, proxied: false };
        let (steps, ending) = self.arrive(index, request.port, &arrived);
        Trace { answer: Ok(TraceAnswer::Pass(pass)), ending: Some(ending), steps }
    }

    fn trace_nginx(&self, index: usize, request: &Request) -> Trace {
        let container = self.stack.container(index);
        let whole = Whole::of_container(self.stack.sources, &self.stack.project.folder, container);
        let around = InContainer::new(self, index);
        let followed = follow(&whole, &around, request);
        let mut steps = followed.steps;
        let ending = match &followed.answer {
            Err(why) => TraceEnding {
                status: None,
                words: prose!("not known: {}", why),
                unknown: Some(why.clone()),
            },
            Ok(TraceAnswer::Pass(pass)) => match self.upstream(pass) {
                Some((service, port)) => {
                    let method = &request.method;
                    let arrived = Arrived { pass, method, proxied: true };
                    let (more, ending) = self.arrive(service, port, &arrived);
                    steps.extend(more);
                    ending
                }
                None => {
                    let why = Unknown::from(Reason::Outside(pass.upstream.clone()));
                    let words = prose!("what {} answers", Quote::value(&pass.upstream));
                    TraceEnding { status: None, words, unknown: Some(why) }
                }
            },
            Ok(answer) => self.ended(index, answer),
        };
        // An answer that rests on a file which may be there, or not, is only the likely one.
        let ending = match followed.assumed {
            Some(why) if ending.unknown.is_none() => {
                TraceEnding { status: None, unknown: Some(why), ..ending }
            }
            _ => ending,
        };
        Trace { answer: followed.answer, ending: Some(ending), steps }
    }

    /// The service and the port of an upstream.
    fn upstream(&self, pass: &TracePass) -> Option<(usize, u16)> {
        let (name, port) = pass.upstream.rsplit_once(':')?;
        Some((self.stack.named(name)?, port.parse().ok()?))
    }

    /// What a person gets of an answer of nginx's own.
    fn ended(&self, index: usize, answer: &TraceAnswer) -> TraceEnding {
        let known = |status, words| TraceEnding { status, words, unknown: None };
        let name = self.stack.container(index).name();
        match answer {
            TraceAnswer::File { path, exists } => {
                let around = InContainer::new(self, index);
                let place = around.place_of(path);
                let words = match exists {
                    Some(true) => prose!("200, the file {}", Quote::path(path)),
                    Some(false) => {
                        prose!("404, because {} is not there{}", Quote::path(path), place)
                    }
                    None => prose!("200 where {} is there, else 404{}", Quote::path(path), place),
                };
                match exists {
                    Some(true) => known(Some(200), words),
                    Some(false) => known(Some(404), words),
                    None => {
                        let why = match around.why_unknown(path) {
                            Some(why) => why,
                            None => Reason::FileExists(path.clone()).into(),
                        };
                        TraceEnding { status: None, words, unknown: Some(why) }
                    }
                }
            }
            TraceAnswer::Return { status, location } => known(
                Some(*status),
                prose!("{}, a redirect to {}", *status, Quote::value(location)),
            ),
            TraceAnswer::Status { status: 413, .. } => {
                known(Some(413), prose!("413, because the body is too large for nginx"))
            }
            TraceAnswer::Status { status: 502, upstream: Some(who), .. } => {
                known(Some(502), prose!("502, because nothing answers at {}", Quote::value(who)))
            }
            TraceAnswer::Status { status, looked_at: Some(folder), .. } => known(
                Some(*status),
                prose!("{}, because {} has no index", *status, Quote::path(folder)),
            ),
            TraceAnswer::Status { status, .. } => {
                known(Some(*status), prose!("{} from nginx itself", *status))
            }
            TraceAnswer::Closed => known(None, prose!("no answer: nginx closes the connection")),
            TraceAnswer::TlsError => known(None, prose!("no answer: the TLS handshake fails")),
            TraceAnswer::NoListener => {
                known(None, prose!("no answer: {} does not listen there", Quote::name(name)))
            }
            TraceAnswer::Down => {
                known(None, prose!("no answer: {} does not start", Quote::name(name)))
            }
            TraceAnswer::Pass(_) => known(None, prose!("it is passed on")),
        }
    }
}
