//! Where the process of a service listens (gunicorn docs, "Settings"; uvicorn docs, "Settings"; Daphne's `--help`;
//! Django docs, `runserver`; the pages of well-known images).

use super::Network;
use super::bind_address::BindAddress;
use super::bind_scope::BindScope;
use super::server_binds::served;
use crate::facts::{self, Reference};
use crate::model::container::Container;
use crate::model::process::{Step, StepKind};
use crate::source::{Reason, Span, Unknown};
use std::cell::OnceCell;

/// A port that a service listens on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listener {
    /// The port; `None` when it is not known.
    pub port: Option<u16>,
    /// Who can connect.
    pub scope: BindScope,
    /// Where it is written; the command, where the program's own default holds.
    pub span: Span,
    /// Whether it is the program's default, because nothing is written.
    pub default: bool,
    pub program: String,
}

/// The ports that a service listens on.
#[derive(Debug, Clone, Default)]
pub struct Listening {
    /// Those that are known.
    pub ports: Vec<Listener>,
    /// Why there may be more; `None` when these are all.
    pub unknown: Option<Unknown>,
}

impl Listening {
    /// Whether something listens on a port that others can reach.
    pub fn answers(&self, port: u16) -> bool {
        self.ports
            .iter()
            .any(|l| l.port.is_none_or(|p| p == port) && l.scope != BindScope::Loopback)
    }

    /// All of it, where it is known for certain and there is some.
    pub fn certain(&self) -> Option<&[Listener]> {
        let known = self.unknown.is_none() && !self.ports.is_empty();
        let each = self.ports.iter().all(|l| l.port.is_some() && l.scope != BindScope::Unknown);
        (known && each).then_some(&self.ports)
    }

    fn of_unknown(why: impl Into<Unknown>) -> Self {
        Self { ports: Vec::new(), unknown: Some(why.into()) }
    }
}

impl<'s> Network<'s> {
    /// Where a service listens.
    pub fn listening(&self, index: usize) -> &'s Listening {
        let cache = &self.stack.network;
        let all = cache
            .listening
            .get_or_init(|| self.stack.containers.iter().map(|_| OnceCell::new()).collect());
        all[index].get_or_init(|| self.find_listening(index))
    }

    fn find_listening(&self, index: usize) -> Listening {
        let container = self.stack.container(index);
        let found = self.alone(index);
        let modes = self.stack.network.modes.get_or_init(|| {
            let mode =
                |c: &Container<'_>| c.service.text("network_mode").map(|m| m.as_str().to_owned());
            self.stack.containers.iter().filter_map(mode).collect()
        });
        // Whoever uses this one's network listens in it as well.
        if found.unknown.is_none() && modes.contains(&format!("service:{}", container.name())) {
            Listening::of_unknown(Reason::SharedNetwork)
        } else {
            found
        }
    }

    /// Where the process of a service itself listens.
    fn alone(&self, index: usize) -> Listening {
        let container = self.stack.container(index);
        let mode = container.service.node.get("network_mode");
        if let Some(mode) = mode.filter(|m| m.text().is_none_or(|m| m.as_str() != "bridge")) {
            return Listening::of_unknown(Unknown::at(Reason::SharedNetwork, mode.span));
        }
        if let Some(nginx) = self.stack.roles.nginx.iter().find(|n| n.container == index) {
            // A process beside nginx in the same container listens as well.
            let alone = container.built().is_none()
                || container.process.steps.iter().all(|s| s.server().is_none());
            let more = nginx
                .more_listens
                .clone()
                .or_else(|| (!alone).then(|| Reason::MayListen("more than nginx".into()).into()));
            let ports = nginx.listens.iter().filter(|l| l.port.is_some());
            let ports = ports.map(|l| Listener {
                port: l.port,
                scope: if l.loopback { BindScope::Loopback } else { BindScope::Everyone },
                span: l.span,
                default: false,
                program: "nginx".to_owned(),
            });
            return Listening { ports: ports.collect(), unknown: more };
        }
        match container.built() {
            Some(_) => self.of_process(index),
            None => of_image(container),
        }
    }

    fn of_process(&self, index: usize) -> Listening {
        let container = self.stack.container(index);
        let steps = &container.process.steps;
        let mut found = Listening { ports: Vec::new(), unknown: container.process.unknown.clone() };
        for (number, step) in steps.iter().enumerate() {
            let last = number + 1 == steps.len();
            match &step.kind {
                StepKind::Server(server) => {
                    if step.conditional {
                        let why = Unknown::at(Reason::Condition, step.span);
                        found.unknown.get_or_insert(why);
                        continue;
                    }
                    match served(self.stack, index, step, server) {
                        Ok(address) => found
                            .ports
                            .extend(address.into_iter().map(|b| listener(b, server.kind.name()))),
                        Err(why) => {
                            found.unknown.get_or_insert(why);
                        }
                    }
                }
                StepKind::Celery { role, .. } if role == "flower" => {
                    let reason = Reason::MayListen("flower".to_owned());
                    found.unknown.get_or_insert(Unknown::at(reason, step.span));
                }
                StepKind::Celery { .. } | StepKind::Wait { .. } => {}
                // A command of the project may serve, and one in the background may as well.
                _ if last || step.background || serves_by_its_name(step) => {
                    let what = step.words.first().map_or("a command", |w| w.as_str());
                    let reason = Reason::MayListen(what.to_owned());
                    found.unknown.get_or_insert(Unknown::at(reason, step.span));
                }
                _ => {}
            }
        }
        if found.ports.is_empty() {
            found.unknown.get_or_insert_with(|| Reason::NoServer.into());
        }
        found
    }
}

