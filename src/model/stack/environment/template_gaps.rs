//! Variables that Compose does not start without, and that the template of `.env` does not offer.

use super::Environments;
use crate::model::compose::{Kind, Node, VarSource};
use crate::source::{Reason, RelPath, Span};
use std::collections::BTreeMap;

/// A template that lacks variables.
#[derive(Debug)]
pub struct TemplateGap {
    pub template: RelPath,
    /// The variables, each with the first place that needs it.
    pub lacks: Vec<(String, Span)>,
}

impl Environments<'_> {
    /// The variables that must be set (`${NAME:?}`), where the project has a template of `.env`, no `.env`, and neither the
    /// template nor its manuals name them.
    pub fn template_gap(&self) -> Option<TemplateGap> {
        if self.dotenv().iter().next().is_some() {
            return None;
        }
        let (template, names) = self.sample_names()?;
        let mut all = BTreeMap::new();
        for service in &self.stack.project.services {
            required(&service.node, &mut all);
        }
        let mut lacks: Vec<(String, Span)> = all
            .into_iter()
            .filter(|(name, _)| !names.contains(name) && !name.starts_with("COMPOSE_"))
            .filter(|(name, _)| self.stack.repository().line_on_variable(name).is_none())
            .collect();
        lacks.sort_by_key(|(_, span)| (span.file, span.start));
        (!lacks.is_empty()).then_some(TemplateGap { template, lacks })
    }
}

/// The variables of a node that must be set and are not.
fn required(node: &Node, all: &mut BTreeMap<String, Span>) {
    match &node.kind {
        Kind::Null => {}
        Kind::Scalar(scalar) => {
            let must = |name: &str| {
                scalar.text.pieces().iter().any(|p| {
                    p.unknown().is_some_and(
                        |u| matches!(&u.reason, Reason::MustBeSet(n) if n.as_str() == name),
                    )
                })
            };
            for var in scalar.vars.iter().filter(|v| v.source == VarSource::Unset) {
                if must(&var.name) {
                    all.entry(var.name.clone()).or_insert(var.span);
                }
            }
        }
        Kind::Map(entries) => entries.iter().for_each(|e| required(&e.value, all)),
        Kind::List(items) => items.iter().for_each(|i| required(i, all)),
    }
}
