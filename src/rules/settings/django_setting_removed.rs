//! A setting that the installed Django no longer reads.

use crate::facts;
use crate::finding::{Change, Cure, Finding, Own, PyValue, PythonEdit, Quote, prose};
use crate::model::django::Binding;
use crate::model::roles::django::DjangoService;
use crate::model::stack::Stack;
use crate::rules::{Check, Rule, Sink, meta};

pub(super) static RULE: Rule =
    Rule { meta: &meta::DJANGO_SETTING_REMOVED, check: Check::Django(check) };

fn check(service: &DjangoService, stack: &Stack<'_>, sink: &mut Sink) {
    let Some(settings) = service.settings() else { return };
    let packages = stack.container(service.container).packages.as_ref();
    let Some(django) = packages.and_then(|p| p.get("django")) else { return };
    for gone in facts::SETTINGS {
        let Some(setting) = settings.get(gone.setting) else { continue };
        // What stands in for it may be set beside it, for older releases.
        if settings.get(gone.successor).is_some()
            || django.newest_is_since(gone.since) != Some(true)
        {
            continue;
        }
        // The default in force is the same.
        if !setting.is_certain() || setting.value.as_str() == Some(gone.default) {
            continue;
        }
        let message = prose!(
            "{} is ignored since Django {}: {}",
            Own(gone.setting),
            Own(gone.since),
            Own(gone.effect)
        );
        sink.report(
            Finding::new(&meta::DJANGO_SETTING_REMOVED, message)
                .label(setting.name_span, "nobody reads this")
                .label(django.span, "the release of Django")
                .cure_if(moved(gone.setting, setting))
                .help(gone.instead),
        );
    }
}

/// The setting as an entry of `STORAGES`, with the default of the other one.
fn moved(name: &str, setting: &Binding) -> Option<Cure> {
    const FILES: &str = "django.core.files.storage.FileSystemStorage";
    const STATIC: &str = "django.contrib.staticfiles.storage.StaticFilesStorage";
    let own = prose!("{}", Quote::code(setting.value.as_str()?).or_at(setting.value.span));
    let (files, statics) = match name {
        "STATICFILES_STORAGE" => (FILES.into(), own),
        "DEFAULT_FILE_STORAGE" => (own, STATIC.into()),
        _ => return None,
    };
    let backend = |path| PyValue::Dict(vec![("BACKEND", PyValue::Text(path))]);
    let storages =
        PyValue::Dict(vec![("default", backend(files)), ("staticfiles", backend(statics))]);
    let after = setting.name_span;
    Some(
        Cure::new("name it in STORAGES, beside the other one")
            .change(Change::Python(PythonEdit::Assign { after, name: "STORAGES", value: storages }))
            .change(Change::Python(PythonEdit::Remove(after))),
    )
}
