//! Which protocol a service speaks at a port: HTTP, or uWSGI's own (uWSGI docs, "The uwsgi Protocol", "Native HTTP support").

use super::Network;
use crate::model::process::{ServerKind, Step, option, uwsgi_ini};
use crate::source::{Span, Text};

/// A protocol between a proxy and a server of Python.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protocol {
    Http,
    /// That of `uwsgi_pass` and uWSGI's `socket`.
    Uwsgi,
}

/// What a service speaks at a port.
#[derive(Debug, Clone)]
pub struct Spoken {
    pub protocol: Protocol,
    /// What says so: the option of uWSGI, or the command.
    pub span: Span,
    /// The option's name, where uWSGI speaks.
    pub option: Option<&'static str>,
}

/// Options of uWSGI by the protocol they speak.
const OPTIONS: [(&str, Protocol); 8] = [
    ("http", Protocol::Http),
    ("http-socket", Protocol::Http),
    ("http11-socket", Protocol::Http),
    ("https", Protocol::Http),
    ("https-socket", Protocol::Http),
    ("socket", Protocol::Uwsgi),
    ("uwsgi-socket", Protocol::Uwsgi),
    ("s", Protocol::Uwsgi),
];

impl Network<'_> {
    /// What a service speaks at a port; `None` where that is not known.
    pub fn protocol_at(&self, index: usize, port: u16) -> Option<Spoken> {
        let container = self.stack.container(index);
        let servers = || container.process.steps.iter().filter(|s| s.server().is_some());
        let step = servers().next().filter(|s| !s.conditional && servers().count() == 1)?;
        let server = step.server()?;
        if server.kind == ServerKind::Uwsgi {
            return self.of_uwsgi(index, step, port);
        }
        let listening = self.listening(index);
        let ports = listening.certain()?;
        ports.iter().any(|l| l.port == Some(port)).then_some(Spoken {
            protocol: Protocol::Http,
            span: step.span,
            option: None,
        })
    }

    fn of_uwsgi(&self, index: usize, step: &Step, port: u16) -> Option<Spoken> {
        let container = self.stack.container(index);
        let fs = container.filesystem(self.stack.sources, &self.stack.project.folder);
        let ini = uwsgi_ini::read(&fs, &step.words, step.workdir.as_deref(), &step.vars);
        let variables = container.environment.vars.keys().any(|n| n.starts_with("UWSGI_"));
        // The protocol of `socket` can be changed, and other files are not read.
        let other = |w: &str| {
            w.contains("protocol")
                || [".yaml", ".yml", ".xml", ".json"].iter().any(|e| w.ends_with(e))
        };
        if ini.open.is_some()
            || variables
            || step.words.iter().any(|w| !w.is_resolved() || other(w))
            || ini
                .entries
                .iter()
                .any(|e| e.key.contains("protocol") || e.key.as_str() == "shared-socket")
        {
            return None;
        }
        let at = |address: &Text| -> Option<u16> {
            let last = address.as_str().split(',').next()?.rsplit(':').next()?;
            last.trim().parse().ok()
        };
        let mut found: Vec<Spoken> = Vec::new();
        for (name, protocol) in OPTIONS {
            let flag = if name == "s" { "-s".to_owned() } else { format!("--{name}") };
            let given = option(&step.words, &flag).into_iter();
            let lines =
                ini.entries.iter().filter(|e| e.key.as_str() == name).map(|e| e.value.clone());
            let here = given.chain(lines).filter(|a| at(a) == Some(port));
            found.extend(here.map(|a| Spoken { protocol, span: a.span(), option: Some(name) }));
        }
        match found.as_slice() {
            [one] => Some(one.clone()),
            _ => None,
        }
    }
}
