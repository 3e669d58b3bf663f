//! The environment ledger of a stack: who sets each variable of each service, who reads it, who wins.

pub(super) mod names;
mod programs;
pub(super) mod python;
mod settings;

use super::Environments;
use crate::facts::{self, hidden_name};
use crate::finding::{Ledger, Reader, Reading, ServiceLedger, State, Variable, Worth};
use crate::model::container::{EnvValue, SetBy};
use crate::model::django::{Cast, EnvRead, ValueKind, is_django_setting};
use crate::model::secrets::opaque;
use crate::source::{Limit, Reason, Span, Text, Unknown};
use crate::syntax::dockerfile::Command;
use python::worth;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// The most places that are kept of one reader's kind for one variable.
const MAX_READS: usize = 8;

/// The variable that names the settings module.
const SETTINGS_MODULE: &str = "DJANGO_SETTINGS_MODULE";

/// The readings of a service, by the variable's name.
type Readings = BTreeMap<String, Vec<Reading>>;

impl<'s> Environments<'s> {
    /// The ledger of every service.
    pub fn ledger(&self) -> Ledger {
        Ledger {
            services: (0..self.stack.containers.len()).map(|index| self.ledger_of(index)).collect(),
        }
    }

    /// The ledger of one service.
    fn ledger_of(&self, index: usize) -> ServiceLedger {
        let container = self.stack.container(index);
        let mut set = self.settings_of(index);
        let mut read = self.readings(index);
        let unread = self.unread(index, &set.keys().cloned().collect(), &mut read);
        let django = self
            .stack
            .roles
            .django
            .iter()
            .filter(|d| d.container == index)
            .filter_map(|d| d.settings());
        let lacks: BTreeSet<&str> =
            django.flat_map(|s| &s.lacks).map(|(name, _)| name.as_str()).collect();
        let names: BTreeSet<String> = set.keys().chain(read.keys()).cloned().collect();
        let variables = names.into_iter().map(|name| {
            let (set, read) =
                (set.remove(&name).unwrap_or_default(), read.remove(&name).unwrap_or_default());
            let worths =
                set.iter().map(|s| &s.worth).chain(read.iter().filter_map(|r| r.default.as_ref()));
            let secret = hidden_name(&name)
                || worths
                    .into_iter()
                    .any(|w| matches!(w, Worth::Text(text) if opaque(text.as_str())));
            let open = container.environment.open.is_some();
            let state = match set.last().map(|s| &s.worth) {
                Some(Worth::Unknown(_)) => State::Unknown,
                Some(_) if read.is_empty() && unread.is_none() => State::NeverRead,
                Some(Worth::Blank) => State::Blank,
                Some(Worth::Text(_)) => State::Set,
                None if open => State::Unknown,
                None if lacks.contains(name.as_str()) => State::Missing,
                None if read.iter().any(|r| r.default.is_some()) => State::Default,
                None => State::Unset,
            };
            Variable { name, state, secret, set, read }
        });
        ServiceLedger {
            service: container.name().to_owned(),
            variables: variables.collect(),
            open: container.environment.open.clone(),
            unread,
        }
    }

    /// Who reads variables in a service, as far as it is told by what runs there.
    fn readings(&self, index: usize) -> Readings {
        let container = self.stack.container(index);
        let mut all = Readings::new();
        for service in self.stack.roles.django.iter().filter(|d| d.container == index) {
            for read in service.settings().into_iter().flat_map(|s| &s.reads) {
                add(&mut all, &read.name, of_settings(read));
            }
        }
        for text in self.command_texts(index) {
            for (name, span) in names::dollars(&text) {
                add(&mut all, &name, plain(Reader::Script, span));
            }
        }
        for nginx in self.stack.roles.nginx.iter().filter(|n| n.container == index) {
            for path in &nginx.filled {
                let Ok(file) = self.stack.sources.read(path, Limit::Config) else { continue };
                // nginx has variables of its own, which are written in lower case.
                let upper = |name: &str| !name.contains(|c: char| c.is_ascii_lowercase());
                for (name, span) in
                    names::dollars(&file.body()).into_iter().filter(|(n, _)| upper(n))
                {
                    add(&mut all, &name, plain(Reader::Nginx, span));
                }
            }
        }
        if let Some(image) = container.built() {
            for (name, span) in names::dollars(&image.file.body())
                .into_iter()
                .filter(|(n, _)| image.env().contains_key(n))
            {
                add(&mut all, &name, plain(Reader::Code, span));
            }
        }
        // A script's own variables and what a shell always has are nobody's to set.
        all.retain(|name, reads| {
            let told = reads.iter().any(|r| r.by != Reader::Script);
            told || container.environment.vars.contains_key(name)
        });
        all
    }

