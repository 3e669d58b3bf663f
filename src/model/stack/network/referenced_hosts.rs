//! The hosts that a service asks for, and where it says so.

use super::Network;
use crate::model::container::SetBy;
use crate::model::django::{Value, ValueKind};
use crate::model::process::StepKind;
use crate::model::roles::database::Engine;
use crate::model::stack::lifecycle::{Need, NeedKind};
use crate::source::{Span, Text};

/// What makes us think that a service asks for a host, strongest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ReferenceKind {
    /// nginx passes requests on to it, and looks the name up when it starts.
    Proxy,
    /// Django's `DATABASES` names it.
    Database,
    /// A setting of Django names it in a URL: a broker, a cache.
    Setting,
    /// Its start waits for it.
    Wait,
    /// A variable that Compose gives to this service names it.
    Variable,
    /// `links`, or `depends_on` of a database, a broker or a cache.
    Order,
}

/// A host that a service asks for.
#[derive(Debug, Clone)]
pub struct ReferencedHost {
    pub host: String,
    /// What says so.
    pub kind: ReferenceKind,
    /// The setting or variable, where it is one.
    pub by: Option<String>,
    /// Where.
    pub span: Span,
}

impl<'s> Network<'s> {
    /// The service whose settings tell what this one's would: itself, or, where its own are not known, one of the
    /// same image.
    pub fn settings_source(&self, index: usize) -> usize {
        let known = |i: usize| {
            self.stack.roles.django.iter().any(|d| d.container == i && d.settings().is_some())
        };
        let image = |i: usize| self.stack.container(i).image.as_ref()?.as_ref().ok();
        let same =
            |i: &usize| image(*i).zip(image(index)).is_some_and(|(a, b)| std::rc::Rc::ptr_eq(a, b));
        if known(index) {
            index
        } else {
            (0..self.stack.containers.len()).filter(same).find(|i| known(*i)).unwrap_or(index)
        }
    }

    /// The hosts a service asks for, strongest evidence first, each once.
    pub fn referenced_hosts(&self, index: usize) -> Vec<ReferencedHost> {
        let container = self.stack.container(index);
        let mut all = Vec::new();
        let mut add = |host: &str, kind, by: Option<&str>, span| {
            all.push(ReferencedHost {
                host: host.to_owned(),
                kind,
                by: by.map(str::to_owned),
                span,
            });
        };
        for nginx in self.stack.roles.nginx.iter().filter(|n| n.container == index) {
            for upstream in nginx.upstreams.iter() {
                let host = &upstream.host;
                add(host.as_str(), ReferenceKind::Proxy, None, host.span());
            }
        }
        for service in self.stack.roles.django.iter().filter(|d| d.container == index) {
            for used in service.databases().into_iter().filter(|d| d.kind != Some(Engine::Sqlite)) {
                let Some(host) = &used.host else { continue };
                let Some(name) = host.as_str() else { continue };
                add(
                    name,
                    ReferenceKind::Database,
                    None,
                    self.stack.environment().written(service, host).span,
                );
            }
            let known = service
                .settings()
                .into_iter()
                .flat_map(|s| &s.names)
                .filter(|(name, b)| b.is_certain() && *name != "DATABASES");
            for (name, binding) in known {
                for value in texts(&binding.value) {
                    let Some(host) = value.as_str().and_then(url_host) else { continue };
                    let reads = if value.reads.is_empty() { &binding.value } else { value };
                    add(
                        host,
                        ReferenceKind::Setting,
                        Some(name),
                        self.stack.environment().written(service, reads).span,
                    );
                }
            }
        }
        for step in &container.process.steps {
            if let StepKind::Wait { host: Some(host), .. } = &step.kind {
                add(host, ReferenceKind::Wait, None, step.span);
            }
        }
        // An env file is often shared by services that need little of it.
        for (name, value) in
            container.environment.vars.iter().filter(|(_, v)| v.by == SetBy::Compose)
        {
            let Some(text) = value.text.partly() else { continue };
            if let Some(host) = variable_host(name, text) {
                add(host, ReferenceKind::Variable, Some(name), value.span);
            }
        }
        // Most services are waited for so that something is in order; a store of data is waited for to be used.
        let stores = |n: &Need| {
            n.kind == NeedKind::Links
                || n.kind == NeedKind::DependsOn
                    && self.stack.roles.is_datastore(n.target, self.stack.container(n.target))
        };
        for need in self.stack.lifecycle().needs(index).iter().filter(|n| stores(n)) {
            add(self.stack.container(need.target).name(), ReferenceKind::Order, None, need.span);
        }
        all.sort_by_key(|m| m.kind);
        all
    }
}

/// The texts of a value, those inside lists and dicts included.
fn texts(value: &Value) -> Vec<&Value> {
    let mut found = Vec::new();
    let mut open = vec![value];
    while let Some(value) = open.pop() {
        match &value.kind {
            ValueKind::Str(_) => found.push(value),
            ValueKind::List { items, .. } => open.extend(items),
            ValueKind::Dict { entries, .. } => open.extend(entries.iter().map(|(_, v)| v)),
            _ => {}
        }
    }
    found
}

/// The host of `scheme://user:password@host:port/…`; `None` for a web address, which browsers open.
fn url_host(text: &str) -> Option<&str> {
    let (scheme, rest) = text.split_once("://")?;
    if scheme.is_empty()
        || scheme.contains(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '+' | '-' | '.'))
    {
        return None;
    }
    if matches!(scheme, "http" | "https") {
        return None;
    }
    let authority = rest.split(['/', '?', '#']).next()?;
    let host = authority.rsplit('@').next()?.split(':').next()?;
    Some(host).filter(|h| is_host(h))
}

/// The host that a variable names: in a URL, or as the whole value where its name ends in `HOST` or the like.
fn variable_host<'t>(name: &str, text: &'t Text) -> Option<&'t str> {
    if let Some(host) = url_host(text) {
        return Some(host);
    }
    let name = name.to_ascii_uppercase();
    let named =
        ["HOST", "HOSTNAME", "SERVER", "_ADDR", "_ADDRESS"].iter().any(|end| name.ends_with(end));
    let host = text.as_str().split(':').next().unwrap_or("");
    (named && is_host(host)).then_some(host)
}

fn is_host(text: &str) -> bool {
    !text.is_empty()
        && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{FileId, Span};

    #[test]
    fn hosts_are_taken_from_urls() {
        assert_eq!(url_host("redis://:p%40ss@redis:6379/0"), Some("redis"));
        assert_eq!(url_host("postgres://u:p@w@db/app?x=1"), Some("db"));
        assert_eq!(url_host("amqp://guest@rabbit"), Some("rabbit"));
        for text in [
            "http://web:8000",
            "redis://",
            "redis:6379",
            "://x",
            "redis://{host}:6379",
            "redis://한글",
            "",
        ] {
            assert_eq!(url_host(text), None, "{text}");
        }
    }

    #[test]
    fn a_variable_names_a_host_by_its_own_name() {
        let host = |name: &str, text: &str| {
            variable_host(name, &Text::derived(text, Span::whole(FileId(0)))).map(str::to_owned)
        };
        assert_eq!(host("DB_HOST", "db").as_deref(), Some("db"));
        assert_eq!(host("REDIS_SERVER", "redis:6379").as_deref(), Some("redis"));
        assert_eq!(host("CACHE_URL", "redis://cache:6379/1").as_deref(), Some("cache"));
        assert_eq!(host("DB_NAME", "db"), None);
        assert_eq!(host("ALLOWED_HOSTS", "web"), None);
    }
}
