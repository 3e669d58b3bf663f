//! Which of Django's two interfaces a server is given: WSGI or ASGI (Django docs, "How to deploy with WSGI", "… with ASGI").

use super::Django;
use crate::model::exec_context::{ExecContext, PathLookup};
use crate::model::path;
use crate::model::process::{Server, ServerKind, Step};
use crate::model::roles::django::{AppModule, DjangoService};
use crate::source::{Limit, RelPath, Span};
use crate::syntax::python::{Module, Stmt, StmtKind};

/// What an application speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gateway {
    /// `get_wsgi_application()`
    Wsgi,
    /// `get_asgi_application()`, or a router of Channels.
    Asgi,
}

impl Gateway {
    /// The name of Django's handler, as tracebacks say it.
    pub fn handler(self) -> &'static str {
        match self {
            Self::Wsgi => "WSGIHandler",
            Self::Asgi => "ASGIHandler",
        }
    }
}

impl<'s> Django<'s> {
    /// What the application of a server speaks, and where its file says so; `None` when that is not known.
    pub fn app_interface(&self, service: &DjangoService) -> Option<(Gateway, Span)> {
        let Some(AppModule::Found(path)) = &service.app else { return None };
        let file = self.stack.sources.read(path, Limit::Code).ok()?;
        let place = |words: &[&str]| {
            words
                .iter()
                .find_map(|w| file.text.rfind(w).map(|at| Span::new(file.id, at, at + w.len())))
        };
        let wsgi = place(&["get_wsgi_application()"]);
        let asgi = place(&["ProtocolTypeRouter(", "get_asgi_application()"]);
        // A file that has both, or that wraps one, is not judged.
        if ["WsgiToAsgi", "AsgiToWsgi", "a2wsgi", "WSGIMiddleware"]
            .iter()
            .any(|w| file.text.contains(w))
        {
            return None;
        }
        match (wsgi, asgi) {
            (Some(span), None) => Some((Gateway::Wsgi, span)),
            (None, Some(span)) => Some((Gateway::Asgi, span)),
            _ => None,
        }
    }

    /// The module beside that of the application, `asgi` or `wsgi`, that makes an application which speaks `wanted`.
    pub fn app_beside(&self, service: &DjangoService, wanted: Gateway) -> Option<String> {
        let Some(AppModule::Found(path)) = &service.app else { return None };
        let (name, makes) = match wanted {
            Gateway::Wsgi => ("wsgi", "get_wsgi_application()"),
            Gateway::Asgi => ("asgi", "get_asgi_application()"),
        };
        let beside = path.parent().join(&format!("{name}.py"))?;
        let file = self.stack.sources.read(&beside, Limit::Code).ok()?;
        let (_, server) = self.server(service)?;
        let module = server.app.as_ref()?.split(':').next()?.rsplit_once('.')?.0.to_owned();
        file.text.contains(makes).then(|| format!("{module}.{name}"))
    }

    /// What a server speaks to its application; `None` for one that speaks both, or where its workers are not known.
    pub fn server_interface(
        &self,
        service: &DjangoService,
        step: &Step,
        server: &Server,
    ) -> Option<Gateway> {
        let container = self.stack.container(service.container);
        match server.kind {
            ServerKind::Uwsgi | ServerKind::Waitress => Some(Gateway::Wsgi),
            ServerKind::Daphne => Some(Gateway::Asgi),
            ServerKind::Uvicorn => {
                let told = step.words.iter().any(|w| w.starts_with("--interface"));
                let known = !container.environment.vars.contains_key("UVICORN_INTERFACE");
                (!told && known).then_some(Gateway::Asgi)
            }
            ServerKind::Gunicorn => {
                let told = |w: &str| w.starts_with("-k") || w.starts_with("--worker-class");
                let config = |w: &str| {
                    w.starts_with("-c") || w.starts_with("--config") && w != "--config-check"
                };
                if step.words.iter().any(|w| !w.is_resolved() || told(w) || config(w))
                    || container.environment.vars.contains_key("GUNICORN_CMD_ARGS")
                    || step.vars.contains_key("GUNICORN_CMD_ARGS")
                {
                    return None;
                }
                // A configuration file in the working folder is read without being named.
                let at = path::join(step.workdir.as_deref()?, "gunicorn.conf.py");
                let fs = container.filesystem(self.stack.sources, &self.stack.project.folder);
                match fs.find(&at) {
                    PathLookup::Host(_) | PathLookup::Made(_) => None,
                    _ => Some(Gateway::Wsgi),
                }
            }
            _ => None,
        }
    }

    /// The file of `ASGI_APPLICATION` where it routes web sockets, with the setting's name.
    pub fn websocket_file(&self, service: &DjangoService) -> Option<(RelPath, Span, Span)> {
        let settings = service.settings()?;
        let binding = settings.get("ASGI_APPLICATION").filter(|b| b.is_certain())?;
        let module = binding.value.as_str()?.rsplit_once('.')?.0.replace('.', "/");
        let fs = self
            .stack
            .container(service.container)
            .filesystem(self.stack.sources, &self.stack.project.folder);
        let host = service.python_path.iter().find_map(|base| {
            match fs.find(&path::join(base, &format!("{module}.py"))) {
                PathLookup::Host(host) => Some(host),
                _ => None,
            }
        })?;
        let file = self.stack.sources.read(&host, Limit::Code).ok()?;
        let there = |module: &str, level: u32| {
            let inside = module.replace('.', "/");
            let found = |folder: &str| {
                let at = path::join(folder, &inside);
                [format!("{at}.py"), at]
                    .iter()
                    .any(|at| matches!(fs.find(at), PathLookup::Host(_) | PathLookup::Made(_)))
            };
            match level {
                0 => service.python_path.iter().any(|base| found(base)),
                // What a relative import starts from is there.
                _ => true,
            }
        };
        if !routed_modules(&Module::read(&file).body).iter().all(|(m, level)| there(m, *level)) {
            return None;
        }
        let at = ["\"websocket\"", "'websocket'"]
            .iter()
            .find_map(|w| file.text.find(w).map(|at| (at, at + w.len())))?;
        let line = file.text[..at.0].rfind('\n').map_or(0, |i| i + 1);
        let comment = file.text[line..at.0].contains('#');
        (!comment).then(|| (host, Span::new(file.id, at.0, at.1), binding.name_span))
    }

    /// The HTTP server of a Django service.
    pub fn server(&self, service: &DjangoService) -> Option<(&'s Step, &'s Server)> {
        self.stack.container(service.container).server()
    }
}

/// Modules with routes or consumers that a file imports, each with the number of leading dots.
fn routed_modules(body: &[Stmt]) -> Vec<(String, u32)> {
    let routed = |name: &str| matches!(name, "routing" | "consumers");
    let mut all = Vec::new();
    for stmt in body {
        match &stmt.kind {
            StmtKind::Import(imported) => {
                let names = imported.iter().map(|(name, _)| &name.value);
                all.extend(
                    names.filter(|n| n.split('.').any(routed)).map(|name| (name.clone(), 0)),
                );
            }
            StmtKind::ImportFrom { level, module, names } => {
                let module = &module.value;
                // `channels.routing` is of a package.
                if module.split('.').next() == Some("channels") {
                    continue;
                }
                if module.split('.').any(routed) {
                    all.push((module.clone(), *level));
                } else if let Some((name, _)) = names.iter().find(|(n, _)| routed(&n.value)) {
                    all.push((format!("{module}.{}", name.value), *level));
                }
            }
            _ => {}
        }
    }
    all
}