    /// The texts of what a service runs: its scripts, and the command lines of Compose and the image.
    fn command_texts(&self, index: usize) -> Vec<Text> {
        let container = self.stack.container(index);
        let scripts = container
            .process
            .scripts
            .iter()
            .filter_map(|p| self.stack.sources.read(p, Limit::Code).ok())
            .map(|f| f.body());
        let service = container.service;
        let test = service.healthcheck.as_ref().and_then(|h| h.test.as_ref());
        let words = [service.command.as_ref(), service.entrypoint.as_ref(), test]
            .into_iter()
            .flatten()
            .flat_map(|w| w.words.clone());
        let image = container.built().into_iter().flat_map(|i| [i.entrypoint(), i.cmd()]).flatten();
        let image = image.flat_map(Command::texts);
        scripts.chain(words).chain(image).collect()
    }

    /// Adds what programs read and what other code names to the readings; says why there may be more readers.
    fn unread(&self, index: usize, set: &BTreeSet<String>, read: &mut Readings) -> Option<Unknown> {
        let container = self.stack.container(index);
        let image_facts = programs::image_of(container.service);
        for name in set {
            let tool = image_facts.filter(|i| i.reads(name)).map(|i| i.family.facts().name);
            let tool =
                tool.or_else(|| facts::variable_reader(name).filter(|_| container.image.is_some()));
            if let Some(tool) = tool {
                let reading = Reading {
                    by: Reader::Program(tool),
                    span: None,
                    cast: None,
                    default: None,
                    required: false,
                };
                add(read, name, reading);
            }
        }
        let open: BTreeSet<String> =
            set.iter().filter(|n| !read.contains_key(*n)).cloned().collect();
        if open.is_empty() {
            return None;
        }
        match container.built() {
            Some(image) => match names::mentioned(self.stack.sources, &image.context, &open) {
                Ok(found) => {
                    found
                        .into_iter()
                        .for_each(|(name, span)| add(read, &name, plain(Reader::Code, span)));
                    let base = image.external_base();
                    (!image.starts_bare()).then(|| Unknown {
                        reason: base.map_or(Reason::ImageElsewhere, |b| {
                            Reason::BaseImage(b.as_str().to_owned())
                        }),
                        place: base.map(Text::span),
                    })
                }
                Err(why) => Some(why),
            },
            None if programs::all_read(container.service).is_some() => None,
            None => {
                let image = container.service.image.as_ref().map(|i| i.text.span());
                Some(Unknown { reason: Reason::ImageElsewhere, place: image })
            }
        }
    }

    /// Variables that Compose gives to a service and nothing reads: those whose name is like one that is read and not
    /// set, and those given to a program that is known to read few.
    pub fn never_read(&self, index: usize) -> Vec<NeverRead> {
        let container = self.stack.container(index);
        let environment = &container.environment;
        let program = programs::image_of(container.service);
        let reference = container.service.image.as_ref().and_then(|i| i.known());
        let image = program.and(reference).map(|r| facts::Reference::of_image(r).name);
        let whole = programs::all_read(container.service);
        let read = self.readings(index);
        let mut wanted: Vec<(&str, Option<Span>)> = Vec::new();
        if environment.open.is_none() {
            let free = |name: &str| !environment.vars.contains_key(name);
            wanted.extend(
                read.iter()
                    .filter(|(n, _)| free(n))
                    .map(|(n, r)| (n.as_str(), r.iter().find_map(|r| r.span))),
            );
            wanted.extend(whole.iter().flatten().filter(|n| free(n)).map(|n| (*n, None)));
            // `manage.py` and `wsgi.py` read it.
            let of_django = self.stack.roles.django.iter().find(|d| d.container == index);
            wanted.extend(
                of_django
                    .filter(|_| free(SETTINGS_MODULE))
                    .map(|d| (SETTINGS_MODULE, d.module.as_ref().map(|m| m.name.span()))),
            );
        }
        let given = environment
            .vars
            .iter()
            .filter(|(name, v)| v.by == SetBy::Compose && !read.contains_key(*name));
        let unread = given.filter(|(name, _)| {
            !program.is_some_and(|p| p.reads(name)) && facts::variable_reader(name).is_none()
        });
        // The last of a name counts.
        let written: HashMap<&str, Span> = container
            .service
            .environment
            .iter()
            .map(|e| (e.name.as_str(), e.name.span()))
            .collect();
        let mut lost: Vec<NeverRead> = unread
            .map(|(name, value)| NeverRead {
                name: name.clone(),
                span: written.get(name.as_str()).copied().unwrap_or(value.span),
                meant: meant(name, &wanted).map(|(n, span)| (n.to_owned(), span)),
                setting: self.set_otherwise(index, name, value),
                absent: self.set_nowhere(index, name),
                image: image.as_ref().map(|name| (*name).to_owned()),
            })
            .filter(|l| {
                l.meant.is_some() || l.setting.is_some() || l.absent.is_some() || whole.is_some()
            })
            .collect();
        if whole.is_some() || lost.is_empty() {
            return lost;
        }
        // Looking through all files is dear: it is done last.
        let Some(image) = container.built().filter(|i| i.starts_bare()) else { return Vec::new() };
        let names = lost.iter().map(|l| l.name.clone()).collect();
        let Ok(found) = names::mentioned(self.stack.sources, &image.context, &names) else {
            return Vec::new();
        };
        let settings: BTreeSet<String> =
            lost.iter().filter(|l| l.setting.is_some()).map(|l| l.name.clone()).collect();
        let quoted = match settings.is_empty() {
            true => BTreeMap::new(),
            false => match names::quoted(self.stack.sources, &image.context, &settings) {
                Ok(found) => found,
                Err(_) => return Vec::new(),
            },
        };
        lost.retain(|l| match l.setting {
            Some(_) => !quoted.contains_key(&l.name),
            None => !found.contains_key(&l.name),
        });
        lost
    }

