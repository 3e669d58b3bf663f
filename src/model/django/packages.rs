//! What packages refuse while settings load: Django's models, Sentry's DSN, the URL of Redis.

use super::evaluator::Evaluator;
use super::failure::Cause;
use super::object::{Args, Class, Object};
use super::{Value, ValueKind};
use crate::source::{Reason, Span, Unknown};
use std::rc::Rc;

/// Modules that define models, which Django refuses before it has read `INSTALLED_APPS`.
const MODELS: [&str; 8] = [
    "django.contrib.admin.models",
    "django.contrib.auth.models",
    "django.contrib.contenttypes.models",
    "django.contrib.flatpages.models",
    "django.contrib.redirects.models",
    "django.contrib.sessions.models",
    "django.contrib.sites.models",
    "rest_framework.authtoken.models",
];

/// The words of Django for a model that is asked for too early.
const NOT_READY: &str = "Apps aren't loaded yet.";

impl Evaluator<'_> {
    /// A function of a package that raises an error for what it is given; `None` where it raises none.
    pub(super) fn refused(&mut self, name: &str, args: &Args) -> Option<Object> {
        let span = args.span;
        let (kind, words) = match name {
            "django.contrib.auth.get_user_model" | "django.apps.apps.get_model" => {
                ("AppRegistryNotReady", NOT_READY.to_owned())
            }
            "sentry_sdk.init" => {
                let given = args.get(0, "dsn")?.as_str()?;
                ("BadDsn", bad_dsn(given)?)
            }
            _ if name.starts_with("redis.") && name.ends_with(".from_url") => {
                redis_url(&args.get(0, "url")?.value(span))?
            }
            _ => return None,
        };
        let cause = if kind == "AppRegistryNotReady" { Cause::Models } else { Cause::Value };
        self.fail(kind, words, cause, span);
        Some(Object::unknown(Unknown::at(Reason::Raises, span), span))
    }

    /// A model is defined, or its module imported, while settings load.
    pub(super) fn too_early(&mut self, span: Span) {
        self.fail("AppRegistryNotReady", NOT_READY, Cause::Models, span);
    }

    /// Whether a class is a model.
    pub(super) fn is_model(&mut self, class: &Rc<Class>) -> bool {
        self.line_of(class).iter().any(|base| {
            matches!(
                base.outside(),
                Some("django.db.models.Model" | "django.contrib.gis.db.models.Model")
            )
        })
    }
}

/// Whether a module of a package defines models of Django.
pub(super) fn defines_models(dotted: &str) -> bool {
    MODELS.contains(&dotted)
}

/// Why Sentry refuses a DSN. Source: sentry-sdk 2, `sentry_sdk/utils.py`, `Dsn.__init__`; a blank one is none.
fn bad_dsn(dsn: &str) -> Option<String> {
    // Blanks before it are passed over by some releases of Python only.
    if dsn.is_empty() || dsn.starts_with(|c: char| c <= ' ') {
        return None;
    }
    let scheme = dsn.split_once(':').map_or("", |(scheme, _)| scheme);
    let scheme = if scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c)) {
        scheme.to_lowercase()
    } else {
        String::new()
    };
    if !matches!(scheme.as_str(), "http" | "https") {
        return Some(format!("Unsupported scheme '{scheme}'"));
    }
    let rest = dsn.get(scheme.len() + 1..)?;
    let (netloc, path) = match rest.strip_prefix("//") {
        Some(rest) => {
            let rest = rest.split(['?', '#']).next().unwrap_or(rest);
            rest.find('/').map_or((rest, ""), |at| rest.split_at(at))
        }
        None => ("", rest),
    };
    let (user, host) = netloc.rsplit_once('@').unwrap_or(("", netloc));
    if host.split(':').next().unwrap_or(host).is_empty() {
        return Some("Missing hostname".to_owned());
    }
    if user.split(':').next().unwrap_or(user).is_empty() {
        return Some("Missing public key".to_owned());
    }
    let project = path.rsplit('/').next().unwrap_or(path);
    let number = project.trim().strip_prefix(['+', '-']).unwrap_or(project.trim());
    let is_number = !number.is_empty() && number.chars().all(|c| c.is_ascii_digit());
    (!is_number).then(|| format!("Invalid project in DSN ('{}')", path.get(1..).unwrap_or("")))
}

/// Why redis-py refuses a URL. Source: redis-py 3 to 6, `redis/connection.py`, `parse_url`.
fn redis_url(url: &Value) -> Option<(&'static str, String)> {
    match &url.kind {
        ValueKind::None => {
            let words = "'NoneType' object has no attribute 'startswith'";
            Some(("AttributeError", words.to_owned()))
        }
        ValueKind::Str(_) => {
            let known = ["redis://", "rediss://", "unix://"];
            let given = url.as_str()?.to_lowercase();
            (!known.iter().any(|scheme| given.starts_with(scheme))).then(|| {
                let words = "Redis URL must specify one of the following schemes (redis://, rediss://, unix://)";
                ("ValueError", words.to_owned())
            })
        }
        _ => None,
    }
}
