//! What was not judged, so that a clean run is never a silent skip.

use super::{Own, Prose, Quote, RuleMeta, prose};
use crate::source::Unknown;

/// What a rule must know of a service, so that it can judge it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// The stage that is built, and its packages.
    Image,
    /// What it runs.
    Process,
    /// The settings that it loads.
    Settings,
    /// The value of a setting, where the settings have it.
    Setting(&'static str),
    /// Every variable that is set.
    Environment,
    /// The whole configuration of nginx.
    Proxy,
}

/// What is not known of a service.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Lack {
    /// The image, and so what it runs and loads.
    Image,
    /// What it runs after a point, and so perhaps the settings that it loads.
    Process {
        /// Whether some of it is known.
        partly: bool,
    },
    /// The settings.
    Settings,
    /// Settings that rules read: their names.
    Values(Vec<String>),
    /// Parts of the configuration of nginx.
    Proxy,
}

/// Something of services that was not judged.
#[derive(Debug, Clone)]
pub struct Gap {
    /// The services that lack it for the same reason, in file order.
    pub services: Vec<String>,
    /// What is not known of them.
    pub lack: Lack,
    /// Why, with the place of the construct that made it so.
    pub why: Unknown,
    /// The rules that need it, and so did not apply; each is counted once for a service.
    pub rules: Vec<&'static RuleMeta>,
}

/// A value that stayed unknown.
#[derive(Debug, Clone)]
pub struct UnknownValue {
    /// The service.
    pub service: String,
    /// What it is: the name of a setting, `start command`, `image`.
    pub subject: Prose,
    /// Why.
    pub why: Unknown,
}

/// The most names that a gap lists.
const MAX_NAMES: usize = 3;

impl Lack {
    /// The word for it in data.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Image => "image",
            Self::Process { .. } => "process",
            Self::Settings => "settings",
            Self::Values(_) => "values",
            Self::Proxy => "proxy",
        }
    }
}

impl Gap {
    /// `web: start command not followed`, with `place` where there is one: `after entrypoint.sh:12`.
    pub fn sentence(&self, place: Option<Prose>) -> Prose {
        let services = names(&self.services);
        let what = match &self.lack {
            Lack::Image => "image not known".into(),
            Lack::Process { partly: true } => "start command not followed".into(),
            Lack::Process { partly: false } => "start command not known".into(),
            Lack::Settings => "settings not evaluated".into(),
            Lack::Values(values) => prose!("{} not known", names(values)),
            Lack::Proxy => "nginx configuration not all known".into(),
        };
        let joint = Own(match &self.lack {
            Lack::Process { partly: true } => " after ",
            _ => " at ",
        });
        let count = self.rules.len();
        // Its rules are counted with another reason for which they do not apply.
        if count == 0 {
            let place = place.map(|place| prose!("{}{}", joint, place)).unwrap_or_default();
            return prose!("{}: {}{} ({})", services, what, place, self.why);
        }
        let rules = Own(if count == 1 { "rule" } else { "rules" });
        let place = match place {
            Some(place) => prose!("{}{}", joint, place),
            None => Prose::default(),
        };
        prose!("{}: {}{} ({}); {} {} did not apply", services, what, place, self.why, count, rules)
    }
}

/// The first names, and how many more there are.
fn names(all: &[String]) -> Prose {
    let first = Prose::join(all.iter().take(MAX_NAMES).map(Quote::name), ", ");
    match all.len().saturating_sub(MAX_NAMES) {
        0 => first,
        more => prose!("{} and {} more", first, more),
    }
}
