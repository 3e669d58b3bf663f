//! The addresses that servers of Python bind, by their options, their variables and their configuration files.

use super::bind_address::{BindAddress, address, addresses, not_address, scope};
use super::bind_scope::BindScope;
use crate::model::container::Container;
use crate::model::django::EnvAnswer;
use crate::model::exec_context::{ExecContext, PathLookup};
use crate::model::path;
use crate::model::process::{Server, ServerKind, Step};
use crate::model::stack::Stack;
use crate::source::{Known, Limit, Reason, Span, Text, Unknown};
use crate::syntax::ini::Ini;
use crate::syntax::python::{Expr, ExprKind, StmtKind};

type Answer = Result<Vec<BindAddress>, Unknown>;

/// What a server binds; sockets of the file system are left out.
pub(super) fn served(stack: &Stack<'_>, index: usize, step: &Step, server: &Server) -> Answer {
    let me = ServerContext { stack, container: stack.container(index), index, step };
    match server.kind {
        ServerKind::Runserver => me.runserver(),
        ServerKind::Gunicorn => me.gunicorn(),
        ServerKind::Uvicorn => me.host_and_port("UVICORN", &["--uds", "--fd"], 8000),
        ServerKind::Daphne => {
            me.host_and_port("", &["-u", "--unix-socket", "--fd", "-e", "--endpoint"], 8000)
        }
        ServerKind::Granian => me.host_and_port("GRANIAN", &["--uds"], 8000),
        ServerKind::Hypercorn => me.hypercorn(),
        ServerKind::Uwsgi => me.uwsgi(server),
        ServerKind::Waitress => Err(me.unknown(Reason::NotEvaluated("waitress's command line"))),
    }
}

struct ServerContext<'m> {
    stack: &'m Stack<'m>,
    container: &'m Container<'m>,
    index: usize,
    step: &'m Step,
}

