//! How much text variables put into a project.

use crate::finding::prose;
use crate::model::compose::tree::limits::{MAX_PUT_IN, MAX_PUT_IN_BYTES};
use crate::model::compose::tree::{Fault, FaultKind};
use crate::source::Span;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// What variables have put into texts so far. Shared by everything that one project interpolates.
#[derive(Debug, Default)]
pub(super) struct PutIn {
    times: AtomicUsize,
    bytes: AtomicUsize,
    told: AtomicBool,
}

impl PutIn {
    /// Takes note of one more; an error where that is too much, with a fault for the first of them.
    pub(crate) fn one(&self, bytes: usize, span: Span) -> Result<(), Option<Box<Fault>>> {
        let times = self.times.fetch_add(1, Ordering::Relaxed);
        let before = self.bytes.fetch_add(bytes, Ordering::Relaxed);
        if times < MAX_PUT_IN && before.saturating_add(bytes) <= MAX_PUT_IN_BYTES {
            return Ok(());
        }
        // What is left out takes no room.
        self.bytes.fetch_sub(bytes, Ordering::Relaxed);
        if self.told.swap(true, Ordering::Relaxed) {
            return Err(None);
        }
        let message = if times < MAX_PUT_IN {
            prose!("variables put more than 4 MiB of text into this project; no more is put in")
        } else {
            prose!("variables are put in more than {} times; no more are put in", MAX_PUT_IN)
        };
        Err(Some(Box::new(Fault::new(FaultKind::Limit, span, message).label("from here on"))))
    }
}
