//! The whole configuration as nginx takes it in: each `include` with the directives of its files in place.

use super::{stock, verify};
use crate::facts::{Reference, nginx_directives};
use crate::finding::{Prose, Quote, prose};
use crate::model::container::Container;
use crate::model::path;
use crate::model::roles::nginx::files::{
    ConfigFile, Configuration, Includes, base_image, configuration, is_official,
};
use crate::model::roles::nginx::includes::{fits_below, is_pattern};
use crate::model::roles::nginx::written::DEFAULT;
use crate::source::{Reason, RelPath, Sources, Span, Unknown};
use crate::syntax::nginx::{Config, Directive};

/// How deep files take in others.
const MAX_DEPTH: usize = 8;
/// The most directives that are put together.
const MAX_DIRECTIVES: usize = 20_000;

/// Why nginx does not start.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// What it says.
    pub message: Prose,
    /// The line it says so of.
    pub at: Span,
    /// The name of a directive that is spelled almost like an unknown one.
    pub meant: Option<&'static str>,
}

impl Fault {
    pub(super) fn new(message: Prose, at: Span) -> Self {
        Self { message, at, meant: None }
    }
}

/// A configuration, put together.
#[derive(Debug)]
pub struct Whole {
    /// The directives of the main file, with those of included files in place.
    pub(super) directives: Vec<Directive>,
    /// Why there may be more.
    pub(super) unknown: Option<Unknown>,
    /// The first fault that is seen while the files are read.
    pub(super) fault: Option<Fault>,
    /// The same, where it is a directive that nginx refuses.
    pub(in crate::model::roles::nginx) refused: Option<Fault>,
    /// The folder that relative paths start from.
    pub(super) prefix: String,
    /// Where the project names the image, or the service.
    pub(in crate::model::roles::nginx) image: Span,
    /// Whether the image is the official one, of which the other files are known.
    pub(super) official: bool,
    /// How deep blocks and files are inside each other, and how many directives were taken.
    taken: usize,
}

impl Whole {
    /// What the nginx of a container reads.
    pub(in crate::model) fn of_container(
        sources: &Sources<'_>,
        folder: &RelPath,
        container: &Container<'_>,
    ) -> Self {
        let found = configuration(&Includes::default(), sources, folder, container);
        Self::of_configuration(&found, container)
    }

    /// The same of files that were found already.
    pub(in crate::model::roles::nginx) fn of_configuration(
        found: &Configuration,
        container: &Container<'_>,
    ) -> Self {
        let mut whole = Self {
            directives: Vec::new(),
            unknown: found.unknown.clone().or_else(|| found.may_write.clone()),
            fault: None,
            refused: None,
            prefix: found.base.clone(),
            image: image_place(container),
            official: is_official(container),
            taken: 0,
        };
        let unprivileged = is_unprivileged(container);
        let reader = Assembler {
            configs: found.files.iter().map(|part| (part, Config::read(&part.text))).collect(),
            found,
            unprivileged,
        };
        whole.directives = reader.file(&mut whole, &found.main, 0);
        if whole.fault.is_none() && whole.unknown.is_none() && whole.official {
            whole.refused = verify::fault(&whole);
            whole.fault.clone_from(&whole.refused);
        }
        whole
    }

    /// Notes the first fault.
    fn fail(&mut self, message: Prose, at: Span) {
        self.fault.get_or_insert(Fault::new(message, at));
    }
}

/// Where the project names the image of a container, or the service.
pub(in crate::model::roles::nginx) fn image_place(container: &Container<'_>) -> Span {
    let image = container.service.image.as_ref().map(|i| i.text.span());
    image.unwrap_or_else(|| container.name_span())
}

/// Whether the image is the one that runs without root.
pub(in crate::model::roles::nginx) fn is_unprivileged(container: &Container<'_>) -> bool {
    base_image(container)
        .is_some_and(|i| Reference::of_image(i).name.ends_with("nginx-unprivileged"))
}

/// Whether a directive that lacks its `;` takes any number of arguments.
fn is_endless(config: &Config, at: Span) -> bool {
    let mut open: Vec<&Directive> = config.directives.iter().collect();
    while let Some(directive) = open.pop() {
        if directive.span.start == at.start && directive.span.file == at.file {
            let known = nginx_directives(&directive.name);
            let any = known.is_empty() || known.iter().any(|d| d.arguments.1.is_none());
            return directive.block.is_none() && any;
        }
        open.extend(directive.block.iter().flatten());
    }
    false
}

