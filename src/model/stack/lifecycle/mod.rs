//! Which services run when and how often, which wait for which, and what their health checks request.

mod health_requests;
mod needs;
mod processes;
mod profiles;

pub use health_requests::HealthRequest;
pub use needs::{Need, NeedKind};
pub use profiles::Together;

use super::Stack;
use std::cell::OnceCell;
use std::collections::BTreeSet;

/// Which services run when and how often, which wait for which, and what their health checks request.
#[derive(Clone, Copy)]
pub struct Lifecycle<'s> {
    stack: &'s Stack<'s>,
}

/// What the facet works out once.
#[derive(Debug, Default)]
pub(super) struct Cache {
    /// What each service needs.
    needs: OnceCell<Vec<Vec<Need>>>,
    /// Services that others wait for by `depends_on`.
    awaited: OnceCell<BTreeSet<usize>>,
    /// How many services start one after the other before each.
    depths: OnceCell<Vec<usize>>,
}

impl Stack<'_> {
    /// Which services run when and how often, which wait for which, and what their health checks request.
    pub fn lifecycle(&self) -> Lifecycle<'_> {
        Lifecycle { stack: self }
    }
}
