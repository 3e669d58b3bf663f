//! What the service answers that a request arrives at, as far as that follows from its settings (Django docs:
//! "Middleware", `ALLOWED_HOSTS`, `SECURE_SSL_REDIRECT`, "Managing static files", "How CSRF protection works").

use super::super::{Proxy, allows};
use crate::finding::{Prose, Quote, TraceEnding, TracePass, TraceStep, prose};
use crate::model::django::Settings;
use crate::model::django::urls::{StaticKind, StaticTarget};
use crate::model::exec_context::{ExecContext, PathLookup};
use crate::model::path;
use crate::model::process::ServerKind;
use crate::model::roles::django::DjangoService;
use crate::source::{Reason, Span, Unknown};

/// A request as it arrives at a service.
pub(super) struct Arrived<'a> {
    pub(super) pass: &'a TracePass,
    pub(super) method: &'a str,
    /// Whether a proxy passed it on.
    pub(super) proxied: bool,
}

impl Arrived<'_> {
    fn header(&self, name: &str) -> Option<&str> {
        let mut all = self.pass.headers.iter().filter(|(n, _)| n.eq_ignore_ascii_case(name));
        all.next().map(|(_, value)| value.as_str())
    }

    /// The path without its query.
    fn path(&self) -> &str {
        self.pass.path.as_deref().unwrap_or("/").split('?').next().unwrap_or("/")
    }
}

/// The steps in a service, and how they end.
struct Way {
    steps: Vec<TraceStep>,
}

impl Way {
    fn step(&mut self, what: Prose, at: Option<Span>) {
        self.steps.push(TraceStep { what, at });
    }
}

fn known(status: u16, words: Prose) -> TraceEnding {
    TraceEnding { status: Some(status), words, unknown: None }
}

fn open(words: Prose, why: impl Into<Unknown>) -> TraceEnding {
    TraceEnding { status: None, words, unknown: Some(why.into()) }
}