fn listener(address: BindAddress, program: &str) -> Listener {
    Listener {
        port: address.port,
        scope: address.scope,
        span: address.span,
        default: address.default,
        program: program.to_owned(),
    }
}

/// Programs that pass connections on, or start something that listens.
fn serves_by_its_name(step: &Step) -> bool {
    let name = step.words.first().map_or("", |w| w.rsplit('/').next().unwrap_or(""));
    facts::program_is(name, |p| p.listens)
}

/// What a well-known image listens on, where nothing tells it otherwise.
fn of_image(container: &Container<'_>) -> Listening {
    let Some(image) = container
        .service
        .image
        .as_ref()
        .filter(|_| container.service.build.is_none())
        .and_then(|i| i.known())
    else {
        return Listening::of_unknown(Reason::ImageElsewhere);
    };
    let known = facts::image(image).filter(|i| !i.ports.is_empty());
    let Some(known) = known else {
        return Listening::of_unknown(Unknown::at(Reason::ImageElsewhere, image.span()));
    };
    let service = container.service;
    let told = |word: &str| {
        let word = word.to_ascii_lowercase();
        ["port", "listen", ".conf", ".cnf", "-p", "-c", "bind", "$"]
            .iter()
            .any(|w| word.contains(w))
    };
    let words = service.command.iter().chain(&service.entrypoint).flat_map(|w| &w.words);
    if service.entrypoint.is_some() || words.into_iter().any(|w| told(w)) {
        return Listening::of_unknown(Reason::MayBeSet("its command"));
    }
    let configured = |target: &str| {
        target.starts_with("/etc")
            || [".conf", ".cnf", "/config", "/conf"].iter().any(|e| target.contains(e))
    };
    if service.mounts.iter().any(|m| configured(&m.target)) || service.node.get("configs").is_some()
    {
        return Listening::of_unknown(Reason::MayBeSet("a mounted configuration file"));
    }
    let says =
        |name: &str| ["PORT", "LISTEN", "ADDR", "TLS", "BIND"].iter().any(|w| name.contains(w));
    if container.environment.vars.keys().any(|n| says(n)) || container.environment.open.is_some() {
        return Listening::of_unknown(Reason::MayBeSet("a variable"));
    }
    let name = Reference::of_image(image).name;
    let ports = known.ports.iter().map(|port| Listener {
        port: Some(*port),
        scope: BindScope::Everyone,
        span: image.span(),
        default: true,
        program: name.to_owned(),
    });
    Listening { ports: ports.collect(), unknown: None }
}
