//! Services that load the same settings from the same code and still work with other servers, because one of them
//! lacks variables that the other has.

use super::Datastores;
use crate::finding::{Prose, Quote, prose};
use crate::model::container::SetBy;
use crate::model::django::{EnvAnswer, Value, ValueKind};
use crate::model::roles::django::DjangoService;
use crate::source::Span;

/// What a service works with that is not what its sibling works with.
#[derive(Debug)]
pub struct Drift {
    /// The service that lacks variables: the number of its container.
    pub container: usize,
    /// The one that has them.
    pub sibling: usize,
    /// What differs: `database`, `broker`.
    pub what: &'static str,
    /// What it falls back to, in words: `SQLite`, the host's name.
    pub fallback: Prose,
    /// The variables that it lacks: name and where the sibling gets it; the place of `env_file` where its file is not
    /// in the checkout.
    pub lacks: Vec<(String, Span)>,
    /// The read whose default counts.
    pub default: Span,
    /// Whether what the sibling gets is known, and not only that it gets something.
    pub known: bool,
}

/// Variables that a value lost, with where the sibling gets them; the default that counts; whether the sibling's texts are known.
type Lost = (Vec<(String, Span)>, Span, bool);

impl<'s> Datastores<'s> {
    /// Services that fall back to another database or broker than the service with the same settings.
    pub fn diverging_services(&self) -> Vec<Drift> {
        let mut all = Vec::new();
        for (number, lacking) in self.stack.roles.django.iter().enumerate() {
            let found = self
                .stack
                .roles
                .django
                .iter()
                .enumerate()
                .filter(|(n, _)| *n != number)
                .find_map(|(_, has)| self.drift(lacking, has));
            all.extend(found);
        }
        all
    }

    fn drift(&self, lacking: &DjangoService, has: &DjangoService) -> Option<Drift> {
        let (here, there) =
            (self.stack.container(lacking.container), self.stack.container(has.container));
        let (mine, theirs) = (lacking.settings()?, has.settings()?);
        // What a service for tests or builds lacks, it lacks on purpose.
        let aside = |name: &str| {
            ["test", "lint", "build", "docs", "ci"]
                .iter()
                .any(|w| name.split(['-', '_']).any(|p| p.starts_with(w)))
        };
        let open = here.environment.open.is_some()
            || mine.absent
            || theirs.absent
            || !mine.lacks.is_empty();
        let same = mine.file == theirs.file && here.built()?.context == there.built()?.context;
        if open || !same || aside(here.name()) || here.presumed {
            return None;
        }
        let lost = |value: &Value| -> Option<Lost> {
            let mut names = Vec::new();
            let mut known = true;
            let mut default = None;
            for read in value.reads.iter().filter(|r| r.set_at.is_none()) {
                if here.environment.answer(&read.name) != EnvAnswer::Unset {
                    continue;
                }
                default = default.or(Some(read.default.as_ref().map_or(read.span, |d| d.span)));
                match there.environment.vars.get(&read.name).filter(|v| v.by != SetBy::Image) {
                    Some(set) => names.push((read.name.clone(), set.span)),
                    None if there.environment.open.is_some() => {
                        known = false;
                        let file = there.service.env_files.first()?;
                        names.push((read.name.clone(), file.path.span()));
                    }
                    None => {}
                }
            }
            (!names.is_empty()).then_some(()).and(default.map(|d| (names, d, known)))
        };
        self.other_database(lacking, has, &lost).or_else(|| self.other_broker(lacking, has, &lost))
    }

    fn other_database(
        &self,
        lacking: &DjangoService,
        has: &DjangoService,
        lost: &dyn Fn(&Value) -> Option<Lost>,
    ) -> Option<Drift> {
        let mine = lacking.default_database()?;
        let theirs = has.default_database();
        let pairs = [
            (mine.engine.as_ref(), theirs.as_ref().and_then(|d| d.engine.as_ref())),
            (mine.host.as_ref(), theirs.as_ref().and_then(|d| d.host.as_ref())),
            (mine.name.as_ref(), theirs.as_ref().and_then(|d| d.name.as_ref())),
            (mine.user.as_ref(), theirs.as_ref().and_then(|d| d.user.as_ref())),
        ];
        for (at, (value, other)) in pairs.into_iter().enumerate() {
            // `os.environ.get('DB_NAME')` of a variable that is not set is None.
            let text = |v: &Value| match v.kind {
                ValueKind::None => Some(String::new()),
                _ => v.as_str().map(str::to_owned),
            };
            let Some((value, text)) = value.and_then(|v| Some((v, text(v)?))) else { continue };
            let text = text.as_str();
            let Some((lacks, default, known)) = lost(value) else { continue };
            if !differs(text, other, known) || at == 1 && itself(text) {
                continue;
            }
            // Where nothing is known of the sibling's, only another kind of database tells.
            let engine = mine.kind.map_or("another engine", |k| k.name());
            if !known
                && (at > 0
                    || engine != "SQLite"
                    || self.stack.roles.sql_databases().next().is_none())
            {
                continue;
            }
            let fallback = match at {
                0 => Prose::from(engine),
                1 => prose!("the host {}", Quote::value(text)).or_at(default),
                2 if text.is_empty() => Prose::from("no name"),
                2 => prose!("the name {}", Quote::value(text)).or_at(default),
                _ if text.is_empty() => Prose::from("no user"),
                _ => prose!("the user {}", Quote::value(text)).or_at(default),
            };
            return Some(Drift {
                container: lacking.container,
                sibling: has.container,
                what: "database",
                fallback,
                lacks,
                default,
                known,
            });
        }
        None
    }

    fn other_broker(
        &self,
        lacking: &DjangoService,
        has: &DjangoService,
        lost: &dyn Fn(&Value) -> Option<Lost>,
    ) -> Option<Drift> {
        for used in lacking.brokers().into_iter().filter(|b| b.of_celery && !itself(&b.host)) {
            let Some((lacks, default, known)) = lost(&used.value) else { continue };
            let other = has.brokers().into_iter().find(|b| b.setting == used.setting);
            if known && other.is_some_and(|o| o.host != used.host) {
                let fallback = prose!("the host {}", Quote::value(&used.host)).or_at(default);
                return Some(Drift {
                    container: lacking.container,
                    sibling: has.container,
                    what: "broker",
                    fallback,
                    lacks,
                    default,
                    known,
                });
            }
        }
        None
    }
}

/// Whether the sibling's value is another one, or set to something that is not known.
fn differs(text: &str, other: Option<&Value>, known: bool) -> bool {
    match other.map(|o| &o.kind) {
        Some(ValueKind::Str(other)) => other.as_str() != text,
        Some(ValueKind::Path(other)) => other != text,
        Some(ValueKind::Unknown(_) | ValueKind::Partly(_)) => !known,
        _ => !known,
    }
}

/// Whether a host is the container itself, of which other rules speak.
fn itself(host: &str) -> bool {
    matches!(host, "localhost" | "127.0.0.1" | "::1" | "0.0.0.0" | "")
}
