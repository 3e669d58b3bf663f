//! WhiteNoise is not or comes too late among the middleware.

use crate::finding::{Change, Cure, Finding, PyValue, PythonEdit, Severity, prose};
use crate::model::roles::django::DjangoService;
use crate::model::stack::Stack;
use crate::rules::{Check, MAX_EVIDENCE, Rule, Sink, changes, meta};

pub(super) static RULE: Rule =
    Rule { meta: &meta::WHITENOISE_MISSING_OR_MISORDERED, check: Check::Django(check) };

/// Middleware that must not come before WhiteNoise, because it does work for each file, or keeps files from being served.
const LATER: [&str; 6] = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
];

fn check(service: &DjangoService, stack: &Stack<'_>, sink: &mut Sink) {
    let Some(settings) = service.settings() else { return };
    let Some(list) = settings.get("MIDDLEWARE").filter(|b| b.is_certain()) else { return };
    let Some(items) = list.value.items() else { return };
    let at =
        items.iter().position(|i| i.as_str() == Some("whitenoise.middleware.WhiteNoiseMiddleware"));
    let Some(at) = at else { return };
    let container = stack.container(service.container);
    if let Some(packages) = container
        .packages
        .as_ref()
        .filter(|p| p.has("whitenoise") == Some(false) && p.has("django") == Some(true))
    {
        let mut finding = Finding::new(
            &meta::WHITENOISE_MISSING_OR_MISORDERED,
            prose!(
                "{} does not start: ModuleNotFoundError: No module named 'whitenoise'",
                container
            ),
        )
        .label(items[at].span, "needs the package whitenoise");
        for (_, named) in packages.files.iter().take(MAX_EVIDENCE) {
            finding = finding.label(*named, "all that is installed");
        }
        let cure = changes::install(Some(packages), "whitenoise");
        sink.report(finding.help("add it to the requirements:\n    whitenoise").cure_if(cure));
        return;
    }
    let Some(early) = items[..at].iter().find(|i| i.as_str().is_some_and(|m| LATER.contains(&m)))
    else {
        return;
    };
    sink.report(
        Finding::new(
            &meta::WHITENOISE_MISSING_OR_MISORDERED,
            "WhiteNoise stands behind other middleware, which then works on every request for a static file",
        )
        .label(items[at].span, "belongs right after SecurityMiddleware")
        .label(early.span, "runs first")
        .help("move it up:\n    MIDDLEWARE = [\n        'django.middleware.security.SecurityMiddleware',\n        'whitenoise.middleware.WhiteNoiseMiddleware',\n        ...")
        .cure(
            Cure::new("let WhiteNoise run before other middleware")
                .change(Change::Python(PythonEdit::AddItem {
                    list: list.value.span,
                    before: Some(early.span),
                    item: PyValue::Text("whitenoise.middleware.WhiteNoiseMiddleware".into()),
                }))
                .change(Change::Python(PythonEdit::Remove(items[at].span))),
        )
        .at_most(Severity::Info),
    );
}
