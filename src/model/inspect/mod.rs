//! The account of what was worked out: the answers of the storeys below as plain data, for people who want to know why
//! the program reports too little or too much. Nothing is decided here, and nothing is worked out that a rule does not
//! see.

mod django;
mod files;
mod graph;
mod image;
mod lacks;
mod network;
mod process;
mod settings;

pub use lacks::{ServiceLack, lacks, unknown_values};
pub use settings::{ModuleCall, settings_of_module};

use super::stack::Stack;
use crate::finding::{ServiceAccount, StackAccount};

/// Everything that was worked out of a stack.
pub fn stack_account(stack: &Stack<'_>) -> StackAccount {
    let callers = network::callers(stack);
    let services = stack.containers.iter().enumerate().map(|(index, container)| {
        let django = stack.roles.django.iter().find(|d| d.container == index);
        ServiceAccount {
            name: container.name().to_owned(),
            at: container.name_span(),
            image: image::image_facts(stack, container),
            files: files::file_facts(stack, container, django),
            more_variables: container.environment.open.clone(),
            process: process::process_account(&container.process),
            listens: network::listens(stack, index),
            reached_by: network::reached_by(stack, index, &callers),
            django: django.map(|service| django::django_account(stack, service)),
        }
    });
    StackAccount { services: services.collect(), graph: graph::stack_graph(stack, &callers) }
}
