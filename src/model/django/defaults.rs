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

/// `corsheaders.defaults.name`
pub(super) fn cors_default(name: &str, span: Span) -> Option<Value> {
    let tuple = match name {
        "default_headers" => json(CORS_HEADERS, span)?,
        "default_methods" => json(CORS_METHODS, span)?,
        _ => return None,
    };
    Some(Value { form: super::value::Form::Tuple, ..tuple })
}
