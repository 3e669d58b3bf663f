//! What removes the cause of a finding, written out: [`Change`](crate::finding::Change)s become edits of files by the trees of the files, in the
//! form that each file uses. What does not fit is no edit.

mod command;
mod draft;
mod env;
mod help;
mod ignore;
mod parses;
mod place;
mod plan;
mod python;
mod replace;
mod requirement;
mod resolve;
mod statement;
mod write;
mod yaml;

pub use ignore::ignore;
pub use plan::{Applied, Plan, plan};
pub use resolve::{Languages, resolve};
pub use write::{WriteError, remove_leftovers, remove_unfinished, write};

use place::Place;
