//! What an nginx service serves and passes on (nginx docs: core module `location`, `root`, `alias`;
//! proxy module).

mod files;
mod levels;
mod listens;
mod passing;
mod sites;
#[cfg(test)]
mod tests;
mod upstreams;

pub use levels::Misplaced;
pub use listens::Listen;
pub use passing::{Ask, Carried, Header, Pass};
pub use sites::{Gate, Route, Site};
pub use upstreams::{Upstream, passed_to};

use crate::facts::{self, Family};
use crate::model::container::Container;
use crate::model::path;
use crate::source::{RelPath, Sources, Span, Text};
use crate::syntax::SyntaxError;
use crate::syntax::nginx::{Config, Directive};

/// An nginx service.
#[derive(Debug)]
pub struct Nginx {
    /// The number of its container.
    pub container: usize,
    /// Its configuration files.
    pub files: Vec<RelPath>,
    /// Its locations, with what they inherit.
    pub locations: Vec<Location>,
    /// Whether its configuration keeps it in the foreground (`daemon off;`), or something that builds its image does.
    pub foreground: bool,
    /// Its servers, with what they do with requests.
    pub sites: Vec<Site>,
    /// Where it listens.
    pub listens: Vec<Listen>,
    /// Why it may listen elsewhere as well; `None` when `listens` is all there is.
    pub more_listens: Option<String>,
    /// Where it passes requests on to, each once for each directive.
    pub upstreams: Vec<Upstream>,
    /// A directive that stands on a level where nginx refuses it.
    pub misplaced: Option<Misplaced>,
    /// Folders and files of the container that its directives name.
    pub named_paths: Vec<Text>,
    /// Why its configuration is not all known.
    pub unknown: Option<String>,
    /// What could not be read.
    pub errors: Vec<SyntaxError>,
}

/// A `location`, or a `server` taken as `location /`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Location {
    /// `=`, `~`, `~*`, `^~` or nothing.
    pub modifier: String,
    /// The path or pattern.
    pub path: Text,
    /// `root`, inherited ones included.
    pub root: Option<Text>,
    /// `alias`
    pub alias: Option<Text>,
    /// `proxy_pass`, `uwsgi_pass` and the like.
    pub pass: Option<Text>,
    /// `try_files` looks for files under other names than the request's, so that no single folder answers.
    pub elsewhere: bool,
    /// The directive.
    pub span: Span,
    /// The server block it stands in, by its place, so that locations of one server stay together.
    pub server: Span,
}

impl Nginx {
    /// What the container of a service serves; `None` when it runs no nginx.
    pub fn of(
        sources: &Sources<'_>,
        folder: &RelPath,
        index: usize,
        container: &Container<'_>,
    ) -> Option<Self> {
        if !runs_nginx(container) {
            return None;
        }
        let (found, unknown) = files::configuration(sources, folder, container);
        // `RUN echo "daemon off;" >> /etc/nginx/nginx.conf` is how many images say it.
        let foreground = container.built().is_some_and(|i| i.file.text.contains("daemon off"));
        let mut nginx = Self {
            container: index,
            files: Vec::new(),
            locations: Vec::new(),
            sites: Vec::new(),
            foreground,
            listens: Vec::new(),
            more_listens: None,
            upstreams: Vec::new(),
            misplaced: None,
            named_paths: Vec::new(),
            unknown,
            errors: Vec::new(),
        };
        let configs: Vec<(files::Part, Config)> = found
            .into_iter()
            .map(|part| {
                let config = Config::read(&part.text);
                (part, config)
            })
            .collect();
        nginx.upstreams = upstreams::upstreams(configs.iter().map(|(_, c)| c));
        nginx.listen(&configs, container);
        nginx.sites = sites::sites(&configs);
        nginx.misplaced =
            configs.iter().find_map(|(part, config)| levels::misplaced(part, config, container));
        for (files::Part { path, text, .. }, config) in configs {
            if text.trim().is_empty() {
                nginx.unknown.get_or_insert_with(|| format!("{path} is empty"));
            }
            nginx.errors.extend(config.errors.iter().cloned());
            let off = |d: &Directive| {
                d.name.as_str() == "daemon" && d.arg(0).is_some_and(|a| a.as_str() == "off")
            };
            nginx.foreground |= config.directives.iter().any(off);
            for (above, server) in
                config.find("server").into_iter().filter(|(_, d)| d.block.is_some())
            {
                let outer = above.iter().rev().find_map(|d| root_of(d));
                nginx.server(server, outer);
                nginx.note_includes(server);
            }
            // A file that holds bare locations is included into a server elsewhere.
            if config.find("server").is_empty() {
                for location in config.directives.iter().filter(|d| d.name.as_str() == "location") {
                    nginx.location(location, None, location.span);
                }
            }
            nginx.named_paths.extend(absolute_paths(&config));
            nginx.files.push(path);
        }
        Some(nginx)
    }

