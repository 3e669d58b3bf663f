//! Celery: the application that a worker loads, and whether anything runs it.

mod celery;
mod configured;
mod schedule;

pub use celery::CeleryApp;
pub use configured::{SettingsReading, UnreadSetting};

use super::Stack;

/// Celery: the application that a worker loads, and whether anything runs it.
#[derive(Clone, Copy)]
pub struct Workers<'s> {
    stack: &'s Stack<'s>,
}

impl Stack<'_> {
    /// Celery: the application that a worker loads, and whether anything runs it.
    pub fn workers(&self) -> Workers<'_> {
        Workers { stack: self }
    }
}
