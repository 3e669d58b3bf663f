//! The account of what was worked out: the answers of the storeys below as plain data, for people who want to know why
//! the program reports too little or too much. Nothing is decided here, and nothing is worked out that a rule does not
//! see.

mod process;
mod settings;

pub use settings::{ModuleCall, settings_of_module};

use super::stack::Stack;
use crate::finding::{ServiceAccount, StackAccount};

/// Everything that was worked out of a stack.
pub fn stack_account(stack: &Stack<'_>) -> StackAccount {
    let services = stack.containers.iter().enumerate().map(|(index, container)| {
        let django = stack.roles.django.iter().find(|d| d.container == index);
        ServiceAccount {
            name: container.name().to_owned(),
            at: container.name_span(),
            process: process::process_account(&container.process),
            settings: django.and_then(|d| d.settings()).map(settings::settings_account),
        }
    });
    StackAccount { services: services.collect() }
}
