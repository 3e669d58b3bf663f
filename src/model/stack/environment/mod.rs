//! Which variables Compose files, env files and images set, who reads them, and which of them are secret.

mod as_written;
mod broker_variables;
mod dotenv_images;
mod env_files;
mod env_items;
mod env_secrets;
mod ledger;
mod malformed_urls;
mod secret_places;
mod template;
mod variables;
mod written;

pub use as_written::AsWritten;
pub use broker_variables::HostVariable;
pub use dotenv_images::DotenvInImage;
pub use env_files::{Definition, Definitions, UnescapedDollar};
pub use env_items::{EnvItem, Item};
pub use env_secrets::{EnvSecrets, InGit};
pub use ledger::NeverRead;
pub use malformed_urls::MalformedUrl;
pub use template::{EnvTemplate, similar_name};
pub use variables::{Slot, VariableUse};
pub use written::Written;

use super::Stack;

/// Which variables Compose files, env files and images set, who reads them, and which of them are secret.
#[derive(Clone, Copy)]
pub struct Environments<'s> {
    stack: &'s Stack<'s>,
}

impl Stack<'_> {
    /// Which variables Compose files, env files and images set, who reads them, and which of them are secret.
    pub fn environment(&self) -> Environments<'_> {
        Environments { stack: self }
    }
}
