//! Which configuration files an nginx container reads: `nginx.conf`, and what it includes.

use super::Container;
use super::includes::{FOLDER, absolute, fits, is_pattern};
use super::written::{At, DEFAULT, Tree};
use crate::facts::{Reference, presumed};
use crate::model::exec_context::{ExecContext, PathLookup};
use crate::model::path;
use crate::source::{EntryKind, FileId, Limit, Reason, RelPath, Sources, Text, Unknown};
use crate::syntax::nginx::Config;
use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;

/// The most files that are read for one service.
const MAX_FILES: usize = 500;
/// The configuration where no option names another.
pub(super) const MAIN: &str = "/etc/nginx/nginx.conf";
/// What the `nginx.conf` of the official images includes (docker-nginx, nginx's own package).
const OFFICIAL_INCLUDES: [&str; 1] = ["conf.d/*.conf"];
/// What those of Debian's and Alpine's packages and of images built upon them include.
const OTHER_INCLUDES: [&str; 6] = [
    "conf.d/*.conf",
    "http.d/*.conf",
    "sites-enabled/*",
    "default.d/*.conf",
    "user_conf.d/*.conf",
    "vhost.d/*",
];

/// A file of the configuration.
#[derive(Debug)]
pub(super) struct ConfigFile {
    /// The file of the project.
    pub(super) path: RelPath,
    /// Where it stands in the container.
    pub(super) at: String,
    /// Its text, variables of templates put in.
    pub(super) text: Text,
    /// Whether variables were put in.
    pub(super) filled: bool,
}

/// What an nginx reads.
pub(super) struct Configuration {
    /// Its files: the main one first, then in the order they are included.
    pub(super) files: Vec<ConfigFile>,
    /// Why some of it is not known.
    pub(super) unknown: Option<Unknown>,
    /// Why there may be other files than these: something that is not followed may write them.
    pub(super) may_write: Option<Unknown>,
    /// Where the image's own `default.conf` listens, where it is read as well.
    pub(super) default_port: Option<u16>,
    /// Whether its main file is the project's.
    pub(super) own_main: bool,
    /// Files that are included and were not found: the path in the container, and why it is not known whether they are
    /// there, where it is not.
    pub(super) absent: Vec<(String, Option<Unknown>)>,
    /// The folder that relative paths start from: that of the main file.
    pub(super) base: String,
    /// The path of the main file.
    pub(super) main: String,
    /// Whether the `default.conf` of the image is removed, or hidden by a mount.
    pub(super) default_gone: bool,
}

/// The files that make up the configuration.
pub(super) fn configuration(
    known: &Includes,
    sources: &Sources<'_>,
    folder: &RelPath,
    container: &Container<'_>,
) -> Configuration {
    let tree = Tree::of_container(sources, folder, container);
    let main = main_file(container);
    let mut reader = Reader {
        known,
        sources,
        folder,
        container,
        files: Vec::new(),
        tree,
        unknown: None,
        base: main.as_ref().map_or(FOLDER.to_owned(), |m| path::parent(&absolute(m)).to_owned()),
        includes: Vec::new(),
        absent: Vec::new(),
    };
    let whole = main.as_ref().map_or(MAIN.to_owned(), |m| absolute(m));
    let own_main = main.is_some() || reader.tree.holds(&whole);
    let official = is_official(container);
    if own_main {
        reader.read(&whole, main.as_ref());
    } else {
        let includes: &[&str] = if official { &OFFICIAL_INCLUDES } else { &OTHER_INCLUDES };
        for pattern in includes {
            reader.include(pattern);
        }
        // Debian's package links the one to the other.
        if !official && !reader.tree.default_gone {
            reader.include("sites-available/default");
        }
    }
    let unknown = reader.tree.unknown.take().or(reader.unknown).or_else(|| {
        let place = container.service.image.as_ref().map(|i| i.text.span());
        let elsewhere = reader.files.is_empty() && !official;
        elsewhere.then_some(Unknown { reason: Reason::ImageElsewhere, place })
    });
    Configuration {
        default_port: base_image(container)
            .and_then(presumed)
            .and_then(|i| i.ports.first().copied())
            .filter(|_| {
                official
                    && !reader.tree.default_gone
                    && !reader.tree.holds(DEFAULT)
                    && reader.includes.iter().any(|pattern| fits(pattern, DEFAULT))
            }),
        may_write: reader.tree.may_write.take().or(reader.tree.chosen.take()),
        default_gone: reader.tree.default_gone || reader.tree.holds(DEFAULT),
        files: reader.files,
        unknown,
        own_main,
        absent: reader.absent,
        base: reader.base,
        main: whole,
    }
}

