//! What settings hold, looked up by name: switches, lists, installed apps.

use super::Settings;
use crate::source::Span;

impl Settings {
    /// `SECURE_PROXY_SSL_HEADER` as a header's name and its value for TLS; `None` when it is not set, or not known.
    pub fn ssl_header(&self) -> Option<(String, &str)> {
        let [name, value] = self.texts("SECURE_PROXY_SSL_HEADER")?[..] else { return None };
        Some((name.strip_prefix("HTTP_")?.replace('_', "-"), value))
    }

    /// A switch that is off unless it is set; `None` when it is not known.
    pub fn flag(&self, name: &str) -> Option<bool> {
        match self.get(name) {
            Some(binding) if !binding.is_certain() => None,
            Some(binding) => binding.value.as_bool(),
            None => self.open.is_none().then_some(false),
        }
    }

    /// The texts of a list; `None` when it is not set, or not all of it is known.
    pub fn texts(&self, name: &str) -> Option<Vec<&str>> {
        let binding = self.get(name).filter(|b| b.is_certain() && !b.value.is_open())?;
        binding.value.items()?.iter().map(|i| i.as_str()).collect()
    }

    /// The entry of an app in `INSTALLED_APPS`.
    pub fn installed(&self, app: &str) -> Option<Span> {
        self.entry_of("INSTALLED_APPS", |a| a == app || a.starts_with(&format!("{app}.apps.")))
    }

    /// The first entry of a list that is `wanted`.
    pub fn entry_of(&self, list: &str, wanted: impl Fn(&str) -> bool) -> Option<Span> {
        let items = self.get(list)?.value.items()?;
        items.iter().find(|i| i.as_str().is_some_and(&wanted)).map(|i| i.span)
    }
}
