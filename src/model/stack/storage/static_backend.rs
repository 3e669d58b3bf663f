//! The backend that keeps static files: `STORAGES`, and `STATICFILES_STORAGE` before it.

use crate::facts;
use crate::model::container::Container;
use crate::model::django::{Settings, Value};
use crate::source::Span;

/// Whether the storage of static files is the local disk.
pub(super) fn local(settings: &Settings) -> Option<bool> {
    let backend = |value: &Value| -> Option<bool> {
        let name = value.as_str()?;
        Some(
            name.starts_with("django.contrib.staticfiles.")
                || name.starts_with("whitenoise.")
                || name.contains("Manifest") && !name.contains("S3"),
        )
    };
    if settings
        .names
        .iter()
        .any(|(n, b)| !b.is_certain() && (n == "STATICFILES_STORAGE" || n == "STORAGES"))
    {
        return None;
    }
    if let Some(storages) = settings.get("STORAGES") {
        return match storages.value.entry("staticfiles") {
            Some(entry) => entry.entry("BACKEND").and_then(backend),
            None if storages.value.is_known() && !storages.value.is_open() => Some(true),
            None => None,
        };
    }
    match settings.get("STATICFILES_STORAGE") {
        Some(binding) => backend(&binding.value),
        None if settings.open.is_some() => None,
        None => Some(true),
    }
}

/// The backend, where it is one of Django's or WhiteNoise's that know files by a manifest only.
pub(super) fn manifest(settings: &Settings, container: &Container<'_>) -> Option<Span> {
    const STRICT: [&str; 4] = [
        "django.contrib.staticfiles.storage.ManifestStaticFilesStorage",
        "whitenoise.storage.CompressedManifestStaticFilesStorage",
        "whitenoise.django.GzipManifestStaticFilesStorage",
        "whitenoise.storage.ManifestStaticFilesStorage",
    ];
    let strict =
        |value: &Value| value.as_str().is_some_and(|v| STRICT.contains(&v)).then_some(value.span);
    let binding = settings
        .get("STORAGES")
        .or_else(|| settings.get("STATICFILES_STORAGE"))
        .filter(|b| b.is_certain())?;
    let loose = settings
        .get("WHITENOISE_MANIFEST_STRICT")
        .is_some_and(|b| !b.is_certain() || b.value.as_bool() != Some(true));
    let found = match binding.value.entry("staticfiles") {
        Some(entry) => strict(entry.entry("BACKEND")?),
        // Django 5.1 took this setting away, and no longer looks at it.
        None => strict(&binding.value).filter(|_| {
            let version =
                container.packages.as_ref().and_then(|p| p.get("django")).map(|d| d.version.trim());
            version
                .and_then(|v| v.strip_prefix("=="))
                .is_some_and(|v| !facts::at_least(v.trim(), "5.1"))
        }),
    };
    found.filter(|_| !loose)
}
