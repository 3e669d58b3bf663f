//! Values that Django and packages define and that settings build upon.

use super::{Value, data_files::json};
use crate::source::Span;

/// Django's own settings where a module sets none.
/// Source: Django 5.2, `django/conf/global_settings.py`.
const DJANGO: &str = include_str!("../../../data/django-defaults.json");
/// django-cors-headers 4.9, `corsheaders/defaults.py`.
const CORS_HEADERS: &str = r#"["accept", "authorization", "content-type", "user-agent", "x-csrftoken", "x-requested-with"]"#;
/// The same.
const CORS_METHODS: &str = r#"["DELETE", "GET", "OPTIONS", "PATCH", "POST", "PUT"]"#;

/// `django.conf.global_settings.name`
pub(super) fn default_setting(name: &str, span: Span) -> Option<Value> {
    json(DJANGO, span)?.entry(name).cloned()
}

/// Whether Django 5.2 has a default for a setting, so that the name means something to it.
pub fn is_django_setting(name: &str) -> bool {
    let is_name = name.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_');
    is_name && DJANGO.contains(&format!("\"{name}\":"))
}

/// `corsheaders.defaults.name`
pub(super) fn cors_default(name: &str, span: Span) -> Option<Value> {
    let tuple = match name {
        "default_headers" => json(CORS_HEADERS, span)?,
        "default_methods" => json(CORS_METHODS, span)?,
        _ => return None,
    };
    Some(Value { form: super::value::Form::Tuple, ..tuple })
}

/// Settings with a default in Django 1.8 to 4.2 or in 6.0 that Django 5.2 has none for.
/// Source: `django/conf/global_settings.py` of these.
const OF_OTHERS: [&str; 24] = [
    "ADMIN_FOR",
    "ALLOWED_INCLUDE_ROOTS",
    "CSRF_COOKIE_MASKED",
    "DEFAULT_CONTENT_TYPE",
    "DEFAULT_FILE_STORAGE",
    "DEFAULT_HASHING_ALGORITHM",
    "FILE_CHARSET",
    "MIDDLEWARE_CLASSES",
    "PASSWORD_RESET_TIMEOUT_DAYS",
    "SECURE_BROWSER_XSS_FILTER",
    "SECURE_CSP",
    "SECURE_CSP_REPORT_ONLY",
    "STATICFILES_STORAGE",
    "TASKS",
    "TEMPLATE_CONTEXT_PROCESSORS",
    "TEMPLATE_DEBUG",
    "TEMPLATE_DIRS",
    "TEMPLATE_LOADERS",
    "TEMPLATE_STRING_IF_INVALID",
    "URLIZE_ASSUME_HTTPS",
    "USE_DEPRECATED_PYTZ",
    "USE_ETAGS",
    "USE_L10N",
    "VERSION",
];

/// Whether another release of Django has a default for a setting.
pub(super) fn of_another_django(name: &str) -> bool {
    OF_OTHERS.contains(&name)
}
