//! Modules that the settings name and that a server loads: `ROOT_URLCONF`, `WSGI_APPLICATION`.

use super::python_modules::{Finder, Modules, defines};
use crate::model::django::Settings;
use crate::source::{RelPath, Sources, Span};

/// A setting that names something which is surely not there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MissingName {
    /// The setting.
    pub setting: NamingSetting,
    /// Its value.
    pub value: String,
    /// The place of the value.
    pub span: Span,
    /// The module that lacks the name; `None` where the module itself is missing.
    pub module: Option<RelPath>,
}

/// A setting that names a module.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NamingSetting {
    /// `ROOT_URLCONF`, a module: every server and every check loads it.
    RootUrlconf,
    /// `WSGI_APPLICATION`, a name in a module: only `runserver` loads it.
    WsgiApplication,
}

impl NamingSetting {
    /// Its name in the settings.
    pub fn name(self) -> &'static str {
        match self {
            Self::RootUrlconf => "ROOT_URLCONF",
            Self::WsgiApplication => "WSGI_APPLICATION",
        }
    }
}

/// What the settings name and is not there. The first package of a name must be in the project: an installed package may
/// bring others.
pub(super) fn missing_names(
    finder: &Finder<'_>,
    sources: &Sources<'_>,
    modules: &Modules,
    settings: &Settings,
) -> Vec<MissingName> {
    let missing = |setting: NamingSetting| {
        let binding = settings.get(setting.name()).filter(|b| b.is_certain())?;
        let value = binding.value.as_str()?;
        let (module, name) = match setting {
            NamingSetting::RootUrlconf => (value, None),
            NamingSetting::WsgiApplication => {
                let (module, name) = value.rsplit_once('.')?;
                (module, Some(name))
            }
        };
        let (first, _) = module.split_once('.')?;
        finder.find(first)?;
        let file = match finder.find(module) {
            None if finder.unknown.take().is_some() => return None,
            None => None,
            Some(found) => {
                let module = modules.get(sources, &found.path)?;
                let lacks = name.is_some_and(|n| !defines(&module, n));
                if !lacks || module.body.is_empty() || !module.errors.is_empty() {
                    return None;
                }
                Some(found.path)
            }
        };
        Some(MissingName {
            setting,
            value: value.to_owned(),
            span: binding.value.span,
            module: file,
        })
    };
    [NamingSetting::RootUrlconf, NamingSetting::WsgiApplication]
        .into_iter()
        .filter_map(missing)
        .collect()
}