    /// The settings of a service, where a variable is called after a setting of Django that they surely do not set.
    fn set_nowhere(&self, index: usize, name: &str) -> Option<Span> {
        let service = self.stack.roles.django.iter().find(|d| d.container == index)?;
        let settings = service.settings().filter(|s| !s.absent && s.open.is_none())?;
        // Mail is often sent by something else than Django.
        let unset = is_django_setting(name) && !name.starts_with("EMAIL_")
            // Without it Django does not start, which is told elsewhere.
            && name != "SECRET_KEY" && settings.get(name).is_none();
        unset.then(|| Span::whole(settings.file))
    }

    /// Where the settings of a service set what a variable is called after to something else by themselves.
    fn set_otherwise(&self, index: usize, name: &str, value: &EnvValue) -> Option<Span> {
        let text = value.text.known()?;
        let service = self.stack.roles.django.iter().find(|d| d.container == index)?;
        let settings = service.settings().filter(|s| !s.absent)?;
        let binding = settings.get(name).filter(|b| b.is_certain() && b.value.reads.is_empty())?;
        let same = match worth(&binding.value) {
            Worth::Text(own) => own.as_str().eq_ignore_ascii_case(text.as_str()),
            Worth::Blank => text.is_empty(),
            Worth::Unknown(_) => return None,
        };
        (!same).then_some(binding.name_span)
    }
}

/// A variable that is set and that nothing reads.
#[derive(Debug, Clone)]
pub struct NeverRead {
    pub name: String,
    /// Where it is set.
    pub span: Span,
    /// The name that was most likely meant, with the place that reads it.
    pub meant: Option<(String, Option<Span>)>,
    /// Where the settings set what it is called after by themselves.
    pub setting: Option<Span>,
    /// The settings, where it is called after a setting of Django that they do not set.
    pub absent: Option<Span>,
    /// The name of its image, where that is what would read it.
    pub image: Option<String>,
}

/// The wanted name that is most like `name`: the same words in another order or with another beginning, or one or two
/// letters off.
fn meant<'n>(name: &str, wanted: &[(&'n str, Option<Span>)]) -> Option<(&'n str, Option<Span>)> {
    if name.len() < 5 {
        return None;
    }
    let words = |t: &str| t.split('_').map(str::to_ascii_uppercase).collect::<BTreeSet<String>>();
    let like = |other: &str| {
        let distance = strsim::damerau_levenshtein(name, other);
        let close = distance <= if name.len() < 8 { 1 } else { 2 };
        // `DB_HOST1` and `DB_HOST2` are two.
        let numbered = name.ends_with(|c: char| c.is_ascii_digit())
            || other.ends_with(|c: char| c.is_ascii_digit());
        let same_words = words(name) == words(other);
        // `POSTGRES_USERNAME` for `POSTGRES_USER`, `DB_PASS` for `DB_PASSWORD`.
        let (short, long) = if name.len() < other.len() { (name, other) } else { (other, name) };
        let grown = long.starts_with(short)
            && !long[short.len()..].starts_with('_')
            && short.len() >= 6
            && long.len() - short.len() <= 5;
        other.len() >= 5 && !numbered && (close || same_words || grown)
            || name.eq_ignore_ascii_case(other)
    };
    wanted
        .iter()
        .filter(|(other, _)| like(other))
        .min_by_key(|(other, _)| strsim::damerau_levenshtein(name, other))
        .copied()
}

fn add(all: &mut Readings, name: &str, reading: Reading) {
    let known = all.entry(name.to_owned()).or_default();
    if known.len() < MAX_READS
        && !known.iter().any(|r| r.by == reading.by && r.span == reading.span)
    {
        known.push(reading);
    }
}

fn plain(by: Reader, span: Span) -> Reading {
    Reading { by, span: Some(span), cast: None, default: None, required: false }
}

fn of_settings(read: &EnvRead) -> Reading {
    let cast = match read.cast {
        Cast::Raw => None,
        Cast::BoolOfText | Cast::Bool => Some("bool"),
        Cast::Int => Some("int"),
        Cast::List => Some("list"),
        Cast::Url => Some("url"),
        Cast::Other => Some("other"),
    };
    let default = read.default.as_deref().filter(|d| d.kind != ValueKind::None).map(worth);
    Reading { by: Reader::Settings, span: Some(read.span), cast, default, required: read.required }
}
