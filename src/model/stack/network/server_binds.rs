//! The addresses that servers of Python bind, by their options, their variables and their configuration files.

use super::bind_address::{BindAddress, address, addresses, not_address, scope};
use super::bind_scope::BindScope;
use crate::model::container::{Container, Filesystem};
use crate::model::django::{Binding, EnvAnswer, ModuleFile, Value, ValueKind, World, entry};
use crate::model::exec_context::{ExecContext, PathLookup};
use crate::model::path;
use crate::model::process::{Server, ServerKind, Step, gunicorn_config, uwsgi_ini};
use crate::model::stack::Stack;
use crate::source::{Known, Limit, Reason, RelPath, Text, Unknown};

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
        let words = &self.step.words;
        let option = self.options(&["--config", "-c"]).into_iter().next();
        if let Some(why) = option.as_ref().and_then(Text::why) {
            return Err(why);
        }
        let workdir = self.step.workdir.as_deref();
        let Some((paths, named)) = gunicorn_config::path_of(words, workdir) else {
            return Err(self.unknown(Reason::WorkingFolder));
        };
        let fs = self.container.filesystem(self.stack.sources, &self.stack.project.folder);
        let mut elsewhere = None;
        let found = paths.into_iter().find_map(|at| match fs.find(&at) {
            PathLookup::Host(path) => Some(ModuleFile { path, container: at, package: false }),
            PathLookup::Missing => None,
            _ => {
                elsewhere.get_or_insert(at);
                None
            }
        });
        let file = match (found, elsewhere) {
            (Some(file), _) => file,
            // A RUN line does not write gunicorn's own file, unless it is named.
            (None, Some(at)) if named => return Err(self.file_elsewhere(&at)),
            // gunicorn ends without a file that is named, and binds nothing.
            (None, None) if named => {
                let named = option.as_ref().map_or("", Text::as_str).to_owned();
                return Err(self.unknown(Reason::FileMissing(named)));
            }
            (None, _) => return Ok(None),
        };
        match self.bound_name(&file, "bind", &fs)? {
            None => Ok(None),
            Some(binding) => {
                let computed =
                    Unknown::at(Reason::NotEvaluated("a computed `bind`"), binding.value.span);
                let texts = texts(&binding.value).filter(|_| binding.is_certain());
                texts.map(Some).ok_or_else(|| binding.value.why().unwrap_or(computed))
            }
        }
    }

    /// What a configuration file binds to a name.
    fn bound_name(
        &self,
        file: &ModuleFile,
        name: &str,
        fs: &Filesystem<'_>,
    ) -> Result<Option<Binding>, Unknown> {
        let workdir = self.step.workdir.as_deref();
        let find = |dotted: &str| {
            let stem = path::join(workdir?, &dotted.replace('.', "/"));
            let forms = [(format!("{stem}/__init__.py"), true), (format!("{stem}.py"), false)];
            forms.into_iter().find_map(|(container, package)| match fs.find(&container) {
                PathLookup::Host(path) => Some(ModuleFile { path, container, package }),
                _ => None,
            })
        };
        let env = |name: &str| match self.env(name) {
            Ok(Some(text)) => EnvAnswer::of(text),
            Ok(None) => EnvAnswer::Unset,
            Err(why) => EnvAnswer::Set(Known::Unknown(why)),
        };
        let module = |path: &RelPath| {
            let file = self.stack.sources.read(path, Limit::Code).ok()?;
            Some(self.stack.repository().parsed(&file))
        };
        let world = World {
            sources: self.stack.sources,
            find: &find,
            file: &|at: &str| fs.file(at),
            env: &env,
            module: &module,
            installed: &|_: &str| None,
            folder: workdir,
        };
        entry::bound_name(&world, file, name)
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
        let workdir = self.step.workdir.as_deref();
        let ini = uwsgi_ini::read(&fs, &self.step.words, workdir, &self.step.vars);
        if let Some(why) = ini.open {
            return Err(why);
        }
        let read = ini.is_read;
        let binds = ini.entries.into_iter().filter(|e| KEYS.contains(&e.key.as_str()));
        written.extend(binds.map(|e| e.value));
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

/// The texts of a string or of a list of such.
fn texts(value: &Value) -> Option<Vec<Text>> {
    match &value.kind {
        ValueKind::Str(text) | ValueKind::Partly(text) => Some(vec![text.clone()]),
        ValueKind::List { items, open: None } => items
            .iter()
            .map(|i| if let ValueKind::Str(t) = &i.kind { Some(t.clone()) } else { None })
            .collect(),
        _ => None,
    }
}