impl Proxy<'_> {
    /// What the service with number `index` answers at a port.
    pub(super) fn arrive(
        &self,
        index: usize,
        port: u16,
        arrived: &Arrived<'_>,
    ) -> (Vec<TraceStep>, TraceEnding) {
        let mut way = Way { steps: Vec::new() };
        let ending = self.arrived(index, port, arrived, &mut way);
        (way.steps, ending)
    }

    fn arrived(
        &self,
        index: usize,
        port: u16,
        arrived: &Arrived<'_>,
        way: &mut Way,
    ) -> TraceEnding {
        let container = self.stack.container(index);
        let listening = self.stack.network().listening(index);
        match listening.ports.iter().find(|l| l.port == Some(port)) {
            Some(listener) => {
                let program = Quote::value(&listener.program);
                way.step(
                    prose!("{} listens at port {} of {}", program, port, container),
                    Some(listener.span),
                );
            }
            None => {
                if listening.certain().is_some() {
                    let at = listening.ports.first().map(|l| l.span);
                    way.step(prose!("nothing listens at port {} of {}", port, container), at);
                    return match arrived.proxied {
                        true => known(
                            502,
                            prose!("502, because {} does not listen at port {}", container, port),
                        ),
                        false => TraceEnding {
                            status: None,
                            words: prose!(
                                "no answer: {} does not listen at port {}",
                                container,
                                port
                            ),
                            unknown: None,
                        },
                    };
                }
            }
        }
        let service = self.stack.roles.django.iter().find(|d| d.container == index);
        let Some(service) = service.filter(|_| matches!(arrived.pass.protocol, "http" | "uwsgi"))
        else {
            let why = Unknown::at(
                Reason::NotFollowed(container.name().to_owned()),
                container.name_span(),
            );
            return open(prose!("what {} answers", container), why);
        };
        let Some(settings) = service.settings() else {
            let why = Unknown::at(Reason::NoSettingsModule, container.name_span());
            return open(
                prose!("what Django in {} answers; its settings are not known", container),
                why,
            );
        };
        self.django(service, settings, arrived, way)
    }

    fn django(
        &self,
        service: &DjangoService,
        settings: &Settings,
        arrived: &Arrived<'_>,
        way: &mut Way,
    ) -> TraceEnding {
        let middleware = settings.texts("MIDDLEWARE");
        let has = |name: &str| {
            middleware.as_ref().is_some_and(|all| all.iter().any(|m| m.ends_with(name)))
        };
        // `runserver` serves static files before anything of Django's is asked.
        if let Some(ending) = self.development_files(service, settings, arrived, way) {
            return ending;
        }
        let secure = self.is_secure(service, settings, arrived);
        let host = self.host_seen(settings, arrived);
        let redirects = settings.flag("SECURE_SSL_REDIRECT");
        if has("SecurityMiddleware") && redirects == Some(true) && secure != Some(true) {
            let setting = settings.get("SECURE_SSL_REDIRECT").map(|b| b.name_span);
            if secure.is_none() || settings.get("SECURE_REDIRECT_EXEMPT").is_some() {
                let why = Unknown { reason: Reason::Condition, place: setting };
                return open(prose!("301 to https, or what Django's view answers"), why);
            }
            if let Some(ending) = self.refused_host(service, settings, host.as_deref(), way) {
                return ending;
            }
            way.step(prose!("Django redirects what did not come by https"), setting);
            let host = host.unwrap_or_default();
            let to = format!("https://{host}{}", arrived.pass.path.as_deref().unwrap_or("/"));
            return known(301, prose!("301, a redirect to {}", Quote::value(&to)));
        }
        if let Some(ending) = self.whitenoise(service, settings, arrived, way) {
            return ending;
        }
        if let Some(ending) = self.refused_host(service, settings, host.as_deref(), way) {
            return ending;
        }
        if let Some(ending) = self.no_files(service, settings, arrived, way) {
            return ending;
        }
        if let Some(ending) = self.forged(settings, arrived, host.as_deref(), secure, way) {
            return ending;
        }
        let why = settings.get("ROOT_URLCONF").map(|b| b.name_span);
        let why = Unknown { reason: Reason::NotEvaluated("the URL configuration"), place: why };
        open(prose!("what Django's view for {} answers", Quote::value(arrived.path())), why)
    }

    /// `get_host()`, as far as it is known.
    fn host_seen(&self, settings: &Settings, arrived: &Arrived<'_>) -> Option<String> {
        if settings.flag("USE_X_FORWARDED_HOST")?
            && let Some(forwarded) = arrived.header("x-forwarded-host")
        {
            return Some(forwarded.to_owned());
        }
        arrived.header("host").map(str::to_owned)
    }

    /// `is_secure()`; `None` where it is not known.
    fn is_secure(
        &self,
        service: &DjangoService,
        settings: &Settings,
        arrived: &Arrived<'_>,
    ) -> Option<bool> {
        if !self.knows_no_proxy(service) || arrived.pass.protocol != "http" {
            return None;
        }
        match settings.get("SECURE_PROXY_SSL_HEADER") {
            None => settings.open.is_none().then_some(false),
            Some(setting) if !setting.is_certain() => None,
            Some(_) => match settings.ssl_header() {
                None => Some(false),
                Some((name, value)) => {
                    let sent = arrived.header(&name).unwrap_or("");
                    Some(sent.split(',').next().map(str::trim) == Some(value))
                }
            },
        }
    }

    /// 400, where Django does not know the host.
    fn refused_host(
        &self,
        service: &DjangoService,
        settings: &Settings,
        host: Option<&str>,
        way: &mut Way,
    ) -> Option<TraceEnding> {
        let host = host?;
        let at = settings.get("ALLOWED_HOSTS").map(|b| b.name_span);
        match self.host_refused(service, host) {
            Some(wrong_name) => {
                let shown = Quote::value(host);
                way.step(
                    match wrong_name {
                        true => prose!("Django takes {} for no host name", shown),
                        false => prose!("ALLOWED_HOSTS does not have {}", shown),
                    },
                    at,
                );
                Some(known(400, prose!("400, DisallowedHost: Django refuses the host {}", shown)))
            }
            None => {
                let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
                let allowed = settings
                    .texts("ALLOWED_HOSTS")
                    .is_some_and(|all| all.iter().any(|entry| allows(entry, name)));
                if allowed {
                    way.step(prose!("ALLOWED_HOSTS has {}", Quote::value(name)), at);
                }
                None
            }
        }
    }

    /// The rest of a path below `STATIC_URL` or `MEDIA_URL`.
    fn below<'p>(&self, settings: &Settings, url: &str, path: &'p str) -> Option<(&'p str, Span)> {
        let binding = settings.get(url).filter(|b| b.is_certain())?;
        let prefix = binding.value.as_str().filter(|u| !u.is_empty() && !u.contains("//"))?;
        let prefix = format!("/{}", prefix.trim_start_matches('/'));
        let rest = path.strip_prefix(prefix.as_str())?;
        (prefix.len() > 1 && !rest.is_empty()).then_some((rest, binding.name_span))
    }

    /// `runserver` with `DEBUG` serves what the finders find.
    fn development_files(
        &self,
        service: &DjangoService,
        settings: &Settings,
        arrived: &Arrived<'_>,
        way: &mut Way,
    ) -> Option<TraceEnding> {
        let (step, server) = self.stack.django().server(service)?;
        let (rest, _) = self.below(settings, "STATIC_URL", arrived.path())?;
        let app = settings.installed("django.contrib.staticfiles")?;
        let plain = step.words.iter().any(|w| w.as_str() == "--nostatic");
        let debug = settings.flag("DEBUG") == Some(true) || server.serves_static;
        if server.kind != ServerKind::Runserver || plain || !debug {
            return None;
        }
        way.step(prose!("runserver looks for static files itself"), Some(app));
        let container = self.stack.container(service.container);
        let fs = container.filesystem(self.stack.sources, &self.stack.project.folder);
        for folder in settings.texts("STATICFILES_DIRS").unwrap_or_default() {
            let at = path::join(folder, rest);
            if let PathLookup::Host(_) = fs.find(&at) {
                way.step(prose!("it finds {}", Quote::path(&at)), None);
                return Some(known(200, prose!("200, the file {}", Quote::path(&at))));
            }
        }
        let why = Unknown::at(Reason::FileExists(rest.to_owned()), app);
        Some(open(prose!("200 where an installed app has {}, else 404", Quote::path(rest)), why))
    }

    /// WhiteNoise serves what was collected.
    fn whitenoise(
        &self,
        service: &DjangoService,
        settings: &Settings,
        arrived: &Arrived<'_>,
        way: &mut Way,
    ) -> Option<TraceEnding> {
        let (rest, _) = self.below(settings, "STATIC_URL", arrived.path())?;
        let plan = self.stack.storage().static_plan(service)?;
        let at = plan.whitenoise?;
        way.step(prose!("WhiteNoise serves what was collected"), Some(at));
        let why = Unknown::at(Reason::FileExists(rest.to_owned()), at);
        Some(open(prose!("200 where {} was collected, else 404", Quote::path(rest)), why))
    }

    /// A path of static or uploaded files that no route serves.
    fn no_files(
        &self,
        service: &DjangoService,
        settings: &Settings,
        arrived: &Arrived<'_>,
        way: &mut Way,
    ) -> Option<TraceEnding> {
        let path = arrived.path();
        let (at, target) = match self.below(settings, "STATIC_URL", path) {
            Some((_, at)) => (at, StaticTarget::StaticUrl),
            None => (self.below(settings, "MEDIA_URL", path)?.1, StaticTarget::MediaUrl),
        };
        let (step, server) = self.stack.django().server(service)?;
        let debug = settings.flag("DEBUG");
        let for_path = |t: StaticTarget| t == target || t == StaticTarget::Other;
        let routed = service.routes.iter().filter(|r| for_path(r.target)).any(|r| {
            let always = r.kind == StaticKind::ServeView && !r.debug_only;
            always || debug != Some(false)
        });
        let known_urls = debug == Some(false) || service.urls.is_some();
        let whole = settings.texts("MIDDLEWARE").is_some();
        if routed || !known_urls || !whole || server.serves_static {
            return None;
        }
        let program = match server.kind {
            ServerKind::Runserver => prose!("runserver serves static files only while DEBUG is on"),
            kind => prose!("{} serves no files", kind),
        };
        way.step(program, Some(step.span));
        way.step(prose!("no route of Django serves {}", Quote::value(path)), Some(at));
        Some(known(404, prose!("404, because nothing serves {}", Quote::value(path))))
    }

    /// 403 for a form whose `Origin` is not the address that Django sees.
    fn forged(
        &self,
        settings: &Settings,
        arrived: &Arrived<'_>,
        host: Option<&str>,
        secure: Option<bool>,
        way: &mut Way,
    ) -> Option<TraceEnding> {
        let posts = matches!(arrived.method, "POST" | "PUT" | "PATCH" | "DELETE");
        let origin = arrived.header("origin").filter(|_| posts)?;
        settings.entry_of("MIDDLEWARE", |m| m == "django.middleware.csrf.CsrfViewMiddleware")?;
        let own = format!("{}://{}", if secure? { "https" } else { "http" }, host?);
        let at = settings.get("CSRF_TRUSTED_ORIGINS").map(|b| b.name_span);
        let trusted = match settings.get("CSRF_TRUSTED_ORIGINS") {
            Some(_) => settings.texts("CSRF_TRUSTED_ORIGINS")?,
            None if settings.open.is_none() => Vec::new(),
            None => return None,
        };
        let star = |entry: &str| {
            entry.split_once("*.").is_some_and(|(scheme, domain)| {
                origin.starts_with(scheme) && origin.ends_with(domain)
            })
        };
        if own == origin || trusted.iter().any(|t| *t == origin || star(t)) {
            way.step(prose!("the origin {} is trusted", Quote::value(origin)), at);
            return None;
        }
        way.step(
            prose!(
                "Django sees {}, and the form comes from {}",
                Quote::value(&own),
                Quote::value(origin)
            ),
            at,
        );
        let why = Unknown { reason: Reason::NotEvaluated("the URL configuration"), place: at };
        let words = prose!(
            "403 where the view takes forms: Origin checking failed, {} does not match",
            Quote::value(origin)
        );
        Some(TraceEnding { status: Some(403), words, unknown: None }).map(|ending| {
            // Only a view with CSRF protection refuses it.
            TraceEnding { unknown: Some(why), status: None, ..ending }
        })
    }
}
