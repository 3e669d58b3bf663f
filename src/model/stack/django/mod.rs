//! The code that Django services run: their server and its interface, their apps, packages, commands and settings modules.

mod apps;
mod build_settings;
mod commands;
mod gateway;
mod private_modules;
mod production_settings;
mod third_party;

pub use apps::{LocalApp, Migrations};
pub use build_settings::BuildLacks;
pub use gateway::Gateway;
pub use third_party::ThirdParty;

use super::Stack;

/// The code that Django services run: their server and its interface, their apps, packages, commands and settings modules.
#[derive(Clone, Copy)]
pub struct Django<'s> {
    stack: &'s Stack<'s>,
}

impl Stack<'_> {
    /// The code that Django services run: their server and its interface, their apps, packages, commands and settings modules.
    pub fn django(&self) -> Django<'_> {
        Django { stack: self }
    }
}
