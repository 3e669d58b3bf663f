//! A Django service: its settings module, its databases and brokers, and the way of its static and uploaded files.

use super::settings::{plain, settings_account};
use crate::finding::{DjangoAccount, Fact, Own, PlainKey, PlainValue, Prose, Quote, prose};
use crate::model::container::Volume;
use crate::model::django::Value;
use crate::model::roles::broker::BrokerUse;
use crate::model::roles::database::DatabaseUse;
use crate::model::roles::django::{DjangoService, SettingsState};
use crate::model::stack::Stack;
use crate::model::stack::network::Resolved;
use crate::model::stack::storage::Serving;
use crate::source::{Known, Reason, Span, Unknown};

/// The settings that rules look at by their names, or of which the model makes an answer for rules.
const READ_BY_RULES: [&str; 54] = [
    "ALLOWED_HOSTS",
    "ASGI_APPLICATION",
    "AUTH_USER_MODEL",
    "BASE_DIR",
    "BROKER_URL",
    "CACHES",
    "CELERYBEAT_SCHEDULER",
    "CELERY_BEAT_SCHEDULER",
    "CELERY_BROKER",
    "CELERY_BROKER_READ_URL",
    "CELERY_BROKER_URL",
    "CELERY_BROKER_WRITE_URL",
    "CELERY_RESULT_BACKEND",
    "CHANNEL_LAYERS",
    "CSRF_COOKIE_SECURE",
    "CSRF_TRUSTED_ORIGINS",
    "DATABASES",
    "DEBUG",
    "DEFAULT_FILE_STORAGE",
    "DRAMATIQ_BROKER",
    "DRAMATIQ_RESULT_BACKEND",
    "EMAIL_HOST",
    "GDAL_LIBRARY_PATH",
    "HUEY",
    "INSTALLED_APPS",
    "LOGGING",
    "LOGGING_CONFIG",
    "MEDIA_ROOT",
    "MEDIA_URL",
    "MIDDLEWARE",
    "MIDDLEWARE_CLASSES",
    "MIGRATION_MODULES",
    "Q_CLUSTER",
    "ROOT_URLCONF",
    "RQ_QUEUES",
    "SECRET_KEY",
    "SECURE_HSTS_SECONDS",
    "SECURE_PROXY_SSL_HEADER",
    "SECURE_REDIRECT_EXEMPT",
    "SECURE_SSL_REDIRECT",
    "SESSION_COOKIE_SECURE",
    "SESSION_ENGINE",
    "STATICFILES_DIRS",
    "STATICFILES_FINDERS",
    "STATICFILES_STORAGE",
    "STATIC_ROOT",
    "STATIC_URL",
    "STORAGES",
    "TEMPLATES",
    "USE_X_FORWARDED_HOST",
    "USE_X_FORWARDED_PORT",
    "WHITENOISE_MANIFEST_STRICT",
    "WHITENOISE_USE_FINDERS",
    "WSGI_APPLICATION",
];

/// A Django service as plain data.
pub(super) fn django_account(stack: &Stack<'_>, service: &DjangoService) -> DjangoAccount {
    let place = stack.container(service.container).name_span();
    let module = match &service.module {
        Some(module) => Fact {
            uncertain: module.uncertain.clone(),
            value: PlainValue::Text(module.name.clone()),
            ..Fact::words("module", "", module.name.span())
        },
        None => Fact::unknown("module", why_no_settings(&service.settings, place)),
    };
    let settings = match service.settings() {
        Some(settings) => {
            let mut account = settings_account(settings);
            account.values.retain(|v| READ_BY_RULES.iter().any(|name| v.subject == *name));
            match account.open.clone() {
                Some(why) => Known::Partly(account, why),
                None => Known::Known(account),
            }
        }
        None => Known::Unknown(why_no_settings(&service.settings, place)),
    };
    DjangoAccount {
        module,
        settings,
        databases: databases(stack, service),
        brokers: service.brokers().iter().map(|b| broker(stack, service, b)).collect(),
        static_files: static_files(stack, service),
        media: media(stack, service),
    }
}

/// Why the settings are not known.
pub(super) fn why_no_settings(state: &SettingsState, place: Span) -> Unknown {
    match state {
        SettingsState::Unknown(why) => why.clone(),
        SettingsState::Missing => Unknown::at(Reason::NoSettingsModule, place),
        SettingsState::Known(settings) => {
            settings.open.clone().unwrap_or(Unknown::at(Reason::Condition, place))
        }
    }
}

/// What a host name leads to, as the last entry of a database or a broker.
fn leads_to(stack: &Stack<'_>, from: usize, host: Option<&str>) -> Option<(PlainKey, PlainValue)> {
    let words: Prose = match stack.network().resolve(from, host?) {
        Resolved::Service(index) => {
            prose!("service {}", Quote::name(stack.container(index).name()))
        }
        Resolved::Itself => "this container".into(),
        Resolved::Outside => "outside of the stack".into(),
        Resolved::Nothing => "nothing: no service has this name".into(),
        Resolved::Unknown => "not known".into(),
    };
    Some((PlainKey::Own("leads to"), PlainValue::Words(words)))
}

fn databases(stack: &Stack<'_>, service: &DjangoService) -> Vec<Fact> {
    let Some(settings) = service.settings() else { return Vec::new() };
    let used = service.databases();
    if let Some(binding) = settings.get("DATABASES").filter(|_| used.is_empty()) {
        let why = binding.uncertain.clone().or_else(|| binding.value.why());
        return why.map(|why| Fact::unknown("DATABASES", why)).into_iter().collect();
    }
    used.iter().map(|used| database(stack, service, used)).collect()
}