/// The file that a known start of nginx names (`nginx -c FILE`).
fn main_file(container: &Container<'_>) -> Option<Text> {
    let starts = container.process.steps.iter().filter(|s| is_nginx(s.words.first()));
    starts.filter(|s| !s.words.iter().any(|w| w.as_str() == "-s")).find_map(|s| {
        let at = s.words.iter().position(|w| w.as_str() == "-c")?;
        s.words.get(at + 1).cloned()
    })
}

/// Whether a command is nginx.
pub(super) fn is_nginx(word: Option<&Text>) -> bool {
    word.is_some_and(|w| {
        matches!(w.rsplit('/').next(), Some("nginx" | "nginx-debug" | "openresty"))
    })
}

/// The image that everything starts from, where it is known.
pub(super) fn base_image<'c>(container: &'c Container<'_>) -> Option<&'c str> {
    match container.built() {
        Some(image) => image.external_base().map(Text::as_str),
        None => container.service.image.as_ref().and_then(|i| i.known()).map(|i| i.as_ref()),
    }
}

/// Whether it is the official image, or the one of the same makers without root.
pub(super) fn is_official(container: &Container<'_>) -> bool {
    base_image(container).is_some_and(|image| {
        Reference::of_image(image).name == "nginx"
            || presumed(image).is_some_and(|i| {
                i.names.iter().any(|n| n.ends_with("nginx-unprivileged"))
                    && Reference::of_image(image).name.ends_with("nginx-unprivileged")
            })
    })
}

/// What the files include that were looked through, each once: many containers read the same.
#[derive(Default)]
pub(super) struct Includes(RefCell<HashMap<FileId, Rc<[Text]>>>);

struct Reader<'a, 'c> {
    known: &'a Includes,
    sources: &'a Sources<'a>,
    folder: &'a RelPath,
    container: &'a Container<'c>,
    tree: Tree,
    files: Vec<ConfigFile>,
    unknown: Option<Unknown>,
    /// The folder that relative paths start from: that of the main file.
    base: String,
    /// What was included.
    includes: Vec<String>,
    /// What was included by name and is not there.
    absent: Vec<(String, Option<Unknown>)>,
}