struct Assembler<'f> {
    configs: Vec<(&'f ConfigFile, Config)>,
    found: &'f Configuration,
    unprivileged: bool,
}

impl Assembler<'_> {
    /// The directives of the file at a path.
    fn file(&self, whole: &mut Whole, at: &str, depth: usize) -> Vec<Directive> {
        match self.configs.iter().find(|(part, _)| part.at == at) {
            Some((_, config)) => {
                if let Some(error) = config.errors.first() {
                    if is_endless(config, error.span) {
                        // nginx takes the next lines for its arguments, and may start.
                        let reason = Reason::NotEvaluated("a directive without its `;`");
                        whole.unknown.get_or_insert(Unknown::at(reason, error.span));
                    } else {
                        whole.fail(prose!("{}", error.message), error.span);
                    }
                }
                self.expand(whole, &config.directives, depth)
            }
            None => match stock::config(at, whole.image, self.unprivileged) {
                Some(stock) if whole.official && !self.is_hidden(at) => {
                    self.expand(whole, &stock, depth)
                }
                _ => Vec::new(),
            },
        }
    }

    /// Whether the image's own file at a path is removed or covered.
    fn is_hidden(&self, at: &str) -> bool {
        at == DEFAULT && self.found.default_gone
    }

    fn expand(&self, whole: &mut Whole, from: &[Directive], depth: usize) -> Vec<Directive> {
        let mut all = Vec::new();
        for directive in from {
            whole.taken += 1;
            if whole.taken > MAX_DIRECTIVES || depth > MAX_DEPTH {
                let reason = Reason::Limit("directives of one configuration");
                whole.unknown.get_or_insert(Unknown::at(reason, directive.span));
                return all;
            }
            if directive.name.as_str() == "include" && directive.block.is_none() {
                if let Some(pattern) = directive.arg(0) {
                    match pattern.resolved() {
                        Some(pattern) => {
                            all.extend(self.include(whole, directive, pattern, depth));
                        }
                        None => {
                            let why = pattern.why().unwrap_or(Reason::CommandOutput.into());
                            whole.unknown.get_or_insert(why);
                        }
                    }
                }
                continue;
            }
            let block = directive.block.as_ref().map(|b| self.expand(whole, b, depth));
            all.push(Directive { block, ..directive.clone() });
        }
        all
    }

    fn include(
        &self,
        whole: &mut Whole,
        directive: &Directive,
        pattern: &str,
        depth: usize,
    ) -> Vec<Directive> {
        let at = path::join(&self.found.base, pattern);
        if is_pattern(&at) {
            let mut names: Vec<&str> = self
                .configs
                .iter()
                .map(|(part, _)| part.at.as_str())
                .filter(|name| fits_below(&self.found.base, pattern, name))
                .collect();
            let default = whole.official
                && !self.is_hidden(DEFAULT)
                && fits_below(&self.found.base, pattern, DEFAULT);
            if default && !names.contains(&DEFAULT) {
                names.push(DEFAULT);
            }
            names.sort_unstable();
            return names.into_iter().flat_map(|n| self.file(whole, n, depth + 1)).collect();
        }
        let read = self.configs.iter().any(|(part, _)| part.at == at);
        if !read && stock::config(&at, whole.image, false).is_none_or(|_| !whole.official) {
            let absent = self.found.absent.iter().find(|(path, _)| *path == at);
            let below = path::relative_to(&at, "/etc/nginx").is_some();
            match absent.and_then(|(_, why)| why.clone()) {
                // Nothing but the project puts files below the image's folder of configurations.
                Some(Unknown { reason: Reason::ImageElsewhere | Reason::BaseImage(_), .. })
                    if whole.official && below => {}
                Some(why) => {
                    whole.unknown.get_or_insert(why);
                    return Vec::new();
                }
                None if absent.is_some() && whole.official => {}
                None => {
                    let reason = Reason::Included(pattern.to_owned());
                    whole.unknown.get_or_insert(Unknown::at(reason, directive.span));
                    return Vec::new();
                }
            }
            let message =
                prose!("open() \"{}\" failed (2: No such file or directory)", Quote::value(&at));
            whole.fail(message, directive.span);
            return Vec::new();
        }
        self.file(whole, &at, depth + 1)
    }
}