impl ServerContext<'_> {
    /// A reason that stands at the step.
    fn unknown(&self, reason: Reason) -> Unknown {
        Unknown::at(reason, self.step.span)
    }

    /// A file of the container that is not known.
    fn file_elsewhere(&self, at: &str) -> Unknown {
        self.unknown(Reason::FileElsewhere(at.to_owned()))
    }

    /// A variable of the process: `Ok(None)` where it is surely not set.
    fn env(&self, name: &str) -> Result<Option<Text>, Unknown> {
        if let Some(text) = self.step.vars.get(name) {
            return text.why().map_or_else(|| Ok(Some(text.clone())), Err);
        }
        match self.container.environment.answer(name) {
            EnvAnswer::Set(Known::Known(text)) => Ok(Some(text)),
            // An env file that is not in the checkout hardly says where a server listens. Who judges by it says so less surely.
            EnvAnswer::Unset | EnvAnswer::Unknown(_) => Ok(None),
            EnvAnswer::Set(Known::Partly(_, why) | Known::Unknown(why)) => Err(why),
        }
    }

    /// Why there may be more options than are written: an argument that is not known, which is neither the value of an
    /// option nor the application.
    fn more_options(&self) -> Result<(), Unknown> {
        let words = &self.step.words;
        let valued = |at: usize| words[at - 1].starts_with('-') && !words[at - 1].contains('=');
        let free = || (1..words.len()).filter(|at| !words[*at].starts_with('-') && !valued(*at));
        let named = free().any(|at| words[at].is_resolved());
        let mut unknown = free().filter_map(|at| words[at].why());
        match unknown.nth(usize::from(!named)) {
            Some(why) => Err(why),
            None => Ok(()),
        }
    }

    /// Values of options by any of their names, also `-b0.0.0.0:80`.
    fn options(&self, names: &[&str]) -> Vec<Text> {
        options(&self.step.words, names)
    }

    fn default(&self, port: u16) -> BindAddress {
        BindAddress {
            port: Some(port),
            scope: BindScope::Loopback,
            span: self.step.span,
            default: true,
        }
    }

    fn runserver(&self) -> Answer {
        let words = &self.step.words;
        let at =
            words.iter().position(|w| w.starts_with("runserver") || w.as_str() == "runsslserver");
        let Some(at) = at.filter(|at| words[*at].as_str() == "runserver") else {
            return Err(self.unknown(Reason::NotFollowed("another runserver".to_owned())));
        };
        // A project may have a runserver of its own.
        let own = self.stack.repository().find_files(&self.stack.checked, "runserver.py");
        if own.iter().any(|p| p.as_str().contains("management/commands/")) {
            return Err(self.unknown(Reason::NotFollowed("the project's runserver".to_owned())));
        }
        let rest = &words[at + 1..];
        let valued = |i: usize| {
            i > 0
                && matches!(
                    rest[i - 1].as_str(),
                    "--settings" | "--pythonpath" | "-v" | "--verbosity"
                )
        };
        let free = || {
            rest.iter()
                .enumerate()
                .filter(|(i, w)| !w.starts_with('-') && !valued(*i))
                .map(|(_, w)| w)
        };
        match free().next() {
            None => Ok(vec![self.default(8000)]),
            Some(word) if word.chars().all(|c| c.is_ascii_digit()) => Ok(vec![BindAddress {
                port: word.parse().ok(),
                scope: BindScope::Loopback,
                span: word.span(),
                default: false,
            }]),
            Some(word) => address(word, None).map(|b| vec![b]),
        }
    }

    fn gunicorn(&self) -> Answer {
        let mut written = self.options(&["--bind", "-b"]);
        if written.is_empty() {
            self.more_options()?;
        }
        if written.is_empty()
            && let Some(args) = self.env("GUNICORN_CMD_ARGS")?
        {
            let words = crate::model::compose::split_words(&args);
            written = options(&words, &["--bind", "-b"]);
            if !options(&words, &["--config", "-c"]).is_empty() {
                return Err(self.unknown(Reason::MayBeSet("gunicorn's configuration")));
            }
        }
        if written.is_empty() {
            match self.config_file()? {
                Some(list) => written = list,
                None => {
                    return match self.env("PORT")? {
                        Some(port) => Ok(vec![BindAddress {
                            port: port.parse().ok(),
                            scope: BindScope::Everyone,
                            span: port.span(),
                            default: false,
                        }]),
                        None => Ok(vec![self.default(8000)]),
                    };
                }
            }
        }
        addresses(&written, Some(8000))
    }

    /// `bind` of gunicorn's configuration file; `None` where there is none.
    fn config_file(&self) -> Result<Option<Vec<Text>>, Unknown> {
        let named = self.options(&["--config", "-c"]).into_iter().next();
        if let Some(why) = named.as_ref().and_then(Text::why) {
            return Err(why);
        }
        let name = named
            .as_ref()
            .map_or("gunicorn.conf.py", |n| n.strip_prefix("file:").unwrap_or(n.as_str()));
        if name.starts_with("python:") || name.is_empty() {
            return Err(self.unknown(Reason::MayBeSet("gunicorn's configuration module")));
        }
        let at = match (&self.step.workdir, name.starts_with('/')) {
            (_, true) => path::join("/", name),
            (Some(workdir), _) => path::join(workdir, name),
            (None, _) => return Err(self.unknown(Reason::WorkingFolder)),
        };
        let fs = self.container.filesystem(self.stack.sources, &self.stack.project.folder);
        let host = match fs.find(&at) {
            PathLookup::Host(host) => host,
            PathLookup::Missing => return Ok(None),
            // A RUN line does not write gunicorn's own file, unless it is named.
            PathLookup::Unknown(_) if named.is_none() => return Ok(None),
            _ => return Err(self.file_elsewhere(&at)),
        };
        let file = self
            .stack
            .sources
            .read(&host, Limit::Code)
            .map_err(|_| self.unknown(Reason::FileUnreadable(at.clone())))?;
        if !file.text.contains("bind") {
            return Ok(None);
        }
        let module = self.stack.repository().parsed(&file);
        let mut found = None;
        for stmt in &module.body {
            if let StmtKind::Assign(targets, value) = &stmt.kind
                && targets.iter().any(|t| matches!(&t.kind, ExprKind::Name(n) if n == "bind"))
            {
                found = texts(value);
                if found.is_none() {
                    let reason = Reason::NotEvaluated("a computed `bind`");
                    return Err(Unknown::at(reason, value.span));
                }
            }
        }
        let computed =
            || Unknown::at(Reason::NotEvaluated("a computed `bind`"), Span::whole(file.id));
        found.map(Some).ok_or_else(computed)
    }

    fn host_and_port(&self, prefix: &str, sockets: &[&str], default: u16) -> Answer {
        if !self.options(sockets).is_empty() {
            return Err(self.unknown(Reason::Socket));
        }
        let names: (&[&str], &[&str]) = if prefix.is_empty() {
            (&["--bind", "-b"], &["--port", "-p"])
        } else {
            (&["--host"], &["--port"])
        };
        let variable = |name: &str| {
            if prefix.is_empty() { Ok(None) } else { self.env(&format!("{prefix}_{name}")) }
        };
        let host = match self.options(names.0).pop() {
            Some(host) => Some(host),
            None => {
                self.more_options()?;
                variable("HOST")?
            }
        };
        let port = match self.options(names.1).pop() {
            Some(port) => Some(port),
            None => variable("PORT")?,
        };
        let number = match &port {
            Some(port) => Some(port.trim().parse().map_err(|_| not_address(port))?),
            None => Some(default),
        };
        let scope = match &host {
            Some(host) if host.is_empty() || !host.is_resolved() => return Err(not_address(host)),
            Some(host) => scope(host),
            None => BindScope::Loopback,
        };
        let span = host.as_ref().or(port.as_ref()).map_or(self.step.span, Text::span);
        Ok(vec![BindAddress { port: number, scope, span, default: host.is_none() }])
    }

    fn hypercorn(&self) -> Answer {
        if !self.options(&["--config", "-c"]).is_empty() {
            return Err(self.unknown(Reason::MayBeSet("hypercorn's configuration")));
        }
        let written = self.options(&["--bind", "-b"]);
        if written.is_empty() {
            self.more_options()?;
            Ok(vec![self.default(8000)])
        } else {
            addresses(&written, Some(8000))
        }
    }

    fn uwsgi(&self, server: &Server) -> Answer {
        const KEYS: [&str; 8] = [
            "http",
            "http-socket",
            "socket",
            "uwsgi-socket",
            "https",
            "http11-socket",
            "s",
            "shared-socket",
        ];
        let mut written: Vec<Text> = Vec::new();
        for key in KEYS {
            let (long, short) = (format!("--{key}"), format!("-{key}"));
            written.extend(self.options(&[long.as_str()]));
            if key == "s" {
                written.extend(self.options(&[short.as_str()]));
            }
        }
        let fs = self.container.filesystem(self.stack.sources, &self.stack.project.folder);
        let named = self.step.words.iter().skip(1).filter(|w| w.ends_with(".ini"));
        let mut read = false;
        for name in named {
            let at = self.step.workdir.as_deref().map_or_else(
                || path::join("/", name),
                |w| path::join(w, name.rsplit('=').next().unwrap_or("")),
            );
            let PathLookup::Host(host) = fs.find(&at) else {
                return Err(self.file_elsewhere(&at));
            };
            let file = self
                .stack
                .sources
                .read(&host, Limit::Code)
                .map_err(|_| self.unknown(Reason::FileUnreadable(at.clone())))?;
            let entries = Ini::read(&file.body(), '=').entries;
            if entries.iter().any(|e| {
                e.key.as_str() == "ini" || e.key.as_str() == "include" || e.key.starts_with("if-")
            }) {
                return Err(self.unknown(Reason::FilePartlyRead(at)));
            }
            written.extend(
                entries.into_iter().filter(|e| KEYS.contains(&e.key.as_str())).map(|e| e.value),
            );
            read = true;
        }
        if !read
            && self
                .step
                .words
                .iter()
                .any(|w| [".yaml", ".yml", ".xml", ".json"].iter().any(|e| w.ends_with(e)))
        {
            return Err(self.unknown(Reason::MayBeSet("uWSGI's configuration")));
        }
        if self.container.environment.vars.keys().any(|n| n.starts_with("UWSGI_"))
            || written.is_empty() && !server.bind.is_empty()
        {
            return Err(self.unknown(Reason::MayBeSet("a variable")));
        }
        let _ = self.index;
        addresses(&written, None)
    }
}

/// Values of options by any of their names.
fn options(words: &[Text], names: &[&str]) -> Vec<Text> {
    let mut found = Vec::new();
    for (i, word) in words.iter().enumerate() {
        for name in names {
            let Some(rest) = word.strip_prefix(name) else { continue };
            if rest.is_empty() {
                found.extend(words.get(i + 1).cloned());
            } else if rest.starts_with('=') {
                found.push(word.slice(name.len() + 1..word.len()));
            } else if !name.starts_with("--") {
                found.push(word.slice(name.len()..word.len()));
            } else {
                continue;
            }
            break;
        }
    }
    found
}

/// Texts of a literal string or list of such.
fn texts(value: &Expr) -> Option<Vec<Text>> {
    match &value.kind {
        ExprKind::Str(text) => Some(vec![text.clone()]),
        ExprKind::List(items) | ExprKind::Tuple(items) => items
            .iter()
            .map(|i| if let ExprKind::Str(t) = &i.kind { Some(t.clone()) } else { None })
            .collect(),
        _ => None,
    }
}
