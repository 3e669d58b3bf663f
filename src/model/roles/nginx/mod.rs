//! What an nginx service serves and passes on (nginx docs: core module `location`, `root`, `alias`;
//! proxy module).

mod files;
pub mod follow;
mod includes;
mod levels;
mod listens;
mod locations;
mod matching;
mod proxy_pass;
mod servers;
#[cfg(test)]
mod tests;
mod upstreams;
mod written;

pub use levels::Misplaced;
pub use listens::Listen;
pub use locations::Location;
pub use proxy_pass::{ClientRequest, Header, HeaderValue, ProxyPass};
pub use servers::ServerBlock;
pub use upstreams::{Upstream, passed_to};

use crate::facts::{self, Family};
use crate::model::budget::Budget;
use crate::model::container::Container;
use crate::source::{Reason, RelPath, Sources, Span, Text, Unknown};
use crate::syntax::SyntaxError;
use crate::syntax::nginx::{Config, Directive};
use std::collections::HashMap;
use std::rc::Rc;

/// An nginx service.
#[derive(Debug)]
pub struct Nginx {
    /// The number of its container.
    pub container: usize,
    /// Its configuration files.
    pub files: Vec<RelPath>,
    /// Those of them that are templates, in which variables are put in when it starts.
    pub filled: Vec<RelPath>,
    /// Whether its configuration keeps it in the foreground (`daemon off;`), or something that builds its image does.
    pub foreground: bool,
    /// Its servers, with what they do with requests.
    pub servers: Rc<[ServerBlock]>,
    /// Locations of files that hold no server and that no server here includes.
    pub loose_locations: Rc<[Location]>,
    /// Where it listens.
    pub listens: Vec<Listen>,
    /// Why it may listen elsewhere as well; `None` when `listens` is all there is.
    pub more_listens: Option<Unknown>,
    /// Where it passes requests on to, each once for each directive.
    pub upstreams: Rc<[Upstream]>,
    /// A directive that stands on a level where nginx refuses it.
    pub misplaced: Option<Misplaced>,
    /// The first directive that nginx refuses whichever request comes, where the whole configuration is known.
    pub refused: Option<follow::Fault>,
    /// Folders and files of the container that its directives name.
    pub named_paths: Rc<[Text]>,
    /// Why its configuration is not all known.
    pub unknown: Option<Unknown>,
    /// What could not be read.
    pub errors: Vec<SyntaxError>,
}

/// The configurations that were read, each once: containers that read the same files share what is made of them.
#[derive(Default)]
pub(super) struct Readings {
    readings: HashMap<ReadFiles, Rc<Reading>>,
    includes: files::Includes,
    /// What nginx refuses of the files below a main file, with the place of the image that was named.
    refused: HashMap<(ReadFiles, Rest), (Option<follow::Fault>, Span)>,
}

/// The files of a configuration: where each is, its path in the container, and its text where variables were put in.
type ReadFiles = Vec<(RelPath, String, Option<String>)>;

/// What else decides what nginx refuses: the main file, the folder of relative paths, whether the image is the one without
/// root, and whether its default is gone.
type Rest = (String, String, bool, bool);

fn read_files(files: &[files::ConfigFile]) -> ReadFiles {
    let text = |f: &files::ConfigFile| f.filled.then(|| f.text.to_string());
    files.iter().map(|f| (f.path.clone(), f.at.clone(), text(f))).collect()
}

/// What the files of a configuration hold, whichever container reads them.
struct Reading {
    configs: Vec<(files::ConfigFile, Config)>,
    servers: Rc<[ServerBlock]>,
    loose_locations: Rc<[Location]>,
    upstreams: Rc<[Upstream]>,
    named_paths: Rc<[Text]>,
}

impl Readings {
    fn of_files(&mut self, files: Vec<files::ConfigFile>) -> Rc<Reading> {
        let key = read_files(&files);
        let read = || {
            let configs: Vec<(files::ConfigFile, Config)> = files
                .into_iter()
                .map(|part| {
                    let config = Config::read(&part.text);
                    (part, config)
                })
                .collect();
            Rc::new(Reading {
                servers: servers::servers(&configs).into(),
                loose_locations: servers::loose_locations(&configs).into(),
                upstreams: upstreams::upstreams(configs.iter().map(|(_, c)| c)).into(),
                named_paths: configs.iter().flat_map(|(_, c)| absolute_paths(c)).collect(),
                configs,
            })
        };
        self.readings.entry(key).or_insert_with(read).clone()
    }

