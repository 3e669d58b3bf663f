//! Variables that YAML makes something else of than what is written, where a setting comes out otherwise for it.

use super::Environments;
use crate::finding::prose;
use crate::model::compose;
use crate::model::container::SetBy;
use crate::model::django::{Value, ValueKind};
use crate::model::roles::django::DjangoService;
use crate::model::roles::django::settings_with;
use crate::model::search_limit::SearchLimit;
use crate::source::{Span, Text};

/// The most variables that are tried for one service.
const MAX_VARIABLES: usize = 100;

/// A setting that would be another one if a variable arrived as it is written.
#[derive(Debug)]
pub struct AsWritten {
    pub variable: String,
    /// Where its value is written.
    pub span: Span,
    /// As it is written: `True`, `0123`.
    pub written: String,
    /// As the container gets it: `true`, `83`.
    pub arrives: String,
    pub setting: String,
    /// Where it is set.
    pub setting_span: Span,
    /// What it is, and what it would be.
    pub values: (String, String),
}

impl Environments<'_> {
    /// The settings of a service that come out otherwise because Compose writes a number or boolean anew.
    pub fn changed_by_yaml(&self, service: &DjangoService) -> Vec<AsWritten> {
        let container = self.stack.container(service.container);
        let Some(settings) = service.settings() else { return Vec::new() };
        let mut all = Vec::new();
        let mut tried = 0;
        for variable in &container.service.environment {
            let name = variable.name.as_str();
            let Some(scalar) =
                variable.value.as_ref().filter(|s| s.literal() && s.value != compose::Value::Text)
            else {
                continue;
            };
            let (written, arrives) = (scalar.text.as_str(), scalar.display());
            let wins = container.environment.vars.get(name).is_some_and(|v| v.by == SetBy::Compose);
            if written == arrives || !wins || !settings.reads.iter().any(|r| r.name == name) {
                continue;
            }
            if tried == MAX_VARIABLES {
                let message = prose!(
                    "more than {} values of this service arrive otherwise than they are written; the rest is not looked at",
                    MAX_VARIABLES
                );
                SearchLimit::note(scalar.text.span(), message);
                break;
            }
            tried += 1;
            let text = Text::derived(written, scalar.text.span());
            let Some(other) = settings_with(
                self.stack.sources,
                &self.stack.project.folder,
                container,
                service,
                (name, &text),
            ) else {
                continue;
            };
            let changed = settings.names.iter().filter(|(_, b)| b.is_certain()).find_map(
                |(setting, bound)| {
                    let would = other.get(setting).filter(|o| o.is_certain())?;
                    let depends = bound.value.all_reads().iter().any(|r| r.name == name);
                    let values = (shown(&bound.value)?, shown(&would.value)?);
                    (depends && values.0 != values.1)
                        .then(|| (setting.clone(), bound.name_span, values))
                },
            );
            if let Some((setting, setting_span, values)) = changed {
                all.push(AsWritten {
                    variable: name.to_owned(),
                    span: scalar.text.span(),
                    written: written.to_owned(),
                    arrives,
                    setting,
                    setting_span,
                    values,
                });
            }
        }
        all
    }
}

/// A boolean or number as Python writes it. A text that is kept as it is does not show what is made of it later.
fn shown(value: &Value) -> Option<String> {
    match &value.kind {
        ValueKind::Bool(true) => Some("True".into()),
        ValueKind::Bool(false) => Some("False".into()),
        ValueKind::Int(number) => Some(number.to_string()),
        ValueKind::Float(number) => Some(number.to_string()),
        _ => None,
    }
}
