//! Which settings Celery reads (Celery docs, "Using Celery with Django", "Configuration and defaults": new and old names).

use super::Workers;
use crate::model::django::{Binding, EnvAnswer, Settings, Value};
use crate::model::process::{Step, StepKind};
use crate::model::roles::python_modules::{Finder, celery_module, python_path};
use crate::source::{Limit, Span, Text};
use crate::syntax::python::{Expr, ExprKind, Module, Stmt, StmtKind};
use std::cell::RefCell;

/// How the application of a worker reads the settings.
#[derive(Debug)]
pub struct SettingsReading {
    /// The call `config_from_object`.
    pub call: Span,
    /// What the call is made of: the function as written, and its first argument.
    pub function: String,
    /// `namespace=…`, with its place.
    pub namespace: Option<(String, Span)>,
}

/// An option of Celery, and what the settings call it.
#[derive(Debug, Clone, Copy)]
struct Named {
    /// Its name in lower case.
    option: &'static str,
    /// The name in capitals that is read without a namespace.
    old: &'static str,
    /// Further names that people give it.
    other: &'static [&'static str],
}

/// The options that are looked at: those whose default makes Celery do something else without an error.
const OPTIONS: [Named; 3] = [
    Named {
        option: "broker_url",
        old: "BROKER_URL",
        other: &["CELERY_BROKER", "CELERY_BROKERURL", "CELERY_BROKER_URI", "CELERYBROKER_URL"],
    },
    Named { option: "beat_schedule", old: "CELERYBEAT_SCHEDULE", other: &["BEAT_SCHEDULE"] },
    Named { option: "beat_scheduler", old: "CELERYBEAT_SCHEDULER", other: &["BEAT_SCHEDULER"] },
];

/// A setting that is meant for Celery and that it does not read.
#[derive(Debug)]
pub struct UnreadSetting {
    /// Celery's own name: `broker_url`.
    pub option: &'static str,
    /// The setting.
    pub name: String,
    /// Where it is set.
    pub span: Span,
    /// The name that is read.
    pub reads: String,
    pub reading: SettingsReading,
}

impl Workers<'_> {
    /// Settings that a worker's application passes over because of their names.
    pub fn unread_settings(
        &self,
        container: usize,
        step: &Step,
        settings: &Settings,
    ) -> Vec<UnreadSetting> {
        let mut all = Vec::new();
        let beats = |s: &Step| match &s.kind {
            StepKind::Celery { role, .. } => {
                role == "beat" || s.words.iter().any(|w| matches!(w.as_str(), "-B" | "--beat"))
            }
            _ => false,
        };
        let environment = &self.stack.container(container).environment;
        for named in OPTIONS {
            let Some(reading) = self.settings_reading(container, step, named.option) else {
                return all;
            };
            if named.option == "broker_url" {
                // Celery looks at this variable before the settings.
                let set = environment.answer("CELERY_BROKER_URL") != EnvAnswer::Unset
                    || step.vars.contains_key("CELERY_BROKER_URL");
                if set {
                    continue;
                }
            } else if !beats(step) {
                continue;
            }
            let reads = match &reading.namespace {
                Some((namespace, _)) => {
                    format!("{namespace}_{}", named.option.to_ascii_uppercase())
                }
                None => named.old.to_owned(),
            };
            // In lower case they are names of a module, not of Django's settings.
            if settings.open.is_some() || settings.get(&reads).is_some() {
                continue;
            }
            let new = format!("CELERY_{}", named.option.to_ascii_uppercase());
            let candidates =
                [new.as_str(), named.old].into_iter().chain(named.other.iter().copied());
            let found = candidates.filter(|c| *c != reads).find_map(|c| {
                let binding = settings.get(c)?;
                is_filled(binding, named.option).then(|| (c.to_owned(), binding.name_span))
            });
            let Some((name, span)) = found else { continue };
            all.push(UnreadSetting { option: named.option, name, span, reads, reading });
        }
        all
    }

    /// How the application that a step names reads Django's settings; `None` where it is configured in another way as well.
    fn settings_reading(
        &self,
        container: usize,
        step: &Step,
        option: &str,
    ) -> Option<SettingsReading> {
        let StepKind::Celery { app: Some(app), .. } = &step.kind else { return None };
        let me = self.stack.container(container);
        let fs = me.filesystem(self.stack.sources, &self.stack.project.folder);
        let folders = python_path(me, step);
        let sources = self.stack.sources;
        let finder = Finder { fs: &fs, sources, path: &folders, unknown: RefCell::default() };
        let (file, _) = celery_module(app, &finder)?;
        let file = sources.read(&file.path, Limit::Code).ok()?;
        let module = self.stack.repository().parsed(&file);
        // Another way to set the same, in words that are not followed.
        let short = option.trim_end_matches("_url");
        let told = |w: &str| file.text.contains(w);
        let own = [
            format!("{option}="),
            format!("{option} ="),
            format!("conf.{option}"),
            format!("'{option}'"),
            format!("\"{option}\""),
            format!("{short}="),
            format!("{short} ="),
        ];
        if module.errors.is_empty() && !own.iter().any(|w| told(w)) && !told("conf.update") {
            reading(&module)
        } else {
            None
        }
    }
}

/// Whether a setting may hold what an option of Celery wants.
fn is_filled(binding: &Binding, option: &str) -> bool {
    let is_url = |v: &Value| match &v.kind {
        crate::model::django::ValueKind::Str(text)
        | crate::model::django::ValueKind::Partly(text) => {
            text.as_str().contains("://") || !text.is_resolved()
        }
        _ => false,
    };
    match option {
        "broker_url" => is_url(&binding.value),
        _ => binding.value.is_known(),
    }
}

/// The one call `config_from_object('django.conf:settings', …)` of a module.
fn reading(module: &Module) -> Option<SettingsReading> {
    let mut all = Vec::new();
    module.body.iter().for_each(|s| calls(s, &mut all));
    let [one] = all.as_slice() else { return None };
    let ExprKind::Call { func, args, keywords } = &one.kind else { return None };
    let object = match &args.first()?.kind {
        ExprKind::Str(text) => text.resolved()?.to_owned(),
        _ => return None,
    };
    if object != "django.conf:settings" || args.len() > 1 {
        return None;
    }
    let mut namespace = None;
    for (name, value) in keywords {
        match (name.as_ref().map(|n| n.value.as_str()), &value.kind) {
            (Some("namespace"), ExprKind::Str(text)) => {
                namespace = Some((Text::resolved(text)?.to_owned(), value.span));
            }
            (Some("silent" | "force"), _) => {}
            _ => return None,
        }
    }
    Some(SettingsReading {
        call: one.span,
        function: func.dotted()?,
        namespace: namespace.filter(|(n, _)| !n.is_empty()),
    })
}

fn calls<'m>(stmt: &'m Stmt, all: &mut Vec<&'m Expr>) {
    if let StmtKind::Expr(expr) = &stmt.kind
        && let ExprKind::Call { func, .. } = &expr.kind
        && let ExprKind::Attribute(_, name) = &func.kind
        && name.value == "config_from_object"
    {
        all.push(expr);
    }
    stmt.kind.blocks().into_iter().flatten().for_each(|s| calls(s, all));
}