    /// What nginx refuses of a configuration, worked out once for those that are the same.
    fn refused(
        &mut self,
        found: &files::Configuration,
        container: &Container<'_>,
    ) -> Option<follow::Fault> {
        if found.unknown.is_some() || found.may_write.is_some() || !files::is_official(container) {
            return None;
        }
        let unprivileged = follow::is_unprivileged(container);
        let rest = (found.main.clone(), found.base.clone(), unprivileged, found.default_gone);
        let work = || {
            let whole = follow::Whole::of_configuration(found, container);
            (whole.refused, whole.image)
        };
        let key = (read_files(&found.files), rest);
        let (fault, image) = self.refused.entry(key).or_insert_with(work);
        let mut fault = fault.clone()?;
        // What is wrong in the files of the image is placed where each service names it.
        if fault.at == *image {
            fault.at = follow::image_place(container);
        }
        Some(fault)
    }
}

impl Nginx {
    /// What the container of a service serves; `None` when it runs no nginx.
    pub(super) fn of_container(
        readings: &mut Readings,
        sources: &Sources<'_>,
        folder: &RelPath,
        index: usize,
        container: &Container<'_>,
    ) -> Option<Self> {
        if !runs_nginx(container) {
            return None;
        }
        let found = files::configuration(&readings.includes, sources, folder, container);
        // `RUN echo "daemon off;" >> /etc/nginx/nginx.conf` is how many images say it.
        let foreground = container.built().is_some_and(|i| i.file.text.contains("daemon off"));
        let refused = readings.refused(&found, container);
        let reading = readings.of_files(found.files);
        let configs = &reading.configs;
        let mut nginx = Self {
            container: index,
            files: Vec::new(),
            servers: reading.servers.clone(),
            loose_locations: reading.loose_locations.clone(),
            foreground,
            listens: Vec::new(),
            more_listens: None,
            upstreams: reading.upstreams.clone(),
            misplaced: None,
            refused,
            named_paths: reading.named_paths.clone(),
            unknown: found.unknown.clone(),
            filled: Vec::new(),
            errors: Vec::new(),
        };
        let (default_port, own_main) = (found.default_port, found.own_main);
        nginx.note_listens(configs, container, found.may_write, default_port);
        nginx.misplaced = configs
            .iter()
            .filter(|_| files::is_official(container))
            .find_map(|(part, config)| levels::misplaced(part, config, own_main));
        let read: Vec<String> = configs.iter().map(|(part, _)| part.at.clone()).collect();
        for (files::ConfigFile { path, text, filled, .. }, config) in configs {
            if text.trim().is_empty() {
                let reason = Reason::FileEmpty(path.as_str().to_owned());
                nginx.unknown.get_or_insert(Unknown::at(reason, text.span()));
            }
            nginx.errors.extend(config.errors.iter().cloned());
            let off = |d: &Directive| {
                d.name.as_str() == "daemon" && d.arg(0).is_some_and(|a| a.as_str() == "off")
            };
            nginx.foreground |= config.directives.iter().any(off);
            for (_, server) in config.find("server").into_iter().filter(|(_, d)| d.block.is_some())
            {
                nginx.note_includes(server, &read);
            }
            if *filled {
                nginx.filled.push(path.clone());
            }
            nginx.files.push(path.clone());
        }
        Some(nginx)
    }

    /// A file that a server takes in may hold locations of its own; those that nginx brings hold none.
    fn note_includes(&mut self, server: &Directive, read: &[String]) {
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
            if read.iter().any(|at| includes::fits(path, at)) {
                continue;
            }
            let reason = Reason::Included(path.as_str().to_owned());
            self.unknown.get_or_insert(Unknown::at(reason, path.span()));
        }
    }

    /// For each server, the location in which a request for the file `url` (a path) ends; `None` for a server where a
    /// pattern may take it. A location of a file without a server counts as one of a server of its own.
    pub fn serving<'n>(&'n self, url: &str) -> Vec<Option<&'n Location>> {
        let count = self.servers.iter().map(|s| 1 + s.locations.len()).sum::<usize>();
        if !Budget::step(count + self.loose_locations.len()) {
            return vec![None];
        }
        let of_servers = self.servers.iter().map(|s| matching::serving(&s.locations, url));
        let loose = self.loose_locations.iter().map(std::slice::from_ref);
        of_servers.chain(loose.map(|l| matching::serving(l, url))).collect()
    }

    /// Its locations, those of all servers and files.
    pub fn locations(&self) -> impl Iterator<Item = &Location> {
        self.servers.iter().flat_map(|s| &s.locations).chain(self.loose_locations.iter())
    }
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
