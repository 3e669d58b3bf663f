//! `from module import *`

use super::evaluator::Evaluator;
use super::object::Bound;
use crate::source::{Reason, Span, Unknown};

impl Evaluator<'_> {
    /// Takes in every name without a leading underscore, or those that `__all__` lists.
    pub(super) fn import_star(&mut self, local: Option<usize>, dotted: &str, span: Span) {
        let Some(module) = local.and_then(|m| self.modules.get(m)) else {
            self.may_bind(Unknown::at(Reason::Outside(dotted.to_owned()), span));
            return;
        };
        let listed: Option<Vec<String>> = module.names.get("__all__").and_then(|b| {
            let items = b.object.known()?.items()?;
            Some(items.iter().filter_map(|i| i.as_str().map(str::to_owned)).collect())
        });
        let taken: Vec<(String, Bound)> = module
            .names
            .iter()
            .filter(|(name, _)| {
                listed.as_ref().map_or(!name.starts_with('_'), |l| l.contains(name))
            })
            .map(|(name, bound)| (name.clone(), bound.clone()))
            .collect();
        // An empty module stands for one that is filled in elsewhere.
        if taken.is_empty() && module.names.is_empty() {
            self.open.get_or_insert(Unknown::at(Reason::FileEmpty(dotted.to_owned()), span));
        }
        self.work(taken.len());
        let scope = self.scope();
        for (name, bound) in taken {
            self.set(scope, &name, Some(bound));
        }
    }
}