impl Reader<'_, '_> {
    /// Reads the file at a path, and what it includes.
    fn read(&mut self, at: &str, named: Option<&Text>) {
        if self.files.len() >= MAX_FILES || self.files.iter().any(|f| f.at == at) {
            return;
        }
        let (host, filled) = match self.tree.at(at) {
            Some(At::File(host)) => (host.clone(), None),
            Some(At::Filled(host, only)) => (host.clone(), Some(only.clone())),
            Some(At::Unknown(why)) => {
                self.absent.push((at.to_owned(), Some(why.clone())));
                self.unknown.get_or_insert(why.clone());
                return;
            }
            None => {
                let fs = self.container.filesystem(self.sources, self.folder);
                match fs.find(at) {
                    PathLookup::Host(host) if self.sources.kind(&host) == EntryKind::File => {
                        (host, None)
                    }
                    // What nginx's own files hold is known, and the rest may be made by other means.
                    found => {
                        let why = match found {
                            PathLookup::Missing => None,
                            PathLookup::Made(place) => Some(Unknown::at(Reason::MadeByRun, place)),
                            PathLookup::Unknown(why) => Some(why),
                            PathLookup::Host(host) => {
                                let name = host.as_str().to_owned();
                                Some(Reason::FileUnreadable(name).into())
                            }
                        };
                        self.absent.push((at.to_owned(), why));
                        if let Some(named) = named {
                            let reason = Reason::FileMissing(named.as_str().to_owned());
                            self.unknown.get_or_insert(Unknown::at(reason, named.span()));
                        }
                        return;
                    }
                }
            }
        };
        let Ok(file) = self.sources.read(&host, Limit::Config) else {
            let reason = Reason::FileUnreadable(host.as_str().to_owned());
            self.absent.push((at.to_owned(), Some(reason.into())));
            return;
        };
        let body = file.body();
        let text = match &filled {
            Some(only) => envsubst(&body, self.container, only.as_deref()),
            None => body,
        };
        let filled = filled.is_some();
        let includes = match filled {
            true => included(&text),
            false => {
                let mut known = self.known.0.borrow_mut();
                known.entry(file.id).or_insert_with(|| included(&text)).clone()
            }
        };
        self.files.push(ConfigFile { path: host, at: at.to_owned(), text, filled });
        for pattern in includes.iter() {
            self.include(pattern);
        }
    }

    /// Reads the files that a pattern names, in the order of their names.
    fn include(&mut self, pattern: &str) {
        let whole = path::join(&self.base, pattern);
        self.includes.push(whole.clone());
        if !is_pattern(&whole) {
            return self.read(&whole, None);
        }
        let mut names: BTreeMap<String, ()> =
            self.tree.paths().filter(|at| fits(&whole, at)).map(|at| (at.to_owned(), ())).collect();
        let parent = path::parent(&whole);
        if path::relative_to(parent, FOLDER).is_none() && !is_pattern(parent) {
            let fs = self.container.filesystem(self.sources, self.folder);
            if let PathLookup::Host(host) = fs.find(parent) {
                let inside = self.sources.listed(&host).into_iter();
                names.extend(
                    inside
                        .filter(|(_, kind)| *kind == EntryKind::File)
                        .map(|(name, _)| (path::join(parent, &name), ()))
                        .filter(|(at, ())| fits(&whole, at)),
                );
            }
        }
        for at in names.into_keys() {
            self.read(&at, None);
        }
    }
}

/// What a file includes.
fn included(text: &Text) -> Rc<[Text]> {
    let config = Config::read(text);
    let includes = config.find("include").into_iter().filter_map(|(_, i)| i.arg(0));
    includes.filter(|p| !p.contains('$')).cloned().collect()
}

/// `${NAME}` and `$NAME` of a template, for variables the container has (the image's envsubst script leaves others, such
/// as nginx's own `$host`, alone), and of these only those in `only` where it is given.
fn envsubst(text: &Text, container: &Container<'_>, only: Option<&[String]>) -> Text {
    let s = text.as_str();
    let mut out = Text::empty(text.span());
    let mut from = 0;
    for (dollar, _) in s.match_indices('$') {
        if dollar < from {
            continue;
        }
        let rest = &s[dollar + 1..];
        let (name, len) = match rest.strip_prefix('{') {
            Some(inner) => match inner.find('}') {
                Some(end) => (&inner[..end], end + 2),
                None => continue,
            },
            None => {
                let end = rest
                    .find(|c: char| c != '_' && !c.is_ascii_alphanumeric())
                    .unwrap_or(rest.len());
                (&rest[..end], end)
            }
        };
        if only.is_some_and(|only| !only.iter().any(|o| o == name)) {
            continue;
        }
        let Some(value) = container.env(name) else { continue };
        out.push_text(&text.slice(from..dollar));
        out.push_derived(value, text.span_of(dollar..dollar + 1 + len));
        from = dollar + 1 + len;
    }
    out.push_text(&text.slice(from..s.len()));
    out
}
