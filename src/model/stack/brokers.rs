//! Which services run a broker or cache, and whether anything runs Celery.

use super::Stack;
use crate::model::process::StepKind;

impl Stack<'_> {
    /// Whether a service, or one that shares its code, runs Celery here.
    pub fn runs_celery(&self) -> bool {
        self.containers
            .iter()
            .any(|c| c.process.steps.iter().any(|s| matches!(s.kind, StepKind::Celery { .. })))
    }
}