fn database(stack: &Stack<'_>, service: &DjangoService, used: &DatabaseUse) -> Fact {
    let parts = [
        ("engine", &used.engine),
        ("host", &used.host),
        ("port", &used.port),
        ("name", &used.name),
        ("user", &used.user),
        ("password", &used.password),
    ];
    let blank = |value: &Value| value.as_str() == Some("");
    let mut entries: Vec<(PlainKey, PlainValue)> = parts
        .into_iter()
        .filter_map(|(key, value)| Some((key, value.as_ref().filter(|v| !blank(v))?)))
        .map(|(key, value)| (PlainKey::Own(key), plain(key, value)))
        .collect();
    let host = used.host.as_ref().and_then(Value::as_str).filter(|h| !h.is_empty());
    entries.extend(leads_to(stack, service.container, host));
    let values = [&used.host, &used.name, &used.user, &used.password].into_iter().flatten();
    let fact = Fact {
        value: PlainValue::Dict { entries, more: None },
        ..Fact::words(prose!("{}", Quote::name(&used.alias)), "", used.span)
    };
    values.flat_map(|v| &v.reads).fold(fact, |fact, read| match &read.set_at {
        Some(text) if !fact.route.iter().any(|r| r.by == *read.name) => {
            fact.through(prose!("{}", Quote::name(&read.name)), text.span())
        }
        _ => fact,
    })
}

fn broker(stack: &Stack<'_>, service: &DjangoService, used: &BrokerUse) -> Fact {
    let at = used.value.span;
    let mut entries = vec![
        (PlainKey::Own("url"), plain(&used.setting, &used.value)),
        (PlainKey::Own("kind"), PlainValue::Words(prose!("{}", used.kind))),
    ];
    entries.extend(leads_to(stack, service.container, Some(&used.host)));
    let fact = Fact {
        value: PlainValue::Dict { entries, more: None },
        ..Fact::words(prose!("{}", Quote::name(&used.setting)), "", at)
    };
    used.value.reads.iter().fold(fact, |fact, read| match &read.set_at {
        Some(text) => fact.through(prose!("{}", Quote::name(&read.name)), text.span()),
        None => fact,
    })
}

/// What keeps the files at a path of a container.
fn kept_by(stack: &Stack<'_>, container: usize, at: &str) -> Option<(Prose, Span)> {
    let (volume, _, mount) = stack.storage().storage_of(container, at)?;
    let words = match volume {
        Volume::Named(name) => prose!("volume {}", Quote::name(&name)),
        Volume::Host(path) => prose!("{} of the project", stack.repository().display_path(&path)),
        Volume::Elsewhere(path) => prose!("{} of the host", Quote::path(&path)),
    };
    Some((words, mount.span))
}

fn serving(stack: &Stack<'_>, served: &Serving<'_>) -> Fact {
    let name = stack.container(served.container).name();
    let location = served.location;
    let words = match &served.folder {
        Some((folder, _)) => prose!("from {}", Quote::path(&**folder)),
        None => "passes requests on".into(),
    };
    Fact::words(prose!("served by {}", Quote::name(name)), words, location.path.span())
}

fn static_files(stack: &Stack<'_>, service: &DjangoService) -> Vec<Fact> {
    let Some(plan) = stack.storage().static_plan(service) else { return Vec::new() };
    let mut all = Vec::new();
    if let Some((url, binding)) = &plan.url {
        all.push(Fact {
            uncertain: binding.uncertain.clone(),
            ..Fact::words("STATIC_URL", prose!("{}", Quote::path(url)), binding.value.span)
        });
    }
    if let Some((binding, root)) = &plan.root {
        let fact = Fact {
            value: plain("STATIC_ROOT", &binding.value),
            uncertain: binding.uncertain.clone(),
            ..Fact::words("STATIC_ROOT", "", binding.value.span)
        };
        let kept = root.as_ref().and_then(|root| kept_by(stack, service.container, root));
        all.push(match kept {
            Some((words, at)) => fact.through(prose!("kept by {}", words), at),
            None => fact,
        });
    }
    all.extend(plan.collected.iter().map(|c| {
        let name = stack.container(c.container).name();
        let when = Own(if c.at_build { "while the image is built" } else { "when it starts" });
        Fact::words("collectstatic", prose!("{}, by {}", when, Quote::name(name)), c.span)
    }));
    all.extend(plan.whitenoise.map(|at| Fact::words("WhiteNoise", "serves them", at)));
    all.extend(plan.serving.iter().map(|s| serving(stack, s)));
    all.extend(plan.other_server.map(|why| Fact::unknown("served by", why)));
    all
}

fn media(stack: &Stack<'_>, service: &DjangoService) -> Vec<Fact> {
    let Some(settings) = service.settings() else { return Vec::new() };
    let mut all = Vec::new();
    for name in ["MEDIA_URL", "MEDIA_ROOT"] {
        let Some(binding) = settings.get(name) else { continue };
        all.push(Fact {
            value: plain(name, &binding.value),
            uncertain: binding.uncertain.clone(),
            ..Fact::words(name, "", binding.value.span)
        });
    }
    let Some(plan) = stack.storage().upload_plan(service) else { return all };
    all.push(Fact::words("uploads", "a model has a field for files", plan.field));
    if let Some((words, at)) = kept_by(stack, service.container, &plan.root.0) {
        all.push(Fact::words("kept by", words, at));
    }
    all.extend(plan.serving.iter().map(|s| serving(stack, s)));
    all
}
