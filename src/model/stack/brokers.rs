//! Which services run a broker or cache, and whether anything runs Celery.

use super::Stack;
use crate::model::process::StepKind;
use crate::model::roles::broker::{BrokerKind, broker};

impl Stack<'_> {
    /// The services that run a server of this kind.
    pub fn brokers_of(&self, kind: BrokerKind) -> Vec<usize> {
        (0..self.containers.len()).filter(|i| broker(self.container(*i)) == Some(kind)).collect()
    }

    /// Whether a service, or one that shares its code, runs Celery here.
    pub fn runs_celery(&self) -> bool {
        self.containers
            .iter()
            .any(|c| c.process.steps.iter().any(|s| matches!(s.kind, StepKind::Celery { .. })))
    }
}