    fn server(&mut self, server: &Directive, outer: Option<Text>) {
        let root = root_of(server).or(outer);
        for location in server.children("location") {
            self.location(location, root.clone(), server.span);
        }
        let path = Text::derived("/", server.span);
        if !server.children("location").any(|l| l.arg(0).is_some_and(|a| a.as_str() == "/")) {
            self.locations.push(Location {
                modifier: String::new(),
                path,
                root,
                alias: None,
                pass: None,
                elsewhere: false,
                span: server.span,
                server: server.span,
            });
        }
    }

    /// A file that a server takes in may hold locations of its own; those that nginx brings hold none.
    fn note_includes(&mut self, server: &Directive) {
        const OWN: [&str; 6] = [
            "mime.types",
            "uwsgi_params",
            "proxy_params",
            "fastcgi_params",
            "fastcgi.conf",
            "options-ssl-nginx.conf",
        ];
        let inside = server.children("location").flat_map(|l| l.children("include"));
        for include in server.children("include").chain(inside) {
            let Some(path) = include.arg(0).filter(|p| !OWN.iter().any(|own| p.ends_with(own)))
            else {
                continue;
            };
            self.unknown.get_or_insert_with(|| format!("nginx takes in {path}"));
        }
    }

    fn location(&mut self, directive: &Directive, outer: Option<Text>, server: Span) {
        let (modifier, path) = match directive.args.as_slice() {
            [path] => (String::new(), path.clone()),
            [modifier, path, ..] => (modifier.as_str().to_owned(), path.clone()),
            [] => return,
        };
        let arg = |name: &str| directive.children(name).last().and_then(|d| d.arg(0).cloned());
        let root = arg("root").or(outer);
        let pass = ["proxy_pass", "uwsgi_pass", "fastcgi_pass", "grpc_pass", "scgi_pass"]
            .iter()
            .find_map(|n| arg(n));
        let elsewhere = directive.children("try_files").flat_map(|d| &d.args).any(|a| {
            a.contains("$uri")
                && !matches!(a.trim_end_matches('/'), "$uri")
                && !a.starts_with("$uri")
        });
        for inner in directive.children("location") {
            self.location(inner, root.clone(), server);
        }
        self.locations.push(Location {
            modifier,
            path,
            root,
            alias: arg("alias"),
            pass,
            elsewhere,
            span: directive.span,
            server,
        });
    }

    /// For each server, the location a request for `url` (a path) ends in; `None` for a server where a
    /// pattern may take it.
    pub fn serving<'n>(&'n self, url: &str) -> Vec<Option<&'n Location>> {
        let mut servers: Vec<Span> = Vec::new();
        for location in &self.locations {
            if !servers.contains(&location.server) {
                servers.push(location.server);
            }
        }
        servers
            .into_iter()
            .map(|server| {
                let of_server = || self.locations.iter().filter(move |l| l.server == server);
                let best = of_server()
                    .filter(|l| {
                        matches!(l.modifier.as_str(), "" | "^~") && url.starts_with(l.path.as_str())
                    })
                    .max_by_key(|l| l.path.len())?;
                let pattern =
                    of_server().any(|l| l.modifier.starts_with('~') && l.path.contains("static"));
                if pattern && best.modifier != "^~" || best.elsewhere { None } else { Some(best) }
            })
            .collect()
    }
}

impl Location {
    /// The path in the container that a request for `url` is answered from, and the directive that says
    /// so; `None` when it is passed on or nothing is said.
    pub fn file(&self, url: &str) -> Option<(String, &Text)> {
        if self.pass.is_some() && self.alias.is_none() {
            return None;
        }
        if let Some(alias) = &self.alias {
            let rest = url.strip_prefix(self.path.as_str()).unwrap_or("");
            // alias + rest, put together as text: a slash that is missing is missing.
            return Some((path::join("/", &format!("{alias}{rest}")), alias));
        }
        let root = self.root.as_ref()?;
        Some((path::join(root, url.trim_start_matches('/')), root))
    }
}

fn root_of(directive: &Directive) -> Option<Text> {
    directive.children("root").last().and_then(|d| d.arg(0).cloned())
}

/// The absolute paths that stand in a configuration, at any depth.
fn absolute_paths(config: &Config) -> Vec<Text> {
    let mut found = Vec::new();
    let mut open: Vec<&Directive> = config.directives.iter().collect();
    while let Some(directive) = open.pop() {
        found.extend(directive.args.iter().filter(|a| a.contains('/')).cloned());
        open.extend(directive.block.iter().flatten());
    }
    found
}

/// Whether a container runs nginx: by its image, its base image or its command.
fn runs_nginx(container: &Container<'_>) -> bool {
    let nginx = |name: &str| {
        facts::family_of_bare(name) == Some(Family::Nginx)
            || name.starts_with("nginx-")
            || name.ends_with("-nginx")
    };
    if container
        .process
        .steps
        .iter()
        .any(|s| s.words.first().is_some_and(|w| w.as_str() == "nginx" || w.ends_with("/nginx")))
    {
        return true;
    }
    match container.built() {
        Some(image) => image.external_base().is_some_and(|b| nginx(facts::bare_name(b))),
        None => container.image_name().is_some_and(nginx),
    }
}
