//! What a container's image is taken for, and how its variables tell the server who logs in (`data/images.toml`).

use super::Container;
use crate::facts::{self, ImageFacts};
use crate::finding::{Own, Prose, prose};
use crate::source::Text;

/// What the variables of a server's image say: the user it makes, that user's password, and the database. `None` for
/// what is not known, or is not made.
#[derive(Debug, Clone, Default)]
pub struct Login {
    pub user: Option<Text>,
    /// That user's password.
    pub password: Option<Text>,
    /// The password of the user who may do everything.
    pub root_password: Option<Text>,
    pub database: Option<Text>,
}

/// What one of several variables says.
enum Told {
    /// It is set; its text, where that is known.
    Set(Option<Text>),
    /// None of them is set.
    Nothing,
}

impl Container<'_> {
    /// The image that it runs or is built from, as it is written.
    pub fn base_image(&self) -> Option<&Text> {
        match self.built() {
            Some(image) => image.external_base(),
            None => {
                let named = self.service.image.as_ref();
                named.filter(|_| self.service.build.is_none()).map(|i| &i.text)
            }
        }
    }

    /// What that image is taken for.
    pub fn presumed_image(&self) -> Option<&'static ImageFacts> {
        facts::presumed(self.base_image()?)
    }

    /// Who logs in to the server that it runs.
    pub fn login(&self, image: &ImageFacts) -> Login {
        let implied = |text: &str| Text::derived(text, self.name_span());
        let text = |told: Told| match told {
            Told::Set(text) => text,
            Told::Nothing => None,
        };
        let user = match self.told(image.user_variables) {
            Told::Set(text) => text,
            Told::Nothing => image.default_user.map(implied),
        };
        let database = match self.told(image.database_variables) {
            // A list of databases.
            Told::Set(text) => text.filter(|t| !t.contains(',')),
            Told::Nothing => match image.default_database {
                Some("{user}") => user.as_ref().map(|u| implied(u.as_str())),
                other => other.map(implied),
            },
        };
        Login {
            password: text(self.told(image.password_variables)),
            root_password: text(self.told(image.root_password_variables)),
            user,
            database,
        }
    }

    /// What the first of some variables says that is set, itself or by a file; a blank is as good as nothing.
    fn told(&self, names: &[&str]) -> Told {
        let vars = &self.environment.vars;
        for name in names {
            if let Some(value) = vars.get(*name) {
                match value.text.known() {
                    Some(text) if text.is_empty() => continue,
                    _ => return Told::Set(self.env(name).cloned()),
                }
            }
            if vars.contains_key(&format!("{name}_FILE")) {
                return Told::Set(None);
            }
        }
        if self.environment.open.is_some() && !names.is_empty() {
            return Told::Set(None);
        }
        Told::Nothing
    }

    /// Whether one of the settings holds: `NAME` where it is set to anything, or `NAME=value`.
    pub fn any_holds(&self, settings: &[&str]) -> bool {
        settings.iter().any(|setting| match setting.split_once('=') {
            Some((name, value)) => {
                self.env(name).is_some_and(|t| t.as_str().eq_ignore_ascii_case(value))
            }
            None => self.environment.vars.contains_key(*setting),
        })
    }

    /// The words of a health check for the server that it runs; empty where none is known.
    pub fn server_probe(&self) -> Vec<Prose> {
        let Some(image) = self.base_image().map(|t| t.as_str()) else { return Vec::new() };
        let Some(known) = facts::presumed(image) else { return Vec::new() };
        let tag = facts::Reference::of_image(image).tag.unwrap_or("");
        let words = match known.alpine_probe {
            [] => known.probe,
            _ if !known.on_alpine(tag) => known.probe,
            other => other,
        };
        let user = self.login(known).user;
        // The user of the image that most others are built from is in nearly all of them.
        let usual = || known.family.image().and_then(|i| i.default_user).unwrap_or_default();
        let user = user.as_ref().map_or_else(|| Prose::from(usual()), |u| prose!("{}", u));
        let filled = |word: &'static str| match word.split_once("{user}") {
            Some((before, after)) => prose!("{}{}{}", Own(before), user, Own(after)),
            None => Prose::from(word),
        };
        words.iter().copied().map(filled).collect()
    }
}

/// The words of a health check as a list of Compose: `["CMD", "redis-cli", "ping"]`.
pub fn exec_form(words: &[Prose]) -> Prose {
    let escaped = |word: &Prose| word.replaced('\\', r"\\").replaced('"', "\\\"");
    let quoted = words.iter().map(|w| prose!(", \"{}\"", escaped(w)));
    prose!("[\"CMD\"{}]", Prose::concat(quoted))
}
