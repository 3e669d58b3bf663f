//! How the components of Airflow are configured, and what they have in common.

mod components;

pub use components::OptionValue;

use super::Stack;

/// How the components of Airflow are configured, and what they have in common.
#[derive(Clone, Copy)]
pub struct AirflowComponents<'s> {
    stack: &'s Stack<'s>,
}

impl Stack<'_> {
    /// How the components of Airflow are configured, and what they have in common.
    pub fn airflow(&self) -> AirflowComponents<'_> {
        AirflowComponents { stack: self }
    }
}
