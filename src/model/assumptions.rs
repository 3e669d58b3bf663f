//! What is assumed where a checkout does not have everything: a template in the place of an env file that is not there,
//! the settings module that `manage.py` names, one of several settings modules.
//!
//! A stack is first brought up without assumptions. What only holds with them is reported with less confidence.

use crate::source::{RelPath, Span};
use std::collections::BTreeMap;

/// What a stack is brought up with beside what the checkout has.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Assumptions {
    /// Env files that are not in the checkout, each with the template that is read in its place.
    pub templates: BTreeMap<RelPath, Template>,
    /// Whether an env file that is not there, and that has no template, is taken to set nothing that the image or
    /// `manage.py` sets.
    pub defaults: bool,
    /// The settings module of services whose module is not known.
    pub settings: Option<String>,
}

impl Assumptions {
    /// Whether nothing is assumed.
    pub fn is_empty(&self) -> bool {
        self.templates.is_empty() && !self.defaults && self.settings.is_none()
    }
}

/// The template of an env file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template {
    /// Its path.
    pub path: RelPath,
    /// Whether it is one of this file, and not of another one whose name is like it: `.env.example` for `.env.prod`.
    pub exact: bool,
}

/// A template that was read in the place of an env file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TemplateUse {
    /// Where the env file is named.
    pub named: Span,
    /// The template.
    pub template: RelPath,
}
